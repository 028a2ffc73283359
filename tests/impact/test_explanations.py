"""What the engine holds to account is enough, and no other problem matters.

Enough: with everything named ok, the CI is better, unless it would be as bad with no problem anywhere (a rule may say
so: fewer than three of two). It is asked of what is monotone; what an exclusive or owes to whom has no such answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings

from cmdb.model import Value
from impact.explain import causes_of, path_to_cause, responsible_for
from impact.graph import CompiledGraph, compile_graph
from impact.points import points_of_failure
from impact.propagate import Propagation
from impact.rule_reading import rule_of
from impact.rules import Input, Rule, rising
from impact.scale import EXCLUDED, OUTSIDE, Level, Policy, Profile, rises, scale_of
from impact.state import evaluate
from impact.trial.play import words_for
from tests.impact.kit import CATALOGUE, Graph
from tests.impact.worlds import NAMES, SEEDS, SIZES, Draw, levels, nodes, profile_of


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One rule with inputs."""

    profile: Profile
    rule: Rule
    inputs: list[Input]

    @property
    def ok(self) -> Level:
        return self.profile.scale.ok

    def said(self, inputs: Sequence[Input]) -> Level:
        level = self.rule.level(inputs)
        return 0 if level is None else level

    def without(self, places: Collection[int]) -> Level:
        """What it says with these inputs ok."""
        return self.said([replace(one, level=0) if at in places else one for at, one in enumerate(self.inputs)])

    @property
    def problems(self) -> list[int]:
        return [at for at, one in enumerate(self.inputs) if one.level > self.ok]


def tried(seed: int, size: int) -> Tried:
    draw = Draw(seed)
    world = draw.world(1)
    profile = profile_of(world)
    known = range(profile.scale.worst + 1)
    inputs = [
        Input(
            level=draw.one([*known, *known, *known, OUTSIDE, EXCLUDED]),
            weight=draw.by.randint(0, 3),
            names=(NAMES[at],),
            maintained=draw.chance(0.1),
        )
        for at in range(size)
    ]
    return Tried(profile=profile, rule=rule_of(draw.rule(world.scale, NAMES[:size]), profile, "rule"), inputs=inputs)


@settings(max_examples=2000, deadline=None)
@given(SEEDS, SIZES)
def test_what_a_rule_blames_is_enough_and_no_other_problem_matters(seed: int, size: int) -> None:
    one = tried(seed, size)
    level = one.said(one.inputs)
    if level <= one.ok or not one.rule.monotone:
        return
    blamed = one.rule.blamed(one.inputs)
    assert not any(0 <= one.inputs[at].level <= one.ok or one.inputs[at].maintained for at in blamed)
    assert one.without(blamed) < level or one.without(one.problems) == level
    for at in set(one.problems) - {*blamed}:
        assert one.without([at]) == level, at


@settings(max_examples=2000, deadline=None)
@given(SEEDS, SIZES)
def test_a_rule_that_says_so_never_gets_better_when_an_input_gets_worse(seed: int, size: int) -> None:
    one = tried(seed, size)
    if not one.rule.monotone:
        return
    for at, given_ in enumerate(one.inputs):
        for worse in range(given_.level + 1, one.profile.scale.worst + 1) if given_.level >= 0 else ():
            after = [*one.inputs[:at], replace(given_, level=worse), *one.inputs[at + 1 :]]
            assert one.said(after) >= one.said(one.inputs), (at, worse)


def needed_without(spread: Propagation, node: int, providers: Collection[int]) -> Level:
    """What the needs of a CI make of it with these providers ok and all else as it is."""
    plain, full = spread.plain, spread.full
    spread.plain = {n: level for n, level in plain.items() if n not in providers}
    spread.full = {n: level for n, level in full.items() if n not in providers}
    found = spread.needed(node)
    spread.plain, spread.full = plain, full
    return found


def monotone(graph: CompiledGraph, node: int) -> bool:
    """Whether a worse need never makes a CI better, and one that is ok is seen as no problem."""
    needs = graph.needs[node]
    drops = all(need.drops is None or rising(need.drops, graph.scale) for need in needs)
    return (
        drops
        and all(rises(n.sees) and n.sees[0] <= graph.scale.ok for n in needs)
        and all(s.rule.monotone for s in graph.rules_of(node))
    )


@settings(max_examples=500, deadline=None)
@given(SEEDS, SIZES)
def test_with_all_that_holds_a_ci_ok_it_is_better_and_no_other_problem_matters(seed: int, size: int) -> None:
    case = Draw(seed).case(size, circles=False)
    graph = case.compiled()
    spread = evaluate(graph, levels(graph, case.broken), maintained=nodes(graph, case.maintained)).spread
    for node in range(len(graph.ids)):
        level, via = spread.needed(node), set(spread.via(node))
        if level <= graph.scale.ok or not monotone(graph, node):
            continue
        problems = {need.provider for need in graph.needs[node] if spread.seen(need) > graph.scale.ok}
        assert needed_without(spread, node, via) < level or needed_without(spread, node, problems | via) == level
        for other in problems - via:
            assert needed_without(spread, node, {other}) == level, other


@settings(max_examples=300, deadline=None)
@given(SEEDS, SIZES)
def test_every_way_down_ends_at_a_cause(seed: int, size: int) -> None:
    case = Draw(seed).case(size)
    graph = case.compiled()
    spread = evaluate(graph, levels(graph, case.broken), maintained=nodes(graph, case.maintained)).spread
    for node, level in spread.full.items():
        causes = causes_of(spread, node)
        if level <= graph.scale.ok:
            assert not causes
            continue
        assert causes <= responsible_for(spread, node) | {node}
        assert path_to_cause(spread, node)[-1] in causes
        ranks = graph.order.rank
        assert all({ranks[v] for v in spread.via(cause)} <= {ranks[cause]} for cause in causes)


def circle() -> CompiledGraph:
    """A and b need each other, a needs x, and c needs b."""
    g = Graph()
    g.ci("Server", "a", "b", "c", "x")
    g.rel("a", "DEPENDS_ON", "b", "x")
    g.rel("b", "DEPENDS_ON", "a")
    g.rel("c", "DEPENDS_ON", "b")
    return g.compile()


@pytest.mark.parametrize("faulty", ["a", "b", "x"])
def test_a_cause_inside_of_a_circle_is_found_although_the_circle_holds_it_too(faulty: str) -> None:
    graph = circle()
    spread = evaluate(graph, {graph.index[faulty]: graph.scale.worst}).spread
    for ci in "abc":
        assert causes_of(spread, graph.index[ci]) == {graph.index[faulty]}, ci
        assert graph.ids[path_to_cause(spread, graph.index[ci])[-1]] == faulty, ci


def test_the_lesser_fault_in_a_circle_is_no_cause_of_the_worse() -> None:
    graph = circle()
    spread = evaluate(graph, {graph.index["a"]: 1, graph.index["b"]: 3}).spread
    assert causes_of(spread, graph.index["c"]) == {graph.index["b"]}


def test_the_cause_of_what_needs_a_circle_that_cannot_be_worked_out_is_that_circle() -> None:
    g = Graph()
    g.ci("Server", "a", "b", "c")
    for one, other in (("a", "b"), ("b", "a"), ("c", "a")):
        g.rel(one, "DEPENDS_ON", other)
    scale = scale_of({"levels": ["OK", "UNKNOWN", "DOWN"], "unknown": "UNKNOWN"}, "scale")
    refusing = Profile(name="refusing", scale=scale, policy=Policy(cycles="refuse"))
    graph = compile_graph(g.snapshot(), words_for(refusing, CATALOGUE))
    spread = evaluate(graph, {}).spread
    assert spread.full == {0: 1, 1: 1, 2: 1}
    assert spread.via(graph.index["a"]) == ()
    assert causes_of(spread, graph.index["c"]) == {graph.index["a"]}


@pytest.mark.parametrize("ruled", [{}, {"rules": ["worst"]}], ids=["by default", "by a rule"])
def test_what_is_in_maintenance_and_therefore_ignored_holds_nothing(ruled: dict[str, Value]) -> None:
    g = Graph()
    g.ci("Server", "x", "y")
    g.ci("Application", "app", maintenance="ignore_input", **ruled)
    g.rel("app", "RUNS_ON", "x", "y")
    graph = g.compile()
    x, y, app = (graph.index[ci] for ci in ("x", "y", "app"))
    spread = evaluate(graph, {x: 3, y: 3}, maintained=[x]).spread
    assert spread.via(app) == (y,)
    spread.put({x: 3}, [x])
    assert (spread.full.get(app, 0), spread.via(app)) == (0, ())


def test_what_is_softened_is_held_by_all_that_would_leave_it_where_it_is() -> None:
    g = Graph()
    g.ci("Server", "down", "limited", "fine")
    g.ci("Application", "app", rules=["degraded"])
    g.rel("app", "DEPENDS_ON", "down", "limited", "fine")
    graph = g.compile()
    spread = evaluate(graph, {graph.index["down"]: 3, graph.index["limited"]: 2}).spread
    assert {graph.ids[node] for node in spread.via(graph.index["app"])} == {"down", "limited"}


def test_nothing_brings_down_what_is_down_anyway_and_every_way_of_the_network_is_tried() -> None:
    g = Graph()
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "sw", "leaf")
    g.ci("Server", "srv")
    for one, other in (("core", "sw"), ("sw", "srv"), ("core", "leaf")):
        g.cable(one, other)
    g.ci("Application", "app", "never", requirements={"hosts": {"rule": "k_of_n", "k": 2}})
    g.rel("app", "RUNS_ON", "srv")
    g.rel("never", "RUNS_ON", "srv", group="hosts")
    graph = g.compile()

    def alone(ci: str) -> set[str]:
        return {graph.ids[node] for node in points_of_failure(graph, graph.index[ci])}

    assert alone("app") == {"srv", "sw", "core", "core--sw", "sw--srv"}
    assert alone("never") == set()


@settings(max_examples=100, deadline=None)
@given(SEEDS, SIZES)
def test_points_of_failure_are_all_whose_failure_alone_brings_a_ci_down(seed: int, size: int) -> None:
    case = Draw(seed).case(size, wired=True)
    graph, worst = case.compiled(), len(case.world.scale["levels"]) - 1
    without = replace(case, broken={}, maintained=frozenset()).truth().full
    full = {ci: replace(case, broken={ci: f"l{worst}"}, maintained=frozenset()).truth().full for ci in case.world.cis}
    for ci in case.world.cis:
        wanted = {other for other in case.world.cis if other != ci and full[other][ci] == worst}
        found = {graph.ids[node] for node in points_of_failure(graph, graph.index[ci])}
        assert found == (wanted if without[ci] != worst else set()), ci
