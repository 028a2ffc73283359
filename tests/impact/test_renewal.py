"""A graph that was renewed, change after change, says what one says that was compiled at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from cmdb.columns.columns import Columns
from cmdb.columns.fill import columns_of
from cmdb.columns.patch import compacted, patched
from cmdb.model import CI, ChangeSet, Relation
from impact import order as order_module
from impact.arrays.build import build
from impact.arrays.evaluate import Evaluation
from impact.arrays.parts import parts_of
from impact.graph import CompiledGraph, compile_graph
from impact.propagate import calm_of
from impact.state import State, evaluate
from impact.trial.play import words_for
from impact.vocabulary import Vocabulary, vocabulary_of
from tests.cmdb.oracle import OracleGraphStore
from tests.impact.kit import CATALOGUE, T0, Graph
from tests.impact.worlds import SEEDS, SIZES, Draw, graph_of, profile_of

PEOPLE = ("p", "q", "r")


class Course:
    """A graph that changes, and the columns that follow it."""

    def __init__(self, seed: int, size: int) -> None:
        self.draw = Draw(seed)
        self.world = self.draw.world(size)
        self.vocabulary = words_for(profile_of(self.world), CATALOGUE)
        self.store = OracleGraphStore()
        self.now = self._with_people(graph_of(self.world))
        self.keys = count()
        self._apply(Graph(), self.now)
        self.columns = columns_of(self.store.snapshot())
        self.graph = compile_graph(self.columns, self.vocabulary)

    def _with_people(self, g: Graph) -> Graph:
        """A service, an offering, and people who use it, directly or through a department."""
        draw = self.draw
        g.ci("BusinessService", "shop", tier=draw.by.randint(1, 4))
        g.ci("Offering", "web shop")
        g.ci("Department", "sales", **({"head_count": draw.by.randint(1, 9)} if draw.chance(0.5) else {}))
        g.ci("Site", "here", "there")
        g.rel("web shop", "PART_OF", "shop")
        for name in draw.some(sorted(self.world.cis), 3):
            g.rel("shop", "DEPENDS_ON", name)
            g.rel(name, "LOCATED_IN", draw.one(["here", "there"]))
        for person in PEOPLE:
            g.ci("Person", person, vip=draw.chance(0.3))
            g.rel(person, "LOCATED_IN", draw.one(["here", "there"]))
            g.rel(person, *draw.one([("USES", "web shop"), ("MEMBER_OF", "sales")]))
        g.rel("sales", "USES", draw.one(["web shop", *sorted(self.world.cis)]))
        return g

    def step(self) -> None:
        """Some of it goes, some comes, some is otherwise; then the columns and the graph follow."""
        draw, former = self.draw, self.now
        other = self._with_people(graph_of(draw.world(len(self.world.cis) or 1)))
        self.now = Graph()
        for name, ci in (other.cis | former.cis).items():
            kept = name in former.cis and not draw.chance(0.1)
            self.now.cis |= (
                {name: ci} if kept else {name: other.cis[name]} if name in other.cis and draw.chance(0.2) else {}
            )
        relations = {one.key: one for one in other.relations if draw.chance(0.1)}
        relations |= {one.key: one for one in former.relations if not draw.chance(0.1)}
        self.now.relations = [
            one for one in relations.values() if one.from_id in self.now.cis and one.to_id in self.now.cis
        ]
        self._apply(former, self.now)
        self.columns = patched(self.columns, self.store.changes_since(self.columns.revision), self.store.revision())
        before, self.graph = self.graph, compile_graph(self.columns, self.vocabulary, self.graph)
        calm_of(self.graph, before)

    def _apply(self, before: Graph, after: Graph) -> None:
        was = {one.key: one for one in before.relations}
        now = {one.key: one for one in after.relations}
        self.store.apply(
            ChangeSet(
                source="test",
                reason="test",
                at=T0,
                remove_cis=tuple(sorted(before.cis.keys() - after.cis.keys())),
                put_cis=tuple(ci for name, ci in after.cis.items() if before.cis.get(name) != ci),
                remove_relations=tuple(sorted(was.keys() - now.keys())),
                put_relations=tuple(one for key, one in now.items() if was.get(key) != one),
            ),
            idempotency_key=str(next(self.keys)),
        )


def said(graph: CompiledGraph, broken: list[str]) -> dict[str, Any]:
    """What a graph is, and what a fault does to it, by ids."""
    ids = graph.ids
    worst = graph.scale.worst
    state = evaluate(graph, {graph.index[ci]: worst for ci in broken if ci in graph.index})
    return {
        "ruled": {ids[i] for i in graph.ruled},
        "calm": {ids[i]: level for i, level in calm_of(graph).items()},
        "refused": {ids[i] for i in graph.refused},
        "circles": {frozenset(ids[i] for i in circle) for circle in graph.order.circles.values()},
        "tiers": {ids[i]: tier for i, tier in graph.business.tiers.items()},
        "people": {
            ids[p.index]: (p.vip, None if p.site is None else ids[p.site], {ids[s] for s in p.uses})
            for p in graph.business.people
        },
        "groups": {ids[g.index]: {ids[s] for s in g.uses} for g in graph.business.groups},
        "offerings": {ids[i]: {ids[s] for s in some} for i, some in graph.business.offerings.items()},
        "heads": {ids[i]: number for i, number in graph.business.heads_of.items()},
        "places": {ids[i]: ids[place] for i, place in graph.business.places.items()},
        "cables": {(*sorted((ids[c.a], ids[c.b])), ids[c.link], c.vlans) for c in graph.network.cables},
        "lives": {ids[i]: vlans for i, vlans in graph.network.lives.items()},
        "bundles": {
            ids[b.port]: (ids[b.device], {ids[link] for link in b.links}, b.members, b.needs)
            for b in graph.network.aggregates
        },
        "anchors": {ids[i] for i in graph.network.anchors},
        "forwards": {ids[i] for i in graph.network.transit},
        "mistakes": sorted(map(str, graph.mistakes)),
        **felt(state),
    }


def felt(state: State) -> dict[str, Any]:
    ids = state.spread.graph.ids
    return {
        "full": {ids[i]: level for i, level in state.spread.full.items()},
        "plain": {ids[i]: level for i, level in state.spread.plain.items()},
        "isolated": {ids[i]: {ids[c] for c in cut} for i, cut in state.isolated.items()},
        "narrowed": {ids[i] for i in state.narrowed},
        "counts": {ids[i]: count for i, count in state.bundles.items()},
        "sites": {ids[s]: {ids[i]: level for i, level in view.items()} for s, view in state.by_site.items()},
    }


def ranks_hold(graph: CompiledGraph) -> bool:
    """Whether every need leads down, or stays in a circle."""
    rank = graph.order.rank
    return all(
        rank[i] > rank[need.provider] or (rank[i] == rank[need.provider] and rank[i] in graph.order.circles)
        for i in range(len(graph))
        for need in graph.needs[i]
    )


@settings(max_examples=150, deadline=None)
@given(seed=SEEDS, size=SIZES)
def test_a_renewed_graph_is_the_graph_compiled_at_once(seed: int, size: int) -> None:
    course = Course(seed, size)
    for _ in range(4):
        course.step()
        broken = course.draw.some(sorted(course.now.cis), 3)
        anew = compile_graph(course.store.snapshot(), course.vocabulary)
        assert said(course.graph, broken) == said(anew, broken)
        assert ranks_hold(course.graph)
        assert said(compile_graph(compacted(course.columns), course.vocabulary), broken) == said(anew, broken)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, size=SIZES)
def test_arrays_of_a_renewed_graph_say_what_it_says(seed: int, size: int) -> None:
    course = Course(seed, size)
    for _ in range(2):
        course.step()
        graph = course.graph
        arrays = build(parts_of(graph))
        evaluation = Evaluation(arrays)
        broken = [graph.index[ci] for ci in course.draw.some(sorted(course.now.cis), 3)]
        evaluation.put({int(arrays.place[node]): graph.scale.worst for node in broken})
        levels = evaluation.levels(arrays.place).tolist()
        state = evaluate(graph, dict.fromkeys(broken, graph.scale.worst), network_known=False)
        alive = [node for node in range(len(graph)) if graph.columns.class_of(node)]
        expected = [state.spread.full.get(node, 0) for node in alive]
        assert [levels[node] for node in alive] == expected


def chain(length: int) -> tuple[OracleGraphStore, Columns]:
    g = Graph()
    names = [f"{at:03}" for at in range(length)]
    g.ci("Server", *names)
    for one, other in pairwise(names):
        g.rel(one, "DEPENDS_ON", other)
    store = OracleGraphStore()
    put = ChangeSet(source="t", reason="t", at=T0, put_cis=tuple(g.cis.values()), put_relations=tuple(g.relations))
    store.apply(put, idempotency_key="1")
    return store, columns_of(store.snapshot())


def changed(store: OracleGraphStore, columns: Columns, **what: Any) -> Columns:
    store.apply(ChangeSet(source="t", reason="t", at=T0, **what), idempotency_key=str(store.revision() + 1))
    return patched(columns, store.changes_since(columns.revision), store.revision())


def test_a_change_is_paid_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No order, network or people are made anew for an application that moves to another host."""
    store, columns = chain(50)
    words = vocabulary_of(CATALOGUE)
    before = compile_graph(columns, words)
    app, moved = CI(ci_id="app", cls="Application", name="app"), Relation(from_id="app", type="RUNS_ON", to_id="030")
    columns = changed(store, columns, put_cis=(app,), put_relations=(moved,))
    for made_anew in ("network_of", "business_of", "order_of"):
        monkeypatch.setattr(f"impact.graph.{made_anew}", _never)
    graph = compile_graph(columns, words, before)
    assert graph.network is before.network
    assert graph.business is before.business
    assert evaluate(graph, {graph.index["049"]: 3}).spread.full[graph.index["app"]] == 3
    other = Relation(from_id="app", type="RUNS_ON", to_id="040")
    columns = changed(store, columns, remove_relations=(moved.key,), put_relations=(other,))
    graph = compile_graph(columns, words, graph)
    assert evaluate(graph, {graph.index["035"]: 3}).spread.full.get(graph.index["app"]) is None


@pytest.mark.parametrize(
    ("ci", "said"),
    [
        ("core:two", {"tagged_vlans": [10]}),
        ("sw", {"vlans": [20]}),
        ("po1", {"min_links": 2}),
        ("po1", {"min_links": 1, "untagged_vlan": 20}),
    ],
)
def test_what_a_port_or_device_says_of_vlans_and_bundles_is_taken_in(ci: str, said: dict[str, Any]) -> None:
    g = Graph()
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "sw")
    g.ci("Server", "srv")
    g.cable("core", "sw", "one", untagged_vlan=10)
    g.cable("core", "sw", "two")
    g.cable("sw", "srv")
    g.bundle("po1", "core", ["one", "two"])
    store = OracleGraphStore()
    put = ChangeSet(source="t", reason="t", at=T0, put_cis=tuple(g.cis.values()), put_relations=tuple(g.relations))
    store.apply(put, idempotency_key="1")
    columns = columns_of(store.snapshot())
    before = compile_graph(columns, vocabulary_of(CATALOGUE))
    columns = changed(store, columns, put_cis=(replace(g.cis[ci], attributes=said),))
    graph, anew = compile_graph(columns, before.vocabulary, before), compile_graph(columns, before.vocabulary)
    assert said_of(graph) == said_of(anew) != said_of(before)


def said_of(graph: CompiledGraph) -> dict[str, Any]:
    return said(graph, ["one"])


def _never(*_: object, **__: object) -> None:
    raise AssertionError("is made anew")


def test_where_too_much_would_be_ranked_anew_the_order_is_made_on_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_module, "MOST_LIFTED", 10)
    store, columns = chain(50)
    before = compile_graph(columns, vocabulary_of(CATALOGUE))
    below = CI(ci_id="zzz", cls="Server", name="zzz")
    columns = changed(
        store, columns, put_cis=(below,), put_relations=(Relation(from_id="049", type="DEPENDS_ON", to_id="zzz"),)
    )
    graph = compile_graph(columns, before.vocabulary, before)
    assert ranks_hold(graph)
    assert max(graph.order.rank) == len(graph) - 1  # as it is made anew: one rank each


def test_other_words_or_another_graph_take_nothing_over() -> None:
    store, columns = chain(5)
    before = compile_graph(columns, vocabulary_of(CATALOGUE))
    later = changed(store, columns, put_cis=(CI(ci_id="x", cls="Server", name="x", attributes={"anchor": True}),))
    assert compile_graph(later, Vocabulary(meanings={}), before).needs[0] == []
    assert compile_graph(compacted(later), before.vocabulary, before).index["x"] == 5
    assert np.array_equal(sorted(compile_graph(later, before.vocabulary, before).network.anchors), [5])
