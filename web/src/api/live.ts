// The stream of changes. It says what changed; the page reads that anew. A lost stream is shown, never hidden.
import { useQueryClient, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { hubNow } from "./client";

/** `since`: when the page was last known to be up to date; undefined before the first connection. */
export interface Live {
  state: "connecting" | "live" | "stale";
  since: number | undefined;
}

export const GAP_MS = 300;
const PROBE_MS = 10_000;
const PROBE_TIMEOUT_MS = 5_000;
const REOPEN_MS = [1_000, 2_000, 5_000, 10_000];
const EVENTS = ["incident", "alert", "health", "graph"] as const;

/** Which reads a change makes stale; `all` for what the stream cannot name. */
export function staleKeys(event: string, subject: string): QueryKey[] | "all" {
  switch (event) {
    case "incident":
      return [["incidents"], ["incident", Number(subject)], ["map", Number(subject)]];
    case "alert":
      return [["alerts"], ["sources"]];
    case "health":
    case "graph":
      return [["map"], ["incident"], ["readiness"]];
    default:
      return "all";
  }
}

/** Gathers stale keys and reads them in rounds: one round at a time, so that a storm of changes starves no read. */
export class Rounds {
  private waiting = new Map<string, QueryKey>();
  private running = false;

  constructor(
    private readonly read: (keys: QueryKey[]) => Promise<unknown>,
    private readonly gapMs: number = GAP_MS,
  ) {}

  add(keys: QueryKey[]): void {
    for (const key of keys) this.waiting.set(JSON.stringify(key), key);
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.size > 0) {
      const keys = [...this.waiting.values()];
      this.waiting.clear();
      await this.read(keys).catch(() => undefined);
      await new Promise((done) => setTimeout(done, this.gapMs));
    }
    this.running = false;
  }
}

/** One connection to `/api/v1/stream`, kept alive; closed while the page is hidden, since a browser has few. */
export class LiveStream {
  private listeners = new Set<() => void>();
  private source: EventSource | undefined;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private failures = 0;
  private current: Live = { state: "connecting", since: undefined };
  private readonly rounds: Rounds;

  constructor(private readonly client: QueryClient) {
    this.rounds = new Rounds((keys) => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))));
  }

  readonly snapshot = (): Live => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): () => void {
    const seen = (): void => (document.hidden ? this.close() : this.open());
    document.addEventListener("visibilitychange", seen);
    this.open();
    const probe = setInterval(() => void this.probe(), PROBE_MS);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      clearInterval(probe);
      this.close();
    };
  }

  private open(): void {
    if (this.source) return;
    const source = new EventSource("/api/v1/stream");
    this.source = source;
    for (const name of ["hello", "resync"]) source.addEventListener(name, () => this.all());
    // a resumed connection sends neither: what was missed comes as events
    source.addEventListener("open", () => this.alive());
    for (const name of EVENTS) source.addEventListener(name, (event) => this.changed(name, event as MessageEvent));
    source.addEventListener("error", () => this.lost(source));
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
    for (const timer of this.timers.splice(0)) clearTimeout(timer);
  }

  private alive(): void {
    this.failures = 0;
    this.set({ state: "live", since: hubNow() });
  }

  private all(): void {
    this.alive();
    void this.client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "me" });
  }

  private changed(name: string, event: MessageEvent): void {
    this.alive();
    const { subject } = JSON.parse(String(event.data)) as { subject: string };
    const keys = staleKeys(name, subject);
    if (keys !== "all") this.rounds.add(keys);
  }

  private lost(source: EventSource): void {
    this.set({ ...this.current, state: this.current.since === undefined ? "connecting" : "stale" });
    if (source.readyState !== EventSource.CLOSED || source !== this.source) return;
    // the browser has given up on it (the session is over, or a proxy answered): ask who one is, and open anew
    this.close();
    void this.client.invalidateQueries({ queryKey: ["me"] });
    const wait = REOPEN_MS[Math.min(this.failures++, REOPEN_MS.length - 1)] ?? 10_000;
    this.timers.push(setTimeout(() => this.open(), wait));
  }

  /** A connection that died without a word looks open to EventSource, which does not show heartbeats. */
  private async probe(): Promise<void> {
    if (document.hidden || !this.source) return;
    try {
      const answer = await fetch("/healthz", { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS), cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      if (this.source.readyState === EventSource.OPEN) this.alive();
    } catch {
      if (this.current.state !== "live") return;
      this.set({ ...this.current, state: "stale" });
      this.close();
      this.open();
    }
  }

  private set(next: Live): void {
    this.current = next;
    for (const listener of this.listeners) listener();
  }
}

let shared: LiveStream | undefined;

/** Keep the stream open while this component is mounted (the frame around all signed-in screens). */
export function useStream(): void {
  const client = useQueryClient();
  useEffect(() => {
    shared ??= new LiveStream(client);
    return shared.start();
  }, [client]);
}

/** Whether what is shown is up to date. */
export function useLive(): Live {
  const client = useQueryClient();
  shared ??= new LiveStream(client);
  return useSyncExternalStore(shared.subscribe, shared.snapshot);
}
