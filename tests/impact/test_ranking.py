"""The ranking says of each CI what a what-if says of it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.estate.generate import generate
from impact.assess import Assessor
from impact.graph import CompiledGraph
from impact.model import Health
from impact.ranking import rank
from tests.acceptance.told import believe
from tests.impact.kit import Graph


def compare(graph: CompiledGraph) -> int:
    """How many CIs matter; each with what it does alone."""
    ranked = {one.ci_id: one for one in rank(graph, len(graph.cis))}
    alone = Assessor(graph)
    for ci_id in graph.ids:
        expected = alone.what_if(ci_id)
        found = ranked.get(ci_id)
        services = [(hit.ci_id, hit.tier, hit.state) for hit in expected.services]
        people = len(expected.cannot_work), len(expected.limited)
        if found is None:
            assert (services, people) == ([], (0, 0))
        else:
            assert (list(found.services), (found.cannot_work, found.limited)) == (services, people), ci_id
    return len(ranked)


@pytest.mark.parametrize("seed", [1, 2])
def test_each_ci_is_ranked_by_what_it_does_alone(seed: int, tmp_path: Path) -> None:
    graph = believe(generate(seed), tmp_path).assessor.graph
    assert compare(graph) > 100


def test_the_gravest_comes_first_and_what_hurts_nobody_not_at_all() -> None:
    g = Graph()
    g.ci("Server", "idle", "big", "small")
    g.ci("BusinessService", "important", tier=1)
    g.ci("BusinessService", "minor", tier=4)
    g.rel("important", "DEPENDS_ON", "big")
    g.rel("minor", "DEPENDS_ON", "big", "small")
    found = rank(g.compile(), 10)
    assert [one.ci_id for one in found] == ["big", "important", "minor", "small"]
    assert found[0].services == (("important", 1, Health.DOWN), ("minor", 4, Health.DOWN))
    assert found[0].by_priority == (1, 0, 0, 1, 0)
    assert [one.ci_id for one in rank(g.compile(), 1)] == ["big"]
