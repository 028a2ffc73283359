"""An assessor that keeps what did not change says the same as one that has seen nothing before."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from examples.estate.failures import Failure, all_failures
from examples.estate.generate import generate
from examples.estate.physics import all_of, settle
from examples.estate.signals import signals_of
from impact.assess import Assessor
from impact.propagate import calm_of
from tests.acceptance.told import ASKED, believe, complaints_of, signs_of
from tests.impact.kit import at, no_answer, signs
from tests.impact.test_assess import office

STEPS = 60


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_kept_is_what_would_be_worked_out_anew(seed: int, tmp_path: Path) -> None:
    estate = generate(seed)
    believed = believe(estate, tmp_path)
    failures, draw = all_failures(estate), random.Random(seed)
    present: list[Failure] = []
    for step in range(STEPS):
        # failures come and go one by one, as over time, up to four at once
        if present and (len(present) == 4 or draw.random() < 0.4):
            present.pop(draw.randrange(len(present)))
        else:
            present.append(draw.choice(failures))
        signals = signals_of(estate, settle(estate, all_of(*(one.broken for one in present))))
        complaints, signs = complaints_of(believed, signals), signs_of(believed, signals)
        fresh = Assessor(believed.assessor.graph).assess(complaints, signs, ASKED)
        assert believed.assessor.assess(complaints, signs, ASKED) == fresh, step


def test_what_every_evaluation_asks_for_is_worked_out_when_the_graph_is_compiled() -> None:
    graph = office().compile()
    calm_of(graph)  # as the hub does beside its loop
    before = set(graph.__dict__) | set(graph.network.__dict__)
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"])
    assert Assessor(graph).assess([no_answer("a")], seen, at(15)).roots
    assert set(graph.__dict__) | set(graph.network.__dict__) == before
