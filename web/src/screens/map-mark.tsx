// What stands at one place of a map: a CI, a group of alike ones, or the ghost of one that left; with its gate.
import type { KeyboardEvent, ReactNode } from "react";
import type { Health, ImpactMap, MapGate, MapGhost, MapMark } from "../api/client";
import { type MessageId, type Say, useWords } from "../i18n";
import { StateShape } from "../parts/marks";
import type { Speaker } from "../reasons";
import { ageWords, useNow } from "../time";
import { corner, cut, GATE, GATE_DEPTH, NODE, type Point, widthOf } from "./map-geometry";

const RANK: Record<Health, number> = { ok: 0, unknown: 1, at_risk: 2, degraded: 3, down: 4 };
const COLUMNS = 17;
const KIND_COLUMNS = 23;
const GATE_COLUMNS = 27;

/** What a mark shows: its own fault filled, what is passed on to it as an outline, the worse of both. */
export function shown(mark: Pick<MapMark, "own" | "propagated">): { state: Health; own: boolean } {
  const own = RANK[mark.own] >= RANK[mark.propagated];
  return own ? { state: mark.own, own: mark.own !== "ok" } : { state: mark.propagated, own: false };
}

/** Whether there is something to explain: then it can be selected. */
export function explains(mark: MapMark): boolean {
  const { state } = shown(mark);
  return mark.kind === "ci" && state !== "ok" && state !== "unknown";
}

/** The gate that is shown of several: the worst. */
export function gateOf(mark: MapMark): MapGate | undefined {
  const rank = { whole: 0, holds: 1, broken: 2 };
  return mark.gates.toSorted((a, b) => rank[b.standing] - rank[a.standing])[0];
}

/** Share and sum as a rule counts them: "2 of 3 up, needs 2". */
export function measured(gate: MapGate, say: Say): string {
  const measure = gate.measure;
  if (!measure) return say("map.gateRule", { rule: gate.rule });
  const share = measure.unit.endsWith("percent");
  const values = {
    found: share ? `${round(measure.found)} %` : String(round(measure.found)),
    total: String(round(measure.total)),
    limit: share ? `${round(measure.limit)} %` : String(round(measure.limit)),
  };
  return say(`map.gate.${measure.counts}${share ? "Share" : ""}` as MessageId, values);
}

const round = (value: number): number => Math.round(value * 10) / 10;

interface Words {
  word: string;
  kind: string;
  via: string;
  held: string;
  label: string;
}

/** All that a mark says, for the eye and for a screen reader. */
function wordsOf(mark: MapMark, say: Say, speak: Speaker): Words {
  const { state, own } = shown(mark);
  const kind = mark.cls ? speak.word("cls", mark.cls) : mark.kind === "group" ? say("map.mixed") : "";
  const people = mark.band === "people" && mark.people > 0;
  const split = Object.entries(mark.states).map(([one, n]) => `${n} ${speak.word("health", one)}`);
  const word = people ? say("map.people", { n: mark.people }) : mark.kind === "group" ? split.join(" · ") : speak.word("health", state);
  const bad = state !== "ok" && state !== "unknown";
  const via = !bad || mark.kind === "group" ? "" : own ? say("map.own") : mark.via[0] ? say("map.via", { name: mark.via[0] }) : "";
  const gate = gateOf(mark);
  const cause = mark.cause && say(mark.cause.confirmed ? "map.causeLong" : "map.suspectLong", causeValues(mark));
  const counted = gate ? `${measured(gate, say)}${gate.standing === "holds" ? `, ${stops(gate, say, speak)}` : ""}` : "";
  const held = mark.kind === "group" && mark.shields > 0 ? say("map.shields", { n: mark.shields }) : counted;
  const name = nameOf(mark, say, speak);
  const pinned = mark.pinned_by ? say("map.pinned", { who: mark.pinned_by.replace(/^(user|token):/, "") }) : "";
  return { word, kind, via, held, label: [name, kind, word, via, cause, held, pinned].filter(Boolean).join(" · ") };
}

function causeValues(mark: MapMark): Record<string, unknown> {
  const share = mark.cause?.share;
  return { n: mark.cause?.number ?? 1, share: share === null || share === undefined ? "" : `${Math.round(share * 100)} %` };
}

function stops(gate: MapGate, say: Say, speak: Speaker): string {
  const values = { stops: speak.word("health", gate.stops), on: speak.word("health", gate.goes_on) };
  return say(gate.goes_on === "ok" ? "map.stopsHere" : "map.goesOn", values);
}

export function nameOf(mark: MapMark, say: Say, speak: Speaker): string {
  if (mark.kind === "ci") return mark.name;
  return say("map.group", { n: mark.count, kind: mark.cls ? speak.word("cls", mark.cls) : say("map.mixed") });
}

export interface MarkProps {
  mark: MapMark;
  map: ImpactMap;
  place: number;
  focused: boolean;
  selected: boolean;
  dimmed: boolean;
  onSelect: () => void;
  onFocus: () => void;
  onKey: (event: KeyboardEvent) => void;
}

export function MarkCard(props: MarkProps): ReactNode {
  const { say, speak } = useWords();
  const { mark, map } = props;
  const at = corner(mark, map.bounds);
  const { state, own } = shown(mark);
  const { word, kind, via, held, label } = wordsOf(mark, say, speak);
  const people = mark.band === "people" && mark.people > 0;
  const gate = gateOf(mark);
  const button = explains(mark);
  return (
    <g
      className={`node node-${people ? "people" : state}`}
      data-kind={mark.kind}
      data-cause={mark.cause !== null}
      data-own={own}
      data-suspected={mark.cause?.confirmed === false}
      data-dimmed={props.dimmed}
      data-mark={props.place}
      transform={`translate(${at.x} ${at.y})`}
      role={button ? "button" : "img"}
      aria-pressed={button ? props.selected : undefined}
      tabIndex={props.focused ? 0 : -1}
      onClick={button ? props.onSelect : undefined}
      onFocus={props.onFocus}
      onKeyDown={props.onKey}
    >
      {/* the name of the mark: an aria-label would have to repeat the words that are cut on the card */}
      <title>{label}</title>
      {mark.kind === "group" && <path className="stack" d={STACK} />}
      {mark.cause && <rect className="ring" x="-5" y="-5" width={NODE.width + 10} height={NODE.height + 10} rx="11" />}
      <rect className="card" width={NODE.width} height={NODE.height} rx="7" />
      {people ? (
        <Heads />
      ) : (
        <g transform="translate(11 12)">
          <StateShape state={state} own={own} size={20} />
        </g>
      )}
      <text className="node-name" x="40" y="20">
        {cut(nameOf(mark, say, speak), COLUMNS)}
      </text>
      <text className="node-word" x="40" y="36">
        {cut(word, KIND_COLUMNS)}
        {mark.kind === "ci" && via && (
          <tspan className="node-kind" dx="6">
            {cut(kind, KIND_COLUMNS - widthOf(word) - 4)}
          </tspan>
        )}
      </text>
      <text className="node-kind" x="40" y="51">
        {cut(mark.kind === "group" ? held : via || kind, KIND_COLUMNS)}
      </text>
      {gate && <Gate gate={gate} />}
      {mark.cause && <Flag mark={mark} several={severalCauses(map)} below={gate ? GATE_DEPTH : 0} />}
    </g>
  );
}

const STACK = `M6 ${NODE.height + 4}h${NODE.width - 6}q4 0 4-4v-${NODE.height - 10}`;

function severalCauses(map: ImpactMap): boolean {
  return map.marks.filter((mark) => mark.cause).length > 1;
}

function Flag({ mark, several, below }: { mark: MapMark; several: boolean; below: number }): ReactNode {
  const { say } = useWords();
  const values = { ...causeValues(mark), n: several ? (mark.cause?.number ?? 1) : 0 };
  return (
    <text className="flag" x={NODE.width / 2} y={NODE.height + 20 + below} textAnchor="middle">
      {say(mark.cause?.confirmed ? "map.cause" : "map.suspect", values)}
    </text>
  );
}

/** A gate: a segment for each member, how many are up and needed, and a shield where it holds. */
function Gate({ gate }: { gate: MapGate }): ReactNode {
  const { say, speak } = useWords();
  const width = (NODE.width - 16) / gate.members.length;
  return (
    <g className={`gate gate-${gate.standing}`} transform={`translate(0 ${NODE.height + GATE.top})`}>
      <rect className="gate-box" width={NODE.width} height={GATE.height} rx="6" />
      {gate.members.map((member, place) => (
        <rect
          key={member.id}
          className={`segment segment-${member.state}`}
          data-up={member.up}
          x={8 + place * width}
          y="6"
          width={Math.max(2, width - 3)}
          height="7"
          rx="1.5"
        >
          <title>{`${member.name}: ${speak.word("health", member.state)}`}</title>
        </rect>
      ))}
      {gate.standing === "holds" && <path className="shield" d="M14 18l6 2v6c0 5-3 8-6 10-3-2-6-5-6-10v-6z" />}
      <text className="gate-count" x={gate.standing === "holds" ? 28 : 10} y="26">
        {cut(measured(gate, say), GATE_COLUMNS)}
      </text>
      <text className="gate-word" x={gate.standing === "holds" ? 28 : 10} y="39">
        {cut(gate.standing === "holds" ? stops(gate, say, speak) : say(`map.standing.${gate.standing}`), GATE_COLUMNS)}
      </text>
    </g>
  );
}

export function GhostCard({ ghost, at }: { ghost: MapGhost; at: Point }): ReactNode {
  const { say, speak } = useWords();
  const now = useNow();
  const gone = say("map.gone", { age: ageWords(now - Date.parse(ghost.lost_at), say) });
  const kind = ghost.cls ? speak.word("cls", ghost.cls) : "";
  return (
    <g className="node ghost" transform={`translate(${at.x} ${at.y})`} role="img" aria-label={`${ghost.name} · ${kind} · ${gone}`}>
      <title>{`${ghost.name} · ${kind} · ${gone}`}</title>
      <rect className="card" width={NODE.width} height={NODE.height} rx="7" />
      <text className="node-name" x="14" y="24">
        {cut(ghost.name, COLUMNS + 3)}
      </text>
      <text className="node-kind" x="14" y="43">
        {cut(gone, KIND_COLUMNS + 3)}
      </text>
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
