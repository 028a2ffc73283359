"""What the graph says of needs: each relation as one edge of need, and the rules by which a CI combines its needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson

from cmdb.columns.columns import Columns, Edge
from impact.errors import ModelError
from impact.rule_reading import number_of, points_of, rule_of, rules_in
from impact.rules import Number, Rule, Scoped
from impact.scale import Level, Seen, seen_of
from impact.vocabulary import RelationMeaning, Vocabulary

OF_A_NEED = ("map", "weight", "drops")
OF_A_CI = ("rules", "requirements")
GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One edge from a dependent to a provider. ``sees`` is what the dependent sees of it, by its level."""

    provider: int
    sees: Seen
    carries_network: bool = True
    group: str | None = None
    weight: Number = 1
    drops: Mapping[Level, Number] | None = None


class Needs:
    """Reads them from the columns. What cannot be meant is noted in ``mistakes``, and the default holds."""

    def __init__(self, columns: Columns, vocabulary: Vocabulary) -> None:
        self.mistakes: list[ModelError] = []
        self._columns = columns
        self._profile = vocabulary.profile
        self._meanings = vocabulary.meanings
        self._known: dict[bytes, Rule] = {}
        self._rank = {name: rank for rank, name in enumerate(vocabulary.meanings)}

    def of(self, i: int) -> list[Need]:
        """What a CI needs, by type of relation in the order of the vocabulary."""
        found = [
            (self._rank[edge.type], self._need(edge, meaning))
            for edges, forward in ((self._columns.out(i), True), (self._columns.into(i), False))
            for edge in edges
            if (meaning := self._meanings.get(edge.type)) is not None and meaning.dependent_is_from is forward
        ]
        return [need for _, need in sorted(found, key=lambda ranked: ranked[0])]

    def dependents(self, i: int, *, reached: bool = False) -> list[int]:
        """Who needs a CI; if ``reached``, only over relations that carry what happens to the network."""
        found = []
        for edges, forward in ((self._columns.into(i), True), (self._columns.out(i), False)):
            for edge in edges:
                meaning = self._meanings.get(edge.type)
                if meaning is None or meaning.dependent_is_from is not forward:
                    continue
                if meaning.carries_network or not reached:
                    found.append(edge.start if forward else edge.end)
        return sorted(found)

    def dependent_of(self, edge: Edge) -> int | None:
        """The CI that needs the other; ``None`` where a relation carries no health."""
        meaning = self._meanings.get(edge.type)
        if meaning is None:
            return None
        return edge.start if meaning.dependent_is_from else edge.end

    def provider_of(self, edge: Edge) -> int:
        return edge.end if self._meanings[edge.type].dependent_is_from else edge.start

    def read(self, edge: Edge) -> Need | None:
        """The need that a relation is; ``None`` where it carries no health."""
        meaning = self._meanings.get(edge.type)
        return None if meaning is None else self._need(edge, meaning)

    def said(self, kind: str, about: int) -> Need:
        """What attributes of a relation, by their number, come to; of no provider in particular."""
        return self._need(Edge(0, kind, 0, self._columns.about(about)), self._meanings[kind])

    def saying(self, wanted: Callable[[Need], bool]) -> Iterator[int]:
        """The CIs that have a need of which this holds, whatever its provider; some of them twice.

        What few distinct attributes say is read once each, so that millions of needs are gone through in no time.
        """
        for name, meaning in self._meanings.items():
            start, end, about = self._columns.ends_of(name)
            holds = np.zeros(int(about.max(initial=0)) + 1, np.bool_)
            for code in np.flatnonzero(np.bincount(about)).tolist():
                holds[code] = wanted(self.said(name, code))
            if holds.any():
                yield from (start if meaning.dependent_is_from else end)[holds[about]].tolist()

    def _need(self, edge: Edge, meaning: RelationMeaning) -> Need:
        said = edge.attributes
        group = said.get(GROUP)
        need = Need(
            provider=edge.end if meaning.dependent_is_from else edge.start,
            sees=meaning.sees,
            carries_network=meaning.carries_network,
            group=str(group) if group is not None else None,
            weight=self._profile.policy.default_weight,
        )
        if not said or said.keys().isdisjoint(OF_A_NEED):
            return need
        relation = self._columns.relation(edge)
        where, profile = f"{relation.from_id} {relation.type} {relation.to_id}", self._profile
        try:
            drops = points_of(said["drops"], profile, f"{where}: drops") if "drops" in said else None
            sees = seen_of(said["map"], profile, f"{where}: map") if "map" in said else need.sees
            weight = number_of(said["weight"], f"{where}: weight") if "weight" in said else need.weight
        except ModelError as error:
            self.mistakes.append(error)
            return need
        return replace(need, sees=sees, weight=weight, drops=drops)

    # Rules

    def rules(self, i: int, used: Iterable[str | None]) -> Iterable[Scoped]:
        """Hard needs combine by worst unless a CI says otherwise; a group needs one of its members unless stated.

        ``used``: the groups of what it needs.
        """
        attributes, where = self._columns.attributes_of(i), self._columns.name_of(i)
        stated, groups = attributes.get("rules", ["worst"]), attributes.get("requirements", {})
        if not isinstance(stated, list):
            self.mistakes.append(ModelError(f"{where}: rules", "is no list", "write a list of rules"))
            stated = ["worst"]
        if not isinstance(groups, Mapping):
            self.mistakes.append(ModelError(f"{where}: requirements", "is no mapping", "write a rule for each group"))
            groups = {}
        for place, spec in enumerate(stated):
            yield Scoped(group=None, rule=self._rule(spec, f"{where}: rules.{place}", "worst"))
        known = {str(group): spec for group, spec in groups.items()}
        for group in sorted({*known, *(group for group in used if group is not None)}):
            for spec in rules_in(known.get(group, "k_of_n")):
                yield Scoped(group=group, rule=self._rule(spec, f"{where}: requirements.{group}", "k_of_n"))

    def _rule(self, spec: Any, where: str, default: str) -> Rule:
        """The rule that is written; of what is written alike, one."""
        written = orjson.dumps(spec, option=orjson.OPT_NON_STR_KEYS)
        found = self._known.get(written)
        if found is None:
            try:
                found = self._known[written] = rule_of(spec, self._profile, where)
            except ModelError as error:
                self.mistakes.append(error)
                return self._known.setdefault(orjson.dumps(default), rule_of(default, self._profile, where))
        return found
