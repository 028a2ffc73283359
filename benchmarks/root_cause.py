"""How often the right causes are found: injected faults, lost and spurious alarms, beside three simpler ways.

    python -m benchmarks.root_cause [--trials 300] [--seed 1]

Each trial fails one, two or three CIs of a simulated company together, with what depends on them alarming; a tenth of
the alarms is lost, and a twentieth of all alarms is about healthy CIs. Alarms come at the time of their cause plus some
seconds, those of deeper CIs later.

- likeliest set: `impact.causes`.
- sinks only: the alarming CIs below which nothing alarms.
- time clusters: alarms within 5 s of each other are one cluster; its earliest alarm is the cause.
- inhibition by labels: an alarm mutes those of the same site in higher layers, as alert rules by label do.

Prints how often the first root is right and F1 of the set, each with a 95 % interval (Wilson; 1,000 bootstrap samples).
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from benchmarks.machine import describe
from examples.estate.generate import generate
from impact.causes import likeliest_causes
from impact.explain import layers
from impact.graph import CompiledGraph
from impact.state import evaluate
from tests.acceptance.told import believe

LOST, SPURIOUS = 0.1, 0.05
TOGETHER_S = 5.0
LEAST_CONE = 3
"""A fault that only its own CI shows cannot be told from a spurious alarm by anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The true causes, and the alarms with the second at which each came."""

    causes: frozenset[int]
    alarms: dict[int, float]


class Company:
    """What the ways have to go by: the graph, the layer of each CI, and its site as a label."""

    def __init__(self, graph: CompiledGraph) -> None:
        self.graph = graph
        self.layer = layers(graph)
        self.site = {node: str(ci.attributes.get("site", "")) for node, ci in enumerate(graph.cis)}
        useful = [n for n in range(len(graph.cis)) if graph.dependents[n] or n in graph.network]
        self.cones = {n: cone for n in useful if len(cone := self.does({n})) >= LEAST_CONE}

    def does(self, causes: set[int]) -> frozenset[int]:
        scale = self.graph.scale
        full = evaluate(self.graph, dict.fromkeys(causes, scale.worst)).spread.full
        broken = (node for node, level in full.items() if level >= scale.degraded)
        return frozenset(node for node in broken if not self.graph.plays(node, "person"))

    def trial(self, rng: random.Random, faults: int) -> Trial:
        causes: set[int] = set()
        while len(causes) < faults:
            node = rng.choice(sorted(self.cones))
            if all(node not in self.cones[c] and c not in self.cones[node] for c in causes):
                causes.add(node)
        began = {cause: rng.uniform(0, 20) for cause in causes}
        alarms = {}
        for node in sorted(self.does(causes)):
            if rng.random() >= LOST:
                since = min((began[c] for c in causes if node == c or node in self.cones[c]), default=0.0)
                alarms[node] = since + rng.uniform(0, 4) + 0.3 * self.layer[node]
        healthy = [n for n in range(len(self.graph.cis)) if n not in alarms and not self.graph.plays(n, "person")]
        for node in rng.sample(healthy, round(len(alarms) * SPURIOUS / (1 - SPURIOUS))):
            alarms[node] = rng.uniform(0, 25)
        return Trial(causes=frozenset(causes), alarms=alarms)


Way = Callable[[Company, dict[int, float]], Sequence[int]]


def likeliest(company: Company, alarms: dict[int, float]) -> Sequence[int]:
    watched = [n for n in range(len(company.graph.cis)) if not company.graph.plays(n, "person")]
    return [cause.node for cause in likeliest_causes(company.graph, alarms, watched)]


def sinks(company: Company, alarms: dict[int, float]) -> Sequence[int]:
    needs = company.graph.needs
    found = [n for n in alarms if not any(need.provider in alarms for need in needs[n])]
    return sorted(found, key=lambda n: (alarms[n], n))


def clusters(company: Company, alarms: dict[int, float]) -> Sequence[int]:  # noqa: ARG001 - a way's parameters
    order = sorted(alarms, key=lambda n: (alarms[n], n))
    return [n for place, n in enumerate(order) if place == 0 or alarms[n] - alarms[order[place - 1]] > TOGETHER_S]


def inhibited(company: Company, alarms: dict[int, float]) -> Sequence[int]:
    deepest: dict[str, int] = {}
    for node in alarms:
        site = company.site[node]
        deepest[site] = max(deepest.get(site, 0), company.layer[node])
    found = [n for n in alarms if company.layer[n] == deepest[company.site[n]]]
    return sorted(found, key=lambda n: (alarms[n], n))


WAYS: dict[str, Way] = {
    "likeliest set": likeliest,
    "sinks only": sinks,
    "time clusters": clusters,
    "inhibition by labels": inhibited,
}


def wilson(right: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, right / trials
    centre = share + z * z / (2 * trials)
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return (centre - half) / (1 + z * z / trials), (centre + half) / (1 + z * z / trials)


def f1(found: Sequence[int], causes: frozenset[int]) -> float:
    right = len(causes.intersection(found))
    return 2 * right / (len(found) + len(causes)) if found else 0.0


def bootstrap(values: Sequence[float], rng: random.Random) -> tuple[float, float]:
    """The 95 % interval of a mean, of 1,000 samples."""
    means = sorted(statistics.fmean(rng.choices(values, k=len(values))) for _ in range(1000))
    return means[25], means[974]


def report(company: Company, faults: int, trials: int, seed: int) -> None:
    rng = random.Random(seed * 10 + faults)
    made = [company.trial(rng, faults) for _ in range(trials)]
    alarms = statistics.median(len(trial.alarms) for trial in made)
    print(f"\n{faults} at once, {trials} trials, alarms: median {alarms:.0f}")
    for name, way in WAYS.items():
        began = time.process_time()
        found = [way(company, trial.alarms) for trial in made]
        took = (time.process_time() - began) / trials * 1000
        first = sum(bool(f) and f[0] in trial.causes for f, trial in zip(found, made, strict=True))
        low, high = wilson(first, trials)
        scores = [f1(f, trial.causes) for f, trial in zip(found, made, strict=True)]
        least, most = bootstrap(scores, rng)
        print(
            f"  {name:<22} first right {first / trials:6.1%} ({low:.1%} to {high:.1%})   "
            f"F1 {statistics.fmean(scores):.3f} ({least:.3f} to {most:.3f})   {took:7.1f} ms CPU each"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        company = Company(believe(generate(args.seed), Path(place)).assessor.graph)
        print(describe())
        print(f"{len(company.graph.cis)} CIs, {len(company.cones)} of them can fail")
        print(f"alarms lost {LOST:.0%}, spurious {SPURIOUS:.0%}")
        for faults in (1, 2, 3):
            report(company, faults, args.trials, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
