"""How a CI makes one level of what it sees of its needs. A rule is data, and says which inputs it holds to account.

A rule works on the inputs of one requirement group, or on all that are in none. Several on one CI: the worst wins.
Shares and sums are exact: weights are integers or fractions, never floating numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Protocol, TypeAlias

from impact.conditions import Condition
from impact.scale import EXCLUDED, OUTSIDE, Level, Policy, Profile, Scale

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
    drops: Mapping[Level, Number] | None = None
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

    def shares(self, inputs: Sequence[Input], least: Level) -> dict[int, Level]:
        """Which inputs, by place, have a part in a result of ``least`` or worse, and from which level on they have."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What the rules below share: the profile, the worst that is said, and which inputs count."""

    profile: Profile
    at_most: Level | None = None

    @property
    def monotone(self) -> bool:
        return True

    def level(self, inputs: Sequence[Input]) -> Level | None:
        """What the rule says, no worse than ``at_most`` where that is stated."""
        said = self.says(inputs)
        return said if said is None or self.at_most is None else min(said, self.at_most)

    def says(self, inputs: Sequence[Input]) -> Level | None:
        raise NotImplementedError

    @property
    def scale(self) -> Scale:
        return self.profile.scale

    @property
    def policy(self) -> Policy:
        return self.profile.policy

    def known(self, inputs: Sequence[Input]) -> list[Level]:
        return [one.level for one in inputs if one.level >= 0 and not one.maintained]

    def ranked(self, inputs: Sequence[Input]) -> list[Level]:
        """What counts, best first. What is unknown is not known to be a problem: it counts among the best.

        Empty if nothing is known.
        """
        counts = [one.level for one in inputs if one.level != EXCLUDED and not one.maintained]
        return sorted(max(level, 0) for level in counts) if max(counts, default=OUTSIDE) >= 0 else []

    def unknowns(self, inputs: Sequence[Input]) -> int:
        """How many inputs are unknown that count."""
        return sum(one.level == OUTSIDE and not one.maintained for one in inputs)

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """All that are a problem."""
        return self.at_least(inputs, self.scale.ok + 1)

    def shares(self, inputs: Sequence[Input], least: Level) -> dict[int, Level]:
        """Which inputs, by place, have a part in a result of ``least`` or worse, and from which level on they have."""
        bound = max(self.share_from(least), self.scale.ok + 1)
        return {place: bound for place in self.shared(inputs, bound) if inputs[place].level >= bound}

    def share_from(self, least: Level) -> Level:  # noqa: ARG002 - for the rules to which it matters
        return self.scale.ok + 1

    def shared(self, inputs: Sequence[Input], bound: Level) -> Sequence[int]:  # noqa: ARG002 - likewise
        return self.blamed(inputs)

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
    """The k-th worst input; the best of all if there are fewer."""

    k: int = 1

    def says(self, inputs: Sequence[Input]) -> Level | None:
        ranked = self.ranked(inputs)
        return ranked[max(0, len(ranked) - self.k)] if ranked else None

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        worst = self.level(inputs)
        return [] if worst is None or worst <= self.scale.ok else self.at_least(inputs, worst)

    def share_from(self, least: Level) -> Level:
        return least

    def shared(self, inputs: Sequence[Input], bound: Level) -> Sequence[int]:
        return self.at_least(inputs, bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best(_Rule):
    """The k-th best input, the worst of all if there are fewer: something is left as long as one is."""

    k: int = 1

    def says(self, inputs: Sequence[Input]) -> Level | None:
        ranked = self.ranked(inputs)
        return ranked[min(len(ranked), self.k) - 1] if ranked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class All(_Rule):
    """The worst input, if each of them is a problem; else ok."""

    def says(self, inputs: Sequence[Input]) -> Level | None:
        ranked = self.ranked(inputs)
        if not ranked:
            return None
        return ranked[-1] if ranked[0] > self.scale.ok else self.scale.ok


@dataclass(frozen=True, slots=True, kw_only=True)
class Ok(_Rule):
    """Ok, whatever the inputs."""

    def says(self, inputs: Sequence[Input]) -> Level | None:  # noqa: ARG002 - the protocol's parameter
        return self.scale.ok


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfN(_Rule):
    """K of n. Where maintenance takes inputs out so that fewer than k are left, all that are left are wanted."""

    k: int

    def wanted(self, inputs: Sequence[Input]) -> int:
        """How many inputs must hold."""
        left = sum(one.level != EXCLUDED and not one.maintained for one in inputs)
        there = sum(one.level != EXCLUDED for one in inputs)
        return min(self.k, left) if there >= self.k else self.k

    def too_few(self, ranked: Sequence[Level], usual: Level) -> Level:
        stated = self.policy.too_few
        if stated is None:
            return usual
        return ranked[-1] if stated == "worst" else self.scale.number(stated, "policy.too_few")


@dataclass(frozen=True, slots=True, kw_only=True)
class KOfN(_OfN):
    """The k-th best input; its stated result when that is the worst level; ``edge`` at least with none to spare."""

    result: Level
    edge: Level

    @property
    def monotone(self) -> bool:
        """Not if failing altogether is said to be better than what came before it."""
        return self.few_are_known and self.result >= max(self.scale.worst - 1, self.edge)

    def says(self, inputs: Sequence[Input]) -> Level | None:
        ranked, k = self.ranked(inputs), self.wanted(inputs)
        if not ranked:
            return None  # what is unknown, ignored or in maintenance adds nothing
        if len(ranked) < k:
            return self.too_few(ranked, self.result)
        kth = ranked[k - 1]
        if kth == self.scale.worst:
            return self.result
        return max(kth, self.edge) if self.at_edge(inputs) else kth

    def at_edge(self, inputs: Sequence[Input]) -> bool:
        """Whether there was one to spare, and there is none any more."""
        ranked, k = self.ranked(inputs), self.wanted(inputs)
        return len(ranked) > k and sum(level < self.scale.worst for level in ranked) == k


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum(_OfN):
    """K of n as other products have it, by policy: the worst of the best k, or ok if k are ok, else the worst."""

    @property
    def monotone(self) -> bool:
        return self.few_are_known

    def says(self, inputs: Sequence[Input]) -> Level | None:
        ranked, k = self.ranked(inputs), self.wanted(inputs)
        if not ranked:
            return None
        if len(ranked) < k:
            return self.too_few(ranked, ranked[-1])
        if self.policy.minimum == "best":
            return ranked[k - 1]
        enough = sum(level <= self.scale.ok for level in ranked) >= k
        return self.scale.ok if enough else ranked[-1]


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

    def says(self, inputs: Sequence[Input]) -> Level | None:
        if not self._fires(inputs):
            return None
        return max(self.known(inputs), default=None) if self.result is None else self.result

    def _fires(self, inputs: Sequence[Input]) -> bool:
        found = self.found(inputs)
        return found is not None and (found < self.value if self.fewer else found >= self.value)

    def found(self, inputs: Sequence[Input]) -> Fraction | None:
        """How much there is of what it counts; ``None`` if there is nothing to take a share of."""
        found = self._sum(one for one in inputs if self._within(one))
        if not self.of.endswith("percent"):
            return found
        total = self._sum(one for one in inputs if self.in_total(one))
        return _rounded(found * 100 / total, self.policy.percent) if total else None

    def total(self, inputs: Sequence[Input]) -> Fraction:
        """How much there could be."""
        return Fraction(100) if self.of.endswith("percent") else self._sum(inputs)

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
        if self.result is None:
            return self.at_least(inputs, min(bound, level))
        beyond = self.at_least(inputs, bound)
        return _weighty(beyond, inputs) if "weight" in self.of else beyond

    def share_from(self, least: Level) -> Level:
        return least if self.result is None else self.limit + self.fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(_Rule):
    """The worst level that so large a share of the weight has reached."""

    share: Fraction

    def says(self, inputs: Sequence[Input]) -> Level | None:
        total = self.total(inputs)
        if not total or not self.known(inputs):
            return None
        for level in range(self.scale.worst, self.scale.ok, -1):
            if self.reached(inputs, level) >= self.share * total:
                return level
        return self.scale.ok

    def reached(self, inputs: Sequence[Input], level: Level) -> Fraction:
        """The weight of what is at a level or worse."""
        return sum((Fraction(inputs[place].weight) for place in self.at_least(inputs, level)), start=Fraction(0))

    def total(self, inputs: Sequence[Input]) -> Fraction:
        """The weight of which it takes a share."""
        return sum((Fraction(one.weight) for one in inputs if self.in_total(one)), start=Fraction(0))

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        level = self.level(inputs)
        return [] if level is None or level <= self.scale.ok else _weighty(self.at_least(inputs, level), inputs)

    def share_from(self, least: Level) -> Level:
        return least

    def shared(self, inputs: Sequence[Input], bound: Level) -> Sequence[int]:
        return _weighty(self.at_least(inputs, bound), inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Above(Worst):
    """The worst input, if it is worse than the limit."""

    limit: Level

    def says(self, inputs: Sequence[Input]) -> Level | None:
        return max((level for level in self.known(inputs) if level > self.limit), default=None)

    def share_from(self, least: Level) -> Level:
        return max(least, self.limit + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential(_Rule):
    """Base inputs of one level make one of the next: the sum of powers decides, compared exactly.

    An input counts as often as its weight holds the greatest common divisor of all weights.
    """

    base: Fraction

    def says(self, inputs: Sequence[Input]) -> Level | None:
        if not self.known(inputs):
            return None
        least, times = self.scale.ok + 1, _times(inputs)
        powers = (times[place] * self.base ** (inputs[place].level - least) for place in self.at_least(inputs, least))
        total = sum(powers, start=Fraction(0))
        level = self.scale.ok
        while level < self.scale.worst and total >= self.base ** (level + 1 - least):
            level += 1
        return level

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        times = _times(inputs)
        return [place for place in self.at_least(inputs, self.scale.ok + 1) if times[place]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(_Rule):
    """So many points, less what the inputs take; the worst level whose threshold they do not exceed.

    ``mean``: what they take is not added up, but the mean by weight of all that are in the total.
    """

    start: Number
    drops: Mapping[Level, Number]
    thresholds: Mapping[Level, Number]
    mean: bool = False

    @property
    def monotone(self) -> bool:
        return rising(self.drops, self.scale)

    def says(self, inputs: Sequence[Input]) -> Level | None:
        left = self.left(inputs)
        reached = [level for level, threshold in self.thresholds.items() if left <= threshold]
        return max([self.scale.ok, *reached])

    def left(self, inputs: Sequence[Input]) -> Number:
        """The points that the inputs leave; below zero if they take more than there are."""
        if not self.mean:
            return self.start - sum(self._drop(one) for one in inputs)
        weight = sum((Fraction(one.weight) for one in inputs if self.in_total(one)), start=Fraction(0))
        taken = sum((one.weight * Fraction(self._drop(one)) for one in inputs), start=Fraction(0))
        return self.start - taken / weight if weight else self.start

    def _drop(self, one: Input) -> Number:
        return 0 if one.maintained else (self.drops if one.drops is None else one.drops).get(one.level, 0)

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """What takes points and is not known to be ok."""
        known = range(self.scale.ok + 1)
        takes = [place for place, one in enumerate(inputs) if one.level not in known and self._drop(one) > 0]
        return _weighty(takes, inputs) if self.mean else takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Degraded(Worst):
    """The worst input, with the worst level of all softened."""

    @property
    def monotone(self) -> bool:
        """Not if what is softened becomes better than the level before it."""
        return self.scale.degraded >= self.scale.worst - 1

    def says(self, inputs: Sequence[Input]) -> Level | None:
        worst = max(self.known(inputs), default=None)
        return self.scale.degraded if worst == self.scale.worst else worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(_Rule):
    """The inverse of the worst input; unknown if what is unknown may change it."""

    @property
    def monotone(self) -> bool:
        return False

    def says(self, inputs: Sequence[Input]) -> Level | None:
        known, unknown = self.known(inputs), self.unknowns(inputs)
        if not known and not unknown:
            return None
        worst = max(known, default=0)
        may_be = {self.scale.inverse[level] for level in range(worst, self.scale.worst + 1 if unknown else worst + 1)}
        return may_be.pop() if len(may_be) == 1 else self.scale.unknown

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        return self.at_least(inputs, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Xor(Not):
    """Ok if exactly one input is, else the worst level; unknown if what is unknown may change it."""

    def says(self, inputs: Sequence[Input]) -> Level | None:
        known, unknown = self.known(inputs), self.unknowns(inputs)
        if not known and not unknown:
            return None
        good = sum(level <= self.scale.ok for level in known)
        if unknown and good <= 1:
            return self.scale.unknown
        return self.scale.ok if good == 1 else self.scale.worst


@dataclass(frozen=True, slots=True, kw_only=True)
class When(_Rule):
    """A level if a condition on the inputs is true; ``unknown`` if that cannot be said."""

    condition: Condition
    result: Level
    unknown: Level | None

    @property
    def monotone(self) -> bool:
        return self.condition.monotone and self.unknown is None and self.result != OUTSIDE

    def says(self, inputs: Sequence[Input]) -> Level | None:
        verdict = self.condition.holds([(one.names, one.level) for one in inputs if not one.maintained])
        return self.unknown if verdict is None else self.result if verdict else None

    def blamed(self, inputs: Sequence[Input]) -> list[int]:
        """What made the condition true; of a monotone one what is a problem, since the others cannot have."""
        there = [place for place, one in enumerate(inputs) if not one.maintained]
        decisive = self.condition.decisive([(inputs[place].names, inputs[place].level) for place in there])
        problems = set(self.at_least(inputs, self.scale.ok + 1))
        return [there[at] for at in sorted(decisive) if not self.monotone or there[at] in problems]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """A rule and the requirement group whose inputs it takes; ``None``: those that are in no group."""

    group: str | None
    rule: Rule


def rising(drops: Mapping[Level, Number], scale: Scale) -> bool:
    """Whether what is worse takes at least as many points."""
    taken = [drops.get(level, 0) for level in range(scale.worst + 1)]
    return taken == sorted(taken)


def _weighty(places: Iterable[int], inputs: Sequence[Input]) -> list[int]:
    return [place for place in places if inputs[place].weight]


def _times(inputs: Sequence[Input]) -> list[int]:
    """How often each input counts; once where none has a weight."""
    weights = [Fraction(one.weight) for one in inputs]
    common = lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * common) for weight in weights]
    unit = gcd(*whole)
    return [weight // unit for weight in whole] if unit else [1] * len(whole)


def _rounded(share: Fraction, how: str) -> Fraction:
    if how == "floor":
        return Fraction(share.numerator // share.denominator)
    return Fraction(int(share + Fraction(1, 2))) if how == "nearest" else share
