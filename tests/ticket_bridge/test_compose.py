"""The text of a mail, whole, in both languages."""

from __future__ import annotations

import pytest

from impact.model import Reason
from ledger.outbox import OutboxEntry
from tests.ticket_bridge.scenario import AT_RISK, DEGRADED, DOWN, Office
from ticket_bridge.model import AlertFacts
from ticket_bridge.notices.mail import UnusableAddressError, build, mailbox

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


def test_a_hostile_name_adds_no_header_and_no_line(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm\r\nBcc: all@example.test\r\n\r\nhello", DOWN, owner="olga")
    office.evaluate()
    mail = build(office.mail_to("olga"), "Hub <hub@example.test>")
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("[P1] crm Bcc: all@example.test hello down")
    assert "\nBcc" not in mail.get_content()


def test_the_same_row_is_the_same_bytes(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    entry: OutboxEntry = office.mail_to("olga")
    assert build(entry, "hub@example.test").as_bytes() == build(entry, "hub@example.test").as_bytes()


@pytest.mark.parametrize("text", ["", "olga", "@example.test", "olga@", "a@b, c@d", "a@b\r\nBcc: c@d"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UnusableAddressError):
        mailbox(text)


def test_an_address_may_carry_a_name() -> None:
    assert mailbox("Olga Ivanova <olga@example.test>") == "olga@example.test"
