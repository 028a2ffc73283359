"""Parsers of what monitoring tools post: real bodies, our own form, and bodies that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from alerting.alert import Alert
from alerting.binding import GraphIndex, bind
from alerting.intake import Parsed, Parser, check
from alerting.intake import native as native_parser
from alerting.intake.alertmanager import host_hints
from alerting.model import AlertState, Severity
from alerting.tables import alert_row
from impact.model import ComplaintKind, Health
from ledger.inbox import Signal
from tests.alerting.kit import NOON, ci, index_of, native, row

CASES = Path(__file__).parents[3] / "shared" / "cases" / "alerts"
PARSER = Parser()


def parsed(kind: str, body: Any) -> Parsed:
    return PARSER.parse(row(kind, body), GraphIndex())


def alertmanager(**said: Any) -> dict[str, Any]:
    alert = {
        "status": "firing",
        "labels": {"alertname": "DiskFull", "instance": "db1:9100", "severity": "critical"},
        "annotations": {"summary": "90 %"},
        "startsAt": "2026-03-01T11:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        **said,
    }
    return {"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "hub", "alerts": [alert]}


@pytest.mark.skipif(not CASES.exists(), reason="the cases of other projects are not beside the checkout")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("alertmanager_1.json", [("failedConnect", "critical", "host2")]),
        ("alertmanager_5.json", [("KubeJobCompletion", "warning", "10.143.139.7")]),
        ("alertmanager_7.json", [("TestAlert", "warning", "foobar")]),
        (
            "alertmanager_v2_1.json",
            [
                *[("DiskRunningFull", "warning", f"example{host}") for host in (1, 1, 2, 2)],
                ("DiskRunningFull", "critical", "example3"),
                ("DiskRunningFull", "warning", "example3"),
            ],
        ),
    ],
)
def test_bodies_that_other_projects_wrote(name: str, found: list[tuple[str, str, str]]) -> None:
    result = parsed("alertmanager", (CASES / name).read_bytes())
    assert result.rejected is None
    assert result.quarantined == ()
    assert [
        (one.check, one.severity.word, one.hints.get("name") or one.hints["address"]) for one in result.events
    ] == found
    assert len({one.fingerprint for one in result.events}) == len(found)  # as Alertmanager itself tells them apart


def test_a_firing_alert_and_its_end_are_one_alert() -> None:
    (firing,) = parsed("alertmanager", alertmanager()).events
    (resolved,) = parsed("alertmanager", alertmanager(status="resolved", endsAt="2026-03-01T11:30:00+00:00")).events
    assert firing.fingerprint == resolved.fingerprint
    assert (firing.state, resolved.state) == (AlertState.ACTIVE, AlertState.CLEARED)
    assert firing.observed_at < resolved.observed_at
    assert (firing.kind, firing.severity, firing.effect) == (
        ComplaintKind.FAULT,
        Severity.CRITICAL,
        Health.AT_RISK,  # a critical "disk 90 % full" is not down
    )
    assert firing.summary == "90 %"
    assert firing.hints == {"name": "db1"}


@pytest.mark.parametrize(
    ("name", "severity", "kind", "effect"),
    [
        ("InstanceDown", "warning", ComplaintKind.NO_ANSWER, Health.OK),
        ("ServiceProbeFailed", "critical", ComplaintKind.NO_ANSWER, Health.OK),
        ("AppProcessDown", "critical", ComplaintKind.FAULT, Health.DOWN),
        ("Anything", "critical", ComplaintKind.FAULT, Health.DEGRADED),
        ("Anything", "warning", ComplaintKind.FAULT, Health.AT_RISK),
        ("Anything", "info", ComplaintKind.FAULT, Health.OK),
    ],
)
def test_the_mapping_says_what_an_alert_does_to_its_ci(
    name: str, severity: str, kind: ComplaintKind, effect: Health
) -> None:
    body = alertmanager(labels={"alertname": name, "severity": severity, "instance": "x"})
    (event,) = parsed("alertmanager", body).events
    assert (event.kind, event.effect) == (kind, effect)


def test_an_unknown_severity_is_a_warning_and_says_so() -> None:
    (event,) = parsed("alertmanager", alertmanager(labels={"alertname": "A", "severity": "loud"})).events
    assert (event.severity, event.details["unknown_severity"]) == (Severity.WARNING, "loud")


def test_replicas_of_a_monitor_report_one_alert() -> None:
    bodies = [alertmanager(labels={"alertname": "A", "instance": "x", "replica": name}) for name in "ab"]
    assert len({parsed("alertmanager", body).events[0].fingerprint for body in bodies}) == 1


def test_alerts_that_alertmanager_cut_off_are_not_forgotten() -> None:
    result = parsed("alertmanager", alertmanager() | {"truncatedAlerts": 7})
    assert [(one.reason.code, one.reason.args["count"]) for one in result.quarantined] == [("alerts_truncated", 7)]


def test_a_probe_of_an_application_names_the_application_before_its_host() -> None:
    labels = {"alertname": "ApplicationDown", "instance": "host1:8080", "application": "crm-app"}
    (event,) = parsed("alertmanager", alertmanager(labels=labels)).events
    assert event.hints == {"service": "crm-app"}


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("db1", {"name": "db1"}),
        ("db1.example.org:9100", {"fqdn": "db1.example.org", "name": "db1.example.org"}),
        ("10.0.0.1", {"address": "10.0.0.1"}),
        ("10.0.0.1:161", {"mgmt_address": "10.0.0.1:161", "address": "10.0.0.1"}),
        ("https://crm.example.org/health?x=1", {"fqdn": "crm.example.org", "name": "crm.example.org"}),
        ("2001:db8::1", {"address": "2001:db8::1"}),
        ("[2001:db8::1]:9100", {"mgmt_address": "2001:db8::1:9100", "address": "2001:db8::1"}),
        ("db1:notaport", {"name": "db1:notaport"}),
        ("", {}),
    ],
)
def test_what_an_instance_label_identifies(text: str, hints: dict[str, str]) -> None:
    assert dict(host_hints(text)) == hints


def test_our_own_form() -> None:
    body = native(severity="major", effect="down", at="2026-03-01T11:00:00+02:00", ci={"fqdn": "db1.example.org"},
                  details={"used": 95, "ok": True})  # fmt: skip
    (event,) = parsed("native", body).events
    assert (event.severity, event.effect, event.hints) == (Severity.MAJOR, Health.DOWN, {"fqdn": "db1.example.org"})
    assert event.observed_at.isoformat() == "2026-03-01T09:00:00+00:00"
    assert event.details == {"used": "95", "ok": "true"}
    (plain,) = parsed("native", {"alerts": [native(resource="db1:/var")]}).events
    assert (plain.hints, plain.severity, plain.state) == ({"name": "db1"}, Severity.WARNING, AlertState.ACTIVE)
    (silent,) = parsed("native", native(kind="no_answer", severity="info")).events
    assert (silent.kind, silent.severity, silent.effect) == (ComplaintKind.NO_ANSWER, Severity.CRITICAL, Health.OK)


WRONG = [
    ("native", b"\xff\xfe", "not_json", "(body)"),
    ("native", b"", "not_json", "(body)"),
    ("native", b"[" * 5000, "not_json", "(body)"),
    ("native", b"[]", "wrong_type", "(body)"),
    ("native", b"{}", "missing", "alerts"),
    ("native", b'{"alerts": {}}', "wrong_type", "alerts"),
    ("native", {"alerts": [native(state="broken")]}, "not_allowed", "alerts[0].state"),
    ("native", {"alerts": [native(severity=5)]}, "not_allowed", "alerts[0].severity"),
    ("native", {"alerts": [native(effect=None)]}, "not_allowed", "alerts[0].effect"),
    ("native", {"alerts": [native(at="yesterday")]}, "bad_time", "alerts[0].at"),
    ("native", {"alerts": [native(at="2026-03-01T12:00:00")]}, "bad_time", "alerts[0].at"),
    ("native", {"alerts": [native(at="9999-12-31T23:59:59-05:00")]}, "bad_time", "alerts[0].at"),
    ("native", {"alerts": [native(sverity="major")]}, "unknown_field", "alerts[0].sverity"),
    ("native", {"alerts": [native(ci={"ip": "1"})]}, "unknown_field", "alerts[0].ci.ip"),
    ("native", {"alerts": [native(details={"a": []})]}, "wrong_type", "alerts[0].details.a"),
    ("native", {"alerts": ["db1 is down"]}, "wrong_type", "alerts[0]"),
    ("native", {"check": "x"}, "missing", "alerts[0].resource"),
    ("alertmanager", b"not json", "not_json", "(body)"),
    ("alertmanager", b'"text"', "wrong_type", "(body)"),
    ("alertmanager", {"version": "4"}, "missing", "alerts"),
    ("alertmanager", {"alerts": None}, "wrong_type", "alerts"),
    (
        "alertmanager",
        {"alerts": [{"labels": {}}] * 9_999, "commonLabels": {"a": "x" * 3_999}},
        "too_many",
        "commonLabels",
    ),
    ("alertmanager", {"alerts": [{}]}, "missing", "alerts[0].labels"),
    ("alertmanager", {"alerts": [{"labels": {"a": "b"}}]}, "missing", "alerts[0].labels.alertname"),
    ("alertmanager", {"alerts": [{"labels": {"alertname": []}}]}, "wrong_type", "alerts[0].labels.alertname"),
]


@pytest.mark.parametrize(("kind", "body", "code", "field"), WRONG)
def test_a_wrong_body_is_refused_with_field_and_remedy_and_is_kept(kind: str, body: Any, code: str, field: str) -> None:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    problem = check(Signal(source="s", kind=kind, received_at=NOON, authenticated=True, body=raw))
    assert problem is not None
    assert (problem.reason.code, problem.field) == (code, field)
    assert field in problem.detail
    assert problem.title
    assert problem.remedy.startswith("Send ")
    result = parsed(kind, raw)
    kept = [result.rejected] if result.rejected else [one.reason for one in result.quarantined]
    assert [reason.code for reason in kept] == [code]


def nested(depth: int) -> bytes:
    """A JSON list in a list in a list…; orjson reads 1,024 levels and writes 254."""
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("depth", [400, 1000])
@pytest.mark.parametrize(
    ("kind", "alert", "field"),
    [
        ("native", b'{"check": "x", "resource": "y", "details": {"a": %s}}', "alerts[0].details.a"),
        ("native", b'{"check": "x", "resource": "y", "state": %s}', "alerts[0].state"),
        ("alertmanager", b'{"labels": {"alertname": "x"}, "status": %s}', "alerts[0].status"),
        ("alertmanager", b'{"labels": %s}', "alerts[0].labels"),
    ],
    ids=["details", "state", "status", "labels"],
)
def test_an_item_that_is_nested_without_end_is_set_aside_with_the_body(
    kind: str, alert: bytes, field: str, depth: int
) -> None:
    body = b'{"alerts": [' + alert % nested(depth) + b"]}"
    check(Signal(source="s", kind=kind, received_at=NOON, authenticated=True, body=body))
    (kept,) = parsed(kind, body).quarantined
    assert (kept.reason.args["field"], kept.reason.args["got"], kept.raw) == (field, "a list", body)


def test_a_parser_that_fails_costs_its_message_alone_and_is_logged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_row: object) -> Parsed:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(native_parser, "parse", fail)
    parser = Parser()
    with capture_logs() as logs:
        found = [parser.parse(row("native", native(), position=number), GraphIndex()) for number in (1, 2)]
    assert [one.rejected.code for one in found if one.rejected] == ["parser_failed", "parser_failed"]
    assert [(one["event"], one["log_level"], one["position"]) for one in logs] == [
        ("parser_failed", "error", 1),
        ("parser_still_fails", "debug", 2),
    ]
    assert isinstance(logs[0]["exc_info"], KeyError)


def test_a_body_on_which_the_first_look_fails_is_refused_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_row: object) -> None:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(native_parser, "check", fail)
    problem = check(Signal(source="s", kind="native", received_at=NOON, authenticated=True, body=b"{}"))
    assert problem is not None
    assert (problem.reason.code, problem.field) == ("parser_failed", "(body)")
    assert "KeyError" in problem.detail


WORDS = st.one_of(
    st.sampled_from(["", "9999-12-31T23:59:59-05:00", "9" * 5000, "1.3.6.1.2.1.2.2.1.1.7", "http://[", "cu-7", "x:y"]),
    st.text(max_size=20),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
FIELDS = {
    "native": ["check", "resource", "state", "severity", "effect", "kind", "at", "summary", "ci", "details"],
    "alertmanager": ["labels", "annotations", "status", "startsAt", "endsAt", "generatorURL"],
    "trap": ["address", "port", "version", "user", "engine_id", "trap_oid", "varbinds", "refused", "why"],
    "poll": ["ci", "check", "port", "state", "at", "args"],
    "mqtt": ["broker", "topic", "payload", "payload_base64", "finding", "mqtt_id", "ci", "state", "at", "args"],
}
SOUND = {
    "native": native(),
    "alertmanager": {"labels": {"alertname": "A", "instance": "db1"}},
    "trap": {"address": "10.0.0.1", "trap_oid": "1.3.6.1.6.3.1.1.5.3", "varbinds": []},
    "poll": {"ci": "SW", "check": "snmp-answer", "state": "active"},
    "mqtt": {"broker": "plant", "topic": "estate/s1/cu-7/status", "payload": '{"state": "online"}'},
}


@settings(max_examples=500, deadline=None)
@given(st.data(), st.sampled_from(sorted(FIELDS)))
def test_no_message_stops_the_reader(data: st.DataObject, kind: str) -> None:
    said = data.draw(st.dictionaries(st.sampled_from(FIELDS[kind]), JSON, max_size=4))
    if kind == "trap" and data.draw(st.booleans()):
        said["varbinds"] = [["1.3.6.1.2.1.2.2.1.1.7", "OctetString", data.draw(WORDS)]]
    body = json.dumps({**SOUND[kind], **said}).encode()
    index = index_of(ci("SW", "Switch", name="db1", addresses=["10.0.0.1"]))
    for event in PARSER.parse(row(kind, body), index).events:
        alert_row(Alert.from_event(event).settle(bind(event.hints, index)))


def test_an_interface_index_of_a_thousand_digits_is_none() -> None:
    body = {**SOUND["trap"], "varbinds": [["1.3.6.1.2.1.2.2.1.1.7", "OctetString", "9" * 5000]]}
    (event,) = parsed("trap", body).events
    assert "if_index" not in event.hints
    assert (event.resource, event.hints["address"]) == ("10.0.0.1", "10.0.0.1")


def test_a_body_with_one_good_alert_is_taken() -> None:
    raw = orjson.dumps({"alerts": [{}, alertmanager()["alerts"][0]]})
    assert check(Signal(source="s", kind="alertmanager", received_at=NOON, authenticated=True, body=raw)) is None
    result = parsed("alertmanager", raw)
    assert (len(result.events), [one.index for one in result.quarantined]) == (1, [0])


def test_a_signal_of_an_unknown_kind_is_rejected() -> None:
    rejected = parsed("carrier-pigeon", b"coo").rejected
    assert rejected is not None
    assert rejected.code == "unknown_kind"
