"""VLANs and bundles: what is cut off and at risk is what trying everything shows, and the cut is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import event, given, settings

from impact.arrays.ways import Ways
from impact.errors import ModelError
from impact.graph import CompiledGraph
from impact.points import cut_off_by, points_of_the_network
from impact.state import State, evaluate
from impact.wiring import vlans_of
from tests.impact.kit import Graph
from tests.impact.worlds import SEEDS, Case, Draw, levels, told


def ring(**trunks: int) -> Graph:
    """A core and three switches in a ring, a server for VLAN 10 and one for VLAN 20 at the far switch."""
    g = Graph()
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "a", "b", "c")
    g.ci("Server", "red", "blue")
    for one, other in (("core", "a"), ("a", "b"), ("b", "c"), ("core", "c")):
        if f"{one}_{other}" in trunks:
            g.cable(one, other, tagged_vlans=[trunks[f"{one}_{other}"]])
        else:
            g.cable(one, other)
    g.cable("b", "red", untagged_vlan=10)
    g.cable("b", "blue", untagged_vlan=20)
    return g


def broken(graph: CompiledGraph, *cis: str) -> State:
    return evaluate(graph, {graph.index[ci]: 3 for ci in cis})


def cut(state: State) -> dict[str, set[str]]:
    ids = state.spread.graph.ids
    return {ids[node]: {ids[one] for one in those} for node, those in state.isolated.items()}


def risk(state: State) -> dict[str, str]:
    ids = state.spread.graph.ids
    return {ids[node]: ids[by] for node, by in state.narrowed.items()}


def test_a_ring_whose_other_side_does_not_carry_a_vlan_loses_that_vlan_only() -> None:
    graph = ring(core_c=10).compile()
    state = broken(graph, "a--b")
    assert cut(state) == {"blue": {"a--b"}}
    assert risk(state).keys() == {"red", "a", "b", "c"}
    assert cut(broken(ring().compile(), "a--b")) == {}
    # VLAN 20 had one way only: breaking the other side takes none of its redundancy
    assert "blue" not in risk(broken(graph, "b--c"))


def test_what_is_broken_behind_an_island_cuts_nothing_off() -> None:
    g = ring()
    g.ci("Switch", "leaf")
    g.cable("a", "leaf")
    state = broken(g.compile(), "core--a", "a--b", "leaf")
    assert cut(state) == {"a": {"core--a", "a--b"}}


def test_two_faults_are_named_where_they_border_the_island_of_the_vlan() -> None:
    graph = ring(core_c=10).compile()
    state = broken(graph, "core--a", "b--c")
    assert cut(state)["blue"] == {"core--a"}  # b--c leads nowhere for it: core--c does not carry VLAN 20
    assert cut(state)["red"] == {"core--a", "b--c"}


def test_a_device_that_lives_in_two_vlans_is_reached_by_either() -> None:
    g = ring(core_c=10, core_a=20)
    g.ci("Server", "both", vlans=[10, 20])
    g.ci("Server", "one", vlans=[20])
    g.cable("b", "both")
    g.cable("b", "one")
    graph = g.compile()
    state = broken(graph, "core--a")
    assert set(cut(state)) == {"blue", "one"}
    assert "both" in risk(state)


def test_ports_of_a_bundle_carry_what_the_bundle_states() -> None:
    g = ring()
    g.ci("Switch", "edge")
    g.ci("Server", "host")
    for number in range(2):
        g.cable("a", "edge", f"l{number}")
    g.cable("edge", "host", untagged_vlan=20)
    g.bundle("po1", "a", ["l0", "l1"])
    g.cis["po1"] = replace(g.cis["po1"], attributes={"tagged_vlans": [10]})
    assert "host" not in cut(broken(g.compile(), "core"))  # it was never reached: the bundle carries VLAN 10 alone
    g.cis["po1"] = replace(g.cis["po1"], attributes={"tagged_vlans": [10, 20]})
    assert "host" in cut(broken(g.compile(), "core"))


def test_unknown_topology_counts_as_reachable() -> None:
    """Who was never reached in the VLANs that are stated is not said to be cut off."""
    g = ring(core_a=10, core_c=10)
    graph = g.compile()
    assert cut(broken(graph, "b")).keys() == {"red"}
    g = Graph()
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "a")
    g.cable("core", "a", tagged_vlans=["no vlan"])  # cannot be read: carries all
    g.ci("Server", "srv", vlans=[7])
    g.cable("a", "srv")
    assert cut(broken(g.compile(), "core--a")) == {"a": {"core--a"}, "srv": {"core--a"}}


def bundled(count: int, least: int) -> CompiledGraph:
    g = Graph()
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "sw")
    g.ci("Server", "srv")
    for number in range(count):
        g.cable("core", "sw", f"l{number}")
    g.cable("sw", "srv")
    g.bundle("po1", "core", [f"l{number}" for number in range(count)], least)
    return g.compile()


def test_a_link_of_a_bundle_takes_capacity_and_not_reach() -> None:
    graph = bundled(4, 1)
    state = broken(graph, "l0", "l1")
    assert (cut(state), risk(state)) == ({}, {})
    assert state.spread.full == {graph.index["l0"]: 3, graph.index["l1"]: 3, graph.index["po1"]: 1}
    (count,) = state.bundles.values()
    assert (count.up, count.members, count.needs) == (2, 4, 1)
    assert risk(broken(graph, "l0", "l1", "l2")) == {"sw": "l3", "srv": "l3"}


def test_a_bundle_with_too_few_links_carries_nothing_and_what_broke_is_named() -> None:
    graph = bundled(4, 3)
    tight = broken(graph, "l0")
    assert cut(tight) == {}
    assert risk(tight).keys() == {"sw", "srv"}  # any other link would take all with it
    state = broken(graph, "l0", "l1")
    assert cut(state) == {"sw": {"l0", "l1"}, "srv": {"l0", "l1"}}
    assert state.health(graph.index["po1"]) == 3
    assert state.health(graph.index["l2"]) == 0  # it carries nothing, and is not broken


def test_a_server_on_a_pair_of_switches_needs_as_many_links_as_it_says() -> None:
    g = Graph()
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "left", "right")
    g.ci("Server", "srv")
    for switch in ("left", "right"):
        g.cable("core", switch)
        g.cable(switch, "srv")
    one, both = g.compile(), g
    both.bundle("bond0", "srv", ["left--srv", "right--srv"], 2)
    assert cut(broken(one, "left")) == {}
    assert cut(broken(both.compile(), "left")) == {"srv": {"left"}}
    assert cut(broken(both.compile(), "right--srv")) == {"srv": {"right--srv"}}


@pytest.mark.parametrize("said", [10, ["ten"], [0], [4095], ["20-10"], [True], [None]])
def test_what_is_no_vlan_is_refused(said: object) -> None:
    with pytest.raises(ModelError, match=r"tagged_vlans: .* (VLAN|VLANs)"):
        vlans_of(said, "tagged_vlans")


def test_vlans_are_numbers_ranges_or_all() -> None:
    assert vlans_of([10, "20-22", "7"]) == frozenset({7, 10, 20, 21, 22})
    assert vlans_of(["all"]) is None
    assert vlans_of(["1-4094"]) is None


@settings(max_examples=400, deadline=None)
@given(SEEDS)
def test_networks_are_what_the_naive_evaluator_says(seed: int) -> None:
    draw = Draw(seed)
    case = Case(world=draw.wired(), broken={}, maintained=frozenset())
    parts = sorted({part for cable in case.world.cables for part in cable})
    case = replace(case, broken=dict.fromkeys(draw.some(parts, 3), "down"))
    graph, wanted = case.compiled(), case.truth()
    state = evaluate(graph, levels(graph, case.broken))
    event("links are held back" if graph.network.bundles.held_back(state.failed) else "none is held back")
    event("in VLANs" if len(graph.network.layers) > 1 else "without VLANs")
    event("narrowed" if state.narrowed else "not narrowed")
    found = state.isolated.keys() | state.narrowed.keys() | state.bundles.keys()
    assert {graph.ids[node] for node in found} == wanted.network.keys()
    assert told(state.spread.full, graph, case.world) == wanted.full
    for device, those in state.isolated.items():
        assert state.failed.issuperset(those)
        # nothing but the cut is in the way: with all else as it was built, it is cut off still
        assert device in graph.network.broken(frozenset(those)).lost
    for node in state.failed:
        assert state.isolated.keys() <= graph.cone(node) or len(state.failed) > 1


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_what_a_point_of_failure_cuts_off_is_what_removing_it_shows(seed: int) -> None:
    case = Case(world=Draw(seed).wired(), broken={}, maintained=frozenset())
    graph, naive = case.compiled(), case.truth()
    parts = {part for cable in case.world.cables for part in cable}
    devices = naive.reached(set()) & {end for a, b, _ in case.world.cables for end in (a, b)}
    lost = {part: len(devices - naive.reached({part}) - {part}) for part in parts}
    assert dict(points_of_the_network(graph)) == {part: count for part, count in lost.items() if count}
    assert {part: cut_off_by(graph, part) for part in parts} == lost


def test_the_points_that_cut_off_most_come_first() -> None:
    g = ring()
    g.ci("Switch", "leaf")
    g.cable("a", "leaf")
    g.cable("leaf", "core2")
    g.ci("Server", "core2")
    found = points_of_the_network(g.compile())
    assert found[0] == ("core", 7)
    assert found[1:4] == [("a", 2), ("a--leaf", 2), ("b", 2)]
    assert cut_off_by(g.compile(), "nobody") == 0


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_arrays_say_what_the_engine_says(seed: int) -> None:
    draw = Draw(seed)
    world = draw.wired()
    net = Case(world=world, broken={}, maintained=frozenset()).compiled().network
    ways, everything = Ways(net), sorted(net.at.keys() | net.by_link.keys())
    for _ in range(8):
        gone = frozenset(draw.by.sample(everything, draw.by.randint(1, 3)))
        found = net.broken(gone)
        assert ways.isolated(gone) == found.lost
        assert ways.narrowed(gone) == sorted(found.narrowed())
        assert ways.counts(gone) == found.counts()
