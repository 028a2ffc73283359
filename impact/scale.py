"""Scales of health, and the policies in which products differ. Both are data; the engine computes with numbers.

A level is its place in the order, 0 the best. Two numbers stand outside of it: `OUTSIDE` (nothing is known, and nothing
is added to dependents) and `EXCLUDED` (an input that does not count at all).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from impact.errors import ModelError

Level: TypeAlias = int
Seen: TypeAlias = tuple[Level, ...]
"""What a dependent sees of a provider, by the provider's level; the last entry is for `OUTSIDE` (index -1)."""

OUTSIDE: Level = -1
EXCLUDED: Level = -2

MAX_LEVELS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Levels from best to worst; what is at or below ``ok`` is no problem.

    ``degraded`` is what the rule of that name makes of the worst level; ``inverse`` is what ``not`` makes of each.
    ``unknown`` is the level of what cannot be worked out: outside of the order, or one inside where a product ranks it.
    ``also``: other names of levels.
    """

    levels: tuple[str, ...]
    outside: str | None = None
    ok: Level = 0
    unknown: Level = OUTSIDE
    degraded: Level
    inverse: tuple[Level, ...]
    also: tuple[tuple[str, Level], ...] = ()

    @property
    def worst(self) -> Level:
        return len(self.levels) - 1

    @property
    def at_risk(self) -> Level:
        """The least problem; ok on a scale on which the least problem is already the worst."""
        return self.ok + 1 if self.ok + 1 < self.worst else self.ok

    def word(self, level: Level) -> str:
        """The name of a level.

        Raises:
            IndexError: it is `EXCLUDED`, which no CI ever is.
        """
        if level == OUTSIDE:
            return self.outside or "unknown"
        if level < 0:
            raise IndexError(level)
        return self.levels[level]

    def number(self, word: Any, where: str) -> Level:
        """The level of a name; numbers that a product uses as names are taken as text.

        Raises:
            ModelError: the scale has no such level.
        """
        name = str(word)
        if name in self.levels:
            return self.levels.index(name)
        if name == self.outside:
            return OUTSIDE
        for other, level in self.also:
            if name == other:
                return level
        known = [*self.levels, *([self.outside] if self.outside else [])]
        raise ModelError(where, f"{name!r} is no level", f"write one of {', '.join(known)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Where products contradict each other.

    ``map_healthy``: raise and fixed also change an input that is no problem.
    ``lower_to``: how far lower goes: to ok, or to the least problem (a problem stays one).
    ``no_inputs``: the level of a CI that has rules and nothing to apply them to.
    ``too_few``: what k of n says when there are fewer than k inputs: their worst, or this level.
    ``minimum``: what the rule ``min`` counts: the worst of the best k, or whether k are ok (else the worst of all).
    ``percent``: how a share is rounded before it is compared: exact, floor, nearest.
    ``unknown_counts``, ``ignored_counts``, ``maintained_counts``: whether such inputs stay in totals.
    ``maintenance``: what it does to whom depends on it (`impact.handled`), or ignore_input: it does not count.
    ``acknowledgement``: what it does to whom depends on it (`impact.handled`).
    ``cycles``: needs in a circle are worked out as least fixpoint, or refused: then they are unknown.
    ``default_weight``: of a relation that states none.
    """

    map_healthy: bool = False
    lower_to: str = "ok"
    no_inputs: str | None = None
    too_few: str | None = None
    minimum: str = "best"
    percent: str = "exact"
    unknown_counts: bool = True
    ignored_counts: bool = False
    maintained_counts: bool = True
    maintenance: str = "ignore"
    acknowledgement: str = "ignore"
    cycles: str = "fixpoint"
    default_weight: int = 1


HEIRS = ("inherit", "inherit_worst", "inherit_if_ok", "inherit_if_down")

CHOICES: Mapping[str, tuple[str, ...]] = {
    "lower_to": ("ok", "least_problem"),
    "minimum": ("best", "count"),
    "percent": ("exact", "floor", "nearest"),
    "maintenance": ("ignore", "ignore_input", *HEIRS),
    "acknowledgement": ("ignore", *HEIRS),
    "cycles": ("fixpoint", "refuse"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A scale with its policy."""

    name: str
    scale: Scale
    policy: Policy = field(default_factory=Policy)

    @property
    def without_inputs(self) -> Level | None:
        """What a CI with rules and no needs is; ``None`` leaves that to its rules."""
        word = self.policy.no_inputs
        return self.scale.number(word, "policy.no_inputs") if word is not None else None


def scale_of(spec: Any, where: str) -> Scale:
    """Read a scale: ``{levels: [best, …, worst], outside: …, ok: …, degraded: …, inverse: {level: level}}``.

    Raises:
        ModelError: names the field and the remedy.
    """
    known = only(spec, where, "levels", "outside", "ok", "unknown", "degraded", "inverse", "also")
    given = known.get("levels")
    levels = tuple(map(str, given)) if isinstance(given, list) else ()
    if not 2 <= len(levels) <= MAX_LEVELS or len(set(levels)) != len(levels):
        raise ModelError(f"{where}.levels", "is no order of levels", f"name 2 to {MAX_LEVELS} levels, the best first")
    outside = str(known["outside"]) if known.get("outside") is not None else None
    if outside in levels:
        raise ModelError(f"{where}.outside", f"{outside!r} is a level too", "name what is none of the levels")
    bare = Scale(levels=levels, outside=outside, degraded=max(1, len(levels) - 2), inverse=())
    ok = bare.number(known.get("ok", levels[0]), f"{where}.ok")
    if not 0 <= ok < bare.worst:
        raise ModelError(f"{where}.ok", f"{bare.word(ok)!r} leaves no problem", "name a level that has a worse one")
    inverse = {level: len(levels) - 1 - level for level in range(len(levels))}
    for one, other in (known.get("inverse") or {}).items():
        inverse[bare.number(one, f"{where}.inverse")] = bare.number(other, f"{where}.inverse")
    return Scale(
        levels=levels,
        outside=outside,
        ok=ok,
        unknown=bare.number(known["unknown"], f"{where}.unknown") if "unknown" in known else OUTSIDE,
        degraded=bare.number(known.get("degraded", levels[bare.degraded]), f"{where}.degraded"),
        inverse=tuple(inverse[level] for level in range(len(levels))),
        also=_also(known.get("also") or {}, bare, f"{where}.also"),
    )


def _also(spec: Any, scale: Scale, where: str) -> tuple[tuple[str, Level], ...]:
    if not isinstance(spec, Mapping):
        raise ModelError(where, "is no mapping", "write {other name: level}")
    for name in map(str, spec):
        if name in (*scale.levels, scale.outside):
            raise ModelError(f"{where}.{name}", "is a level already", "leave it out")
    return tuple((str(name), scale.number(level, f"{where}.{name}")) for name, level in spec.items())


def policy_of(spec: Any, where: str, scale: Scale, base: Policy | None = None) -> Policy:
    """Read a policy for a scale; what is not said is as in ``base``.

    Raises:
        ModelError: names the field and the remedy.
    """
    names = [one.name for one in fields(Policy)]
    given = only(spec or {}, where, *names)
    values = {name: getattr(base or Policy(), name) for name in names} | given
    for name, choices in CHOICES.items():
        if values[name] not in choices:
            raise ModelError(f"{where}.{name}", f"is {values[name]!r}", f"write {' or '.join(choices)}")
    for name in ("map_healthy", "unknown_counts", "ignored_counts", "maintained_counts"):
        if not isinstance(values[name], bool):
            raise ModelError(f"{where}.{name}", f"is {values[name]!r}", "write true or false")
    for name in ("no_inputs", "too_few"):
        if values[name] is not None and (name, values[name]) != ("too_few", "worst"):
            values[name] = scale.word(scale.number(values[name], f"{where}.{name}"))
    weight = values["default_weight"]
    if not isinstance(weight, int) or isinstance(weight, bool) or weight < 0:
        raise ModelError(f"{where}.default_weight", f"is {weight!r}", "write a whole number from 0")
    return Policy(**values)


def only(spec: Any, where: str, *names: str) -> dict[str, Any]:
    """A mapping that holds none but these keys.

    Raises:
        ModelError: it is no mapping, or holds others.
    """
    if not isinstance(spec, Mapping):
        raise ModelError(where, "is no mapping", f"write a mapping of {', '.join(names)}")
    for name in spec:
        if name not in names:
            raise ModelError(f"{where}.{name}", "is not known", f"known are {', '.join(names)}")
    return dict(spec)


def seen_of(spec: Any, profile: Profile, where: str) -> Seen:
    """Read a map of health: ``as_is``, ``ignore``, a move (``{raise: n}``, ``{at_most: level}``, …), or by level.

    In a map by level what is not named becomes ok, or what ``others`` says.

    Raises:
        ModelError: names the field and the remedy.
    """
    scale = profile.scale
    if spec == "as_is":
        return (*range(len(scale.levels)), OUTSIDE)
    if spec == "ignore":
        return (EXCLUDED,) * (len(scale.levels) + 1)
    if not isinstance(spec, Mapping) or not spec:
        moves = "as_is, ignore, {raise: n}, {lower: n}, {fixed: level}, {at_most: level}, {at_least: level}"
        raise ModelError(where, f"{spec!r} is no map", f"write {moves}, or level: level")
    for name, make in _MOVES.items():
        if name in spec:
            only(spec, where, name)
            move = make(spec[name], profile, f"{where}.{name}")
            healthy = name in ("raise", "fixed", "at_least") and profile.policy.map_healthy
            moved = [move(level) if level > scale.ok or healthy else level for level in range(len(scale.levels))]
            return (*moved, move(OUTSIDE) if healthy else OUTSIDE)
    table = {
        scale.number(word, where): scale.number(seen, f"{where}.{word}")
        for word, seen in spec.items()
        if word != "others"
    }
    others = spec.get("others", scale.levels[scale.ok])
    other = None if others == "as_is" else scale.number(others, f"{where}.others")
    known = (table.get(level, level if other is None else other) for level in range(len(scale.levels)))
    return (*known, table.get(OUTSIDE, OUTSIDE))


def rises(seen: Seen) -> bool:
    """Whether a provider that gets worse is never seen better, and never goes out of sight."""
    known = seen[:OUTSIDE]
    return len(set(known)) == 1 or (known[0] >= 0 and list(known) == sorted(known))


Move: TypeAlias = Callable[[Level], Level]


def _raise(by: Any, profile: Profile, where: str) -> Move:
    steps, worst = _whole(by, where), profile.scale.worst
    return lambda level: min(worst, level + steps)


def _lower(by: Any, profile: Profile, where: str) -> Move:
    steps = _whole(by, where)
    floor = profile.scale.ok + (profile.policy.lower_to == "least_problem")
    return lambda level: max(floor, level - steps)


def _fixed(word: Any, profile: Profile, where: str) -> Move:
    to = profile.scale.number(word, where)
    return lambda _: to


def _at_most(word: Any, profile: Profile, where: str) -> Move:
    bound = _bound(word, profile, where)
    return lambda level: min(level, bound)


def _at_least(word: Any, profile: Profile, where: str) -> Move:
    bound = _bound(word, profile, where)
    return lambda level: max(level, bound)


def _bound(word: Any, profile: Profile, where: str) -> Level:
    bound = profile.scale.number(word, where)
    if bound < 0:
        raise ModelError(where, f"{word!r} is outside of the order", "name a level of the order")
    return bound


_MOVES: Mapping[str, Callable[[Any, Profile, str], Move]] = {
    "raise": _raise,
    "lower": _lower,
    "fixed": _fixed,
    "at_most": _at_most,
    "at_least": _at_least,
}


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**6:
        raise ModelError(where, f"{value!r} is no number of levels", "write a whole number from 0")
    return value


SHIPPED = Profile(
    name="faultpath",
    scale=Scale(levels=("ok", "at_risk", "degraded", "down"), outside="unknown", degraded=2, inverse=(3, 2, 1, 0)),
)
"""The scale of docs/explanation/semantics.md, section 1."""
