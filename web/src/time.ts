// Ages and moments. An age is words of two units at most; the moment itself, with its zone, is one hover away.
import { useSyncExternalStore } from "react";
import { hubNow } from "./api/client";
import type { Say } from "./i18n";

/** An age in words: `42 s`, `7 min`, `3 h 5 min`, `2 d 4 h`. What lies in the future counts as now. */
export function ageWords(ms: number, say: Say): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return say("age.s", { n: s });
  const m = Math.floor(s / 60);
  if (m < 60) return say("age.m", { n: m });
  const h = Math.floor(m / 60);
  if (h < 24) return say("age.h", { h, m: m % 60 });
  return say("age.d", { d: Math.floor(h / 24), h: h % 24 });
}

/** A moment in full, with the reader's zone. */
export function moment(at: string | number, language: string): string {
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(new Date(at));
}

/** The time of day alone. */
export function timeOfDay(at: string, language: string): string {
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  }).format(new Date(at));
}

let now = hubNow();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = hubNow();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The hub's present time, one tick a second for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
