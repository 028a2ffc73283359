"""The impact engine on a large estate: each question timed, one core, beside graph libraries on the same data.

    python -m benchmarks.impact_engine [--cis 1000000] [--relations 3000000] [--seed 1] [--runs 200] [--peers]

Times are milliseconds. *CPU* is what the process used: beside other work it says more than the wall.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.figures import Times, heading, shown
from benchmarks.layered import Ints, Layered, layered, stream
from benchmarks.machine import describe
from benchmarks.reach_peers import compare
from impact.arrays.build import SCALAR, ArrayGraph, build
from impact.arrays.compact import compacted
from impact.arrays.evaluate import Evaluation
from impact.arrays.grow import ClosesCircleError, Edge, Growth
from impact.arrays.reach import Reach
from impact.arrays.snapshot import load, save
from impact.arrays.stream import numbered

LARGE = 5000
DOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some CIs, by number, whose failure is asked about."""

    name: str
    numbers: Ints


def main() -> int:
    given = _arguments()
    print(f"{describe()}; numpy {np.__version__}; load average {os.getloadavg()[0]:.1f}")
    estate = layered(given.cis, given.relations, given.seed)
    _say(estate, given.seed)
    graph = _built(estate)
    evaluation, walk = _standing(estate, graph), Reach(graph)
    _memory(graph, evaluation, walk)
    gc.collect()
    gc.freeze()
    samples = list(_samples(estate, graph, walk, given.runs))
    print(heading())
    for sample in samples:
        print(shown(f"reach: {sample.name}", _reach(graph, walk, sample)))
    for sample in samples:
        print(shown(f"graded and explained: {sample.name}", _graded(graph, evaluation, sample)))
    print(shown("whole estate", _whole(evaluation)))
    _network(estate, graph, evaluation, given.runs)
    _growing(estate, graph, evaluation, given.runs)
    _snapshot(build(estate.parts))
    if given.peers:
        compare(estate, {sample.name: sample.numbers for sample in samples}, walk, graph)
    print(f"load average at the end {os.getloadavg()[0]:.1f}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cis", type=int, default=1_000_000)
    parser.add_argument("--relations", type=int, default=3_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--peers", action="store_true")
    return parser.parse_args()


def _say(estate: Layered, seed: int) -> None:
    parts = estate.parts
    print(
        f"seed {seed}: {parts.count:,} CIs, {len(parts.dependent) + len(estate.links):,} relations, of them "
        f"{len(parts.dependent):,} needs and {len(estate.links):,} cables between {len(estate.switches):,} switches "
        f"and hosts; {len(estate.maintained):,} in maintenance, {len(estate.faulty):,} broken, "
        f"{np.mean(np.asarray(parts.ignores)):.0%} leave out inputs in maintenance"
    )
    print(estate.mix())


def _built(estate: Layered) -> ArrayGraph:
    """Build from arrays, and from a stream of ids."""
    times = Times()
    graph = times.run(lambda: build(estate.parts))
    print(
        f"build from arrays: {times.wall[0] / 1000:.2f} s (CPU {times.cpu[0] / 1000:.2f} s); "
        f"{len(graph.blocks)} layers, {len(graph.circles)} circles, {len(graph.slot_rule):,} rules, "
        f"{np.mean(graph.slot_shape == SCALAR):.1%} of them asked input by input"
    )
    names = [ci_id.decode() for ci_id in np.asarray(estate.parts.ids).tolist()]
    times = Times()
    table = times.run(lambda: numbered(names, stream(names, estate.parts)))
    assert (table[0] == estate.parts.dependent).all()
    print(f"ids of a stream to numbers: {times.wall[0] / 1000:.2f} s more (CPU {times.cpu[0] / 1000:.2f} s)")
    return graph


def _standing(estate: Layered, graph: ArrayGraph) -> Evaluation:
    """The estate as it stands: some of it is broken, some in maintenance."""
    evaluation = Evaluation(graph)
    evaluation.put(
        dict.fromkeys(graph.place[estate.faulty].tolist(), DOWN),
        maintained=graph.place[estate.maintained].tolist(),
    )
    shares = np.bincount(evaluation.levels(np.arange(graph.n)) + 1, minlength=5) / graph.n
    print("as it stands: " + ", ".join(f"{share:.1%} {word}" for share, word in zip(shares, WORDS, strict=True)))
    return evaluation


WORDS = ("unknown", "ok", "at risk", "degraded", "down")


def _memory(graph: ArrayGraph, evaluation: Evaluation, walk: Reach) -> None:
    sizes = graph.sizes()
    relations = sum(sizes[name] for name in ("provider", "offset", "group", "back"))
    rest = sum(sizes.values()) - relations
    special = sum(sys.getsizeof(one) for one in (graph.special, *graph.special.values()))
    state = evaluation.nbytes() + walk.nbytes()
    print(
        f"memory: {(rest + special + state) / graph.n:.0f} bytes a CI (of them {state / graph.n:.0f} state and marks, "
        f"{sizes['ids'] / graph.n:.0f} ids), {relations / graph.m:.0f} bytes a relation; the process had "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB at most, the generator's arrays in it"
    )


def _samples(estate: Layered, graph: ArrayGraph, walk: Reach, runs: int) -> Iterator[Sample]:
    """Any CI; infrastructure (the lower five layers); those of it that may touch at least `LARGE`."""
    draw = np.random.default_rng(7)
    yield Sample(name="any CI", numbers=draw.integers(0, graph.n, runs))
    low = draw.integers(0, estate.bounds[5], runs * 5)
    sizes = np.array([len(walk.cone(graph.place[[number]])) for number in low])
    yield Sample(name="infrastructure", numbers=low[:runs])
    yield Sample(name=f"cones under {LARGE:,} of it", numbers=low[sizes < LARGE][:runs])
    bottom = draw.integers(0, estate.bounds[1], runs * 3)
    sizes = np.array([len(walk.cone(graph.place[[number]])) for number in bottom])
    yield Sample(name=f"cones of {LARGE:,} and more", numbers=bottom[sizes >= LARGE][:runs])


def _reach(graph: ArrayGraph, walk: Reach, sample: Sample) -> Times:
    times = Times()
    for number in sample.numbers.tolist():
        times.run(lambda number=number: graph.number.take(walk.cone(graph.place[[number]])), len)  # type: ignore[misc]
    return times


def _graded(graph: ArrayGraph, evaluation: Evaluation, sample: Sample) -> Times:
    times = Times()
    for number in sample.numbers.tolist():
        times.run(partial(evaluation.trial, {int(graph.place[number]): DOWN}), lambda found: len(found.places))
    return times


def _whole(evaluation: Evaluation) -> Times:
    times = Times()
    before = evaluation.full.copy()
    for _ in range(40):
        times.run(evaluation.recompute)
    assert (evaluation.full == before).all(), "a whole pass must say what was settled"
    return times


def _network(estate: Layered, graph: ArrayGraph, evaluation: Evaluation, runs: int) -> None:
    """The anchors and the switches next to them fail, one after the other."""
    began = time.perf_counter()
    cables = estate.cables()
    print(f"cables built in {time.perf_counter() - began:.2f} s")
    reached, settled = Times(), Times()
    for switch in estate.switches[: min(runs, 40)].tolist():
        lost = reached.run(partial(cables.isolated, [switch]), len)
        places = graph.place[lost].tolist()
        own = {int(graph.place[switch]): DOWN}
        settled.run(partial(evaluation.trial, own, dict.fromkeys(places, DOWN)), lambda found: len(found.places))
    print(shown("core failure: who is cut off", reached))
    print(shown("core failure: what that does, explained", settled))
    pair, both = estate.anchors.tolist(), Times()
    for _ in range(20):
        both.run(partial(cables.isolated, pair), len)
    print(shown("all anchors fail: who is cut off", both))


def _growing(estate: Layered, graph: ArrayGraph, evaluation: Evaluation, runs: int) -> None:
    """Relations come, from any CI to one near it in a lower layer, and are compacted."""
    draw = np.random.default_rng(11)
    widths, bounds = np.diff(estate.bounds), np.array(estate.bounds)
    times, circles = Times(), 0
    for dependent in draw.integers(bounds[1], bounds[-1], runs).tolist():
        layer = int(np.searchsorted(bounds, dependent, "right")) - 1
        below = int(draw.integers(0, layer))
        provider = bounds[below] + int((dependent - bounds[layer]) / widths[layer] * widths[below])
        edge = Edge(provider=int(graph.place[provider]), lens=graph.lenses.all[0])
        try:
            times.run(partial(evaluation.add, int(graph.place[dependent]), edge))
        except ClosesCircleError:
            circles += 1
    print(shown("one relation added, and settled", times))
    began = time.perf_counter()
    anew = compacted(graph, evaluation.growth, 2)
    took = time.perf_counter() - began
    again = _standing(estate, anew)
    same = (again.levels(anew.place) == evaluation.levels(graph.place)).all()
    print(f"compacted in {took:.2f} s, {circles} closed a circle; the same health: {bool(same)}")


def _snapshot(graph: ArrayGraph) -> None:
    times = Times()
    with tempfile.TemporaryDirectory(prefix="faultpath-bench-") as folder:
        path = Path(folder) / "arrays"
        for _ in range(3):
            with path.open("wb") as file:
                times.run(partial(save, graph, Growth(graph), file))
        size = path.stat().st_size / 2**20
        restored = Times()
        for _ in range(3):
            with path.open("rb") as file:
                restored.run(lambda file=file: Evaluation(load(file, graph.profile, graph.revision)))  # type: ignore[misc]
    print(shown(f"snapshot saved ({size:.0f} MiB)", times))
    print(shown("snapshot restored, checked and evaluated", restored))


if __name__ == "__main__":
    sys.exit(main())
