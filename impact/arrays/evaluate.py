"""Health of everything as arrays: a whole pass over the estate, changes to it, and trials that are taken back.

Each CI has a *plain* value (faults and needs) and a *full* one (with effects of the network), as in `impact.propagate`.
A change is settled layer by layer, over those CIs only that a changed one leads to. A trial (what if) writes into the
same arrays and is undone from a list of what stood there, so that nothing of the estate's size is made for a question.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from impact.arrays import work
from impact.arrays.build import CIRCLE, GROWN, MORE, RULED, ArrayGraph, Block
from impact.arrays.grow import Edge, Growth
from impact.arrays.lenses import CODES, MAINTAINED, Signed
from impact.arrays.reach import Marks
from impact.arrays.work import Blame, Blaming, Look
from impact.rows import Array, Bytes, Ints32, rows_of
from impact.scale import OUTSIDE, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What a trial worked out: ``places`` (k,) with their ``levels``, what these were ``before``, who is responsible.

    They are the CIs to which a change led, so also some that stayed as they were. ``of`` (b,) counts in ``places``, and
    ``provider`` (b,) is one of those that hold it where it is.
    """

    places: Array
    levels: Signed
    before: Signed
    of: Array
    provider: Array


class Evaluation:
    """The health of one array graph. One question or change at a time.

    ``own`` and ``network``: (n,) codes; ``plain`` and ``full``: (n,) codes with the bit of maintenance.
    """

    def __init__(self, graph: ArrayGraph, growth: Growth | None = None) -> None:
        self.graph = graph
        self.growth = growth if growth is not None else Growth(graph)
        self.own = np.zeros(graph.n, np.uint8)
        self.network = np.zeros(graph.n, np.uint8)
        self.plain = np.zeros(graph.n, np.uint8)
        self.full = self.plain
        self._full = np.zeros(graph.n, np.uint8)
        self._codes = graph.lenses.codes
        self._maintained = 0
        self._marks = Marks(graph.n)
        self._undo: list[tuple[Array, Array, Array]] | None = None
        self._blaming: Blaming | None = None
        self._odd: list[int] = []
        self._calm = np.zeros(graph.n, np.uint8)
        ruled = np.flatnonzero(graph.flags & RULED)
        if ruled.size:
            self._calm[ruled] = work.by_rules(graph, Look(self.plain), ruled)
        self.recompute()

    def nbytes(self) -> int:
        """Bytes that are kept beside the graph."""
        arrays = (self.own, self.network, self.plain, self._full, self._calm)
        return sum(array.nbytes for array in arrays) + self._marks.nbytes

    def levels(self, places: Array) -> Signed:
        """The levels of these places, (k,)."""
        return self._codes.levels(self.full.take(places) & CODES)

    def level(self, place: int) -> Level:
        return self._codes.level(self.full[place] & CODES)

    # Changes

    def put(
        self, own: Mapping[int, Level], network: Mapping[int, Level] | None = None, maintained: Collection[int] = ()
    ) -> None:
        """Set own health and network effects of some places, put others into maintenance, and settle what follows.

        What is not named stays as it is.
        """
        start = [self._set(self.own, own), self._set(self.network, network or {}), self._maintain(maintained)]
        if network:
            self._look_at_network()
        self.settle(np.concatenate(start))

    def add(self, dependent: int, edge: Edge) -> None:
        """Add one need of a place, and settle what follows.

        Raises:
            ClosesCircleError: it closes a circle of needs; nothing was added.
        """
        self.growth.add(dependent, edge)
        self.settle(np.array([dependent]))

    def end_maintenance(self, places: Collection[int]) -> None:
        """Take these out of maintenance, and settle what follows."""
        self.settle(self._maintain(places, on=False))

    def trial(
        self, own: Mapping[int, Level], network: Mapping[int, Level] | None = None, maintained: Collection[int] = ()
    ) -> Graded:
        """What would be if this were so, and why. Nothing stays of it."""
        self._blaming, self._odd = Blaming(), []
        try:
            with self.supposed(own, network, maintained):
                odd = np.array(sorted(set(self._odd)), np.intp)
                if odd.size:
                    self._explain(odd, self._blaming)
                found = self._blaming.found()
                levels = self.levels(found.places)
        finally:
            self._blaming = None
        before = self.levels(found.places)
        return Graded(places=found.places, levels=levels, before=before, of=found.of, provider=found.provider)

    @contextmanager
    def supposed(
        self,
        own: Mapping[int, Level],
        network: Mapping[int, Level] | None = None,
        maintained: Collection[int] = (),
    ) -> Iterator[_Changed]:
        """Inside of it the arrays are as if this were so; gives a function that tells which places are different."""
        assert self._undo is None, "a trial inside of a trial"
        before = self.full is self.plain, self._maintained
        self._undo = []
        try:
            self.put(own, network, maintained)
            yield _Changed(self)
        finally:
            for array, places, values in reversed(self._undo):
                array[places] = values
            self._undo = None
            self._maintained = before[1]
            if before[0]:
                self.full = self.plain

    def blame(self, places: Array) -> Blame:
        """Who holds these places where they are, by full values."""
        blaming = Blaming()
        self._explain(places, blaming)
        return blaming.found()

    def _explain(self, places: Array, blaming: Blaming) -> None:
        """What stands in a refused circle is unknown by that, and held there by nobody."""
        refused = self.graph.flags.take(places) & CIRCLE > 0
        if refused.any():
            circles = map(self.graph.circle_of.__getitem__, places.compress(refused).tolist())
            refused[refused] = [self._refuses(circle) for circle in circles]
            blaming.add(places.compress(refused), *(np.zeros(0, np.intp),) * 2)
            places = places.compress(~refused)
        grown = self.graph.flags.take(places) & GROWN > 0
        if not grown.all():
            work.needed(self.graph, self._network_look(), places.compress(~grown), blaming)
        if grown.any():
            self.growth.blame(places.compress(grown), self.plain, self.full, blaming)

    def _set(self, array: Bytes, levels: Mapping[int, Level]) -> Array:
        places = np.fromiter(levels, np.intp, len(levels))
        codes = np.fromiter(map(self._codes.of, levels.values()), np.uint8, len(levels))
        places, codes = _differing(array, places, codes)
        self._write(array, places, codes)
        return places

    def _maintain(self, wanted: Collection[int], *, on: bool = True) -> Array:
        """Put into maintenance or take out, and give those who may see it: dependents leave such an input out."""
        places = np.fromiter(wanted, np.intp, len(wanted))
        places = places.compress((self.plain.take(places) & MAINTAINED > 0) != on)
        if not places.size:
            return places
        bit = np.uint8(MAINTAINED)
        for array in (self.plain,) if self.full is self.plain else (self.plain, self.full):
            self._write(array, places, array.take(places) ^ bit)
        self._maintained += places.size if on else -places.size
        return self._dependents(places)

    def _write(self, array: Bytes, places: Array, values: Array) -> None:
        if self._undo is not None and places.size:
            self._undo.append((array, places, array.take(places)))
        array[places] = values

    def _look_at_network(self) -> None:
        if self.full is self.plain:
            np.copyto(self._full, self.plain)
            self.full = self._full

    def _plain_look(self) -> Look:
        return Look(self.plain, None, self._maintained > 0)

    def _network_look(self) -> Look:
        return Look(self.plain, None if self.full is self.plain else self.full, self._maintained > 0)

    # Settling

    def settle(self, start: Array) -> None:
        """Work out these places and whatever follows from a change of theirs, each layer once."""
        queue = _Queue(self.graph.layer, self._marks)
        queue.push(start)
        while queue:
            layer, places = queue.pop()
            changed = self._work_out(places)
            if changed.size:
                after = self._dependents(changed)
                queue.push(after, above=layer)

    def _dependents(self, places: Array) -> Array:
        graph = self.graph
        edges, _ = rows_of(graph.back_start, places)
        after: Array = graph.back.take(edges)
        if self.growth:
            more = self.growth.dependents(places[graph.flags.take(places) & MORE > 0])
            after = np.concatenate((after, more)) if more.size else after
        return after

    def _work_out(self, places: Array) -> Array:
        """Give CIs of one layer their values, and say which have others than before."""
        flags = self.graph.flags.take(places)
        odd = flags & (CIRCLE | GROWN) > 0
        if not odd.any():
            return self._give(*self._values(places, self._blaming))
        self._odd += places.compress(odd).tolist()
        changed = [self._give(*self._values(places.compress(~odd), self._blaming))] if not odd.all() else []
        circles = {self.graph.circle_of[at] for at in places[flags & CIRCLE > 0].tolist()}
        changed += [self._settle_circle(number) for number in sorted(circles)]
        for place in places[odd & (flags & CIRCLE == 0)].tolist():
            changed.append(self._work_out_one(place))
        return np.concatenate(changed)

    def _values(self, places: Array, blaming: Blaming | None = None) -> tuple[Array, Bytes, Bytes | None]:
        """The places with their plain and full codes; the latter only where they may differ."""
        if self.full is self.plain:
            needed = work.needed(self.graph, self._plain_look(), places, blaming)
            return places, np.maximum(self.own.take(places), needed), None
        own = self.own.take(places)
        plain = np.maximum(own, work.needed(self.graph, self._plain_look(), places))
        behind = work.needed(self.graph, self._network_look(), places, blaming)
        return places, plain, np.maximum(np.maximum(own, self.network.take(places)), behind)

    def _give(self, places: Array, plain: Bytes, full: Bytes | None) -> Array:
        before = self.plain.take(places)
        moved = before & CODES != plain
        if full is not None:
            was = self.full.take(places)
            apart = was & CODES != full
            hit = np.flatnonzero(apart)
            self._write(self.full, places[hit], full[hit] | was[hit] & MAINTAINED)
        hit = np.flatnonzero(moved)
        self._write(self.plain, places[hit], plain[hit] | before[hit] & MAINTAINED)
        return places.compress(moved if full is None else moved | apart)

    def _work_out_one(self, place: int) -> Array:
        """As `_work_out`, for what stands in a circle or has grown."""
        places = np.array([place])
        if not self.graph.flags[place] & GROWN:
            return self._give(*self._values(places))
        plain = max(self.own[place], self.growth.needed(place, self.plain, self.plain))
        if self.full is self.plain:
            return self._give(places, np.array([plain], np.uint8), None)
        full = max(self.own[place], self.network[place], self.growth.needed(place, self.plain, self.full))
        return self._give(places, np.array([plain], np.uint8), np.array([full], np.uint8))

    def _settle_circle(self, number: int) -> Array:
        """The least fixpoint of needs in a circle, from below; unknown where a rule in it has none."""
        circle = self.graph.circles[number]
        places = np.array(circle)
        self._odd += circle
        before = self.plain.take(places), self.full.take(places)
        refused = self._refuses(number)
        plain = full = self.own.take(places)
        if refused:
            plain = np.maximum(plain, np.uint8(self._codes.of(self.graph.profile.scale.unknown)))
            full = np.maximum(plain, self.network.take(places))
        self._give(places, plain, None if self.full is self.plain else full)
        waiting = [] if refused else list(circle)
        while waiting:
            changed = self._work_out_one(waiting.pop())
            for after in self._dependents(changed).tolist():
                if self.graph.circle_of.get(after) == number and after not in waiting:
                    waiting.append(after)
        moved = (self.plain.take(places) != before[0]) | (self.full.take(places) != before[1])
        return places.compress(moved)

    def _refuses(self, circle: int) -> bool:
        """As `impact.graph.CompiledGraph.refuses`."""
        graph = self.graph
        if circle in graph.refused or circle not in graph.doubtful:
            return circle in graph.refused
        return bool((self.own.take(graph.circles[circle]) == self._codes.of(OUTSIDE)).any())

    # Everything

    def recompute(self) -> None:
        """Work out every CI in one pass over all edges. What is own, of the network and in maintenance stays."""
        self.full = self.plain
        self.plain &= MAINTAINED
        for block in self.graph.blocks:
            if block.ruled > block.first:
                self._pass_by_worst(block)
            if block.circle > block.ruled:
                self._pass_by_rules(block)
            for number in sorted({self.graph.circle_of[at] for at in range(block.circle, block.end)}):
                self._settle_circle(number)
        if self.growth:
            self.settle(self.growth.places())
        if self.network.any():
            self._look_at_network()
            self.settle(np.flatnonzero(self.network))

    def _pass_by_worst(self, block: Block) -> None:
        graph, start = self.graph, self.graph.start
        begin, end = start[block.first], start[block.ruled]
        entry = self.plain.take(graph.provider[begin:end], mode="wrap") + graph.offset[begin:end]
        seen = graph.lenses.simple.take(entry, mode="wrap")
        codes = self.own[block.first : block.ruled].copy()
        for first, last, each in block.runs:
            if each == 0:
                continue
            here = codes[first - block.first : last - block.first]
            low, high = start[first] - begin, start[last] - begin
            if each < 0:
                np.maximum(here, np.maximum.reduceat(seen[low:high], start[first:last] - start[first]), out=here)
                continue
            for column in range(each):
                np.maximum(here, seen[low + column : high : each], out=here)
        self.plain[block.first : block.ruled] |= codes

    def _pass_by_rules(self, block: Block) -> None:
        """CIs with rules all of whose providers are ok are as they are on a calm day."""
        graph = self.graph
        places = np.arange(block.ruled, block.circle)
        begin, end = graph.start[block.ruled], graph.start[block.circle]
        stirred = np.flatnonzero(self.plain.take(graph.provider[begin:end], mode="wrap")) + begin
        codes = self._calm[block.ruled : block.circle].copy()
        if stirred.size:
            owner = np.searchsorted(graph.start[block.ruled : block.circle + 1], stirred, "right") - 1
            uneasy = np.flatnonzero(np.bincount(owner, minlength=places.size))
            codes[uneasy] = work.by_rules(graph, self._plain_look(), places[uneasy])
        codes = np.maximum(codes, self.own[block.ruled : block.circle])
        self.plain[block.ruled : block.circle] |= codes


class _Changed:
    """Which places a trial has changed; called inside of it."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def __call__(self) -> Ints32:
        one = self._evaluation
        undo = one._undo or []  # noqa: SLF001 - a part of it
        written = [places for array, places, _ in undo if array is one.plain or array is one.full]
        if not written:
            return np.zeros(0, np.int32)
        one._marks.clear()  # noqa: SLF001 - a part of it
        return one._marks.fresh(np.concatenate(written)).astype(np.int32)  # noqa: SLF001 - a part of it


class _Queue:
    """Places by layer, the lowest first, each once."""

    def __init__(self, layer: Array, marks: Marks) -> None:
        self._layer = layer
        self._marks = marks
        self._waiting: dict[int, list[Array]] = {}
        self._heap: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._heap)

    def push(self, places: Array, above: int = -1) -> None:
        """Add places; those of the layer ``above`` or below are in the same circle as who led to them."""
        layers = self._layer.take(places)
        if not places.size:
            return
        order = np.argsort(layers, kind="stable")
        layers, places = layers[order], places[order]
        cuts = [0, *(np.flatnonzero(layers[1:] != layers[:-1]) + 1).tolist(), len(places)]
        for begin, end in pairwise(cuts):
            layer = int(layers[begin])
            if layer <= above:
                continue
            if layer not in self._waiting:
                self._waiting[layer] = []
                heapq.heappush(self._heap, layer)
            self._waiting[layer].append(places[begin:end])

    def pop(self) -> tuple[int, Array]:
        layer = heapq.heappop(self._heap)
        self._marks.clear()
        return layer, self._marks.fresh(np.concatenate(self._waiting.pop(layer)))


def _differing(array: Bytes, places: Array, codes: Bytes) -> tuple[Array, Bytes]:
    apart = array.take(places) != codes
    return places[apart], codes[apart]
