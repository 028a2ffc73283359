"""The engine says of random graphs what a naive evaluator says of them: any scale, policy, rule, circle and network."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from impact.propagate import Propagation
from impact.rule_reading import rule_of
from impact.rules import Input
from impact.scale import EXCLUDED, OUTSIDE, SHIPPED, Policy
from impact.state import evaluate
from tests.impact.oracle import Oracle
from tests.impact.oracle_words import SILENT, In
from tests.impact.worlds import NAMES, SEEDS, SIZES, Draw, levels, nodes, profile_of, told


@settings(max_examples=1000, deadline=None)
@given(SEEDS, SIZES)
def test_the_engine_says_what_the_naive_evaluator_says(seed: int, size: int) -> None:
    case = Draw(seed).case(size)
    world, graph, wanted = case.world, case.compiled(), case.truth()
    state = evaluate(graph, levels(graph, case.broken), maintained=nodes(graph, case.maintained))
    event("with a circle" if any(wanted.circles.values()) else "without a circle")
    event("with a refused circle" if any(map(wanted.refused, world.cis)) else "all worked out")
    event("with network effects" if any(wanted.network.values()) else "no network effect")
    assert told(state.spread.plain, graph, world) == wanted.plain
    assert told(state.spread.full, graph, world) == wanted.full
    assert {graph.ids[node] for node in state.spread.in_maintenance()} == wanted.in_maintenance()
    for ci in world.cis:
        assert wanted.is_loop(ci, graph.refusal(graph.index[ci], state.spread.own)), ci


@settings(max_examples=3000, deadline=None)
@given(SEEDS, SIZES)
def test_a_rule_says_of_any_inputs_what_the_naive_evaluator_says(seed: int, size: int) -> None:
    """More inputs of each kind than a small graph brings together: unknown, ignored, in maintenance, half shares."""
    draw = Draw(seed)
    world = draw.world(1)
    profile, naive = profile_of(world), Oracle(world, {})
    spec = draw.rule(world.scale, NAMES[:size])
    levels_ = [draw.one([*range(profile.scale.worst + 1)] * 2 + [OUTSIDE, EXCLUDED]) for _ in range(size)]
    inputs = [
        Input(level=level, weight=draw.by.randint(0, 3), names=(NAMES[at],), maintained=draw.chance(0.15))
        for at, level in enumerate(levels_)
    ]
    wanted = naive.rule(spec, [_as_read(one) for one in inputs])
    found = rule_of(spec, profile, "rule").level(inputs)
    assert found == (None if wanted == SILENT else OUTSIDE if wanted is None else wanted)


@pytest.mark.parametrize(("how", "fires"), [("exact", False), ("floor", False), ("nearest", True)])
def test_half_a_percent_is_rounded_up_where_shares_are_rounded_to_the_nearest(how: str, fires: bool) -> None:
    profile = replace(SHIPPED, policy=Policy(percent=how))
    rule = rule_of({"rule": "at_least", "percent": 13, "limit": "down", "result": "down"}, profile, "rule")
    assert (rule.level([Input(level=3), *[Input(level=0)] * 7]) == 3) is fires  # 12.5 %


def _as_read(one: Input) -> In:
    return In(
        level=one.level if one.level >= 0 else None,
        weight=Fraction(one.weight),
        name=one.names[0],
        ignored=one.level == EXCLUDED,
        maintained=one.maintained,
        drops=None,
    )


@settings(max_examples=600, deadline=None)
@given(SEEDS, st.integers(4, 12))
def test_what_is_cut_off_or_hangs_on_one_thing_is_what_removing_each_thing_shows(seed: int, size: int) -> None:
    """Single points of failure by taking each device and link away, instead of dominators."""
    draw = Draw(seed)
    case = draw.case(size, wired=True, kinds=("worst", "k_of_n"))
    cables = sorted({part for cable in case.world.cables for part in cable})
    worst = case.world.scale["levels"][-1]
    case = replace(case, broken=dict.fromkeys(draw.some(cables, 3), worst))
    graph, wanted = case.compiled(), case.truth()
    state = evaluate(graph, levels(graph, case.broken), maintained=nodes(graph, case.maintained))
    found = state.isolated.keys() | state.narrowed.keys() | state.bundles.keys()
    event("in VLANs" if len(graph.network.layers) > 1 else "without VLANs")
    event("links are held back" if graph.network.bundles.held_back(state.failed) else "none is held back")
    event("something is cut off" if state.isolated else "nothing is cut off")
    event("something hangs on one thing" if state.narrowed else "nothing hangs on one thing")
    assert {graph.ids[node] for node in found} == wanted.network.keys()
    assert told(state.spread.full, graph, case.world) == wanted.full


@settings(max_examples=500, deadline=None)
@given(SEEDS, SIZES)
def test_growing_and_changing_gives_what_a_fresh_evaluation_gives(seed: int, size: int) -> None:
    draw = Draw(seed)
    case = draw.case(size)
    graph = case.compiled()
    network = dict.fromkeys(draw.some(range(len(graph.ids)), 2), graph.scale.worst)
    grown = Propagation(graph)
    grown.add(levels(graph, case.broken), network, nodes(graph, case.maintained))
    for _ in range(5):
        wanted, under = levels(graph, draw.faults(case.world)), nodes(graph, draw.maintained(case.world))
        before = dict(grown.full)
        moved = grown.put(wanted, under)
        ends = before.keys() | grown.full.keys()
        assert moved == {node for node in ends if before.get(node, 0) != grown.full.get(node, 0)}
        if draw.chance(0.5):
            grown.add(levels(graph, draw.faults(case.world)))
        fresh = Propagation(graph)
        fresh.add(grown.own, network, under)
        assert (grown.plain, grown.full) == (fresh.plain, fresh.full)
