// One incident: a sentence first, then why, who is hurt, by which way, and what was done.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { ApiError, type IncidentDetail } from "../api/client";
import { incident } from "../api/queries";
import { useWords } from "../i18n";
import { Aged, Ci, IncidentState, PriorityMark, Proof, StateMark } from "../parts/marks";
import { Empty, LoadError, Panel } from "../parts/panel";
import { Acts } from "./incident-acts";
import { MapPanel } from "./incident-map";
import { Members, Notices, People, Timeline } from "./incident-parts";

export function IncidentPage(): ReactNode {
  const { say } = useWords();
  const number = Number(useParams({ from: "/frame/incidents/$number" }).number);
  const query = useQuery(incident(number));
  const found = query.data;
  if (query.error instanceof ApiError && (query.error.status === 404 || query.error.status === 400)) {
    return (
      <Empty title={say("error.noIncident", { number: String(number) })}>
        <Link to="/">{say("error.home")}</Link>
      </Empty>
    );
  }
  return (
    <div className="screen">
      {query.isError && <LoadError query={query} />}
      {!found && query.isPending && <p className="dim">{say("incident.loading", { number: String(number) })}</p>}
      {found && <Body found={found} />}
    </div>
  );
}

function Body({ found }: { found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  return (
    <>
      <Head found={found} />
      <div className="columns">
        <div className="column-main">
          <MapPanel found={found} />
          <Services found={found} />
          <People found={found} />
          <Members found={found} />
        </div>
        <aside className="column-side" aria-label={say("act.title")}>
          <Acts found={found} />
          <Root found={found} />
          <Remedies found={found} />
          <Timeline found={found} />
          <Notices found={found} />
        </aside>
      </div>
    </>
  );
}

function Head({ found }: { found: IncidentDetail }): ReactNode {
  const { say, speak } = useWords();
  const title = speak.reason(found.title);
  useEffect(() => {
    document.title = `INC-${found.number} ${title} – Faultpath`;
  }, [found.number, title]);
  return (
    <header className="incident-head">
      <p className="incident-line">
        <span className="dim number">INC-{found.number}</span>
        <IncidentState state={found.state} />
        <span className="dim">
          <Aged id="incident.opened" at={found.opened_at} />
          {found.resolved_at && (
            <>
              {" · "}
              <Aged id="incident.resolved" at={found.resolved_at} />
            </>
          )}
          {found.assignee && ` · ${say("incident.assignee", { who: found.assignee.replace(/^user:/, "") })}`}
        </span>
        {found.duplicate_of !== null && (
          <span>
            {say("incident.duplicate")}{" "}
            <Link to="/incidents/$number" params={{ number: String(found.duplicate_of) }}>
              INC-{found.duplicate_of}
            </Link>
          </span>
        )}
      </p>
      <h1>{title}</h1>
      <p className="lead">{useHurts(found)}</p>
      <p className="incident-priority">
        <PriorityMark priority={found.priority} />
        <span className="dim">{speak.reason(found.priority_reason)}</span>
      </p>
    </header>
  );
}

/** Who is hurt, in one sentence. */
function useHurts(found: IncidentDetail): string {
  const { say } = useWords();
  if (found.unbound_source !== null) return say("incident.unboundHurts");
  if (found.services_hit === 0) return say("incident.hurtsNobody");
  const values = { services: found.services_hit, cannot: found.cannot_work, limited: found.limited };
  return say(found.resolved_at ? "incident.wasHurting" : "incident.hurts", values);
}

function Root({ found }: { found: IncidentDetail }): ReactNode {
  const { say, speak } = useWords();
  return (
    <Panel title={say("section.root")}>
      <p className="root-line">
        {found.root ? (
          <Ci ci={found.root} />
        ) : (
          <span className="ci">
            <span className="ci-name">{found.unbound_resource}</span>
            <span className="ci-class">{say("root.unbound")}</span>
          </span>
        )}
        <span className="tags">
          <Proof incident={found} />
        </span>
      </p>
      <h3>{say("section.evidence")}</h3>
      {found.evidence.length > 0 ? (
        <ul className="evidence">
          {found.evidence.map((reason) => (
            <li key={JSON.stringify(reason)}>{speak.reason(reason)}</li>
          ))}
        </ul>
      ) : (
        <p className="dim">{say("section.noEvidence")}</p>
      )}
    </Panel>
  );
}

function Remedies({ found }: { found: IncidentDetail }): ReactNode {
  const { say, language } = useWords();
  if (found.remedies.length === 0) return null;
  const text = (words: Record<string, string>): string | undefined =>
    words[language] ?? words["en"] ?? Object.values(words)[0];
  return (
    <Panel title={say("section.remedy")}>
      {found.remedies.map((one) => (
        <div key={one.alert} className="remedy">
          {one.code && <span className="tag tag-code">{say("remedy.code", { code: one.code })}</span>}
          <p>{text(one.meaning)}</p>
          <p>
            <strong>{text(one.remedy)}</strong>
          </p>
          {one.document && (
            <p className="dim">
              {one.section
                ? say("remedy.source", { document: one.document, section: one.section })
                : say("remedy.document", { document: one.document })}
            </p>
          )}
        </div>
      ))}
    </Panel>
  );
}

type Hit = IncidentDetail["services"][number];

function money(cost: { per_minute: number; currency: string | null }, language: string): string {
  const amount = cost.per_minute.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 2 });
  return cost.currency === null ? amount : `${amount} ${cost.currency}`;
}

/** What a service costs by the minute and what is left of its promise, where that is given. */
function Stakes({ hit }: { hit: Hit }): ReactNode {
  const { say, language } = useWords();
  const lines = [
    hit.cost && say("services.costsNow", { now: money(hit.cost, language) }),
    hit.sla && say("services.sla", { left: Math.floor(hit.sla.left_minutes), allowed: Math.round(hit.sla.allowed_minutes), month: hit.sla.month }),
  ].filter(Boolean);
  return lines.length > 0 && <p className="dim">{lines.join(" · ")}</p>;
}

function Services({ found }: { found: IncidentDetail }): ReactNode {
  const { say, speak, language } = useWords();
  return (
    <Panel
      title={say("section.services")}
      aside={found.resolved_at && <span className="dim small">{say("services.asOfEnd")}</span>}
    >
      {found.services.length === 0 && <p className="dim">{say("services.none")}</p>}
      {found.costs.map((cost) => (
        <p key={cost.currency}>
          {say("services.cost", { now: money(cost, language), spent: money({ ...cost, per_minute: cost.so_far }, language) })}
        </p>
      ))}
      <ul className="services">
        {found.services.map((hit) => (
          <li key={hit.service.id}>
            <StateMark state={hit.state} />
            <div>
              <p>
                <strong>{hit.service.name}</strong> <span className="dim">{say("services.tier", { n: hit.tier })}</span>
              </p>
              <p className="dim">
                {speak.reason(hit.reason)}
                {hit.sites_down.length > 0 &&
                  ` · ${say("services.sites", { sites: speak.listed(hit.sites_down.map((site) => site.name)) })}`}
              </p>
              <Stakes hit={hit} />
              {hit.path.length > 1 && (
                <p className="path" aria-label={say("services.path")}>
                  {hit.path.map((ci) => (
                    <span key={ci.id}>{ci.name}</span>
                  ))}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
