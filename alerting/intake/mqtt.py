"""MQTT messages of devices, and what the hub's MQTT client found about its session, as it writes both into the inbox.

::

    {"broker": "plant", "topic": "estate/s1/cu-7/fault", "payload": "{…}", "retain": false, "catching_up": false}
    {"broker": "plant", "finding": "silent", "mqtt_id": "cu-7", "state": "active", "at": "…Z", "args": {…}}

``ci`` beside a finding about the broker names the broker's CI where it is called otherwise. A payload that is no UTF-8
stands in ``payload_base64``. ``catching_up``: the message arrived right after a connection, when brokers send the last
wills of devices that are about to come back; being offline then is not yet news.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerting.binding import GraphIndex
from alerting.faultcodes import FaultCatalogue
from alerting.intake.parsed import (
    FaultList,
    Json,
    MalformedError,
    Parsed,
    Quarantined,
    list_of,
    load,
    mapping_of,
    plain,
    text_of,
    texts_of,
    time_of,
)
from alerting.model import AlertState, Event, Severity
from alerting.topics import TopicMap, TopicTemplate
from impact.model import ComplaintKind, Health, Reason
from ledger.inbox import InboxRow

SESSION_CHECK = "mqtt-session"
FAULT_PREFIX = "fault-code:"
_STATES = {"active": AlertState.ACTIVE, "cleared": AlertState.CLEARED}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """What the client's own finding means (SEMANTICS: the hub's own findings). ``about``: device or broker."""

    check: str
    about: str
    kind: ComplaintKind
    severity: Severity
    effect: Health
    summary: str


FINDINGS = {
    "silent": _Finding(
        check="mqtt-report",
        about="device",
        kind=ComplaintKind.NO_ANSWER,
        severity=Severity.CRITICAL,
        effect=Health.OK,
        summary="no report over MQTT",
    ),
    "session": _Finding(
        check="mqtt-broker-session",
        about="broker",
        kind=ComplaintKind.FAULT,
        severity=Severity.CRITICAL,
        effect=Health.DEGRADED,
        summary="session with the MQTT broker lost",
    ),
    "dropped": _Finding(
        check="mqtt-broker-dropped",
        about="broker",
        kind=ComplaintKind.FAULT,
        severity=Severity.MAJOR,
        effect=Health.AT_RISK,
        summary="the MQTT broker drops messages",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    row: InboxRow
    broker: str
    body: Json
    catalogue: FaultCatalogue
    index: GraphIndex

    def event(self, device: str, **said: Any) -> Event:
        return Event(
            **{
                "inbox_id": self.row.position,
                "index": 0,
                "source": f"mqtt:{self.broker}",
                "resource": device,
                "hints": {"mqtt_id": device},
                "observed_at": self.row.received_at,
                "received_at": self.row.received_at,
                "authenticated": self.row.authenticated,
                **said,
            }
        )


def parse(row: InboxRow, topics: TopicMap, catalogue: FaultCatalogue, index: GraphIndex) -> Parsed:
    """One message or finding a signal."""
    try:
        body = mapping_of(load(row.body), "(body)")
        context = _Context(row=row, broker=text_of(body, "broker", ""), body=body, catalogue=catalogue, index=index)
        if "finding" in body:
            return _finding(context)
        return _message(context, topics)
    except MalformedError as problem:
        return Parsed(rejected=problem.reason)


def _message(context: _Context, topics: TopicMap) -> Parsed:
    topic = text_of(context.body, "topic", "")
    found = topics.find(topic)
    if found is None:
        return _set_aside(context, Reason(code="unknown_topic", args={"topic": topic}))
    template, device = found
    if template.use == "telemetry":
        return Parsed()
    content = _content(context.body, template)
    if template.use == "status":
        return _status(context, template, device, content)
    return _fault(context, template, device, content)


def _content(body: Json, template: TopicTemplate) -> Json:
    """The payload as fields, whatever its codec."""
    if "payload_base64" in body:
        raw = base64.b64decode(text_of(body, "payload_base64", ""))
    else:
        raw = str(body.get("payload", "")).encode()
    if template.codec == "json":
        return mapping_of(load(raw), "payload")
    return {template.state if template.use == "status" else template.code: raw.decode(errors="replace").strip()}


def _status(context: _Context, template: TopicTemplate, device: str, content: Json) -> Parsed:
    word = text_of(content, template.state, "payload.").casefold()
    if word not in template.online | template.offline:
        expected = f"one of {', '.join(sorted(template.online | template.offline))}"
        raise MalformedError("not_allowed", field=f"payload.{template.state}", expected=expected, got=word[:80])
    offline = word in template.offline
    if offline and context.body.get("catching_up") is True:
        return Parsed()
    # A last will was written when the device connected, so its own time says nothing: ours counts for the session.
    session = context.event(
        device,
        check=SESSION_CHECK,
        kind=ComplaintKind.NO_ANSWER,
        severity=Severity.CRITICAL,
        effect=Health.OK,
        state=AlertState.ACTIVE if offline else AlertState.CLEARED,
        summary=f"{device} is offline" if offline else f"{device} is online",
    )
    listed = content.get(template.faults)
    if offline or (listed is None and not template.absent_means_none):
        return Parsed(items=(session,))
    return _with_faults(context, template, device, content, session)


def _with_faults(context: _Context, template: TopicTemplate, device: str, content: Json, session: Event) -> Parsed:
    """A status that lists the present faults: each of them is active, all others of the device are over."""
    codes = [plain(code) for code in list_of(content.get(template.faults) or [], f"payload.{template.faults}")]
    at = time_of(content.get(template.at), f"payload.{template.at}", context.row.received_at)
    events: list[Event] = []
    unknown: list[Quarantined] = []
    for place, code in enumerate(codes, 2):
        event = _coded(context, device, code, AlertState.ACTIVE, at)
        if event is None:
            unknown.append(_unknown_code(context, device, code, place))
        else:
            events.append(replace(event, index=place))
    pattern = replace(
        session, index=1, kind=ComplaintKind.FAULT, state=AlertState.CLEARED, observed_at=at, summary="fault is over"
    )
    cleared = FaultList(
        pattern=pattern, prefix=FAULT_PREFIX, present=frozenset(f"{FAULT_PREFIX}{code}" for code in codes)
    )
    return Parsed(items=(session, cleared, *events), quarantined=tuple(unknown))


def _fault(context: _Context, template: TopicTemplate, device: str, content: Json) -> Parsed:
    code = text_of(content, template.code, "payload.")
    word = plain(content.get(template.state, "active")).casefold()
    if word not in template.active | template.clear:
        expected = f"one of {', '.join(sorted(template.active | template.clear))}"
        raise MalformedError("not_allowed", field=f"payload.{template.state}", expected=expected, got=word[:80])
    at = time_of(content.get(template.at), f"payload.{template.at}", context.row.received_at)
    state = AlertState.CLEARED if word in template.clear else AlertState.ACTIVE
    event = _coded(context, device, code, state, at)
    if event is None:
        return Parsed(quarantined=(_unknown_code(context, device, code, 0),))
    return Parsed(items=(event,))


def _coded(context: _Context, device: str, code: str, state: AlertState, at: datetime) -> Event | None:
    known = context.index.mqtt_devices.get(device.casefold())
    entry = context.catalogue.find(known.model if known else None, code)
    if entry is None:
        return None
    return context.event(
        device,
        check=f"{FAULT_PREFIX}{entry.code}",
        kind=ComplaintKind.FAULT,
        severity=entry.severity,
        effect=entry.effect,
        state=state,
        observed_at=at,
        summary=f"{entry.code}: {entry.meaning['en']}",
        details=entry.details,
    )


def _unknown_code(context: _Context, device: str, code: str, place: int) -> Quarantined:
    known = context.index.mqtt_devices.get(device.casefold())
    loading = context.index.revision < 0
    reason = Reason(
        code="graph_loading" if loading else "unknown_fault_code",
        args={"device": device, "fault_code": code, "model": (known.model if known else None) or ""},
    )
    return Quarantined(index=place, reason=reason, raw=context.row.body)


def _set_aside(context: _Context, reason: Reason) -> Parsed:
    return Parsed(quarantined=(Quarantined(index=0, reason=reason, raw=context.row.body),))


def _finding(context: _Context) -> Parsed:
    body, row = context.body, context.row
    finding, state = FINDINGS.get(text_of(body, "finding", "")), _STATES.get(text_of(body, "state", ""))
    if finding is None or state is None:
        raise MalformedError("not_allowed", field="finding", expected=f"one of {', '.join(FINDINGS)}")
    if finding.about == "device":
        resource = text_of(body, "mqtt_id", "")
        hints = {"mqtt_id": resource}
    else:
        resource = context.broker
        hints = {"broker": str(body.get("ci") or resource), "hub": "hub"}  # the broker's CI, else the hub's own
    said = context.event(
        resource,
        hints=hints,
        check=finding.check,
        kind=finding.kind,
        severity=finding.severity,
        effect=finding.effect,
        state=state,
        observed_at=time_of(body.get("at"), "at", row.received_at),
        summary=finding.summary,
        details=texts_of(body.get("args") or {}, "args"),
    )
    return Parsed(items=(said,))
