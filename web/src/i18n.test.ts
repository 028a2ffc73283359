import { describe, expect, it } from "vitest";
import { i18nOf, MESSAGES, preferred, type MessageId } from "./i18n";

describe("catalogues", () => {
  it("compile, every message of both", () => {
    for (const language of ["en", "zh"] as const) {
      const i18n = i18nOf(language);
      const values = { n: 2, age: "1 s", services: 2, cannot: 1, limited: 3, theme: "dark", happening: "x" };
      for (const id of Object.keys(MESSAGES[language]) as MessageId[]) {
        expect(i18n._(id, values), `${language} ${id}`).not.toMatch(/[{}#]|plural|^$/);
      }
    }
  });

  it("count in both languages", () => {
    const [en, zh] = [i18nOf("en"), i18nOf("zh")];
    const values = { services: 1, cannot: 1, limited: 0 };
    expect(en._("incident.hurts", values)).toBe("Hurts 1 service: 1 person cannot work.");
    expect(zh._("incident.hurts", { services: 3, cannot: 0, limited: 2 })).toBe("影响 3 项服务：无人无法工作，2 人受限。");
  });
});

describe("the reader's language", () => {
  it("is what was chosen, else what the browser prefers, else English", () => {
    expect(preferred("zh", ["en-GB"])).toBe("zh");
    expect(preferred(null, ["fr-FR", "zh-Hans-CN", "en"])).toBe("zh");
    expect(preferred("klingon", ["de"])).toBe("en");
  });
});
