"""Rules as JSON and back, for snapshots. Only rules and conditions can be written, and only they are ever made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from impact import conditions, rules
from impact.rules import Rule
from impact.scale import Profile

_KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        rules.Worst, rules.Best, rules.All, rules.Ok, rules.KOfN, rules.Minimum, rules.Counted, rules.Threshold,
        rules.Above, rules.Exponential, rules.Points, rules.Degraded, rules.Not, rules.Xor, rules.When,
        conditions.At, conditions.Of, conditions.Count, conditions.Joined,
    )
}  # fmt: skip


def written(value: Any) -> Any:
    """A rule, or what stands in one, as JSON.

    Raises:
        TypeError: it is something else.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    if isinstance(value, tuple):
        return [written(one) for one in value]
    if isinstance(value, Mapping):
        return {"by_level": [[level, written(points)] for level, points in value.items()]}
    if type(value).__name__ not in _KINDS:
        raise TypeError(type(value).__name__)
    named = {one.name: written(getattr(value, one.name)) for one in fields(value) if one.name != "profile"}
    return {"kind": type(value).__name__, **named}


def rule_again(said: Any, profile: Profile) -> Rule:
    """The rule that was written.

    Raises:
        KeyError: the kind is not known.
        TypeError: a field is not known, or missing.
    """
    made: Rule = _read(said, profile)
    return made


def _read(said: Any, profile: Profile) -> Any:
    if isinstance(said, list):
        return tuple(_read(one, profile) for one in said)
    if not isinstance(said, Mapping):
        return said
    if "fraction" in said:
        return Fraction(said["fraction"])
    if "by_level" in said:
        return {level: _read(points, profile) for level, points in said["by_level"]}
    kind = _KINDS[said["kind"]]
    named = {name: _read(value, profile) for name, value in said.items() if name != "kind"}
    if any(one.name == "profile" for one in fields(kind)):
        named["profile"] = profile
    return kind(**named)
