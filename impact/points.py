"""What a CI hangs by: every other whose failure alone brings it down, and the cheapest redundancy that would remove it.

`impact.decisive` says what surely does and what may; only what may is tried, one evaluation each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from impact.decisive import decisive
from impact.explain import closure
from impact.graph import CompiledGraph
from impact.state import State, evaluate
from impact.whatif import path_down


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfFailure:
    """A CI whose failure alone brings a service down.

    ``path`` leads from the service to it. ``double``: the fewest needs, as (dependent, provider), beside which a second
    provider would have to stand so that the service survives; empty where only another way of the network would help.
    """

    ci_id: str
    path: tuple[str, ...]
    double: tuple[tuple[str, str], ...]


def points_of_the_network(graph: CompiledGraph) -> list[tuple[str, int]]:
    """Each device and link that is the only way to others, with how many it would cut off; the gravest first."""
    cuts = graph.network.as_built.cuts.items()
    found = [(graph.ids[node], count, graph.name(node)) for node, count in cuts]
    return [(ci_id, count) for ci_id, count, _ in sorted(found, key=lambda one: (-one[1], one[2], one[0]))]


def cut_off_by(graph: CompiledGraph, ci_id: str) -> int:
    """How many devices a CI's failure alone would cut off from all anchors; 0 for one that the graph has not."""
    node = graph.index.get(ci_id)
    return 0 if node is None else graph.network.as_built.cuts.get(node, 0)


def points_of_failure(graph: CompiledGraph, node: int) -> frozenset[int]:
    """The CIs whose failure alone brings this one down (a service: for all of its users)."""
    healthy = evaluate(graph, {})
    if _is_down(healthy, node):
        return frozenset()  # by a rule, not by a failure
    sure, possible = decisive(healthy, node)
    tried = (_everything(graph, node) if possible is None else possible) - sure
    return sure.union(other for other in tried if _is_down(_broken(graph, other), node)) - {node}


def explained_points_of_failure(graph: CompiledGraph, ci_id: str) -> tuple[PointOfFailure, ...]:
    """The points of failure of a CI with the way to each and the cheapest redundancy, the nearest first.

    Raises:
        KeyError: the graph has no such CI.
    """
    node = graph.index[ci_id]
    found = [
        PointOfFailure(
            ci_id=graph.ids[other],
            path=tuple(graph.ids[at] for at in path_down(state, node)),
            double=tuple((graph.ids[d], graph.ids[p]) for d, p in _fewest_to_double(state, node, other)),
        )
        for other in points_of_failure(graph, node)
        for state in [_broken(graph, other)]
    ]
    return tuple(sorted(found, key=lambda point: (len(point.path), graph.name(graph.index[point.ci_id]), point.ci_id)))


def _broken(graph: CompiledGraph, node: int) -> State:
    return evaluate(graph, {node: graph.scale.worst})


def _is_down(state: State, node: int) -> bool:
    graph = state.spread.graph
    shown = state.service(node) if node in graph.business.user_sites else state.spread.full.get(node, 0)
    return shown == graph.scale.worst


def _everything(graph: CompiledGraph, node: int) -> frozenset[int]:
    """What it stands on, the ways to that, and what those need in their turn."""
    found = graph.scope(node)
    net = graph.network
    if graph.business.user_sites.get(node) or any(one in net or one in net.bundles.ports for one in found):
        return found.union(*map(graph.scope, net.ways))
    return found


def _fewest_to_double(state: State, node: int, cause: int) -> list[tuple[int, int]]:
    """The smallest set of needs without which the failure would not reach a CI: a minimum cut of unit capacities.

    After Menger; found by augmenting paths over the needs that are held to account.
    """
    spread = state.spread
    onward = {at: spread.via(at) for at in closure(node, spread.via)}
    if cause not in onward:
        return []
    flow: set[tuple[int, int]] = set()
    while way := _augmenting(onward, flow, node, cause):
        for start, end in pairwise(way):
            if (end, start) in flow:
                flow.discard((end, start))
            else:
                flow.add((start, end))
    # of all smallest cuts the one next to the cause: what fails is what a second one is bought of
    upward: dict[int, tuple[int, ...]] = {}
    for start, ends in onward.items():
        for end in ends:
            upward[end] = (*upward.get(end, ()), start)
    side = _reached(upward, {(end, start) for start, end in flow}, cause)
    return sorted((start, end) for end in side for start in upward.get(end, ()) if start not in side)


def _augmenting(onward: Mapping[int, tuple[int, ...]], flow: set[tuple[int, int]], start: int, end: int) -> list[int]:
    before = _reached(onward, flow, start)
    if end not in before:
        return []
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


def _reached(onward: Mapping[int, tuple[int, ...]], flow: set[tuple[int, int]], start: int) -> dict[int, int]:
    """What is left to reach, with the node before each; a need that carries flow can only be gone back."""
    back: dict[int, list[int]] = {}
    for one, other in flow:
        back.setdefault(other, []).append(one)
    before, queue = {start: start}, deque([start])
    while queue:
        at = queue.popleft()
        free = [provider for provider in onward.get(at, ()) if (at, provider) not in flow]
        for found in (*free, *back.get(at, ())):
            if found not in before:
                before[found] = at
                queue.append(found)
    return before
