"""Every possible failure of simulated companies: what the engine concludes, beside what the truth file says.

Both implement docs/explanation/semantics.md and share no line. The whole way over real SNMP, MQTT, HTTP and mail is
`faultpath demo --check`; here it is all failures of several seeds, without a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples.estate.failures import Failure, all_failures
from examples.estate.generate import generate
from examples.estate.physics import settle
from examples.estate.signals import signals_of
from examples.estate.truth import truth
from impact.model import Assessment
from tests.acceptance.told import ASKED, Believed, believe, complaints_of, signs_of

SEEDS = [1]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_engine_concludes_what_the_truth_file_says(seed: int, tmp_path: Path) -> None:
    estate = generate(seed)
    believed = believe(estate, tmp_path)
    expected = {one["id"]: one for one in truth(estate)["failures"]}
    wrong = {}
    for failure in all_failures(estate):
        found, wanted = conclude(believed, failure), wish(expected[failure.id])
        if found != wanted:
            wrong[failure.id] = {
                k: (wanted.get(k), found.get(k)) for k in {*wanted, *found} if wanted.get(k) != found.get(k)
            }
    assert len(expected) > 300
    assert wrong == {}


def conclude(believed: Believed, failure: Failure) -> dict[str, Any]:
    """The engine's conclusion in the truth file's words."""
    signals = signals_of(believed.estate, settle(believed.estate, failure.broken))
    complaints = complaints_of(believed, signals)
    found = believed.assessor.assess(complaints, signs_of(believed, signals), ASKED)
    if not found.roots:
        return {"pending": len(found.pending)} if found.pending else {}
    if len(found.roots) > 1:
        return {"roots": sorted(believed.keys[root.ci_id] for root in found.roots)}
    return _conclusion(believed, found)


def _conclusion(believed: Believed, found: Assessment) -> dict[str, Any]:
    (root,) = found.roots
    graph, impact = believed.assessor.graph, found.impacts[root.ci_id]
    emails = {
        ci_id: str(graph.cis[graph.index[ci_id]].attributes["email"]) for ci_id in impact.cannot_work | impact.limited
    }
    return {
        "root": believed.keys[root.ci_id],
        "confirmed": root.confirmed,
        "severity": ("info", "warning", "minor", "major", "critical")[root.severity],
        "services": {graph.name(graph.index[s.ci_id]): s.state.word for s in impact.services},
        "cannot_work": sorted(emails[p] for p in impact.cannot_work),
        "limited": sorted(emails[p] for p in impact.limited),
    }


def wish(outcome: dict[str, Any]) -> dict[str, Any]:
    expect = outcome["expect"]
    if expect is None:
        return {}
    same = ("confirmed", "severity", "services", "cannot_work", "limited")
    return {"root": expect["root"]["key"], **{key: expect[key] for key in same}}
