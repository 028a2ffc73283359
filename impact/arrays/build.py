"""The array graph: edges as rows both ways, CIs renumbered so that those of one layer stand side by side.

A *place* is where a CI stands in the arrays; its *number* is what the outside calls it. Places are sorted by layer,
then by how the CI is worked out (by worst alone, by rules, in a circle), then by how many edges it has. So a pass over
everything reads its edges once, from front to back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from impact.arrays.lenses import MAINTAINED, STRIDE, Lenses
from impact.arrays.parts import Parts, Special
from impact.arrays.pictures import Pictures, Shape, drops_points, names_inputs, weighs
from impact.circles import Inside, bears_unknown, only_worsens
from impact.layers import layers_of
from impact.rows import Array, Bytes, Ints, Ints32, starts_of
from impact.rules import Rule
from impact.scale import Profile

RULED, CIRCLE, IGNORES, GROWN, MORE = 1, 2, 4, 8, 16
"""Flags of a CI: has rules; stands in a circle; leaves out inputs in maintenance; is described outside of the arrays;
has dependents outside of them."""

SCALAR = -1
"""Instead of a shape: the rule of this slot is asked itself, input by input."""


@dataclass(frozen=True, slots=True)
class Block:
    """The places of one layer: worst alone in ``first … ruled``, by rules to ``circle``, in circles to ``end``.

    ``runs``: (from, to, edges of each) over the first part; edges -1 means that they differ.
    """

    first: int
    ruled: int
    circle: int
    end: int
    runs: tuple[tuple[int, int, int], ...]


@dataclass(kw_only=True)
class ArrayGraph:
    """n CIs, m edges, s slots. A slot is one rule of one CI with the edges that it looks at.

    ``number``: (n,) by place; ``place``: (n,) by number. ``start``: (n + 1,) of the edges of a dependent; ``provider``,
    ``offset``, ``group``: (m,) by edge; ``back_start``, ``back``: dependents by provider. ``layer``, ``flags``: (n,).
    ``slot_start``: (n + 1,); ``slot_from``, ``slot_to``: (s,) edges; ``slot_shape``: (s,) or `SCALAR`; ``slot_rule``,
    ``slot_group``: (s,). ``special`` by edge and ``names`` by place are only for rules that look at them.
    ``ids``: (n,) sorted, by number.
    """

    revision: int
    profile: Profile
    number: Ints32
    place: Ints32
    layer: Array
    flags: Bytes
    start: Ints32
    provider: Ints
    offset: Array
    group: Ints32
    back_start: Ints32
    back: Ints32
    slot_start: Ints32
    slot_from: Ints32
    slot_to: Ints32
    slot_rule: Ints32
    slot_group: Ints32
    lenses: Lenses
    rules: tuple[Rule, ...]
    circles: tuple[tuple[int, ...], ...]
    special: Mapping[int, Special] = field(default_factory=dict)
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    ids: Array | None = None

    def __post_init__(self) -> None:
        self.n, self.m = len(self.number), len(self.provider)
        self.slot_shape, shapes = _shapes(self)
        self.pictures = Pictures(self.rules, shapes, self.lenses, len(self.profile.scale.levels))
        self.circle_of = {place: number for number, circle in enumerate(self.circles) for place in circle}
        scale, refuses = self.profile.scale, self.profile.policy.cycles == "refuse"
        worsens = self._fine(lambda rules, inside: only_worsens(rules, inside, scale))
        self.refused = frozenset(n for n in range(len(self.circles)) if refuses or n not in worsens)
        self.doubtful = frozenset(range(len(self.circles))) - self._fine(bears_unknown)
        self.blocks = tuple(_blocks(self))

    def _fine(self, fine: Callable[[list[Rule], Inside], bool]) -> frozenset[int]:
        """The circles all of whose members are fine."""
        circles = enumerate(self.circles)
        return frozenset(n for n, circle in circles if all(fine(*self._member(place, n)) for place in circle))

    def _member(self, place: int, circle: int) -> tuple[list[Rule], Inside]:
        """The rules of a CI, and its needs inside of a circle."""
        rules = [self.rules[rule] for rule in self.slot_rule[self.slot_start[place] : self.slot_start[place + 1]]]
        inside = []
        for edge in range(self.start[place], self.start[place + 1]):
            if self.circle_of.get(int(self.provider[edge])) == circle:
                special = self.special.get(edge)
                lens = self.lenses.all[int(self.offset[edge]) // STRIDE]
                inside.append((lens.sees, special.drops if special is not None else None))
        return rules, inside

    def place_of(self, ci_id: str) -> int:
        """Where a CI stands.

        Raises:
            KeyError: there is no such CI.
        """
        if self.ids is None:
            raise KeyError(ci_id)
        wanted = ci_id.encode()
        at = int(np.searchsorted(self.ids, np.bytes_(wanted)))
        if at >= self.n or self.ids[at] != wanted:
            raise KeyError(ci_id)
        return int(self.place[at])

    def sizes(self) -> dict[str, int]:
        """Bytes of each array, ids included."""
        return {name: value.nbytes for name, value in vars(self).items() if isinstance(value, np.ndarray)}


def build(parts: Parts) -> ArrayGraph:
    """Build the arrays. Time grows with n log n + m log m; a few seconds for a million CIs."""
    layer, circles = layers_of(parts.count, parts.dependent, parts.provider)
    flags = _flags(parts, circles)
    number = _arranged(parts, layer, flags)
    place = np.empty(parts.count, np.int32)
    place[number] = np.arange(parts.count, dtype=np.int32)
    edges = _Edges(parts, place, flags)
    slots = _slots(parts, place, edges)
    return ArrayGraph(
        revision=parts.revision,
        profile=parts.profile,
        number=number,
        place=place,
        layer=layer[number].astype(np.int16 if len(layer) and layer.max() < 2**14 else np.int32),
        flags=flags[number],
        **edges.arrays(),
        **slots,
        lenses=Lenses(parts.lenses, parts.profile.scale),
        rules=tuple(parts.rules),
        circles=tuple(tuple(sorted(int(place[member]) for member in circle)) for circle in circles),
        special={int(edges.at[edge]): one for edge, one in parts.special.items()},
        names={int(place[node]): names for node, names in parts.names.items()},
        ids=parts.ids,
    )


def _flags(parts: Parts, circles: list[tuple[int, ...]]) -> Bytes:
    flags = np.zeros(parts.count, np.uint8)
    flags[parts.ruled[:, 0]] |= RULED
    flags[parts.rules_only] |= RULED
    flags[[member for circle in circles for member in circle]] |= CIRCLE
    if parts.ignores is not None:
        flags[parts.ignores] |= IGNORES
    return flags


def _arranged(parts: Parts, layer: Array, flags: Bytes) -> Ints32:
    """The numbers of the CIs in the order in which they are placed."""
    way = np.where(flags & CIRCLE, 2, flags & RULED).astype(np.int64)
    edges = np.bincount(parts.dependent, minlength=parts.count)
    key = (layer.astype(np.int64) << 34) | (way << 32) | edges
    return np.argsort(key, kind="stable").astype(np.int32)


class _Edges:
    """The edges sorted by dependent and, where it has rules, by group. ``at``: (m,), where each edge went."""

    def __init__(self, parts: Parts, place: Ints32, flags: Bytes) -> None:
        dependent, provider = place.take(parts.dependent), place.take(parts.provider)
        group = parts.group
        # only rules look at groups; elsewhere the order in which edges came is kept
        minor = np.where(flags.take(parts.dependent) & RULED, group, 0).astype(np.int64)
        order = np.argsort((dependent.astype(np.int64) << 31) | minor, kind="stable")
        self.at = np.empty(len(order), np.int32)
        self.at[order] = np.arange(len(order), dtype=np.int32)
        self.start = starts_of(dependent, parts.count).astype(np.int32)
        self.provider = provider[order].astype(np.intp)
        self.offset = (parts.lens[order].astype(np.uint16) * np.uint16(STRIDE)).astype(np.uint16)
        self.group = group[order].astype(np.int32)
        self.back_start = starts_of(provider, parts.count).astype(np.int32)
        # sorted by dependent within a row, so that what is gathered together lies together
        self.back = dependent[order][np.argsort(provider[order], kind="stable")].astype(np.int32)

    def arrays(self) -> dict[str, Any]:
        names = ("start", "provider", "offset", "group", "back_start", "back")
        return {name: getattr(self, name) for name in names}


def _slots(parts: Parts, place: Ints32, edges: _Edges) -> dict[str, Any]:
    """For each CI with rules its slots. The edges of a slot lie in a row, since those of a CI are sorted by group."""
    node, group, rule = place.take(parts.ruled[:, 0]), parts.ruled[:, 1], parts.ruled[:, 2]
    order = np.argsort(node, kind="stable")
    node, group, rule = node[order], group[order], rule[order]
    owner = np.repeat(np.arange(parts.count, dtype=np.int64), np.diff(edges.start))
    used = np.zeros(parts.count, np.bool_)
    used[node] = True
    key = np.where(used.take(owner), edges.group, 0) + (owner << 31)
    wanted = (node.astype(np.int64) << 31) + group
    return {
        "slot_start": starts_of(node, parts.count).astype(np.int32),
        "slot_from": np.searchsorted(key, wanted, "left").astype(np.int32),
        "slot_to": np.searchsorted(key, wanted, "right").astype(np.int32),
        "slot_rule": rule.astype(np.int32),
        "slot_group": group.astype(np.int32),
    }


def _shapes(graph: ArrayGraph) -> tuple[Ints32, list[Shape]]:
    """Which slots can be read as pictures, and which of the distinct shapes each has."""
    counts = (graph.slot_to - graph.slot_from).astype(np.int64)
    usual = graph.profile.policy.default_weight
    most = (1 << graph.lenses.bits) - 1
    scalar = counts > most
    named = np.array([names_inputs(rule) for rule in graph.rules], np.bool_)
    own = np.array([weighs(rule) or drops_points(rule) for rule in graph.rules], np.bool_)
    if counts.size:
        scalar |= named.take(graph.slot_rule)
        special = np.zeros(graph.m + 1, np.int32)
        special[[edge + 1 for edge in graph.special]] = 1
        special = special.cumsum()
        has_special = special.take(graph.slot_to) > special.take(graph.slot_from)
        scalar |= own.take(graph.slot_rule) & has_special
    keys, shape = np.unique(graph.slot_rule.astype(np.int64) << 32 | counts, return_inverse=True)
    shapes: list[Shape] = [(int(key) >> 32, int(key) & 0xFFFFFFFF, usual) for key in keys]
    return np.where(scalar, SCALAR, shape).astype(np.int32), shapes


FEW = 48
"""Runs of fewer CIs are put together: a call for each would cost more than it saves."""


def _blocks(graph: ArrayGraph) -> list[Block]:
    layers = int(graph.layer[-1]) + 1 if graph.n else 0
    way = np.where(graph.flags & CIRCLE, 2, graph.flags & RULED).astype(np.int64)
    key = graph.layer.astype(np.int64) * 3 + way
    bounds = np.searchsorted(key, np.arange(layers * 3 + 1)).tolist()
    blocks = []
    for layer in range(layers):
        first, ruled, circle, end = bounds[layer * 3 : layer * 3 + 4]
        blocks.append(Block(first, ruled, circle, end, tuple(_runs(graph, first, ruled))))
    return blocks


def _runs(graph: ArrayGraph, first: int, end: int) -> list[tuple[int, int, int]]:
    counts = np.diff(graph.start[first : end + 1])
    cuts = [0, *(np.flatnonzero(np.diff(counts)) + 1).tolist(), end - first] if end > first else []
    runs: list[tuple[int, int, int]] = []
    for begin, after in pairwise(cuts):
        each = int(counts[begin])
        if each == 0 or after - begin >= FEW:
            runs.append((first + begin, first + after, each))
        elif runs and runs[-1][2] == -1:
            runs[-1] = (runs[-1][0], first + after, -1)
        else:
            runs.append((first + begin, first + after, -1))
    return runs


assert CIRCLE | RULED | IGNORES | GROWN | MORE < MAINTAINED
