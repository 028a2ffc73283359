"""How long one assessment takes: the engine alone, in CPU time, on companies of several sizes.

    python -m benchmarks.assessment

Three cases a graph: the first look at a set of complaints, a look when nothing has changed, and the next one, with one
more fault (or, in the estate, with another failure) each time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.company import Company
from benchmarks.machine import describe
from cmdb.catalogue import Catalogue
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.reconcile import Reconciler
from discovery.importers.model_yaml import read_model
from examples.estate.failures import all_failures
from examples.estate.generate import generate
from examples.estate.physics import settle
from examples.estate.signals import signals_of
from impact.assess import Assessor
from impact.graph import CompiledGraph, compile_graph
from impact.model import Assessment, Complaint, ComplaintKind, Health, Signs
from impact.vocabulary import vocabulary_of
from ledger.clock import SystemClock
from tests.acceptance.told import ASKED, believe, complaints_of, signs_of

CATALOGUE = Catalogue.load()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One moment of a company."""

    complaints: tuple[Complaint, ...]
    signs: Signs = field(default_factory=Signs)
    now: datetime = NOW


def company(services: int, folder: Path) -> CompiledGraph:
    """The benchmark's own company, compiled from its model file."""
    store = SqliteGraphStore(folder / f"company-{services}.db")
    text = Company(services=services).yaml().encode()
    model = read_model(text, file="company.yaml", catalogue=CATALOGUE, observed_at=NOW)
    Reconciler(store, CATALOGUE, SystemClock()).submit(model.source, model.observations, complete=True, run_id="bench")
    graph = compile_graph(store.snapshot(), vocabulary_of(CATALOGUE))
    store.close()
    return graph


def busy(graph: CompiledGraph, services: int, faults: int) -> Iterator[Case]:
    """Warnings on every second server and so many faults; then one more fault each time."""
    ids = {ci.name: ci.ci_id for ci in graph.cis}
    since = NOW - timedelta(minutes=1)
    warnings = [_complaint(ids[f"server-{n:04}"], "disk", Health.AT_RISK, 1, since) for n in range(0, services, 2)]
    down = [
        _complaint(ids[f"app-{n:04}"], "down", Health.DOWN, 4, since)
        for n in Company(services=services).apart(services)
    ]
    for more in range(ROUNDS):
        yield Case(complaints=(*warnings, *down[: faults + more]))


def _complaint(ci_id: str, check: str, effect: Health, severity: int, since: datetime) -> Complaint:
    return Complaint(
        key=f"{check}-{ci_id}", ci_id=ci_id, kind=ComplaintKind.FAULT, effect=effect, severity=severity, since=since,
        source="bench", check=check,
    )  # fmt: skip


def assess(assessor: Assessor, case: Case) -> tuple[float, Assessment]:
    """CPU milliseconds of one assessment, and what it says."""
    began = time.process_time()
    found = assessor.assess(case.complaints, case.signs, case.now)
    return (time.process_time() - began) * 1000, found


def estate_cases(size: int, folder: Path) -> tuple[CompiledGraph, list[Case]]:
    """The simulated company with what it sends at one failure after the other."""
    estate = generate(1, size)
    believed = believe(estate, folder)
    large = [one for one in all_failures(estate) if one.kind in ("device", "link", "power")]
    cases = []
    for failure in large[:: max(1, len(large) // ROUNDS)][: ROUNDS + 1]:
        signals = signals_of(estate, settle(estate, failure.broken))
        complaints = tuple(complaints_of(believed, signals))
        cases.append(Case(complaints=complaints, signs=signs_of(believed, signals), now=ASKED))
    return believed.assessor.graph, cases


def report(name: str, graph: CompiledGraph, cases: list[Case]) -> None:
    """Print the three times. ``cases`` follow on each other."""
    assessor = Assessor(graph)
    first, found = assess(assessor, cases[0])
    same = [assess(assessor, cases[0])[0] for _ in range(ROUNDS)]
    following = [assess(assessor, case)[0] for case in cases[1:]]
    print(
        f"{name:<24} {len(graph.cis):>6} CIs {len(cases[0].complaints):>4} complaints {len(found.roots):>4} roots   "
        f"first {first:7.1f} ms   unchanged {statistics.median(same):6.1f} ms   "
        f"next {statistics.median(following):6.1f} ms (most {max(following):.1f})"
    )


def main() -> int:
    print(f"{describe()}; CPU time of one assessment")
    with tempfile.TemporaryDirectory(prefix="faultpath-bench-") as name:
        folder = Path(name)
        for size in (1, 5):
            report(f"estate, size {size}", *estate_cases(size, folder))
        for services, faults in ((400, 20), (400, 100), (2000, 20)):
            graph = company(services, folder)
            report(f"company, {services} services", graph, list(busy(graph, services, faults)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
