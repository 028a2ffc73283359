"""What an incident is called: its worst service, its root, and in one word what is the matter with the root."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from impact.model import Arg, Health, Reason, ServiceHit
from ticket_bridge.model import AlertFacts

_CAUSES = {
    "hub_link": "hub_link",
    "both_ends_answer": "link_down",
    "agent_silent": "agent_silent",
    "silent_upstream_answers": "no_answer",
    "no_way_known": "no_answer",
    "suspected_share": "no_answer",
    "fault_code": "fault_code",
    "own_alert": "alert",
    "reported_by": "alert",
    "port_up_at": "link_down",  # without a silent agent: one end of a cut way still reads up
    "port_down_at": "cut_off",
}
_DETAIL = {"fault_code": "code", "own_alert": "check", "reported_by": "check"}

_NO_ANSWER_CHECKS = frozenset({"snmp-answer", "mqtt-session"})


def cause_of(evidence: Sequence[Reason], alerts: Iterable[AlertFacts]) -> tuple[str, str]:
    """A word of the catalogue's ``cause`` group, and the detail that it shows: a fault code or a check.

    The most telling evidence wins, in the order of the table; a fault code in the root's own alert says more than
    that somebody reported it.
    """
    by_code = {reason.code: reason for reason in evidence}
    code = next((known for known in _CAUSES if known in by_code), None)
    word = _CAUSES[code] if code else "fault"
    detail = str(by_code[code].args.get(_DETAIL.get(code, ""), "")) if code else ""
    if word in ("alert", "fault"):
        number = next((alert.details["code"] for alert in alerts if alert.details.get("code")), None)
        if number is not None:
            return "fault_code", number
        if detail in _NO_ANSWER_CHECKS:
            return "no_answer", ""
    return word, detail


def title_of(root: str, services: Sequence[ServiceHit], cause: tuple[str, str]) -> Reason:
    """The title of an incident with a root."""
    word, detail = cause
    args: dict[str, Arg] = {"root": root, "cause": word, "detail": detail}
    hit = sorted(
        (one for one in services if one.state >= Health.AT_RISK), key=lambda one: (-one.state, one.tier, one.ci_id)
    )
    if not hit:
        return Reason(code="incident_root", args=args)
    args |= {"service": hit[0].ci_id, "state": hit[0].state.word}
    if len(hit) == 1:
        return Reason(code="incident_service", args=args)
    return Reason(code="incident_services", args={**args, "more": len(hit) - 1})


def unbound_title(alert: AlertFacts) -> Reason:
    """The title of an incident whose alert belongs to no known CI."""
    return Reason(
        code="incident_unbound", args={"source": alert.source, "resource": alert.resource, "check": alert.check}
    )
