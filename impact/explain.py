"""Why something is as it is, followed all the way; each CI is visited once, whatever diamonds there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from impact.graph import CompiledGraph
from impact.propagate import Propagation
from impact.scale import Level


def responsible_for(spread: Propagation, node: int) -> frozenset[int]:
    """All that holds a CI where it is, directly or through others; not itself."""
    return frozenset(_ways(spread, node)) - {node}


def affected_by(spread: Propagation, node: int) -> frozenset[int]:
    """All that a CI helps to hold where it is."""
    dependents = spread.graph.dependents

    def onward(provider: int) -> Iterable[int]:
        return (dependent for dependent in dict.fromkeys(dependents[provider]) if provider in spread.via(dependent))

    return closure(node, onward) - {node}


def causes_of(spread: Propagation, node: int) -> frozenset[int]:
    """The ends of the way down: what holds a CI where it is and is held there by nothing else."""
    return _causes(spread, node, _ways(spread, node))


def problems_of(spread: Propagation, node: int) -> frozenset[int]:
    """Every fault below a CI, and its own, that has a part in it being no better: lesser ones too.

    What a rule asks for goes down with it: of a rule that counts what is down, only what brings its inputs down.
    """
    least: dict[int, Level] = {}
    stack = [(node, spread.graph.scale.ok + 1)]
    while stack:
        at, level = stack.pop()
        if least.get(at, level + 1) > level:
            least[at] = level
            stack += spread.shares(at, level)
    return frozenset(n for n, level in least.items() if _by_itself(spread, n) >= level)


Ways: TypeAlias = Mapping[int, Sequence[int]]


def _ways(spread: Propagation, node: int) -> Ways:
    """All that holds a CI where it is, with what holds each of those; each is asked once."""
    ways: dict[int, Sequence[int]] = {}

    def onward(at: int) -> Iterable[int]:
        ways[at] = spread.via(at)
        return ways[at]

    closure(node, onward)
    return ways


def _causes(spread: Propagation, node: int, ways: Ways) -> frozenset[int]:
    """In a circle everything is held by something: its causes are those that are as bad by themselves.

    Where none is, since they make each other worse: all that are faulty; and where none is, all of them.
    """
    order, ok = spread.graph.order, spread.graph.scale.ok
    if spread.full.get(node, 0) <= ok:
        return frozenset()
    last = [n for n, via in ways.items() if all(order.rank[v] == order.rank[n] for v in via)]
    worst = [n for n in last if not ways[n] or _by_itself(spread, n) >= spread.full.get(n, 0)]
    return frozenset(worst or [n for n in last if _by_itself(spread, n) > ok] or last)


def _by_itself(spread: Propagation, node: int) -> Level:
    return max(spread.own.get(node, 0), spread.network.get(node, 0))


def path_to_cause(spread: Propagation, node: int) -> tuple[int, ...]:
    """The shortest way from a CI down to one of its causes; by id among equals. Itself alone if it is one."""
    ways = _ways(spread, node)
    causes = _causes(spread, node, ways)
    before: dict[int, int | None] = {node: None}
    frontier = [node]
    while frontier:
        following: list[int] = []
        for at in frontier:
            if at in causes:
                return _trail(before, at)
            for provider in sorted(ways[at]):
                if provider not in before:
                    before[provider] = at
                    following.append(provider)
        frontier = following
    return (node,)


def needs_of(graph: CompiledGraph, node: int) -> frozenset[int]:
    """All that a CI needs, directly or through others; not itself."""
    return closure(node, lambda at: (need.provider for need in graph.needs[at])) - {node}


def needed_by(graph: CompiledGraph, node: int) -> frozenset[int]:
    """All that needs a CI, directly or through others, redundancy ignored; not itself."""
    return closure(node, lambda at: graph.dependents[at]) - {node}


def layers(graph: CompiledGraph) -> list[int]:
    """The longest way from a CI on which nothing depends, by node; what stands in a circle has one layer."""
    order = graph.order
    top: dict[int, int] = dict.fromkeys(order.rank, 0)
    for node in sorted(range(len(graph)), key=lambda n: -order.rank[n]):
        for need in graph.needs[node]:
            below, here = order.rank[need.provider], order.rank[node]
            if below != here:
                top[below] = max(top[below], top[here] + 1)
    return [top[order.rank[node]] for node in range(len(graph))]


def closure(start: int, onward: Callable[[int], Iterable[int]]) -> frozenset[int]:
    """A node and all that follow from it, each asked once."""
    seen, stack = {start}, [start]
    while stack:
        for found in onward(stack.pop()):
            if found not in seen:
                seen.add(found)
                stack.append(found)
    return frozenset(seen)


def _trail(before: dict[int, int | None], end: int) -> tuple[int, ...]:
    trail: list[int] = []
    at: int | None = end
    while at is not None:
        trail.append(at)
        at = before[at]
    return tuple(reversed(trail))
