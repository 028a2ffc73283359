// The lists of an incident's page: people, timeline, notices, and the alerts folded under it.
import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { IncidentDetail, Notice } from "../api/client";
import { type MessageId, useWords } from "../i18n";
import { PeopleCount, StateShape } from "../parts/marks";
import { Panel } from "../parts/panel";
import { moment, timeOfDay } from "../time";
import { AlertTable } from "./alerts";

type Entry = IncidentDetail["timeline"][number];

const SHORT = 6;
const TOLD_RUN = 4;
const LONG = 160;

export function People({ found }: { found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  const { people } = found;
  const estimated = (people.estimate?.cannot_work ?? 0) + (people.estimate?.limited ?? 0);
  const hit = people.cannot_work + people.limited + estimated;
  if (hit === 0) {
    return (
      <Panel title={say("section.people")}>
        <p className="dim">{say("people.nobody")}</p>
      </Panel>
    );
  }
  const most = Math.max(...people.departments.map((one) => one.cannot_work + one.limited), 1);
  return (
    <Panel title={say("section.people")} aside={<span className="dim small">{say("people.summary")}</span>}>
      <p>
        <PeopleCount cannot={people.cannot_work} limited={people.limited} />{" "}
        {people.total !== null && <span className="dim">{say("people.ofTotal", { n: people.total })}</span>}
      </p>
      {people.estimate !== null && <p className="dim">{say("people.estimate", people.estimate)}</p>}
      {people.vips.length > 0 && <p>{say("people.vips", { names: people.vips.map((one) => one.person.name).join(", ") })}</p>}
      <ul className="departments">
        {people.departments.map((one) => (
          <li key={one.department?.id ?? ""}>
            <span>{one.department?.name ?? say("people.noDepartment")}</span>
            <Bar down={one.cannot_work} limited={one.limited} most={most} />
            <PeopleCount cannot={one.cannot_work} limited={one.limited} />
          </li>
        ))}
      </ul>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(!open)} aria-expanded={open} data-toggle="people">
        {open ? say("people.hide") : say("people.show", { n: people.items.length })}
      </Button>
      {open && <PeopleList found={found} />}
    </Panel>
  );
}

function Bar({ down, limited, most }: { down: number; limited: number; most: number }): ReactNode {
  return (
    <svg className="bar-people" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
      <rect className="bar-down" x="0" y="0" width={(down / most) * 100} height="8" />
      <rect className="bar-limited" x={(down / most) * 100} y="0" width={(limited / most) * 100} height="8" />
    </svg>
  );
}

function PeopleList({ found }: { found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  const { items, cannot_work, limited } = found.people;
  return (
    <>
      {items.length < cannot_work + limited && <p className="dim">{say("people.listed", { n: items.length })}</p>}
      <ul className="people" tabIndex={0}>
        {items.map((one) => (
          <li key={one.person.id}>
            <StateShape state={one.state} size={14} />
            <span>{one.person.name}</span>
            <span className="dim">
              {say(`people.state.${one.state}` as MessageId)}
              {one.department && ` · ${one.department.name}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Runs of delivered notices of one happening become one entry, from `TOLD_RUN` on; all else stays as it is. */
export function foldTold(entries: readonly Entry[]): [Entry, ...Entry[]][] {
  const runs: [Entry, ...Entry[]][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && toldOf(entry) !== undefined && toldOf(run[0]) === toldOf(entry)) run.push(entry);
    else runs.push([entry]);
  }
  return runs.flatMap((run) => (run.length < TOLD_RUN ? run.map((entry): [Entry] => [entry]) : [run]));
}

function toldOf(entry: Entry): string | undefined {
  return entry.what.code === "notice_sent" ? String(entry.what.args["happening"]) : undefined;
}

/** How many were told, and on demand who. */
function Told({ entries }: { entries: Entry[] }): ReactNode {
  const { say, speak } = useWords();
  const happening = speak.word("happening", toldOf(entries[0] as Entry) ?? "");
  return (
    <details className="timeline-what">
      <summary>{say("timeline.told", { n: entries.length, happening })}</summary>
      <ul className="plain dim">
        {entries.map((entry) => (
          <li key={entry.position}>{speak.reason(entry.what)}</li>
        ))}
      </ul>
    </details>
  );
}

/** A long text (hundreds of names) shows its beginning until it is asked for. */
function Long({ text }: { text: string }): ReactNode {
  if (text.length <= LONG) return text;
  return (
    <details>
      <summary>{`${text.slice(0, LONG)}…`}</summary>
      <span>{text}</span>
    </details>
  );
}

export function Timeline({ found }: { found: IncidentDetail }): ReactNode {
  const { say, speak, language } = useWords();
  return (
    <Panel title={say("section.timeline")}>
      {found.timeline.length === 0 && <p className="dim">{say("timeline.none")}</p>}
      <ol className="timeline" tabIndex={0}>
        {foldTold(found.timeline.toReversed()).map(([entry, ...more]) => (
          <li key={entry.position} data-actor={entry.actor === "hub" ? "hub" : "person"}>
            <time dateTime={entry.at} title={moment(entry.at, language)}>
              {timeOfDay(entry.at, language)}
            </time>
            {more.length > 0 ? (
              <Told entries={[entry, ...more]} />
            ) : (
              <span className="timeline-what">
                <Long text={speak.reason(entry.what)} />
                {entry.actor !== "hub" && <span className="dim"> — {entry.actor.replace(/^user:/, "")}</span>}
              </span>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

export function Notices({ found }: { found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  const all = found.notices.toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  const count = (...states: Notice["state"][]): number => all.filter((one) => states.includes(one.state)).length;
  const shown = open ? all : all.slice(0, SHORT);
  return (
    <Panel title={say("section.notices")}>
      {all.length === 0 ? (
        <p className="dim">{say("notices.none")}</p>
      ) : (
        <p className="dim">
          {say("notices.counts", {
            sent: count("sent"),
            waiting: count("waiting", "sending"),
            held: count("held"),
            refused: count("refused"),
          })}
        </p>
      )}
      <ul className="notices">
        {shown.map((one) => (
          <NoticeRow key={`${one.stakeholder.id} ${one.channel} ${one.happening} ${one.sequence}`} notice={one} />
        ))}
      </ul>
      {all.length > SHORT && !open && (
        <Button size="compact-sm" variant="default" onClick={() => setOpen(true)} data-toggle="notices">
          {say("notices.show", { n: all.length })}
        </Button>
      )}
    </Panel>
  );
}

function NoticeRow({ notice }: { notice: Notice }): ReactNode {
  const { say, speak, language } = useWords();
  const at = notice.sent_at ?? notice.created_at;
  return (
    <li>
      <span>
        <strong>{notice.stakeholder.name}</strong>{" "}
        <span className="dim">
          {notice.role && `${speak.word("role", notice.role)} · `}
          {speak.word("happening", notice.happening)}
        </span>
      </span>
      <span className="notice-state">
        <span className={`tag tag-notice-${notice.state}`} title={notice.last_error ?? undefined}>
          {say(`notice.${notice.state}` as MessageId)}
        </span>
        <time className="dim" dateTime={at} title={moment(at, language)}>
          {timeOfDay(at, language)}
        </time>
      </span>
      {(notice.possibly_repeated || notice.last_error) && (
        <span className="warn small">
          {notice.possibly_repeated && `${say("notice.repeated")} `}
          {notice.last_error && `${say("notice.attempts", { n: notice.attempts })}: ${notice.last_error}`}
        </span>
      )}
    </li>
  );
}

export function Members({ found }: { found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  const count = found.members.length;
  return (
    <Panel title={say("section.members")}>
      {count === 0 ? (
        <p className="dim">{say("members.none")}</p>
      ) : (
        <p className="members-line">
          {say("members.count", { n: count })}
          <Button size="compact-sm" variant="default" onClick={() => setOpen(!open)} aria-expanded={open} data-toggle="members">
            {say(open ? "members.hide" : "members.show")}
          </Button>
        </p>
      )}
      {open && <AlertTable rows={found.members} />}
    </Panel>
  );
}
