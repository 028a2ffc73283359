"""The upper storeys of the graph: services, who uses them, who answers for them, and where they sit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

Players: TypeAlias = Callable[[str], Sequence[int]]
"""The CIs that play a part, the lowest first."""

Attributes: TypeAlias = Callable[[int], Mapping[str, Any]]
"""Those of a CI."""

Pairs: TypeAlias = Callable[[str], Sequence[tuple[int, int]]]
"""The relations that play a part, as (from, to)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who uses what: the person's site (or ``None``), department and the offerings' services."""

    index: int
    site: int | None
    vip: bool
    services: frozenset[int]


@dataclass
class Business:
    """The upper storeys of the graph, resolved to services and persons."""

    tiers: dict[int, int] = field(default_factory=dict)  # service → tier
    people: list[Person] = field(default_factory=list)
    user_sites: dict[int, frozenset[int]] = field(default_factory=dict)  # service → sites of its users
    heads: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # service → [(person, department)]
    owners: dict[int, list[int]] = field(default_factory=dict)  # CI → owning Person or Team
    on_call: dict[int, list[int]] = field(default_factory=dict)  # team → persons
    places: dict[int, int] = field(default_factory=dict)  # CI → the site in which it stands
    default_team: int | None = None

    @cached_property
    def services_of(self) -> dict[int, frozenset[int]]:
        """Person → the services that they use."""
        return {person.index: person.services for person in self.people}

    @cached_property
    def vips(self) -> frozenset[int]:
        return frozenset(person.index for person in self.people if person.vip)

    @cached_property
    def users_of(self) -> dict[int, list[Person]]:
        """Service → the persons who use it."""
        found: dict[int, list[Person]] = {}
        for person in self.people:
            for service in person.services:
                found.setdefault(service, []).append(person)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things stand: ``located`` gives the place of each, a site or something in one."""

    located: Mapping[int, int]
    is_site: Callable[[int], bool]

    def site_of(self, thing: int) -> int | None:
        """The site in which a thing stands, through rooms; bounded, since places could be written in a circle."""
        place: int | None = thing
        for _ in range(8):
            if place is None or self.is_site(place):
                return place
            place = self.located.get(place)
        return None


def business_of(attributes: Attributes, *, players: Players, pairs: Pairs, places: Places) -> Business:
    """Resolve services and people.

    Args:
        attributes: of a CI, by its number.
        players: the CIs that play a part: service, person, team.
        pairs: the relations that play a part: uses, part_of, owns, on_call, member_of, head_of.
        places: where things stand.
    """
    business = Business()
    services_of: dict[int, set[int]] = {}
    for offering, service in pairs("part_of"):
        services_of.setdefault(offering, set()).add(service)
    business.tiers = {i: int(str(attributes(i).get("tier", 4))) for i in players("service")}
    defaults = [i for i in players("team") if attributes(i).get("default_team") is True]
    business.default_team = defaults[-1] if defaults else None
    for owner, owned in pairs("owns"):
        business.owners.setdefault(owned, []).append(owner)
    for person, team in pairs("on_call"):
        business.on_call.setdefault(team, []).append(person)
    business.places = {thing: site for thing in places.located if (site := places.site_of(thing)) is not None}
    uses: dict[int, set[int]] = {}
    for user, offering in pairs("uses"):
        uses.setdefault(user, set()).update(services_of.get(offering, ()))
    groups = _all_groups(pairs("member_of"))
    _people(business, attributes, persons=players("person"), uses=uses, places=places, groups=groups)
    for head, department in pairs("head_of"):
        for service in uses.get(department, ()):
            business.heads.setdefault(service, []).append((head, department))
    return business


def _people(
    business: Business,
    attributes: Attributes,
    *,
    persons: Sequence[int],
    uses: Mapping[int, set[int]],
    places: Places,
    groups: Mapping[int, list[int]],
) -> None:
    sites_of: dict[int, set[int]] = {}
    known = frozenset(persons)
    for user in sorted(known.union(uses)):
        sources = (user, *groups.get(user, ()))
        homes = (places.site_of(home) for home in sources if home in places.located)
        site = next((home for home in homes if home is not None), None)
        services = frozenset[int]().union(*(uses.get(source, ()) for source in sources))
        if user in known:
            vip = attributes(user).get("vip") is True
            business.people.append(Person(index=user, site=site, vip=vip, services=services))
        if site is not None:
            for service in services:
                sites_of.setdefault(service, set()).add(site)
    business.user_sites = {service: frozenset(sites) for service, sites in sites_of.items()}


def _all_groups(memberships: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    """The groups that somebody is in, and those that these are in, nearest first."""
    direct: dict[int, list[int]] = {}
    for member, group in memberships:
        direct.setdefault(member, []).append(group)
    found: dict[int, list[int]] = {}
    for member, nearest in direct.items():
        groups = dict.fromkeys(nearest)
        frontier = list(groups)
        while frontier:
            frontier = [above for group in frontier for above in direct.get(group, ()) if above not in groups]
            groups |= dict.fromkeys(frontier)
        found[member] = [group for group in groups if group != member]
    return found
