"""What an array graph is built from: edges as arrays, rules as numbered objects; and the same from a compiled graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from impact.arrays.lenses import Lens
from impact.arrays.pictures import names_inputs
from impact.arrays.rows import Array, Ints32
from impact.graph import CompiledGraph, Need
from impact.rules import Number, Rule
from impact.scale import SHIPPED, Level, Profile

NO_GROUP = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """What few edges have of their own: a weight, and points by level."""

    weight: Number = 1
    drops: Mapping[Level, int] | None = None


@dataclass(kw_only=True)
class Parts:
    """An estate of ``count`` CIs, numbered from 0, and m edges.

    ``dependent``, ``provider``: shape (m,), CIs. ``lens``: (m,), number in ``lenses``. ``group``: (m,), number of the
    requirement group, `NO_GROUP` for a hard need.
    ``ruled``: (s, 3), rows of CI, group and number in ``rules``. CIs that stand in ``rules_only`` have rules, and none
    in ``ruled``. ``ignores``: (count,), whether a CI leaves out inputs in maintenance.
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
    edges = [(dependent, need) for dependent, needs in enumerate(graph.needs) for need in needs]
    lenses, rules = _Numbers(), _Numbers()
    lens = [lenses(Lens(sees=n.sees, carries_network=n.carries_network), (n.sees, n.carries_network)) for _, n in edges]
    groups: dict[str | None, int] = {None: NO_GROUP}
    group = [groups.setdefault(need.group, len(groups)) for _, need in edges]
    ruled = [
        (node, groups.setdefault(scoped.group, len(groups)), rules(scoped.rule, repr(scoped.rule)))
        for node, all_of in graph.ruled.items()
        for scoped in all_of
    ]
    named = {node for node, all_of in graph.ruled.items() if any(names_inputs(one.rule) for one in all_of)}
    return Parts(
        count=len(graph.cis),
        dependent=np.array([dependent for dependent, _ in edges], np.int32),
        provider=np.array([need.provider for _, need in edges], np.int32),
        lens=np.array(lens, np.uint16),
        lenses=[one for one in lenses.all if isinstance(one, Lens)],
        group=np.array(group, np.int32),
        rules=rules.all,  # type: ignore[arg-type]  # rules alone were numbered
        ruled=np.array(ruled, np.int32).reshape(-1, 3),
        rules_only=np.array([node for node, all_of in graph.ruled.items() if not all_of], np.int32),
        ignores=np.array([graph.ignores_maintained(i) for i in range(len(graph.cis))], np.bool_),
        special=_special(edges, graph.profile.policy.default_weight),
        names={need.provider: graph.names(need.provider) for node in named for need in graph.needs[node]},
        profile=graph.profile,
        revision=graph.revision,
        ids=np.array([ci_id.encode() for ci_id in graph.ids], np.bytes_),
    )


def _special(edges: Sequence[tuple[int, Need]], usual: Number) -> dict[int, Special]:
    return {
        place: Special(weight=need.weight, drops=need.drops)
        for place, (_, need) in enumerate(edges)
        if need.weight != usual or need.drops is not None
    }
