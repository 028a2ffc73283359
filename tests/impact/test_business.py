"""Whom a root hurts and concerns: owners, on-call people, users, each with what they see."""

from __future__ import annotations

import pytest

from alerting.model import Severity
from impact.model import Assessment, Health
from tests.impact.kit import Graph, alert, assess, port_down, signs
from ticket_bridge.incidents.policy import opens
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
