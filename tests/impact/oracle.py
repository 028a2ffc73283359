"""What every CI of a small graph must be, worked out as simply as can be. It shares no code with the engine.

Levels are places in the order, ``None`` is what stands outside of it. A graph without circles is worked out by plain
recursion, one where all is monotone by starting from ok and doing everything over until nothing moves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

Level: TypeAlias = "int | None"
Values: TypeAlias = Mapping[str, Level]
Said: TypeAlias = Mapping[str, Any]

SILENT = "silent"
"""What a rule says that has nothing to say."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Who needs whom; ``carried``: whether it matters to the dependent that the provider is cut off."""

    dependent: str
    provider: str
    said: Said = field(default_factory=dict)
    carried: bool = True


@dataclass(frozen=True, kw_only=True)
class World:
    """A graph under a scale and a policy, in the words in which a user writes them."""

    scale: Said
    policy: Said
    cis: Mapping[str, Said]
    edges: Sequence[Edge]
    cables: Sequence[tuple[str, str]] = ()
    forwards: frozenset[str] = frozenset()
    anchors: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class In:
    """One input: ``level`` unknown is ``None``; ``ignored``: its map takes it out; ``maintained``: its provider is."""

    level: Level
    weight: Fraction
    name: str
    ignored: bool
    maintained: bool
    drops: Said | None

    @property
    def counts(self) -> bool:
        return self.level is not None and not self.ignored and not self.maintained


class Oracle:
    """The truth about one world with these faults and this maintenance."""

    def __init__(self, world: World, own: Values, maintained: Iterable[str] = ()) -> None:
        self.world = world
        self.own = own
        self.maintained = frozenset(maintained)
        self.levels = [str(word) for word in world.scale["levels"]]
        self.worst = len(self.levels) - 1
        self.ok = self.levels.index(world.scale.get("ok", self.levels[0]))
        self.at_risk = self.ok + 1 if self.ok + 1 < self.worst else self.ok
        self.unknown = self.number(world.scale["unknown"]) if "unknown" in world.scale else None
        self.degraded = self.number(world.scale["degraded"])
        self.needs = {ci: [edge for edge in world.edges if edge.dependent == ci] for ci in world.cis}
        self.circles = {ci: self._circle(ci) for ci in world.cis}
        self.plain = self._values({}, {})
        self.network = self._network()
        self.full = self._values(self.plain, self.network)

    def number(self, word: object) -> Level:
        return self.levels.index(str(word)) if str(word) in self.levels else None

    def policy(self, name: str, default: object = None) -> Any:
        return self.world.policy.get(name, default)

    def worse(self, one: Level, other: Level) -> Level:
        known = [level for level in (one, other) if level is not None]
        if len(known) == 2 or (known and known[0] > self.ok):
            return max(known)
        return None

    # The whole

    def _values(self, plain: Values, network: Values) -> dict[str, Level]:
        """``plain``: what needs see that carry no network effect; empty while the plain values are worked out."""
        known: dict[str, Level] = {}
        if all(self._plainly_monotone(ci) for ci in self.world.cis):
            known = {ci: self.own.get(ci, 0) for ci in self.world.cis}
            return self._risen(known, plain, network, set(known))
        for ci in self.world.cis:
            self._find(ci, known, plain, network)
        return known

    def _find(self, ci: str, known: dict[str, Level], plain: Values, network: Values) -> None:
        if ci in known:
            return
        circle = self.circles[ci]
        for member in circle or {ci}:
            for edge in self.needs[member]:
                if edge.provider not in circle:
                    self._find(edge.provider, known, plain, network)
        if not circle:
            known[ci] = self._value(ci, known, plain, network)
        elif self.refused(ci):
            for member in circle:
                known[member] = self.worse(self.worse(self.own.get(member, 0), self.unknown), network.get(member, 0))
        else:
            known |= {member: self.own.get(member, 0) for member in circle}
            self._risen(known, plain, network, circle)

    def _risen(self, known: dict[str, Level], plain: Values, network: Values, members: set[str]) -> dict[str, Level]:
        while True:
            after = {ci: self._value(ci, known, plain, network) for ci in members}
            if all(known[ci] == level for ci, level in after.items()):
                return known
            known |= after

    def _value(self, ci: str, known: Values, plain: Values, network: Values) -> Level:
        needed = self.needed(ci, known, plain)
        return self.worse(self.worse(self.own.get(ci, 0), network.get(ci, 0)), needed)

    # One CI

    def needed(self, ci: str, known: Values, plain: Values = {}) -> Level:  # noqa: B006 - it is only read
        said, needs = self.world.cis[ci], self.needs[ci]
        has_rules = "rules" in said or "requirements" in said
        if has_rules and not needs and self.policy("no_inputs") is not None:
            return self.number(self.policy("no_inputs"))
        ignores = said.get("maintenance", self.policy("maintenance", "ignore")) == "ignore_input"
        groups: dict[str | None, list[In]] = {}
        for edge in needs:
            values = plain if plain and not edge.carried else known
            one = self._input(edge, values[edge.provider], ignored=ignores and edge.provider in self.maintained)
            groups.setdefault(edge.said.get("group"), []).append(one)
        result: Level = 0
        known_one = False
        for group, spec in self._rules(ci):
            found = self.rule(spec, groups.get(group, []))
            if found != SILENT:
                result = self.worse(result, found) if known_one else found
                known_one = True
        return result

    def _rules(self, ci: str) -> list[tuple[str | None, Said]]:
        said = self.world.cis[ci]
        rules: list[tuple[str | None, Said]] = [(None, spec) for spec in said.get("rules", [{"rule": "worst"}])]
        requirements = said.get("requirements", {})
        groups = {edge.said["group"] for edge in self.needs[ci] if "group" in edge.said}
        return rules + [(group, requirements.get(group, {"rule": "k_of_n"})) for group in groups | {*requirements}]

    def _input(self, edge: Edge, level: Level, *, ignored: bool) -> In:
        how = edge.said.get("map", "as_is")
        return In(
            level=self.mapped(how, level),
            weight=Fraction(str(edge.said.get("weight", self.policy("default_weight", 1)))),
            name=edge.provider,
            ignored=how == "ignore",
            maintained=ignored,
            drops=edge.said.get("drops"),
        )

    def mapped(self, how: str | Said, level: Level) -> Level:
        if isinstance(how, str):
            return level
        (word, value), *_ = how.items()
        healthy = level is None or level <= self.ok
        if healthy and word in ("raise", "fixed") and not self.policy("map_healthy", default=False):
            return level
        if word == "raise":
            # what is unknown counts as one step better than the best
            raised = (-1 if level is None else level) + value
            return min(raised, self.worst) if raised >= 0 else None
        if word == "fixed":
            return self.number(value)
        if word == "lower":
            least = self.ok + 1 if self.policy("lower_to") == "least_problem" else self.ok
            return level if level is None or level <= self.ok else max(level - value, least)
        table = {self.number(key): self.number(seen) for key, seen in how.items()}
        return table.get(level, self.ok if level is not None else None)

    # Rules

    def rule(self, spec: Said, inputs: list[In]) -> Any:
        """The level that a rule gives, or `SILENT`."""
        known = sorted(one.level for one in inputs if one.counts and one.level is not None)
        read: dict[str, Callable[[Said, list[In], list[int]], Any]] = {
            "k_of_n": self._k_of_n, "min": self._min, "at_least": self._at_least, "fewer_than": self._fewer_than,
            "points": self._points, "condition": self._condition, "threshold": self._threshold,
        }  # fmt: skip
        name = spec["rule"]
        if name in read:
            return read[name](spec, inputs, known)
        if name == "ok":
            return self.ok
        return self._simple(spec, known) if known else SILENT

    def _simple(self, spec: Said, known: list[int]) -> Any:
        best, worst = known[0], known[-1]
        match spec["rule"]:
            case "worst":
                return worst
            case "best":
                return best
            case "all":
                return self.ok if best <= self.ok else worst
            case "degraded":
                return self.degraded if worst == self.worst else worst
            case "not":
                word = self.world.scale.get("inverse", {}).get(self.levels[worst])
                return self.worst - worst if word is None else self.number(word)
            case "xor":
                return self.ok if len([level for level in known if level <= self.ok]) == 1 else self.worst
            case "above":
                limit = self.number(spec["limit"])
                return worst if limit is None or worst > limit else SILENT
            case "exponential":
                return self._exponential(Fraction(str(spec["base"])), known)
        raise AssertionError(spec)

    def _exponential(self, base: Fraction, known: list[int]) -> int:
        """In whole numbers: over the base's denominator, everything is multiplied until no fraction is left."""
        up, down = base.numerator, base.denominator
        steps = [level - self.ok - 1 for level in known if level > self.ok]
        height = self.worst - self.ok
        total = sum(up**step * down ** (height - step) for step in steps)
        reached = [step for step in range(height) if total >= up**step * down ** (height - step)]
        return self.ok + 1 + max(reached) if reached else self.ok

    def _result(self, spec: Said, name: str = "result") -> Level:
        return self.number(spec[name]) if name in spec else self.worst

    def _k_of_n(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        k = spec.get("k", 1)
        if not known:
            return SILENT
        if len(known) < k:
            too_few = self.policy("too_few")
            if too_few is None:
                return self._result(spec)
            return known[-1] if too_few == "worst" else self.number(too_few)
        if known[k - 1] == self.worst:
            return self._result(spec)
        left = len([level for level in known if level != self.worst])
        edge = self.number(spec["edge"]) if "edge" in spec else self.at_risk
        spare_gone = len(known) > k and left == k
        return max(known[k - 1], edge) if spare_gone and edge is not None else known[k - 1]

    def _min(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        k, too_few = spec["k"], self.policy("too_few")
        if not known:
            return SILENT
        if len(known) < k:
            return known[-1] if too_few in (None, "worst") else self.number(too_few)
        if self.policy("minimum", "best") == "best":
            return known[k - 1]
        return self.ok if known[k - 1] <= self.ok else known[-1]

    def _amount(self, spec: Said, those: list[In], inputs: list[In]) -> tuple[Fraction, Fraction] | None:
        """How much was found and how much is asked; ``None`` for a share of nothing."""
        of = next(name for name in ("count", "percent", "weight", "weight_percent") if name in spec)

        def size(some: list[In]) -> Fraction:
            return sum((one.weight for one in some), start=Fraction(0)) if "weight" in of else Fraction(len(some))

        asked = Fraction(str(spec[of]))
        if "percent" not in of:
            return size(those), asked
        total = size([one for one in inputs if self._in_total(one)])
        if total == 0:
            return None
        share = 100 * size(those) / total
        how = self.policy("percent", "exact")
        if how == "floor":
            share = Fraction(math.floor(share))
        elif how == "nearest":
            share = Fraction(math.floor(share + Fraction(1, 2)))
        return share, asked

    def _in_total(self, one: In) -> bool:
        if one.maintained:
            return bool(self.policy("maintained_counts", default=True))
        if one.ignored:
            return bool(self.policy("ignored_counts", default=False))
        return one.level is not None or bool(self.policy("unknown_counts", default=True))

    def _at_least(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        limit = self.number(spec["limit"])
        those = [one for one in inputs if one.counts and (limit is None or (one.level or 0) >= limit)]
        amount = self._amount(spec, those, inputs)
        return self._stated(spec, known) if amount is not None and amount[0] >= amount[1] else SILENT

    def _fewer_than(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        limit = self.number(spec["limit"])
        those = [one for one in inputs if one.counts and limit is not None and (one.level or 0) <= limit]
        amount = self._amount(spec, those, inputs)
        return self._stated(spec, known) if amount is not None and amount[0] < amount[1] else SILENT

    def _stated(self, spec: Said, known: list[int]) -> Any:
        if spec.get("result") == "worst":
            return known[-1] if known else SILENT
        return self._result(spec)

    def _threshold(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        total = sum((one.weight for one in inputs if self._in_total(one)), start=Fraction(0))
        if total == 0 or not known:
            return SILENT
        reached = self.ok
        for level in range(self.ok + 1, self.worst + 1):
            weight = sum((one.weight for one in inputs if one.counts and (one.level or 0) >= level), start=Fraction(0))
            if weight / total >= Fraction(str(spec["share"])):
                reached = level
        return reached

    def _points(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        left = spec.get("from", 100)
        for one in inputs:
            drops = spec.get("drops", {}) if one.drops is None else one.drops
            word = self.levels[one.level] if one.level is not None else str(self.world.scale.get("outside"))
            if not one.maintained and not one.ignored:
                left -= drops.get(word, 0)
        result = self.ok
        for word, points in spec["thresholds"].items():
            if left <= points:
                result = max(result, self.levels.index(word))
        return result

    def _condition(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        facts = [(one.name, None if one.ignored else one.level) for one in inputs if not one.maintained]
        ignored = {one.name for one in inputs if one.ignored}
        truth = self.true(spec["when"], facts, ignored)
        if truth is None:
            return self.number(spec["unknown"]) if "unknown" in spec else SILENT
        return self._result(spec) if truth else SILENT

    def true(self, when: Said, facts: list[tuple[str, Level]], ignored: set[str]) -> bool | None:
        """After Kleene: ``None`` is what cannot be said."""

        def at(name: str, level: Level, wanted: Level, *, worse: bool) -> bool | None:
            if wanted is None:
                return level is None and name not in ignored
            return None if level is None else level >= wanted if worse else level == wanted

        if "input" in when:
            worse = "at_least" in when
            wanted = self.number(when["at_least" if worse else "is"])
            those = [at(name, level, wanted, worse=worse) for name, level in facts if name == when["input"]]
            return _either(those) if those else None
        (how, given), *_ = when.items()
        if how in ("any", "every"):
            those = [at(name, level, self.number(given), worse=True) for name, level in facts]
            return _either(those) if how == "any" else _both(those) if those else None
        parts = [self.true(part, facts, ignored) for part in ([given] if how == "not" else given)]
        if how == "all":
            return _both(parts)
        if how == "either":
            return _either(parts)
        if None in parts:
            return None
        return not parts[0] if how == "not" else parts.count(True) == 1

    # Circles

    def _reached(self, ci: str) -> set[str]:
        found: set[str] = set()
        stack = [ci]
        while stack:
            for edge in self.needs[stack.pop()]:
                if edge.provider not in found:
                    found.add(edge.provider)
                    stack.append(edge.provider)
        return found

    def _circle(self, ci: str) -> set[str]:
        """All that a CI needs and that needs it; empty if it does not need itself."""
        return {other for other in self._reached(ci) if ci in self._reached(other)}

    def refused(self, ci: str) -> bool:
        """Whether a CI stands in a circle that cannot be worked out."""
        circle = self.circles[ci]
        if not circle:
            return False
        if self.policy("cycles") == "refuse" or not all(self._monotone(m, self._inside(m)) for m in circle):
            return True
        # what is unknown leaves a count when it becomes known: only for the worst of all does that not matter
        doubtful = any(self.own.get(member, 0) is None for member in circle)
        return doubtful and not all(self._ranks_unknown_best(member) for member in circle)

    def _inside(self, ci: str) -> list[Edge]:
        return [edge for edge in self.needs[ci] if edge.provider in self.circles[ci]]

    def _monotone(self, ci: str, edges: list[Edge]) -> bool:
        return (
            all(self._rule_rises(spec) for _, spec in self._rules(ci))
            and all(self._map_rises(edge) for edge in edges)
            and all(self._rises(edge.said["drops"]) for edge in edges if "drops" in edge.said)
        )

    def _plainly_monotone(self, ci: str) -> bool:
        """Whether nothing that this CI sees, however worse, makes it better, and it is never unknown."""
        if self.own.get(ci, 0) is None or (self.circles[ci] and self.policy("cycles") == "refuse"):
            return False
        return self._monotone(ci, self.needs[ci])

    def _ranks_unknown_best(self, ci: str) -> bool:
        rules = all(spec["rule"] in ("worst", "above", "degraded") for _, spec in self._rules(ci))
        return rules and all(self._sees_unknown_best(edge) for edge in self._inside(ci))

    def _sees_unknown_best(self, edge: Edge) -> bool:
        how = edge.said.get("map", "as_is")
        unknown, best = self.mapped(how, None), self.mapped(how, 0)
        return unknown is None or (best is not None and unknown <= best)

    def _map_rises(self, edge: Edge) -> bool:
        how = edge.said.get("map", "as_is")
        seen = [self.mapped(how, level) for level in range(self.worst + 1)]
        if how == "ignore" or len(set(seen)) == 1:
            return True
        known = [level for level in seen if level is not None]
        return len(known) == len(seen) and known == sorted(known)

    def _rises(self, drops: Said) -> bool:
        taken = [drops.get(word, 0) for word in self.levels]
        return taken == sorted(taken)

    def _rule_rises(self, spec: Said) -> bool:
        if self._may_say_unknown(spec):
            return False
        match spec["rule"]:
            case "not" | "xor":
                return False
            case "degraded":
                return self.degraded is not None and self.degraded >= self.worst - 1
            case "k_of_n":
                result, edge = self._result(spec), self.number(spec["edge"]) if "edge" in spec else self.at_risk
                return result is not None and result >= max(self.worst - 1, -1 if edge is None else edge)
            case "points":
                return self._rises(spec.get("drops", {}))
            case "condition":
                return self._condition_rises(spec["when"])
        return True

    def _may_say_unknown(self, spec: Said) -> bool:
        too_few = self.policy("too_few")
        if spec["rule"] in ("k_of_n", "min") and too_few not in (None, "worst") and self.number(too_few) is None:
            return True
        if spec["rule"] == "condition" and "unknown" in spec:
            return True
        return "result" in spec and spec["result"] != "worst" and self.number(spec["result"]) is None

    def _condition_rises(self, when: Said) -> bool:
        if "input" in when:
            wanted = self.number(when["at_least"] if "at_least" in when else when["is"])
            return wanted is not None and ("at_least" in when or wanted == self.worst)
        (how, given), *_ = when.items()
        if how in ("any", "every"):
            return True
        return how in ("all", "either") and all(self._condition_rises(part) for part in given)

    def is_loop(self, ci: str, spelled: str | None) -> bool:
        """Whether this is a way from a CI into a circle that cannot be worked out, and once around."""
        bad = {other for other in self._reached(ci) | {ci} if self.refused(other)}
        if spelled is None or not bad:
            return spelled is None and not bad
        way = spelled.split(" -> ")
        steps = all(any(e.provider == b for e in self.needs[a]) for a, b in itertools.pairwise(way))
        return way[0] == ci and steps and way[-1] in bad and way[-1] in way[:-1] and len(set(way)) == len(way) - 1

    # Maintenance

    def in_maintenance(self) -> set[str]:
        """Strike from all that might inherit it who has a problem input that is not in it, until nobody is struck."""
        found = set(self.maintained)
        for ci, said in self.world.cis.items():
            level, own = self.full[ci], self.own.get(ci, 0)
            bad = level is not None and level > self.ok and (own is None or own <= self.ok)
            if bad and said.get("maintenance", self.policy("maintenance", "ignore")) == "inherit" and self._bad(ci):
                found.add(ci)
        while True:
            struck = {ci for ci in found - self.maintained if not self._bad(ci) <= found}
            if not struck:
                return found
            found -= struck

    def _bad(self, ci: str) -> set[str]:
        bad = set()
        for edge in self.needs[ci]:
            how = edge.said.get("map", "as_is")
            seen = self.mapped(how, (self.full if edge.carried else self.plain)[edge.provider])
            if how != "ignore" and seen is not None and seen > self.ok:
                bad.add(edge.provider)
        return bad

    # The network

    def reached(self, gone: set[str]) -> set[str]:
        """All devices that a way joins to an anchor, if these devices and links are gone."""
        found = set(self.world.anchors - gone)
        while True:
            more = set()
            for a, b in self.world.cables:
                for near, far in ((a, b), (b, a)):
                    leads = near in found and (near in self.world.forwards or near in self.world.anchors)
                    if leads and far not in gone and f"{a}--{b}" not in gone:
                        more.add(far)
            if more <= found:
                return found
            found |= more

    def _network(self) -> dict[str, Level]:
        """What is cut off is down; what hangs on one thing that it did not hang on before is at risk."""
        if not self.world.anchors or not self.world.cables:
            return {}
        devices = {end for cable in self.world.cables for end in cable}
        links = {f"{a}--{b}" for a, b in self.world.cables}
        broken = {ci for ci in devices | links if self.plain[ci] == self.worst}
        free, now = self.reached(set()) & devices, self.reached(broken) & devices
        effects: dict[str, Level] = dict.fromkeys(free - now - broken, self.worst)
        for one in (devices | links) - broken:
            lost = now - self.reached(broken | {one}) - {one}
            before = free - self.reached({one}) - {one}
            effects |= dict.fromkeys(lost - before, self.at_risk)
        return effects


def _either(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    return True if True in found else None if None in found else False


def _both(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    return False if False in found else None if None in found else True
