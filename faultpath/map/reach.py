"""What is drawn around a CI: who is hurt by it, or what it stands on; what joins those; causes further away. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from cmdb.model import CiId
from faultpath.map.model import REACHED_THROUGH, Direction, Mode, Tie
from faultpath.map.scene import Scene
from impact.graph import CompiledGraph
from impact.model import Health


def reach(graph: CompiledGraph, start: int, direction: Direction) -> dict[int, int]:
    """Every CI of the answer and its distance in hops, itself included.

    Upwards: over all needs, and behind on ways of the network, redundancy ignored; what is only cut off passes on only
    that. Downwards: over all needs, and the shortest ways from the anchors.
    """
    hops = {start: 0}
    touched = {start: True}  # whether its own function is touched, not just its connection
    frontier = [start]
    distance = 0
    while frontier:
        distance += 1
        following: list[int] = []
        for node in frontier:
            for found, plain in _next(graph, node, direction, plain=touched[node]):
                if found not in hops or (plain and not touched[found]):
                    hops.setdefault(found, distance)
                    touched[found] = plain
                    following.append(found)
        frontier = following
    return hops


def _next(graph: CompiledGraph, node: int, direction: Direction, *, plain: bool) -> Iterable[tuple[int, bool]]:
    if direction is Direction.DOWN:
        yield from ((need.provider, True) for need in graph.needs[node])
        yield from ((before, True) for before in upstream(graph, node))
        return
    yield from ((after, plain) for after in (graph.dependents if plain else graph.reached_dependents)[node])
    yield from ((behind, False) for behind in graph.network.downstream(node, graph.network.anchor_levels))


def upstream(graph: CompiledGraph, node: int) -> Iterable[int]:
    """The next step back on the shortest ways from an anchor to a device or link: links before a device, and so on."""
    net, levels = graph.network, graph.network.anchor_levels
    if node in net.by_link:
        cable = net.by_link[node]
        low, high = sorted((cable.a, cable.b), key=lambda end: levels.get(end, -1))
        if low in levels and levels[low] < levels[high] and _passes(graph, low):
            yield low
        return
    for cable in net.at.get(node, ()):
        far = cable.other(node)
        if far in levels and levels[far] < levels.get(node, -1) and _passes(graph, far):
            yield cable.link


def _passes(graph: CompiledGraph, device: int) -> bool:
    """Whether ways lead through a device, or begin at it."""
    net = graph.network
    return device in net.transit or (device in net.anchors and net.anchor_levels[device] == 0)


def ties_of(scene: Scene, drawn: Sequence[CiId]) -> dict[tuple[CiId, CiId], Tie]:
    """What joins the CIs that are drawn: (dependent, needed) → its kinds, merged with their count."""
    graph, meanings = scene.graph, scene.lexicon.meanings
    here = {node: ci_id for ci_id in drawn if (node := scene.node(ci_id)) is not None}
    kinds: dict[tuple[CiId, CiId], list[str]] = {}
    for node, ci_id in here.items():
        for edge in graph.columns.out(node):
            other = here.get(edge.end)
            if other is not None and edge.type in meanings:
                pair = (ci_id, other) if meanings[edge.type] else (other, ci_id)
                kinds.setdefault(pair, []).append(edge.type)
        if node in graph.network or node in graph.network.by_link:
            for before in upstream(graph, node):
                if before in here:
                    kinds.setdefault((ci_id, here[before]), []).append(REACHED_THROUGH)
    return {pair: Tie(kinds=tuple(sorted(set(those))), count=len(those)) for pair, those in kinds.items()}


def further(scene: Scene, drawn: AbstractSet[CiId], mode: Mode) -> tuple[set[CiId], dict[tuple[CiId, CiId], Tie]]:
    """Causes of what is drawn that lie outside of it, with what joins them: by themselves, or with all on the way."""
    if mode is Mode.NONE:
        return set(), {}
    graph = scene.graph
    inside = {node for ci_id in drawn if (node := scene.node(ci_id)) is not None}
    held: dict[int, list[int]] = {}  # what holds → what is held by it, of all that lies outside or at the rim
    stack = sorted(node for node in inside if scene.health(graph.ids[node]) > Health.OK)
    seen = set(stack)
    while stack:
        at = stack.pop()
        for node in scene.holding(at):
            if node not in inside:
                held.setdefault(node, []).append(at)
                if node not in seen:
                    seen.add(node)
                    stack.append(node)
    if mode is Mode.FULL:
        ties = {(graph.ids[above], graph.ids[node]): _UNNAMED for node, those in held.items() for above in those}
        return {graph.ids[node] for node in held}, ties
    causes = [node for node in held if scene.is_cause(graph.ids[node])]
    indirect = {
        (graph.ids[above], graph.ids[cause]): Tie(kinds=(), indirect=above not in held[cause])
        for cause in sorted(causes)
        for above in _rim(cause, held, inside)
    }
    return {graph.ids[cause] for cause in causes}, indirect


_UNNAMED = Tie(kinds=(REACHED_THROUGH,))
"""For what holds without a relation: what was cut. Where there is a relation, its own kinds are taken."""


def _rim(cause: int, held: dict[int, list[int]], inside: AbstractSet[int]) -> list[int]:
    """The nearest drawn CIs that a cause holds through what is not drawn."""
    seen, frontier = {cause}, [cause]
    while frontier:
        above = [node for at in frontier for node in held.get(at, ())]
        reached = sorted({node for node in above if node in inside})
        if reached:
            return reached
        frontier = [node for node in dict.fromkeys(above) if node not in seen]
        seen.update(frontier)
    return []
