"""Scenes at the desk: from a situation to incidents and to the people who are told."""

from __future__ import annotations

import pytest

from alerting.model import Severity
from tests.ticket_bridge.scenario import AT_RISK, DEGRADED, DOWN, Office


def crm_dies(office: Office) -> None:
    office.fault("srv", confirmed=True).hits(
        "crm", DOWN, tier=1, owner="olga", heads=["hans"], users=["ute", "udo"]
    ).hits("orders", DEGRADED, tier=2, owner="otto", users=["ulf"]).on_call("nina")


def test_a_confirmed_fault_opens_one_incident_and_tells_each_once(office: Office) -> None:
    crm_dies(office)
    changes = office.evaluate()

    office.wants(1, priority=1, state="open", root_ci="srv", confirmed=True)
    office.wants_told(
        "nina: open as on_call",
        "olga: open as service_owner",
        "otto: open as service_owner",
        "hans: open as department_head",
        "ute: open as user",
        "udo: open as user",
    )
    assert [change.incident.number for change in changes] == [1]
    assert changes[0].notices == 6
    assert office.happened(1)[:2] == ["opened_confirmed", "opens_service_hit"]


def test_telling_the_desk_the_same_again_writes_nothing(office: Office) -> None:
    crm_dies(office)
    office.evaluate()
    assert office.evaluate() == []
    office.desk = office.new_desk()
    assert office.evaluate() == []
    assert len(office.told()) == 6


def test_a_suspected_root_is_visible_at_once_and_told_when_it_has_settled(office: Office) -> None:
    office.fault("srv").hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.wants(1, state="open", confirmed=False)
    office.wants_told()
    assert office.desk.next_due() == office.incident(1).settles_at

    office.at(9.9).evaluate()
    office.wants_told()
    office.at(10).evaluate()
    office.wants_told("nina: open as on_call", "olga: open as service_owner")


def test_confirmation_ends_the_wait(office: Office) -> None:
    fault = office.fault("srv").hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.at(2)
    fault.confirmed()
    office.evaluate()
    office.wants_told("nina: open as on_call", "olga: open as service_owner")
    assert "confirmed" in office.happened(1)


def test_resolution_tells_exactly_those_who_were_told_the_opening(office: Office) -> None:
    crm_dies(office)
    office.evaluate()
    office.all_sent()
    fault = office.faults["s-srv"]
    office.at(60)
    fault.clears()
    office.evaluate()
    office.wants(1, state="open")
    office.at(75)
    fault.resolves()
    office.evaluate()
    incident = office.wants(1, state="resolved")
    assert [hit.ci_id for hit in incident.services] == ["crm", "orders"], "what was hit stays on record"
    opened = {line.split(":")[0] for line in office.told() if ": open" in line}
    ended = {line.split(":")[0] for line in office.told() if ": resolved" in line}
    assert opened == ended
    assert office.evaluate() == []


def test_an_opening_that_still_waits_at_the_end_is_dropped_with_its_end(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.at(20)
    office.faults["s-srv"].resolves()
    office.evaluate()
    office.wants_told("nina: open as on_call (superseded)", "olga: open as service_owner (superseded)")
    assert "notices_superseded" in office.happened(1)


def test_one_that_resolves_while_it_settles_tells_nobody(office: Office) -> None:
    office.fault("srv").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.at(5)
    office.faults["s-srv"].resolves()
    office.evaluate()
    office.wants(1, state="resolved")
    office.wants_told()


def test_lost_redundancy_tells_on_call_alone(office: Office) -> None:
    office.fault("core-2", confirmed=True).hits("crm", AT_RISK, owner="olga", heads=["hans"], users=["ute"]).on_call(
        "nina"
    )
    office.evaluate()
    office.wants(1, priority=3)
    office.wants_told("nina: open as on_call")


def test_a_minor_fault_behind_a_service_at_risk_is_only_listed(office: Office) -> None:
    office.fault("srv", confirmed=True, severity=Severity.MINOR).hits("crm", AT_RISK, owner="olga").on_call("nina")
    office.evaluate()
    office.wants_no_incident()


def test_a_lost_spare_opens_at_any_severity(office: Office) -> None:
    fault = office.fault("srv", confirmed=True, severity=Severity.MINOR)
    fault.hits("crm", AT_RISK, lost_redundancy=True).on_call("nina")
    office.evaluate()
    office.wants_told("nina: open as on_call")
    office.desk = office.new_desk()
    assert office.evaluate() == [], "the ledger holds it as the engine gives it"


def test_without_a_service_severity_and_an_on_call_owner_decide(office: Office) -> None:
    office.fault("sw", confirmed=True, severity=Severity.MAJOR).on_call("nina")
    office.fault("orphan", confirmed=True, severity=Severity.MAJOR)
    office.evaluate()
    office.wants(1, priority=4, root_ci="sw")
    assert len(office.desk.live) == 1, "without an on-call owner and without a service it is listed"
    office.wants_told("nina: open as on_call")


def test_without_an_owner_the_default_team_is_told(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN)
    office.fault("srv-2", confirmed=True).hits("erp", DOWN).on_call("nina")
    office.evaluate()
    office.wants_told("dora: open as on_call", number=1)
    office.wants_told("nina: open as on_call", "dora: open as service_owner", number=2)


def test_the_on_call_of_an_owning_team_are_told_as_owners_and_nobody_stands_in(office: Office) -> None:
    fault = office.fault("srv", confirmed=True).hits("crm", DOWN).on_call("nina")
    fault.owned_by("crm-team", "tina", "tom", service="crm")
    office.evaluate()
    office.wants_told("nina: open as on_call", "tina: open as service_owner", "tom: open as service_owner")
    assert "Because you are on call for crm-team, who own crm." in office.mail_to("tina").payload["body"]


def test_maintenance_opens_nothing_until_it_ends(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.maintenance.add("srv")
    office.evaluate()
    office.wants_no_incident()
    office.at(600).maintenance.clear()
    office.evaluate()
    office.wants(1, state="open")


def test_worse_is_a_higher_priority_or_a_service_newly_hit(office: Office) -> None:
    fault = (
        office.fault("srv", confirmed=True).hits("mail", DEGRADED, tier=3, owner="otto", users=["ute"]).on_call("nina")
    )
    office.evaluate()
    office.wants(1, priority=4)
    office.all_sent()
    office.at(30)
    fault.hits("crm", DOWN, tier=1, owner="olga", users=["udo"])
    office.evaluate()
    office.wants(1, priority=1)
    assert set(office.told()[-4:]) == {
        "nina: worse as on_call",
        "otto: worse as service_owner",
        "olga: open as service_owner",
        "udo: open as user",
    }
    assert "priority_changed_by_service" in office.happened(1)
    assert office.evaluate() == []


def test_after_the_first_notice_the_priority_only_rises_by_itself(office: Office) -> None:
    fault = office.fault("srv").hits("crm", DOWN, tier=1).on_call("nina")
    office.evaluate()
    office.wants(1, priority=1)
    fault.hits("crm", DEGRADED, tier=1)
    office.evaluate()
    office.wants(1, priority=2)
    fault.confirmed()
    office.evaluate()
    fault.hits("crm", AT_RISK, tier=1)
    office.evaluate()
    office.wants(1, priority=2)
    fault.hits("crm", DOWN, tier=1)
    office.evaluate()
    office.wants(1, priority=1)


def test_a_persons_priority_stays_until_the_rules_find_a_better_one_than_ever(office: Office) -> None:
    fault = office.fault("srv", confirmed=True).hits("crm", DEGRADED, tier=1).on_call("nina")
    office.evaluate()
    with office.ledger.begin() as connection:
        office.desk.set_priority(connection, 1, 5, "anna", "nobody uses it at night")
    office.evaluate()
    office.wants(1, priority=5)
    fault.hits("crm", DOWN, tier=1)
    office.evaluate()
    office.wants(1, priority=1)


def test_a_person_is_told_of_one_service_once_by_the_oldest_incident(office: Office) -> None:
    office.fault("srv-a", confirmed=True).hits("crm", DOWN, owner="olga", users=["ute"]).on_call("nina")
    office.evaluate()
    office.at(5)
    office.fault("srv-b", confirmed=True).hits("crm", DOWN, owner="olga", users=["ute"]).hits(
        "erp", DOWN, owner="olga", users=["ulf"]
    ).on_call("nina")
    office.evaluate()
    office.wants_told("nina: open as on_call", "olga: open as service_owner", "ulf: open as user", number=2)


def test_whose_service_stays_hit_by_another_incident_is_owed_that_ones_end(office: Office) -> None:
    office.fault("srv-a", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.at(5)
    office.fault("srv-b", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.all_sent()
    office.at(100)
    office.faults["s-srv-a"].resolves()
    office.evaluate()
    body = office.mail_to("olga", "resolved").payload["body"]
    assert "crm is still down because of INC-2" in body
    assert "olga: open as service_owner" not in office.told(2)
    office.all_sent()
    office.at(200)
    office.faults["s-srv-b"].resolves()
    office.evaluate()
    assert "olga: resolved as service_owner" in office.told(2)


def test_users_get_one_opening_an_hour_and_always_the_end_of_it(office: Office) -> None:
    for minute, root in ((0, "a"), (20, "b"), (61, "c")):
        office.at(minute * 60)
        office.fault(root, confirmed=True).hits(f"svc-{root}", DOWN, owner=f"owner-{root}", users=["ute"])
        office.evaluate()
        office.all_sent()
        office.at(minute * 60 + 300)
        office.faults[f"s-{root}"].resolves()
        office.evaluate()
        office.all_sent()
    assert [line for line in office.told() if line.startswith("ute")] == [
        "ute: open as user",
        "ute: resolved as user",
    ] * 2


def test_a_user_passed_over_is_told_when_the_hour_is_over(office: Office) -> None:
    office.fault("a", confirmed=True).hits("crm", DOWN, owner="olga", users=["ute"])
    office.evaluate()
    office.all_sent()
    office.at(600).faults["s-a"].resolves()
    office.evaluate()
    office.fault("b", confirmed=True).hits("erp", DOWN, owner="otto", users=["ute"])
    office.evaluate()
    assert "ute: open as user" not in office.told(2)
    assert office.desk.next_due() is not None
    office.at(3601).evaluate()
    assert "ute: open as user" in office.told(2)


def test_more_than_500_users_wait_for_a_persons_consent(office: Office) -> None:
    crowd = [f"user-{number}" for number in range(501)]
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga", users=crowd).on_call("nina")
    office.evaluate()
    assert office.told().count("user-7: open as user (held)") == 1
    assert "nina: open as on_call" in office.told()
    assert "notices_held" in office.happened(1)
    with office.ledger.begin() as connection:
        office.desk.release(connection, 1, "anna")
    assert "user-7: open as user" in office.told()
    office.wants(1, released_by="anna")
    assert office.evaluate() == []


def test_what_is_held_at_the_end_is_never_sent(office: Office) -> None:
    crowd = [f"user-{number}" for number in range(501)]
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga", users=crowd)
    office.evaluate()
    office.all_sent()
    office.at(30).faults["s-srv"].resolves()
    office.evaluate()
    assert [line for line in office.told() if ": resolved" in line] == [
        "dora: resolved as on_call",
        "olga: resolved as service_owner",
    ]


def test_who_has_no_address_is_named_in_the_timeline(office: Office) -> None:
    office.staff.unreachable.add("olga")
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.wants_told("nina: open as on_call")
    assert "notice_unaddressed" in office.happened(1)
    assert office.evaluate() == []


def test_merged_incidents_keep_the_older_number_and_tell_nobody(office: Office) -> None:
    symptom = office.fault("vm").hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.at(10).evaluate()
    office.all_sent()
    office.at(12)
    root = office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()
    office.all_sent()
    symptom.merges_into(root)
    before = office.told()
    office.evaluate()
    assert office.told() == before
    office.wants(2, state="closed", duplicate_of=1)
    office.wants(1, state="open", root_ci="srv", confirmed=True, situation_id="s-srv")
    assert {"merged", "rerooted", "confirmed"} <= set(office.happened(1))
    assert office.evaluate() == []
    office.all_sent()
    office.at(100)
    root.resolves()
    office.evaluate()
    assert [line for line in office.told() if ": resolved" in line] == [
        "nina: resolved as on_call",
        "olga: resolved as service_owner",
    ]


def test_a_situation_that_joins_one_without_an_incident_takes_its_incident_along(office: Office) -> None:
    symptom = office.fault("vm").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.at(3)
    root = office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    symptom.merges_into(root)
    office.evaluate()
    office.wants(1, state="open", root_ci="srv")
    assert len(office.desk.live) == 1


def test_the_same_root_within_four_hours_reopens_its_incident_and_tells_again(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.all_sent()
    office.at(100).faults["s-srv"].resolves()
    office.evaluate()
    office.all_sent()
    office.at(4 * 3600)
    office.fault("srv", confirmed=True, name="s-again").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.wants(1, state="open", rounds=2, situation_id="s-again")
    assert office.told().count("olga: open as service_owner") == 2
    assert "reopened" in office.happened(1)
    office.desk = office.new_desk()
    assert office.evaluate() == []


def test_after_four_hours_it_is_closed_and_a_return_is_a_new_incident(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.at(100).faults["s-srv"].resolves()
    office.evaluate()
    assert office.desk.next_due() is not None
    office.at(100 + 4 * 3600).evaluate()
    office.wants(1, state="closed")
    office.fault("srv", confirmed=True, name="s-again").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.wants(2, state="open")


def test_unbound_alerts_open_one_incident_per_source_and_resource(office: Office) -> None:
    office.unbound("prom", "db-7")
    office.unbound("prom", "db-7", check="LoadHigh", severity=Severity.CRITICAL)
    office.unbound("prom", "db-8", severity=Severity.MINOR)
    office.evaluate()
    assert len(office.desk.live) == 1
    office.wants(1, priority=3, unbound_source="prom", unbound_resource="db-7")
    office.wants_told()
    office.at(10).evaluate()
    office.wants_told("dora: open as on_call")
    office.at(60).faults["s-prom/db-7/DiskFull"].resolves()
    office.evaluate()
    office.wants(1, state="open")
    office.all_sent()
    office.at(70).faults["s-prom/db-7/LoadHigh"].resolves()
    office.evaluate()
    office.wants(1, state="resolved")
    assert office.told()[-1] == "dora: resolved as on_call"


def test_a_storm_of_unbound_alerts_is_collected_in_one_incident(office: Office) -> None:
    for number in range(30):
        office.unbound("prom", f"db-{number}")
    office.evaluate()
    assert len(office.desk.live) == 21
    office.wants(21, unbound_resource="*")
    assert office.happened(21).count("collected") == 9
    assert office.evaluate() == []
    for fault in office.faults.values():
        fault.resolves()
    office.evaluate()
    assert not office.desk.live


def test_people_move_an_incident_through_its_life(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.all_sent()
    for verb, state in (
        ("acknowledge", "acknowledged"),
        ("start", "in_progress"),
        ("pend", "pending"),
        ("start", "in_progress"),
        ("resolve", "resolved"),
        ("close", "closed"),
        ("reopen", "open"),
    ):
        office.act(1, verb, note="as agreed")
        office.wants(1, state=state, assignee="anna")
    assert office.told().count("olga: resolved as service_owner") == 1
    assert {entry.actor for entry in office.timeline(1) if entry.what.args.get("note")} == {"anna"}


def test_illegal_acts_are_answered_and_write_nothing(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga")
    office.evaluate()
    before = office.happened(1)
    assert office.act(1, "close").reason.code == "illegal_move"
    assert office.act(1, "explode").reason.code == "unknown_act"
    assert office.act(9, "close").reason.code == "no_such_incident"
    assert office.happened(1) == before


def test_a_rolled_back_decision_leaves_no_trace_in_memory(office: Office) -> None:
    crm_dies(office)

    def disk_fills_up() -> None:
        with office.ledger.begin() as connection:
            office.desk.update(connection, office.clock.now(), *office.scene())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        disk_fills_up()
    assert not office.desk.live
    office.evaluate()
    office.wants(1, state="open")
    assert len(office.told()) == 6
