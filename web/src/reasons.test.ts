import { describe, expect, it } from "vitest";
import { fieldsOf, Speaker, TEXTS } from "./reasons";

const en = new Speaker("en", (at) => `at ${at}`);
const zh = new Speaker("zh", (at) => `于 ${at}`);

describe("reasons", () => {
  it("puts names in the place of ids and words in the place of values", () => {
    const reason = {
      code: "incident_services",
      args: { service: "01A", state: "degraded", more: 2, root: "01B", cause: "alert", detail: "snmp-answer" },
      names: { "01A": "CRM", "01B": "db1" },
    };
    expect(en.reason(reason)).toBe("CRM limited and 2 more hit: db1 reports no answer to SNMP");
    expect(zh.reason(reason)).toBe("CRM 受限，另有 2 项服务受影响：db1 报告 SNMP 无应答");
  });

  it("lists in the manner of the language", () => {
    const reason = { code: "isolated", args: { cut: ["a", "b", "c"] }, names: { b: "sw3" } };
    expect(en.reason(reason)).toBe("cut off at a, sw3 and c");
    expect(zh.reason(reason)).toBe("在 a、sw3和c 处被切断");
  });

  it("says what is optional only where there is a value", () => {
    expect(en.reason({ code: "acknowledged", args: { note: "" }, names: {} })).toBe("Acknowledged");
    expect(en.reason({ code: "acknowledged", args: { note: "on $& it" }, names: {} })).toBe("Acknowledged: on $& it");
    expect(en.reason({ code: "acknowledged", args: {}, names: {} })).toBe("Acknowledged");
    const steps = { priority: 1, service: "CRM", tier: 1, state: "down", steps: ["vip"] };
    expect(en.reason({ code: "priority_by_service", args: steps, names: {} })).toMatch(/is down; one step up/);
  });

  it("formats shares, people and times", () => {
    const share = { complaining: 3, watched: 4, share: 0.75 };
    expect(en.reason({ code: "suspected_share", args: share, names: {} })).toContain("(75%)");
    expect(en.reason({ code: "resolved", args: { clear_since: "2026-03-01T12:00:00Z" }, names: {} })).toBe(
      "Resolved: clear since at 2026-03-01T12:00:00Z",
    );
  });

  it("reads an unknown code as its own words, and a missing argument as a question", () => {
    expect(en.reason({ code: "new_thing", args: { near: "01A" }, names: { "01A": "db1" } })).toBe("new thing (near: db1)");
    expect(zh.reason({ code: "via", args: {}, names: {} })).toBe("由于 ?");
  });

  it("knows the same codes with the same fields in both languages", () => {
    expect(Object.keys(TEXTS.zh.codes).sort()).toEqual(Object.keys(TEXTS.en.codes).sort());
    for (const [code, line] of Object.entries(TEXTS.en.codes)) {
      expect(fieldsOf(TEXTS.zh.codes[code] ?? "").sort(), code).toEqual(fieldsOf(line).sort());
    }
  });
});
