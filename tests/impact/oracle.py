"""What every CI of a small graph must be, worked out as simply as can be. It shares no code with the engine.

Levels are places in the order, ``None`` is what stands outside of it. A graph without circles is worked out by plain
recursion, one where all is monotone by starting from ok and doing everything over until nothing moves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

from tests.impact.oracle_conditions import Facts, rises, true
from tests.impact.oracle_words import SILENT, Edge, In, Level, Said, World

Values: TypeAlias = Mapping[str, Level]


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
        self.left_out: frozenset[str] = frozenset()
        """CIs that inherit maintenance and are left out for that."""
        self.network: dict[str, Level] = {}
        self._work_out()
        self.network = self._network()
        if self.network:
            self._work_out()

    def _work_out(self) -> None:
        """Health, then who inherits maintenance; again, while somebody is left out for that who was not, or was."""
        passing = {
            edge.provider
            for edge in self.world.edges
            if self._way(edge.dependent) == "ignore_input" and self._way(edge.provider).startswith("inherit")
        }
        self.left_out = frozenset()
        for rounds_left in range(len(passing) + 1, -1, -1):
            self.plain = self._values({}, {})
            self.full = self._values(self.plain, self.network)
            heirs = frozenset(self.in_maintenance() & passing) - self.maintained
            if heirs == self.left_out or not rounds_left:
                return
            self.left_out = heirs

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
            one = self._input(
                edge, values[edge.provider], ignored=ignores and edge.provider in self.maintained | self.left_out
            )
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
        if word in ("at_most", "at_least"):
            bound = self.levels.index(value)
            if healthy and (word == "at_most" or not self.policy("map_healthy", default=False)):
                return level
            return (min if word == "at_most" else max)(-1 if level is None else level, bound)
        if word == "lower":
            least = self.ok + 1 if self.policy("lower_to") == "least_problem" else self.ok
            return level if level is None or level <= self.ok else max(level - value, least)
        table = {self.number(key): self.number(seen) for key, seen in how.items() if key != "others"}
        if level is None or level in table:
            return table.get(level)
        others = how.get("others", self.levels[self.ok])
        return level if others == "as_is" else self.number(others)

    # Rules

    def rule(self, spec: Said, inputs: list[In]) -> Any:
        """The level that a rule gives, or `SILENT`."""
        known = sorted(one.level for one in inputs if one.counts and one.level is not None)
        read: dict[str, Callable[[Said, list[In], list[int]], Any]] = {
            "k_of_n": self._k_of_n, "min": self._min, "at_least": self._at_least, "fewer_than": self._fewer_than,
            "points": self._points, "condition": self._condition, "threshold": self._threshold,
        }  # fmt: skip
        name = spec["rule"]
        said: Any = SILENT
        if name in read:
            said = read[name](spec, inputs, known)
        elif name == "ok":
            said = self.ok
        elif name in ("not", "xor"):
            said = self._guessed(spec, inputs, known)
        elif known:
            said = self._simple(spec, inputs, known)
        if "at_most" in spec and said not in (SILENT, None):
            return min(said, self.number(spec["at_most"]))
        return said

    def _guessed(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        """What is unknown may be anything: the rule says what it says whatever that is, or cannot be worked out."""
        unknown = self._unknown(inputs)
        if not known and not unknown:
            return SILENT
        guesses = itertools.combinations_with_replacement(range(self.worst + 1), min(unknown, 2))
        said = {self._inverted(spec, sorted([*known, *guess])) for guess in guesses}
        return said.pop() if len(said) == 1 else self.unknown

    def _inverted(self, spec: Said, known: list[int]) -> Level:
        if spec["rule"] == "xor":
            return self.ok if len([level for level in known if level <= self.ok]) == 1 else self.worst
        word = self.world.scale.get("inverse", {}).get(self.levels[known[-1]])
        return self.worst - known[-1] if word is None else self.number(word)

    def _unknown(self, inputs: list[In]) -> int:
        return len([one for one in inputs if one.level is None and not one.ignored and not one.maintained])

    def _simple(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        worst = known[-1]
        ranked = sorted([0] * self._unknown(inputs) + known)
        match spec["rule"]:
            case "worst":
                return ranked[-spec.get("k", 1) :][0]
            case "best":
                return ranked[: spec.get("k", 1)][-1]
            case "all":
                return self.ok if ranked[0] <= self.ok else worst
            case "degraded":
                return self.degraded if worst == self.worst else worst
            case "above":
                limit = self.number(spec["limit"])
                return worst if limit is None or worst > limit else SILENT
            case "exponential":
                return self._exponential(Fraction(str(spec["base"])), inputs)
        raise AssertionError(spec)

    def _exponential(self, base: Fraction, inputs: list[In]) -> int:
        """In whole numbers: over the base's denominator, everything is multiplied until no fraction is left."""
        up, down = base.numerator, base.denominator
        unit = Fraction(1)
        while any(one.weight % unit for one in inputs) and unit > Fraction(1, 1000):  # tenths and halves are drawn
            unit /= 10
        weights = [int(one.weight / unit) for one in inputs]
        most = next((n for n in range(max(weights), 0, -1) if not any(weight % n for weight in weights)), 0)
        times = [weight // most if most else 1 for weight in weights]
        known = [(one.level or 0, many) for one, many in zip(inputs, times, strict=True) if one.counts]
        steps = [level - self.ok - 1 for level, many in known for _ in range(many) if level > self.ok]
        height = self.worst - self.ok
        total = sum(up**step * down ** (height - step) for step in steps)
        reached = [step for step in range(height) if total >= up**step * down ** (height - step)]
        return self.ok + 1 + max(reached) if reached else self.ok

    def _result(self, spec: Said, name: str = "result") -> Level:
        return self.number(spec[name]) if name in spec else self.worst

    def _ranked(self, inputs: list[In], k: int) -> tuple[list[int], int]:
        """What counts, the unknown among the best; and how many are wanted of it: what maintenance takes is not."""
        there = [one for one in inputs if not one.ignored]
        counts = sorted(one.level or 0 for one in there if not one.maintained)
        return counts, min(k, len(counts)) if len(there) >= k else k

    def _k_of_n(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        ranked, k = self._ranked(inputs, spec.get("k", 1))
        if not known:
            return SILENT
        if len(ranked) < k:
            too_few = self.policy("too_few")
            if too_few is None:
                return self._result(spec)
            return ranked[-1] if too_few == "worst" else self.number(too_few)
        if ranked[k - 1] == self.worst:
            return self._result(spec)
        left = len([level for level in ranked if level != self.worst])
        edge = self.number(spec["edge"]) if "edge" in spec else self.at_risk
        spare_gone = len(ranked) > k and left == k
        return max(ranked[k - 1], edge) if spare_gone and edge is not None else ranked[k - 1]

    def _min(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        ranked, k = self._ranked(inputs, spec["k"])
        too_few = self.policy("too_few")
        if not known:
            return SILENT
        if len(ranked) < k:
            return ranked[-1] if too_few in (None, "worst") else self.number(too_few)
        if self.policy("minimum", "best") == "best":
            return ranked[k - 1]
        return self.ok if ranked[k - 1] <= self.ok else ranked[-1]

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
        left, taken = Fraction(str(spec.get("from", 100))), Fraction(0)
        for one in inputs:
            drops = spec.get("drops", {}) if one.drops is None else one.drops
            word = self.levels[one.level] if one.level is not None else str(self.world.scale.get("outside"))
            if not one.maintained and not one.ignored:
                taken += Fraction(str(drops.get(word, 0))) * (one.weight if spec.get("mean") else 1)
        weight = sum((one.weight for one in inputs if self._in_total(one)), start=Fraction(0))
        if not spec.get("mean"):
            left -= taken
        elif weight:
            left -= taken / weight
        result = self.ok
        for word, points in spec["thresholds"].items():
            if left <= points:
                result = max(result, self.levels.index(word))
        return result

    def _condition(self, spec: Said, inputs: list[In], known: list[int]) -> Any:
        facts = [(one.name, None if one.ignored else one.level) for one in inputs if not one.maintained]
        ignored = {one.name for one in inputs if one.ignored}
        truth = true(spec["when"], Facts(levels=facts, ignored=ignored, number=self.number))
        if truth is None:
            return self.number(spec["unknown"]) if "unknown" in spec else SILENT
        return self._result(spec) if truth else SILENT

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
                return rises(spec["when"], self.number, self.worst)
        return True

    def _may_say_unknown(self, spec: Said) -> bool:
        too_few = self.policy("too_few")
        if spec["rule"] in ("k_of_n", "min") and too_few not in (None, "worst") and self.number(too_few) is None:
            return True
        if spec["rule"] == "condition" and "unknown" in spec:
            return True
        return "result" in spec and spec["result"] != "worst" and self.number(spec["result"]) is None

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
        """By rounds: who inherits from what is found, beginning with all that might, and striking who does not."""
        found, ways = set(self.maintained), {ci: self._way(ci) for ci in self.world.cis}
        if not found:
            return found
        for level in self._upwards():
            might = {ci for ci in level if ways[ci] in self._heirs and ci not in found and self._is_problem(ci)}
            found |= might
            while struck := {ci for ci in might & found if not self._heirs[ways[ci]](self, ci, found)}:
                found -= struck
            asked = {ci for ci in level if ways[ci] == "inherit_if_down"}
            while more := {ci for ci in asked - found if self._would_fall(ci, found)}:
                found |= more
        return found

    def _way(self, ci: str) -> str:
        return str(self.world.cis[ci].get("maintenance", self.policy("maintenance", "ignore")))

    def _upwards(self) -> list[set[str]]:
        """All CIs, providers first; those of a circle together."""
        left = set(self.world.cis)
        ordered: list[set[str]] = []
        while left:
            ready = {ci for ci in left if not ((self._reached(ci) - self.circles[ci] - {ci}) & left)}
            for ci in ready:
                if not any(ci in group for group in ordered):
                    ordered.append(self.circles[ci] | {ci})
            left -= ready
        return ordered

    def _is_problem(self, ci: str) -> bool:
        level, own = self.full[ci], self.own.get(ci, 0)
        return level is not None and level > self.ok and (own is None or own <= self.ok)

    def _inherits_all(self, ci: str, found: set[str]) -> bool:
        bad = {edge.provider for edge in self.needs[ci] if (self._seen(edge) or 0) > self.ok}
        return bool(bad) and bad <= found

    def _would_be_ok(self, ci: str, found: set[str]) -> bool:
        if not any(edge.provider in found for edge in self.needs[ci]):
            return False
        seen = {e.provider: 0 if e.provider in found else self.full[e.provider] for e in self.needs[ci]}
        plain = {e.provider: 0 if e.provider in found else self.plain[e.provider] for e in self.needs[ci]}
        return (self.needed(ci, seen, plain) or 0) <= self.ok

    def _would_fall(self, ci: str, found: set[str]) -> bool:
        if not any(edge.provider in found for edge in self.needs[ci]):
            return False
        seen = {edge.provider: self.worst if edge.provider in found else 0 for edge in self.needs[ci]}
        return (self.needed(ci, seen, seen) or 0) > self.ok

    def _seen(self, edge: Edge) -> Level:
        if edge.said.get("map", "as_is") == "ignore":
            return None
        return self.mapped(edge.said.get("map", "as_is"), (self.full if edge.carried else self.plain)[edge.provider])

    _heirs: ClassVar[Mapping[str, Callable[[Oracle, str, set[str]], bool]]] = {
        "inherit": _inherits_all,
        "inherit_if_ok": _would_be_ok,
    }

    # The network

    def held_back(self, gone: set[str]) -> set[str]:
        """What is gone, with the links of every bundle that has too few left."""
        ends = {link: (a, b) for a, b, link in self.world.cables}
        for _ in self.world.cables:
            for bundle in self.world.bundles:
                left = [one for one in bundle.links if gone.isdisjoint((one, *ends[one]))]
                if len(left) < bundle.needs:
                    gone = gone | set(bundle.links)
        return gone

    def reached(self, gone: set[str]) -> set[str]:
        """All devices that a way joins to an anchor in a VLAN of theirs, if these devices and links are gone."""
        gone = self.held_back(gone)
        stated = [set(vlans) for vlans in self.world.vlans.values()]
        found = set()
        for vlan in set().union({0}, *stated):  # 0: any that nobody states
            found |= {ci for ci in self._reached_in(vlan, gone) if vlan in self.world.vlans.get(ci, [vlan])}
        return found

    def _reached_in(self, vlan: int, gone: set[str]) -> set[str]:
        found = set(self.world.anchors - gone)
        while True:
            more = set()
            for a, b, link in self.world.cables:
                for near, far in ((a, b), (b, a)):
                    leads = near in found and (near in self.world.forwards or near in self.world.anchors)
                    if leads and not {far, link} & gone and vlan in self.world.vlans.get(link, [vlan]):
                        more.add(far)
            if more <= found:
                return found
            found |= more

    def _network(self) -> dict[str, Level]:
        """What is cut off is down; what hangs on one thing that it did not hang on before is at risk."""
        if not self.world.anchors or not self.world.cables:
            return {}
        devices = {end for a, b, _ in self.world.cables for end in (a, b)}
        links = {link for _, _, link in self.world.cables}
        broken = {ci for ci in devices | links if self.plain[ci] == self.worst}
        free, now = self.reached(set()) & devices, self.reached(broken) & devices
        effects = self._bundles(broken)
        effects |= dict.fromkeys(free - now - broken, self.worst)
        for one in (devices | links) - broken:
            lost = now - self.reached(broken | {one}) - {one}
            before = free - self.reached({one}) - {one}
            effects |= dict.fromkeys(lost - before, self.at_risk)
        return effects

    def _bundles(self, broken: set[str]) -> dict[str, Level]:
        """A bundle that lost links is at risk, one that has too few left is down; not that of a broken device."""
        gone, ends = self.held_back(broken), {link: (a, b) for a, b, link in self.world.cables}
        found: dict[str, Level] = {}
        for bundle in self.world.bundles:
            left = [one for one in bundle.links if gone.isdisjoint((one, *ends[one]))]
            if bundle.device not in broken and len(left) < len(bundle.links):
                found[bundle.port] = self.at_risk if len(left) >= bundle.needs else self.worst
        return found
