"""Traps and poll results as events."""

from __future__ import annotations

from typing import Any

import pytest

from alerting.binding import GraphIndex
from alerting.intake import Parsed, Parser
from alerting.model import AlertState, Severity
from impact.model import ComplaintKind, Health
from tests.alerting.kit import NOON, row

PARSER = Parser()
LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"


def trap(oid: str, *, version: str = "2c", authenticated: bool = False, **said: Any) -> Parsed:
    body = {
        "address": "127.77.1.5", "port": 16100, "version": version, "user": "", "engine_id": "", "inform": False,
        "trap_oid": oid, "varbinds": [["1.3.6.1.2.1.2.2.1.1.7", "Integer", "7"]], **said,
    }  # fmt: skip
    return PARSER.parse(row("trap", body, source="snmp-trap", authenticated=authenticated), GraphIndex())


def test_a_v2c_trap_is_a_hint_of_unproven_origin() -> None:
    (event,) = trap(LINK_DOWN).events
    assert (event.kind, event.authenticated, event.severity) == (ComplaintKind.HINT, False, Severity.MAJOR)
    assert event.hints == {"address": "127.77.1.5", "mgmt_address": "127.77.1.5:16100", "if_index": "7"}
    assert event.details["mib"] == "IF-MIB, RFC 2863"


def test_link_up_is_the_end_of_the_same_condition_but_clears_nothing_as_a_hint() -> None:
    (down,) = trap(LINK_DOWN).events
    (up,) = trap(LINK_UP).events
    assert down.fingerprint == up.fingerprint
    assert (up.state, up.authenticated) == (AlertState.CLEARED, False)


def test_an_authenticated_v3_trap_is_a_report() -> None:
    (event,) = trap(LINK_DOWN, version="3", authenticated=True, engine_id="80001f88", user="ops").events
    assert (event.kind, event.authenticated, event.resource) == (ComplaintKind.PORT_DOWN, True, "80001f88#7")
    assert event.hints["engine_id"] == "80001f88"


def test_a_v3_trap_without_authentication_stays_a_hint() -> None:
    (event,) = trap(LINK_DOWN, version="3", engine_id="80001f88").events
    assert event.kind is ComplaintKind.HINT


def test_the_interface_follows_from_the_instance_when_the_value_is_none() -> None:
    (event,) = trap(LINK_DOWN, varbinds=[["1.3.6.1.2.1.2.2.1.1.12", "Null", ""]]).events
    assert event.hints["if_index"] == "12"


@pytest.mark.parametrize("oid", ["1.3.6.1.2.1.33.2.1", "1.3.6.1.2.1.33.2.3"])
def test_a_ups_on_battery_is_asked(oid: str) -> None:
    (event,) = trap(oid, version="3", authenticated=True, engine_id="80001f88", varbinds=[]).events
    assert (event.kind, event.effect, event.resource) == (ComplaintKind.HINT, Health.AT_RISK, "80001f88")


def test_an_unknown_trap_is_set_aside_with_its_oid() -> None:
    result = trap("1.3.6.1.4.1.99999.1")
    assert [one.reason.code for one in result.quarantined] == ["unknown_trap"]
    assert result.quarantined[0].reason.args["oid"] == "1.3.6.1.4.1.99999.1"


@pytest.mark.parametrize("reason", ["unknown_community", "wrong_digest", "not_in_time_window"])
def test_what_the_receiver_does_not_let_in_is_set_aside(reason: str) -> None:
    result = trap(LINK_DOWN, refused=reason)
    assert result.items == ()
    (kept,) = result.quarantined
    assert (kept.reason.code, kept.reason.args["address"]) == (reason, "127.77.1.5")


def test_bytes_that_are_no_snmp_are_rejected() -> None:
    body = {"address": "127.77.1.5", "port": 1, "raw": "00ff", "why": "no SEQUENCE", "refused": "malformed_message"}
    rejected = PARSER.parse(row("trap", body), GraphIndex()).rejected
    assert rejected is not None
    assert rejected.code == "malformed_message"


@pytest.mark.parametrize("said", [{"varbinds": "none"}, {"varbinds": [["1.2"]]}, {"address": None}, {"trap_oid": []}])
def test_a_broken_trap_signal_is_rejected_and_names_the_field(said: dict[str, Any]) -> None:
    rejected = trap(LINK_DOWN, **said).rejected
    assert rejected is not None
    assert next(iter(said)) in str(rejected.args["field"])


@pytest.mark.parametrize(
    ("check", "port", "kind", "severity", "effect"),
    [
        ("snmp-answer", None, ComplaintKind.NO_ANSWER, Severity.CRITICAL, Health.OK),
        ("if-oper-status", "P1", ComplaintKind.PORT_DOWN, Severity.MAJOR, Health.DOWN),
        ("ups-output", None, ComplaintKind.FAULT, Severity.MAJOR, Health.AT_RISK),
    ],
)
def test_poll_results(check: str, port: str | None, kind: ComplaintKind, severity: Severity, effect: Health) -> None:
    body = {"ci": "SW1", "check": check, "port": port, "state": "active", "at": NOON.isoformat(), "args": {"tries": 3}}
    (event,) = PARSER.parse(row("poll", body), GraphIndex()).events
    assert (event.kind, event.severity, event.effect) == (kind, severity, effect)
    assert (event.source, event.hints) == ("snmp", {"ci_id": port or "SW1"})
    assert event.details == {"tries": "3"}


@pytest.mark.parametrize("wrong", [{"check": "weather"}, {"state": "maybe"}, {"at": "noon"}, {"ci": ""}])
def test_a_broken_poll_result_is_rejected(wrong: dict[str, Any]) -> None:
    body = {"ci": "SW1", "check": "snmp-answer", "port": None, "state": "active", "at": NOON.isoformat(), **wrong}
    rejected = PARSER.parse(row("poll", body), GraphIndex()).rejected
    assert rejected is not None
    assert rejected.args["field"] == next(iter(wrong))
