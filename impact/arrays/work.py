"""What the needs of some CIs make of them, all at once: one look at the state of what they need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.arrays.build import IGNORES, RULED, SCALAR, ArrayGraph
from impact.arrays.lenses import CODES, MAINTAINED, SILENT, STRIDE, Signed
from impact.arrays.parts import Special
from impact.rows import Array, Bytes, reduce_rows, rows_of, spread
from impact.rules import Input


@dataclass(frozen=True, slots=True)
class Blame:
    """Who holds whom where it is: CIs ``places`` (k,); ``of`` (b,) counts in these, ``provider`` (b,) is a place."""

    places: Array
    of: Array
    provider: Array


class Blaming:
    """Gathers who is responsible, some CIs at a time."""

    def __init__(self) -> None:
        self._count = 0
        self._places: list[Array] = []
        self._of: list[Array] = []
        self._provider: list[Array] = []

    def add(self, places: Array, of: Array, provider: Array) -> None:
        """Add what was found of some places; ``of`` counts in them."""
        self._places.append(places)
        self._of.append(of + self._count)
        self._provider.append(provider)
        self._count += places.size

    def found(self) -> Blame:
        none = np.zeros(0, np.intp)
        return Blame(*(np.concatenate((none, *all_of)) for all_of in (self._places, self._of, self._provider)))


@dataclass(frozen=True, slots=True)
class Look:
    """The state that providers are read from, (n,) each: with effects of the network where the relation carries them.

    ``network`` is ``None`` where there are none. ``maintenance`` says whether any CI is in maintenance.
    """

    plain: Bytes
    network: Bytes | None = None
    maintenance: bool = False

    def at(self, graph: ArrayGraph, edges: Array, offset: Array) -> Bytes:
        """The state byte of the provider of each edge."""
        provider = graph.provider.take(edges)
        if self.network is None:
            return self.plain.take(provider)
        carries = graph.lenses.carries.take(offset // STRIDE)
        return np.where(carries, self.network.take(provider), self.plain.take(provider))


@dataclass(frozen=True, slots=True)
class Inputs:
    """Edges on end, row after row: ``counts`` of each row, ``entry`` of each edge in the tables of `Lenses`."""

    edges: Array
    counts: Array
    entry: Array


def by_worst(graph: ArrayGraph, look: Look, places: Array, blaming: Blaming | None = None) -> Bytes:
    """The codes that CIs without rules take over, (k,)."""
    edges, counts = rows_of(graph.start, places)
    offset = graph.offset.take(edges)
    seen = graph.lenses.simple.take(offset + look.at(graph, edges, offset))
    codes: Bytes = reduce_rows(np.maximum, seen, counts, 0)
    if blaming is not None:
        bad = graph.lenses.codes.levels(codes) > graph.profile.scale.ok
        wanted = np.where(bad, codes, np.uint8(MAINTAINED)).repeat(counts)  # nothing is seen at that code
        hit = np.flatnonzero(seen == wanted)
        blaming.add(places, np.arange(places.size).repeat(counts).take(hit), graph.provider.take(edges.take(hit)))
    return codes


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of some CIs on end: ``of`` counts those of each CI; ``levels`` and ``blamed`` kinds of each."""

    slots: Array
    of: Array
    inputs: Inputs
    levels: Signed
    blamed: Array


def read_slots(graph: ArrayGraph, look: Look, places: Array) -> Slots:
    """What each rule of these CIs says."""
    slots, of = rows_of(graph.slot_start, places)
    begin = graph.slot_from.take(slots)
    counts = graph.slot_to.take(slots) - begin
    edges = spread(begin, counts)
    offset = graph.offset.take(edges)
    state = look.at(graph, edges, offset)
    if look.maintenance:
        ignores = graph.flags.take(places) & IGNORES > 0
        state &= np.where(ignores, CODES | MAINTAINED, CODES).astype(np.uint8).repeat(of).repeat(counts)
    inputs = Inputs(edges, counts, offset + state)
    pictures = reduce_rows(np.add, graph.lenses.unit.take(inputs.entry), counts, 0)
    shapes = graph.slot_shape.take(slots)
    single = np.flatnonzero(shapes == SCALAR)
    levels, blamed = graph.pictures.read(np.maximum(shapes, 0) if single.size else shapes, pictures)
    ends = counts.cumsum()
    for at in single.tolist():
        here = slice(int(ends[at] - counts[at]), int(ends[at]))
        level = graph.rules[graph.slot_rule[slots[at]]].level(inputs_of(graph, edges[here], inputs.entry[here]))
        levels[at] = SILENT if level is None else level
    return Slots(slots, of, inputs, levels, blamed)


def inputs_of(graph: ArrayGraph, edges: Array, entry: Array) -> list[Input]:
    """The inputs as a rule takes them."""
    found = []
    usual = Special(weight=graph.profile.policy.default_weight)
    for edge, at in zip(edges.tolist(), entry.tolist(), strict=True):
        own = graph.special.get(edge, usual)
        found.append(
            Input(
                level=int(graph.lenses.level[at]),
                weight=own.weight,
                names=graph.names.get(int(graph.provider[edge]), ()),
                drops=own.drops,
                maintained=bool(at & MAINTAINED),
            )
        )
    return found


def by_rules(graph: ArrayGraph, look: Look, places: Array, blaming: Blaming | None = None) -> Bytes:
    """The codes that their rules make of CIs, (k,): the worst of those that have something to say."""
    read = read_slots(graph, look, places)
    codes: Bytes = reduce_rows(np.maximum, graph.lenses.codes.of_all(read.levels), read.of, 0)
    without_inputs = graph.profile.without_inputs
    if without_inputs is not None:
        codes[graph.start.take(places) == graph.start.take(places + 1)] = graph.lenses.codes.of(without_inputs)
    if blaming is not None:
        _blame_by_rules(graph, read, graph.lenses.codes.levels(codes), places, blaming)
    return codes


def needed(graph: ArrayGraph, look: Look, places: Array, blaming: Blaming | None = None) -> Bytes:
    """The codes that their needs make of CIs of either kind, (k,)."""
    ruled = graph.flags.take(places) & RULED > 0
    if not ruled.any():
        return by_worst(graph, look, places, blaming)
    if ruled.all():
        return by_rules(graph, look, places, blaming)
    codes = np.empty(places.shape, np.uint8)
    codes[ruled] = by_rules(graph, look, places.compress(ruled), blaming)
    codes[~ruled] = by_worst(graph, look, places.compress(~ruled), blaming)
    return codes


def _blame_by_rules(graph: ArrayGraph, read: Slots, worst: Signed, places: Array, blaming: Blaming) -> None:
    speaks = (read.levels == worst.repeat(read.of)) & (worst > graph.profile.scale.ok).repeat(read.of)
    inputs = read.inputs
    kinds = graph.lenses.kind.take(inputs.entry)
    hit = (np.where(speaks, read.blamed, 0).repeat(inputs.counts) >> kinds) & 1 > 0
    ends = inputs.counts.cumsum()
    for at in np.flatnonzero(speaks & (graph.slot_shape.take(read.slots) == SCALAR)).tolist():
        here = slice(int(ends[at] - inputs.counts[at]), int(ends[at]))
        rule = graph.rules[graph.slot_rule[read.slots[at]]]
        hit[here] = False
        hit[here][rule.blamed(inputs_of(graph, inputs.edges[here], inputs.entry[here]))] = True
    found = np.flatnonzero(hit)
    owner = np.arange(places.size).repeat(read.of).repeat(inputs.counts)
    blaming.add(places, owner.take(found), graph.provider.take(inputs.edges.take(found)))
