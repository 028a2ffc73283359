"""Rows of a ragged table: all edges of some nodes at once, without a loop over the nodes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.intp]
Ints32: TypeAlias = NDArray[np.int32]
Bytes: TypeAlias = NDArray[np.uint8]
Array: TypeAlias = NDArray[Any]


def spread(begin: Array, counts: Array) -> Ints:
    """The places ``begin[i] … begin[i] + counts[i] - 1`` of each row after the other; shape ``(counts.sum(),)``."""
    ends = counts.cumsum()
    total = int(ends[-1]) if ends.size else 0
    places: Ints = np.repeat(begin - ends + counts, counts) + np.arange(total)
    return places


def rows_of(starts: Array, nodes: Array) -> tuple[Ints, Array]:
    """The places of the rows of these nodes, and how many each has.

    Args:
        starts: shape ``(n + 1,)``, where each row begins.
        nodes: shape ``(k,)``.
    """
    begin = starts.take(nodes)
    counts = starts.take(nodes + 1) - begin
    return spread(begin, counts), counts


def reduce_rows(ufunc: np.ufunc, values: Array, counts: Array, empty: int) -> Array:
    """One value for each row; ``empty`` for rows without any. ``values`` holds the rows on end."""
    ends = counts.cumsum()
    if counts.size and counts.min() > 0:
        reduced: Array = ufunc.reduceat(values, ends - counts)
        return reduced
    found: Array = np.full(counts.shape, empty, values.dtype)
    filled = counts > 0
    if filled.any():
        found[filled] = ufunc.reduceat(values, (ends - counts)[filled])
    return found


def starts_of(owners: Array, count: int) -> Ints:
    """Where the rows of ``count`` owners begin, if the entries were sorted by owner; shape ``(count + 1,)``."""
    starts = np.zeros(count + 1, np.intp)
    np.cumsum(np.bincount(owners, minlength=count), out=starts[1:])
    return starts


def tabled(owners: Array, values: Array, count: int) -> tuple[Ints, Array]:
    """A ragged table of values by owner: starts of the rows, and the values row after row."""
    return starts_of(owners, count), values[np.argsort(owners, kind="stable")]
