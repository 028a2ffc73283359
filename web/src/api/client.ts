// The hub's API as typed by its OpenAPI document. A session lives in a cookie that no script can read; acts carry the
// CSRF token that came with it.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type CiRef = Schemas["CiRef"];
export type Health = CiOutHealth;
export type Incident = Schemas["IncidentOut"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type ImpactMap = Schemas["ImpactMap"];
export type MapMark = Schemas["MapMark"];
export type MapGate = Schemas["MapGate"];
export type MapGhost = Schemas["MapGhost"];
export type MapWire = Schemas["MapWire"];
export type Alert = Schemas["AlertOut"];
export type Reason = Schemas["ReasonOut"];
export type Notice = Schemas["NoticeOut"];
export type Verb = Schemas["ActIn"]["verb"];
export type Severity = Alert["severity"];
type CiOutHealth = Schemas["CiOut"]["own"];

/** What went wrong: the hub's problem document, or code `network` when nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}

let csrf = "";
let skewMs = 0;

/** Keep the CSRF token of the session. */
export function keepCsrf(token: string | null): void {
  csrf = token ?? "";
}

/** The hub's time, as far as its answers tell it; a wall PC's own clock may be wrong by minutes. */
export function hubNow(): number {
  return Date.now() + skewMs;
}

/** How far this clock is off. The Date header has whole seconds, so small differences say nothing. */
export function skewOf(date: string | null, now: number): number | undefined {
  const at = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(at)) return undefined;
  const off = at - now;
  return Math.abs(off) > 5_000 ? off : 0;
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("x-csrf-token", csrf);
    return request;
  },
  onResponse({ response }) {
    skewMs = skewOf(response.headers.get("date"), Date.now()) ?? skewMs;
  },
};

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "http://localhost" });
api.use(middleware);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of an answer. Throws `ApiError` for a problem document, and when nothing answers. */
export async function take<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    throw new ApiError(0, "network", "");
  }
  if (answer.error === undefined && answer.response.ok) return answer.data as T;
  const problem = (answer.error ?? {}) as Partial<Schemas["Problem"]>;
  throw new ApiError(answer.response.status, problem.code ?? "error", problem.detail ?? answer.response.statusText);
}
