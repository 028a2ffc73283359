// Can the picture be trusted: do signals arrive, and are all parts of the hub there?
import { useQuery } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import type { Schemas } from "../api/client";
import { readiness, sources } from "../api/queries";
import { useWords } from "../i18n";
import { Aged, StateMark } from "../parts/marks";
import { Empty, LoadError, Panel } from "../parts/panel";
import { ageWords, useNow } from "../time";

export function Sources(): ReactNode {
  const { say } = useWords();
  const query = useQuery(sources);
  useEffect(() => {
    document.title = `${say("sources.title")} – Faultpath`;
  }, [say]);
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>{say("sources.title")}</h1>
      </header>
      {query.isError && <LoadError query={query} />}
      <HubPanel />
      {query.data && (
        <Panel title={say("sources.list")}>
          <p className="dim">{say("sources.inbox", { n: query.data.inbox_waiting })}</p>
          {query.data.items.length > 0 ? (
            <SourceTable items={query.data.items} />
          ) : (
            <Empty title={say("sources.none")}>
              <p className="dim">{say("sources.noneHint")}</p>
            </Empty>
          )}
        </Panel>
      )}
    </div>
  );
}

function HubPanel(): ReactNode {
  const { say } = useWords();
  const query = useQuery(readiness);
  const now = useNow();
  if (query.isError) return <LoadError query={query} />;
  if (!query.data) return null;
  const { away, warnings, workers, version, started_at } = query.data;
  const parts = Object.entries(away);
  return (
    <Panel title={say("sources.hub")}>
      <p className="hub-state">
        <StateMark state={parts.length > 0 ? "degraded" : "ok"} />
        <span>{parts.length > 0 ? say("sources.notReady", { n: parts.length }) : say("sources.ready")}</span>
        <span className="dim">{say("sources.version", { version, age: ageWords(now - Date.parse(started_at), say) })}</span>
      </p>
      <ul className="plain">
        {parts.map(([part, why]) => (
          <li key={part} className="warn">
            <strong>{part}</strong>: {why}
          </li>
        ))}
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
      <ul className="workers" aria-label={say("sources.workers")}>
        {workers.map((worker) => (
          <Worker key={worker.name} worker={worker} />
        ))}
      </ul>
    </Panel>
  );
}

function Worker({ worker }: { worker: Schemas["WorkerOut"] }): ReactNode {
  const { say } = useWords();
  return (
    <li title={worker.error ?? undefined}>
      <span className={worker.running ? "tag" : "tag tag-open"}>
        {say(worker.running ? "sources.running" : "sources.stopped")}
      </span>
      {worker.name}
      {worker.restarts > 0 && <span className="warn">{say("sources.restarts", { n: worker.restarts })}</span>}
      {worker.error && <span className="warn">{worker.error}</span>}
    </li>
  );
}

function SourceTable({ items }: { items: Schemas["SourceOut"][] }): ReactNode {
  const { say } = useWords();
  return (
    <table className="list sources">
      <thead>
        <tr>
          <th scope="col">{say("sources.source")}</th>
          <th scope="col">{say("sources.kind")}</th>
          <th scope="col" className="num">{say("sources.messages")}</th>
          <th scope="col" className="num">{say("sources.aside")}</th>
          <th scope="col" className="num">{say("sources.last")}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={`${item.source} ${item.kind}`}>
            <td>
              <strong>{item.source}</strong>
            </td>
            <td>{item.messages > 0 ? item.kind : say("sources.never")}</td>
            <td className="num">{item.messages}</td>
            <td className="num">{item.set_aside > 0 ? <strong className="warn">{item.set_aside}</strong> : 0}</td>
            <td className="num">
              {item.last_received ? <Aged id="health.ago" at={item.last_received} /> : say("state.none")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
