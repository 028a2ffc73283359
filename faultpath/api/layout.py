"""Positions of an impact map: layered, deterministic, computed once for all viewers. Pure.

Edges point from the dependent to what it needs. What needs nothing (the cause) lies in the lowest layer; a dependent
lies above all that it needs: its layer is the longest chain of needs under it, with cycles drawn in one layer. Within
a layer the order is settled by barycentre sweeps, which begin with the former order and break ties by id, so that the
same graph gives the same picture. ``x`` and ``y`` are whole numbers: neighbours in a layer are two apart, layers one;
``y`` grows downwards from the top.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

SWEEPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a node is drawn. ``layer`` counts from the cause (0) upwards."""

    layer: int
    x: int
    y: int


def place(
    nodes: Iterable[str],
    edges: Iterable[tuple[str, str]],
    *,
    top: AbstractSet[str] = frozenset(),
    former: Mapping[str, int] | None = None,
) -> dict[str, Place]:
    """Place the nodes of a map.

    Args:
        nodes: their ids.
        edges: pairs (dependent, needed); pairs with an end that is no node are left out.
        top: nodes that nothing needs, to be drawn in the topmost layer although their chain may be shorter.
        former: ``x`` of an earlier picture, which seeds the order.
    """
    ids = sorted(set(nodes))
    known = set(ids)
    pairs = sorted({(a, b) for a, b in edges if a in known and b in known and a != b})
    layers = _layers(ids, pairs)
    highest = max(layers.values(), default=0)
    needed = {b for _, b in pairs}
    layers.update({node: highest for node in ids if node in top and node not in needed})
    rows = _rows(ids, layers, former or {})
    _sweep(rows, _neighbours(pairs))
    last = len(rows) - 1
    return {
        node: Place(layer=layer, x=2 * index - (len(row) - 1), y=last - layer)
        for layer, row in enumerate(rows)
        for index, node in enumerate(row)
    }


def _layers(ids: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The longest chain of needs under each node; all nodes of a cycle share one layer."""
    needs: dict[str, list[str]] = defaultdict(list)
    for dependent, needed in pairs:
        needs[dependent].append(needed)
    component = _components(ids, needs)
    depth: dict[int, int] = {}
    members: dict[int, list[str]] = defaultdict(list)
    for node in ids:
        members[component[node]].append(node)
    # Tarjan numbers a component after all that it reaches, so in number order every need is known already
    for number in sorted(members):
        below = [depth[component[n]] for m in members[number] for n in needs[m] if component[n] != number]
        depth[number] = max(below, default=-1) + 1
    return {node: depth[component[node]] for node in ids}


def _components(ids: Sequence[str], needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Strongly connected components (Tarjan 1972, without recursion), numbered needs first."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    stack: list[str] = []
    count = 0
    for start in ids:
        if start in index:
            continue
        work = [(start, iter(needs.get(start, ())))]
        index[start] = low[start] = len(index)
        stack.append(start)
        while work:
            node, rest = work[-1]
            following = next((n for n in rest if n not in component), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    _close(node, stack, component, count)
                    count += 1
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                work.append((following, iter(needs.get(following, ()))))
            else:
                low[node] = min(low[node], index[following])
    return component


def _close(root: str, stack: list[str], component: dict[str, int], number: int) -> None:
    while True:
        node = stack.pop()
        component[node] = number
        if node == root:
            return


def _rows(ids: Sequence[str], layers: Mapping[str, int], former: Mapping[str, int]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node in sorted(ids, key=lambda node: (former.get(node, 0), node)):
        rows[layers[node]].append(node)
    return rows


def _neighbours(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    beside: dict[str, list[str]] = defaultdict(list)
    for dependent, needed in pairs:
        beside[dependent].append(needed)
        beside[needed].append(dependent)
    return beside


def _sweep(rows: list[list[str]], beside: Mapping[str, Sequence[str]]) -> None:
    """Order each layer by the mean place of its nodes' neighbours, upwards and downwards in turn."""
    where = {node: 2 * index - (len(row) - 1) for row in rows for index, node in enumerate(row)}

    def centre(node: str) -> tuple[float, str]:
        near = beside.get(node, ())
        return (sum(where[n] for n in near) / len(near) if near else where[node], node)

    for sweep in range(SWEEPS):
        before = dict(where)
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=centre)
            where.update({node: 2 * index - (len(row) - 1) for index, node in enumerate(row)})
        if where == before:
            return
