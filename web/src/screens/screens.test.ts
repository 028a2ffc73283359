import { describe, expect, it } from "vitest";
import type { Incident } from "../api/client";
import { oneOf, ownAddress } from "../router";
import { mayAct } from "./incident-acts";
import { foldTold } from "./incident-parts";
import { byUrgency, step } from "./incidents";

describe("the list", () => {
  it("puts the most urgent first, of equals the newest", () => {
    const of = (number: number, priority: number) => ({ number, priority }) as Incident;
    expect([of(1, 3), of(2, 1), of(3, 3)].toSorted(byUrgency).map((one) => one.number)).toEqual([2, 3, 1]);
  });

  it("is walked by j and k without falling off", () => {
    expect([step("j", -1, 3), step("j", 0, 3), step("j", 2, 3), step("k", 0, 3), step("k", 2, 3)]).toEqual([0, 1, 2, 0, 1]);
  });
});

describe("the timeline", () => {
  const entry = (position: number, code: string, happening?: string) => ({
    position, at: "2026-03-01T12:00:00Z", actor: "hub", what: { code, args: happening ? { happening } : {}, names: {} },
  });

  it("folds a run of notices of one happening, and loses none", () => {
    const told = [0, 1, 2, 3].map((n) => entry(n, "notice_sent", "open"));
    const ends = [entry(4, "notice_sent", "resolved"), entry(5, "resolved"), entry(6, "notice_sent", "resolved")];
    const folded = foldTold([...told, ...ends]);
    expect(folded.map((run) => run.length)).toEqual([4, 1, 1, 1]);
    expect(folded.flat()).toHaveLength(7);
  });
});

describe("addresses and rights", () => {
  it("go on only inside of this console", () => {
    expect(ownAddress("/incidents/3?x=1")).toBe("/incidents/3?x=1");
    for (const evil of ["//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", 3]) {
      expect(ownAddress(evil)).toBeUndefined();
    }
  });

  it("take only what is known from a link", () => {
    expect(oneOf("major", ["minor", "major"])).toBe("major");
    expect(oneOf("grave", ["minor", "major"])).toBeUndefined();
  });

  it("let those act who may write", () => {
    expect([["read"], ["read", "write"], ["admin"]].map(mayAct)).toEqual([false, true, true]);
  });
});
