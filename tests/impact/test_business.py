"""Whom a root hurts and concerns: owners, on-call people, users, each with what they see."""

from __future__ import annotations

import pytest

from alerting.model import Severity
from impact.assess import Assessor
from impact.concerned import way_to
from impact.model import Assessment, Health
from impact.whatif import Scenario, try_out
from tests.impact.kit import Graph, alert, assess, port_down, signs
from ticket_bridge.incidents.policy import opens, priority
from ticket_bridge.notices.who import concerns
from ticket_bridge.settings import IncidentPolicy, NoticePolicy


def firm() -> Graph:
    """CRM runs on the server `srv` of the team `0-hw`, whose id sorts before all others."""
    g = Graph()
    g.ci("Team", "0-hw", "crm-team")
    g.ci("Person", "hanna", "tina", "olga")
    g.rel("hanna", "ON_CALL_FOR", "0-hw")
    g.rel("tina", "ON_CALL_FOR", "crm-team")
    g.ci("Server", "srv")
    g.rel("0-hw", "OWNS", "srv")
    g.ci("BusinessService", "CRM", tier=1)
    g.rel("CRM", "RUNS_ON", "srv")
    return g


def because(found: Assessment, role: str) -> dict[str, tuple[str, ...]]:
    (impact,) = found.impacts.values()
    return {one.person_id: one.because for one in impact.stakeholders if one.role == role}


def test_the_first_team_of_the_graph_is_named_like_any_other() -> None:
    assert because(assess(firm(), [alert("srv")]), "on_call") == {"hanna": ("0-hw",)}


def test_who_is_on_call_for_the_team_that_owns_a_service_is_its_owner() -> None:
    g = firm()
    g.rel("crm-team", "OWNS", "CRM")
    g.rel("olga", "OWNS", "CRM")
    assert because(assess(g, [alert("srv")]), "service_owner") == {"tina": ("CRM", "crm-team"), "olga": ("CRM",)}


def two_sites() -> Graph:
    """CRM runs at headquarters, Scan in the branch; people of both sites use both."""
    g = Graph()
    g.ci("MonitoringHub", "hub")
    g.ci("Switch", "core", anchor=True)
    g.ci("Firewall", "fw", anchor=True)
    g.ci("Server", "srv", "box")
    for one, other in (("hub", "core"), ("core", "srv"), ("core", "fw"), ("fw", "box")):
        g.cable(one, other)
    g.ci("Department", "office", "shop")
    for site, anchor, department in (("hq", "core", "office"), ("branch", "fw", "shop")):
        g.ci("Site", site)
        g.rel(anchor, "LOCATED_IN", site)
        g.rel(department, "LOCATED_IN", site)
    g.ci("Person", "hal", "cho")
    g.rel("hal", "MEMBER_OF", "office")
    g.rel("cho", "MEMBER_OF", "shop")
    for service, server in (("CRM", "srv"), ("Scan", "box")):
        g.ci("BusinessService", service, tier=1)
        g.rel(service, "RUNS_ON", server)
        g.ci("Offering", f"use-{service}")
        g.rel(f"use-{service}", "PART_OF", service)
        g.rel("office", "USES", f"use-{service}")
        g.rel("shop", "USES", f"use-{service}")
    return g


def cut_between_sites() -> Assessment:
    return assess(two_sites(), [port_down("core:fw")], signs(alive=["core", "fw", "srv"], ports={"core:fw": False}))


def test_a_person_is_concerned_by_what_is_wrong_as_seen_from_their_own_site() -> None:
    found = cut_between_sites().impacts["core--fw"]
    assert {one.ci_id: one.state for one in found.services} == {"CRM": Health.DEGRADED, "Scan": Health.DEGRADED}
    users = {one.person_id: dict(one.sees) for one in found.stakeholders if one.role == "user"}
    assert users == {"hal": {"Scan": Health.DOWN}, "cho": {"CRM": Health.DOWN}}


def test_a_user_is_told_of_what_they_cannot_use_and_of_nothing_else() -> None:
    told = concerns(NoticePolicy.load(), cut_between_sites().impacts["core--fw"], ())
    assert {person: sorted(told[person].services) for person in ("hal", "cho")} == {"hal": ["Scan"], "cho": ["CRM"]}
    assert told["cho"].because.args == {"services": ("CRM",)}


def on_two_supplies() -> Graph:
    g = firm()
    g.ci("Pdu", "pdu1", "pdu2")
    g.rel("srv", "POWERED_BY", "pdu1", "pdu2", group="power")
    return g


@pytest.mark.parametrize(("faulty", "why"), [("pdu1", "opens_lost_redundancy"), ("srv", None)])
def test_a_lost_spare_opens_an_incident_at_any_severity(faulty: str, why: str | None) -> None:
    effect = Health.DOWN if faulty == "pdu1" else Health.AT_RISK
    impact = assess(on_two_supplies(), [alert(faulty, effect=effect, severity=1)]).impacts[faulty]
    assert [one.state for one in impact.services] == [Health.AT_RISK]
    found = opens(IncidentPolicy.load(), bound=True, severity=Severity.WARNING, impact=impact)
    assert (found.code if found else None) == why


def with_offerings() -> Graph:
    """Two offerings of the CRM. The phone needs a gateway of its own; sales uses it, the office uses the desk."""
    g = firm()
    g.rel("olga", "OWNS", "CRM")
    g.ci("Offering", "desk", "phone")
    g.rel("desk", "PART_OF", "CRM")
    g.rel("phone", "PART_OF", "CRM")
    g.ci("Server", "gateway")
    g.rel("phone", "RUNS_ON", "gateway")
    g.ci("Department", "sales", "office")
    g.rel("sales", "USES", "phone")
    g.rel("office", "USES", "desk")
    g.ci("Person", "sue", "otto")
    g.ci("Person", "vera", vip=True)
    g.rel("sue", "MEMBER_OF", "sales")
    g.rel("sue", "HEAD_OF", "sales")
    g.rel("vera", "MEMBER_OF", "sales")
    g.rel("otto", "MEMBER_OF", "office")
    return g


@pytest.mark.parametrize("broken", ["phone", "gateway"])
def test_who_uses_a_broken_offering_cannot_work_though_its_service_is_well(broken: str) -> None:
    impact = assess(with_offerings(), [alert(broken)]).impacts[broken]
    assert [(one.ci_id, one.tier, one.state) for one in impact.services] == [("phone", 1, Health.DOWN)]
    assert (set(impact.cannot_work), set(impact.vips)) == ({"sue", "vera"}, {"vera"})
    assert [(one.ci_id, one.state, one.path[-2:]) for one in impact.groups] == [
        ("sales", Health.DOWN, ("phone", "sales"))
    ]
    roles = {one.person_id: one.role for one in impact.stakeholders if one.role != "user"}
    assert roles == {"olga": "service_owner", "sue": "department_head"}


def test_a_broken_offering_opens_an_incident_with_its_services_tier() -> None:
    impact = assess(with_offerings(), [alert("phone")]).impacts["phone"]
    why = opens(IncidentPolicy.load(), bound=True, severity=Severity.CRITICAL, impact=impact)
    assert why is not None
    assert (why.code, why.args["service"]) == ("opens_service_hit", "phone")
    value, reason = priority(
        IncidentPolicy.load(), impact, severity=Severity.CRITICAL, proven=True, in_hours=lambda _: True
    )
    assert (value, reason.args["tier"], reason.args["steps"]) == (1, 1, ("many_people",))


def test_an_offering_is_no_matter_of_its_own_while_it_only_shares_its_services_fate() -> None:
    impact = assess(with_offerings(), [alert("srv")]).impacts["srv"]
    assert [one.ci_id for one in impact.services] == ["CRM"]
    assert {one.ci_id: (one.state, one.services) for one in impact.offerings} == {
        "desk": (Health.DOWN, ("CRM",)),
        "phone": (Health.DOWN, ("CRM",)),
    }
    assert impact.cannot_work == {"sue", "vera", "otto"}


def test_a_broken_offering_keeps_its_own_root_while_its_service_is_down_too() -> None:
    found = assess(with_offerings(), [alert("srv"), alert("gateway")]).impacts
    assert [one.ci_id for one in found["srv"].services] == ["CRM"]
    assert [one.ci_id for one in found["gateway"].services] == ["phone"]
    assert found["gateway"].cannot_work == {"sue", "vera"}


def test_an_offering_that_makes_up_for_one_of_its_services_hurts_nobody() -> None:
    g = with_offerings()
    g.ci("BusinessService", "Orders", tier=2)
    g.ci("Offering", "either")
    g.rel("either", "PART_OF", "CRM", "Orders", group="any")
    g.ci("Person", "eva")
    g.rel("eva", "USES", "either")
    assert "eva" not in assess(g, [alert("srv")]).impacts["srv"].cannot_work
    both = assess(g, [alert("srv"), alert("Orders")]).impacts
    assert all("eva" in impact.cannot_work for impact in both.values())


def test_everybody_is_shown_with_the_way_on_which_it_reaches_them() -> None:
    g = with_offerings()
    graph = g.compile()
    impact = Assessor(graph).what_if("srv")
    ways = {hit.ci_id: hit.path for hit in impact.services}
    shown = {(one.person_id, one.role): way_to(graph, one, ways, impact.root_id) for one in impact.stakeholders}
    assert shown["hanna", "on_call"] == ["srv", "0-hw", "hanna"]
    assert shown["olga", "service_owner"] == ["srv", "CRM", "olga"]
    assert shown["sue", "department_head"] == ["srv", "CRM", "phone", "sales", "sue"]
    assert shown["otto", "user"] == ["srv", "CRM", "desk", "office", "otto"]
    outcome = try_out(graph, {}, Scenario(fail={"srv": Health.DOWN}))
    again = {(one.who.person_id, one.who.role): list(one.path) for one in outcome.stakeholders}
    assert again == shown


def numbers(g: Graph) -> tuple[int, int, int]:
    found = Assessor(g.compile()).what_if("srv")
    return len(found.cannot_work), found.estimate.cannot_work, found.estimate.total


def test_people_known_as_a_number_stand_beside_those_who_are_known() -> None:
    g = with_offerings()
    g.ci("Department", "sales", head_count=40)  # its people are known by name
    g.ci("Department", "branch", "shop", "night shift")
    g.ci("Department", "shop", head_count=12)
    g.ci("Department", "branch", head_count=30)
    g.ci("Department", "night shift", head_count=5)
    g.rel("shop", "MEMBER_OF", "branch")
    g.rel("branch", "USES", "desk")
    assert numbers(g) == (3, 30, 35)  # the shop is a part of the branch, and nothing of theirs hurts the night shift
    g.rel("shop", "USES", "phone")
    assert numbers(g) == (3, 30, 35)
    g.ci("Offering", "public", head_count=1000)
    g.rel("public", "PART_OF", "CRM")
    assert numbers(g) == (3, 1030, 1035)
    g.rel("night shift", "USES", "public")  # now its users are known otherwise
    assert numbers(g) == (3, 35, 35)
