"""What the truth file says, against what was worked out by hand on a small company, and on drawn ones."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

from examples.estate.failures import all_failures
from examples.estate.generate import generate
from examples.estate.model import Estate
from examples.estate.truth import truth
from tests.estate.small import small_estate

KINDS = {"device", "redundant", "link", "power", "battery", "agent_hung", "iot", "fault_code", "disk", "app"}
SALES = {"s0", "s1"}
PLANT = {f"p{n}" for n in range(8)}


def expectations(estate: Estate) -> dict[str, Any]:
    return {failure["id"]: failure["expect"] for failure in truth(estate)["failures"]}


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    return expectations(small_estate())


def people(emails: list[str]) -> set[str]:
    return {email.removesuffix("@small.example") for email in emails}


def roles(expect: Any) -> dict[str, str]:
    return {told["email"].removesuffix("@small.example"): told["role"] for told in expect["told"]}


def root(expect: Any) -> tuple[str, str, bool]:
    return expect["root"]["key"], expect["severity"], expect["confirmed"]


# -- by hand: devices and links --------------------------------------------------------------------------------------


def test_a_server_dies_and_its_service_with_it(small: dict[str, Any]) -> None:
    expect = small["device:srv-1"]
    assert root(expect) == ("srv-1", "critical", True)
    assert expect["services"] == {"Shop": "down", "Desk": "degraded"}
    assert people(expect["cannot_work"]) == SALES
    assert people(expect["limited"]) == PLANT
    assert expect["priority"] == 1
    assert roles(expect) == {
        "p2": "on_call",  # the servers' team owns it
        "s1": "service_owner",
        "p4": "service_owner",
        "s0": "department_head",
        "p0": "department_head",
    }


def test_the_cut_cable_of_a_single_homed_server_looks_like_its_death(small: dict[str, Any]) -> None:
    assert small["link:acc-1=srv-1"] == small["device:srv-1"]


def test_a_cable_between_two_that_answer_is_the_root(small: dict[str, Any]) -> None:
    expect = small["link:dist-2=acc-2"]
    assert root(expect) == ("dist-2=acc-2", "major", True)
    assert [end["device"] for end in expect["root"]["ends"]] == ["dist-2", "acc-2"]
    # both of srv-2's ways lead over dist-1 now; so does hv-2's, but hv-1's always did, and one of them is enough
    assert expect["services"] == {"Vault": "at_risk"}
    assert expect["priority"] == 5
    assert roles(expect) == {"p1": "on_call"}


def test_a_cable_without_which_nothing_hangs_on_less(small: dict[str, Any]) -> None:
    expect = small["link:core-1=core-2"]
    assert root(expect) == ("core-1=core-2", "major", True)
    assert expect["services"] == {}
    assert (expect["incident"], expect["priority"]) == (True, 4)  # major, and somebody is on call for it


def test_one_of_two_cores_dies_and_what_lost_its_second_way_is_at_risk(small: dict[str, Any]) -> None:
    expect = small["device:core-2"]
    assert root(expect) == ("core-2", "critical", True)
    assert expect["services"] == {"Shop": "at_risk", "Desk": "at_risk", "Vault": "at_risk"}
    assert expect["priority"] == 3
    assert roles(expect) == {"p1": "on_call"}
    assert not expect["cannot_work"] + expect["limited"]


def test_the_hubs_first_hop_dies_and_nothing_is_known_of_the_rest(small: dict[str, Any]) -> None:
    expect = small["device:core-1"]
    assert root(expect) == ("core-1", "critical", False)
    assert expect["services"] == {}
    assert (expect["incident"], expect["priority"]) == (True, 3)
    assert roles(expect) == {"p1": "on_call"}


def test_an_access_switch_dies_with_all_that_hangs_on_it_alone(small: dict[str, Any]) -> None:
    expect = small["device:acc-1"]
    assert root(expect) == ("acc-1", "critical", True)
    # srv-1 is cut off; the cluster lives on hv-2; srv-2 has acc-2 left
    assert expect["services"] == {"Shop": "down", "Desk": "degraded", "Vault": "at_risk"}
    assert people(expect["cannot_work"]) == SALES


def test_a_cut_uplink_of_a_switch_whose_ports_are_seen_alive_by_hosts_alone(small: dict[str, Any]) -> None:
    expect = small["link:dist-1=acc-1"]
    # srv-2 still answers over acc-2 and sees acc-1's port up: acc-1 lives, but no way leads to it (ADR 4)
    assert root(expect) == ("dist-1=acc-1", "major", False)
    assert expect["services"] == small["device:acc-1"]["services"]
    assert expect["cannot_work"] == small["device:acc-1"]["cannot_work"]


def test_one_of_two_hypervisors_dies(small: dict[str, Any]) -> None:
    expect = small["device:hv-1"]
    assert expect["services"] == {"Desk": "at_risk"}
    assert expect["priority"] == 4


def test_a_far_site_is_cut_off_and_each_side_sees_the_other_down(small: dict[str, Any]) -> None:
    expect = small["device:fw-a"]
    assert root(expect) == ("fw-a", "critical", True)
    # Mill runs at b and is used at b alone: its people still reach it, so does its state by their way.
    # Desk runs at a and is used at both: limited. Shop is used at a alone.
    assert expect["services"] == {"Desk": "degraded"}
    assert people(expect["cannot_work"]) == PLANT  # they see Desk down
    assert not expect["limited"]
    assert expect["priority"] == 2  # tier 2 limited is 3; 80 % cannot work
    assert roles(expect) == {
        "p1": "on_call",
        "p4": "service_owner",
        "s0": "department_head",
        "p0": "department_head",
        **dict.fromkeys(PLANT - {"p0", "p1", "p4"}, "user"),
    }


def test_a_sites_only_gateway_dies_and_its_people_see_everything_down(small: dict[str, Any]) -> None:
    expect = small["device:fw-b"]
    assert expect["services"] == {"Mill": "down", "Desk": "degraded"}
    assert people(expect["cannot_work"]) == PLANT


def test_a_neighbour_that_never_answers_is_suspected_and_nobody_is_called(small: dict[str, Any]) -> None:
    for failure in ("device:ghost", "link:acc-2=ghost"):
        assert root(small[failure]) == ("ghost", "major", False)
        assert not small[failure]["incident"]
        assert small[failure]["told"] == []


# -- by hand: power, cooling, agents, software ----------------------------------------------------------------------


def test_a_pdu_takes_what_it_feeds_alone_and_lessens_the_rest(small: dict[str, Any]) -> None:
    expect = small["power:pdu-1"]
    assert root(expect) == ("pdu-1", "critical", True)
    assert expect["services"] == {"Shop": "down", "Desk": "degraded", "Vault": "at_risk"}


def test_a_ups_is_the_root_of_its_pdu(small: dict[str, Any]) -> None:
    expect = small["power:ups-1"]
    assert root(expect) == ("ups-1", "critical", True)
    assert expect["services"] == small["power:pdu-1"]["services"]


def test_a_ups_on_battery_still_feeds(small: dict[str, Any]) -> None:
    expect = small["battery:ups-1"]
    assert root(expect) == ("ups-1", "major", True)
    assert expect["effect"] == "at_risk"
    # srv-1 hangs on it alone; srv-2 has the other; at risk goes no further through an integration
    assert expect["services"] == {"Shop": "at_risk"}
    assert expect["priority"] == 3


def test_a_hung_agent_is_listed_and_that_is_all(small: dict[str, Any]) -> None:
    for device in ("srv-1", "acc-1", "core-1", "pdu-1"):
        expect = small[f"agent_hung:{device}"]
        assert root(expect) == (device, "warning", True)
        assert expect["effect"] == "at_risk"
        assert not expect["incident"]


def test_a_fault_code_is_looked_up(small: dict[str, Any]) -> None:
    expect = small["fault_code:cooling-1:E4"]
    assert root(expect) == ("cooling-1", "major", True)
    assert expect["services"] == {"Shop": "at_risk"}
    assert expect["remedy"] == {"code": "E4", "document": "CX-40 Service Manual rev. 7", "section": "5.3"}
    assert (expect["incident"], expect["priority"]) == (True, 3)


def test_a_harmless_fault_code_is_listed(small: dict[str, Any]) -> None:
    expect = small["fault_code:cooling-1:E2"]
    assert expect["services"] == {}  # at risk does not go through cooling
    assert not expect["incident"]


def test_a_dead_iot_device(small: dict[str, Any]) -> None:
    expect = small["iot:cooling-1"]
    assert root(expect) == ("cooling-1", "critical", True)
    assert expect["services"] == {"Shop": "at_risk"}


def test_a_full_disk_puts_at_risk(small: dict[str, Any]) -> None:
    expect = small["disk:srv-b"]
    assert root(expect) == ("srv-b", "critical", True)
    assert expect["services"] == {"Mill": "at_risk"}
    assert (expect["incident"], expect["priority"]) == (True, 5)


def test_a_crashed_database_is_the_root_of_the_applications_above(small: dict[str, Any]) -> None:
    expect = small["app:desk-db"]
    assert root(expect) == ("desk-db", "critical", True)
    assert expect["services"] == {"Desk": "down"}
    assert expect["priority"] == 1  # tier 2 down is 2; everybody uses it


def test_without_an_owner_the_default_team_is_called(small: dict[str, Any]) -> None:
    expect = small["app:mill-app"]
    assert expect["services"] == {"Mill": "down"}
    assert roles(expect)["p3"] == "on_call"


def test_what_nobody_sees_expects_nothing(small: dict[str, Any]) -> None:
    assert small["app:vault-app"] is None


# -- drawn companies -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[1, 2, 3])
def drawn(request: pytest.FixtureRequest) -> tuple[Estate, dict[str, Any]]:
    estate = generate(request.param)
    began = time.process_time()
    found = truth(estate)
    assert time.process_time() - began < 20
    return estate, found


def test_each_kind_of_failure_is_there_and_all_but_batches_give_a_signal(drawn: tuple[Estate, dict[str, Any]]) -> None:
    _, found = drawn
    assert {failure["kind"] for failure in found["failures"]} == KINDS
    mute = {failure["target"] for failure in found["failures"] if not failure["signal"]}
    assert mute == {"payroll-batch", "reporting-batch"}
    assert all((failure["expect"] is None) == (not failure["signal"]) for failure in found["failures"])


def test_every_device_and_link_is_marked(drawn: tuple[Estate, dict[str, Any]]) -> None:
    estate, found = drawn
    assert Counter(device["seen_by"] for device in found["devices"])["none"] == 3  # hub, broker, monitoring
    assert {link["seen_by"] for link in found["links"]} == {"lldp", "bridge", "imported"}
    assert {device["key"] for device in found["devices"]} == estate.device.keys()


def test_the_truth_is_about_things_that_exist(drawn: tuple[Estate, dict[str, Any]]) -> None:
    estate, found = drawn
    emails = {person.email for person in estate.people}
    for failure in found["failures"]:
        assert failure["target"] in failure["touches"]
        if expect := failure["expect"]:
            assert emails.issuperset(expect["cannot_work"] + expect["limited"])
            assert not set(expect["cannot_work"]) & set(expect["limited"])
            told = [one["email"] for one in expect["told"]]
            assert len(told) == len(set(told))
            assert bool(told) == expect["incident"]


def by_id(found: dict[str, Any], failure: str) -> Any:
    return next(one["expect"] for one in found["failures"] if one["id"] == failure)


def test_scene_1_all_people_of_sales_cannot_work(drawn: tuple[Estate, dict[str, Any]]) -> None:
    estate, found = drawn
    expect = by_id(found, found["scenes"]["1"])
    assert expect["root"]["key"] == estate.scenes.crm_server
    assert expect["services"] == {"CRM": "down", "Order System": "degraded", "Customer Portal": "degraded"}
    sales = next(department for department in estate.departments if department.name == "Sales")
    assert set(expect["cannot_work"]) == {p.email for p in estate.people if p.department == sales.key}
    crm = next(service for service in estate.services if service.name == "CRM")
    vip = any(p.vip for p in estate.people if p.department == sales.key)
    assert expect["priority"] == max(1, crm.tier - vip)
    told = {one["email"]: one["role"] for one in expect["told"]}
    assert told.keys() >= {estate.person[crm.owner].email, estate.person[sales.head].email, *expect["cannot_work"]}
    assert "user" in told.values()


def test_scene_2_is_of_lower_priority_and_has_its_remedy(drawn: tuple[Estate, dict[str, Any]]) -> None:
    _, found = drawn
    expect = by_id(found, found["scenes"]["2"])
    assert (expect["severity"], expect["effect"], expect["incident"]) == ("major", "degraded", True)
    assert expect["remedy"]["code"] == "E4"
    assert set(expect["services"].values()) <= {"at_risk"}
    assert expect["priority"] >= 3


def test_scene_3_tells_the_network_team_alone(drawn: tuple[Estate, dict[str, Any]]) -> None:
    estate, found = drawn
    expect = by_id(found, found["scenes"]["3"])
    assert set(expect["services"].values()) == {"at_risk"}
    network = next(team for team in estate.teams if team.key == "network")
    assert {one["email"] for one in expect["told"]} == {estate.person[person].email for person in network.on_call}


def test_scene_4_shares_no_service_with_its_disk(drawn: tuple[Estate, dict[str, Any]]) -> None:
    estate, found = drawn
    switch, disk = by_id(found, found["scenes"]["4"]), by_id(found, found["scene4_unrelated"])
    assert switch["root"]["key"] == estate.scenes.access_switch
    assert switch["confirmed"]
    assert switch["incident"]
    assert disk["incident"]
    assert not switch["services"].keys() & disk["services"].keys()


def test_nothing_is_concluded_twice() -> None:
    estate = generate(4)
    failures = all_failures(estate)
    assert len({failure.id for failure in failures}) == len(failures)
    some = failures[::40]
    assert truth(estate, some) == truth(generate(4), some)
