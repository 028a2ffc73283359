"""The arrays built anew with the relations that came since. Pure: may run in a thread beside the questions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from impact.arrays.build import GROWN, IGNORES, RULED, ArrayGraph, build
from impact.arrays.grow import Edge, Growth
from impact.arrays.lenses import STRIDE, Lens
from impact.arrays.parts import Parts
from impact.rows import Array
from impact.rules import Rule


def compacted(graph: ArrayGraph, growth: Growth, revision: int) -> ArrayGraph:
    """One array graph of what was and what was added; CIs keep their numbers, not their places."""
    return build(parts_again(graph, growth, revision))


def parts_again(graph: ArrayGraph, growth: Growth, revision: int) -> Parts:
    """What an array graph with its growth would be built from."""
    added = list(growth.added)
    lenses = _lenses(graph, added)
    rules, ruled = _rules(graph, growth)
    owner = graph.number.repeat(np.diff(graph.start))
    bare = np.flatnonzero((graph.flags & RULED > 0) & (np.diff(graph.slot_start) == 0))
    number = graph.number
    return Parts(
        count=graph.n,
        dependent=np.append(owner, [number[dependent] for dependent, _ in added]).astype(np.int32),
        provider=np.append(number[graph.provider], [number[edge.provider] for _, edge in added]).astype(np.int32),
        lens=np.append(graph.offset // STRIDE, [lenses[edge.lens] for _, edge in added]).astype(np.uint16),
        lenses=list(lenses),
        group=np.append(graph.group, [edge.group for _, edge in added]).astype(np.int32),
        rules=rules,
        ruled=ruled,
        rules_only=number[bare],
        ignores=(graph.flags & IGNORES > 0)[graph.place],
        special={**graph.special, **{graph.m + at: edge.special for at, (_, edge) in enumerate(added)}},
        names={int(number[place]): names for place, names in graph.names.items()},
        profile=graph.profile,
        revision=revision,
        ids=graph.ids,
    )


def _lenses(graph: ArrayGraph, added: list[tuple[int, Edge]]) -> Mapping[Lens, int]:
    numbers = {lens: at for at, lens in enumerate(graph.lenses.all)}
    for _, edge in added:
        numbers.setdefault(edge.lens, len(numbers))
    return numbers


def _rules(graph: ArrayGraph, growth: Growth) -> tuple[list[Rule], Array]:
    """The rules, and the rows of CI, group and rule; those of what has grown are written anew."""
    rules = list(graph.rules)
    owner = np.arange(graph.n).repeat(np.diff(graph.slot_start))
    kept = graph.flags[owner] & GROWN == 0
    old = np.stack((graph.number[owner], graph.slot_group, graph.slot_rule), axis=1)[kept]
    new = []
    for place, group, rule in growth.rules():
        new.append((int(graph.number[place]), group, len(rules)))
        rules.append(rule)
    return rules, np.append(old, np.array(new, np.int32).reshape(-1, 3), axis=0).astype(np.int32)
