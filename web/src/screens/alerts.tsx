// What came in: alerts as conditions over time, those that changed last first.
import { Button, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";
import type { Alert, Severity } from "../api/client";
import { alerts, type AlertFilter } from "../api/queries";
import { useWords } from "../i18n";
import { Age, Ci, SeverityMark, StateMark } from "../parts/marks";
import { Empty, LoadError } from "../parts/panel";

const SEVERITIES: Severity[] = ["warning", "minor", "major", "critical"];
const TYPING_MS = 250;

export function Alerts(): ReactNode {
  const { say } = useWords();
  const search = useSearch({ from: "/frame/alerts" });
  const navigate = useNavigate({ from: "/alerts" });
  const filter: AlertFilter = { state: search.state ?? "active", text: search.text, severity: search.severity };
  const query = useInfiniteQuery(alerts(filter));
  const rows = query.data?.pages.flatMap((page) => page.items);
  useEffect(() => {
    document.title = `${say("alerts.title")} – Faultpath`;
  }, [say]);
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>{say("alerts.title")}</h1>
        <Filters />
      </header>
      {query.isError && <LoadError query={query} />}
      {rows && rows.length > 0 && <AlertTable rows={rows} />}
      {rows && rows.length === 0 && (
        <Empty title={say("alerts.none")}>
          {(search.text || search.severity || search.state) && (
            <>
              <p className="dim">{say("alerts.noneHint")}</p>
              <Button variant="default" size="xs" onClick={() => void navigate({ search: {} })}>
                {say("alerts.clear")}
              </Button>
            </>
          )}
        </Empty>
      )}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say("incidents.more")}
        </Button>
      )}
    </div>
  );
}

function Filters(): ReactNode {
  const { say, speak } = useWords();
  const search = useSearch({ from: "/frame/alerts" });
  const navigate = useNavigate({ from: "/alerts" });
  const [typed, setTyped] = useState(search.text ?? "");
  useEffect(() => setTyped(search.text ?? ""), [search.text]);
  useEffect(() => {
    if (typed === (search.text ?? "")) return undefined;
    const timer = setTimeout(
      () => void navigate({ search: (now) => ({ ...now, text: typed || undefined }), replace: true }),
      TYPING_MS,
    );
    return () => clearTimeout(timer);
  }, [typed, search.text, navigate]);
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={say("alerts.which")}
        value={search.state ?? "active"}
        onChange={(state) =>
          void navigate({ search: (now) => ({ ...now, state: state as AlertFilter["state"] }), replace: true })
        }
        data={[
          { value: "active", label: say("alerts.active") },
          { value: "cleared", label: say("alerts.cleared") },
          { value: "all", label: say("alerts.all") },
        ]}
      />
      <NativeSelect
        size="xs"
        aria-label={say("alerts.severity")}
        value={search.severity ?? ""}
        onChange={(event) => {
          const severity = (event.currentTarget.value || undefined) as Severity | undefined;
          void navigate({ search: (now) => ({ ...now, severity }), replace: true });
        }}
        data={[
          { value: "", label: say("alerts.any") },
          ...SEVERITIES.map((one) => ({ value: one, label: `≥ ${speak.word("severity", one)}` })),
        ]}
      />
      <TextInput
        size="xs"
        type="search"
        className="search"
        aria-label={say("alerts.search")}
        placeholder={say("alerts.search")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </>
  );
}

export function AlertTable({ rows }: { rows: Alert[] }): ReactNode {
  const { say } = useWords();
  return (
    <table className="list alerts">
      <thead>
        <tr>
          <th scope="col">{say("alerts.severityCol")}</th>
          <th scope="col">{say("alerts.check")}</th>
          <th scope="col">{say("alerts.on")}</th>
          <th scope="col">{say("alerts.source")}</th>
          <th scope="col" className="num">{say("alerts.times")}</th>
          <th scope="col" className="num">{say("alerts.last")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <AlertRow key={row.fingerprint} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function AlertRow({ row }: { row: Alert }): ReactNode {
  const { say, speak } = useWords();
  return (
    <tr data-alert={row.fingerprint} data-live={row.state === "active"}>
      <td className="cell-severity">
        <SeverityMark severity={row.severity} />
        {row.state === "cleared" ? (
          <span className="tag">{say("alerts.cleared")}</span>
        ) : (
          row.effect !== "ok" && <StateMark state={row.effect} />
        )}
      </td>
      <td className="cell-check">
        <strong>{speak.word("check", row.check)}</strong>
        {row.summary && <span className="dim">{row.summary}</span>}
      </td>
      <td className="cell-on" title={speak.reason(row.bind)}>
        {row.ci ? (
          <Ci ci={row.ci} />
        ) : (
          <>
            <span className="unbound">
              <span className="tag tag-suspected">{say("alerts.unbound")}</span>
              <span className="resource">{row.resource}</span>
            </span>
            <span className="dim">{speak.reason(row.bind)}</span>
          </>
        )}
      </td>
      <td className="cell-source">
        {row.source}
        {!row.proven && <span className="tag tag-suspected">{say("alerts.unproven")}</span>}
      </td>
      <td className="num cell-times">{row.occurrences}</td>
      <td className="num cell-last">
        <Age at={row.last_received} />
      </td>
    </tr>
  );
}
