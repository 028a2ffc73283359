"""Random small estates with everything that the engine knows: maps, groups, rules, circles, maintenance."""

from __future__ import annotations

import random
from typing import Any

from cmdb.model import Relation
from impact.graph import CompiledGraph, compile_graph
from impact.scale import SHIPPED, Policy, Profile
from impact.vocabulary import vocabulary_of
from tests.impact.kit import CATALOGUE, Graph

WORDS = ("ok", "at_risk", "degraded", "down")
MAPS: tuple[Any, ...] = (
    "as_is", "ignore", {"raise": 1}, {"lower": 1}, {"fixed": "degraded"}, {"down": "degraded", "degraded": "at_risk"},
)  # fmt: skip
MONOTONE: tuple[Any, ...] = (
    "worst", "best", "all", "ok", "degraded",
    {"rule": "k_of_n", "k": 2, "result": "degraded", "edge": "ok"},
    {"rule": "k_of_n", "k": 1},
    {"rule": "min", "k": 2},
    {"rule": "at_least", "count": 2, "limit": "degraded", "result": "degraded"},
    {"rule": "at_least", "percent": 50, "limit": "at_risk", "result": "worst"},
    {"rule": "at_least", "weight": 3, "limit": "degraded"},
    {"rule": "fewer_than", "weight_percent": 60, "limit": "at_risk"},
    {"rule": "threshold", "share": 0.4},
    {"rule": "above", "limit": "at_risk"},
    {"rule": "exponential", "base": 2},
    {"rule": "points", "drops": {"degraded": 30, "down": 60}, "thresholds": {"at_risk": 80, "down": 20}},
    {"rule": "condition", "when": {"any": "down"}, "result": "degraded"},
    {"rule": "condition", "when": {"either": [{"any": "down"}, {"input": "n3", "at_least": "degraded"}]}},
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    "not", "xor",
    {"rule": "condition", "when": {"not": {"input": "n1", "is": "down"}}, "result": "at_risk", "unknown": "degraded"},
)  # fmt: skip


def profile(draw: random.Random) -> Profile:
    """The shipped scale under a random policy."""
    policy = Policy(
        map_healthy=draw.random() < 0.2,
        lower_to=draw.choice(["ok", "least_problem"]),
        no_inputs=draw.choice([None, None, "unknown", "degraded"]),
        too_few=draw.choice([None, "worst", "at_risk"]),
        minimum=draw.choice(["best", "count"]),
        percent=draw.choice(["exact", "floor", "nearest"]),
        unknown_counts=draw.random() < 0.5,
        ignored_counts=draw.random() < 0.5,
        maintained_counts=draw.random() < 0.5,
        maintenance=draw.choice(["ignore", "ignore_input"]),
        cycles=draw.choice(["fixpoint", "fixpoint", "refuse"]),
        default_weight=draw.choice([1, 1, 2]),
    )
    return Profile(name="random", scale=SHIPPED.scale, policy=policy)


def estate(draw: random.Random, *, circles: bool, size: int = 24) -> CompiledGraph:
    """A compiled graph of up to ``size`` CIs named n0, n1, …; needs point to lower names unless there are circles."""
    g = Graph()
    count = draw.randint(2, size)
    for i in range(count):
        g.ci("Application", f"n{i}", **_attributes(draw, circles=circles))
    for i in range(count):
        for _ in range(draw.choice([0, 1, 2, 2, 3, 5])):
            back = circles and draw.random() < 0.1
            to = draw.randrange(count) if back else draw.randrange(i) if i else None
            if to is not None:
                g.relations.append(relation(draw, f"n{i}", f"n{to}"))
    return compile_graph(g.snapshot(), vocabulary_of(CATALOGUE, profile(draw)))


def relation(draw: random.Random, start: str, end: str) -> Relation:
    """A need with a random meaning."""
    said: dict[str, Any] = {}
    if draw.random() < 0.4:
        said["map"] = draw.choice(MAPS)
    if draw.random() < 0.3:
        said["group"] = draw.choice(["a", "b"])
    if draw.random() < 0.1:
        said["weight"] = draw.choice([2, 0.5, 3])
    if draw.random() < 0.05:
        said["drops"] = {"down": 90}
    verb = draw.choice(["DEPENDS_ON", "DEPENDS_ON", "POWERED_BY"])
    return Relation(from_id=start, type=verb, to_id=end, attributes=said)


def _attributes(draw: random.Random, *, circles: bool) -> dict[str, Any]:
    rules = MONOTONE + (OTHERS if not circles or draw.random() < 0.1 else ())
    said: dict[str, Any] = {}
    if draw.random() < 0.3:
        said["rules"] = [draw.choice(rules) for _ in range(draw.choice([0, 1, 1, 2]))]
    if draw.random() < 0.3:
        said["requirements"] = {name: draw.choice(rules) for name in draw.sample(["a", "b", "c"], draw.randint(1, 2))}
    if draw.random() < 0.2:
        said["maintenance"] = draw.choice(["ignore", "ignore_input"])
    return said
