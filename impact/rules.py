"""How a CI makes one level of what it sees of its needs. A rule is data, and says which inputs it holds to account.

A rule works on the inputs of one requirement group, or on all that are in none. Several on one CI: the worst wins.
Shares and sums are exact: weights are integers or fractions, never floating numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from impact.conditions import Condition, condition_of
from impact.errors import ModelError
from impact.scale import CHOICES, EXCLUDED, OUTSIDE, Level, Policy, Profile, Scale, only, seen_of

Number: TypeAlias = int | Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a CI sees of one provider: the level after the map, the weight, and what it may be called by.

    ``drops``: points that this input takes by level, instead of those of the rule. ``maintained``: it does not count,
    but may stay in totals.
    """

    level: Level
    weight: Number = 1
    names: tuple[str, ...] = ()
    drops: Mapping[Level, int] | None = None
    maintained: bool = False


class Rule(Protocol):
    """``monotone``: a worse input never makes the result better, or unknown."""

    @property
    def monotone(self) -> bool: ...

    def level(self, inputs: Sequence[Input]) -> Level | None:
        """The level, or ``None`` where the rule has nothing to say."""
        ...

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """Which inputs are held to account for a result that is a problem, by place."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What the rules below share: the profile, and which inputs count."""

    profile: Profile

    @property
    def monotone(self) -> bool:
        return True

    @property
    def scale(self) -> Scale:
        return self.profile.scale

    @property
    def policy(self) -> Policy:
        return self.profile.policy

    def known(self, inputs: Sequence[Input]) -> list[Level]:
        return [one.level for one in inputs if one.level >= 0 and not one.maintained]

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """All that are a problem."""
        return self.at_least(inputs, self.scale.ok + 1)

    def at_least(self, inputs: Sequence[Input], level: Level) -> list[int]:
        return [place for place, one in enumerate(inputs) if one.level >= level and not one.maintained]

    @property
    def few_are_known(self) -> bool:
        """Whether the policy states a level inside of the order, or none, for too few inputs."""
        stated = self.policy.too_few
        return stated in (None, "worst") or self.scale.number(stated, "policy.too_few") >= 0

    def in_total(self, one: Input) -> bool:
        """Whether an input stays in the total that a share is taken of."""
        if one.maintained:
            return self.policy.maintained_counts
        if one.level == EXCLUDED:
            return self.policy.ignored_counts
        return one.level != OUTSIDE or self.policy.unknown_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst(_Rule):
    """The worst input."""

    def level(self, inputs: Sequence[Input]) -> Level | None:
        return max(self.known(inputs), default=None)

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        worst = self.level(inputs)
        return [] if worst is None or worst <= self.scale.ok else self.at_least(inputs, worst)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best(_Rule):
    """The best input: something is left as long as one is."""

    def level(self, inputs: Sequence[Input]) -> Level | None:
        return min(self.known(inputs), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class All(_Rule):
    """The worst input, if each of them is a problem; else ok."""

    def level(self, inputs: Sequence[Input]) -> Level | None:
        known = self.known(inputs)
        if not known:
            return None
        return max(known) if min(known) > self.scale.ok else self.scale.ok


@dataclass(frozen=True, slots=True, kw_only=True)
class Ok(_Rule):
    """Ok, whatever the inputs."""

    def level(self, inputs: Sequence[Input]) -> Level | None:  # noqa: ARG002 - the protocol's parameter
        return self.scale.ok


@dataclass(frozen=True, slots=True, kw_only=True)
class KOfN(_Rule):
    """The k-th best input; its stated result when that is the worst level; ``edge`` at least with none to spare."""

    k: int
    result: Level
    edge: Level

    @property
    def monotone(self) -> bool:
        """Not if failing altogether is said to be better than what came before it."""
        return self.few_are_known and self.result >= max(self.scale.worst - 1, self.edge)

    def level(self, inputs: Sequence[Input]) -> Level | None:
        known = sorted(self.known(inputs))
        if not known:
            return None  # what is unknown, ignored or in maintenance adds nothing
        if len(known) < self.k:
            return self._too_few(known)
        kth = known[self.k - 1]
        if kth == self.scale.worst:
            return self.result
        return max(kth, self.edge) if self.at_edge(inputs) else kth

    def at_edge(self, inputs: Sequence[Input]) -> bool:
        """Whether there was one to spare, and there is none any more."""
        known = self.known(inputs)
        return len(known) > self.k and sum(level < self.scale.worst for level in known) == self.k

    def _too_few(self, known: Sequence[Level]) -> Level:
        stated = self.policy.too_few
        if stated == "worst":
            return max(known)
        return self.result if stated is None else self.scale.number(stated, "policy.too_few")


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum(_Rule):
    """K of n as other products have it, by policy: the worst of the best k, or ok if k are ok, else the worst."""

    k: int

    @property
    def monotone(self) -> bool:
        return self.few_are_known

    def level(self, inputs: Sequence[Input]) -> Level | None:
        known = sorted(self.known(inputs))
        if not known:
            return None
        if len(known) < self.k:
            stated = self.policy.too_few
            return max(known) if stated in (None, "worst") else self.scale.number(stated, "policy.too_few")
        if self.policy.minimum == "best":
            return known[self.k - 1]
        enough = sum(level <= self.scale.ok for level in known) >= self.k
        return self.scale.ok if enough else known[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(_Rule):
    """A level if at least so many inputs are at the limit or worse, or fewer than so many are at it or better.

    ``of``: count, percent, weight, weight_percent. ``result`` ``None`` means the worst input.
    """

    fewer: bool
    of: str
    value: Fraction
    limit: Level
    result: Level | None

    @property
    def monotone(self) -> bool:
        return self.result != OUTSIDE

    def level(self, inputs: Sequence[Input]) -> Level | None:
        if not self._fires(inputs):
            return None
        return max(self.known(inputs), default=None) if self.result is None else self.result

    def _fires(self, inputs: Sequence[Input]) -> bool:
        found = self._sum(one for one in inputs if self._within(one))
        if self.of.endswith("percent"):
            total = self._sum(one for one in inputs if self.in_total(one))
            if not total:
                return False
            found = _rounded(found * 100 / total, self.policy.percent)
        return found < self.value if self.fewer else found >= self.value

    def _sum(self, inputs: Iterable[Input]) -> Fraction:
        return Fraction(sum(one.weight if "weight" in self.of else 1 for one in inputs))

    def _within(self, one: Input) -> bool:
        if one.level < 0 or one.maintained:
            return False
        return one.level <= self.limit if self.fewer else one.level >= self.limit

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """What is beyond the limit; where the worst input is the result, what is the worst of all."""
        level = self.level(inputs)
        if level is None:
            return []
        bound = max(self.limit + self.fewer, self.scale.ok + 1)
        return self.at_least(inputs, bound if self.result is not None else min(bound, level))


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(_Rule):
    """The worst level that so large a share of the weight has reached."""

    share: Fraction

    def level(self, inputs: Sequence[Input]) -> Level | None:
        total = sum((Fraction(one.weight) for one in inputs if self.in_total(one)), start=Fraction(0))
        if not total or not self.known(inputs):
            return None
        for level in range(self.scale.worst, self.scale.ok, -1):
            reached = sum((Fraction(inputs[place].weight) for place in self.at_least(inputs, level)), start=Fraction(0))
            if reached >= self.share * total:
                return level
        return self.scale.ok

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        level = self.level(inputs)
        return [] if level is None or level <= self.scale.ok else self.at_least(inputs, level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Above(Worst):
    """The worst input, if it is worse than the limit."""

    limit: Level

    def level(self, inputs: Sequence[Input]) -> Level | None:
        return max((level for level in self.known(inputs) if level > self.limit), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential(_Rule):
    """Base inputs of one level make one of the next: the sum of powers decides, compared exactly."""

    base: Fraction

    def level(self, inputs: Sequence[Input]) -> Level | None:
        known = self.known(inputs)
        if not known:
            return None
        least = self.scale.ok + 1
        total = sum((self.base ** (level - least) for level in known if level >= least), start=Fraction(0))
        level = self.scale.ok
        while level < self.scale.worst and total >= self.base ** (level + 1 - least):
            level += 1
        return level


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(_Rule):
    """So many points, less what each input takes; the worst level whose threshold they do not exceed."""

    start: int
    drops: Mapping[Level, int]
    thresholds: Mapping[Level, int]

    @property
    def monotone(self) -> bool:
        return rising(self.drops, self.scale)

    def level(self, inputs: Sequence[Input]) -> Level | None:
        left = self.start - sum(self._drop(one) for one in inputs)
        reached = [level for level, threshold in self.thresholds.items() if left <= threshold]
        return max([self.scale.ok, *reached])

    def _drop(self, one: Input) -> int:
        return 0 if one.maintained else (self.drops if one.drops is None else one.drops).get(one.level, 0)

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """What takes points and is not known to be ok."""
        known = range(self.scale.ok + 1)
        return [place for place, one in enumerate(inputs) if one.level not in known and self._drop(one) > 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Degraded(Worst):
    """The worst input, with the worst level of all softened."""

    @property
    def monotone(self) -> bool:
        """Not if what is softened becomes better than the level before it."""
        return self.scale.degraded >= self.scale.worst - 1

    def level(self, inputs: Sequence[Input]) -> Level | None:
        worst = max(self.known(inputs), default=None)
        return self.scale.degraded if worst == self.scale.worst else worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(_Rule):
    """The inverse of the worst input."""

    @property
    def monotone(self) -> bool:
        return False

    def level(self, inputs: Sequence[Input]) -> Level | None:
        known = self.known(inputs)
        return self.scale.inverse[max(known)] if known else None

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        return self.at_least(inputs, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Xor(Not):
    """Ok if exactly one input is; else the worst level."""

    def level(self, inputs: Sequence[Input]) -> Level | None:
        known = self.known(inputs)
        if not known:
            return None
        return self.scale.ok if sum(level <= self.scale.ok for level in known) == 1 else self.scale.worst


@dataclass(frozen=True, slots=True, kw_only=True)
class When(_Rule):
    """A level if a condition on the inputs is true; ``unknown`` if that cannot be said."""

    condition: Condition
    result: Level
    unknown: Level | None

    @property
    def monotone(self) -> bool:
        return self.condition.monotone and self.unknown is None and self.result != OUTSIDE

    def level(self, inputs: Sequence[Input]) -> Level | None:
        verdict = self.condition.holds([(one.names, one.level) for one in inputs if not one.maintained])
        return self.unknown if verdict is None else self.result if verdict else None

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """What the condition names; of a monotone one what is a problem, since the others cannot have made it true."""
        named = self.condition.names()
        those = [p for p, one in enumerate(inputs) if not one.maintained and (not named or named & {*one.names})]
        problems = set(self.at_least(inputs, self.scale.ok + 1))
        return [place for place in those if not self.monotone or place in problems]


def rising(drops: Mapping[Level, int], scale: Scale) -> bool:
    """Whether what is worse takes at least as many points."""
    taken = [drops.get(level, 0) for level in range(scale.worst + 1)]
    return taken == sorted(taken)


def _rounded(share: Fraction, how: str) -> Fraction:
    if how == "floor":
        return Fraction(share.numerator // share.denominator)
    return Fraction(int(share + Fraction(1, 2))) if how == "nearest" else share


# Reading


@dataclass(frozen=True, slots=True)
class _Spec:
    """One rule as it is written."""

    fields: Mapping[str, Any]
    profile: Profile
    where: str

    def allow(self, *names: str) -> None:
        only(self.fields, self.where, "rule", "group", *names)

    def whole(self, name: str, least: int = 1) -> int:
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
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

    def by_level(self, name: str) -> dict[Level, int]:
        return points_of(self.fields.get(name), self.profile, f"{self.where}.{name}")


def points_of(spec: Any, profile: Profile, where: str) -> dict[Level, int]:
    """Points by level.

    Raises:
        ModelError: it is no such mapping.
    """
    if not isinstance(spec, Mapping):
        raise ModelError(where, "is no mapping", "write points by level, e.g. {down: 50}")
    found = {}
    for word, points in spec.items():
        if not isinstance(points, int) or isinstance(points, bool) or points < 0:
            raise ModelError(f"{where}.{word}", f"is {points!r}", "write a whole number of points")
        found[profile.scale.number(word, where)] = points
    return found


def exact(value: Any, where: str) -> Fraction:
    """A number as it is written: 0.1 is one tenth, not its nearest binary neighbour.

    Raises:
        ModelError: it is no number, or below 0.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 10**12:
        raise ModelError(where, f"{value!r} is no number", "write a number from 0")
    return Fraction(str(value))


def _bare(kind: type[_Rule]) -> Callable[[_Spec], Rule]:
    def read(spec: _Spec) -> Rule:
        spec.allow()
        made: Rule = kind(profile=spec.profile)  # type: ignore[assignment]  # each kind that is passed has a level
        return made

    return read


def _k_of_n(spec: _Spec) -> Rule:
    spec.allow("k", "result", "edge")
    scale = spec.profile.scale
    k = spec.whole("k") if "k" in spec.fields else 1
    return KOfN(
        profile=spec.profile, k=k, result=spec.level("result", scale.worst), edge=spec.level("edge", scale.at_risk)
    )


def _minimum(spec: _Spec) -> Rule:
    spec.allow("k")
    return Minimum(profile=spec.profile, k=spec.whole("k"))


_OF = ("count", "percent", "weight", "weight_percent")


def _counted(*, fewer: bool) -> Callable[[_Spec], Rule]:
    def read(spec: _Spec) -> Rule:
        spec.allow(*_OF, "limit", "result")
        of = [name for name in _OF if name in spec.fields]
        if len(of) != 1:
            raise ModelError(spec.where, "says not of what", f"write one of {', '.join(_OF)}")
        result = None if spec.fields.get("result") == "worst" else spec.level("result", spec.profile.scale.worst)
        return Counted(
            profile=spec.profile, fewer=fewer, of=of[0], value=spec.number(of[0]), limit=spec.level("limit"),
            result=result,
        )  # fmt: skip

    return read


def _threshold(spec: _Spec) -> Rule:
    spec.allow("share")
    share = spec.number("share")
    if not 0 < share <= 1:
        raise ModelError(f"{spec.where}.share", f"is {share}", "write a share above 0 and up to 1")
    return Threshold(profile=spec.profile, share=share)


def _above(spec: _Spec) -> Rule:
    spec.allow("limit")
    return Above(profile=spec.profile, limit=spec.level("limit"))


def _exponential(spec: _Spec) -> Rule:
    spec.allow("base")
    base = spec.number("base")
    if base <= 1:
        raise ModelError(f"{spec.where}.base", f"is {base}", "write a number above 1")
    return Exponential(profile=spec.profile, base=base)


def _points(spec: _Spec) -> Rule:
    spec.allow("from", "drops", "thresholds")
    start = spec.whole("from", 0) if "from" in spec.fields else 100
    drops = spec.by_level("drops") if "drops" in spec.fields else {}
    thresholds = spec.by_level("thresholds")
    if OUTSIDE in thresholds:
        raise ModelError(
            f"{spec.where}.thresholds", "has what is no level", "no points make a CI unknown; leave it out"
        )
    return Points(profile=spec.profile, start=start, drops=drops, thresholds=thresholds)


def _when(spec: _Spec) -> Rule:
    spec.allow("when", "result", "unknown")
    condition = condition_of(spec.fields.get("when"), spec.profile.scale, f"{spec.where}.when")
    unknown = spec.level("unknown") if "unknown" in spec.fields else None
    result = spec.level("result", spec.profile.scale.worst)
    return When(profile=spec.profile, condition=condition, result=result, unknown=unknown)


READERS: Mapping[str, Callable[[_Spec], Rule]] = {
    "worst": _bare(Worst),
    "best": _bare(Best),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """A rule and the requirement group whose inputs it takes; ``None``: those that are in no group."""

    group: str | None
    rule: Rule


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
    for group, spec in groups.items():
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
