"""What is drawn: who is hurt by a CI or what it stands on, causes further away, chains, gates, and the sentence."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultpath.graph_view import GraphView
from faultpath.map.facts import chain_of, facts_of_ci
from faultpath.map.model import Direction, Facts, Mode, Question
from faultpath.map.reach import reach
from faultpath.map.scene import Lexicon, Scene
from faultpath.questions import Moment
from impact.assess import Assessor
from impact.model import Health, Signs
from tests.impact.kit import CATALOGUE, Graph, alert, at
from ticket_bridge.notices.render import Speaker

LEXICON = Lexicon.of(CATALOGUE)
UP, DOWN = Direction.UP, Direction.DOWN


def scene_of(graph: Graph, *down: str, judged: bool = True) -> Scene:
    """A moment with these CIs reported down."""
    compiled = graph.compile()
    assessment = Assessor(compiled).assess([alert(ci) for ci in down], Signs(), at(15))
    moment = Moment(
        at=at(15),
        view=GraphView(compiled.columns, CATALOGUE.is_a),
        graph=compiled,
        faults={ci: one.own for ci, one in assessment.health.items() if one.own > Health.OK},
        assessment=assessment if judged else None,
    )
    return Scene.of(moment, LEXICON)


def firm() -> Graph:
    """A cluster of two under one service, another service on a single host, and who uses them."""
    graph = Graph()
    graph.ci("BusinessService", "mail", "shop", tier=1)
    graph.ci("Offering", "mailbox", "storefront")
    graph.ci("Department", "sales", "legal")
    graph.ci("Person", "ann", "bo", "cy")
    graph.ci("Cluster", "cluster", requirements={"nodes": {"rule": "k_of_n", "k": 1}})
    graph.ci("Server", "h1", "h2")
    graph.ci("Pdu", "pdu")
    graph.rel("mail", "RUNS_ON", "cluster")
    graph.rel("shop", "RUNS_ON", "h1")
    graph.rel("cluster", "HAS_MEMBER", "h1", "h2", group="nodes")
    graph.rel("h1", "POWERED_BY", "pdu")
    graph.rel("mailbox", "PART_OF", "mail")
    graph.rel("storefront", "PART_OF", "shop")
    graph.rel("sales", "USES", "mailbox", "storefront")
    graph.rel("legal", "USES", "mailbox")
    for person, department in (("ann", "sales"), ("bo", "sales"), ("cy", "legal")):
        graph.rel(person, "MEMBER_OF", department)
    return graph


def said(facts: Facts, language: str = "en") -> str:
    return Speaker(language, lambda ci_id: ci_id).reason(facts.sentence)


def of(scene: Scene, ci: str, direction: Direction = UP, **more: Any) -> Facts:
    return facts_of_ci(scene, ci, Question(direction=direction, **more))


def test_a_sentence_says_whom_it_hurts_and_what_redundancy_saved() -> None:
    facts = of(scene_of(firm(), "h1"), "h1")
    assert said(facts) == (
        "h1 is down since 2026-01-01 00:00:10 UTC. Hurts 1 service, 2 people in 1 department."
        " 1 service at risk. 1 service saved by redundancy."
    )
    assert said(facts, "zh") == (
        "h1 中断（自 2026-01-01 00:00:10 UTC 起）。影响 1 项服务，1 个部门的 2 人。"
        "另有 1 项服务有风险。冗余保住了 1 项服务。"
    )
    assert facts.things["sales"].people == 2
    assert facts.things["legal"].people == 0


def test_of_what_is_well_it_says_who_would_notice() -> None:
    scene = scene_of(firm())
    assert said(of(scene, "h1")) == "h1 is OK. It carries 2 services, used by 3 people in 2 departments."
    assert said(of(scene, "ann")) == "ann is OK. No service stands on it."


def test_downwards_it_says_because_of_what() -> None:
    scene = scene_of(firm(), "pdu")
    facts = of(scene, "shop", DOWN)
    assert said(facts) == "shop is down because of pdu. Not OK: 2 of the 2 CIs that it stands on."
    assert facts.chain == ("shop", "h1", "pdu")
    assert said(of(scene, "h2", DOWN)) == "h2 is OK. It stands on 0 CIs."
    assert said(of(scene, "pdu", DOWN)) == "pdu is down by a fault of its own. It stands on 0 CIs."


def test_up_are_those_who_are_hurt_and_down_is_what_it_stands_on() -> None:
    scene = scene_of(firm(), "pdu")
    up = of(scene, "h1", mode=Mode.NONE)
    assert set(up.things) == {
        "h1", "cluster", "mail", "shop", "mailbox", "storefront", "sales", "legal"
    }  # fmt: skip
    assert up.ties["shop", "h1"].kinds == ("RUNS_ON",)
    assert ("h1", "pdu") not in up.ties
    assert set(of(scene, "mail", DOWN).things) == {"mail", "cluster", "h1", "h2", "pdu"}
    assert set(of(scene, "mail", DOWN, hops=1, mode=Mode.NONE).things) == {"mail", "cluster"}


def test_the_mode_says_which_causes_outside_are_added() -> None:
    scene = scene_of(firm(), "pdu")
    near = {mode: of(scene, "shop", DOWN, hops=1, mode=mode) for mode in Mode}
    assert set(near[Mode.NONE].things) == {"shop", "h1"}
    assert near[Mode.NONE].chain == ()
    assert set(near[Mode.ROOTS].things) == {"shop", "h1", "pdu"}
    up = {mode: of(scene, "shop", UP, mode=mode) for mode in Mode}
    above = {"shop", "storefront", "sales"}
    assert set(up[Mode.NONE].things) == above
    assert set(up[Mode.ROOTS].things) == {*above, "pdu"}
    assert up[Mode.ROOTS].ties["shop", "pdu"].indirect
    assert set(up[Mode.FULL].things) == {*above, "h1", "pdu"}
    assert not any(tie.indirect for tie in up[Mode.FULL].ties.values())
    assert [one.number for one in up[Mode.ROOTS].causes.values()] == [1]
    assert up[Mode.NONE].causes == {}


def test_a_selected_service_has_one_shortest_chain() -> None:
    scene = scene_of(firm(), "h1", "h2")
    facts = of(scene, "h1", service="mail")
    assert facts.chain == ("mail", "cluster", "h1")
    assert facts.apart >= {"mail", "cluster", "h1"}
    assert of(scene, "h1", service="shop").chain == ("shop", "h1")
    assert of(scene_of(firm()), "h1", service="mail").chain == ()


def test_a_gate_says_how_many_are_up_and_how_many_are_needed() -> None:
    (gate,) = of(scene_of(firm(), "h1"), "h1").gates["cluster"]
    assert gate.measure is not None
    assert [int(one) for one in (gate.measure.found, gate.measure.total, gate.measure.limit)] == [1, 2, 1]
    assert (gate.standing.value, gate.stops, gate.goes_on) == ("holds", Health.DOWN, Health.AT_RISK)


def test_parallel_relations_are_one_tie_with_a_count() -> None:
    graph = firm()
    graph.rel("shop", "DEPENDS_ON", "h1")
    tie = of(scene_of(graph), "h1").ties["shop", "h1"]
    assert (tie.kinds, tie.count) == (("DEPENDS_ON", "RUNS_ON"), 2)


def test_ways_of_the_network_are_drawn_through_their_links() -> None:
    graph = Graph()
    graph.ci("Switch", "core", anchor=True)
    graph.ci("Switch", "edge")
    graph.ci("Server", "host")
    graph.ci("BusinessService", "shop", tier=1)
    graph.cable("core", "edge")
    graph.cable("edge", "host")
    graph.rel("shop", "RUNS_ON", "host")
    scene = scene_of(graph, "edge")
    up = of(scene, "edge")
    assert set(up.things) == {"edge", "edge--host", "host", "shop"}
    assert {("edge--host", "edge"), ("host", "edge--host")} <= up.ties.keys()
    down = of(scene, "shop", DOWN)
    assert set(down.things) == {"shop", "host", "edge--host", "edge", "core--edge", "core"}
    assert down.chain == ("shop", "host", "edge")
    assert ("host", "edge") in down.ties  # a step of the chain, though no relation joins the two
    assert down.causes.keys() == {"edge"}


def test_without_a_decision_of_the_hub_the_graph_itself_is_asked() -> None:
    facts = of(scene_of(firm(), "pdu", judged=False), "h1", mode=Mode.ROOTS)
    assert facts.things["h1"].propagated == Health.DOWN
    assert facts.things["shop"].via == ("h1",)
    assert facts.causes.keys() == {"pdu"}


def test_the_nearest_are_drawn_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faultpath.map.facts.MOST_CIS", 3)
    facts = of(scene_of(firm()), "h1")
    assert set(facts.things) == {"h1", "cluster", "shop"}
    assert facts.beyond == 5


def estate(chance: random.Random) -> Graph:
    graph = Graph()
    names = [f"n{number}" for number in range(chance.randint(2, 10))]
    graph.ci("Switch", *names[: len(names) // 2])
    graph.ci("Server", *names[len(names) // 2 :])
    graph.ci("Switch", names[0], anchor=True)
    for _ in range(2 * len(names)):
        one, other = chance.choice(names), chance.choice(names)
        if one != other and chance.random() < 0.5:
            graph.rel(one, chance.choice(["DEPENDS_ON", "POWERED_BY"]), other)
        elif one < other and f"{one}--{other}" not in graph.cis:
            graph.cable(one, other)
    return graph


@given(st.randoms(use_true_random=False))
def test_up_is_the_cone_of_the_engine_and_down_is_its_inverse(chance: random.Random) -> None:
    graph = estate(chance).compile()
    ups = {node: reach(graph, node, UP) for node in range(len(graph.cis))}
    downs = {node: reach(graph, node, DOWN) for node in range(len(graph.cis))}
    for node, found in ups.items():
        assert graph.network.hub is None
        assert found.keys() - {node} == graph.cone(node)
    for node, found in downs.items():  # what carries no network is reached downwards, and by a cut upwards not
        assert {other for other, above in ups.items() if node in above} <= found.keys()


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_graph_does_not_matter(chance: random.Random) -> None:
    graph = firm()
    once = of(scene_of(graph, "h1"), "h1")
    mixed = list(graph.cis.items())
    chance.shuffle(mixed)
    graph.cis = dict(mixed)
    chance.shuffle(graph.relations)
    again = of(scene_of(graph, "h1"), "h1")
    assert (again.things, again.ties, again.sentence) == (once.things, once.ties, once.sentence)


def test_a_chain_of_what_is_well_is_empty() -> None:
    scene = scene_of(firm(), "pdu")
    assert chain_of(scene, "ann") == ()
    assert chain_of(scene, "nobody") == ()
