import { describe, expect, it } from "vitest";
import type { ImpactMap, Incident, MapNode } from "../api/client";
import { oneOf, ownAddress } from "../router";
import { mayAct } from "./incident-acts";
import { shown } from "./incident-map";
import { foldTold } from "./incident-parts";
import { byUrgency, step } from "./incidents";
import { corner, cut, NODE, sizeOf, wire } from "./map-geometry";

const node = (over: Partial<MapNode>): MapNode => ({
  id: "a", name: "a", cls: "Server", own: "ok", propagated: "ok", role: "path", count: 0, layer: 0, x: 0, y: 0, ...over,
});

describe("a mark of the map", () => {
  it("is filled for an own fault and an outline for what is passed on, the worse of both", () => {
    expect(shown(node({ own: "down", propagated: "ok" }))).toEqual({ state: "down", own: true });
    expect(shown(node({ own: "at_risk", propagated: "down" }))).toEqual({ state: "down", own: false });
    expect(shown(node({ own: "degraded", propagated: "degraded" }))).toEqual({ state: "degraded", own: true });
    expect(shown(node({}))).toEqual({ state: "ok", own: false });
  });

  it("never shows unknown as OK", () => {
    expect(shown(node({ own: "unknown" })).state).toBe("unknown");
    expect(shown(node({ propagated: "unknown" })).state).toBe("unknown");
  });
});

describe("the drawing", () => {
  const below = node({ id: "b", y: 2, x: 1 });
  const above = node({ id: "a", y: 1, x: 0 });

  it("leads from the top of what is needed to the foot of its dependent", () => {
    const [from, to] = [corner(below), corner(above)];
    const path = wire(below, above);
    expect(path.startsWith(`M${from.x + NODE.width / 2} ${from.y}C`)).toBe(true);
    expect(path.endsWith(`${to.x + NODE.width / 2} ${to.y + NODE.height}`)).toBe(true);
  });

  it("joins equals from side to side", () => {
    expect(wire(node({ x: 0 }), node({ id: "b", x: 2 }))).toMatch(/^M\d+ \d+L\d+ \d+$/);
  });

  it("keeps neighbours apart and holds every node", () => {
    expect(corner(node({ x: 2 })).x - corner(node({ x: 0 })).x).toBeGreaterThan(NODE.width);
    const map = { width: 3, height: 2, nodes: [], edges: [], number: 1, revision: 1 } satisfies ImpactMap;
    const last = corner(node({ x: 2, y: 1 }));
    expect(sizeOf(map).width).toBeGreaterThan(last.x + NODE.width);
    expect(sizeOf(map).height).toBeGreaterThan(last.y + NODE.height);
  });

  it("cuts names by their width, Chinese counting double", () => {
    expect(cut("short", 10)).toBe("short");
    expect(cut("a very long name", 10)).toBe("a very lo…");
    expect(cut("上海一号交换机", 8)).toBe("上海一…");
  });
});

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
