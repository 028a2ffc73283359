"""Reads the rules that CIs state, and what relations say of health: each mistake names its field and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from impact.conditions import condition_of
from impact.errors import ModelError
from impact.rules import (
    Above,
    All,
    Best,
    Counted,
    Degraded,
    Exponential,
    KOfN,
    Minimum,
    Not,
    Number,
    Ok,
    Points,
    Rule,
    Threshold,
    When,
    Worst,
    Xor,
)
from impact.scale import CHOICES, OUTSIDE, Level, Profile, only, seen_of

MOST = 10**18
"""The largest weight, count or number of points."""


@dataclass(frozen=True, slots=True)
class _Spec:
    """One rule as it is written."""

    fields: Mapping[str, Any]
    profile: Profile
    where: str

    def allow(self, *names: str) -> None:
        only(self.fields, self.where, "rule", "at_most", *names)

    @property
    def common(self) -> dict[str, Any]:
        """What every rule takes."""
        at_most = self.level("at_most") if "at_most" in self.fields else None
        if at_most == OUTSIDE:
            raise ModelError(f"{self.where}.at_most", "is no level of the order", "name the worst that may be said")
        return {"profile": self.profile, "at_most": at_most}

    def whole(self, name: str, least: int = 1) -> int:
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
            raise ModelError(f"{self.where}.{name}", f"is {value!r}", f"write a whole number from {least}")
        return value

    def number(self, name: str) -> Fraction:
        return exact(self.fields.get(name), f"{self.where}.{name}")

    def level(self, name: str, default: Level | None = None) -> Level:
        if name not in self.fields:
            if default is None:
                raise ModelError(f"{self.where}.{name}", "is missing", "name a level of the scale")
            return default
        return self.profile.scale.number(self.fields[name], f"{self.where}.{name}")

    def by_level(self, name: str) -> dict[Level, Number]:
        return points_of(self.fields.get(name), self.profile, f"{self.where}.{name}")


def points_of(spec: Any, profile: Profile, where: str) -> dict[Level, Number]:
    """Points by level.

    Raises:
        ModelError: it is no such mapping.
    """
    if not isinstance(spec, Mapping):
        raise ModelError(where, "is no mapping", "write points by level, e.g. {down: 50}")
    found = {}
    for word, points in spec.items():
        found[profile.scale.number(word, where)] = number_of(points, f"{where}.{word}")
    return found


def number_of(value: Any, where: str) -> Number:
    """As `exact`; a whole number as such.

    Raises:
        ModelError: it is no number, or below 0.
    """
    number = exact(value, where)
    return int(number) if number.denominator == 1 else number


def exact(value: Any, where: str) -> Fraction:
    """A number as it is written: 0.1 is one tenth, not its nearest binary neighbour.

    Raises:
        ModelError: it is no number, or below 0.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST:
        raise ModelError(where, f"{value!r} is no number from 0", f"write one from 0 to {MOST}")
    return Fraction(str(value))


def _bare(kind: Callable[..., Rule]) -> Callable[[_Spec], Rule]:
    def read(spec: _Spec) -> Rule:
        spec.allow()
        return kind(**spec.common)

    return read


def _kth(kind: Callable[..., Rule]) -> Callable[[_Spec], Rule]:
    def read(spec: _Spec) -> Rule:
        spec.allow("k")
        return kind(k=spec.whole("k") if "k" in spec.fields else 1, **spec.common)

    return read


def _k_of_n(spec: _Spec) -> Rule:
    spec.allow("k", "result", "edge")
    scale = spec.profile.scale
    k = spec.whole("k") if "k" in spec.fields else 1
    return KOfN(k=k, result=spec.level("result", scale.worst), edge=spec.level("edge", scale.at_risk), **spec.common)


def _minimum(spec: _Spec) -> Rule:
    spec.allow("k")
    return Minimum(k=spec.whole("k"), **spec.common)


_OF = ("count", "percent", "weight", "weight_percent")


def _counted(*, fewer: bool) -> Callable[[_Spec], Rule]:
    def read(spec: _Spec) -> Rule:
        spec.allow(*_OF, "limit", "result")
        of = [name for name in _OF if name in spec.fields]
        if len(of) != 1:
            raise ModelError(spec.where, "says not of what", f"write one of {', '.join(_OF)}")
        value = spec.number(of[0])
        if of[0].endswith("percent") and value > 100:
            raise ModelError(f"{spec.where}.{of[0]}", f"is {value}", "write a percentage from 0 to 100")
        result = None if spec.fields.get("result") == "worst" else spec.level("result", spec.profile.scale.worst)
        return Counted(fewer=fewer, of=of[0], value=value, limit=spec.level("limit"), result=result, **spec.common)

    return read


def _threshold(spec: _Spec) -> Rule:
    spec.allow("share")
    share = spec.number("share")
    if not 0 < share <= 1:
        raise ModelError(f"{spec.where}.share", f"is {share}", "write a share above 0 and up to 1")
    return Threshold(share=share, **spec.common)


def _above(spec: _Spec) -> Rule:
    spec.allow("limit")
    return Above(limit=spec.level("limit"), **spec.common)


def _exponential(spec: _Spec) -> Rule:
    spec.allow("base")
    base = spec.number("base")
    if base <= 1:
        raise ModelError(f"{spec.where}.base", f"is {base}", "write a number above 1")
    return Exponential(base=base, **spec.common)


def _points(spec: _Spec) -> Rule:
    spec.allow("from", "drops", "thresholds", "mean")
    mean = spec.fields.get("mean", False)
    if not isinstance(mean, bool):
        raise ModelError(f"{spec.where}.mean", f"is {mean!r}", "write true or false")
    start = number_of(spec.fields.get("from", 100), f"{spec.where}.from")
    drops = spec.by_level("drops") if "drops" in spec.fields else {}
    thresholds = spec.by_level("thresholds")
    if OUTSIDE in thresholds:
        raise ModelError(
            f"{spec.where}.thresholds", "has what is no level", "no points make a CI unknown; leave it out"
        )
    return Points(start=start, drops=drops, thresholds=thresholds, mean=mean, **spec.common)


def _when(spec: _Spec) -> Rule:
    spec.allow("when", "result", "unknown")
    condition = condition_of(spec.fields.get("when"), spec.profile.scale, f"{spec.where}.when")
    unknown = spec.level("unknown") if "unknown" in spec.fields else None
    result = spec.level("result", spec.profile.scale.worst)
    return When(condition=condition, result=result, unknown=unknown, **spec.common)


READERS: Mapping[str, Callable[[_Spec], Rule]] = {
    "worst": _kth(Worst),
    "best": _kth(Best),
    "all": _bare(All),
    "ok": _bare(Ok),
    "k_of_n": _k_of_n,
    "min": _minimum,
    "at_least": _counted(fewer=False),
    "fewer_than": _counted(fewer=True),
    "threshold": _threshold,
    "above": _above,
    "exponential": _exponential,
    "points": _points,
    "degraded": _bare(Degraded),
    "not": _bare(Not),
    "xor": _bare(Xor),
    "condition": _when,
}


def rule_of(spec: Any, profile: Profile, where: str) -> Rule:
    """Read one rule: its name, or a mapping with ``rule`` and what that takes (docs/reference/impact-rules.md).

    Raises:
        ModelError: names the field and the remedy.
    """
    fields = {"rule": spec} if isinstance(spec, str) else spec
    if not isinstance(fields, Mapping):
        raise ModelError(where, f"{spec!r} is no rule", f"write one of {', '.join(READERS)}")
    name = fields.get("rule", "k_of_n")
    if not isinstance(name, str) or name not in READERS:
        raise ModelError(f"{where}.rule", f"{name!r} is no rule", f"write one of {', '.join(READERS)}")
    return READERS[name](_Spec(fields, profile, where))


def rules_in(requirement: Any) -> list[Any]:
    """The rules of a requirement group, which may be written as one or as a list."""
    return requirement if isinstance(requirement, list) else [requirement]


def check_rules(attributes: Mapping[str, Any], profile: Profile, where: str) -> None:
    """Whether the rules that a CI states can be meant.

    Raises:
        ModelError: names the place and the remedy.
    """
    rules = attributes.get("rules", [])
    if not isinstance(rules, list):
        raise ModelError(f"{where}.rules", "is no list", "write a list of rules")
    for place, spec in enumerate(rules):
        rule_of(spec, profile, f"{where}.rules.{place}")
    groups = attributes.get("requirements", {})
    if not isinstance(groups, Mapping):
        raise ModelError(f"{where}.requirements", "is no mapping", "write a rule for each group")
    for group, specs in groups.items():
        for spec in rules_in(specs):
            rule_of(spec, profile, f"{where}.requirements.{group}")
    choices = CHOICES["maintenance"]
    if attributes.get("maintenance", choices[0]) not in choices:
        raise ModelError(f"{where}.maintenance", f"is {attributes['maintenance']!r}", f"write {' or '.join(choices)}")


def check_relation(attributes: Mapping[str, Any], profile: Profile, where: str) -> None:
    """Whether map, weight and drops of a relation can be meant.

    Raises:
        ModelError: names the place and the remedy.
    """
    if "map" in attributes:
        seen_of(attributes["map"], profile, f"{where}.map")
    if "weight" in attributes:
        exact(attributes["weight"], f"{where}.weight")
    if "drops" in attributes:
        points_of(attributes["drops"], profile, f"{where}.drops")
