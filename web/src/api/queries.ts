// Every read of the console, under the keys that the stream of changes makes stale.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, keepCsrf, take, type Schemas, type Severity } from "./client";

export const LIVE = ["open", "acknowledged", "in_progress", "pending"] as const;
const PAGE = 100;
const LIVE_PAGE = 500;

export const me = queryOptions({
  queryKey: ["me"],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () => {
    const who = await take(api.GET("/api/v1/me"));
    keepCsrf(who.csrf);
    return who;
  },
});

export const incidents = (which: "live" | "all") =>
  infiniteQueryOptions({
    queryKey: ["incidents", which],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Schemas["Page_IncidentOut_"]) => page.next_cursor ?? undefined,
    queryFn: ({ pageParam }) =>
      take(
        api.GET("/api/v1/incidents", {
          params: {
            query: {
              limit: which === "live" ? LIVE_PAGE : PAGE,
              ...(which === "live" ? { state: [...LIVE] } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
  });

export const incident = (number: number) =>
  queryOptions({
    queryKey: ["incident", number],
    queryFn: () => take(api.GET("/api/v1/incidents/{number}", { params: { path: { number } } })),
  });

export const incidentMap = (number: number, service?: string) =>
  queryOptions({
    queryKey: ["map", number, service],
    placeholderData: keepPreviousData,
    queryFn: () =>
      take(
        api.GET("/api/v1/incidents/{number}/map", {
          params: { path: { number }, query: service === undefined ? {} : { service } },
        }),
      ),
  });

export interface AlertFilter {
  state: "active" | "cleared" | "all";
  text?: string | undefined;
  severity?: Severity | undefined;
}

export const alerts = (filter: AlertFilter) =>
  infiniteQueryOptions({
    queryKey: ["alerts", filter],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Schemas["Page_AlertOut_"]) => page.next_cursor ?? undefined,
    queryFn: ({ pageParam }) =>
      take(
        api.GET("/api/v1/alerts", {
          params: {
            query: {
              limit: PAGE,
              ...(filter.state === "all" ? {} : { state: filter.state }),
              ...(filter.text ? { text: filter.text } : {}),
              ...(filter.severity ? { severity: filter.severity } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
  });

export const sources = queryOptions({
  queryKey: ["sources"],
  refetchInterval: 10_000,
  queryFn: () => take(api.GET("/api/v1/sources")),
});

/** Readiness answers 503 with the same body when a part is away; that is an answer, not an error. */
export const readiness = queryOptions({
  queryKey: ["readiness"],
  refetchInterval: 10_000,
  queryFn: async (): Promise<Schemas["Ready"]> => {
    const answer = await api.GET("/readyz").catch(() => undefined);
    const ready = (answer?.data ?? answer?.error) as Schemas["Ready"] | undefined;
    return ready && "away" in ready ? ready : take(Promise.resolve(answer ?? Promise.reject(new Error("no answer"))));
  },
});
