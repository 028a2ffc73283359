"""Conditions as simply as can be, for `tests.impact.oracle`: after Kleene, ``None`` is what cannot be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.impact.oracle_words import Level, Said


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The inputs of a CI: name and level of each, ``None`` for unknown; and which of them are ignored."""

    levels: list[tuple[str, Level]]
    ignored: set[str]
    number: Callable[[object], Level]

    def at(self, wanted: object, *, worse: bool, of: Iterable[str] | None = None) -> list[bool | None]:
        """Of each input, or of each of those named, whether it is at a level."""
        level = self.number(wanted)
        return [self._at(name, found, level, worse=worse) for name, found in self.levels if of is None or name in of]

    def _at(self, name: str, found: Level, wanted: Level, *, worse: bool) -> bool | None:
        if wanted is None:
            return found is None and name not in self.ignored
        return None if found is None else found >= wanted if worse else found == wanted


def true(when: Said, facts: Facts) -> bool | None:
    if "input" in when:
        return _input(when, facts)
    if "count" in when:
        counted = facts.at(when["at_least"], worse=True, of=when.get("of") or None)
        sure, possible = counted.count(True), counted.count(True) + counted.count(None)
        return True if sure >= when["count"] else False if possible < when["count"] else None
    (how, given), *_ = when.items()
    if how in ("any", "every"):
        those = facts.at(given, worse=True)
        return either(those) if how == "any" else both(those) if those else None
    parts = [true(part, facts) for part in ([given] if how == "not" else given)]
    if how in ("all", "either"):
        return both(parts) if how == "all" else either(parts)
    if None in parts:
        return None
    return not parts[0] if how == "not" else parts.count(True) == 1


def _input(when: Said, facts: Facts) -> bool | None:
    how = next(how for how in ("is", "is_not", "at_least", "at_most") if how in when)
    those = facts.at(when[how], worse=how == "at_least", of=[when["input"]])
    if how == "at_most":
        exactly, worse = (
            facts.at(when[how], worse=False, of=[when["input"]]),
            facts.at(when[how], worse=True, of=[when["input"]]),
        )
        those = [None if bad is None else same or not bad for same, bad in zip(exactly, worse, strict=True)]
    found = either(those) if those else None
    return not found if how == "is_not" and found is not None else found


def rises(when: Said, number: Callable[[object], Level], worst: int) -> bool:
    """Whether it never becomes false because an input gets worse."""
    if "is_not" in when:
        return False
    if "at_most" in when:
        return number(when["at_most"]) == worst
    if "count" in when:
        return number(when["at_least"]) is not None
    if "input" in when:
        wanted = number(when["at_least"] if "at_least" in when else when["is"])
        return wanted is not None and ("at_least" in when or wanted == worst)
    (how, given), *_ = when.items()
    if how in ("any", "every"):
        return True
    return how in ("all", "either") and all(rises(part, number, worst) for part in given)


def either(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    return True if True in found else None if None in found else False


def both(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    return False if False in found else None if None in found else True
