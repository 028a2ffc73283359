"""How the company, and the people of each site, meet services and offerings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from impact.model import Health
from impact.people import Business
from impact.scale import Level

Met = dict[int, dict[int, Level]]
"""Who → the service or offering → the state in which they meet it."""

Users = Callable[[int], Iterable[tuple[int, int | None]]]
"""What is used → who uses it, each with their site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """``full``: the level of what is not ok. ``by_site``: as a site's people meet it, where that is otherwise."""

    business: Business
    full: Mapping[int, Level]
    by_site: Mapping[int, Mapping[int, Level]]

    def at(self, site: int | None, node: int) -> Level:
        """The level of a CI as the people of a site meet it."""
        view = self.by_site.get(site) if site is not None else None
        return (self.full if view is None else view).get(node, 0)

    def state(self, hit: int) -> Level:
        """A service's or offering's: its own, degraded while some of its user sites see it down, down when all do."""
        base = self.full.get(hit, 0)
        sites = self.business.user_sites.get(hit)
        if base == Health.DOWN or not sites:
            return base
        down = sum(self.at(site, hit) == Health.DOWN for site in sites)
        if down == len(sites):
            return Health.DOWN
        return max(base, Health.DEGRADED) if down else base

    def hit(self) -> list[int]:
        """Services that are not ok, and offerings that are worse than their services: by a fault or need of their own.

        Sorted by number.
        """
        touched = set(self.full).union(*self.by_site.values())
        services = [one for one in touched & self.business.tiers.keys() if self.state(one) > Health.OK]
        apart = [one for one in touched & self.business.offerings.keys() if self._is_apart(one)]
        return sorted(services + apart)

    def _is_apart(self, offering: int) -> bool:
        """Whether it is worse than all of its services for somebody: for the company, or for the people of a site."""
        services = self.business.offerings[offering]
        return any(
            self.at(site, offering) > max((self.at(site, service) for service in services), default=0)
            for site in (None, *self.business.user_sites.get(offering, ()))
        )

    # Who meets it

    def met_through(self, used: int, site: int | None, hits: Collection[int]) -> dict[int, Level]:
        """What somebody at a site who uses something meets of the services and offerings that are hit."""
        level, found = self.at(site, used), {}
        for hit in self.business.behind(used):
            if hit in hits:
                there = self.at(site, hit)
                # what an offering makes up for does not reach its users; what is unknown makes up for nothing
                seen = min(there, level) if level >= Health.OK else there
                if seen > Health.OK:
                    found[hit] = seen
        return found

    def people(self, hits: Collection[int]) -> Met:
        """Each person who meets one of these in a state that is not ok."""
        return self._meeting(hits, lambda used: ((p.index, p.site) for p in self.business.users_of.get(used, ())))

    def groups(self, hits: Collection[int]) -> Met:
        """Each group that uses one of these that is not ok, as its site meets it."""
        return self._meeting(hits, lambda used: ((g.index, g.site) for g in self.business.groups_of.get(used, ())))

    def _meeting(self, hits: Collection[int], users: Users) -> Met:
        hits, found = frozenset(hits), Met()
        for used in self.business.through(hits):
            met: dict[int | None, dict[int, Level]] = {}
            for user, site in users(used):
                if site not in met:
                    met[site] = self.met_through(used, site, hits)
                for hit, level in met[site].items():
                    seen = found.setdefault(user, {})
                    seen[hit] = max(level, seen.get(hit, 0))
        return found

    def heads(self, hits: Collection[int], groups: Met) -> tuple[int, int]:
        """How many people known as a number only cannot work, and how many are limited, by this; an estimate.

        Args:
            hits: services and offerings.
            groups: what the groups meet of them.
        """
        counts = {Health.DOWN: 0, Health.DEGRADED: 0}
        known = self.business.heads_of
        for group, met in groups.items():
            _count(counts, met.values(), known.get(group, 0))
        for used in self.business.offerings.keys() & known.keys() & {*self.business.through(hits)}:
            _count(counts, self.met_through(used, None, hits).values(), known[used])
        return counts[Health.DOWN], counts[Health.DEGRADED]


def _count(counts: dict[Health, int], met: Iterable[Level], heads: int) -> None:
    worst = max(met, default=0)
    for state in counts:
        if worst == state:
            counts[state] += heads
