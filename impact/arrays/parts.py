"""What an array graph is built from: edges as arrays, rules as numbered objects; and the same from a compiled graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cmdb.columns.columns import Columns
from impact.arrays.lenses import Lens
from impact.arrays.pictures import names_inputs
from impact.graph import CompiledGraph
from impact.rows import Array, Ints32
from impact.rule_reading import rule_of
from impact.rules import Number, Rule
from impact.scale import SHIPPED, Level, Profile

NO_GROUP = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """What few edges have of their own: a weight, and points by level."""

    weight: Number = 1
    drops: Mapping[Level, Number] | None = None


@dataclass(kw_only=True)
class Parts:
    """An estate of ``count`` CIs, numbered from 0, and m edges.

    ``dependent``, ``provider``: shape (m,), CIs. ``lens``: (m,), number in ``lenses``. ``group``: (m,), number of the
    requirement group, `NO_GROUP` for a hard need.
    ``ruled``: (s, 3), rows of CI, group and number in ``rules``. CIs that stand in ``rules_only`` have rules, and none
    in ``ruled``. ``ignores``: (count,), whether a CI leaves out inputs that were put into maintenance; maintenance that
    a provider inherits is not known here.
    ``special``: by edge. ``names``: what a condition may call a CI, for those that one could name.
    ``ids``: sorted UTF-8 ids, shape (count,), or none.
    """

    count: int
    dependent: Ints32
    provider: Ints32
    lens: Array
    lenses: Sequence[Lens]
    group: Ints32
    rules: Sequence[Rule] = ()
    ruled: Ints32 = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    rules_only: Ints32 = field(default_factory=lambda: np.zeros(0, np.int32))
    ignores: Array | None = None
    special: Mapping[int, Special] = field(default_factory=dict)
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    profile: Profile = SHIPPED
    revision: int = 0
    ids: Array | None = None


class _Numbers:
    """Equal things get equal numbers, in the order in which they are met."""

    def __init__(self) -> None:
        self.all: list[object] = []
        self._of: dict[object, int] = {}

    def __call__(self, thing: object, key: object) -> int:
        number = self._of.get(key)
        if number is None:
            number = self._of[key] = len(self.all)
            self.all.append(thing)
        return number


def parts_of(graph: CompiledGraph) -> Parts:
    """The parts of a compiled graph; CIs keep their numbers."""
    edges, lenses, groups = _Edges(graph), _Numbers(), _Numbers()
    groups(None, None)  # is number `NO_GROUP`
    edges.read(lenses, groups)
    rules = _Rules(graph, groups)
    rules.read(edges)
    default = graph.profile.policy.maintenance == "ignore_input"
    ignores = np.full(len(graph), default, np.bool_)
    for i in graph.stated_maintenance:
        ignores[i] = graph.ignores_maintained(i)
    return Parts(
        count=len(graph),
        dependent=edges.dependent,
        provider=edges.provider,
        lens=edges.lens,
        lenses=[one for one in lenses.all if isinstance(one, Lens)],
        group=edges.group,
        rules=rules.numbers.all,  # type: ignore[arg-type]  # rules alone were numbered
        ruled=rules.rows,
        rules_only=np.array(rules.bare, np.int32),
        ignores=ignores,
        special=edges.special,
        names={need.provider: graph.names(need.provider) for node in rules.naming for need in graph.needs[node]},
        profile=graph.profile,
        revision=graph.revision,
        ids=_ids(graph.columns),
    )


def _ids(columns: Columns) -> Array | None:
    """Sorted, by number; none where CIs came that are not in order."""
    return None if columns.patch.numbers else columns.base.ids


class _Edges:
    """The needs, by type of relation: what few distinct attributes say is read once each."""

    def __init__(self, graph: CompiledGraph) -> None:
        self._graph = graph
        self.special: dict[int, Special] = {}

    def read(self, lenses: _Numbers, groups: _Numbers) -> None:
        columns: list[tuple[Array, ...]] = [(np.zeros(0, np.int32),) * 4]
        usual, count = self._graph.profile.policy.default_weight, 0
        for dependent, provider, about, need_of in self._graph.need_columns():
            codes = np.flatnonzero(np.bincount(about)).tolist()
            table = np.zeros((2, int(about.max(initial=0)) + 1), np.int32)
            for code in codes:
                need = need_of(code)
                lens = Lens(sees=need.sees, carries_network=need.carries_network)
                table[:, code] = lenses(lens, (need.sees, need.carries_network)), groups(need.group, need.group)
                if need.weight != usual or need.drops is not None:
                    one = Special(weight=need.weight, drops=need.drops)
                    self.special |= dict.fromkeys((np.flatnonzero(about == code) + count).tolist(), one)
            columns.append((dependent, provider, table[0][about], table[1][about]))
            count += len(dependent)
        self.dependent, self.provider, lens_of, self.group = (
            np.concatenate(some).astype(np.int32) for some in zip(*columns, strict=True)
        )
        self.lens = lens_of.astype(np.uint16)


class _Rules:
    """Rows of CI, group and rule. Where a CI states nothing, what holds by default is written without asking it."""

    def __init__(self, graph: CompiledGraph, groups: _Numbers) -> None:
        self._graph = graph
        self._groups = groups
        self.numbers = _Numbers()
        self._known: dict[int, tuple[Rule, int]] = {}
        """By identity, which is quick; the rule is kept, so that no other can have its place."""
        self.bare: list[int] = []
        self.naming: list[int] = []

    def read(self, edges: _Edges) -> None:
        graph = self._graph
        silent = np.array(sorted(graph.ruled - graph.stated), np.int32)
        hard, one_of = (self._number(rule_of(name, graph.profile, name)) for name in ("worst", "k_of_n"))
        mine = np.isin(edges.dependent, silent) & (edges.group != NO_GROUP)
        pairs = _pairs(edges, mine)
        used: dict[int, list[str | None]] = {}
        for i, group in _pairs(edges, ~mine & (edges.group != NO_GROUP)).tolist():
            used.setdefault(i, []).append(self._groups.all[group])
        stated = [row for i in sorted(graph.stated) for row in self._of(i, used.get(i, ()))]
        self.rows = np.concatenate(
            (
                np.stack((silent, np.full_like(silent, NO_GROUP), np.full_like(silent, hard)), axis=1),
                np.append(pairs, np.full((len(pairs), 1), one_of, np.int32), axis=1),
                np.array(stated, np.int32).reshape(-1, 3),
            )
        ).astype(np.int32)

    def _of(self, i: int, groups: Iterable[str | None]) -> list[tuple[int, int, int]]:
        rules = self._graph.rules_with(i, groups)
        if not rules:
            self.bare.append(i)
        if any(names_inputs(one.rule) for one in rules):
            self.naming.append(i)
        return [(i, self._groups(one.group, one.group), self._number(one.rule)) for one in rules]

    def _number(self, rule: Rule) -> int:
        known = self._known.get(id(rule))
        if known is None:
            known = self._known[id(rule)] = (rule, self.numbers(rule, repr(rule)))
        return known[1]


def _pairs(edges: _Edges, some: Array) -> Array:
    """Dependent and group of some edges, each once: (k, 2)."""
    both = np.unique(edges.dependent[some].astype(np.int64) << 32 | edges.group[some])
    return np.stack((both >> 32, both & 0xFFFFFFFF), axis=1).astype(np.int32)
