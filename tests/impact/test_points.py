"""What brings a CI down alone: what is worked out for all at once is what trying each shows."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings

from impact.decisive import decisive
from impact.graph import CompiledGraph, compile_graph
from impact.points import points_of_failure
from impact.scale import SHIPPED
from impact.state import State, evaluate
from impact.trial.play import words_for
from tests.impact.kit import CATALOGUE, Graph
from tests.impact.worlds import KINDS, SEEDS, SIZES, Draw, graph_of

SITES = ("hq", "branch")
SIMPLE = ("worst", "k_of_n", "best")


class Ours(Draw):
    """Worlds on the scale that services have, under the policy that is shipped."""

    def scale(self) -> dict[str, Any]:
        return {"levels": ["ok", "at_risk", "degraded", "down"], "outside": "unknown", "degraded": "degraded"}

    def policy(self, scale: Any) -> dict[str, Any]:
        return {}


def used_from_sites(g: Graph, draw: Draw, names: list[str]) -> None:
    """Sites in which things stand, and people there who use services."""
    g.ci("Site", *SITES)
    for name in draw.some(names, 8):
        g.rel(name, "LOCATED_IN", draw.one(SITES))
    for service in ("mail", "shop"):
        g.ci("BusinessService", service, tier=1)
        g.ci("Offering", f"use of {service}")
        g.rel(f"use of {service}", "PART_OF", service)
        for name in draw.some(names, 2):
            g.rel(service, "DEPENDS_ON", name, **({"group": "g"} if draw.chance(0.3) else {}))
        for site in draw.some(SITES, 2):
            g.ci("Person", f"{service} {site}")
            g.rel(f"{service} {site}", "USES", f"use of {service}")
            g.rel(f"{service} {site}", "LOCATED_IN", site)


def powered(seed: int) -> CompiledGraph:
    """Switches and servers with one supply or two, so that one failure breaks several ways."""
    draw, g = Ours(seed), Graph()
    by = Random(seed)
    switches = [f"sw{n}" for n in range(by.randint(2, 7))]
    servers = [f"srv{n}" for n in range(by.randint(1, 4))]
    g.ci("Ups", "ups")
    g.ci("Pdu", "p", "q", "r")
    for pdu in "pqr":
        if draw.chance(0.5):
            g.rel(pdu, "POWERED_BY", "ups")
    anchors = draw.some(switches, 2)
    for name in switches:
        g.ci("Switch", name, **({"anchor": True} if name in anchors else {}))
    g.ci("Server", *servers)
    pairs = [(a, b) for n, a in enumerate(switches) for b in switches[n + 1 :]]
    for one, other in [*draw.some(pairs, 9), *((by.choice(switches), server) for server in servers)]:
        g.cable(one, other)
    for server in draw.some(servers, 3):
        spare = by.choice(switches)
        if f"{spare}--{server}" not in g.cis:
            g.cable(spare, server)
    for name in [*switches, *servers]:
        for pdu in draw.some("pqr", 2):
            g.rel(name, "POWERED_BY", pdu, **({"group": "power"} if draw.chance(0.7) else {}))
    used_from_sites(g, draw, [*switches, *servers])
    return g.compile()


def any_rules(seed: int, size: int, kinds: tuple[str, ...] = KINDS) -> CompiledGraph:
    draw = Ours(seed)
    world = draw.world(size, wired=draw.chance(0.7), kinds=kinds)
    g = graph_of(world)
    used_from_sites(g, draw, [name for name in world.cis if "--" not in name])
    return compile_graph(g.snapshot(), words_for(SHIPPED, CATALOGUE))


def is_down(state: State, node: int) -> bool:
    graph = state.spread.graph
    return (state.service(node) if node in graph.business.user_sites else state.spread.full.get(node, 0)) == 3


def compare(graph: CompiledGraph) -> None:
    healthy = evaluate(graph, {})
    broken = {node: evaluate(graph, {node: 3}) for node in range(len(graph))}
    for node in range(len(graph)):
        wanted = {other for other, state in broken.items() if is_down(state, node)} - {node}
        if is_down(healthy, node):
            assert points_of_failure(graph, node) == frozenset()
            continue
        assert points_of_failure(graph, node) == wanted, graph.ids[node]
        sure, possible = decisive(healthy, node)
        event("anything is possible" if possible is None else "few are possible")
        assert sure - {node} <= wanted
        assert possible is None or wanted <= possible


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_in_networks_with_supplies_and_sites(seed: int) -> None:
    compare(powered(seed))


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_in_vlans_and_bundles(seed: int) -> None:
    draw = Draw(seed)
    world = draw.wired()
    g = graph_of(world)
    used_from_sites(g, draw, sorted({end for a, b, _ in world.cables for end in (a, b)}))
    compare(g.compile())


@settings(max_examples=100, deadline=None)
@given(SEEDS, SIZES)
def test_under_any_rules_and_in_circles(seed: int, size: int) -> None:
    compare(any_rules(seed, size))


@settings(max_examples=100, deadline=None)
@given(SEEDS, SIZES)
def test_in_groups_of_any_kind(seed: int, size: int) -> None:
    compare(any_rules(seed, size, SIMPLE))


def test_only_what_may_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service with a host on two switches that one supply feeds, in a network of hundreds that has no part in it."""
    g = Graph()
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "left", "right")
    g.ci("Pdu", "pdu")
    g.ci("Server", "srv")
    g.ci("BusinessService", "crm", tier=1)
    g.rel("crm", "RUNS_ON", "srv")
    for switch in ("left", "right"):
        g.rel(switch, "POWERED_BY", "pdu")
        g.cable("core", switch)
        g.cable(switch, "srv")
    for number in range(300):
        g.ci("Switch", f"other{number}")
        g.cable("core", f"other{number}")
    graph = g.compile()
    tried: list[int] = []

    def counting(graph: CompiledGraph, own: dict[int, int]) -> State:
        tried.extend(own)
        return evaluate(graph, own)

    monkeypatch.setattr("impact.points.evaluate", counting)
    found = points_of_failure(graph, graph.index["crm"])
    assert {graph.ids[node] for node in found} == {"srv", "core", "pdu"}
    assert [graph.ids[node] for node in tried] == ["pdu"]  # the others are sure
