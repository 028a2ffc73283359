"""The upper storeys of the graph: services and their offerings, who uses them, who answers for them, where they sit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from impact.costs import Attributes, Default, Rate, rates_of
from impact.heads import numbers_alone

Players: TypeAlias = Callable[[str], Sequence[int]]
"""The CIs that play a part, the lowest first."""

Pairs: TypeAlias = Callable[[str], Sequence[tuple[int, int]]]
"""The relations that play a part, as (from, to)."""

LEAST_CRITICAL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who uses what: the person's site (or ``None``), and what they use, directly or through groups."""

    index: int
    site: int | None
    vip: bool
    uses: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A department, a team: its site (or ``None``), and what it uses, itself or through groups that it is in."""

    index: int
    site: int | None
    uses: frozenset[int]


@dataclass
class Business:
    """The upper storeys of the graph, resolved to services, offerings, groups and persons."""

    tiers: dict[int, int] = field(default_factory=dict)  # service → tier
    offerings: dict[int, tuple[int, ...]] = field(default_factory=dict)  # offering → the services that it is part of
    offered: dict[int, tuple[int, ...]] = field(default_factory=dict)  # service → what people use of it
    offering_tiers: dict[int, int] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    users_of: dict[int, list[Person]] = field(default_factory=dict)  # what is used → the persons who use it
    groups_of: dict[int, list[Group]] = field(default_factory=dict)  # what is used → the groups that use it
    heads_of: dict[int, int] = field(default_factory=dict)  # group or offering → people known as a number only
    vips: frozenset[int] = frozenset()
    user_sites: dict[int, frozenset[int]] = field(default_factory=dict)  # service or offering → sites of its users
    heads: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # service, offering → [(person, department)]
    owners: dict[int, list[int]] = field(default_factory=dict)  # CI → owning Person or Team
    on_call: dict[int, list[int]] = field(default_factory=dict)  # team → persons
    places: dict[int, int] = field(default_factory=dict)  # CI → the site in which it stands
    uses: dict[int, set[int]] = field(default_factory=dict)  # person or group → what it uses itself
    member_of: dict[int, list[int]] = field(default_factory=dict)  # person or group → the groups that it is in itself
    rates: dict[int, Rate] = field(default_factory=dict)  # service or offering → what its outage costs, where said
    default_team: int | None = None

    def tier(self, hit: int) -> int:
        """Of a service or an offering; 1 is mission critical."""
        return self.tiers[hit] if hit in self.tiers else self.offering_tiers[hit]

    def behind(self, used: int) -> tuple[int, ...]:
        """What may hurt its users: the services that it is part of, and itself."""
        return (*self.offerings.get(used, ()), used)

    def through(self, hits: Iterable[int]) -> list[int]:
        """What people use of these services and offerings, sorted."""
        return sorted({used for hit in hits for used in self.offered.get(hit, ())})

    def chain(self, member: int, used: int) -> tuple[int, ...]:
        """From who uses something itself down to a member of it, over as few groups as possible."""
        before: dict[int, int | None] = {member: None}
        for at in (order := [member]):
            if used in self.uses.get(at, ()):
                return tuple(_back(before, at))
            for group in self.member_of.get(at, ()):
                if group not in before:
                    before[group] = at
                    order.append(group)
        return (member,)


def _back(before: Mapping[int, int | None], start: int) -> Iterable[int]:
    at: int | None = start
    while at is not None:
        yield at
        at = before[at]


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

    def home(self, sources: Iterable[int]) -> int | None:
        """The site of the first of these that stands in one."""
        homes = (self.site_of(source) for source in sources if source in self.located)
        return next((home for home in homes if home is not None), None)


def business_of(
    attributes: Attributes,
    *,
    players: Players,
    numbered: Iterable[int],
    pairs: Pairs,
    places: Places,
    default: Default,
) -> Business:
    """Resolve services and people.

    Args:
        attributes: of a CI, by its number.
        players: the CIs that play a part: service, offering, person, team.
        numbered: the CIs that may say how many people they are.
        pairs: the relations that play a part: uses, part_of, owns, on_call, member_of, head_of.
        places: where things stand.
        default: the number of an attribute that holds for a CI which says none.
    """
    business = Business()
    business.tiers = {i: int(str(attributes(i).get("tier", LEAST_CRITICAL))) for i in players("service")}
    defaults = [i for i in players("team") if attributes(i).get("default_team") is True]
    business.default_team = defaults[-1] if defaults else None
    for owner, owned in pairs("owns"):
        business.owners.setdefault(owned, []).append(owner)
    for person, team in pairs("on_call"):
        business.on_call.setdefault(team, []).append(person)
    for user, used in pairs("uses"):
        business.uses.setdefault(user, set()).add(used)
    for member, group in pairs("member_of"):
        business.member_of.setdefault(member, []).append(group)
    business.places = {thing: site for thing in places.located if (site := places.site_of(thing)) is not None}
    _offerings(business, attributes, players("offering"), pairs("part_of"))
    business.rates = rates_of((*business.tiers, *business.offerings), attributes, default)
    said = {i: number for i in numbered if (number := _number(attributes(i)))}
    _users(business, attributes, players("person"), said, places)
    for head, group in pairs("head_of"):
        for hit in sorted({one for used in business.uses.get(group, ()) for one in business.behind(used)}):
            business.heads.setdefault(hit, []).append((head, group))
    return business


def _offerings(
    business: Business, attributes: Attributes, known: Iterable[int], parts: Iterable[tuple[int, int]]
) -> None:
    """Whatever is offered or used and is no service itself, with its services and its tier: theirs unless stated."""
    used = {one for those in business.uses.values() for one in those}
    found = used.union(known) - business.tiers.keys()
    part_of: dict[int, set[int]] = {}
    for part, whole in parts:
        if part in found and whole in business.tiers:
            part_of.setdefault(part, set()).add(whole)
    business.offerings = {one: tuple(sorted(part_of.get(one, ()))) for one in sorted(found)}
    offered: dict[int, list[int]] = {}
    for one in sorted(found | used):
        for hit in business.behind(one):
            offered.setdefault(hit, []).append(one)
    business.offered = {hit: tuple(those) for hit, those in offered.items()}
    for one, services in business.offerings.items():
        said = attributes(one).get("tier")
        theirs = min((business.tiers[service] for service in services), default=LEAST_CRITICAL)
        business.offering_tiers[one] = int(str(said)) if said is not None else theirs


def _users(
    business: Business, attributes: Attributes, persons: Iterable[int], numbers: Mapping[int, int], places: Places
) -> None:
    above = _all_groups(business.member_of)
    people = frozenset(persons)
    numbered = numbers.keys() - business.offerings.keys()
    groups = {*business.uses, *business.member_of, *_ends(business.member_of), *numbered} - people
    by_name = {group for person in people for group in above.get(person, ())}
    business.heads_of = numbers_alone({group: numbers[group] for group in groups & numbered - by_name}, above)
    sites: dict[int, set[int]] = {}
    for user in sorted({*people, *groups}):
        sources = (user, *above.get(user, ()))
        site = places.home(sources)
        uses = frozenset[int]().union(*(business.uses.get(source, ()) for source in sources))
        if user in people:
            vip = attributes(user).get("vip") is True
            business.people.append(Person(index=user, site=site, vip=vip, uses=uses))
        else:
            business.groups.append(Group(index=user, site=site, uses=uses))
        # who only stands in groups is met where they are; a group that uses nothing itself has no say in that
        if site is not None and (user in people or user in business.uses):
            for hit in {one for used in uses for one in business.behind(used)}:
                sites.setdefault(hit, set()).add(site)
    business.user_sites = {hit: frozenset(those) for hit, those in sites.items()}
    business.vips = frozenset(person.index for person in business.people if person.vip)
    business.users_of = _by_use(business.people)
    business.groups_of = _by_use(business.groups)
    for offering in business.offerings:
        known = business.users_of.get(offering) or any(
            g.index in business.heads_of for g in business.groups_of.get(offering, ())
        )
        if not known and offering in numbers:
            business.heads_of[offering] = numbers[offering]


_User = TypeVar("_User", Person, Group)


def _by_use(users: Iterable[_User]) -> dict[int, list[_User]]:
    found: dict[int, list[_User]] = {}
    for user in users:
        for used in user.uses:
            found.setdefault(used, []).append(user)
    return found


def _ends(relations: Mapping[int, Iterable[int]]) -> set[int]:
    return {end for ends in relations.values() for end in ends}


def _number(attributes: Mapping[str, Any]) -> int:
    said = attributes.get("head_count")
    return max(0, said) if isinstance(said, int) and not isinstance(said, bool) else 0


def _all_groups(member_of: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """The groups that somebody is in, and those that these are in, nearest first."""
    found: dict[int, list[int]] = {}
    for member, nearest in member_of.items():
        groups = dict.fromkeys(nearest)
        frontier = list(groups)
        while frontier:
            frontier = [above for group in frontier for above in member_of.get(group, ()) if above not in groups]
            groups |= dict.fromkeys(frontier)
        found[member] = [group for group in groups if group != member]
    return found
