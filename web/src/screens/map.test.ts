import { describe, expect, it } from "vitest";
import type { ImpactMap, MapGate, MapMark } from "../api/client";
import { i18nOf, type Say } from "../i18n";
import { type Cell, corner, cut, type End, GATE_DEPTH, gap, NODE, type Point, rowsOf, sizeOf, walk, wire } from "./map-geometry";
import { explains, gateOf, measured, shown } from "./map-mark";

const mark = (over: Partial<MapMark>): MapMark => ({
  id: "a", kind: "ci", name: "a", cls: "Server", band: null, layer: 0, x: 0, own: "ok", propagated: "ok", via: [], count: 1,
  states: {}, classes: {}, people: 0, shields: 0, on_chain: false, pinned_by: null, cause: null, gates: [], ...over,
});

const english = i18nOf("en");
const say: Say = (id, values) => english._(id, values);

describe("a mark of the map", () => {
  it("is filled for an own fault and an outline for what is passed on, the worse of both", () => {
    expect(shown(mark({ own: "down", propagated: "ok" }))).toEqual({ state: "down", own: true });
    expect(shown(mark({ own: "at_risk", propagated: "down" }))).toEqual({ state: "down", own: false });
    expect(shown(mark({ own: "degraded", propagated: "degraded" }))).toEqual({ state: "degraded", own: true });
    expect(shown(mark({}))).toEqual({ state: "ok", own: false });
  });

  it("never shows unknown as OK", () => {
    expect(shown(mark({ own: "unknown" })).state).toBe("unknown");
    expect(shown(mark({ propagated: "unknown" })).state).toBe("unknown");
  });

  it("can be selected if there is something to explain", () => {
    expect(explains(mark({ propagated: "at_risk" }))).toBe(true);
    expect(explains(mark({}))).toBe(false);
    expect(explains(mark({ own: "unknown" }))).toBe(false);
    expect(explains(mark({ kind: "group", own: "down" }))).toBe(false);
  });
});

describe("a gate", () => {
  const gate = (over: Partial<MapGate>): MapGate => ({
    group: "g", rule: "k_of_n", standing: "whole", stops: "ok", goes_on: "ok", measure: null, members: [], more: 0, ...over,
  });
  const measure = { counts: "up", unit: "count", found: 2, limit: 2, total: 3 } as const;

  it("says how much there is and how much is needed, in the rule's own measure", () => {
    expect(measured(gate({ measure }), say)).toBe("2 of 3 up, needs 2");
    expect(measured(gate({ measure: { ...measure, unit: "percent", found: 66.666, limit: 50, total: 100 } }), say)).toBe(
      "66.7 % up, needs 50 %",
    );
    expect(measured(gate({ measure: { ...measure, counts: "bad" } }), say)).toBe("2 of 3 bad, gives way at 2");
    expect(measured(gate({ rule: "exponential" }), say)).toBe("rule exponential");
  });

  it("is the worst of several", () => {
    const gates = [gate({ group: "a" }), gate({ group: "b", standing: "broken" }), gate({ group: "c", standing: "holds" })];
    expect(gateOf(mark({ gates }))?.group).toBe("b");
    expect(gateOf(mark({}))).toBeUndefined();
  });
});

/** A repeatable chance: mulberry32. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Points along a path of lines and cubic curves. */
function along(path: string): Point[] {
  const found: Point[] = [];
  let at: Point = { x: 0, y: 0 };
  for (const [, command, rest] of path.matchAll(/([MLC])([^MLC]*)/g)) {
    const n = (rest ?? "").trim().split(/[ ,]/).map(Number);
    const to = { x: n.at(-2) ?? 0, y: n.at(-1) ?? 0 };
    const [a, b] = command === "C" ? [{ x: n[0] ?? 0, y: n[1] ?? 0 }, { x: n[2] ?? 0, y: n[3] ?? 0 }] : [at, to];
    for (let step = 0; step <= 40 && command !== "M"; step++) {
      const t = step / 40;
      const [p, q, r, s] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
      found.push({ x: p * at.x + q * a.x + r * b.x + s * to.x, y: p * at.y + q * a.y + r * b.y + s * to.y });
    }
    at = to;
  }
  return found;
}

describe("the drawing", () => {
  const bounds = { left: 0, right: 4, bottom: 0, top: 3 };
  const below: End = { layer: 1, x: 1 };
  const above: End = { layer: 2, x: 0 };

  it("leads from the top of what is needed to the foot of its dependent, or of its gate", () => {
    const [from, to] = [corner(below, bounds), corner(above, bounds)];
    const path = wire(below, above, bounds, rowsOf([below, above]));
    expect(path.startsWith(`M${from.x + NODE.width / 2} ${from.y}C`)).toBe(true);
    expect(path.endsWith(`${to.x + NODE.width / 2} ${to.y + NODE.height}`)).toBe(true);
    const gated = wire(below, { ...above, below: GATE_DEPTH }, bounds, rowsOf([below, above]));
    expect(gated.endsWith(`${to.x + NODE.width / 2} ${to.y + NODE.height + GATE_DEPTH}`)).toBe(true);
  });

  it("joins equals from side to side, and over the top of what stands between", () => {
    const [a, b, c] = [0, 2, 4].map((x) => ({ layer: 0, x })) as [Cell, Cell, Cell];
    expect(wire(a, b, bounds, rowsOf([a, b, c]))).toMatch(/^M\d+ \d+L\d+ \d+$/);
    expect(wire(a, c, bounds, rowsOf([a, b, c]))).toMatch(/^M\d+ \d+C/);
  });

  it("keeps neighbours apart and holds every mark", () => {
    expect(corner({ layer: 0, x: 2 }, bounds).x - corner({ layer: 0, x: 0 }, bounds).x).toBeGreaterThan(NODE.width);
    const last = corner({ layer: 0, x: 4 }, bounds);
    expect(sizeOf(bounds).width).toBeGreaterThan(last.x + NODE.width);
    expect(sizeOf(bounds).height).toBeGreaterThan(last.y + NODE.height);
  });

  it("does not change for a mark when others come at the rim of it: only the origin shifts", () => {
    const wider = { ...bounds, left: -2, top: 4 };
    const shift = { x: corner({ layer: 0, x: 0 }, wider).x - corner({ layer: 0, x: 0 }, bounds).x, y: 0 };
    for (const x of [0, 2, 4]) expect(corner({ layer: 1, x }, wider).x - corner({ layer: 1, x }, bounds).x).toBe(shift.x);
  });

  it("leads no line behind a card or a gate", () => {
    const draw = chance(7);
    let around = 0;
    for (let round = 0; round < 200; round++) {
      const ends: End[] = [];
      for (let layer = 0; layer < 5; layer++) {
        let x = Math.floor(draw() * 3);
        while (x < 8) {
          ends.push({ layer, x, below: draw() < 0.3 ? GATE_DEPTH : 0 });
          x += 2 + Math.floor(draw() * 3);
        }
      }
      const box = { left: 0, right: 9, bottom: 0, top: 4 };
      const [one, other] = [0, 1].map(() => ends[Math.floor(draw() * ends.length)]) as [End, End];
      if (one.layer === other.layer) continue;
      const points = along(wire(one, other, box, rowsOf(ends)));
      around += Math.abs(one.layer - other.layer) > 1 ? 1 : 0;
      for (const end of ends.filter((cell) => cell !== one && cell !== other)) {
        const { x, y } = corner(end, box);
        const inside = points.filter(
          (p) => p.x > x && p.x < x + NODE.width && p.y > y + 0.5 && p.y < y + NODE.height + (end.below ?? 0) - 0.5,
        );
        expect(inside, JSON.stringify({ one, other, end })).toEqual([]);
      }
    }
    expect(around).toBeGreaterThan(50);
  });

  it("goes through the nearest gap, to the left of two", () => {
    const rows = rowsOf([{ layer: 1, x: 0 }, { layer: 1, x: 2 }]);
    expect([gap(rows, 1, 0), gap(rows, 1, 1.4), gap(rows, 1, 2.2), gap(rows, 2, 0)]).toEqual([-1, 1, 3, 0]);
  });

  it("is walked by arrows: up to whoever stands on it, to the side along the layer", () => {
    const marks = [mark({ id: "c" }), mark({ id: "l", layer: 1, x: -1 }), mark({ id: "r", layer: 1, x: 1 })];
    const wires = [1, 2].map((from) => ({ from, to: 0, kinds: [], count: 1, indirect: false, on_chain: false }));
    const map = { marks, wires } as unknown as ImpactMap;
    expect(walk(map, 0, "ArrowUp")).toBe(1);
    expect(walk(map, 1, "ArrowRight")).toBe(2);
    expect(walk(map, 2, "ArrowRight")).toBe(2);
    expect(walk(map, 2, "ArrowDown")).toBe(0);
    expect(walk(map, 0, "ArrowDown")).toBe(0);
  });

  it("cuts names by their width, Chinese counting double", () => {
    expect(cut("short", 10)).toBe("short");
    expect(cut("a very long name", 10)).toBe("a very lo…");
    expect(cut("上海一号交换机", 8)).toBe("上海一…");
  });
});
