"""Conditions on a CI's inputs, in three-valued logic: what is unknown is not false.

A condition is data: ``{input: db-1, is: down}``, ``{input: db-1, at_least: degraded}``, ``{any: down}`` and
``{every: down}`` over all inputs, joined by ``all``, ``either``, ``not`` and ``one_of`` (exclusive or).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from impact.errors import ModelError
from impact.scale import Level, Scale, only

MAX_DEPTH = 12
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
    if len(spec) != 1:
        raise ModelError(where, "is not one condition", "join several by all, either or one_of")
    (how, given), *_ = spec.items()
    if how in ("any", "every"):
        return Of(level=scale.number(given, f"{where}.{how}"), every=how == "every")
    if how == "not":
        return Joined(how=how, parts=(condition_of(given, scale, f"{where}.not", depth + 1),))
    if how not in ("all", "either", "one_of"):
        raise ModelError(f"{where}.{how}", "is not known", "known are input, any, every, all, either, one_of, not")
    if not isinstance(given, list) or not given:
        raise ModelError(f"{where}.{how}", "is no list", "write a list of conditions")
    parts = (condition_of(part, scale, f"{where}.{how}.{place}", depth + 1) for place, part in enumerate(given))
    return Joined(how=how, parts=tuple(parts))


def _at_of(spec: Mapping[str, Any], scale: Scale, where: str) -> Condition:
    only(spec, where, "input", "is", "at_least")
    ways = [way for way in ("is", "at_least") if way in spec]
    if len(ways) != 1:
        raise ModelError(where, "says not at which level", "write is: LEVEL or at_least: LEVEL")
    level = scale.number(spec[ways[0]], f"{where}.{ways[0]}")
    # nothing is worse than the worst: to be at it is to be at it or worse, which is monotone
    or_worse = ways[0] == "at_least" or level == scale.worst
    return At(name=str(spec["input"]), level=level, or_worse=or_worse)
