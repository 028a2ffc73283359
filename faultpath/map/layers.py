"""How high each CI stands: the longest chain of needs under it, people and services on top. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from impact.order import Components


def layers_of(
    nodes: Collection[str], edges: Iterable[tuple[str, str]], bands: Mapping[str, int] | None = None
) -> dict[str, int]:
    """The layer of each node, from 0 at the bottom; nodes of a cycle share one.

    Args:
        nodes: their ids.
        edges: pairs (dependent, needed); pairs with an end that is no node are left out.
        bands: nodes that are lifted as far as what needs them allows, those of the least number to the top.
    """
    ids = sorted(nodes)
    at = {node: place for place, node in enumerate(ids)}
    needs: list[list[int]] = [[] for _ in ids]
    for dependent, needed in edges:
        if dependent in at and needed in at and dependent != needed:
            needs[at[dependent]].append(at[needed])
    rank = Components(needs).rank
    depth = [0] * (max(rank, default=-1) + 1)
    by_rank = sorted(range(len(ids)), key=rank.__getitem__)
    for place in by_rank:
        for provider in needs[place]:
            if rank[provider] != rank[place]:
                depth[rank[place]] = max(depth[rank[place]], depth[rank[provider]] + 1)
    if bands:
        _lift(depth, rank, needs, {at[node]: band for node, band in bands.items() if node in at})
    return {node: depth[rank[at[node]]] for node in ids}


def _lift(depth: list[int], rank: list[int], needs: list[list[int]], bands: Mapping[int, int]) -> None:
    """Raise what is in a band to its row, or to just below what needs it; a circle only if all of it is in bands."""
    top = max(depth, default=0)
    row = {band: place for place, band in enumerate(sorted(set(bands.values())))}
    room = [top] * len(depth)
    banded = [True] * len(depth)
    for node, its_rank in enumerate(rank):
        if node in bands:
            room[its_rank] = min(room[its_rank], top - row[bands[node]])
        else:
            banded[its_rank] = False
    dependents: list[set[int]] = [set() for _ in depth]
    for node, needed in enumerate(needs):
        for one in needed:
            if rank[one] != rank[node]:
                dependents[rank[one]].add(rank[node])
    for here in range(len(depth) - 1, -1, -1):  # dependents stand at higher ranks
        if banded[here]:
            highest = min((depth[above] - 1 for above in dependents[here]), default=top)
            depth[here] = max(depth[here], min(room[here], highest))
