// The addresses of the console. What a list shows stands in its address, so that a link shows the same.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, Link, Outlet, redirect } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiError, type Severity } from "./api/client";
import { me, type AlertFilter } from "./api/queries";
import { useWords } from "./i18n";
import { Empty, LoadError } from "./parts/panel";
import { Alerts } from "./screens/alerts";
import { Frame } from "./screens/frame";
import { IncidentPage } from "./screens/incident";
import { Incidents } from "./screens/incidents";
import { SetUp, SignIn } from "./screens/sign-in";
import { Sources } from "./screens/sources";

interface Context {
  client: QueryClient;
}

interface AlertSearch {
  state?: AlertFilter["state"] | undefined;
  text?: string | undefined;
  severity?: Severity | undefined;
}

const STATES = ["active", "cleared", "all"] as const;
const SEVERITIES = ["info", "warning", "minor", "major", "critical"] as const;

/** A value of an address if it is one of these, else nothing: a mistyped link shows the plain list. */
export function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((one) => one === value);
}

/** An address of this console to go on to; never another site's. */
export function ownAddress(value: unknown): string | undefined {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : undefined;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NoPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string; over?: boolean } => {
    const next = ownAddress(search["next"]);
    return { ...(next ? { next } : {}), ...(search["over"] === true ? { over: true } : {}) };
  },
  component: SignIn,
});

const setUp = createRoute({ getParentRoute: () => root, path: "/setup", component: SetUp });

const frame = createRoute({
  getParentRoute: () => root,
  id: "frame",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(me);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
      }
      throw error;
    }
  },
  component: Frame,
  errorComponent: ({ error, reset }) => <LoadError query={{ error, dataUpdatedAt: 0, refetch: reset }} />,
});

const incidents = createRoute({
  getParentRoute: () => frame,
  path: "/",
  validateSearch: (search): { all?: boolean } => (search["all"] === true ? { all: true } : {}),
  component: Incidents,
});

const incident = createRoute({ getParentRoute: () => frame, path: "/incidents/$number", component: IncidentPage });

const alerts = createRoute({
  getParentRoute: () => frame,
  path: "/alerts",
  validateSearch: (search): AlertSearch => ({
    state: oneOf(search["state"], STATES),
    severity: oneOf(search["severity"], SEVERITIES),
    text: typeof search["text"] === "string" && search["text"] ? search["text"].slice(0, 200) : undefined,
  }),
  component: Alerts,
});

const sources = createRoute({ getParentRoute: () => frame, path: "/sources", component: Sources });

export function routerOf(client: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([signIn, setUp, frame.addChildren([incidents, incident, alerts, sources])]),
    context: { client },
    defaultPreload: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof routerOf>;
  }
}

function NoPage(): ReactNode {
  const { say } = useWords();
  return (
    <Empty title={say("error.noPage")}>
      <Link to="/">{say("error.home")}</Link>
    </Empty>
  );
}
