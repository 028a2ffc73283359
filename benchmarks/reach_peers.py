"""Plain reach by others on the same data: igraph, rustworkx and Neo4j, whichever are there."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import neo4j
import numpy as np

from benchmarks.figures import Times, heading, shown
from benchmarks.layered import Ints, Layered
from impact.arrays.build import ArrayGraph
from impact.arrays.reach import Reach

Ask = Callable[[int], int]
TIMEOUT_S = 10
NEO4J_RUNS = 10
BATCH = 20_000
LATE = -1
"""Found, where the time was over before anything was."""


def compare(estate: Layered, samples: Mapping[str, Ints], walk: Reach, graph: ArrayGraph) -> None:
    """Print each peer's times, the same roots in the same order, and whether it finds as many CIs."""
    print(heading())
    for name, ask in _peers(estate):
        for sample, numbers in samples.items():
            some = numbers[:NEO4J_RUNS] if name == "Neo4j" else numbers
            times = _asked(ask, some)
            ours = [len(walk.cone(graph.place[[number]])) for number in some.tolist()]
            late = times.sizes.count(LATE)
            same = all(one in (other, LATE) for one, other in zip(times.sizes, ours, strict=True))
            print(shown(f"{name}: {sample}", times), "" if same else "OTHERS FOUND", f"{late} gave up" if late else "")


def _asked(ask: Ask, numbers: Ints) -> Times:
    times = Times()
    for number in numbers.tolist():
        times.run(partial(ask, number), int)
    return times


def _peers(estate: Layered) -> Iterator[tuple[str, Ask]]:
    for name, make in (("igraph", _igraph), ("rustworkx", _rustworkx), ("Neo4j", _neo4j)):
        began = time.perf_counter()
        try:
            ask = make(estate)
        except ModuleNotFoundError:
            print(f"{name} is not installed and was left out")
            continue
        except KeyError as error:
            print(f"{name} was left out: {error.args[0]} is not set")
            continue
        print(f"{name} took {time.perf_counter() - began:.1f} s to build")
        yield name, ask


def _igraph(estate: Layered) -> Ask:
    igraph: Any = importlib.import_module("igraph")
    pairs = list(zip(estate.parts.provider.tolist(), estate.parts.dependent.tolist(), strict=True))
    made = igraph.Graph(n=estate.parts.count, edges=pairs, directed=True)
    return lambda number: len(made.subcomponent(number, mode="out"))


def _rustworkx(estate: Layered) -> Ask:
    rustworkx: Any = importlib.import_module("rustworkx")
    made = rustworkx.PyDiGraph()
    made.add_nodes_from(range(estate.parts.count))
    pairs = zip(estate.parts.provider.tolist(), estate.parts.dependent.tolist(), strict=True)
    made.extend_from_edge_list(list(pairs))
    return lambda number: len(rustworkx.descendants(made, number) | {number})


CREATE = "UNWIND $rows AS row CREATE (:Bench {number: row})"
RELATE = """
UNWIND $rows AS row MATCH (a:Bench {number: row[0]}), (b:Bench {number: row[1]}) CREATE (a)-[:NEEDS]->(b)
"""
FIND = "MATCH (:Bench {number: $number})<-[:NEEDS*0..]-(m) RETURN count(DISTINCT m) AS found"


def _neo4j(estate: Layered) -> Ask:
    """Neo4j's data is thrown away before it is filled."""
    url = os.environ["FAULTPATH_TEST_NEO4J_URL"]
    auth = ("neo4j", Path(os.environ["FAULTPATH_TEST_NEO4J_PASSWORD_FILE"]).read_text())
    session = neo4j.GraphDatabase.driver(url, auth=auth).session()
    session.run("CREATE CONSTRAINT bench IF NOT EXISTS FOR (n:Bench) REQUIRE n.number IS UNIQUE").consume()
    session.run("MATCH (n:Bench) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS").consume()
    pairs = np.stack((estate.parts.dependent, estate.parts.provider), axis=1)
    for statement, rows in ((CREATE, np.arange(estate.parts.count)), (RELATE, pairs)):
        for begin in range(0, len(rows), BATCH):
            session.run(statement, rows=rows[begin : begin + BATCH].tolist()).consume()
    query = neo4j.Query(FIND, timeout=TIMEOUT_S)

    def ask(number: int) -> int:
        try:
            record = session.run(query, number=number).single(strict=True)
        except neo4j.exceptions.Neo4jError:
            return LATE
        return int(record["found"])

    return ask
