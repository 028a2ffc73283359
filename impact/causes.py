"""The smallest set of faults that explains the alarms, some of which are missing and some of which mean nothing.

Each set of faults makes the alarms that there are more or less likely: a CI that it breaks (degraded or worse) alarms
with the probability 1 - ``lost``, any other with ``spurious``; and each fault is itself unlikely. The likeliest set is
built greedily and then improved, by putting one fault in the place of another, as long as that helps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import log

from impact.explain import closure
from impact.graph import CompiledGraph
from impact.state import evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How reliable alarms are, as shares of 1.

    ``lost``: how often an unhealthy CI does not alarm. ``spurious``: how often a healthy one does. ``fault``: how often
    a CI is at fault at all; with the values here one alarm alone makes no fault, two of which a third is missing do.
    """

    lost: float = 0.1
    spurious: float = 0.05
    fault: float = 0.04

    @property
    def cost(self) -> float:
        return log((1 - self.fault) / self.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A fault of the likeliest set. ``score``: how much less likely the alarms would be without it (natural logarithm).

    ``explains``: the alarms that it alone makes expected. ``silent``: CIs that should alarm because of it and do not.
    """

    node: int
    score: float
    explains: frozenset[int]
    silent: frozenset[int]


CANDIDATES = 200
"""So many of what the alarms stand on are tried, those below the most alarms first."""

CLOSE = 6
"""Of the candidates that seem best so many are worked out together with the faults that are chosen already."""

MOST_CAUSES = 8
ROUNDS = 4


def likeliest_causes(
    graph: CompiledGraph, alarming: Collection[int], watched: Collection[int], odds: Odds | None = None
) -> tuple[Cause, ...]:
    """The set of faults that explains the alarms best, the weightiest first.

    Args:
        graph: the compiled graph.
        alarming: the CIs that alarm.
        watched: the CIs that would alarm if they were unhealthy; those that alarm are among them.
        odds: how reliable alarms are.
    """
    search = _Search(graph, frozenset(alarming), frozenset(watched) | frozenset(alarming), odds or Odds())
    chosen = search.improved(search.greedy())
    causes = [search.cause(node, chosen) for node in chosen]
    return tuple(sorted(causes, key=lambda cause: (-cause.score, cause.node)))


class _Search:
    def __init__(self, graph: CompiledGraph, alarming: frozenset[int], watched: frozenset[int], odds: Odds) -> None:
        self.graph = graph
        self.alarming = alarming
        self.watched = watched
        self.odds = odds
        self._done: dict[frozenset[int], frozenset[int]] = {frozenset(): frozenset()}
        self.candidates = self._candidates()

    def _candidates(self) -> list[int]:
        """What the alarms stand on, the ways of the network among it."""
        counts: dict[int, int] = {}
        for alarm in self.alarming:
            for node in closure(alarm, self._below):
                counts[node] = counts.get(node, 0) + 1
        return sorted(counts, key=lambda node: (-counts[node], node))[:CANDIDATES]

    def _below(self, node: int) -> Iterable[int]:
        net = self.graph.network
        yield from (need.provider for need in self.graph.needs[node])
        for cable in net.at.get(node, ()):
            far = cable.other(node)
            if net.anchor_levels.get(far, 0) < net.anchor_levels.get(node, 0):
                yield cable.link
                yield far

    def does(self, causes: frozenset[int]) -> frozenset[int]:
        """What these faults break, together: two members of a group may do what neither does alone.

        What is only at risk works, and alarms with nobody.
        """
        if causes not in self._done:
            scale = self.graph.scale
            full = evaluate(self.graph, dict.fromkeys(causes, scale.worst)).spread.full
            self._done[causes] = frozenset(node for node, level in full.items() if level >= scale.degraded)
        return self._done[causes]

    def likelihood(self, causes: frozenset[int]) -> float:
        """Of the alarms, given these faults; a logarithm, 0 for no fault at all."""
        return self._weigh(self.does(causes)) - len(causes) * self.odds.cost

    def _weigh(self, unhealthy: frozenset[int]) -> float:
        odds = self.odds
        explained, silent = len(unhealthy & self.alarming), len((unhealthy & self.watched) - self.alarming)
        return explained * log((1 - odds.lost) / odds.spurious) + silent * log(odds.lost / (1 - odds.spurious))

    def greedy(self) -> frozenset[int]:
        chosen: frozenset[int] = frozenset()
        while len(chosen) < MOST_CAUSES:
            better = self._with_one_more(chosen)
            if self.likelihood(better) <= self.likelihood(chosen):
                break
            chosen = better
        return chosen

    def improved(self, chosen: frozenset[int]) -> frozenset[int]:
        """Put another in the place of each fault, or none, or what it needs, as long as that helps."""
        for _ in range(ROUNDS):
            rest = [chosen - {node} for node in sorted(chosen)]
            deeper = [(chosen - {node}) | self._alarming_below(node) for node in sorted(chosen)]
            sets = [*rest, *deeper, *(self._with_one_more(some) for some in rest), self._with_one_more(chosen)]
            best = max(sets, key=self.likelihood, default=chosen)
            if self.likelihood(best) <= self.likelihood(chosen) + 1e-9:
                break
            chosen = best
        return chosen

    def _alarming_below(self, node: int) -> frozenset[int]:
        """The members of redundant groups fail a CI only together, so that none of them is found alone."""
        return self.alarming.intersection(need.provider for need in self.graph.needs[node])

    def _with_one_more(self, chosen: frozenset[int]) -> frozenset[int]:
        """The best set of one more fault; what it does beside the others is worked out for those that seem best."""
        done = self.does(chosen)
        others = [node for node in self.candidates if node not in chosen]
        others.sort(key=lambda node: (-self._weigh(done | self.does(frozenset({node}))), node))
        return max((chosen | {node} for node in others[:CLOSE]), key=self.likelihood, default=chosen)

    def cause(self, node: int, chosen: frozenset[int]) -> Cause:
        alone = self.does(frozenset({node}))
        return Cause(
            node=node,
            score=self.likelihood(chosen) - self.likelihood(chosen - {node}),
            explains=alone & self.alarming,
            silent=(alone & self.watched) - self.alarming,
        )
