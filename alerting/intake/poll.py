"""What the hub's own poller found, as it writes it into the inbox.

::

    {"ci": "<ci_id>", "check": "snmp-answer", "port": null, "state": "active", "at": "…Z", "args": {"timeout_s": "1"}}
"""

from __future__ import annotations

from dataclasses import dataclass

from alerting.intake.parsed import MalformedError, Parsed, load, mapping_of, text_of, texts_of, time_of
from alerting.model import AlertState, Event, Severity
from impact.model import ComplaintKind, Health
from ledger.inbox import InboxRow

SOURCE = "snmp"
_STATES = {"active": AlertState.ACTIVE, "cleared": AlertState.CLEARED}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """What a check of the poller means (SEMANTICS: the hub's own findings)."""

    kind: ComplaintKind
    severity: Severity
    effect: Health
    summary: str


FINDINGS = {
    "snmp-answer": _Finding(
        kind=ComplaintKind.NO_ANSWER, severity=Severity.CRITICAL, effect=Health.OK, summary="no answer to SNMP"
    ),
    "if-oper-status": _Finding(
        kind=ComplaintKind.PORT_DOWN, severity=Severity.MAJOR, effect=Health.DOWN, summary="port is down"
    ),
    "ups-output": _Finding(
        kind=ComplaintKind.FAULT, severity=Severity.MAJOR, effect=Health.AT_RISK, summary="on battery"
    ),
}


def parse(row: InboxRow) -> Parsed:
    """One finding a signal."""
    try:
        return Parsed(items=(_event(row),))
    except MalformedError as problem:
        return Parsed(rejected=problem.reason)


def _event(row: InboxRow) -> Event:
    body = mapping_of(load(row.body), "(body)")
    check = text_of(body, "check", "")
    finding, state = FINDINGS.get(check), _STATES.get(text_of(body, "state", ""))
    if finding is None or state is None:
        field = "check" if finding is None else "state"
        expected = f"one of {', '.join(FINDINGS if finding is None else _STATES)}"
        raise MalformedError("not_allowed", field=field, expected=expected, got=str(body[field]))
    ci_id = text_of(body, "ci", "")
    port = body.get("port")
    resource = port if isinstance(port, str) and port else ci_id
    return Event(
        inbox_id=row.position,
        index=0,
        source=SOURCE,
        check=check,
        resource=resource,
        hints={"ci_id": resource},
        kind=finding.kind,
        severity=finding.severity,
        effect=finding.effect,
        state=state,
        observed_at=time_of(body.get("at"), "at", row.received_at),
        received_at=row.received_at,
        authenticated=row.authenticated,
        summary=finding.summary,
        details=texts_of(body.get("args") or {}, "args"),
    )
