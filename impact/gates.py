"""Where redundancy holds: what a CI's rules count of its needs, how much of that is there, and what would be without.

A *gate* is one rule of a CI that reduces several needs to one level. It is whole while none of them is a problem, it
holds while what it counts suffices, and it is broken after that; what goes on from it is what the rule says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from impact.graph import CompiledGraph
from impact.propagate import Applied, Levels, Propagation
from impact.rules import (
    Above,
    All,
    Best,
    Counted,
    Degraded,
    Exponential,
    Input,
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
from impact.scale import OUTSIDE, Level, Scale

WORDS: Mapping[type[Rule], str] = {
    Worst: "worst",
    Best: "best",
    All: "all",
    Ok: "ok",
    KOfN: "k_of_n",
    Minimum: "min",
    Threshold: "threshold",
    Above: "above",
    Exponential: "exponential",
    Points: "points",
    Degraded: "degraded",
    Not: "not",
    Xor: "xor",
    When: "condition",
}


class Standing(Enum):
    """What has become of a gate."""

    WHOLE = "whole"
    HOLDS = "holds"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a rule counts. ``unit``: count, percent, weight, weight_percent.

    Of what is up there must be ``limit`` at least; of what is bad (``bad``) there must be less.
    """

    bad: bool
    unit: str
    found: Fraction
    limit: Fraction
    total: Fraction

    @property
    def suffices(self) -> bool:
        return self.found < self.limit if self.bad else self.found >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One need of a gate: its provider as the dependent sees it, and whether it is up in the rule's sense."""

    provider: int
    seen: Level
    weight: Number
    up: bool
    maintained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One rule of one CI with what it works on.

    ``rule`` is its name as it is written (docs/reference/impact-rules.md); ``measure`` is ``None`` where it does not
    count. ``stops`` is the worst that is seen of the members, ``goes_on`` what the rule makes of all of them.
    """

    dependent: int
    group: str | None
    rule: str
    members: tuple[Member, ...]
    measure: Measure | None
    stops: Level
    goes_on: Level
    standing: Standing


def gates_of(spread: Propagation, node: int) -> tuple[Gate, ...]:
    """The gates of a CI: each rule of a requirement group, and what it states for other needs beside the worst."""
    found = []
    for scoped, pairs, level in spread.reductions(node):
        if pairs and (scoped.group is not None or not isinstance(scoped.rule, Worst)):
            found.append(_gate(spread.graph, node, (scoped, pairs, level)))
    return tuple(found)


def word_of(rule: Rule) -> str:
    """The name by which a rule is written."""
    if isinstance(rule, Counted):
        return "fewer_than" if rule.fewer else "at_least"
    return WORDS[type(rule)]


def _gate(graph: CompiledGraph, node: int, applied: Applied) -> Gate:
    scoped, pairs, level = applied
    ok, rule = graph.scale.ok, scoped.rule
    inputs = [one for _, one in pairs]
    stops = max((one.level for one in inputs if one.level >= 0 and not one.maintained), default=ok)
    goes_on = ok if level is None else level
    measure = _measure(rule, inputs, graph.scale)
    suffices = goes_on < stops if measure is None else measure.suffices
    return Gate(
        dependent=node,
        group=scoped.group,
        rule=word_of(rule),
        members=tuple(
            Member(
                provider=need.provider,
                seen=one.level,
                weight=one.weight,
                up=_is_up(one, rule, graph.scale),
                maintained=one.maintained,
            )
            for need, one in pairs
        ),
        measure=measure,
        stops=stops,
        goes_on=goes_on,
        standing=Standing.WHOLE if stops <= ok else Standing.HOLDS if suffices else Standing.BROKEN,
    )


def _is_up(one: Input, rule: Rule, scale: Scale) -> bool:
    """Whether an input is what the rule wants of it; what is left out or in maintenance is not.

    What is unknown is not for rules that count what is known, and is for those to which it is not known to be bad.
    """
    least = OUTSIDE if isinstance(rule, (KOfN, Minimum, Best, All)) else 0
    return least <= one.level <= _enough(rule, scale) and not one.maintained


def _enough(rule: Rule, scale: Scale) -> Level:
    """The worst level at which an input still counts as up."""
    match rule:
        case KOfN() | Best():
            return scale.worst - 1
        case Minimum():
            return scale.worst - 1 if rule.policy.minimum == "best" else scale.ok
        case Counted():
            return rule.limit if rule.fewer else rule.limit - 1
    return scale.ok


def _measure(rule: Rule, inputs: Sequence[Input], scale: Scale) -> Measure | None:
    if isinstance(rule, Counted):
        found, total = rule.found(inputs), rule.total(inputs)
        if found is None:
            return None
        return Measure(bad=not rule.fewer, unit=rule.of, found=found, limit=rule.value, total=total)
    if isinstance(rule, Threshold):
        whole = rule.total(inputs)
        share = rule.reached(inputs, scale.ok + 1) * 100 / whole if whole else Fraction(0)
        return Measure(bad=True, unit="weight_percent", found=share, limit=rule.share * 100, total=Fraction(100))
    if not isinstance(rule, (KOfN, Minimum, Best, All)):
        return None
    return Measure(
        bad=False,
        unit="count",
        found=Fraction(sum(_is_up(one, rule, scale) for one in inputs)),
        limit=Fraction(_wanted(rule, inputs)),
        total=Fraction(len(inputs)),
    )


def _wanted(rule: Rule, inputs: Sequence[Input]) -> int:
    """How many members must be up."""
    match rule:
        case KOfN() | Minimum():
            return rule.wanted(inputs)
        case Best():
            return rule.k
    return 1


def without_redundancy(graph: CompiledGraph, node: int, level: Level) -> Levels:
    """What a fault would do if each need were a hard one and each way of the network the only one.

    The maps of the relations hold as they are; rules and groups do not.
    """
    plain: Levels = {node: level}
    full: Levels = {node: level}
    stack = [node]
    while stack:
        at = stack.pop()
        behind = graph.network.downstream(at, graph.network.anchor_levels) if full[at] == graph.scale.worst else ()
        moved = {far: (plain.get(far, 0), graph.scale.worst) for far in behind}
        for dependent in dict.fromkeys(graph.dependents[at]):
            seen = [
                (need.sees[plain.get(at, 0)], need.sees[(full if need.carries_network else plain).get(at, 0)])
                for need in graph.needs[dependent]
                if need.provider == at
            ]
            former = moved.get(dependent, (0, 0))
            moved[dependent] = (max(former[0], *(one for one, _ in seen)), max(former[1], *(one for _, one in seen)))
        for far, (bare, whole) in moved.items():
            if bare > plain.get(far, 0) or whole > full.get(far, 0):
                plain[far] = max(bare, plain.get(far, 0))
                full[far] = max(whole, full.get(far, 0))
                stack.append(far)
    return full
