// From the server's whole-number grid to points on the drawing, and lines that lead through the gaps between cards.
// Pure, so that it is tested without a browser.
import type { ImpactMap } from "../api/client";

export const NODE = { width: 186, height: 60 };
/** What a gate takes below its card. */
export const GATE = { top: 5, height: 43 };
export const GATE_DEPTH = GATE.top + GATE.height + 5;
const STEP = { x: 106, y: 146 };
const MARGIN = { x: 14, y: 26 };
/** A line keeps this far from a card, in columns of the grid; cards are two apart. */
const CLEAR = 1;

export interface Cell {
  layer: number;
  x: number;
}

export interface Point {
  x: number;
  y: number;
}

type Bounds = ImpactMap["bounds"];

/** The upper left corner of what stands in a cell. */
export function corner(cell: Cell, bounds: Bounds): Point {
  return { x: MARGIN.x + (cell.x - bounds.left) * STEP.x, y: MARGIN.y + (bounds.top - cell.layer) * STEP.y };
}

export function sizeOf(bounds: Bounds): { width: number; height: number } {
  return {
    width: 2 * MARGIN.x + (bounds.right - bounds.left) * STEP.x + NODE.width,
    height: 2 * MARGIN.y + (bounds.top - bounds.bottom) * STEP.y + NODE.height,
  };
}

/** A cell at which lines end; `below`: how far below its card, where a gate hangs on it. */
export interface End extends Cell {
  below?: number;
}

/** What stands in each layer, by column, and how deep its gates hang; lines go around both. */
export type Rows = Map<number, { columns: number[]; depth: number }>;

export function rowsOf(ends: End[]): Rows {
  const rows: Rows = new Map();
  for (const { layer, x, below = 0 } of ends) {
    const row = rows.get(layer) ?? { columns: [], depth: 0 };
    rows.set(layer, { columns: [...row.columns, x], depth: Math.max(row.depth, below) });
  }
  return rows;
}

/** The column nearest to a wish at which nothing stands in a layer; to the left first. */
export function gap(rows: Rows, layer: number, wish: number): number {
  const taken = rows.get(layer)?.columns ?? [];
  const free = (x: number): boolean => taken.every((other) => Math.abs(x - other) >= CLEAR);
  if (free(wish)) return wish;
  for (let step = 0; ; step++) {
    for (const x of [Math.floor(wish) - step, Math.ceil(wish) + step]) if (free(x)) return x;
  }
}

/** The way of the trouble from what is needed up to its dependent, around whatever stands between. */
export function wire(needed: End, dependent: End, bounds: Bounds, rows: Rows): string {
  if (needed.layer === dependent.layer) return sideways(needed, dependent, bounds, rows);
  const up = dependent.layer > needed.layer;
  const inner = lanes(needed, dependent, bounds, rows);
  const points = up
    ? [head(needed, bounds), ...inner, ...foot(dependent, bounds, rows)]
    : [...foot(needed, bounds, rows).toReversed(), ...inner, head(dependent, bounds)];
  return points.slice(1).reduce((path, point, place) => path + bend(points[place] as Point, point), `M${points[0]?.x} ${points[0]?.y}`);
}

/** For each layer between two cells the two points by which a line enters and leaves it. */
function lanes(from: Cell, to: Cell, bounds: Bounds, rows: Rows): Point[] {
  const direction = Math.sign(to.layer - from.layer);
  const found: Point[] = [];
  let x = from.x;
  for (let layer = from.layer + direction; layer !== to.layer; layer += direction) {
    const left = Math.abs(to.layer - layer);
    x = gap(rows, layer, x + (to.x - x) / (left + 1));
    const { x: side, y: top } = corner({ layer, x }, bounds);
    const column = side + NODE.width / 2;
    const edges = [top, top + NODE.height + (rows.get(layer)?.depth ?? 0)];
    for (const y of direction > 0 ? edges.toReversed() : edges) found.push({ x: column, y });
  }
  return found;
}

function head(cell: Cell, bounds: Bounds): Point {
  const { x, y } = corner(cell, bounds);
  return { x: x + NODE.width / 2, y };
}

/** The lower end of a card or of its gate; a line comes straight to it from below the gates of its neighbours. */
function foot(cell: End, bounds: Bounds, rows: Rows): Point[] {
  const { x, y } = corner(cell, bounds);
  const [own, all] = [cell.below ?? 0, rows.get(cell.layer)?.depth ?? 0];
  return (all > own ? [all, own] : [own]).map((depth) => ({ x: x + NODE.width / 2, y: y + NODE.height + depth }));
}

function bend(from: Point, to: Point): string {
  if (from.x === to.x) return `L${to.x} ${to.y}`;
  const reach = (to.y - from.y) / 2;
  return `C${from.x} ${from.y + reach} ${to.x} ${to.y - reach} ${to.x} ${to.y}`;
}

/** Between equals (a circle): from side to side if nothing stands between, else over the top. */
function sideways(from: Cell, to: Cell, bounds: Bounds, rows: Rows): string {
  const [low, high] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const between = (rows.get(from.layer)?.columns ?? []).some((x) => x > low && x < high);
  const [a, b] = [corner(from, bounds), corner(to, bounds)];
  const right = to.x > from.x;
  if (!between) {
    const y = a.y + NODE.height / 2;
    return `M${right ? a.x + NODE.width : a.x} ${y}L${right ? b.x : b.x + NODE.width} ${y}`;
  }
  const [start, end] = [head(from, bounds), head(to, bounds)];
  const over = start.y - 32;
  return `M${start.x} ${start.y}C${start.x} ${over} ${end.x} ${over} ${end.x} ${end.y}`;
}

const WIDE = /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

/** A name cut to so many columns, where a Chinese character takes two; the whole name stands in the title. */
export function cut(name: string, columns: number): string {
  let used = 0;
  let text = "";
  for (const character of name) {
    used += WIDE.test(character) ? 2 : 1;
    if (used > columns) return `${text.slice(0, -1).trimEnd()}…`;
    text += character;
  }
  return text;
}

/** How many columns a text takes. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

/** Where an arrow key leads from a mark: up and down along the lines (up: whoever stands on it), else to the side. */
export function walk(map: ImpactMap, from: number, key: Arrow): number {
  const here = map.marks[from];
  if (!here) return from;
  const sideway = key === "ArrowLeft" || key === "ArrowRight";
  const near = sideway
    ? map.marks.flatMap((mark, place) => (mark.layer === here.layer && place !== from ? [place] : []))
    : map.wires.flatMap((one) => {
        if (key === "ArrowUp") return one.to === from ? [one.from] : [];
        return one.from === from ? [one.to] : [];
      });
  const right = key === "ArrowRight" ? 1 : -1;
  const ahead = near.filter((place) => !sideway || ((map.marks[place]?.x ?? 0) - here.x) * right > 0);
  const far = (place: number): number => Math.abs((map.marks[place]?.x ?? 0) - here.x);
  return ahead.toSorted((a, b) => far(a) - far(b) || a - b)[0] ?? from;
}
