"""MQTT messages as events: sessions, fault codes with their remedies, findings of the client."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import orjson
import pytest

from alerting.errors import FaultCodeError, MappingError
from alerting.faultcodes import FaultCatalogue
from alerting.intake import FaultList, Parsed, Parser
from alerting.model import AlertState, Severity
from alerting.store import AlertBook
from alerting.topics import load_topics
from impact.model import ComplaintKind, Health
from ledger.engine import Ledger
from tests.alerting.kit import ci, index_of, row

CODES = """\
faultpath_fault_codes: 1
model: CU-200
document: CU-200 service manual
codes:
  - {code: E4, severity: major, effect: degraded, section: "7.4", meaning: {en: Compressor overload, zh: 压缩机过载},
     remedy: {en: Clean the condenser., zh: 清洁冷凝器。}}
  - {code: E7, severity: warning, effect: at_risk, section: "7.7", meaning: {en: Filter, zh: 过滤网},
     remedy: {en: Change it., zh: 更换。}}
"""
INDEX = index_of(ci("CU7", "CoolingUnit", mqtt_id="cu-7", model="CU-200"), ci("HUB", "MonitoringHub"))


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Parser:
    path = tmp_path_factory.mktemp("codes") / "cu.yaml"
    path.write_text(CODES)
    return Parser(fault_codes=FaultCatalogue.load([path]))


def message(parser: Parser, leaf: str, payload: Any, *, position: int = 1, device: str = "cu-7", **more: Any) -> Parsed:
    text = payload if isinstance(payload, str) else orjson.dumps(payload).decode()
    body = {"broker": "plant", "topic": f"estate/s1/{device}/{leaf}", "payload": text, "retain": False, **more}
    return parser.parse(row("mqtt", body, position=position, source="mqtt:plant"), INDEX)


def test_a_fault_code_comes_with_meaning_remedy_and_page(parser: Parser) -> None:
    (event,) = message(parser, "fault", {"code": "e4", "state": "active", "at": "2026-03-01T11:59:00Z"}).events
    assert (event.check, event.resource, event.kind) == ("fault-code:E4", "cu-7", ComplaintKind.FAULT)
    assert (event.severity, event.effect, event.hints) == (Severity.MAJOR, Health.DEGRADED, {"mqtt_id": "cu-7"})
    assert event.details["remedy.zh"] == "清洁冷凝器。"
    assert (event.details["document"], event.details["section"]) == ("CU-200 service manual", "7.4")
    (clear,) = message(parser, "fault", {"code": "E4", "state": "clear"}).events
    assert (clear.fingerprint, clear.state) == (event.fingerprint, AlertState.CLEARED)


@pytest.mark.parametrize("device", ["cu-7", "stranger"])
def test_an_unknown_code_is_set_aside_and_kept(parser: Parser, device: str) -> None:
    result = message(parser, "fault", {"code": "E99"}, device=device)
    assert result.items == ()
    (kept,) = result.quarantined
    assert kept.reason.code == "unknown_fault_code"
    assert kept.reason.args["fault_code"] == "E99"
    assert b"E99" in kept.raw


def test_offline_and_online_are_a_no_answer_and_its_end(parser: Parser) -> None:
    (offline,) = message(parser, "status", {"state": "offline", "at": "2020-01-01T00:00:00Z"}).events
    (online,) = message(parser, "status", {"state": "online"}).events
    assert (offline.kind, offline.severity, offline.state) == (
        ComplaintKind.NO_ANSWER,
        Severity.CRITICAL,
        AlertState.ACTIVE,
    )
    assert offline.observed_at == offline.received_at  # a last will was dated when the device connected
    assert (online.fingerprint, online.state) == (offline.fingerprint, AlertState.CLEARED)


def test_a_last_will_right_after_a_connection_is_not_yet_news(parser: Parser) -> None:
    assert message(parser, "status", {"state": "offline"}, catching_up=True) == Parsed()
    assert message(parser, "status", {"state": "online"}, catching_up=True).events


def test_a_status_without_the_fault_ends_it_and_silence_ends_nothing(parser: Parser, tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    book = AlertBook(ledger)

    def active(*parsed: Parsed) -> set[str]:
        with ledger.begin() as connection:
            book.absorb(connection, [item for one in parsed for item in one.items], INDEX)
        return {alert.check.removeprefix("fault-code:") for alert in book.active().values()}

    def fault(code: str, position: int) -> Parsed:
        return message(parser, "fault", {"code": code, "state": "active"}, position=position)

    def status(position: int, **said: Any) -> Parsed:
        return message(parser, "status", {"state": "online", **said}, position=position)

    assert active(fault("E4", 1), fault("E7", 2)) == {"E4", "E7"}
    assert active(status(3)) == {"E4", "E7"}  # says nothing of faults
    assert active(message(parser, "status", {"state": "offline"}, position=4)) == {"E4", "E7", "mqtt-session"}
    assert active(status(5, faults=["E7"])) == {"E7"}
    assert active(fault("E4", 6), status(7, faults=[])) == set()  # in one batch, too
    assert active(status(8, faults=["E4"])) == {"E4"}
    ledger.close()


def test_a_status_that_lists_an_unknown_code_keeps_the_rest(parser: Parser) -> None:
    result = message(parser, "status", {"state": "online", "faults": ["E4", "E99"]})
    assert [one.check for one in result.events] == ["mqtt-session", "fault-code:E4"]
    assert [one.reason.code for one in result.quarantined] == ["unknown_fault_code"]
    assert any(isinstance(item, FaultList) for item in result.items)


@pytest.mark.parametrize(
    ("leaf", "payload", "field"),
    [
        ("status", "{broken", "(body)"),
        ("status", {"state": "asleep"}, "payload.state"),
        ("status", {}, "payload.state"),
        ("fault", {"state": "active"}, "payload.code"),
        ("fault", {"code": "E4", "state": "maybe"}, "payload.state"),
        ("fault", {"code": "E4", "at": "noon"}, "payload.at"),
        ("status", {"state": "online", "faults": "E4"}, "payload.faults"),
    ],
)
def test_a_payload_that_cannot_be_read_is_rejected_with_its_field(
    parser: Parser, leaf: str, payload: Any, field: str
) -> None:
    rejected = message(parser, leaf, payload).rejected
    assert rejected is not None
    assert rejected.args["field"] == field


def test_binary_payloads_and_foreign_topics(parser: Parser) -> None:
    body = {"broker": "plant", "topic": "estate/s1/cu-7/status", "payload_base64": base64.b64encode(b"\xff").decode()}
    assert parser.parse(row("mqtt", body), INDEX).rejected is not None
    body = {"broker": "plant", "topic": "elsewhere/x", "payload": "1"}
    assert [one.reason.code for one in parser.parse(row("mqtt", body), INDEX).quarantined] == ["unknown_topic"]
    assert message(parser, "telemetry", "anything") == Parsed()


def test_a_lost_session_is_one_critical_alert_on_the_broker_else_on_the_hub(parser: Parser) -> None:
    body = {"broker": "plant", "finding": "session", "state": "active", "args": {"why": "Keep alive timeout"}}
    (event,) = parser.parse(row("mqtt", body, source="mqtt:plant"), INDEX).events
    assert (event.severity, event.resource, event.source) == (Severity.CRITICAL, "plant", "mqtt:plant")
    assert event.hints == {"broker": "plant", "hub": "hub"}


def test_a_template_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text(
        "faultpath_mqtt_topics: 1\n"
        "topics:\n"
        "  - {topic: 'plant/{line}/{device}/alive', use: status, codec: text, mqtt_id: '{line}.{device}',\n"
        "     words: {online: ['1'], offline: ['0']}}\n"
    )
    topics = load_topics((path,))
    assert "plant/+/+/alive" in topics.subscriptions
    body = {"broker": "plant", "topic": "plant/l1/plc3/alive", "payload": "0"}
    (event,) = Parser(topics=topics).parse(row("mqtt", body), INDEX).events
    assert (event.resource, event.state) == ("l1.plc3", AlertState.ACTIVE)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{topic: 'a/{b}/+', use: status, mqtt_id: '{b}'}", "not \\+ or #"),
        ("{topic: 'a/x{b}', use: status, mqtt_id: '{b}'}", "whole level"),
        ("{topic: 'a/{b}', use: gossip, mqtt_id: '{b}'}", "use is 'gossip'"),
        ("{topic: 'a/{b}', use: status, mqtt_id: '{device}'}", "no level"),
        ("{topic: 'a/{b}', use: status, mqtt_id: '{b}', qos: 1}", "unknown key 'qos'"),
    ],
)
def test_a_wrong_template_names_file_entry_and_remedy(tmp_path: Path, entry: str, says: str) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text(f"faultpath_mqtt_topics: 1\ntopics:\n  - {entry}\n")
    with pytest.raises(MappingError, match=f"topics.yaml, topics, entry 1.*{says}"):
        load_topics((path,))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("severity: major", "severity: loud", "severity is 'loud'"),
        ("effect: degraded", "effect: unknown", "effect is 'unknown'"),
        ("zh: 压缩机过载", "de: Verdichter", "meaning.zh is missing"),
        ("code: E7", "code: E4", "defined twice"),
        ("faultpath_fault_codes: 1", "fault_codes: 1", "must begin with 'faultpath_fault_codes: 1'"),
        ('section: "7.4", ', "", "section must be a text; it is missing"),
        ("codes:", "codes: &a [*a]\nmore:", "aliases are not allowed"),
        ("model: CU-200\n", "model: {\n", "while parsing"),
    ],
)
def test_a_wrong_catalogue_names_file_entry_and_remedy(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "cu.yaml"
    path.write_text(CODES.replace(old, new))
    with pytest.raises(FaultCodeError, match=says) as error:
        FaultCatalogue.load([tmp_path])
    assert "cu.yaml" in str(error.value)


def test_a_default_catalogue_serves_models_that_nobody_knows(tmp_path: Path) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(CODES.replace("model: CU-200", "model: any\ndefault: true"))
    catalogue = FaultCatalogue.load([path])
    assert catalogue.find(None, "E4") is not None
    assert catalogue.find("CU-900", "e4") is not None
    assert catalogue.find("any", "E99") is None
