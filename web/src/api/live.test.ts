import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Rounds, staleKeys } from "./live";

describe("what a change makes stale", () => {
  it("is what it names", () => {
    expect(staleKeys("incident", "7")).toEqual([["incidents"], ["incident", 7], ["map", 7]]);
    expect(staleKeys("alert", "f00")).toEqual([["alerts"], ["sources"]]);
    expect(staleKeys("health", "3")).toContainEqual(["map"]);
    expect(staleKeys("resync", "")).toBe("all");
  });
});

describe("rounds", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("read one after the other, each key once a round, and forget none that came meanwhile", async () => {
    const reads: string[][] = [];
    let running = 0;
    const rounds = new Rounds(async (keys) => {
      expect(++running).toBe(1);
      reads.push(keys.map(String));
      await new Promise((done) => setTimeout(done, 5));
      running--;
    }, 1);
    rounds.add([["alerts"]]);
    for (let n = 0; n < 50; n++) rounds.add([["alerts"], ["incident", 1]]);
    await vi.advanceTimersByTimeAsync(40);
    expect(reads).toEqual([["alerts"], ["alerts", "incident,1"]]);
  });

  it("go on after a read that failed", async () => {
    const reads: unknown[] = [];
    const rounds = new Rounds((keys) => {
      reads.push(keys);
      return reads.length === 1 ? Promise.reject(new Error("away")) : Promise.resolve();
    }, 1);
    rounds.add([["a"]]);
    await vi.advanceTimersByTimeAsync(10);
    rounds.add([["b"]]);
    await vi.advanceTimersByTimeAsync(10);
    expect(reads).toHaveLength(2);
  });
});
