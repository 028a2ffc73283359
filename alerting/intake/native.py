"""Faultpath's own form, for whoever can post JSON.

::

    {"alerts": [{"check": "disk-full", "resource": "db1:/var", "state": "active", "severity": "major",
                 "effect": "at_risk", "at": "2026-03-01T12:00:00Z", "summary": "/var is 95 % full",
                 "ci": {"fqdn": "db1.example.org"}, "details": {"used": "95"}}]}

A single alert may stand without the list around it. ``check`` and ``resource`` name the condition: the same two again
mean the same alert. ``state``: active (default) or cleared. ``severity``: info, warning (default), minor, major,
critical. ``effect``: none, at_risk, degraded, down; absent, it follows from the severity. ``kind``: fault (default) or
no_answer. ``ci``: which CI is meant, by ci_id, serial, engine_id, mac, mqtt_id, fqdn, mgmt_address, address, name;
absent, the part of ``resource`` before a colon is taken as a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import partial
from typing import Any, TypeVar

from alerting.binding import STRENGTH
from alerting.intake.parsed import (
    Json,
    MalformedError,
    Parsed,
    list_of,
    mapping_of,
    parse_each,
    plain,
    problem_of,
    text_of,
    texts_of,
    time_of,
)
from alerting.mapping import effect_of_severity
from alerting.model import AlertState, Event, Severity
from impact.model import ComplaintKind, Health
from ledger.inbox import InboxRow

_FIELDS = frozenset(
    {"check", "resource", "state", "severity", "effect", "kind", "at", "summary", "ci", "details"},
)
_STATES = {"active": AlertState.ACTIVE, "cleared": AlertState.CLEARED}
_KINDS = {"fault": ComplaintKind.FAULT, "no_answer": ComplaintKind.NO_ANSWER}
_SEVERITIES = {severity.word: severity for severity in Severity}
_EFFECTS = {"none": Health.OK, "at_risk": Health.AT_RISK, "degraded": Health.DEGRADED, "down": Health.DOWN}
_CI = frozenset(STRENGTH) - {"hub", "broker"} | {"if_index"}
_E = TypeVar("_E", bound=Enum)


def parse(row: InboxRow) -> Parsed:
    """The alerts of one body. One bad alert does not spoil the others."""
    return parse_each(row.body, _items, partial(_event, row))[1]


def check(row: InboxRow) -> MalformedError | None:
    """Why nothing of this body can be used; ``None`` if at least one alert can, or if it holds none."""
    return problem_of(row.body, _items, partial(_event, row))


def _items(body: Any) -> list[Any]:
    content = mapping_of(body, "(body)")
    if "alerts" not in content and "check" in content:
        return [content]
    if "alerts" not in content:
        raise MalformedError("missing", field="alerts", expected="a list of alerts")
    return list_of(content["alerts"], "alerts")


def _event(row: InboxRow, index: int, item: Any) -> Event:
    place = f"alerts[{index}]"
    content = mapping_of(item, place)
    if unknown := sorted(set(content) - _FIELDS):
        expected = f"one of {', '.join(sorted(_FIELDS))}"
        raise MalformedError("unknown_field", field=f"{place}.{unknown[0]}", expected=expected)
    resource = text_of(content, "resource", f"{place}.")
    check_name = text_of(content, "check", f"{place}.")
    kind = _word(content, "kind", place, _KINDS, "fault")
    severity = _word(content, "severity", place, _SEVERITIES, "warning")
    effect = _word(content, "effect", place, _EFFECTS) if "effect" in content else effect_of_severity(severity)
    if kind is ComplaintKind.NO_ANSWER:
        severity, effect = Severity.CRITICAL, Health.OK  # the effect is derived at each evaluation
    return Event(
        inbox_id=row.position,
        index=index,
        source=row.source,
        check=check_name,
        resource=resource,
        hints=_hints(content, place, resource),
        kind=kind,
        severity=severity,
        effect=effect,
        state=_word(content, "state", place, _STATES, "active"),
        observed_at=time_of(content.get("at"), f"{place}.at", row.received_at),
        received_at=row.received_at,
        authenticated=row.authenticated,
        summary=text_of(content, "summary", f"{place}.", f"{check_name} {resource}"),
        details=texts_of(content.get("details") or {}, f"{place}.details"),
    )


def _hints(content: Json, place: str, resource: str) -> Mapping[str, str]:
    if "ci" not in content:
        return {"name": resource.partition(":")[0]}
    if isinstance(content["ci"], str):
        return {"name": content["ci"]}
    hints = texts_of(content["ci"], f"{place}.ci")
    if unknown := sorted(set(hints) - _CI):
        raise MalformedError(
            "unknown_field", field=f"{place}.ci.{unknown[0]}", expected=f"one of {', '.join(sorted(_CI))}"
        )
    return hints


def _word(content: Json, name: str, place: str, words: Mapping[str, _E], default: str | None = None) -> _E:
    value = content.get(name, default)
    found = words.get(value) if isinstance(value, str) else None
    if found is None:
        expected = f"one of {', '.join(words)}"
        raise MalformedError("not_allowed", field=f"{place}.{name}", expected=expected, got=plain(value)[:80])
    return found
