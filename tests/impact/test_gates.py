"""Gates: what a rule counts, whether it holds, and what would be without redundancy."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.gates import Gate, Standing, gates_of, without_redundancy, word_of
from impact.graph import CompiledGraph
from impact.model import Health
from impact.propagate import Propagation
from impact.rule_reading import READERS, rule_of
from impact.rules import KOfN
from impact.scale import EXCLUDED, SHIPPED
from impact.state import evaluate
from tests.impact.kit import Graph
from tests.impact.worlds import SEEDS, SIZES, Draw

SPECS: dict[str, dict[str, Any]] = {
    "min": {"k": 1},
    "at_least": {"count": 1, "limit": "down"},
    "fewer_than": {"count": 1, "limit": "ok"},
    "threshold": {"share": 0.5},
    "above": {"limit": "at_risk"},
    "exponential": {"base": 2},
    "points": {"thresholds": {"down": 0}},
    "condition": {"when": {"any": "down"}},
}


@pytest.mark.parametrize("name", READERS)
def test_a_rule_is_called_as_it_is_written(name: str) -> None:
    assert word_of(rule_of({"rule": name, **SPECS.get(name, {})}, SHIPPED, "rule")) == name


def cluster(rule: Any, **weights: float) -> CompiledGraph:
    graph = Graph()
    graph.ci("Application", "app", requirements={"nodes": rule})
    for name in ("a", "b", "c"):
        graph.ci("Server", name)
        graph.rel("app", "RUNS_ON", name, group="nodes", weight=weights.get(name, 1))
    return graph.compile()


def gate_of(graph: CompiledGraph, **broken: Health) -> Gate:
    state = evaluate(graph, {graph.index[name]: health for name, health in broken.items()})
    (gate,) = gates_of(state.spread, graph.index["app"])
    return gate


def said(gate: Gate) -> tuple[str, str, str, str]:
    assert gate.measure is not None
    m = gate.measure
    return (f"{m.found} of {m.total}", f"{m.limit} {m.unit}", gate.standing.value, Health(gate.goes_on).word)


TWO = {"rule": "k_of_n", "k": 2}
DOWN, LIMITED = Health.DOWN, Health.DEGRADED


def test_two_of_three_hold_and_what_is_at_risk_goes_on() -> None:
    graph = cluster(TWO)
    assert said(gate_of(graph)) == ("3 of 3", "2 count", "whole", "ok")
    one = gate_of(graph, b=DOWN)
    assert said(one) == ("2 of 3", "2 count", "holds", "at_risk")
    assert [(graph.ids[m.provider], m.up) for m in one.members] == [("a", True), ("b", False), ("c", True)]
    assert said(gate_of(graph, a=DOWN, b=DOWN)) == ("1 of 3", "2 count", "broken", "down")
    assert said(gate_of(graph, a=LIMITED, b=LIMITED)) == ("3 of 3", "2 count", "holds", "degraded")


@pytest.mark.parametrize(
    ("rule", "broken", "expected"),
    [
        ("best", {"a": DOWN, "b": DOWN}, ("1 of 3", "1 count", "holds", "ok")),
        ("all", {"a": DOWN, "b": LIMITED, "c": LIMITED}, ("0 of 3", "1 count", "broken", "down")),
        (
            {"rule": "fewer_than", "percent": 60, "limit": "at_risk"},
            {"a": DOWN},
            ("200/3 of 100", "60 percent", "holds", "ok"),
        ),
        ({"rule": "at_least", "weight": 3, "limit": "down"}, {"b": DOWN}, ("2 of 4", "3 weight", "holds", "ok")),
        ({"rule": "at_least", "weight": 2, "limit": "down"}, {"b": DOWN}, ("2 of 4", "2 weight", "broken", "down")),
        ({"rule": "threshold", "share": 0.5}, {"b": DOWN}, ("50 of 100", "50 weight_percent", "broken", "down")),
    ],
)
def test_each_rule_that_counts_says_what_it_counts(
    rule: Any, broken: dict[str, Health], expected: tuple[str, str, str, str]
) -> None:
    assert said(gate_of(cluster(rule, b=2), **broken)) == expected


def test_a_rule_that_does_not_count_holds_where_it_makes_less_of_it() -> None:
    graph = cluster({"rule": "exponential", "base": 2})
    assert gate_of(graph, a=DOWN).measure is None
    points = {"rule": "points", "drops": {"down": 30}, "thresholds": {"degraded": 75, "down": 20}}
    gate = gate_of(cluster(points), a=DOWN)
    assert (gate.rule, gate.standing, gate.goes_on) == ("points", Standing.HOLDS, Health.DEGRADED)


def test_needs_that_combine_by_worst_are_no_gate() -> None:
    graph = Graph()
    graph.ci("Server", "a", "b")
    graph.rel("a", "DEPENDS_ON", "b")
    compiled = graph.compile()
    assert gates_of(evaluate(compiled, {compiled.index["b"]: DOWN}).spread, compiled.index["a"]) == ()


@given(SEEDS, SIZES)
def test_what_goes_on_is_what_the_engine_makes_of_it(seed: int, size: int) -> None:
    case = Draw(seed).case(size)
    graph = case.compiled()
    own = {graph.index[ci]: graph.scale.number(word, "") for ci, word in case.broken.items()}
    spread = Propagation(graph)
    spread.add(own, maintained=[graph.index[ci] for ci in case.maintained])
    for node in range(len(graph.cis)):
        rules = {(scoped.group, word_of(scoped.rule)): scoped.rule for scoped in graph.rules_of(node)}
        for gate in gates_of(spread, node):
            assert gate.goes_on <= max(spread.needed(node), graph.scale.ok)
            seen = sorted(one.seen for one in gate.members if one.seen >= 0 and not one.maintained)
            assert (gate.standing is Standing.WHOLE) == (not seen or seen[-1] <= graph.scale.ok)
            rule = rules[gate.group, gate.rule]
            if isinstance(rule, KOfN) and gate.standing is not Standing.WHOLE:
                there = [one for one in gate.members if one.seen != EXCLUDED]
                ranked = sorted(max(one.seen, 0) for one in there if not one.maintained)  # unknown is not known as bad
                k = min(rule.k, len(ranked)) if len(there) >= rule.k else rule.k
                holds = len(ranked) >= k and ranked[k - 1] < graph.scale.worst
                assert (gate.standing is Standing.HOLDS) == holds


VERBS = ("DEPENDS_ON", "INTEGRATES_WITH", "COOLED_BY", "POWERED_BY")


def estate(seed: int, *, redundant: bool) -> CompiledGraph:
    draw, graph = Random(seed), Graph()
    names = [f"n{number}" for number in range(draw.randint(2, 12))]
    for name in names:
        rules: Any = {"g": {"rule": "k_of_n", "k": draw.randint(1, 3)}}
        graph.ci("Server", name, **({"requirements": rules} if redundant else {}))
    for _ in range(2 * len(names)):
        start, end = draw.choice(names), draw.choice(names)
        verb, grouped = draw.choice(VERBS), draw.random() < 0.5
        if start != end:
            graph.rel(start, verb, end, **({"group": "g"} if grouped and redundant else {}))
    return graph.compile()


@given(SEEDS, st.sampled_from([Health.AT_RISK, Health.DEGRADED, Health.DOWN]))
def test_without_redundancy_is_as_if_no_need_had_a_group(seed: int, health: Health) -> None:
    bare = estate(seed, redundant=False)
    expected = evaluate(bare, {0: health}).spread.full
    found = without_redundancy(estate(seed, redundant=True), 0, health)
    assert {node: level for node, level in found.items() if level} == expected


def test_without_redundancy_a_ring_has_one_way_only() -> None:
    graph = Graph()
    graph.ci("Switch", "core", anchor=True)
    graph.ci("Switch", "east", "west")
    graph.ci("Server", "host")
    for a, b in (("core", "east"), ("core", "west"), ("east", "host"), ("west", "host")):
        graph.cable(a, b)
    compiled = graph.compile()
    east, host = compiled.index["east"], compiled.index["host"]
    assert evaluate(compiled, {east: DOWN}).health(host) == Health.AT_RISK
    assert without_redundancy(compiled, east, DOWN)[host] == Health.DOWN
    assert host not in without_redundancy(compiled, east, LIMITED)
