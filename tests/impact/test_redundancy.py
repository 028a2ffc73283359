"""Redundancy that is only supposed: it does what it would do if it were there, and removes what it is meant to."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import ModelError
from impact.explain import closure
from impact.graph import CompiledGraph
from impact.model import Health
from impact.points import explained_points_of_failure, points_of_failure
from impact.redundancy import SUPPOSED, Doubled, Laid, Redundancy, with_redundancy
from impact.whatif import Scenario, links_between, try_out, whole_of
from tests.impact.kit import Graph
from tests.impact.test_assess import office


def names(graph: CompiledGraph, nodes: frozenset[int]) -> set[str]:
    return {graph.ids[node] for node in nodes}


def points(graph: CompiledGraph, service: str) -> set[str]:
    return names(graph, points_of_failure(graph, graph.index[service]))


def drawn(seed: int) -> Graph:
    """Services on layers of applications and servers, with groups here and there."""
    draw, g = random.Random(seed), Graph()
    layers = [[f"{layer}{n}" for n in range(draw.randint(1, 4))] for layer in "sabv"]
    for cls, layer in zip(("BusinessService", "Application", "Application", "Server"), layers, strict=True):
        g.ci(cls, *layer)
    for above, below in pairwise(layers):
        for one in above:
            for other in draw.sample(below, draw.randint(1, len(below))):
                g.rel(one, "DEPENDS_ON", other, **({"group": "any"} if draw.random() < 0.4 else {}))
    return g


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_what_is_said_to_be_doubled_removes_the_point_of_failure(seed: int) -> None:
    graph = drawn(seed).compile()
    for point in explained_points_of_failure(graph, "s0"):
        if not point.double:
            continue
        doubled = tuple(Doubled(dependent=one, provider=other) for one, other in point.double)
        after = points(with_redundancy(graph, Redundancy(doubled=doubled)), "s0")
        assert point.ci_id not in after or point.ci_id == "s0"
        assert not any(ci.startswith(SUPPOSED) for ci in after)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_it_does_what_it_would_do_if_it_were_there(seed: int) -> None:
    g, draw = drawn(seed), random.Random(seed + 1)
    graph = g.compile()
    hard = [one for one in g.relations if not one.attributes]
    if not hard:
        return
    first = draw.choice(hard)
    doubled = Doubled(dependent=first.from_id, provider=first.to_id)
    supposed = with_redundancy(graph, Redundancy(doubled=(doubled,)))
    g.relations.remove(first)
    g.ci(g.cis[first.to_id].cls, "new")
    g.rel(first.from_id, first.type, first.to_id, "new", group="pair")
    built = g.compile()
    for ci_id in graph.ids:
        one = try_out(supposed, {}, Scenario(fail={ci_id: Health.DOWN}))
        other = try_out(built, {}, Scenario(fail={ci_id: Health.DOWN}))
        assert one.health == other.health, ci_id
    assert all(need.group != f"{SUPPOSED}{first.to_id}" for need in graph.needs[graph.index[first.from_id]])


def test_another_link_is_a_way_of_its_own() -> None:
    graph = office().compile()
    assert "dist--acc" in points(graph, "CRM")
    wide = with_redundancy(graph, Redundancy(laid=(Laid(one="core1", other="acc"),)))
    assert points(graph, "CRM") - points(wide, "CRM") == {"dist", "dist--acc"}
    outcome = try_out(
        graph, {}, Scenario(fail={"dist": Health.DOWN}, more=Redundancy(laid=(Laid(one="acc", other="core1"),)))
    )
    assert {one.ci_id: one.state for one in outcome.services}["CRM"] == Health.AT_RISK


def test_what_cannot_be_doubled_is_refused_with_the_remedy() -> None:
    g = Graph()
    g.ci("Application", "app", rules=[{"rule": "at_least", "percent": 50, "limit": "down", "result": "down"}])
    g.ci("Server", "a", "b")
    g.rel("app", "RUNS_ON", "a", "b")
    graph = g.compile()
    for doubled, words in (
        (Doubled(dependent="app", provider="a"), "combines its needs by rules of its own"),
        (Doubled(dependent="a", provider="b"), "is no need"),
        (Doubled(dependent="app", provider="a", second="app"), "another CI"),
    ):
        with pytest.raises(ModelError, match=words):
            with_redundancy(graph, Redundancy(doubled=(doubled,)))
    for laid, words in ((Laid(one="a", other="b"), "no link yet"), (Laid(one="a", other="a"), "one device")):
        with pytest.raises(ModelError, match=words):
            with_redundancy(graph, Redundancy(laid=(laid,)))


def test_links_are_found_by_their_ends() -> None:
    graph = office().compile()
    assert links_between(graph, "acc", "dist") == {"dist--acc"}
    with pytest.raises(ModelError, match="no link joins them"):
        links_between(graph, "core1", "acc")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_whole_service_is_what_nothing_else_stands_on(seed: int) -> None:
    graph = drawn(seed).compile()
    for service in [node for node, name in enumerate(graph.ids) if name.startswith("s")]:
        below = closure(service, lambda at: (need.provider for need in graph.needs[at]))

        def above(start: int, top: int = service) -> frozenset[int]:
            return closure(start, lambda at: () if at == top else graph.dependents[at])

        expected = {node for node in below if above(node) <= below}
        assert whole_of(graph, service) == expected


def test_a_whole_site_goes_into_maintenance_in_one_act() -> None:
    found = try_out(office().compile(), {}, Scenario(whole=frozenset({"hq"}), fail={"core1": Health.DOWN}))
    assert {"core1", "core2", "hq"} <= found.maintained
    assert "sales" not in found.maintained
