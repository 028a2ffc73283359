"""The order inside of each layer, by barycentre sweeps. Pure.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981): each layer
is ordered by the mean place of its nodes' neighbours, upwards and downwards in turn. The sweeps begin with the former
order, that of equals by the nodes' numbers, and change it only where it matters, so that the same graph gives the same
picture.
"""

from __future__ import annotations

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
    _sweep([rows[layer] for layer in sorted(rows)], _beside(len(layers), edges), where)
    return [Cell(layer, x) for layer, x in zip(layers, where, strict=True)]


def _beside(count: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    beside: list[list[int]] = [[] for _ in range(count)]
    for one, other in sorted(set(edges)):
        beside[one].append(other)
        beside[other].append(one)
    return beside


def _sweep(rows: list[list[int]], beside: Sequence[Sequence[int]], where: list[int]) -> None:
    def centre(node: int) -> float:
        near = beside[node]
        return sum(where[n] for n in near) / len(near) if near else where[node]

    for sweep in range(SWEEPS):
        before = where[:]
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=centre)  # stable: of equals the order is the one before
            _spread(row, where)
        if where == before:
            return


def _spread(row: Sequence[int], where: list[int]) -> None:
    left = 1 - len(row)
    for place, node in enumerate(row):
        where[node] = left + 2 * place
