"""Graded propagation: what each CI's health is, given what is broken. One value per CI; the cost grows with the cone.

CIs are worked out in the order of their needs, each once, whatever diamonds there are; needs in a circle come to their
least fixpoint. Two values are kept per CI. The *plain* one knows only faults and needs; the *full* one adds network
effects (isolation, lost redundancy). A relation that does not carry network effects (power, cooling) reads the plain
value of its provider.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TypeAlias

from impact.graph import CompiledGraph
from impact.handled import handled
from impact.needs import Need
from impact.rules import Input, KOfN, Scoped
from impact.scale import EXCLUDED, OUTSIDE, Level

Levels = dict[int, Level]
Applied: TypeAlias = tuple[Scoped, list[tuple[Need, Input]], Level | None]


def calm_of(graph: CompiledGraph, before: CompiledGraph | None = None) -> Mapping[int, Level]:
    """The CIs that are not ok although nothing is broken. Worked out once; of a renewed graph, from the former's."""
    if graph.calm is None:
        known = before.calm if before is not None and graph.renews(before) else None
        spread = Propagation(graph, known or {})
        spread.settle(graph.standing if known is None else graph.unsettled)
        graph.calm = spread.plain
    return graph.calm


class Propagation:
    """An evaluation that grows: faults, network effects and maintenance are added, and what depends on them settles.

    Only CIs that are not ok are held.
    """

    def __init__(self, graph: CompiledGraph, calm: Mapping[int, Level] | None = None) -> None:
        self.graph = graph
        self.own: Levels = {}
        self.network: Levels = {}
        calm = calm_of(graph) if calm is None else calm
        self.plain: Levels = dict(calm)
        self.full: Levels = dict(calm)
        self.maintained: set[int] = set()
        self._heirs: frozenset[int] = frozenset()
        """CIs that inherit maintenance and are left out for that by who needs them."""
        self.visited = 0
        """How many CIs were worked out, each time counted; a CI outside of a circle is once per settling."""

    def add(
        self,
        own: Mapping[int, Level],
        network: Mapping[int, Level] | None = None,
        maintained: Iterable[int] = (),
    ) -> None:
        """Add own health, network effects and maintenance of some CIs and settle all that depends on them."""
        changed: list[int] = []
        for store, added in ((self.own, own), (self.network, network or {})):
            for node, level in added.items():
                worse = self._worse(level, store.get(node, 0))
                if worse != store.get(node, 0):
                    store[node] = worse
                    changed.append(node)
        fresh = set(maintained) - self.maintained
        self.maintained |= fresh
        self.settle([*changed, *self._dependents_of(fresh)])

    def put(self, own: Mapping[int, Level], maintained: Iterable[int] = ()) -> frozenset[int]:
        """Replace own health and maintenance altogether, settle what that touches, and say whose health changed."""
        before, wanted = dict(self.full), set(maintained)
        touched = {n for n in own.keys() | self.own.keys() if own.get(n, 0) != self.own.get(n, 0)}
        touched.update(self._dependents_of(wanted ^ self.maintained))
        self.own, self.maintained = dict(own), wanted
        self.settle(touched)
        return frozenset(n for n in before.keys() | self.full.keys() if before.get(n, 0) != self.full.get(n, 0))

    def _dependents_of(self, nodes: Iterable[int]) -> Iterable[int]:
        """Maintenance changes nothing of a CI itself, but of what those see who need it."""
        return (dependent for node in nodes for dependent in self.graph.dependents[node])

    def settle(self, start: Iterable[int]) -> None:
        """Settle health; where maintenance that is inherited takes an input out, again, from below."""
        passing = self.graph.passing
        left_out, self._heirs = self._heirs, frozenset()
        self._settle_health([*start, *self._dependents_of(left_out)])
        for _ in range(len(passing) + 1 if self.maintained else 0):
            heirs = self.in_maintenance() & passing - self.maintained
            if heirs == self._heirs:
                return
            changed, self._heirs = heirs ^ self._heirs, heirs
            self._settle_health(self._dependents_of(changed))

    def _settle_health(self, start: Iterable[int]) -> None:
        """Work out these CIs and what follows from a change of theirs: by rank, a circle as a whole."""
        order = self.graph.order
        queue = [(order.rank[node], node) for node in set(start)]
        heapq.heapify(queue)
        queued = {node for _, node in queue}
        while queue:
            rank, node = heapq.heappop(queue)
            circle = order.circles.get(rank)
            if circle is not None:
                while queue and queue[0][0] == rank:
                    heapq.heappop(queue)
                changed = self._settle_circle(circle)
                queued.difference_update(circle)
            else:
                queued.discard(node)
                changed = [node] if self._work_out(node) else []
            for moved in changed:
                for dependent in self.graph.dependents[moved]:
                    if dependent not in queued and order.rank[dependent] != rank:
                        queued.add(dependent)
                        heapq.heappush(queue, (order.rank[dependent], dependent))

    def _work_out(self, node: int) -> bool:
        """Give a CI its value; whether it is another than before."""
        self.visited += 1
        own = self.own.get(node, 0)
        plain = self._worse(own, self.needed(node, full=False))
        full = plain
        if self.network:
            full = self._worse(self._worse(own, self.network.get(node, 0)), self.needed(node, full=True))
        return self._keep(node, plain, full)

    def _keep(self, node: int, plain: Level, full: Level) -> bool:
        kept = True
        for store, level in ((self.plain, plain), (self.full, full)):
            if level != store.get(node, 0):
                kept = False
                if level:
                    store[node] = level
                else:
                    store.pop(node, None)
        return not kept

    def _settle_circle(self, circle: tuple[int, ...]) -> list[int]:
        """The least fixpoint of needs in a circle, from below; unknown where a rule in it has none."""
        before = {node: (self.plain.get(node, 0), self.full.get(node, 0)) for node in circle}
        refused = self.graph.refuses(circle[0], self.own)
        for node in circle:
            own = self.own.get(node, 0)
            level = self._worse(own, self.graph.scale.unknown) if refused else own
            self._keep(node, level, self._worse(level, self.network.get(node, 0)) if refused else own)
        waiting = dict.fromkeys(() if refused else circle)
        inside = set(circle)
        while waiting:
            node, _ = waiting.popitem()
            if self._work_out(node):
                waiting.update(dict.fromkeys(d for d in self.graph.dependents[node] if d in inside))
        return [node for node, was in before.items() if was != (self.plain.get(node, 0), self.full.get(node, 0))]

    # What a CI sees of its needs

    def needed(self, node: int, *, full: bool = True) -> Level:
        """What the needs of a CI make of it: the worst of what its rules say."""
        if node not in self.graph.ruled:
            values, plain = self.full if full else self.plain, self.plain
            worst = 0
            for need in self._counting(node):
                seen = need.sees[(values if need.carries_network else plain).get(need.provider, 0)]
                worst = max(worst, seen)
            return worst
        if not self.graph.needs[node] and self.graph.without_inputs is not None:
            return self.graph.without_inputs
        found = [level for _, _, level in self._ruled(node, full=full) if level is not None]
        return reduce(self._worse, found) if found else 0

    def _counting(self, node: int) -> list[Need]:
        """A CI's needs, without those in maintenance where that takes them out."""
        needs = self.graph.needs[node]
        if not self.maintained or not self.graph.ignores_maintained(node):
            return needs
        return [need for need in needs if not self._left_out(need)]

    def _left_out(self, need: Need) -> bool:
        return need.provider in self.maintained or need.provider in self._heirs

    def _ruled(self, node: int, *, full: bool = True) -> list[Applied]:
        """Each rule of a CI with its inputs and what it makes of them."""
        applied: list[Applied] = []
        for scoped in self.graph.rules_of(node):
            needs = [need for need in self.graph.needs[node] if need.group == scoped.group]
            inputs = [self._input(need, node, full=full) for need in needs]
            applied.append((scoped, list(zip(needs, inputs, strict=True)), scoped.rule.level(inputs)))
        return applied

    def reductions(self, node: int) -> list[Applied]:
        """Each rule of a CI with its inputs and what it makes of them; none where the worst need simply counts."""
        return self._ruled(node) if node in self.graph.ruled else []

    def _input(self, need: Need, node: int, *, full: bool) -> Input:
        ignored = bool(self.maintained) and self._left_out(need) and self.graph.ignores_maintained(node)
        return Input(
            level=self.seen(need, full=full),
            weight=need.weight,
            names=self.graph.names(need.provider),
            drops=need.drops,
            maintained=ignored,
        )

    def seen(self, need: Need, *, full: bool = True) -> Level:
        """A provider's health as its dependent sees it."""
        values = self.full if full and need.carries_network else self.plain
        return need.sees[values.get(need.provider, 0)]

    def via(self, node: int) -> tuple[int, ...]:
        """The providers that hold a CI where it is, worst first."""
        value = self.needed(node)
        if value <= self.graph.scale.ok or self.graph.refuses(node, self.own):
            return ()
        blamed: dict[int, Level] = {}
        if node not in self.graph.ruled:
            pairs = [(need, self.seen(need)) for need in self._counting(node)]
            blamed = {need.provider: seen for need, seen in pairs if seen == value}
        else:
            for scoped, pairs_of_rule, level in self._ruled(node):
                if level == value:
                    for place in scoped.rule.blamed([one for _, one in pairs_of_rule]):
                        need, one = pairs_of_rule[place]
                        blamed[need.provider] = max(one.level, blamed.get(need.provider, EXCLUDED))
        return tuple(sorted(blamed, key=lambda provider: (-blamed[provider], provider)))

    def shares(self, node: int, least: Level) -> list[tuple[int, Level]]:
        """The providers that have a part in a CI being at ``least`` or worse, and from which level of theirs on."""
        if self.graph.refuses(node, self.own):
            return []
        found: list[tuple[Need, Level]] = []
        if node not in self.graph.ruled:
            found = [(need, least) for need in self._counting(node) if self.seen(need) >= least]
        for scoped, pairs, level in self.reductions(node):
            if level is not None and level >= least:
                parts = scoped.rule.shares([one for _, one in pairs], least)
                found += [(pairs[place][0], bound) for place, bound in parts.items()]
        problems = range(self.graph.scale.ok + 1, self.graph.scale.worst + 1)
        from_level = (
            (n.provider, next((level for level in problems if n.sees[level] >= bound), None)) for n, bound in found
        )
        return [(provider, level) for provider, level in from_level if level is not None]

    def in_maintenance(self) -> frozenset[int]:
        """The CIs in maintenance: those that were put there, and those that inherit it."""
        return handled(self, self.maintained, self.graph.maintenance, self.graph.maintenance_words)

    def thin_groups(self, node: int) -> tuple[str, ...]:
        """Groups of this CI that hold with no member to spare, although they had one."""
        thin = []
        for scoped in self.graph.rules_of(node):
            if scoped.group is not None and isinstance(scoped.rule, KOfN):
                needs = [need for need in self.graph.needs[node] if need.group == scoped.group]
                if scoped.rule.at_edge([self._input(need, node, full=True) for need in needs]):
                    thin.append(scoped.group)
        return tuple(sorted(thin))

    def _worse(self, one: Level, other: Level) -> Level:
        """The worse of two; what is unknown stays so unless something is known to be wrong."""
        worse = max(one, other)
        return OUTSIDE if OUTSIDE in (one, other) and worse <= self.graph.scale.ok else worse
