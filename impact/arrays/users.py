"""Who uses what, as arrays: which services a failure hits, and how many people, where everybody meets the same.

The same as `impact.viewpoints.Views` without sites' views of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from impact.model import Health
from impact.people import Business
from impact.rows import Array, reduce_rows, tabled
from impact.scale import Level


class Users:
    """Made once for a graph. ``count``: how many CIs there are; ``name``: of a CI."""

    def __init__(self, business: Business, count: int, name: Callable[[int], str]) -> None:
        self._level = np.zeros(count, np.int8)
        """Scratch: 0 everywhere between two questions."""
        self._is_service = _marked(count, business.tiers)
        self._is_offering = _marked(count, business.offerings)
        ranked = sorted((*business.tiers, *business.offerings), key=lambda one: (business.tier(one), name(one)))
        self._rank = np.zeros(count, np.int32)
        self._rank[ranked] = np.arange(len(ranked), dtype=np.int32)
        parts = [(offering, one) for offering, services in business.offerings.items() for one in services]
        self._services = _Table(parts, count)
        self._used = np.array(sorted(business.users_of), np.int32)
        place = {used: at for at, used in enumerate(self._used.tolist())}
        behind = [(at, one) for used, at in place.items() for one in business.behind(used)]
        self._behind = _Table(behind, len(place))
        uses = [(at, place[used]) for at, person in enumerate(business.people) for used in person.uses]
        self._uses = _Table(uses, len(business.people))

    def hit(self, levels: Mapping[int, Level]) -> dict[int, Health]:
        """Services that are not ok, and offerings that are worse than their services, the gravest first.

        ``levels``: of all services and offerings that are not ok; above 0.
        """
        nodes = np.fromiter(levels, np.int32, len(levels))
        with _Written(self._level, levels):
            offerings = nodes[self._is_offering[nodes]]
            apart = offerings[self._level[offerings] > self._services.worst(offerings, self._level)]
            found = np.concatenate((nodes[self._is_service[nodes]], apart))
            found = found[np.lexsort((self._rank[found], -self._level[found]))]
            states = self._level[found].tolist()
        return {node: Health(state) for node, state in zip(found.tolist(), states, strict=True)}

    def counts(self, levels: Mapping[int, Level]) -> tuple[int, int]:
        """How many people cannot work, and are limited; each once, at their worst.

        What an offering makes up for does not reach its users.
        """
        with _Written(self._level, levels):
            met = np.minimum(self._behind.worst_of_all(self._level), self._level[self._used])
        worst = self._uses.worst_of_all(met)
        return int((worst == Health.DOWN).sum()), int((worst == Health.DEGRADED).sum())


class _Table:
    """Pairs of owner and value as rows by owner."""

    def __init__(self, pairs: list[tuple[int, int]], owners: int) -> None:
        table = np.array(pairs, np.int32).reshape(-1, 2)
        self._starts, self._values = tabled(table[:, 0], table[:, 1], owners)

    def worst_of_all(self, level: Array) -> Array:
        """The highest level among the values of each owner; 0 for an owner without any."""
        return reduce_rows(np.maximum, level[self._values], np.diff(self._starts), 0)

    def worst(self, owners: Array, level: Array) -> Array:
        """The same for some owners."""
        counts = self._starts[owners + 1] - self._starts[owners]
        ends = counts.cumsum()
        at = np.repeat(self._starts[owners] - ends + counts, counts) + np.arange(int(counts.sum()))
        return reduce_rows(np.maximum, level[self._values[at]], counts, 0)


class _Written:
    """Levels that stand in the scratch for as long as they are needed."""

    def __init__(self, level: Array, levels: Mapping[int, Level]) -> None:
        self._level = level
        self._levels = levels

    def __enter__(self) -> None:
        nodes = list(self._levels)
        self._level[nodes] = list(self._levels.values())

    def __exit__(self, *_: object) -> None:
        self._level[list(self._levels)] = 0


def _marked(count: int, some: Iterable[int]) -> Array:
    marks = np.zeros(count, np.bool_)
    marks[list(some)] = True
    return marks
