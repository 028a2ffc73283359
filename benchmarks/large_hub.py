"""The hub on a large estate: read from the store, restarted, changed, and asked over HTTP by several clients at once.

    python -m benchmarks.large_hub [--cis 1000000] [--relations 3000000] [--seed 1] [--folder FOLDER] [--clients 8]
        [--requests 400] [--no-api]

The estate is that of `benchmarks.impact_engine`, with ports, people and services, in a SQLite file. Once it was
written to ``--folder`` it is used again.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from alerting.binding import GraphIndex
from benchmarks.figures import Times, heading, shown, spread
from benchmarks.hub import HubProcess, free_port
from benchmarks.large_estate import ci_id, write_sqlite
from benchmarks.layered import Layered, layered
from benchmarks.machine import Cpu, describe
from cmdb.catalogue import Catalogue
from cmdb.columns.columns import Columns
from cmdb.columns.names import Names
from cmdb.columns.texts import Texts
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.model import ChangeSet, Relation
from faultpath.graph_file import GraphFile
from impact.arrays.build import ArrayGraph, build
from impact.arrays.evaluate import Evaluation
from impact.arrays.parts import parts_of
from impact.arrays.reach import Reach
from impact.failures import Failures
from impact.graph import CompiledGraph, compile_graph
from impact.propagate import calm_of
from impact.vocabulary import vocabulary_of

T = TypeVar("T")
LARGE = 5_000
WORDS = vocabulary_of(Catalogue.load())


def main() -> int:
    given = _arguments()
    print(f"{describe()}; numpy {np.__version__}; load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="faultpath-bench-") as temporary:
        folder = given.folder or Path(temporary)
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        estate = layered(given.cis, given.relations, given.seed)
        if not (data / "graph.db").exists():
            _said("written", lambda: write_sqlite(estate, data / "graph.db"))
        samples = _in_store(estate, data)
        if not given.no_api:
            asyncio.run(_over_http(folder, samples, given.clients, given.requests))
    print(f"load average at the end {os.getloadavg()[0]:.1f}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cis", type=int, default=1_000_000)
    parser.add_argument("--relations", type=int, default=3_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--no-api", action="store_true")
    return parser.parse_args()


def _said(what: str, work: Callable[[], T]) -> T:
    """Do it, and print how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what:<58} {wall:7.2f} s   CPU {cpu:7.2f} s   {most:5.2f} GiB at most")
    return found


# The store, in this process


def _in_store(estate: Layered, data: Path) -> dict[str, list[str]]:
    store, kept = SqliteGraphStore(data / "graph.db"), GraphFile(data / "graph.columns")
    columns = _said("store → columns", store.columns)
    print(f"{columns.ci_count:,} CIs, {columns.relation_count:,} relations at revision {columns.revision}")
    graph = _said("columns → graph with network, services and people", lambda: CompiledGraph(columns, WORDS))
    arrays = _said("graph → arrays", lambda: build(parts_of(graph)))
    _said("graph → ready: order, ways, what is not ok on a calm day", lambda: _ready(graph))
    names = _said("names", lambda: Names(columns))
    _said("identities", lambda: GraphIndex(columns, names))
    _said("columns → file", lambda: kept.keep(columns))
    _memory(columns, arrays)
    samples = _samples(estate, arrays)
    gc.collect()
    known = _said("restart: file → columns", GraphFile(data / "graph.columns").load)
    again = _said("restart: what changed since", lambda: store.columns(known))
    before = _said("restart: columns → graph", lambda: compile_graph(again, WORDS))
    _said("restart: arrays, what is not ok on a calm day", lambda: _calm(before))
    _changes(store, before)
    store.close()
    return samples


def _ready(graph: CompiledGraph) -> None:
    _calm(graph)
    graph.prepare()


def _calm(graph: CompiledGraph) -> None:
    graph.calm = Failures(graph).calm()


def _memory(columns: Columns, arrays: ArrayGraph) -> None:
    base = columns.base
    of_cis = (base.ids, base.cls, base.starts, base.back_starts)
    of_relations = (base.start, base.type, base.end, base.about, base.back)
    texts = {name: _bytes(getattr(base, name)) for name in ("names", "attributes", "abouts")}
    sizes, evaluation, walk = arrays.sizes(), Evaluation(arrays), Reach(arrays)
    edges = sum(sizes[name] for name in ("provider", "offset", "group", "back"))
    rest = sum(sizes.values()) - edges - sizes["ids"] + evaluation.nbytes() + walk.nbytes()
    n, m = columns.ci_count, columns.relation_count
    print(
        f"memory a CI: {sum(one.nbytes for one in of_cis) / n:.0f} bytes of columns, {texts['names'] / n:.0f} of "
        f"names, {texts['attributes'] / n:.0f} of attributes, {rest / n:.0f} of arrays; a relation: "
        f"{(sum(one.nbytes for one in of_relations) + texts['abouts']) / m:.0f} of columns, {edges / m:.0f} of arrays"
    )


def _bytes(texts: Texts) -> int:
    return len(texts.blob) + texts.starts.nbytes


def _samples(estate: Layered, arrays: ArrayGraph) -> dict[str, list[str]]:
    """Ids of CIs whose failure is asked about: any, infrastructure, and what may touch at least `LARGE`."""
    draw, walk = np.random.default_rng(7), Reach(arrays)
    bottom = draw.integers(0, estate.bounds[1], 2_000)
    large = [number for number in bottom.tolist() if len(walk.cone(arrays.place[[number]])) >= LARGE]
    drawn = {
        "any CI": draw.integers(0, estate.parts.count, 2_000).tolist(),
        "infrastructure": draw.integers(0, estate.bounds[5], 2_000).tolist(),
        f"cones of {LARGE:,} and more": large,
    }
    return {name: [ci_id(number) for number in numbers] for name, numbers in drawn.items()}


def _changes(store: SqliteGraphStore, graph: CompiledGraph) -> None:
    """Relations come, one revision each, and the graph follows."""
    draw, now = np.random.default_rng(int(time.time())), datetime.now(UTC)
    written, followed, renewed = Times(), Times(), Times()
    first = int(graph.columns.base.cls.shape[0] * 0.6)
    for dependent in draw.integers(first, first + 100_000, 40).tolist():
        edge = Relation(from_id=ci_id(dependent), type="DEPENDS_ON", to_id=ci_id(int(dependent * 0.3)))
        change = ChangeSet(source="bench", reason="a relation more", at=now, put_relations=(edge,))
        written.run(partial(store.apply, change, idempotency_key=str(time.time_ns())))
        columns = followed.run(partial(store.columns, graph.columns))
        graph = renewed.run(partial(_renewed, columns, graph))
    print(heading())
    for name, times in (("written", written), ("read from the feed", followed), ("graph renewed", renewed)):
        print(shown(f"a relation more: {name}", times))


def _renewed(columns: Columns, former: CompiledGraph) -> CompiledGraph:
    graph = compile_graph(columns, WORDS, former)
    calm_of(graph, former)
    return graph


# The hub, over HTTP


async def _over_http(folder: Path, samples: dict[str, list[str]], clients: int, requests: int) -> None:
    began = time.perf_counter()
    hub = await HubProcess.start(folder, free_port())
    try:
        print(f"hub answers /healthz after {time.perf_counter() - began:.1f} s", flush=True)
        await _works(hub)
        print(f"... and works with the graph after {time.perf_counter() - began:.1f} s", flush=True)
        for name, ids in samples.items():
            await _ask(hub, ids[:20], 1)
            cpu = Cpu.of(hub.pid)
            wall, failed = await _ask(hub, ids[20 : 20 + requests], clients)
            spent = Cpu.of(hub.pid).since(cpu).process / max(1, len(wall))
            low, high, most = spread(wall)
            print(
                f"{clients} clients, affected, {name:<28} {len(wall):>5} asked, {failed} failed: p50 {low:6.1f} ms, "
                f"p95 {high:6.1f} ms, most {most:6.1f} ms; {spent * 1000:.1f} ms CPU each",
                flush=True,
            )
    finally:
        await hub.stop()


async def _works(hub: HubProcess) -> None:
    for _ in range(3_000):
        if (await hub.api.get("/api/v1/graph/revision")).is_success:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("the hub has not read the graph in five minutes")


async def _ask(hub: HubProcess, ids: list[str], clients: int) -> tuple[list[float], int]:
    """Milliseconds of each answer, and how many were none; each client asks again as soon as it has its answer."""
    waiting, wall, failed = list(ids), list[float](), 0

    async def client() -> None:
        nonlocal failed
        while waiting:
            one = waiting.pop()
            began = time.perf_counter()
            answer = await hub.api.get(f"/api/v1/cis/{one}/affected")
            wall.append((time.perf_counter() - began) * 1000)
            failed += not answer.is_success

    await asyncio.gather(*(client() for _ in range(clients)))
    return wall, failed


if __name__ == "__main__":
    sys.exit(main())
