"""The text of a mail, whole, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.model import Reason
from ledger.outbox import OutboxEntry, OutboxKey, OutboxState
from tests.ticket_bridge.scenario import AT_RISK, DEGRADED, DOWN, Office
from ticket_bridge.model import AlertFacts
from ticket_bridge.notices import mail
from ticket_bridge.notices.mail import UnusableAddressError, build, mailbox

SENDER = "Hub <hub@example.test>"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CRM_MAIL = """\
crm down and 1 more hit: srv-crm-01 does not answer.
Since 2026-01-01 00:00:00 UTC.

What:
  srv-crm-01 does not answer (confirmed).
  srv-crm-01 does not answer, while core on the way to it does

Who is hurt:
  2 people cannot work, 1 person limited; each counts once.

Services:
  crm (tier 1): down
    srv-crm-01 → crm
  orders (tier 2): limited
    srv-crm-01 → orders

Priority:
  P1: crm (tier 1) is down

Where to look:
  https://hub.example.test/incidents/1

Why you get this mail:
  Because you own crm.
"""


def test_the_mail_of_an_owner(office: Office) -> None:
    fault = office.fault("srv-crm-01", confirmed=True).hits("crm", DOWN, owner="olga", users=["ute", "udo"])
    fault.hits("orders", DEGRADED, tier=2, owner="otto", users=["udo", "ulf"])
    office.evaluate()
    payload = office.mail_to("olga").payload
    assert payload["subject"] == "[P1] crm down and 1 more hit: srv-crm-01 does not answer (INC-1)"
    assert payload["body"] == CRM_MAIL


def test_a_fault_code_brings_its_remedy_in_the_readers_language(office: Office) -> None:
    office.staff.chinese.add("nina")
    fault = office.fault("cooling-3", confirmed=True).hits("erp", AT_RISK, tier=2).on_call("nina", "niklas")
    fault.because(Reason(code="reported_by", args={"source": "mqtt:plant", "check": "fault-E4"}))
    details = {
        "code": "E4",
        "meaning.en": "Condenser fan blocked.",
        "meaning.zh": "冷凝风扇受阻。",
        "remedy.en": "Clear the inlet.",
        "remedy.zh": "清理进风口。",
        "document": "CU-90 service manual",
        "section": "7.2",
    }
    office.alerts["alert-cooling-3"] = AlertFacts(
        source="mqtt:plant", resource="cooling-3", check="fault-E4", summary="E4", details=details
    )
    office.evaluate()
    english, chinese = office.mail_to("niklas").payload, office.mail_to("nina").payload
    assert english["subject"] == "[P4] erp at risk: cooling-3 reports fault code E4 (INC-1)"
    assert "What helps:\n  Condenser fan blocked. Clear the inlet.\n" in english["body"]
    assert "  Taken from CU-90 service manual, 7.2.\n" in english["body"]
    assert chinese["subject"] == "[P4] erp 有风险：cooling-3 报告故障代码 E4（INC-1）"
    assert "处理办法：\n  冷凝风扇受阻。清理进风口。\n  摘自 CU-90 service manual，7.2。\n" in chinese["body"]


def test_a_suspected_root_says_so(office: Office) -> None:
    office.fault("sw-3").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.at(10).evaluate()
    assert "sw-3 does not answer (suspected, not proven yet)." in office.mail_to("olga").payload["body"]


def test_an_unbound_alert_says_that_nobody_knows_whom_it_hurts(office: Office) -> None:
    office.unbound("prom", "db-7")
    office.evaluate()
    office.at(10).evaluate()
    payload = office.mail_to("dora").payload
    assert payload["subject"] == "[P4] db-7: DiskFull (from prom, not in the graph) (INC-1)"
    assert "db-7: DiskFull, reported by prom. It is not in the graph" in payload["body"]


def test_the_end_tells_from_when_to_when(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.all_sent()
    office.at(90).faults["s-srv"].resolves()
    office.evaluate()
    payload = office.mail_to("olga", "resolved").payload
    assert payload["subject"] == "[Resolved] crm down: srv does not answer (INC-1)"
    assert "From 2026-01-01 00:00:00 UTC to 2026-01-01 00:01:30 UTC." in payload["body"]
    assert "Because you were told of INC-1 as a service owner." in payload["body"]


HOSTILE = {
    "line breaks": "crm\r\nBcc: all@example.test\r\n\r\nhello",
    "an encoded word": "=?utf-8?q?crm=0D=0ABcc:_all@example.test=0D=0A=0D=0Ahello?=",
    "in base 64": "=?utf-8?b?Y3JtDQpCY2M6IGFsbEBleGFtcGxlLnRlc3QNCg0KaGVsbG8=?=",
    "inside of a word": "crm=?utf-8?q?=0D=0ABcc:_all@example.test?=crm",
    "one in another": "=?utf-8?q?=3D=3Futf-8=3Fq=3F=0D=0ABcc:_all@example.test=3F=3D?=",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_adds_no_header_and_no_line(office: Office, name: str) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    plain = office.mail_to("olga")
    said = replace(plain, payload={**plain.payload, "subject": plain.payload["subject"].replace("crm", name)})
    assert parts(said) == parts(plain)
    role = replace(plain, payload={**plain.payload, "role": name, "language": name})
    assert parts(role)[0] == parts(plain)[0]


def test_a_hostile_name_reads_as_it_is_written(office: Office) -> None:
    office.fault("srv", confirmed=True).hits(HOSTILE["an encoded word"], DOWN, owner="olga")
    office.evaluate()
    taken = message_from_bytes(build(office.mail_to("olga"), SENDER).as_bytes(), policy=policy.default)
    shown = HOSTILE["an encoded word"].replace("=?", "= ?")
    assert taken["Subject"] == f"[P1] {shown} down: srv does not answer (INC-1)"


PIECES = [
    "=?",
    "?=",
    "utf-8",
    "?q?",
    "?b?",
    "=0D=0ABcc:_a@b",
    "=?utf-8?q?=0D=0ABcc:_a@b?=",
    "DQpCY2M6IGFAYg==",
    " ",
    "\r\n",
    "é",
    "中",
    "a" * 80,
    '"',
    "<",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(st.characters(codec="utf-8"), max_size=4), max_size=14).map("".join))
def test_no_subject_and_no_role_reaches_past_its_own_line(text: str) -> None:
    assert parts(row(subject=text, role=text)) == parts(row())


@given(st.from_regex(mail._ADDRESS, fullmatch=True))
def test_what_counts_as_an_address_is_written_as_one(text: str) -> None:
    try:
        mailbox(text)
    except UnusableAddressError:
        return
    assert parts(row(address=text)) == parts(row())


def parts(entry: OutboxEntry) -> tuple[list[bytes], bytes]:
    """Names of the header fields and the body, by the bytes that are sent and not by the library that wrote them."""
    head, _, body = build(entry, SENDER).as_bytes().partition(b"\r\n\r\n")
    return [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))], body


def row(**said: str) -> OutboxEntry:
    """A row of the outbox with this in its payload."""
    payload = {"address": "olga@example.test", "subject": "crm down", "role": "user", "language": "en"}
    thread = {"replies_to": None, "thread": "<t@hub.test>", "number": 1, "body": "It is down.\n"}
    return OutboxEntry(
        key=OutboxKey(incident_id="i", stakeholder="olga", channel="mail", happening="open", sequence=1),
        state=OutboxState.WAITING,
        attempts=0,
        next_attempt_at=NOON,
        message_id="<m@hub.test>",
        payload=payload | thread | said,
        possibly_repeated=False,
        last_error=None,
        created_at=NOON,
        sent_at=None,
    )


def test_the_same_row_is_the_same_bytes(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    entry: OutboxEntry = office.mail_to("olga")
    assert build(entry, "hub@example.test").as_bytes() == build(entry, "hub@example.test").as_bytes()


@pytest.mark.parametrize(
    "text", ["", "olga", "@example.test", "olga@", "a@b, c@d", "a@b\r\nBcc: c@d", "=?utf-8?q?a=0D=0ABcc=3A_c=40d?=@b"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UnusableAddressError):
        mailbox(text)


def test_an_address_may_carry_a_name() -> None:
    assert mailbox("Olga Ivanova <olga@example.test>") == "olga@example.test"
