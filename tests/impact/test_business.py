"""Whom a root hurts and concerns: owners, on-call people, users, each with what they see."""

from __future__ import annotations

from impact.model import Assessment
from tests.impact.kit import Graph, alert, assess


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
