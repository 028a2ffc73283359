"""Scenes at the desk that happen seldom: where people and the rules disagree, where roots move, where windows begin."""

from __future__ import annotations

from alerting.model import Severity
from tests.ticket_bridge.scenario import AT_RISK, DEGRADED, DOWN, Office


def test_a_window_that_begins_later_stops_news_but_not_the_end(office: Office) -> None:
    fault = office.fault("srv", confirmed=True).hits("crm", DEGRADED, tier=3, owner="olga").on_call("nina")
    office.evaluate()
    office.all_sent()
    office.maintenance.add("srv")
    fault.hits("erp", DOWN, tier=1, owner="otto")
    office.at(30).evaluate()
    office.wants_told("nina: open as on_call", "olga: open as service_owner")
    office.at(60)
    fault.resolves()
    office.evaluate()
    assert office.told()[-2:] == ["nina: resolved as on_call", "olga: resolved as service_owner"]


def test_an_unbound_alert_whose_ci_turns_up_keeps_its_incident(office: Office) -> None:
    fault = office.unbound("prom", "db-7")
    office.evaluate()
    fault.rerooted("db-7-ci").hits("crm", DOWN, owner="olga")
    office.at(5).evaluate()
    incident = office.wants(1, root_ci="db-7-ci", priority=1)
    assert incident.title.code == "incident_service"
    assert "rerooted" in office.happened(1)


def test_a_collected_alert_whose_ci_turns_up_gets_an_incident_of_its_own(office: Office) -> None:
    faults = [office.unbound("prom", f"db-{number:02}") for number in range(21)]
    office.evaluate()
    office.wants(21, unbound_resource="*")
    faults[20].rerooted("db-20-ci").hits("crm", DOWN, owner="olga")
    office.at(5).evaluate()
    office.wants(22, state="open", root_ci="db-20-ci")
    office.wants(21, state="resolved")
    assert office.evaluate() == []


def test_who_resolves_what_still_fails_is_not_contradicted_until_it_fails_anew(office: Office) -> None:
    fault = office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.all_sent()
    office.act(1, "resolve", note="we know")
    assert office.evaluate() == []
    office.at(60)
    fault.resolves()
    office.evaluate()
    office.wants(1, state="resolved")
    office.at(90).fault("srv", confirmed=True, name="s-again").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.wants(1, state="open", rounds=2)


def test_time_alone_does_not_contradict_who_resolved_what_still_fails(office: Office) -> None:
    fault = office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.all_sent()
    office.act(1, "resolve", note="the spare part comes on Friday")
    told = office.told()
    for hour in (5, 50):
        office.at(hour * 3600).evaluate()
        office.desk = office.new_desk()
        assert office.evaluate() == []
    assert office.told() == told
    office.wants(1, state="resolved")
    office.at(60 * 3600)
    fault.resolves()
    office.evaluate()
    office.wants(1, state="closed")
    office.at(61 * 3600).fault("srv", confirmed=True, name="s-again").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.wants(2, state="open")


def test_what_a_person_closed_while_it_fails_stays_closed_too(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.act(1, "resolve")
    office.act(1, "close")
    office.at(5 * 3600).evaluate()
    office.desk = office.new_desk()
    assert office.evaluate() == []


def test_what_a_person_resolved_comes_back_when_it_gets_worse_than_they_left_it(office: Office) -> None:
    fault = office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.all_sent()
    office.act(1, "resolve", note="we know")
    fault.eases("crm")
    office.at(3600).evaluate()
    office.wants(1, state="resolved")
    fault.hits("crm", DOWN, owner="olga")
    office.at(50 * 3600).evaluate()
    office.wants(1, state="open", rounds=2, priority=1)
    assert "reopened_worse" in office.happened(1)
    assert office.told()[-2:] == ["nina: open as on_call", "olga: open as service_owner"]
    office.act(1, "resolve")
    office.at(51 * 3600).evaluate()
    office.wants(1, state="resolved")


def test_a_higher_severity_brings_back_what_a_person_resolved(office: Office) -> None:
    fault = office.fault("sw", confirmed=True, severity=Severity.MAJOR).on_call("nina")
    office.evaluate()
    office.act(1, "resolve")
    office.maintenance.add("sw")
    fault.louder(Severity.CRITICAL)
    office.at(5 * 3600).evaluate()
    office.wants(1, state="resolved")
    office.maintenance.clear()
    office.at(6 * 3600).evaluate()
    office.wants(1, state="open", priority=3)


def test_who_reopens_what_is_over_keeps_it_open(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.all_sent()
    office.at(60).faults["s-srv"].resolves()
    office.evaluate()
    office.act(1, "reopen", note="not convinced")
    assert office.evaluate() == []
    office.wants(1, state="open")
    told = len(office.told())
    office.act(1, "resolve")
    assert len(office.told()) == told, "nobody was told that it was open again"


def test_an_act_reaches_incidents_that_the_desk_has_forgotten(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.at(60).faults["s-srv"].resolves()
    office.evaluate()
    office.at(10 * 3600).evaluate()
    office.wants(1, state="closed")
    office.evaluate()
    assert office.act(1, "reopen").state.value == "open"
    office.wants(1, state="open")


def test_after_a_release_more_users_are_told_unasked(office: Office) -> None:
    crowd = [f"user-{number}" for number in range(501)]
    fault = office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga", users=crowd)
    office.evaluate()
    with office.ledger.begin() as connection:
        office.desk.release(connection, 1, "anna")
        assert office.desk.release(connection, 9, "anna").reason.code == "no_such_incident"  # type: ignore[union-attr]
    fault.hits("erp", DOWN, owner="otto", users=["late"])
    office.at(5).evaluate()
    assert "late: open as user" in office.told()
    with office.ledger.begin() as connection:
        assert office.desk.release(connection, 1, "anna").reason.code == "nothing_held"  # type: ignore[union-attr]


def test_who_knew_only_of_the_duplicate_is_told_the_end_by_what_stays(office: Office) -> None:
    first = office.fault("vm-a", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.at(1)
    second = office.fault("vm-b", confirmed=True).hits("erp", DOWN, owner="otto").on_call("nina")
    office.evaluate()
    office.all_sent()
    second.merges_into(first)
    office.at(2).evaluate()
    office.wants(2, state="closed", duplicate_of=1)
    office.at(60)
    first.resolves()
    office.evaluate()
    assert sorted(line for line in office.told(1) if ": resolved" in line) == [
        "nina: resolved as on_call",
        "olga: resolved as service_owner",
        "otto: resolved as service_owner",
    ]


def test_a_chain_of_merges_ends_in_one_incident(office: Office) -> None:
    faults = [office.fault(root, confirmed=True).hits("crm", DOWN, owner="olga") for root in ("a", "b", "c")]
    office.evaluate()
    faults[0].merges_into(faults[1])
    faults[1].merges_into(faults[2])
    office.evaluate()
    assert [one.number for one in office.desk.live] == [1]
    office.wants(1, root_ci="c")
    office.wants(2, duplicate_of=1)
    office.wants(3, duplicate_of=1)
    assert office.evaluate() == []


def test_outside_of_its_hours_a_service_is_less_urgent(office: Office) -> None:
    office.staff.service_hours["crm"] = "Mon-Fri 08:00-18:00"  # the scene plays at midnight
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.wants(1, priority=2)


def test_a_situation_that_becomes_major_opens_then(office: Office) -> None:
    fault = office.fault("sw", confirmed=True, severity=Severity.MINOR).on_call("nina")
    office.evaluate()
    office.wants_no_incident()
    fault.louder(Severity.MAJOR)
    office.at(20).evaluate()
    office.wants(1, priority=4)


def test_what_a_users_own_site_sees_fine_keeps_no_later_outage_from_them(office: Office) -> None:
    first = office.fault("wan", confirmed=True).hits("scan", DOWN, owner="otto", users=["ute"]).on_call("nina")
    first.hits("crm", DEGRADED, owner="olga", from_site={"cho": DOWN, "ute": AT_RISK})
    office.evaluate()
    office.at(3700).fault("srv", confirmed=True).hits("crm", DOWN, owner="olga", users=["ute"]).on_call("nina")
    office.evaluate()
    office.wants_told("nina: open as on_call", "ute: open as user", number=2)
    assert "Because you use crm." in office.mail_to("ute").payload["body"]


def test_who_can_work_again_is_not_told_that_it_goes_on_for_others(office: Office) -> None:
    first = office.fault("a", confirmed=True).hits("crm", DEGRADED, owner="olga", from_site={"ute": DOWN})
    office.fault("b", confirmed=True).hits("crm", DEGRADED, owner="olga", from_site={"cho": DOWN})
    office.evaluate()
    office.all_sent()
    first.resolves()
    office.at(60).evaluate()
    assert "crm is still limited because of INC-2" in office.mail_to("olga", "resolved").payload["body"]
    assert "still" not in office.mail_to("ute", "resolved").payload["body"]
