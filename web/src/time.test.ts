import { describe, expect, it } from "vitest";
import { skewOf } from "./api/client";
import { i18nOf, type Say } from "./i18n";
import { ageWords, moment } from "./time";

const english = i18nOf("en");
const say: Say = (id, values) => english._(id, values);

describe("ages", () => {
  it.each([
    [-5_000, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_599_000, "59 min"],
    [3 * 3_600_000 + 5 * 60_000, "3 h 5 min"],
    [52 * 3_600_000, "2 d 4 h"],
  ])("%d ms is %s", (ms, words) => expect(ageWords(ms, say)).toBe(words));
});

describe("moments", () => {
  it("carry date and zone", () => {
    expect(moment("2026-03-01T12:00:00Z", "en")).toMatch(/1 Mar 2026.*(UTC|GMT|[A-Z]{2,4})/);
  });
});

describe("the hub's clock", () => {
  it("is followed where this one is far off, and let be where it is near", () => {
    const now = Date.parse("2026-03-01T12:00:00Z");
    expect(skewOf("Sun, 01 Mar 2026 12:10:00 GMT", now)).toBe(600_000);
    expect(skewOf("Sun, 01 Mar 2026 12:00:02 GMT", now)).toBe(0);
    expect(skewOf(null, now)).toBeUndefined();
    expect(skewOf("nonsense", now)).toBeUndefined();
  });
});
