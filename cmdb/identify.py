"""Which observations are of one thing. Pure, and independent of the order in which they arrived.

Claims are taken in order of strength. Observations that share a claim are of one thing, unless something tells them
apart: a stronger claim of which both have a value and none in common, or classes that no one thing can have. A claim
between two things that are told apart is *contested*: the better trusted source's thing holds it, and a person decides.

Claims that are only unique beside other CIs (a port beside its device) are compared when those are settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cmdb.catalogue import Catalogue, CiClass, ClaimKind
from cmdb.model import Claim, Observation, ScopedClaim

SourceKey: TypeAlias = tuple[str, str]  # (source, native key)
Rank: TypeAlias = tuple[int, str, str]  # (source rank, source, native key): the best trusted first
Owners: TypeAlias = tuple[int, ...]  # the things beside which a claim is unique; empty for most claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An observation that cannot be identified yet, and the code that says why."""

    source: str
    native_key: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """A claim of two things: the one that holds it, and the one that is told apart from it."""

    claim: Claim
    holder: SourceKey
    other: SourceKey


@dataclass(slots=True, kw_only=True)
class Thing:
    """Observations of one thing, the best trusted first, with the claims that it holds."""

    number: int
    observations: list[Observation]
    claims: list[Claim]
    scoped_claims: list[tuple[str, Owners, str]]  # (kind, numbers of things, value)
    level: int

    @property
    def classes(self) -> set[str]:
        return {observation.cls for observation in self.observations}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """All things, those first beside which others are identified; then what could not be settled."""

    things: tuple[Thing, ...]
    of: dict[SourceKey, int]  # number of the thing
    parked: tuple[Parked, ...]
    contested: tuple[Contested, ...]


@dataclass(slots=True)
class _Group:
    """What is known so far of observations that are one thing."""

    members: list[int]
    values: dict[str, set[str]] = field(default_factory=dict)  # claim kind → values
    classes: set[str] = field(default_factory=set)


def observation_key(observation: Observation) -> SourceKey:
    return (observation.source, observation.native_key)


def rank_of(catalogue: Catalogue, observation: Observation) -> Rank:
    """Who is believed first, whatever the attribute."""
    return (catalogue.source_rank(observation.source), observation.source, observation.native_key)


def identify(observations: Iterable[Observation], catalogue: Catalogue) -> Identified:
    """Sort observations into things."""
    return _Identification(observations, catalogue).run()


class _Identification:
    """One pass over all observations. Observations go by their place in `_all`, sorted by trust."""

    def __init__(self, observations: Iterable[Observation], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._all: Sequence[Observation] = sorted(observations, key=lambda seen: rank_of(catalogue, seen))
        self._place = {observation_key(seen): place for place, seen in enumerate(self._all)}
        self._group_of: list[_Group | None] = []
        self._holder: dict[tuple[str, Owners, str], int] = {}
        self._clashes: list[tuple[Claim, int, int]] = []
        self._parked: dict[int, str] = {}
        self._claims: dict[str, dict[str, list[int]]] = {}
        self._scoped: dict[str, list[tuple[int, ScopedClaim]]] = {}
        scopes = [kind.name for kind in catalogue.claim_kinds.values() if kind.scope]
        self._level_of_kind = {name: level for level, name in enumerate(scopes, start=1)}

    def run(self) -> Identified:
        for place, seen in enumerate(self._all):
            self._admit(place, seen)
        kinds = sorted(self._catalogue.claim_kinds.values(), key=lambda kind: (bool(kind.scope), kind.strength))
        for kind in kinds:
            if kind.scope:
                self._join_scoped(kind)
            else:
                self._join(kind, {((), value): places for value, places in self._claims.get(kind.name, {}).items()})
        return self._result()

    def _admit(self, place: int, seen: Observation) -> None:
        known = self._catalogue.classes.get(seen.cls)
        if known is None or known.abstract:
            self._parked[place] = "unknown_class" if known is None else "abstract_class"
            self._group_of.append(None)
            return
        group = _Group([place], classes={seen.cls})
        claims = self._usable(seen, known)
        for claim in claims:
            self._claims.setdefault(claim.kind, {}).setdefault(claim.value, []).append(place)
            group.values.setdefault(claim.kind, set()).add(claim.value)
        scoped = [claim for claim in seen.scoped_claims if claim.kind in known.identity]
        for beside in scoped:
            self._scoped.setdefault(beside.kind, []).append((place, beside))
        if not claims and not scoped:
            self._parked[place] = "no_claim"
        self._group_of.append(group if claims or scoped else None)

    def _usable(self, seen: Observation, known: CiClass) -> list[Claim]:
        normal = (self._catalogue.normal(claim) for claim in seen.claims if claim.kind in known.identity)
        return list(dict.fromkeys(claim for claim in normal if claim is not None))

    def _join_scoped(self, kind: ClaimKind) -> None:
        buckets: dict[tuple[Owners, str], list[int]] = {}
        for place, claim in self._scoped.get(kind.name, ()):
            owners = self._owners(self._all[place].source, claim, self._level_of_kind[kind.name])
            normal = self._catalogue.normal(Claim(kind=kind.name, value=claim.value)) if claim.value else None
            if owners is None or (claim.value and normal is None):
                self._park_if_nameless(place)
            else:
                buckets.setdefault((owners, normal.value if normal else ""), []).append(place)
        self._join(kind, buckets)

    def _owners(self, source: str, claim: ScopedClaim, level: int) -> Owners | None:
        """The things that a scoped claim refers to, by their best trusted observation, or ``None`` if one lacks."""
        owners = []
        for ref in claim.refs:
            place = self._place.get((source, ref))
            group = None if place is None else self._group_of[place]
            if place is None or group is None or self._level(self._all[place]) >= level:
                return None
            owners.append(group.members[0])
        return tuple(sorted(owners))

    def _level(self, seen: Observation) -> int:
        return max((self._level_of_kind.get(claim.kind, 0) for claim in seen.scoped_claims), default=0)

    def _park_if_nameless(self, place: int) -> None:
        group = self._group_of[place]
        if group is not None and group.members == [place] and not group.values:
            self._group_of[place] = None
            self._parked[place] = "missing_reference"

    def _join(self, kind: ClaimKind, buckets: dict[tuple[Owners, str], list[int]]) -> None:
        """Join what shares a claim of this kind, in an order that only depends on what was observed."""
        for (owners, value), places in sorted(buckets.items(), key=lambda item: (item[1], item[0])):
            holder = places[0]
            self._holder[(kind.name, owners, value)] = holder
            for place in places[1:]:
                first, other = self._group_of[holder], self._group_of[place]
                assert first is not None
                assert other is not None
                if first is other:
                    continue
                if self._told_apart(first, other, kind):
                    self._clashes.append((Claim(kind=kind.name, value=value), holder, place))
                else:
                    self._merge(first, other)

    def _told_apart(self, one: _Group, other: _Group, by: ClaimKind) -> bool:
        for name, values in one.values.items():
            others = other.values.get(name)
            if others and not values & others and tells_apart(self._catalogue.claim_kinds[name], by):
                return True
        return not all(
            self._catalogue.same_kind_of_thing(first, second) for first in one.classes for second in other.classes
        )

    def _merge(self, one: _Group, other: _Group) -> None:
        one.members = sorted([*one.members, *other.members])
        one.classes |= other.classes
        for name, values in other.values.items():
            one.values.setdefault(name, set()).update(values)
        for place in other.members:
            self._group_of[place] = one

    def _result(self) -> Identified:
        things = self._things()
        number_of = {place: thing.number for thing in things for place in self._members(thing)}
        for (kind, owners, value), holder in self._holder.items():
            thing = things[number_of[holder]]
            if owners or kind in self._level_of_kind:
                beside = tuple(sorted(number_of[owner] for owner in owners))
                thing.scoped_claims.append((kind, beside, value))
                thing.level = max(thing.level, self._level_of_kind[kind])
            else:
                thing.claims.append(Claim(kind=kind, value=value))
        return Identified(
            things=tuple(sorted(things, key=lambda thing: (thing.level, thing.number))),
            of={observation_key(self._all[place]): number for place, number in number_of.items()},
            parked=tuple(
                Parked(source=self._all[place].source, native_key=self._all[place].native_key, code=code)
                for place, code in sorted(self._parked.items())
            ),
            contested=tuple(self._contested(number_of)),
        )

    def _things(self) -> list[Thing]:
        groups = {id(group): group for group in self._group_of if group is not None}
        ordered = sorted(groups.values(), key=lambda group: group.members[0])
        return [
            Thing(
                number=number,
                observations=[self._all[place] for place in group.members],
                claims=[],
                scoped_claims=[],
                level=0,
            )
            for number, group in enumerate(ordered)
        ]

    def _members(self, thing: Thing) -> Iterable[int]:
        return (self._place[observation_key(seen)] for seen in thing.observations)

    def _contested(self, number_of: dict[int, int]) -> Iterable[Contested]:
        reported = set()
        for claim, holder, other in self._clashes:
            pair = (claim, number_of[holder], number_of[other])
            if pair[1] != pair[2] and pair not in reported:
                reported.add(pair)
                yield Contested(
                    claim=claim,
                    holder=observation_key(self._all[holder]),
                    other=observation_key(self._all[other]),
                )


def tells_apart(stronger: ClaimKind, weaker: ClaimKind) -> bool:
    """Whether a difference in one kind forbids joining by another."""
    if stronger.strength >= weaker.strength or stronger.scope:
        return False
    return "*" in stronger.tells_apart or weaker.name in stronger.tells_apart
