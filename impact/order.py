"""The order in which CIs are worked out: providers first; what needs itself in a circle stands together."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

Of: TypeAlias = Callable[[int], Iterable[int]]
"""Some CIs of a CI."""

MOST_LIFTED = 50_000
"""Where more CIs than this would have to be ranked anew, an order is better made anew on arrays."""


class Components:
    """Strongly connected components. ``rank``: of each node the number of its component, providers first.

    After Tarjan, "Depth-first search and linear graph algorithms" (1972); without recursion, so to any depth.
    """

    def __init__(self, providers: Sequence[Sequence[int]]) -> None:
        self.rank = [-1] * len(providers)
        self.circles: dict[int, tuple[int, ...]] = {}
        """Number → the members of a circle; of those nodes only that are in one."""
        self._providers = providers
        self._ranks = 0
        self._found = [0] * len(providers)
        self._low = [0] * len(providers)
        self._count = 0
        self._open: list[int] = []
        for node in range(len(providers)):
            if not self._found[node]:
                self._visit(node)

    def _visit(self, start: int) -> None:
        path = [(start, self._enter(start))]
        while path:
            node, onward = path[-1]
            for provider in onward:
                if not self._found[provider]:
                    path.append((provider, self._enter(provider)))
                    break
                if self.rank[provider] < 0:
                    self._low[node] = min(self._low[node], self._found[provider])
            else:
                path.pop()
                self._leave(node)
                if path:
                    above = path[-1][0]
                    self._low[above] = min(self._low[above], self._low[node])

    def _enter(self, node: int) -> Iterable[int]:
        self._count += 1
        self._found[node] = self._low[node] = self._count
        self._open.append(node)
        return iter(self._providers[node])

    def _leave(self, node: int) -> None:
        if self._low[node] != self._found[node]:
            return
        members = []
        while True:
            member = self._open.pop()
            members.append(member)
            self.rank[member] = self._ranks
            if member == node:
                break
        if len(members) > 1 or node in self._providers[node]:
            self.circles[self._ranks] = tuple(sorted(members))
        self._ranks += 1


class _Lifting:
    """Ranks that are raised where a need came: the dependent, and all that depends on it, above all others."""

    def __init__(self, rank: array[int], circles: dict[int, tuple[int, ...]], dependents: Of) -> None:
        self.rank = rank
        self.circles = circles
        self._dependents = dependents
        self._above = max(rank, default=-1) + 1

    def holds(self, dependent: int, provider: int) -> bool:
        """Whether a need now leads down; not if it closes a circle, stands in one, or too much would have to move."""
        if self.rank[dependent] > self.rank[provider]:
            return True
        cone = self._cone(dependent)
        if cone is None or provider in cone:
            return False
        former = None
        for node in sorted(cone, key=self.rank.__getitem__):
            was = self.rank[node]
            if was != former:
                former, here = was, self._above
                self._above += 1
                if was in self.circles:
                    self.circles[here] = self.circles.pop(was)
            self.rank[node] = here
        return True

    def _cone(self, start: int) -> set[int] | None:
        found, frontier = {start}, [start]
        while frontier:
            after = {dependent for node in frontier for dependent in self._dependents(node)} - found
            found |= after
            frontier = list(after)
            if len(found) > MOST_LIFTED:
                return None
        return found


class Order:
    """Ranks: a CI's rank is above those of all that it needs, except of those with which it stands in a circle."""

    def __init__(
        self,
        rank: Sequence[int],
        circles: Mapping[int, tuple[int, ...]],
        providers: Of,
    ) -> None:
        self.rank = rank
        self.circles = circles
        """Rank → the members of a circle; of those CIs only that are in one."""
        self._providers = providers

    def extended(self, count: int, pairs: Collection[tuple[int, int]], providers: Of, dependents: Of) -> Order | None:
        """The order with more CIs and other needs; ``None`` where it is better made anew.

        Args:
            count: how many CIs there are now.
            pairs: dependent and provider of each need that came or went.
            providers: what a CI needs now.
            dependents: who needs it now.
        """
        rank = array("q", self.rank)
        above = max(rank, default=-1) + 1
        rank.extend(range(above, above + count - len(rank)))
        lifted = _Lifting(rank, dict(self.circles), dependents)
        if any(rank[dependent] == rank[provider] for dependent, provider in pairs):
            return None  # in a circle, which may be none any more
        if all(lifted.holds(dependent, provider) for dependent, provider in pairs):
            return Order(rank, lifted.circles, providers)
        return None

    def loop(self, start: int, wanted: Callable[[int], bool]) -> list[int]:
        """The shortest way from a CI over its needs to one in a circle that is wanted, and once around; empty if none.

        The last of it stands in it once before: ``[d, a, b, c, a]``.
        """
        way = self._shortest(start, wanted)
        if not way:
            return []
        inside = set(self.circles[self.rank[way[-1]]])
        first = way[-1]
        around = min(
            (
                [provider, *self._shortest(provider, lambda node: node == first, inside)[1:]]
                for provider in self._providers(first)
                if provider in inside
            ),
            key=len,
        )
        return way + around

    def _shortest(self, start: int, wanted: Callable[[int], bool], inside: set[int] | None = None) -> list[int]:
        before: dict[int, int | None] = {start: None}
        frontier = [start]
        while frontier:
            following = []
            for node in frontier:
                if wanted(node):
                    return _trail(before, node)
                for provider in self._providers(node):
                    if provider not in before and (inside is None or provider in inside):
                        before[provider] = node
                        following.append(provider)
            frontier = following
        return []


def _trail(before: dict[int, int | None], end: int) -> list[int]:
    trail: list[int] = []
    node: int | None = end
    while node is not None:
        trail.append(node)
        node = before[node]
    return trail[::-1]
