"""What a person knows eases with the service: its return is news, its flicker is not."""

from __future__ import annotations

from tests.ticket_bridge.scenario import AT_RISK, DEGRADED, DOWN, Fault, Office

MINUTE, HOUR = 60, 3600


def crm_down(fault: Fault) -> Fault:
    return fault.hits("crm", DOWN, owner="olga", users=["ute"])


def told_and_eased(office: Office) -> Fault:
    """INC-1 has taken CRM down and told of it; after five minutes CRM is well again, its root is not."""
    fault = crm_down(office.fault("a", confirmed=True).on_call("nina"))
    office.evaluate()
    office.all_sent()
    office.at(5 * MINUTE)
    fault.eases("crm")
    office.evaluate()
    return fault


def test_an_incident_that_has_eased_keeps_no_later_outage_of_the_service_from_anybody(office: Office) -> None:
    told_and_eased(office)
    office.at(2 * HOUR)
    crm_down(office.fault("b", confirmed=True).on_call("nils"))
    office.evaluate()
    office.wants(1, state="open")
    office.wants_told("nils: open as on_call", "olga: open as service_owner", "ute: open as user", number=2)


def test_it_keeps_none_back_in_its_maintenance_either(office: Office) -> None:
    fault = crm_down(office.fault("a", confirmed=True).on_call("nina"))
    office.evaluate()
    office.maintenance.add("a")
    office.at(5 * MINUTE)
    fault.eases("crm")
    office.evaluate()
    office.at(2 * HOUR)
    crm_down(fault)  # as the failure of b would: a alone takes it down as well
    crm_down(office.fault("b", confirmed=True).on_call("nils"))
    office.evaluate()
    office.wants_told("nils: open as on_call", "olga: open as service_owner", "ute: open as user", number=2)


def test_a_service_that_goes_down_a_second_time_is_told_a_second_time(office: Office) -> None:
    fault = told_and_eased(office)
    office.at(2 * HOUR)
    crm_down(fault)
    office.evaluate()
    assert sorted(office.told()[3:]) == ["nina: worse as on_call", "olga: worse as service_owner", "ute: open as user"]
    assert office.evaluate() == []
    office.all_sent()
    fault.resolves()
    office.at(3 * HOUR).evaluate()
    assert sorted(office.told()[6:]) == [
        "nina: resolved as on_call",
        "olga: resolved as service_owner",
        "ute: resolved as user",
    ]


def test_at_risk_in_between_counts_as_better_for_the_on_call_too(office: Office) -> None:
    fault = crm_down(office.fault("a", confirmed=True).on_call("nina"))
    office.evaluate()
    fault.hits("crm", AT_RISK, owner="olga")
    office.at(5 * MINUTE).evaluate()
    crm_down(fault)
    office.at(2 * HOUR).evaluate()
    assert "nina: worse as on_call" in office.told()


def test_a_service_that_flickers_is_told_once(office: Office) -> None:
    fault = crm_down(office.fault("a", confirmed=True).on_call("nina"))
    office.evaluate()
    told = office.told()
    for minute in range(1, 3 * 60, 7):
        fault.eases("crm")
        office.at(minute * MINUTE).evaluate()
        crm_down(fault)
        office.at((minute + 6) * MINUTE).evaluate()
    assert office.told() == told


def test_what_has_eased_is_on_the_ledger(office: Office) -> None:
    fault = told_and_eased(office)
    office.desk = office.new_desk()
    crm_down(fault)
    office.at(10 * MINUTE).evaluate()
    assert len(office.told()) == 3, "it was better for a moment only"
    office.desk = office.new_desk()
    fault.eases("crm")
    office.at(20 * MINUTE).evaluate()
    office.desk = office.new_desk()
    crm_down(fault)
    office.at(2 * HOUR).evaluate()
    assert len(office.told()) == 6


def test_of_two_that_carry_the_service_anew_the_oldest_tells(office: Office) -> None:
    fault = told_and_eased(office)
    office.at(2 * HOUR)
    crm_down(fault)
    crm_down(office.fault("b", confirmed=True).on_call("nils"))
    office.evaluate()
    office.wants_told("nils: open as on_call", number=2)
    assert "olga: worse as service_owner" in office.told(1)
    assert "ute: open as user" in office.told(1)[3:]


def test_a_second_opening_waits_for_the_hour_and_goes_if_it_is_still_true(office: Office) -> None:
    fault = told_and_eased(office)
    crm_down(fault)
    office.at(30 * MINUTE).evaluate()
    assert office.told().count("ute: open as user") == 1
    office.at(HOUR).evaluate()
    assert office.told().count("ute: open as user") == 2


def test_a_second_opening_that_never_went_out_does_not_cost_them_the_end(office: Office) -> None:
    fault = told_and_eased(office)
    crm_down(fault)
    office.at(2 * HOUR).evaluate()
    fault.resolves()
    office.at(2 * HOUR + MINUTE).evaluate()
    assert [line for line in office.told() if line.startswith("ute")] == [
        "ute: open as user",
        "ute: open as user (superseded)",
        "ute: resolved as user",
    ]


def test_an_opening_that_waited_all_the_while_is_replaced_by_the_second(office: Office) -> None:
    fault = crm_down(office.fault("a", confirmed=True).on_call("nina"))
    office.evaluate()
    fault.eases("crm")
    office.at(5 * MINUTE).evaluate()
    crm_down(fault)
    office.at(2 * HOUR).evaluate()
    of_ute = ["ute: open as user (superseded)", "ute: open as user"]
    assert [line for line in office.told() if line.startswith("ute")] == of_ute
    fault.resolves()
    office.at(3 * HOUR).evaluate()
    assert [line for line in office.told() if line.startswith("ute")] == [of_ute[0], of_ute[0]], "they know of nothing"


def test_users_who_are_told_again_count_once_towards_the_crowd_that_needs_consent(office: Office) -> None:
    crowd = [f"user-{number}" for number in range(300)]
    fault = office.fault("a", confirmed=True).hits("crm", DOWN, owner="olga", users=crowd)
    office.evaluate()
    office.all_sent()
    fault.eases("crm")
    office.at(5 * MINUTE).evaluate()
    fault.hits("crm", DOWN, owner="olga", users=crowd)
    office.at(2 * HOUR).evaluate()
    assert office.told().count("user-7: open as user") == 2


def test_at_the_end_of_what_had_eased_its_people_hear_what_goes_on(office: Office) -> None:
    first = told_and_eased(office)
    office.at(2 * HOUR)
    crm_down(office.fault("b", confirmed=True).on_call("nils"))
    office.evaluate()
    office.all_sent()
    first.resolves()
    office.at(3 * HOUR).evaluate()
    assert "crm is still down because of INC-2" in office.mail_to("olga", "resolved").payload["body"]
    office.faults["s-b"].resolves()
    office.at(4 * HOUR).evaluate()
    assert office.told().count("olga: resolved as service_owner") == 2


def test_what_the_end_of_another_says_goes_on_is_not_told_once_more(office: Office) -> None:
    first = told_and_eased(office)
    office.at(2 * HOUR)
    second = crm_down(office.fault("b", confirmed=True).on_call("nils"))
    office.evaluate()
    office.all_sent()
    crm_down(first)
    office.at(3 * HOUR).evaluate()
    second.resolves()
    office.at(4 * HOUR).evaluate()
    assert "crm is still down because of INC-1" in office.mail_to("olga", "resolved").payload["body"]
    assert "olga: worse as service_owner" not in office.told()


def test_who_owns_two_services_knows_of_both(office: Office) -> None:
    crm_down(office.fault("a", confirmed=True).on_call("nina")).hits("erp", DOWN, owner="olga")
    office.evaluate()
    office.at(HOUR).fault("b", confirmed=True).hits("erp", DOWN, owner="olga").hits("crm", DOWN, owner="olga")
    office.evaluate()
    office.wants_told("dora: open as on_call", number=2)


def test_what_an_incident_took_over_but_does_to_others_alone_keeps_nothing_from_them(office: Office) -> None:
    first = crm_down(office.fault("a", confirmed=True).on_call("nina"))
    office.evaluate()
    second = office.fault("b", confirmed=True).hits("erp", DOWN, users=["ute"]).on_call("nina")
    second.hits("crm", DEGRADED, from_site={"cho": DOWN})
    office.at(2 * HOUR).evaluate()
    office.evaluate()
    office.all_sent()
    first.resolves()
    office.at(3 * HOUR).evaluate()
    crm_down(office.fault("c", confirmed=True).on_call("nina"))
    office.at(5 * HOUR).evaluate()
    assert "ute: open as user" in office.told(3)


def test_what_another_incident_has_told_meanwhile_is_no_news_here(office: Office) -> None:
    first = crm_down(office.fault("a", confirmed=True).on_call("nina")).hits("erp", DOWN, owner="olga")
    office.evaluate()
    first.eases("crm")
    office.at(5 * MINUTE).evaluate()
    crm_down(office.fault("b", confirmed=True).on_call("nils"))
    office.at(2 * HOUR).evaluate()
    assert "olga: open as service_owner" in office.told(2)
    crm_down(first)
    office.at(3 * HOUR).evaluate()
    assert "olga: worse as service_owner" not in office.told(1)
