// The impact map of an incident: first a sentence, then a picture with the cause at the bottom and the people on top.
// Positions, groups and gates come from the server, so that all viewers see one picture; here it is only drawn.
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { api, take, type Health, type ImpactMap, type IncidentDetail, type MapWire } from "../api/client";
import { incidentMap, me } from "../api/queries";
import { useWords } from "../i18n";
import { StateMark, StateShape } from "../parts/marks";
import { errorWords, LoadError, Panel } from "../parts/panel";
import { mayAct } from "./incident-acts";
import { type Arrow, type Cell, corner, GATE_DEPTH, NODE, rowsOf, sizeOf, walk, wire } from "./map-geometry";
import { explains, gateOf, GhostCard, MarkCard, nameOf, shown } from "./map-mark";

const STATES: Health[] = ["down", "degraded", "at_risk", "ok", "unknown"];
const LEAST_SCALE = 0.62;
const ARROWS: readonly string[] = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
/** What is drawn in dashes, by kind of relation: ways of the network, supplies, and what is not drawn between. */
const DASHES: Record<string, string> = { REACHED_THROUGH: "8 4", POWERED_BY: "2 3", COOLED_BY: "2 3", INTEGRATES_WITH: "7 3 2 3" };

export function MapPanel({ found }: { found: IncidentDetail }): ReactNode {
  const { say, speak } = useWords();
  const [service, setService] = useState<string>();
  const query = useQuery(incidentMap(found.number, service));
  const map = query.data;
  return (
    <Panel title={say("section.map")} aside={<span className="dim small">{say("section.mapNow")}</span>}>
      {query.isError && <LoadError query={query} />}
      {map && map.marks.length <= 1 && <p className="dim">{say("section.mapEmpty")}</p>}
      {map && map.marks.length > 1 && (
        <>
          <p className="map-sentence">{speak.reason(map.sentence)}</p>
          <Drawing map={map} found={found} selected={service} onSelect={setService} />
          <Chain map={map} selected={service} onClear={() => setService(undefined)} />
          <div className="map-foot">
            <Sum map={map} />
            <Tidying map={map} number={found.number} />
          </div>
          <MapKey />
        </>
      )}
    </Panel>
  );
}

interface DrawingProps {
  map: ImpactMap;
  found: IncidentDetail;
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
}

function Drawing({ map, found, selected, onSelect }: DrawingProps): ReactNode {
  const { say } = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = sizeOf(map.bounds);
  const cause = map.marks.findIndex((mark) => mark.cause?.number === 1);
  const [focus, setFocus] = useState<string>();
  const at = map.marks.findIndex((mark) => mark.id === focus);
  const focused = at >= 0 ? at : Math.max(0, cause);
  const middle = cause < 0 ? 0.5 : (corner(map.marks[cause] as Cell, map.bounds).x + NODE.width / 2) / width;
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box) box.scrollLeft = middle * box.scrollWidth - box.clientWidth / 2;
  }, [middle]);
  const traced = map.chain.length > 0;
  const press = (event: KeyboardEvent, place: number): void => {
    const mark = map.marks[place];
    if (ARROWS.includes(event.key)) {
      const next = walk(map, place, event.key as Arrow);
      scroller.current?.querySelector<SVGGElement>(`[data-mark="${next}"]`)?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && mark && explains(mark)) {
      onSelect(mark.id === selected ? undefined : mark.id);
    } else if (event.key === "Escape" && selected !== undefined) onSelect(undefined);
    else return;
    event.preventDefault();
  };
  return (
    <div className="map-scroll" ref={scroller}>
      <svg
        className="map"
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={say("map.label", { cause: map.marks[cause]?.name ?? "?", services: found.services_hit })}
        style={{ width: `max(${Math.round(width * LEAST_SCALE)}px, min(100%, ${width}px))` }}
      >
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="12" markerHeight="12" markerUnits="userSpaceOnUse" orient="auto">
            <path className="tip" d="M0 0.6 8 4 0 7.4z" />
          </marker>
        </defs>
        <Wires map={map} traced={traced} />
        {map.ghosts.map((ghost) => (
          <GhostCard key={ghost.id} ghost={ghost} at={corner(ghost, map.bounds)} />
        ))}
        {map.marks.map((mark, place) => (
          <MarkCard
            key={mark.id}
            mark={mark}
            map={map}
            place={place}
            focused={place === focused}
            selected={mark.id === selected}
            dimmed={traced && !mark.on_chain}
            onSelect={() => onSelect(mark.id === selected ? undefined : mark.id)}
            onFocus={() => setFocus(mark.id)}
            onKey={(event) => press(event, place)}
          />
        ))}
      </svg>
    </div>
  );
}

function Wires({ map, traced }: { map: ImpactMap; traced: boolean }): ReactNode {
  const { say, speak } = useWords();
  const ends = map.marks.map((mark) => ({ layer: mark.layer, x: mark.x, below: gateOf(mark) ? GATE_DEPTH : 0 }));
  const rows = rowsOf([...ends, ...map.ghosts]);
  return map.wires.map((one) => {
    const [dependent, needed, from, to] = [map.marks[one.from], map.marks[one.to], ends[one.to], ends[one.from]];
    if (!dependent || !needed || !from || !to) return null;
    const path = wire(from, to, map.bounds, rows);
    const count = one.count > 1 ? say("map.relations", { n: one.count }) : "";
    const kinds = one.indirect ? say("map.indirect") : one.kinds.join(", ");
    return (
      <g key={`${one.from} ${one.to}`} className="wires" data-dimmed={traced && !one.on_chain} data-chain={one.on_chain}>
        <path className="wire" d={path} strokeDasharray={dashOf(one)} markerEnd="url(#tip)">
          <title>{[`${nameOf(dependent, say, speak)} ${kinds} ${nameOf(needed, say, speak)}`, count].filter(Boolean).join(" · ")}</title>
        </path>
        {one.count > 1 && <Count path={path} n={one.count} />}
      </g>
    );
  });
}

function dashOf(one: MapWire): string | undefined {
  if (one.indirect) return "2 7";
  return one.kinds.length === 1 ? DASHES[one.kinds[0] ?? ""] : undefined;
}

/** How many parallel relations a line stands for, beside its upper end. */
function Count({ path, n }: { path: string; n: number }): ReactNode {
  const [y, x] = path.split(/[ A-Z]/).toReversed().map(Number);
  return (
    <text className="wire-count" x={(x ?? 0) + 7} y={(y ?? 0) + 17} aria-hidden>
      {`×${n}`}
    </text>
  );
}

/** The chain of what is selected, in the words that incident and notices use. */
function Chain({ map, selected, onClear }: { map: ImpactMap; selected: string | undefined; onClear: () => void }): ReactNode {
  const { say, speak } = useWords();
  if (selected === undefined) return <p className="dim small">{say("map.selectHint")}</p>;
  const name = map.chain[0]?.ci.name ?? map.marks.find((mark) => mark.id === selected)?.name ?? "";
  return (
    <section className="chain" aria-live="polite">
      <p>
        <strong>{say("map.chain", { name })}</strong>{" "}
        <Button size="compact-xs" variant="default" onClick={onClear} data-chain-clear>
          {say("map.chainClear")}
        </Button>
      </p>
      {map.chain.length === 0 ? (
        <p className="dim">{say("map.chainNone", { name })}</p>
      ) : (
        <ol>
          {map.chain.map((step) => (
            <li key={step.ci.id}>
              <StateMark state={shown(step).state} /> {step.ci.name}
              {step.reason && <span className="dim"> {speak.reason(step.reason)}</span>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Nothing is hidden silently: so many CIs in so many marks. */
function Sum({ map }: { map: ImpactMap }): ReactNode {
  const { say } = useWords();
  const { cis, marks, beyond } = map.sum;
  return (
    <p className="dim small map-sum">
      {say("map.sum", { cis, marks, beyond })}
      {map.strained > 0 && ` ${say("map.strained", { n: map.strained })}`}
    </p>
  );
}

/** Only this moves anything, and for everybody; the last time can be taken back. */
function Tidying({ map, number }: { map: ImpactMap; number: number }): ReactNode {
  const { say } = useWords();
  const client = useQueryClient();
  const scopes = useQuery(me).data?.scopes ?? [];
  const tidy = useMutation({
    mutationFn: (undo: boolean) =>
      take(api.POST("/api/v1/incidents/{number}/map/tidy", { params: { path: { number } }, body: { undo } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["map", number] }),
  });
  if (!mayAct(scopes)) return null;
  return (
    <div className="acts">
      <Button size="compact-xs" variant="default" disabled={tidy.isPending} onClick={() => tidy.mutate(false)} data-tidy>
        {say("map.tidy")}
      </Button>
      {map.undo && (
        <Button size="compact-xs" variant="default" disabled={tidy.isPending} onClick={() => tidy.mutate(true)} data-untidy>
          {say("map.undo")}
        </Button>
      )}
      {tidy.error && <span className="warn small">{errorWords(tidy.error, say)}</span>}
    </div>
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
