// Small marks that many screens share. A state is a shape and a word, never a colour alone.
import type { ReactNode } from "react";
import type { CiRef, Health, Incident, Severity } from "../api/client";
import { type MessageId, useWords } from "../i18n";
import { ageWords, moment, useNow } from "../time";

/** The shape of a state: octagon down, triangle limited, diamond at risk, circle OK, hatched circle unknown. */
export function StateShape({ state, own = true, size = 18 }: { state: Health; own?: boolean; size?: number }): ReactNode {
  return (
    <svg className={`shape shape-${state}`} data-own={own} width={size} height={size} viewBox="0 0 20 20" aria-hidden>
      {OUTLINE[state]}
      {GLYPH[state]}
    </svg>
  );
}

const OUTLINE: Record<Health, ReactNode> = {
  down: <path className="outline" d="M6.3 1.5h7.4l4.8 4.8v7.4l-4.8 4.8H6.3l-4.8-4.8V6.3z" />,
  degraded: <path className="outline" d="M10 1.8 18.6 17.4H1.4z" />,
  at_risk: <path className="outline" d="M10 1 19 10 10 19 1 10z" />,
  ok: <circle className="outline" cx="10" cy="10" r="8.3" />,
  unknown: <circle className="outline" cx="10" cy="10" r="8.3" strokeDasharray="3 2" />,
};

const GLYPH: Record<Health, ReactNode> = {
  down: <path className="glyph" d="M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4" />,
  degraded: <path className="glyph" d="M10 7.4v4.6M10 14.7v.1" />,
  at_risk: <path className="glyph" d="M10 5.6v5.4M10 14v.1" />,
  ok: <path className="glyph" d="M6.2 10.3l2.6 2.7 5-5.6" />,
  unknown: <path className="glyph" d="M7.6 7.8c.2-3 5-2.9 4.9 0-.1 1.7-2.4 1.9-2.5 4M10 14.6v.1" />,
};

export function StateMark({ state }: { state: Health }): ReactNode {
  const { speak } = useWords();
  return (
    <span className={`state state-${state}`}>
      <StateShape state={state} />
      {speak.word("health", state)}
    </span>
  );
}

export function PriorityMark({ priority, wide = true }: { priority: number; wide?: boolean }): ReactNode {
  const { say } = useWords();
  const word = say(`priority.${priority}` as MessageId);
  return (
    <span className={`priority priority-${priority}`} title={say("priority.label", { n: priority, word })}>
      <b>P{priority}</b>{" "}
      {wide && <span>{word}</span>}
    </span>
  );
}

const LEVEL: Record<Severity, number> = { info: 1, warning: 2, minor: 3, major: 4, critical: 5 };

/** A severity as a word with as many bars as its rank. */
export function SeverityMark({ severity }: { severity: Severity }): ReactNode {
  const { speak } = useWords();
  return (
    <span className={`severity severity-${severity}`}>
      <svg width="20" height="14" viewBox="0 0 20 14" aria-hidden>
        {[1, 2, 3, 4, 5].map((bar) => (
          <rect
            key={bar}
            x={(bar - 1) * 4}
            y={12 - bar * 2.2}
            width="3"
            height={bar * 2.2 + 1}
            rx="0.6"
            data-on={bar <= LEVEL[severity]}
          />
        ))}
      </svg>
      {speak.word("severity", severity)}
    </span>
  );
}

/** How long ago something was; the moment itself with its zone on hover. */
export function Age({ at, until }: { at: string; until?: string | null }): ReactNode {
  const { say, language } = useWords();
  const now = useNow();
  const end = until ? Date.parse(until) : now;
  return (
    <time dateTime={at} title={moment(at, language)}>
      {ageWords(end - Date.parse(at), say)}
    </time>
  );
}

/** A sentence with an age in it: the message's {age} argument. */
export function Aged({ id, at }: { id: MessageId; at: string }): ReactNode {
  const { say, language } = useWords();
  const now = useNow();
  return (
    <time dateTime={at} title={moment(at, language)}>
      {say(id, { age: ageWords(now - Date.parse(at), say) })}
    </time>
  );
}

/** A CI by name, with its class. */
export function Ci({ ci }: { ci: CiRef }): ReactNode {
  const { speak } = useWords();
  return (
    <span className="ci">
      <span className="ci-name">{ci.name}</span>{" "}
      {ci.cls && <span className="ci-class">{speak.word("cls", ci.cls)}</span>}
    </span>
  );
}

/** Whether the root is proven; what is in no graph has no root that could be. */
export function Proof({ incident }: { incident: Incident }): ReactNode {
  const { say } = useWords();
  if (!incident.root) return null;
  const [kind, id]: [string, MessageId] = incident.confirmed
    ? ["confirmed", "root.confirmed"]
    : ["suspected", "root.suspected"];
  return (
    <>
      <span className={`tag tag-${kind}`}>{say(id)}</span>
      {!incident.proven && <span className="tag tag-suspected">{say("root.unproven")}</span>}
    </>
  );
}

export function IncidentState({ state }: { state: Incident["state"] }): ReactNode {
  const { speak } = useWords();
  return <span className={`tag tag-${state}`}>{speak.word("state", state)}</span>;
}

/** Who is hit: those who cannot work first. */
export function PeopleCount({ cannot, limited }: { cannot: number; limited: number }): ReactNode {
  const { say } = useWords();
  if (cannot + limited === 0) return <span className="dim">{say("people.none")}</span>;
  return (
    <span className="people-count">
      {cannot > 0 && <strong>{say("people.cannot", { n: cannot })}</strong>}{" "}
      {limited > 0 && <span>{say("people.limited", { n: limited })}</span>}
    </span>
  );
}
