// The impact map of an incident: the cause at the bottom, what stands on it above, people at the top. Positions come
// from the server, so that all viewers see one picture.
import { useLayoutEffect, useRef, type ReactNode } from "react";
import type { Health, ImpactMap, IncidentDetail, MapNode } from "../api/client";
import { useWords } from "../i18n";
import { StateShape } from "../parts/marks";
import { corner, cut, NODE, sizeOf, wire } from "./map-geometry";

const RANK: Record<Health, number> = { ok: 0, unknown: 1, at_risk: 2, degraded: 3, down: 4 };
const STATES: Health[] = ["down", "degraded", "at_risk", "ok", "unknown"];
const LEAST_SCALE = 0.62;
const COLUMNS = 17;
const KIND_COLUMNS = 25;

/** What a node shows: its own fault filled, what is passed on to it as an outline, the worse of both. */
export function shown(node: MapNode): { state: Health; own: boolean } {
  const own = RANK[node.own] >= RANK[node.propagated];
  return own ? { state: node.own, own: node.own !== "ok" } : { state: node.propagated, own: false };
}

export function ImpactMapView({ map, found }: { map: ImpactMap; found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = sizeOf(map);
  const byId = new Map(map.nodes.map((node) => [node.id, node]));
  const cause = map.nodes.find((node) => node.role === "cause");
  const middle = cause ? (corner(cause).x + NODE.width / 2) / width : 0.5;
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box) box.scrollLeft = middle * box.scrollWidth - box.clientWidth / 2;
  }, [middle]);
  return (
    <>
      <div className="map-scroll" ref={scroller} tabIndex={0} role="group" aria-label={say("section.map")}>
        <svg
          className="map"
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={say("map.label", { cause: cause?.name ?? "?", services: found.services_hit })}
          style={{ width: `max(${Math.round(width * LEAST_SCALE)}px, min(100%, ${width}px))` }}
        >
          <defs>
            <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
              <path className="tip" d="M0 0.6 8 4 0 7.4z" />
            </marker>
          </defs>
          {map.edges.map((edge) => {
            const needed = byId.get(edge.to);
            const dependent = byId.get(edge.from);
            return (
              needed &&
              dependent && (
                <path key={`${edge.from} ${edge.to}`} className="wire" d={wire(needed, dependent)} markerEnd="url(#tip)">
                  <title>{`${dependent.name} ${edge.type} ${needed.name}`}</title>
                </path>
              )
            );
          })}
          {map.nodes.map((node) => (
            <NodeCard key={node.id} node={node} suspected={!found.confirmed} />
          ))}
        </svg>
      </div>
      <MapKey />
    </>
  );
}

function NodeCard({ node, suspected }: { node: MapNode; suspected: boolean }): ReactNode {
  const { say, speak } = useWords();
  const at = corner(node);
  const { state, own } = shown(node);
  const isCause = node.role === "cause";
  const people = node.role === "department";
  const kind = node.cls ? speak.word("cls", node.cls) : "";
  const word = people ? say("map.people", { n: node.count }) : speak.word("health", state);
  const via = !people && state !== "ok" && state !== "unknown" ? say(own ? "map.own" : "map.via") : "";
  return (
    <g
      className={`node node-${people ? "people" : state} role-${node.role}`}
      data-own={own}
      data-suspected={isCause && suspected}
      transform={`translate(${at.x} ${at.y})`}
    >
      <title>{[node.name, kind, word, via].filter(Boolean).join(" · ")}</title>
      {isCause && <rect className="ring" x="-5" y="-5" width={NODE.width + 10} height={NODE.height + 10} rx="11" />}
      <rect className="card" width={NODE.width} height={NODE.height} rx="7" />
      {people ? (
        <Heads />
      ) : (
        <g transform="translate(11 12)">
          <StateShape state={state} own={own} size={20} />
        </g>
      )}
      <text className="node-name" x="40" y="20">
        {cut(node.name, COLUMNS)}
      </text>
      <text className="node-word" x="40" y="36">
        {word}
      </text>
      <text className="node-kind" x="40" y="51">
        {cut([kind, own ? via : ""].filter(Boolean).join(" · "), KIND_COLUMNS)}
      </text>
      {isCause && (
        <text className="flag" x={NODE.width / 2} y={NODE.height + 20} textAnchor="middle">
          {say(suspected ? "map.suspect" : "map.cause")}
        </text>
      )}
    </g>
  );
}

/** People: no state of health, but a head count. */
function Heads(): ReactNode {
  return (
    <g className="heads" transform="translate(10 12)">
      <circle cx="8" cy="5.5" r="4" />
      <path d="M0.5 19c0-9 15-9 15 0z" />
      <circle cx="17" cy="7" r="3" />
      <path d="M17.6 12c4 0 5 3.4 5 7h-4.6c0-3-.6-5-2-6.6z" />
    </g>
  );
}

function MapKey(): ReactNode {
  const { say, speak } = useWords();
  return (
    <ul className="map-key" aria-label={say("map.key")}>
      {STATES.map((state) => (
        <li key={state}>
          <StateShape state={state} size={14} />
          {speak.word("health", state)}
        </li>
      ))}
      <li>{say("map.keyOwn")}</li>
      <li>{say("map.keyVia")}</li>
    </ul>
  );
}
