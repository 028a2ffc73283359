// What is broken and who is hurt: the live incidents, the most urgent first, or all of them, the newest first.
import { Button, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, type ReactNode } from "react";
import { api, take, type Incident } from "../api/client";
import { incidents, readiness, sources } from "../api/queries";
import { useWords } from "../i18n";
import { Age, Aged, IncidentState, PeopleCount, PriorityMark, Proof, StateMark } from "../parts/marks";
import { Empty, LoadError } from "../parts/panel";

/** The most urgent first, of equals the newest; a list that is read stays in order while figures in it change. */
export function byUrgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || b.number - a.number;
}

export function Incidents(): ReactNode {
  const { say } = useWords();
  const { all } = useSearch({ from: "/frame/" });
  const navigate = useNavigate({ from: "/" });
  const which = all ? "all" : "live";
  const query = useInfiniteQuery(incidents(which));
  const found = query.data?.pages.flatMap((page) => page.items);
  const rows = found && (all ? found : found.toSorted(byUrgency));
  useTitle(rows, all);
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>{say("incidents.title")}</h1>
        <SegmentedControl
          size="xs"
          aria-label={say("incidents.which")}
          value={which}
          onChange={(chosen) => void navigate({ search: chosen === "all" ? { all: true } : {} })}
          data={[
            { value: "live", label: say("incidents.live") },
            { value: "all", label: say("incidents.all") },
          ]}
        />
        <span className="dim">{say(all ? "incidents.order.all" : "incidents.order.live")}</span>
        <HealthLine />
      </header>
      {query.isError && <LoadError query={query} />}
      {rows && (rows.length > 0 ? <Rows rows={rows} /> : <Nothing all={all === true} />)}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say("incidents.more")}
        </Button>
      )}
      {rows && rows.length > 0 && <p className="keys dim">{say("incidents.keys")}</p>}
    </div>
  );
}

function useTitle(rows: Incident[] | undefined, all: boolean | undefined): void {
  const { say } = useWords();
  const live = all ? undefined : rows?.length;
  useEffect(() => {
    document.title = live ? `(${live}) ${say("incidents.title")} – Faultpath` : `${say("incidents.title")} – Faultpath`;
  }, [live, say]);
}

/** Whether the list can be trusted: the newest signal, and parts of the hub that are away. */
function HealthLine(): ReactNode {
  const { say } = useWords();
  const ready = useQuery(readiness).data;
  const newest = useNewest();
  const away = ready ? Object.keys(ready.away).length : 0;
  return (
    <Link to="/sources" className="health-line">
      {away > 0 ? (
        <strong className="warn">{say("health.away", { n: away })}</strong>
      ) : (
        say("health.line", { newest: "" })
      )}
      {away === 0 && (newest ? <Aged id="health.ago" at={newest} /> : say("incidents.noSignal"))}
    </Link>
  );
}

function useNewest(): string | undefined {
  const items = useQuery(sources).data?.items ?? [];
  return items.flatMap((source) => source.last_received ?? []).toSorted().at(-1);
}

function Nothing({ all }: { all: boolean }): ReactNode {
  const { say } = useWords();
  const newest = useNewest();
  if (all) return <Empty title={say("incidents.noneEver")} />;
  const parts = say("incidents.noneHint", { newest: "\u0000" }).split("\u0000");
  return (
    <Empty title={say("incidents.none")}>
      <p className="dim">
        {parts[0]}
        {newest ? <Aged id="health.ago" at={newest} /> : say("incidents.noSignal")}
        {parts[1]}
      </p>
    </Empty>
  );
}

function Rows({ rows }: { rows: Incident[] }): ReactNode {
  const { say } = useWords();
  const body = useRef<HTMLTableSectionElement>(null);
  useKeys(body, rows);
  return (
    <table className="list incidents">
      <thead>
        <tr>
          <th scope="col">{say("col.priority")}</th>
          <th scope="col">{say("col.incident")}</th>
          <th scope="col">{say("col.root")}</th>
          <th scope="col">{say("col.services")}</th>
          <th scope="col">{say("col.people")}</th>
          <th scope="col">{say("col.state")}</th>
          <th scope="col" className="num">{say("col.age")}</th>
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row) => (
          <Row key={row.number} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: Incident }): ReactNode {
  const { say, speak } = useWords();
  return (
    <tr data-incident={row.number} data-live={row.resolved_at === null}>
      <td className="cell-priority">
        <PriorityMark priority={row.priority} />
      </td>
      <td className="cell-title">
        <Link to="/incidents/$number" params={{ number: String(row.number) }} data-row>
          {speak.reason(row.title)}
        </Link>
        <span className="dim number">INC-{row.number}</span>
      </td>
      <td className="cell-root">
        {row.root ? <span className="ci-name">{row.root.name}</span> : <span>{say("root.unbound")}</span>}
        <span className="tags">
          <Proof incident={row} />
        </span>
      </td>
      <td className="cell-services">
        {row.worst_state && <StateMark state={row.worst_state} />}
        <span className={row.services_hit ? "" : "dim"}>
          {row.root ? say("services.n", { n: row.services_hit }) : say("services.unknown")}
        </span>
      </td>
      <td className="cell-people">
        {row.root ? (
          <PeopleCount cannot={row.cannot_work} limited={row.limited} />
        ) : (
          <span className="dim">{say("people.unknown")}</span>
        )}
      </td>
      <td className="cell-state">
        <IncidentState state={row.state} />
      </td>
      <td className="cell-age num">
        <Age at={row.opened_at} until={row.resolved_at} />
      </td>
    </tr>
  );
}

/** Which row a key leads to: j down, k up, from none to the first. */
export function step(key: string, at: number, count: number): number {
  if (at < 0) return 0;
  return key === "j" ? Math.min(at + 1, count - 1) : Math.max(at - 1, 0);
}

/** j and k move the focus from title to title (so Enter opens by itself), a acknowledges the row in focus. */
function useKeys(body: React.RefObject<HTMLTableSectionElement | null>, rows: Incident[]): void {
  const client = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: (number: number) =>
      take(
        api.POST("/api/v1/incidents/{number}/acts", {
          params: { path: { number } },
          body: { verb: "acknowledge", note: "" },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["incidents"] }),
  });
  const act = acknowledge.mutate;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isField(event.target)) return;
      const links = [...(body.current?.querySelectorAll<HTMLElement>("a[data-row]") ?? [])];
      const at = links.indexOf(document.activeElement as HTMLElement);
      if (event.key === "j" || event.key === "k") {
        links[step(event.key, at, links.length)]?.focus();
        event.preventDefault();
      } else if (event.key === "a" && rows[at]?.state === "open") {
        act(rows[at].number);
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [act, body, rows]);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
