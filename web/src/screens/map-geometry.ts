// From the server's whole-number grid to points on the drawing. Pure, so that it is tested without a browser.
import type { ImpactMap, MapNode } from "../api/client";

export const NODE = { width: 186, height: 60 };
const STEP = { x: 106, y: 112 };
const MARGIN = { x: 14, y: 26 };

export interface Point {
  x: number;
  y: number;
}

/** The upper left corner of a node's card. */
export function corner(node: MapNode): Point {
  return { x: MARGIN.x + node.x * STEP.x, y: MARGIN.y + node.y * STEP.y };
}

export function sizeOf(map: ImpactMap): { width: number; height: number } {
  return {
    width: 2 * MARGIN.x + (map.width - 1) * STEP.x + NODE.width,
    height: 2 * MARGIN.y + (map.height - 1) * STEP.y + NODE.height,
  };
}

/** The way of the trouble: from what is needed up to its dependent; between equals (a cycle) from side to side. */
export function wire(needed: MapNode, dependent: MapNode): string {
  const a = corner(needed);
  const b = corner(dependent);
  if (needed.y === dependent.y) return sideways(a, b);
  const up = dependent.y < needed.y;
  const start = { x: a.x + NODE.width / 2, y: up ? a.y : a.y + NODE.height };
  const end = { x: b.x + NODE.width / 2, y: up ? b.y + NODE.height : b.y };
  const bend = (end.y - start.y) / 2;
  return `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`;
}

function sideways(a: Point, b: Point): string {
  const right = b.x > a.x;
  const start = { x: right ? a.x + NODE.width : a.x, y: a.y + NODE.height / 2 };
  const end = { x: right ? b.x : b.x + NODE.width, y: b.y + NODE.height / 2 };
  return `M${start.x} ${start.y}L${end.x} ${end.y}`;
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
