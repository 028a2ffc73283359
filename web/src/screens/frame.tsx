// The frame around all signed-in screens: where to go, whether what is seen is up to date, language, colours, sign-out.
import { ActionIcon, Button, SegmentedControl, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api, hubNow, keepCsrf, take } from "../api/client";
import { useLive, useStream } from "../api/live";
import { me } from "../api/queries";
import { type Language, useWords } from "../i18n";
import { ageWords, useNow } from "../time";

export function Frame(): ReactNode {
  const { say } = useWords();
  useStream();
  return (
    <>
      <a className="skip" href="#content">
        {say("nav.skip")}
      </a>
      <header className="bar">
        <Link to="/" className="brand" aria-label="Faultpath">
          <img src="/favicon.svg" alt="" width="26" height="26" />
          <span>Faultpath</span>
        </Link>
        <nav aria-label={say("nav.main")} className="nav">
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
            {say("nav.incidents")}
          </Link>
          <Link to="/alerts" activeOptions={{ includeSearch: false }}>
            {say("nav.alerts")}
          </Link>
          <Link to="/sources">{say("nav.sources")}</Link>
        </nav>
        <div className="bar-end">
          <LiveMark />
          <Preferences />
          <SignOut />
        </div>
      </header>
      <StaleBanner />
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

function useStaleAge(): string | undefined {
  const live = useLive();
  const now = useNow();
  const { say } = useWords();
  if (live.state !== "stale" || live.since === undefined) return undefined;
  return ageWords(Math.max(now, hubNow()) - live.since, say);
}

function LiveMark(): ReactNode {
  const { say } = useWords();
  const live = useLive();
  const age = useStaleAge();
  if (age !== undefined) {
    return (
      <span className="live live-stale" title={say("live.staleHint")}>
        {say("live.stale", { age })}
      </span>
    );
  }
  const on = live.state === "live";
  return (
    <span className={`live live-${live.state}`} title={say("live.onHint")}>
      {say(on ? "live.on" : "live.connecting")}
    </span>
  );
}

function StaleBanner(): ReactNode {
  const { say } = useWords();
  const age = useStaleAge();
  if (age === undefined) return null;
  return (
    <p className="stale-banner" role="status">
      {say("live.banner", { age })}
    </p>
  );
}

export function Preferences(): ReactNode {
  const { say, language, setLanguage } = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "dark" ? "light" : "dark";
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={say("nav.language")}
        value={language}
        onChange={(chosen) => setLanguage(chosen as Language)}
        data={[
          { value: "en", label: "EN" },
          { value: "zh", label: "中文" },
        ]}
      />
      <ActionIcon
        variant="default"
        size={30}
        onClick={() => setColorScheme(other)}
        aria-label={say("nav.theme", { theme: other })}
        title={say("nav.theme", { theme: other })}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden>
          <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
          <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
        </svg>
      </ActionIcon>
    </>
  );
}

function SignOut(): ReactNode {
  const { say } = useWords();
  const who = useQuery(me).data;
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/session")),
    onSettled: async () => {
      keepCsrf(null);
      await navigate({ to: "/sign-in" });
      client.clear();
    },
  });
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      title={say("nav.signedInAs", { user: who?.actor.replace(/^user:/, "") ?? "" })}
      loading={signOut.isPending}
      onClick={() => signOut.mutate()}
    >
      {say("nav.signOut")}
    </Button>
  );
}
