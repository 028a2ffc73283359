"""The order inside of each layer, by barycentre sweeps. Pure.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981): each layer
is ordered by the mean place of what its nodes need, from the bottom up, then by that of what needs them, from the top
down, in turn. The sweeps begin with the former order, that of equals by the nodes' numbers, and what comes of them is
taken only if fewer lines cross, so that the same graph gives the same picture, and a good one is left as it is.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence

from faultpath.map.model import Cell

SWEEPS = 8


def lay_out(
    layers: Sequence[int], edges: Iterable[tuple[int, int]], former: Mapping[int, int] | None = None
) -> list[Cell]:
    """A place for each node: layers one apart, neighbours in a layer two apart, each layer about the middle.

    Args:
        layers: the layer of each node; nodes are the places in this list, in the order that settles ties.
        edges: pairs of nodes.
        former: ``x`` of an earlier picture, which seeds the order.
    """
    seed = former or {}
    rows: dict[int, list[int]] = {}
    for node in sorted(range(len(layers)), key=lambda node: (seed.get(node, 0), node)):
        rows.setdefault(layers[node], []).append(node)
    where = [0] * len(layers)
    for row in rows.values():
        _spread(row, where)
    upward = sorted({(min(edge, key=layers.__getitem__), max(edge, key=layers.__getitem__)) for edge in edges})
    best = _swept([rows[layer] for layer in sorted(rows)], upward, layers, where)
    return [Cell(layer, x) for layer, x in zip(layers, best, strict=True)]


def _swept(
    rows: Sequence[list[int]], edges: Sequence[tuple[int, int]], layers: Sequence[int], where: list[int]
) -> list[int]:
    """The places with the fewest crossings that the sweeps come by, the earliest of equals."""
    below: list[list[int]] = [[] for _ in where]
    above: list[list[int]] = [[] for _ in where]
    for low, high in edges:
        if layers[low] != layers[high]:
            below[high].append(low)
            above[low].append(high)
    best, fewest = where[:], crossings(edges, layers, where)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        up = sweep % 2 == 0
        near = below if up else above
        for row in rows if up else reversed(rows):
            centre = {node: _mean([where[n] for n in near[node]] or [where[node]]) for node in row}
            row.sort(key=centre.__getitem__)  # stable: of equals the order is the one before
            _spread(row, where)
        found = crossings(edges, layers, where)
        if found < fewest:
            best, fewest = where[:], found
    return best


def crossings(edges: Iterable[tuple[int, int]], layers: Sequence[int], where: Sequence[int]) -> int:
    """How many pairs of edges between the same two layers cross."""
    between: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for low, high in edges:
        if layers[low] != layers[high]:
            between.setdefault((layers[low], layers[high]), []).append((where[low], where[high]))
    count = 0
    for pairs in between.values():
        seen: list[int] = []
        for _, high in sorted(pairs):
            count += len(seen) - bisect_right(seen, high)
            insort(seen, high)
    return count


def _mean(places: Sequence[int]) -> float:
    return sum(places) / len(places)


def _spread(row: Sequence[int], where: list[int]) -> None:
    left = 1 - len(row)
    for place, node in enumerate(row):
        where[node] = left + 2 * place
