"""Plain reach: what a failure may touch over needs, and what a CI stands on. The cost grows with what is found."""

from __future__ import annotations

import numpy as np

from impact.arrays.build import ArrayGraph
from impact.rows import Array, Ints32, rows_of

_LAST = 2**31 - 1


class Marks:
    """Marks of CIs that are wiped by moving on, not by clearing: no query costs anything for the estate's size."""

    def __init__(self, count: int) -> None:
        self._mark = np.full(count, -1, np.int32)
        self._from = 0
        self._next = 0

    @property
    def nbytes(self) -> int:
        return self._mark.nbytes

    def clear(self) -> None:
        """Forget what was marked."""
        self._from = self._next

    def fresh(self, nodes: Array) -> Array:
        """Those that were not marked, each once; they are marked now."""
        found = nodes[self._mark.take(nodes) < self._from]
        if self._next + found.size > _LAST:
            self._rewind()
        own = np.arange(self._next, self._next + found.size, dtype=np.int32)
        self._next += found.size
        self._mark[found] = own  # of equals the last one stays
        kept: Array = found[self._mark.take(found) == own]
        return kept

    def _rewind(self) -> None:
        marked = self._mark >= self._from
        self._mark[:] = -1
        self._mark[marked] = 0
        self._from, self._next = 0, 1


class Reach:
    """Walks an array graph. One walk at a time; it keeps 4 bytes a CI."""

    def __init__(self, graph: ArrayGraph) -> None:
        self._graph = graph
        self._marks = Marks(graph.n)

    def nbytes(self) -> int:
        """Bytes that are kept beside the graph."""
        return self._marks.nbytes

    def cone(self, start: Array) -> Ints32:
        """Places of all that these places' failure may touch, themselves first; nearest first."""
        graph = self._graph
        return self._walk(start, graph.back_start, graph.back)

    def stands_on(self, start: Array) -> Ints32:
        """Places of all that these need, directly or through others, themselves first."""
        return self._walk(start, self._graph.start, self._graph.provider)

    def _walk(self, start: Array, starts: Array, after: Array) -> Ints32:
        self._marks.clear()
        frontier = self._marks.fresh(np.asarray(start, np.int32))
        found = [frontier]
        while frontier.size:
            places, _ = rows_of(starts, frontier)
            frontier = self._marks.fresh(after.take(places))
            found.append(frontier)
        return np.concatenate(found).astype(np.int32, copy=False)
