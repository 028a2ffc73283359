"""Conditions on a CI's inputs, in three-valued logic: what is unknown is not false.

A condition is data: ``{input: db-1, is: down}`` (``is_not``, ``at_least``, ``at_most``), ``{any: down}`` and
``{every: down}`` over all inputs, ``{count: 2, at_least: down, of: [db-1, …]}``, joined by ``all``, ``either``, ``not``
and ``one_of`` (exactly one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from impact.errors import ModelError
from impact.scale import Level, Scale, only

MAX_DEPTH = 12
MAX_COUNT = 10**9
Facts: TypeAlias = Sequence[tuple[tuple[str, ...], Level]]
Truth: TypeAlias = bool | None


class Condition(Protocol):
    @property
    def monotone(self) -> bool:
        """Whether a worse input never makes it false again."""
        ...

    def holds(self, facts: Facts) -> Truth:
        """True, false, or ``None`` if it cannot be said."""
        ...

    def names(self) -> frozenset[str]:
        """The inputs that it names; empty where it speaks of all."""
        ...

    def decisive(self, facts: Facts) -> frozenset[int]:
        """Which inputs, by place, make it true: those that speak for it; under a negation all that it speaks of."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Whether an input is at a level, or at it or worse. Who is not there is unknown."""

    name: str
    level: Level
    or_worse: bool

    @property
    def monotone(self) -> bool:
        return self.or_worse and self.level >= 0

    def holds(self, facts: Facts) -> Truth:
        found = [_at(level, self.level, or_worse=self.or_worse) for names, level in facts if self.name in names]
        return _any(found) if found else None

    def names(self) -> frozenset[str]:
        return frozenset({self.name})

    def decisive(self, facts: Facts) -> frozenset[int]:
        return frozenset(
            place
            for place, (names, level) in enumerate(facts)
            if self.name in names and _at(level, self.level, or_worse=self.or_worse)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """Whether any, or every, input is at a level or worse."""

    level: Level
    every: bool

    @property
    def monotone(self) -> bool:
        return True

    def holds(self, facts: Facts) -> Truth:
        found = [_at(level, self.level, or_worse=True) for _, level in facts]
        return (_all(found) if found else None) if self.every else _any(found)

    def names(self) -> frozenset[str]:
        return frozenset()

    def decisive(self, facts: Facts) -> frozenset[int]:
        return frozenset(place for place, (_, level) in enumerate(facts) if _at(level, self.level, or_worse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Whether so many inputs are at a level or worse, of those that are named, or of all."""

    least: int
    level: Level
    of: tuple[str, ...] = ()

    @property
    def monotone(self) -> bool:
        return self.level >= 0

    def holds(self, facts: Facts) -> Truth:
        found = [
            _at(level, self.level, or_worse=True)
            for names, level in facts
            if not self.of or not {*self.of}.isdisjoint(names)
        ]
        if found.count(True) >= self.least:
            return True
        return False if len(found) - found.count(False) < self.least else None

    def names(self) -> frozenset[str]:
        return frozenset(self.of)

    def decisive(self, facts: Facts) -> frozenset[int]:
        return frozenset(
            place
            for place, (names, level) in enumerate(facts)
            if (not self.of or not {*self.of}.isdisjoint(names)) and _at(level, self.level, or_worse=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Conditions joined by all, either, one_of or not."""

    how: str
    parts: tuple[Condition, ...]

    @property
    def monotone(self) -> bool:
        return self.how in ("all", "either") and all(part.monotone for part in self.parts)

    def holds(self, facts: Facts) -> Truth:
        found = [part.holds(facts) for part in self.parts]
        if self.how == "all":
            return _all(found)
        if self.how == "either":
            return _any(found)
        if None in found:
            return None
        return sum(map(bool, found)) == 1 if self.how == "one_of" else not found[0]

    def names(self) -> frozenset[str]:
        parts = [part.names() for part in self.parts]
        return frozenset().union(*parts) if all(parts) else frozenset()

    def decisive(self, facts: Facts) -> frozenset[int]:
        if self.how in ("all", "either"):
            return frozenset().union(*(part.decisive(facts) for part in self.parts if part.holds(facts)))
        named = self.names()
        return frozenset(place for place, (names, _) in enumerate(facts) if not named or named & {*names})


def _at(level: Level, wanted: Level, *, or_worse: bool) -> Truth:
    if wanted < 0:
        return level == wanted
    if level < 0:
        return None
    return level >= wanted if or_worse else level == wanted


def _all(found: Sequence[Truth]) -> Truth:
    return False if False in found else None if None in found else True


def _any(found: Sequence[Truth]) -> Truth:
    return True if True in found else None if None in found else False


def condition_of(spec: Any, scale: Scale, where: str, depth: int = 0) -> Condition:
    """Read a condition.

    Raises:
        ModelError: names the field and the remedy.
    """
    if depth > MAX_DEPTH:
        raise ModelError(where, "is nested too deep", f"use at most {MAX_DEPTH} levels")
    if not isinstance(spec, Mapping):
        raise ModelError(where, "is no condition", "write {input: NAME, is: LEVEL}, all, either, not or one_of")
    if "input" in spec:
        return _at_of(spec, scale, where)
    if "count" in spec:
        return _count_of(spec, scale, where)
    if len(spec) != 1:
        raise ModelError(where, "is not one condition", "join several by all, either or one_of")
    (how, given), *_ = spec.items()
    if how in ("any", "every"):
        return Of(level=scale.number(given, f"{where}.{how}"), every=how == "every")
    if how == "not":
        return Joined(how=how, parts=(condition_of(given, scale, f"{where}.not", depth + 1),))
    if how not in ("all", "either", "one_of"):
        raise ModelError(
            f"{where}.{how}", "is not known", "known are input, count, any, every, all (and), either (or), one_of, not"
        )
    if not isinstance(given, list) or not given:
        raise ModelError(f"{where}.{how}", "is no list", "write a list of conditions")
    parts = (condition_of(part, scale, f"{where}.{how}.{place}", depth + 1) for place, part in enumerate(given))
    return Joined(how=how, parts=tuple(parts))


_WAYS = ("is", "is_not", "at_least", "at_most")


def _at_of(spec: Mapping[str, Any], scale: Scale, where: str) -> Condition:
    only(spec, where, "input", *_WAYS)
    ways = [way for way in _WAYS if way in spec]
    if len(ways) != 1:
        raise ModelError(where, "says not at which level", f"write one of {', '.join(_WAYS)}, with a level")
    how, name = ways[0], str(spec["input"])
    level = scale.number(spec[how], f"{where}.{how}")
    if how == "at_most":
        if level < 0:
            raise ModelError(f"{where}.at_most", "is no level of the order", "write is, or a level")
        if level == scale.worst:
            how, level = "at_least", 0  # whatever is known
        else:
            return Joined(how="not", parts=(At(name=name, level=level + 1, or_worse=True),))
    # nothing is worse than the worst: to be at it is to be at it or worse, which is monotone
    at = At(name=name, level=level, or_worse=how == "at_least" or level == scale.worst)
    return Joined(how="not", parts=(at,)) if how == "is_not" else at


def _count_of(spec: Mapping[str, Any], scale: Scale, where: str) -> Condition:
    only(spec, where, "count", "at_least", "of")
    least, of = spec["count"], spec.get("of", [])
    if not isinstance(least, int) or isinstance(least, bool) or not 1 <= least <= MAX_COUNT:
        raise ModelError(f"{where}.count", f"is {least!r}", "write a whole number from 1")
    if not isinstance(of, list):
        raise ModelError(f"{where}.of", "is no list", "write a list of inputs, or leave it out for all")
    if "at_least" not in spec:
        raise ModelError(where, "says not at which level", "write at_least: LEVEL")
    level = scale.number(spec["at_least"], f"{where}.at_least")
    return Count(least=least, level=level, of=tuple(map(str, of)))
