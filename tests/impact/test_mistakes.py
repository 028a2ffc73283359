"""What cannot be meant is noted, and its own default holds; the rest of the graph is used."""

from __future__ import annotations

import pytest

from cmdb.model import Value
from impact.errors import ModelError
from impact.graph import CompiledGraph
from impact.scale import scale_of
from impact.state import evaluate
from tests.impact.kit import Graph

DOWN = 3


def app(relation: dict[str, Value] | None = None, **attributes: Value) -> CompiledGraph:
    """An application that needs one server, and one of two more."""
    g = Graph()
    g.ci("Server", "s", "x", "y")
    g.ci("Application", "app", **attributes)
    g.rel("app", "RUNS_ON", "s", **(relation or {}))
    g.rel("app", "RUNS_ON", "x", "y", group="1")
    return g.compile()


def found(graph: CompiledGraph, *down: str) -> int:
    spread = evaluate(graph, {graph.index[ci]: DOWN for ci in down}).spread
    return spread.full.get(graph.index["app"], 0)


@pytest.mark.parametrize(
    "said",
    [
        {"rules": "best"},
        {"rules": ["nonsense"]},
        {"requirements": ["1"]},
        {"requirements": {"1": "nonsense"}},
        {"requirements": {"1": {"rule": "k_of_n", "k": 0}}},
        {"relation": {"map": "nonsense"}},
    ],
    ids=str,
)
def test_what_is_no_rule_is_noted_and_the_default_holds(said: dict[str, Value]) -> None:
    graph = app(**said)  # type: ignore[arg-type]  # the relation's attributes are one of them
    assert len(graph.mistakes) == 1
    assert (found(graph), found(graph, "s"), found(graph, "x"), found(graph, "x", "y")) == (0, 3, 1, 3)


def test_a_group_may_be_named_by_a_number() -> None:
    graph = app(requirements={1: {"rule": "k_of_n", "k": 2}, "2": "worst"})  # type: ignore[dict-item]  # as YAML reads it
    assert graph.mistakes == []
    assert found(graph, "x") == DOWN


@pytest.mark.parametrize("said", [{"ok": "c"}, {"ok": "z", "outside": "z"}, {"outside": "a"}], ids=str)
def test_a_scale_has_a_problem_and_its_outside_is_no_level(said: dict[str, str]) -> None:
    with pytest.raises(ModelError):
        scale_of({"levels": ["a", "b", "c"], **said}, "scale")


def test_a_circle_whose_map_has_no_fixpoint_is_refused_instead_of_followed_for_ever() -> None:
    g = Graph()
    g.ci("Application", "a", "b")
    g.rel("a", "DEPENDS_ON", "b", map={"ok": "down", "down": "ok"})
    g.rel("b", "DEPENDS_ON", "a")
    graph = g.compile()
    spread = evaluate(graph, {}).spread
    assert spread.full == {0: -1, 1: -1}
    assert graph.refusal(0, spread.own) == "a -> b -> a"
