"""The array graph says what `impact.propagate` says, on random estates with everything in them."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from impact.arrays import pictures, reach
from impact.arrays.build import ArrayGraph, build
from impact.arrays.cables import cables_of
from impact.arrays.compact import compacted
from impact.arrays.evaluate import Evaluation, Graded
from impact.arrays.grow import ClosesCircleError, Edge, Growth
from impact.arrays.lenses import CODES, Lens
from impact.arrays.parts import Special, parts_of
from impact.arrays.reach import Marks, Reach
from impact.arrays.snapshot import SnapshotError, load, save
from impact.arrays.stream import numbered
from impact.arrays.work import Blame
from impact.cabling import Cable
from impact.graph import CompiledGraph
from impact.network import Network
from impact.propagate import Propagation
from impact.scale import OUTSIDE, Level
from tests.impact.kit import Graph
from tests.impact.worlds import SEEDS, SIZES, Draw, levels, nodes


def settled(
    graph: CompiledGraph, own: Mapping[int, Level], network: Mapping[int, Level], maintained: Iterable[int]
) -> Propagation:
    """The scalar engine with every CI worked out: it leaves out those that nothing touched."""
    spread = Propagation(graph)
    spread.add(own, network, maintained)
    spread.settle(range(len(graph.cis)))
    return spread


def at_places(arrays: ArrayGraph, levels: Mapping[int, Level]) -> dict[int, Level]:
    return {int(arrays.place[node]): level for node, level in levels.items()}


def levels_of(arrays: ArrayGraph, evaluation: Evaluation) -> dict[int, Level]:
    """By number, those that are not ok."""
    levels = evaluation.levels(arrays.place).tolist()
    return {node: level for node, level in enumerate(levels) if level}


def blames(arrays: ArrayGraph, evaluation: Evaluation) -> dict[int, set[int]]:
    return by_number(arrays, evaluation.blame(arrays.place))


def by_number(arrays: ArrayGraph, found: Blame | Graded) -> dict[int, set[int]]:
    """Who is blamed, by CI."""
    via: dict[int, set[int]] = {}
    pairs = arrays.number[found.places[found.of]].tolist(), arrays.number[found.provider].tolist()
    for node, provider in zip(*pairs, strict=True):
        via.setdefault(node, set()).add(provider)
    return via


class Moment:
    """A random world in a random state, in both engines."""

    def __init__(self, seed: int, size: int) -> None:
        draw = Draw(seed)
        case = draw.case(size)
        self.draw = draw
        self.graph = case.compiled()
        self.arrays = build(parts_of(self.graph))
        count = len(self.graph.cis)
        self.own = levels(self.graph, case.broken)
        effects = draw.some(range(count), 4) if draw.chance(0.5) else []
        self.network = {node: draw.by.randint(1, self.graph.scale.worst) for node in effects}
        # arrays know of maintenance that CIs were put into, not of what is inherited and left out for that
        self.maintained = [] if self.graph.passing else sorted(nodes(self.graph, case.maintained))
        self.expected = settled(self.graph, self.own, self.network, self.maintained)

    def given(self) -> tuple[dict[int, Level], dict[int, Level], list[int]]:
        places = [int(self.arrays.place[node]) for node in self.maintained]
        return at_places(self.arrays, self.own), at_places(self.arrays, self.network), places

    def check(self, evaluation: Evaluation) -> None:
        assert levels_of(self.arrays, evaluation) == self.expected.full
        plain = self.arrays.lenses.codes.levels(evaluation.plain.take(self.arrays.place) & CODES).tolist()
        assert {node: level for node, level in enumerate(plain) if level} == self.expected.plain
        expected = {node: set(self.expected.via(node)) for node in range(len(self.graph.cis))}
        assert blames(self.arrays, evaluation) == {node: via for node, via in expected.items() if via}


@settings(max_examples=600, deadline=None)
@given(SEEDS, SIZES)
def test_a_change_is_settled_as_the_scalar_engine_settles_it(seed: int, size: int) -> None:
    moment = Moment(seed, size)
    evaluation = Evaluation(moment.arrays)
    assert levels_of(moment.arrays, evaluation) == settled(moment.graph, {}, {}, ()).full
    evaluation.put(*moment.given())
    moment.check(evaluation)
    evaluation.recompute()
    moment.check(evaluation)


def test_a_circle_may_be_refused_for_what_is_unknown_in_it() -> None:
    """With the best of what is known, a member that stops to be unknown would make the other better."""
    g = Graph()
    g.ci("Application", "a", "b", rules=["best"])
    g.ci("Application", "c")
    g.rel("a", "DEPENDS_ON", "b", "c")
    g.rel("b", "DEPENDS_ON", "a")
    graph = g.compile()
    a, b, c = (graph.index[name] for name in "abc")
    arrays = build(parts_of(graph))
    evaluation = Evaluation(arrays)
    for own, held in (({c: 3}, {}), ({c: 3, b: OUTSIDE}, {a: OUTSIDE, b: OUTSIDE})):
        assert graph.refuses(a, own) == bool(held)
        evaluation.put(at_places(arrays, own))
        assert levels_of(arrays, evaluation) == settled(graph, own, {}, ()).full == {c: 3, **held}
        assert blames(arrays, evaluation) == {}


@settings(max_examples=600, deadline=None)
@given(SEEDS, SIZES)
def test_a_trial_changes_what_it_says_and_leaves_nothing(seed: int, size: int) -> None:
    moment = Moment(seed, size)
    evaluation = Evaluation(moment.arrays)
    calm = levels_of(moment.arrays, evaluation)
    for _ in range(2):
        graded = evaluation.trial(*moment.given())
        found = calm | dict(zip(moment.arrays.number[graded.places].tolist(), graded.levels.tolist(), strict=True))
        assert {node: level for node, level in found.items() if level} == moment.expected.full
        worked_out = moment.arrays.number[graded.places].tolist()
        assert len(worked_out) == len(set(worked_out))
        expected = {node: set(moment.expected.via(node)) for node in worked_out}
        assert by_number(moment.arrays, graded) == {node: via for node, via in expected.items() if via}
        assert levels_of(moment.arrays, evaluation) == calm
        assert not evaluation.own.any()
        assert not evaluation.network.any()
        assert not (evaluation.plain & 32).any()


@settings(max_examples=600, deadline=None)
@given(SEEDS, SIZES)
def test_maintenance_and_faults_that_end_leave_what_was_before(seed: int, size: int) -> None:
    moment = Moment(seed, size)
    evaluation = Evaluation(moment.arrays)
    calm = levels_of(moment.arrays, evaluation)
    own, network, maintained = moment.given()
    evaluation.put(own, network, maintained)
    evaluation.put(dict.fromkeys(own, 0), dict.fromkeys(network, 0))
    evaluation.end_maintenance(maintained)
    assert levels_of(moment.arrays, evaluation) == calm


@settings(max_examples=50, deadline=None)
@given(SEEDS, SIZES)
def test_a_cone_is_all_that_is_above(seed: int, size: int) -> None:
    moment = Moment(seed, size)
    walk = Reach(moment.arrays)
    dependents = moment.graph.dependents
    for node in range(len(moment.graph.cis)):
        above, stack = {node}, [node]
        while stack:
            for after in dependents[stack.pop()]:
                if after not in above:
                    above.add(after)
                    stack.append(after)
        cone = walk.cone(np.array([moment.arrays.place[node]]))
        assert sorted(moment.arrays.number[cone].tolist()) == sorted(above)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_a_snapshot_comes_back_as_it_was(seed: int, size: int) -> None:
    moment = Moment(seed, size)
    file = io.BytesIO()
    save(moment.arrays, Growth(moment.arrays), file)
    file.seek(0)
    moment.arrays = load(file, moment.graph.profile, revision=1)
    evaluation = Evaluation(moment.arrays)
    evaluation.put(*moment.given())
    moment.check(evaluation)
    assert all(moment.arrays.place_of(ci) == moment.arrays.place[node] for ci, node in moment.graph.index.items())


def test_a_snapshot_that_is_damaged_or_of_something_else_is_refused() -> None:
    moment = Moment(0, 8)
    file = io.BytesIO()
    save(moment.arrays, Growth(moment.arrays), file)
    good = file.getvalue()
    damaged = good[:-3] + bytes([good[-3] ^ 1]) + good[-2:]
    header = good.replace(b'"revision": 1', b'"revision": 2', 1)
    other = replace(moment.graph.profile, name="other")
    for data, profile, revision in (
        (damaged, moment.graph.profile, 1),
        (header, moment.graph.profile, 2),
        (good[:-1], moment.graph.profile, 1),
        (b"x" + good, moment.graph.profile, 1),
        (good, other, 1),
        (good, moment.graph.profile, 2),
    ):
        with pytest.raises(SnapshotError):
            load(io.BytesIO(data), profile, revision)


def growing(seed: int, size: int) -> tuple[Moment, ArrayGraph, list[tuple[int, Edge]]]:
    """A moment, the arrays of its estate without some relations, and these relations by number."""
    moment = Moment(seed, size)
    parts = parts_of(moment.graph)
    held = {int(node) for circle in moment.arrays.circles for node in moment.arrays.number[list(circle)]}
    ruled = {int(node) for node in parts.ruled[:, 0]} | set(parts.rules_only.tolist())
    open_ = [edge for edge in range(len(parts.dependent)) if int(parts.dependent[edge]) not in held]
    open_ = [edge for edge in open_ if int(parts.dependent[edge]) not in ruled or seed % 3]
    later = set(moment.draw.some(open_, 4))
    kept = [edge for edge in range(len(parts.dependent)) if edge not in later]
    added = [
        (
            int(parts.dependent[edge]),
            Edge(
                provider=int(parts.provider[edge]),
                lens=parts.lenses[parts.lens[edge]],
                group=int(parts.group[edge]),
                special=parts.special.get(edge, Special(weight=moment.graph.profile.policy.default_weight)),
            ),
        )
        for edge in sorted(later)
    ]
    numbers = {edge: at for at, edge in enumerate(kept)}
    fewer = replace(
        parts, dependent=parts.dependent[kept], provider=parts.provider[kept], lens=parts.lens[kept],
        group=parts.group[kept], special={numbers[e]: s for e, s in parts.special.items() if e in numbers},
    )  # fmt: skip
    return moment, build(fewer), added


@settings(max_examples=600, deadline=None)
@given(SEEDS, SIZES)
def test_relations_that_come_later_count_as_if_they_had_always_been_there(seed: int, size: int) -> None:
    moment, arrays, added = growing(seed, size)
    moment.arrays, evaluation = arrays, Evaluation(arrays)
    own, network, maintained = moment.given()
    evaluation.put(own)
    for dependent, edge in added:
        evaluation.add(int(arrays.place[dependent]), replace(edge, provider=int(arrays.place[edge.provider])))
    evaluation.put({}, network, maintained)
    moment.check(evaluation)
    evaluation.recompute()
    moment.check(evaluation)
    moment.arrays = compacted(arrays, evaluation.growth, 2)
    anew = Evaluation(moment.arrays)
    anew.put(*moment.given())
    moment.check(anew)


def test_a_relation_that_comes_later_brings_the_rules_that_it_asks_for() -> None:
    """A group needs one of its members; who leaves out what is in maintenance does so from its first need on."""
    g = Graph()
    g.ci("Application", "a", "b", "grouped")
    g.ci("Application", "leaves-out", maintenance="ignore_input")
    arrays = build(parts_of(g.compile()))
    evaluation, at = Evaluation(arrays), arrays.place_of
    lens = Lens(sees=(*range(4), OUTSIDE))
    for member in "ab":
        evaluation.add(at("grouped"), Edge(provider=at(member), lens=lens, group=1))
    evaluation.add(at("leaves-out"), Edge(provider=at("a"), lens=lens))
    g.rel("grouped", "DEPENDS_ON", "a", "b", group="g")
    g.rel("leaves-out", "DEPENDS_ON", "a")
    graph = g.compile()
    expected = settled(graph, {graph.index["a"]: 3}, {}, [graph.index["a"]])
    evaluation.put({at("a"): 3}, maintained=[at("a")])
    assert levels_of(arrays, evaluation) == expected.full == {graph.index["a"]: 3, graph.index["grouped"]: 1}


def test_a_relation_that_closes_a_circle_is_refused_and_leaves_nothing() -> None:
    parts = parts_of(line())
    arrays = build(parts)
    before = arrays.layer.copy()
    growth = Growth(arrays)
    lens = arrays.lenses.all[0]
    with pytest.raises(ClosesCircleError):
        growth.add(int(arrays.place[0]), Edge(provider=int(arrays.place[2]), lens=lens))
    assert not growth
    assert (arrays.layer == before).all()


def line() -> CompiledGraph:
    """n2 needs n1, n1 needs n0."""
    g = Graph()
    g.ci("Application", "n0", "n1", "n2")
    g.rel("n1", "DEPENDS_ON", "n0")
    g.rel("n2", "DEPENDS_ON", "n1")
    return g.compile()


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_cables_reach_what_the_network_reaches(seed: int) -> None:
    draw = random.Random(seed)
    devices = list(range(draw.randint(2, 12)))
    ends = [draw.sample(devices, 2) for _ in range(draw.randint(1, 16))]
    made = [Cable(link=100 + at, a=a, a_port=0, b=b, b_port=0) for at, (a, b) in enumerate(ends)]
    network = Network(
        cables=made,
        transit=frozenset(draw.sample(devices, len(devices) * 2 // 3)),
        anchors=frozenset(draw.sample(devices, draw.randint(1, 2))),
        hub=None,
    )
    broken = [*draw.sample(devices, 1), *draw.sample([cable.link for cable in made], 1)]
    cables = cables_of(network)
    for failed in ((), broken):
        found = cables.reach(failed)
        reached = {*cables.devices[found.devices].tolist(), *cables.links[found.cables].tolist()}
        assert reached == network.reach(network.anchors, failed)
    lost = network.reach(network.anchors) - network.reach(network.anchors, broken) - set(broken)
    assert set(cables.isolated(broken).tolist()) == {node for node in lost if node in network or node < 100}


def test_pictures_that_fall_on_one_place_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PLACES", 1)
    for seed in range(60):
        moment = Moment(seed, 12)
        evaluation = Evaluation(moment.arrays)
        evaluation.put(*moment.given())
        moment.check(evaluation)


@pytest.mark.parametrize("seed", range(20))
def test_marks_are_wiped_by_moving_on(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_LAST", 40)
    draw, marks = random.Random(seed), Marks(10)
    for _ in range(30):
        marks.clear()
        seen: set[int] = set()
        for _ in range(3):
            some = [draw.randrange(10) for _ in range(8)]
            assert sorted(marks.fresh(np.array(some)).tolist()) == sorted(set(some) - seen)
            seen.update(some)


def test_a_stream_of_ids_becomes_numbers() -> None:
    found = numbered(["a", "b", "c"], [[("b", "a", 0), ("c", "a", 1)], [], [("c", "b", 0)]])
    assert [column.tolist() for column in found] == [[1, 2, 2], [0, 0, 1], [0, 1, 0]]
    assert [column.tolist() for column in numbered([], [])] == [[], [], []]
    with pytest.raises(KeyError):
        numbered(["a"], [[("a", "z", 0)]])
