"""Relations that came after the arrays were built: kept beside them until they are built anew.

A CI that gained a need is described in full here, and worked out by its rules one by one. Its layer rises where its new
provider stands no lower, and so do the layers of what depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from impact.arrays.build import CIRCLE, GROWN, IGNORES, MORE, RULED, ArrayGraph
from impact.arrays.lenses import CODES, MAINTAINED, STRIDE, Lens
from impact.arrays.parts import NO_GROUP, Special
from impact.arrays.work import Blaming
from impact.rows import Array, Bytes, rows_of
from impact.rule_reading import rule_of
from impact.rules import Input, Rule
from impact.scale import Level


class ClosesCircleError(ValueError):
    """The new relation closes a circle of needs: the arrays have to be built anew with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A need by places."""

    provider: int
    lens: Lens
    group: int = NO_GROUP
    special: Special = field(default_factory=Special)


@dataclass(slots=True)
class _Grown:
    """All needs of one CI; its rules, each with its group, or ``None`` if its needs combine by worst."""

    needs: list[Edge]
    rules: list[tuple[int, Rule]] | None


class Growth:
    """The relations that were added to an array graph."""

    def __init__(self, graph: ArrayGraph) -> None:
        self.graph = graph
        self.added: list[tuple[int, Edge]] = []
        """Dependent and need, in the order in which they came."""
        self._grown: dict[int, _Grown] = {}
        self._more: dict[int, list[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._grown)

    def add(self, dependent: int, edge: Edge) -> None:
        """Add one need. A group that is new to the CI needs one of its members.

        Raises:
            ClosesCircleError: the provider needs the dependent; nothing was added.
        """
        self._raise(dependent, edge.provider)
        grown = self._grown.get(dependent)
        if grown is None:
            grown = self._grown[dependent] = self._described(dependent)
        grown.needs.append(edge)
        if edge.group != NO_GROUP:
            grown.rules = grown.rules if grown.rules is not None else [(NO_GROUP, self._usual("worst"))]
            if all(group != edge.group for group, _ in grown.rules):
                grown.rules.append((edge.group, self._usual("k_of_n")))
        self._more.setdefault(edge.provider, []).append(dependent)
        self.graph.flags[dependent] |= GROWN
        self.graph.flags[edge.provider] |= MORE
        self.added.append((dependent, edge))

    def places(self) -> Array:
        """The CIs that gained a need."""
        return np.fromiter(self._grown, np.intp, len(self._grown))

    def rules(self) -> Iterable[tuple[int, int, Rule]]:
        """The rules of the CIs that gained a need: place, group, rule."""
        for place, grown in self._grown.items():
            for group, rule in grown.rules or ():
                yield place, group, rule

    def dependents(self, places: Array) -> Array:
        """Those that came to depend on these."""
        found = [after for place in places.tolist() for after in self._more.get(place, ())]
        return np.array(found, np.intp)

    def _usual(self, name: str) -> Rule:
        return rule_of(name, self.graph.profile, name)

    def _described(self, place: int) -> _Grown:
        graph = self.graph
        lenses = graph.lenses.all
        usual = Special(weight=graph.profile.policy.default_weight)
        edges = range(graph.start[place], graph.start[place + 1])
        needs = [
            Edge(
                provider=int(graph.provider[edge]),
                lens=lenses[int(graph.offset[edge]) // STRIDE],
                group=int(graph.group[edge]),
                special=graph.special.get(edge, usual),
            )
            for edge in edges
        ]
        if not graph.flags[place] & RULED:
            return _Grown(needs, [(NO_GROUP, self._usual("worst"))] if graph.flags[place] & IGNORES else None)
        slots = range(graph.slot_start[place], graph.slot_start[place + 1])
        rules = [(int(graph.slot_group[slot]), graph.rules[graph.slot_rule[slot]]) for slot in slots]
        return _Grown(needs, rules)

    # Layers

    def _raise(self, dependent: int, provider: int) -> None:
        """Lift the dependent above its provider, and what depends on it above that."""
        layer = self.graph.layer
        if self.graph.flags[dependent] & CIRCLE or provider == dependent:
            raise ClosesCircleError(dependent)
        if layer[dependent] > layer[provider]:
            return
        before: list[tuple[Array, Array]] = []
        frontier, wanted = np.array([dependent]), np.array([layer[provider] + 1], layer.dtype)
        while frontier.size:
            if (frontier == provider).any() or int(wanted.max()) >= np.iinfo(layer.dtype).max:
                for places, values in reversed(before):
                    layer[places] = values
                raise ClosesCircleError(dependent)
            before.append((frontier, layer.take(frontier)))
            layer[frontier] = wanted
            frontier, wanted = self._too_low(frontier)

    def _too_low(self, frontier: Array) -> tuple[Array, Array]:
        """Dependents that do not stand above what they need, each once, and where they ought to stand."""
        graph = self.graph
        edges, counts = rows_of(graph.back_start, frontier)
        after, least = graph.back.take(edges), (graph.layer.take(frontier) + 1).repeat(counts)
        for place in frontier[graph.flags.take(frontier) & MORE > 0].tolist():
            after = np.append(after, self._more.get(place, []))
            least = np.append(least, [graph.layer[place] + 1] * (len(after) - len(least)))
        after, least = self._with_circles(after.astype(np.intp), least, set(frontier.tolist()))
        low = graph.layer.take(after) < least
        places, which = np.unique(after[low], return_inverse=True)
        wanted = np.zeros(places.size, graph.layer.dtype)
        np.maximum.at(wanted, which, least[low].astype(graph.layer.dtype))
        return places, wanted

    def _with_circles(self, after: Array, least: Array, frontier: set[int]) -> tuple[Array, Array]:
        """A circle rises as one, and those of one circle not above each other."""
        graph = self.graph
        round_ = np.flatnonzero(graph.flags.take(after) & CIRCLE)
        if not round_.size:
            return after, least
        keep = np.ones(after.size, np.bool_)
        extra: list[int] = []
        high: list[int] = []
        for at in round_.tolist():
            circle = graph.circles[graph.circle_of[int(after[at])]]
            keep[at] = False
            if frontier.isdisjoint(circle):
                extra += circle
                high += [int(least[at])] * len(circle)
        return np.append(after[keep], extra).astype(np.intp), np.append(least[keep], high)

    # Values

    def needed(self, place: int, plain: Bytes, full: Bytes) -> int:
        """The code that its needs make of a CI that has grown."""
        return self._code(self._grown[place], place, plain, full)

    def blame(self, places: Array, plain: Bytes, full: Bytes, blaming: Blaming) -> None:
        """Say who is responsible for these places, all of which have grown."""
        pairs = [(at, by) for at, place in enumerate(places.tolist()) for by in self._blame(place, plain, full)]
        own = np.array(pairs, np.intp).reshape(-1, 2)
        blaming.add(places, own[:, 0], own[:, 1])

    def _inputs(self, needs: Iterable[Edge], place: int, plain: Bytes, full: Bytes) -> list[Input]:
        ignores = bool(self.graph.flags[place] & IGNORES)
        found = []
        for need in needs:
            state = int((full if need.lens.carries_network else plain)[need.provider])
            found.append(
                Input(
                    level=need.lens.sees[self.graph.lenses.codes.level(state & CODES)],
                    weight=need.special.weight,
                    names=self.graph.names.get(need.provider, ()),
                    drops=need.special.drops,
                    maintained=ignores and bool(state & MAINTAINED),
                )
            )
        return found

    def _code(self, grown: _Grown, place: int, plain: Bytes, full: Bytes) -> int:
        codes = self.graph.lenses.codes
        if grown.rules is None:
            return codes.of(max([0, *(one.level for one in self._inputs(grown.needs, place, plain, full))]))
        said = self._said(grown, place, plain, full)
        return max((codes.of(level) for _, _, level in said if level is not None), default=0)

    def _said(
        self, grown: _Grown, place: int, plain: Bytes, full: Bytes
    ) -> list[tuple[Rule, list[tuple[Edge, Input]], Level | None]]:
        said = []
        for group, rule in grown.rules or ():
            needs = [need for need in grown.needs if need.group == group]
            inputs = self._inputs(needs, place, plain, full)
            said.append((rule, list(zip(needs, inputs, strict=True)), rule.level(inputs)))
        return said

    def _blame(self, place: int, plain: Bytes, full: Bytes) -> list[int]:
        grown = self._grown[place]
        value = self.graph.lenses.codes.level(self._code(grown, place, plain, full))
        if value <= self.graph.profile.scale.ok:
            return []
        if grown.rules is None:
            seen = zip(grown.needs, self._inputs(grown.needs, place, plain, full), strict=True)
            return [need.provider for need, one in seen if one.level == value]
        return [
            pairs[at][0].provider
            for rule, pairs, level in self._said(grown, place, plain, full)
            if level == value
            for at in rule.blamed([one for _, one in pairs])
        ]
