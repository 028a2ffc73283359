"""Graded propagation: what each CI's health is, given what is broken. Least fixpoint, cost grows with the cone.

Two values are kept per CI. The *plain* one knows only faults and needs; the *full* one adds network effects (isolation,
lost redundancy). A relation that does not carry network effects (power, cooling) reads the plain value of its provider.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from impact.graph import CompiledGraph, Need, Requirement
from impact.model import Health

Levels = dict[int, Health]


class Propagation:
    """An evaluation that grows: faults and network effects are added, values only ever rise.

    Only CIs that are not ok are held.
    """

    def __init__(self, graph: CompiledGraph) -> None:
        self.graph = graph
        self.own: Levels = {}
        self.network: Levels = {}
        self.plain: Levels = {}
        self.full: Levels = {}

    def add(self, own: Mapping[int, Health], network: Mapping[int, Health] | None = None) -> None:
        """Add own health and network effects of some CIs and settle all that depends on them."""
        changed: list[int] = []
        for store, added in ((self.own, own), (self.network, network or {})):
            for node, health in added.items():
                if health > store.get(node, Health.OK):
                    store[node] = health
                    changed.append(node)
        self._settle(changed)

    def _settle(self, start: list[int]) -> None:
        queue, queued = deque(start), set(start)
        while queue:
            node = queue.popleft()
            queued.discard(node)
            plain = max(self.own.get(node, Health.OK), self.needed(node, full=False))
            full = max(plain, self.network.get(node, Health.OK), self.needed(node, full=True))
            if plain == self.plain.get(node, Health.OK) and full == self.full.get(node, Health.OK):
                continue
            self.plain[node], self.full[node] = plain, full
            for dependent in self.graph.dependents[node]:
                if dependent not in queued:
                    queued.add(dependent)
                    queue.append(dependent)

    def needed(self, node: int, *, full: bool = True) -> Health:
        """What the needs of a CI make of it: hard needs and groups combine by worst."""
        worst = Health.OK
        groups: dict[str, list[Health]] = {}
        for need in self.graph.needs[node]:
            seen = self.seen(need, full=full)
            if need.group is not None:
                groups.setdefault(need.group, []).append(seen)
            elif seen > worst:
                worst = seen
        for group, members in groups.items():
            rule = self.graph.requirements[node].get(group, _ONE)
            worst = max(worst, group_health(members, rule))
        return worst

    def seen(self, need: Need, *, full: bool = True) -> Health:
        """A provider's health as its dependent sees it."""
        values = self.full if full and need.carries_network else self.plain
        return need.sees[values.get(need.provider, Health.OK)]

    def via(self, node: int) -> tuple[int, ...]:
        """The providers that hold a CI where it is, worst first."""
        value = self.needed(node)
        if value == Health.OK:
            return ()
        blamed = [
            (self.seen(need), need.provider)
            for need in self.graph.needs[node]
            if (self.seen(need) == value if need.group is None else self.seen(need) > Health.OK)
        ]
        return tuple(provider for _, provider in sorted(blamed, key=lambda pair: (-pair[0], pair[1])))

    def thin_groups(self, node: int) -> tuple[str, ...]:
        """Groups of this CI that hold with no member to spare, although they had one."""
        members: dict[str, list[Health]] = {}
        for need in self.graph.needs[node]:
            if need.group is not None:
                members.setdefault(need.group, []).append(self.seen(need))
        rules = self.graph.requirements[node]
        return tuple(sorted(g for g, seen in members.items() if at_edge(seen, rules.get(g, _ONE))))


_ONE = Requirement()


def at_edge(members: list[Health], rule: Requirement) -> bool:
    """Whether exactly k of more than k members are still not down."""
    return len(members) > rule.k and sum(m < Health.DOWN for m in members) == rule.k


def group_health(members: list[Health], rule: Requirement) -> Health:
    """The k-th best member; at risk at least when nothing is left to spare; the stated result when it fails."""
    if len(members) < rule.k:
        return rule.result
    kth = sorted(members)[rule.k - 1]
    if kth == Health.DOWN:
        return rule.result
    return max(kth, Health.AT_RISK) if at_edge(members, rule) else kth
