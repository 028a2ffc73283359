"""The array graph says what `impact.propagate` says, on random estates with everything in them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import numpy as np
import pytest

from impact.arrays.build import ArrayGraph, build
from impact.arrays.evaluate import Evaluation
from impact.arrays.parts import parts_of
from impact.arrays.reach import Reach
from impact.graph import CompiledGraph
from impact.propagate import Propagation
from impact.scale import OUTSIDE, Level
from tests.impact.random_estates import estate

SEEDS = range(300)


def settled(
    graph: CompiledGraph, own: Mapping[int, Level], network: Mapping[int, Level], maintained: Iterable[int]
) -> Propagation:
    """The scalar engine with every CI worked out: it leaves out those that nothing touched."""
    spread = Propagation(graph)
    spread.add(own, network, maintained)
    spread._settle(range(len(graph.cis)))
    return spread


def states(draw: random.Random, count: int, *, unknown: bool) -> dict[int, Level]:
    levels = [1, 2, 3, 3, *([OUTSIDE] if unknown else [])]
    return {node: draw.choice(levels) for node in draw.sample(range(count), draw.randint(0, min(4, count)))}


def at_places(arrays: ArrayGraph, levels: Mapping[int, Level]) -> dict[int, Level]:
    return {int(arrays.place[node]): level for node, level in levels.items()}


def levels_of(arrays: ArrayGraph, evaluation: Evaluation) -> dict[int, Level]:
    """By number, those that are not ok."""
    levels = evaluation.levels(arrays.place).tolist()
    return {node: level for node, level in enumerate(levels) if level}


def blames(arrays: ArrayGraph, evaluation: Evaluation) -> dict[int, set[int]]:
    found = evaluation.blame(arrays.place)
    via: dict[int, set[int]] = {}
    for node, provider in zip(found.of.tolist(), arrays.number[found.provider].tolist(), strict=True):
        via.setdefault(node, set()).add(provider)
    return via


class Moment:
    """A random estate in a random state, in both engines."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        circles = seed % 2 == 1
        self.draw = draw
        self.graph = estate(draw, circles=circles)
        self.arrays = build(parts_of(self.graph))
        count = len(self.graph.cis)
        self.own = states(draw, count, unknown=not circles)
        self.network = states(draw, count, unknown=False) if draw.random() < 0.5 else {}
        self.maintained = draw.sample(range(count), draw.randint(0, 2)) if draw.random() < 0.5 else []
        self.expected = settled(self.graph, self.own, self.network, self.maintained)

    def given(self) -> tuple[dict[int, Level], dict[int, Level], list[int]]:
        places = [int(self.arrays.place[node]) for node in self.maintained]
        return at_places(self.arrays, self.own), at_places(self.arrays, self.network), places

    def check(self, evaluation: Evaluation) -> None:
        assert levels_of(self.arrays, evaluation) == self.expected.full
        plain = evaluation.plain.take(self.arrays.place) & 31
        assert {n: int(code) - 1 if code > 1 else -1 for n, code in enumerate(plain) if code} == self.expected.plain
        expected = {node: set(self.expected.via(node)) for node in range(len(self.graph.cis))}
        assert blames(self.arrays, evaluation) == {node: via for node, via in expected.items() if via}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_is_settled_as_the_scalar_engine_settles_it(seed: int) -> None:
    moment = Moment(seed)
    evaluation = Evaluation(moment.arrays)
    assert levels_of(moment.arrays, evaluation) == settled(moment.graph, {}, {}, ()).full
    evaluation.put(*moment.given())
    moment.check(evaluation)
    evaluation.recompute()
    moment.check(evaluation)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trial_changes_what_it_says_and_leaves_nothing(seed: int) -> None:
    moment = Moment(seed)
    evaluation = Evaluation(moment.arrays)
    calm = levels_of(moment.arrays, evaluation)
    for _ in range(2):
        graded = evaluation.trial(*moment.given())
        found = calm | dict(zip(moment.arrays.number[graded.places].tolist(), graded.levels.tolist(), strict=True))
        assert {node: level for node, level in found.items() if level} == moment.expected.full
        assert levels_of(moment.arrays, evaluation) == calm
        assert not evaluation.own.any()
        assert not evaluation.network.any()
        assert not (evaluation.plain & 32).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_maintenance_and_faults_that_end_leave_what_was_before(seed: int) -> None:
    moment = Moment(seed)
    evaluation = Evaluation(moment.arrays)
    calm = levels_of(moment.arrays, evaluation)
    own, network, maintained = moment.given()
    evaluation.put(own, network, maintained)
    evaluation.put(dict.fromkeys(own, 0), dict.fromkeys(network, 0))
    evaluation.end_maintenance(maintained)
    assert levels_of(moment.arrays, evaluation) == calm


@pytest.mark.parametrize("seed", range(40))
def test_a_cone_is_all_that_is_above(seed: int) -> None:
    moment = Moment(seed)
    reach = Reach(moment.arrays)
    dependents = moment.graph.dependents
    for node in range(len(moment.graph.cis)):
        above, stack = {node}, [node]
        while stack:
            for after in dependents[stack.pop()]:
                if after not in above:
                    above.add(after)
                    stack.append(after)
        cone = reach.cone(np.array([moment.arrays.place[node]]))
        assert sorted(moment.arrays.number[cone].tolist()) == sorted(above)
