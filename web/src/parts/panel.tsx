// A titled part of a screen, and what a screen shows when there is nothing, or when reading went wrong.
import { Alert, Button } from "@mantine/core";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { useWords, type Say } from "../i18n";
import { ageWords, useNow } from "../time";

export function Panel(props: { title: string; aside?: ReactNode; id?: string; children: ReactNode }): ReactNode {
  return (
    <section className="panel" aria-label={props.title} id={props.id}>
      <header className="panel-head">
        <h2>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** What went wrong, in the reader's language, with the hub's own words where it gave any. */
export function errorWords(error: unknown, say: Say): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.code === "network") return say("error.network");
  if (error.code === "weak_password") return say("error.weakPassword");
  if (error.status === 409) return say("error.changed");
  if (error.status === 403) return say("error.scope");
  if (error.status === 429) return say("error.throttled");
  if (error.status === 503) return say("error.away");
  return error.detail;
}

interface Failed {
  error: unknown;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

/** Shown above what was read before, which stays on the page with its age. */
export function LoadError({ query }: { query: Failed }): ReactNode {
  const { say } = useWords();
  const now = useNow();
  return (
    <Alert color="red" variant="light" title={say("error.load")} role="alert">
      <p className="tight">
        {errorWords(query.error, say)}{" "}
        {query.dataUpdatedAt > 0 && say("error.kept", { age: ageWords(now - query.dataUpdatedAt, say) })}
      </p>
      <Button size="compact-sm" variant="default" onClick={() => void query.refetch()}>
        {say("error.retry")}
      </Button>
    </Alert>
  );
}
