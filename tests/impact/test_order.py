"""How often the engine looks: each CI once whatever diamonds there are, at any depth, and without transient values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from impact.explain import affected_by, causes_of, path_to_cause, responsible_for
from impact.graph import CompiledGraph
from impact.propagate import Propagation
from impact.scale import Level
from tests.impact.kit import Graph

DOWN = 3


class Counting(Propagation):
    """Counts how often each CI was worked out and changed, was asked for what holds it, and each need was looked at."""

    def __init__(self, graph: CompiledGraph) -> None:
        self.worked = Counter[int]()
        self.changed = Counter[int]()
        self.asked = Counter[int]()
        self.looked = Counter[tuple[int, int]]()
        super().__init__(graph)

    def _work_out(self, node: int) -> bool:
        self.worked[node] += 1
        return super()._work_out(node)

    def _keep(self, node: int, plain: Level, full: Level) -> bool:
        changed = super()._keep(node, plain, full)
        self.changed[node] += changed
        return changed

    def via(self, node: int) -> tuple[int, ...]:
        self.asked[node] += 1
        found = super().via(node)
        self.looked.update((node, provider) for provider in found)
        return found


def ladder(rungs: int) -> CompiledGraph:
    """Diamonds on top of each other: each top needs a left and a right, both need the next top."""
    g = Graph()
    for n in range(rungs):
        g.ci("Application", f"{n:04}-left", f"{n:04}-right", f"{n:04}-top")
        g.rel(f"{n:04}-top", "DEPENDS_ON", f"{n:04}-left", f"{n:04}-right")
    for n in range(rungs - 1):
        g.rel(f"{n:04}-left", "DEPENDS_ON", f"{n + 1:04}-top")
        g.rel(f"{n:04}-right", "DEPENDS_ON", f"{n + 1:04}-top")
    return g.compile()


def broken_at_the_end(rungs: int) -> tuple[Counting, int]:
    """Both of the last rung are down; and the top of the first."""
    graph = ladder(rungs)
    spread = Counting(graph)
    spread.add({graph.index[f"{rungs - 1:04}-{side}"]: DOWN for side in ("left", "right")})
    return spread, graph.index["0000-top"]


def layered(layers: int, wide: int) -> CompiledGraph:
    """Each CI needs two of the layer below and one of any below: ways of different length come together."""
    draw, g = Random(1), Graph()
    for layer in range(layers):
        for n in range(wide):
            g.ci("Application", f"{layer}-{n}")
            if layer:
                one, two, three = draw.sample(range(wide), 3)
                far = f"{draw.randrange(layer)}-{three}"
                g.rel(f"{layer}-{n}", "DEPENDS_ON", f"{layer - 1}-{one}", f"{layer - 1}-{two}", far)
    return g.compile()


def test_each_ci_is_worked_out_once_per_settling() -> None:
    spread, top = broken_at_the_end(20)
    assert set(spread.worked.values()) == {1}
    assert len(spread.worked) == spread.visited == 60
    assert spread.full[top] == DOWN


@pytest.mark.parametrize("ask", [responsible_for, causes_of, path_to_cause])
def test_each_ci_and_each_relation_of_a_ladder_is_looked_at_once(
    ask: Callable[[Propagation, int], frozenset[int] | tuple[int, ...]],
) -> None:
    spread, top = broken_at_the_end(20)
    found = ask(spread, top)
    assert len(spread.asked) == 60
    assert set(spread.asked.values()) == {1}
    assert len(spread.looked) == 20 * 2 + 19 * 2
    assert set(spread.looked.values()) == {1}
    ends = {spread.graph.index[f"0019-{side}"] for side in ("left", "right")}
    if ask is responsible_for:
        assert len(found) == 59
    elif ask is causes_of:
        assert frozenset(found) == ends
    else:
        assert isinstance(found, tuple)
        assert len(found) == 40
        assert found[-1] == spread.graph.index["0019-left"]


def test_a_thousand_rungs_are_not_too_deep() -> None:
    spread, top = broken_at_the_end(1000)
    assert spread.visited == 3000
    assert len(responsible_for(spread, top)) == 2999
    assert len(causes_of(spread, top)) == 2
    assert len(path_to_cause(spread, top)) == 2000
    assert len(affected_by(spread, spread.graph.index["0999-left"])) == 2998


def test_a_chain_has_no_limit_of_depth() -> None:
    g, length = Graph(), 50_000
    g.ci("Application", *(f"{n:05}" for n in range(length + 1)))
    for n in range(length):
        g.rel(f"{n:05}", "DEPENDS_ON", f"{n + 1:05}")
    graph = g.compile()
    spread = Propagation(graph)
    spread.add({graph.index[f"{length:05}"]: DOWN})
    assert spread.visited == len(spread.full) == length + 1
    assert len(path_to_cause(spread, graph.index["00000"])) == length + 1
    assert graph.refusal(0, spread.own) is None


def test_a_storm_shows_no_transient_value() -> None:
    graph = layered(10, 1000)
    spread, draw = Counting(graph), Random(2)
    for level in (DOWN, 1, 2, 0):
        before = dict(spread.full)
        spread.changed.clear()
        spread.worked.clear()
        moved = spread.put({node: level for node in draw.sample(range(10_000), 100) if level})
        changed = {node for node, times in spread.changed.items() if times}
        assert moved == changed == {n for n in range(10_000) if before.get(n, 0) != spread.full.get(n, 0)}
        assert max(spread.changed.values()) == 1
        assert max(spread.worked.values()) == 1


def test_a_large_circle_is_worked_out_without_looking_at_all_of_it_again_and_again() -> None:
    g, length = Graph(), 20_000
    g.ci("Application", *(f"{n:05}" for n in range(length)))
    for n in range(length):
        g.rel(f"{n:05}", "DEPENDS_ON", f"{(n + 1) % length:05}")
    graph = g.compile()
    spread = Propagation(graph)
    spread.add({0: DOWN})
    assert len(spread.full) == length
    assert spread.visited <= 4 * length
    assert causes_of(spread, 1) == {0}
