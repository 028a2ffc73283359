"""Layers: the longest way down from a CI over what it needs. All of one layer can be worked out at once.

What needs itself in a circle stands in one layer, and the circle counts as one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from impact.order import Components, Order
from impact.rows import Array, Ints, rows_of, tabled


def layers_of(count: int, dependent: Array, provider: Array) -> tuple[Ints, list[tuple[int, ...]]]:
    """The layer of each CI, shape (count,), and the circles, each sorted."""
    layer = _peel(count, dependent, provider)
    rest = layer < 0
    if not rest.any():
        return layer, []
    circles = _circles(count, dependent, provider, rest)
    whole = np.arange(count)
    for circle in circles:
        whole[list(circle)] = circle[0]
    low, high = whole.take(provider), whole.take(dependent)
    apart = low != high
    layer = _peel(count, high[apart], low[apart])
    return layer.take(whole), circles


def order_of(count: int, dependent: Array, provider: Array, providers: Callable[[int], Iterable[int]]) -> Order:
    """The order in which to work out the CIs: layer by layer, each with a rank of its own, a circle with one."""
    layer, circles = layers_of(count, dependent, provider)
    rank = np.empty(count, np.int32)
    rank[np.argsort(layer, kind="stable")] = np.arange(count, dtype=np.int32)
    for circle in circles:
        rank[list(circle)] = rank[circle[0]]
    found = array("i", rank.tobytes())
    return Order(found, {found[circle[0]]: circle for circle in circles}, providers)


def _peel(count: int, dependent: Array, provider: Array) -> Ints:
    """Layers by taking away, again and again, those of whose providers none is left; -1 for what never comes free."""
    starts, after = tabled(provider, dependent, count)
    waiting = np.bincount(dependent, minlength=count)
    layer = np.full(count, -1, np.intp)
    free: Array = np.flatnonzero(waiting == 0)
    depth = 0
    while free.size:
        layer[free] = depth
        places, _ = rows_of(starts, free)
        reached = after.take(places)
        np.subtract.at(waiting, reached, 1)
        free = _unique(reached[waiting.take(reached) == 0], waiting)
        depth += 1
    return layer


def _unique(nodes: Array, scratch: Array) -> Array:
    """Each node once. ``scratch`` at these nodes is used, and left at 0."""
    own = np.arange(nodes.size)
    scratch[nodes] = own
    found: Array = nodes[scratch.take(nodes) == own]
    scratch[found] = 0
    return found


def _circles(count: int, dependent: Array, provider: Array, rest: Array) -> list[tuple[int, ...]]:
    """The circles among the rest. What only leads away from them is taken off first, so that few are walked singly."""
    inner = rest.take(dependent) & rest.take(provider)
    low, high = provider[inner], dependent[inner]
    core = rest & (_peel(count, low, high) < 0)
    nodes = np.flatnonzero(core)
    inner = core.take(high) & core.take(low)
    number = np.zeros(count, np.intp)
    number[nodes] = np.arange(nodes.size)
    order = Components(_lists(number[high[inner]], number[low[inner]], nodes.size))
    found = [tuple(sorted(int(nodes[member]) for member in circle)) for circle in order.circles.values()]
    return sorted(found)


def _lists(owner: Array, value: Array, count: int) -> Sequence[Sequence[int]]:
    starts, values = tabled(owner, value, count)
    flat, bounds = values.tolist(), starts.tolist()
    return [flat[bounds[i] : bounds[i + 1]] for i in range(count)]
