"""Scenarios over present faults, and what a service hangs by; small enough to check by trying everything."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from impact.graph import CompiledGraph
from impact.model import Health
from impact.points import explained_points_of_failure, points_of_failure
from impact.state import evaluate
from impact.whatif import Outcome, Scenario, compare, try_out
from tests.impact.kit import Graph
from tests.impact.test_assess import office


def tried(scenario: Scenario, **own: Health) -> Outcome:
    graph = office().compile()
    return try_out(graph, {graph.index[ci]: health for ci, health in own.items()}, scenario)


def states(outcome: Outcome) -> dict[str, str]:
    return {one.ci_id: one.state.word for one in outcome.services}


def test_a_failure_is_tried_and_the_way_to_it_is_told() -> None:
    found = tried(Scenario(fail={"a": Health.DOWN}))
    assert states(found) == {"CRM": "down", "Orders": "degraded"}
    assert found.services[0].path == ("CRM", "crm-app", "a")
    assert found.cannot_work == {"ann", "bob"}
    assert found.people_total == 2


def test_a_scenario_lies_over_what_is_broken_now() -> None:
    assert states(tried(Scenario(restore=frozenset({"a"})), a=Health.DOWN)) == {}
    assert states(tried(Scenario(fail={"core2": Health.DOWN}), core1=Health.DOWN))["CRM"] == "down"
    assert states(tried(Scenario(), core1=Health.DOWN))["CRM"] == "at_risk"


def test_a_cut_is_named_at_the_end_of_the_way() -> None:
    (crm, *_) = tried(Scenario(fail={"dist--acc": Health.DOWN})).services
    assert crm.path == ("CRM", "crm-app", "a", "dist--acc")


def test_a_site_is_lost_with_all_that_stands_in_it_and_people_do_not_fail() -> None:
    found = tried(Scenario(sites=frozenset({"hq"})))
    assert found.health["core1"] == found.health["core2"] == Health.DOWN
    assert states(found)["CRM"] == "down"
    assert "sales" not in tried(Scenario(sites=frozenset({"branch"}))).health


def test_two_outcomes_are_compared_worst_first() -> None:
    before, after = tried(Scenario(), core1=Health.DOWN), tried(Scenario(fail={"a": Health.DOWN}), core1=Health.DOWN)
    changes = compare(before, after)
    assert [change.after for change in changes] == sorted((change.after for change in changes), reverse=True)
    assert {change.ci_id for change in changes if change.after == Health.DOWN} >= {"a", "crm-app", "CRM"}
    assert compare(before, before) == ()


def test_the_points_of_failure_of_a_service_are_its_needs_and_the_only_way_to_them() -> None:
    found = {point.ci_id: point for point in explained_points_of_failure(office().compile(), "CRM")}
    assert found.keys() == {"crm-app", "a", "acc", "acc--a", "dist", "dist--acc"}
    assert found["a"].double == (("crm-app", "a"),)
    assert found["acc"].double == ()  # another way is what is missing
    assert found["dist"].path[-1] == "dist"


def needs(edges: frozenset[tuple[int, int]]) -> CompiledGraph:
    """CIs 0 to 5; a number needs greater ones only."""
    g = Graph()
    g.ci("Application", *map(str, range(6)))
    for start, end in sorted(edges):
        g.rel(str(start), "DEPENDS_ON", str(end))
    return g.compile()


def down(graph: CompiledGraph, cause: int) -> bool:
    return evaluate(graph, {cause: Health.DOWN}).health(0) == Health.DOWN


EDGES = st.frozensets(st.sampled_from([(a, b) for a in range(6) for b in range(a + 1, 6)]), max_size=10)


@given(EDGES)
def test_points_of_failure_are_found_and_doubled_as_trying_everything_does(edges: frozenset[tuple[int, int]]) -> None:
    graph = needs(edges)
    assert points_of_failure(graph, 0) == {cause for cause in range(1, 6) if down(graph, cause)}
    for point in explained_points_of_failure(graph, "0"):
        cause, doubled = int(point.ci_id), {(int(a), int(b)) for a, b in point.double}
        assert doubled <= edges
        assert not down(needs(edges - doubled), cause)  # a need that is doubled passes no single failure on
        smaller = (frozenset(some) for some in combinations(sorted(edges), len(doubled) - 1))
        assert all(down(needs(edges - some), cause) for some in smaller)
