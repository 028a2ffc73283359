"""The ranking says of each CI what a what-if says of it alone."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from examples.estate.generate import generate
from impact.arrays.ways import Ways
from impact.assess import Assessor
from impact.cabling import Cable
from impact.failures import Failures
from impact.graph import CompiledGraph
from impact.model import Health
from impact.network import Network
from impact.propagate import calm_of
from impact.ranking import rank
from impact.state import evaluate
from tests.acceptance.told import believe
from tests.impact.kit import Graph
from tests.impact.test_points import used_from_sites
from tests.impact.worlds import SEEDS, SIZES, Draw, graph_of


def compare(graph: CompiledGraph) -> int:
    """How many CIs matter; each with what it does alone."""
    ranked = {one.ci_id: one for one in rank(graph, len(graph.cis))}
    alone = Assessor(graph)
    for ci_id in graph.ids:
        expected = alone.what_if(ci_id)
        found = ranked.get(ci_id)
        services = [(hit.ci_id, hit.tier, hit.state) for hit in expected.services]
        people = len(expected.cannot_work), len(expected.limited)
        if found is None:
            assert (services, people) == ([], (0, 0))
        else:
            assert (list(found.services), (found.cannot_work, found.limited)) == (services, people), ci_id
    return len(ranked)


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, size=SIZES)
def test_a_failure_changes_what_the_engine_says_it_changes(seed: int, size: int) -> None:
    """On the hub's own scale, in any network; and what is not ok with nothing broken is the same."""
    graph = graph_of(replace(Draw(seed).world(size), scale={}, policy={})).compile()
    failures, calm = Failures(graph), calm_of(graph)
    assert failures.calm() == calm
    for node in range(len(graph)):
        full = evaluate(graph, {node: Health.DOWN}).spread.full
        expected = {n: full.get(n, 0) for n in full.keys() | calm.keys() if full.get(n, 0) != calm.get(n, 0)}
        failure = failures.alone(node)
        levels = failure.levels.tolist()
        found = dict(zip(failure.changed.tolist(), levels, strict=True))
        assert {n: level for n, level in found.items() if level != calm.get(n, 0)} == expected
        assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_each_ci_is_ranked_by_what_it_does_alone(seed: int, tmp_path: Path) -> None:
    graph = believe(generate(seed), tmp_path).assessor.graph
    assert compare(graph) > 100


def test_the_gravest_comes_first_and_what_hurts_nobody_not_at_all() -> None:
    g = Graph()
    g.ci("Server", "idle", "big", "small")
    g.ci("BusinessService", "important", tier=1)
    g.ci("BusinessService", "minor", tier=4)
    g.rel("important", "DEPENDS_ON", "big")
    g.rel("minor", "DEPENDS_ON", "big", "small")
    found = rank(g.compile(), 10)
    assert [one.ci_id for one in found] == ["big", "important", "minor", "small"]
    assert found[0].services == (("important", 1, Health.DOWN), ("minor", 4, Health.DOWN))
    assert found[0].by_priority == (1, 0, 0, 1, 0)
    assert [one.ci_id for one in rank(g.compile(), 1)] == ["big"]


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_in_vlans_and_bundles_each_ci_is_ranked_by_what_it_does_alone(seed: int) -> None:
    draw = Draw(seed)
    world = draw.wired()
    g = graph_of(world)
    used_from_sites(g, draw, sorted({end for a, b, _ in world.cables for end in (a, b)}))
    compare(g.compile())


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_ways_are_narrowed_and_cut_as_dominators_have_it(seed: int) -> None:
    draw = random.Random(seed)
    devices = list(range(draw.randint(3, 14)))
    ends = [draw.sample(devices, 2) for _ in range(draw.randint(2, 22))]
    net = Network(
        cables=[Cable(link=100 + at, a=a, a_port=0, b=b, b_port=0) for at, (a, b) in enumerate(ends)],
        transit=frozenset(draw.sample(devices, len(devices) * 2 // 3)),
        anchors=frozenset(draw.sample(devices, draw.randint(1, 2))),
        hub=None,
    )
    ways, everything = Ways(net), [*devices, *net.by_link]
    for _ in range(20):
        broken = frozenset(draw.sample(everything, draw.randint(1, 3)))
        tree, free = net.dominators(net.anchors, broken), net.dominators(net.anchors)
        reached = net.reach(net.anchors, broken)
        both = [node for node in net.free_devices & reached if node in tree and node in free]
        expected = [node for node in both if any(not free.dominates(by, node) for by in tree.chain(node))]
        assert ways.narrowed(broken) == sorted(expected)
        assert ways.isolated(broken) >= net.free_devices - reached - broken
