"""What a service hangs by, on the generated company: CPU time for one service, beside trying every CI that may matter.

python -m benchmarks.points_of_failure
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterable
from typing import Any

from benchmarks.company import Company
from benchmarks.machine import describe
from cmdb.catalogue import Catalogue
from cmdb.model import CI, Relation, Snapshot
from impact.graph import CompiledGraph, compile_graph
from impact.model import Health
from impact.points import explained_points_of_failure, points_of_failure
from impact.state import evaluate
from impact.vocabulary import vocabulary_of

SERVICES = (428, 2_140)
ASKED = 20
TRIED = 200


def main() -> int:
    print(f"{describe()}; CPU time")
    for services in SERVICES:
        graph = compile_graph(snapshot_of(Company(services=services)), vocabulary_of(Catalogue.load()))
        nodes = [graph.index[f"service-{n:04}"] for n in range(0, services, services // ASKED)]
        times = [seconds_of(graph, node) for node in nodes]
        began = time.process_time()
        for node in nodes:
            explained_points_of_failure(graph, graph.ids[node])
        explained = (time.process_time() - began) / len(nodes)
        print(
            f"{len(graph):,} CIs, {len(graph.network.cables):,} links: first {times[0]:.3f} s, then median "
            f"{statistics.median(times[1:]):.3f} s, worst {max(times[1:]):.3f} s; with paths and remedies "
            f"{explained:.3f} s; to try every way of the network {tried_all(graph):.0f} s (from {TRIED} of them)"
        )
    return 0


def seconds_of(graph: CompiledGraph, node: int) -> float:
    began = time.process_time()
    found = points_of_failure(graph, node)
    took = time.process_time() - began
    assert len(found) >= 4  # the application, its server, the switch and the link between them
    return took


def tried_all(graph: CompiledGraph) -> float:
    """What it would take to try each device and link, from a sample of them."""
    ways = sorted(graph.network.ways)
    sample = ways[:: max(1, len(ways) // TRIED)]
    began = time.process_time()
    for way in sample:
        evaluate(graph, {way: Health.DOWN})
    return (time.process_time() - began) / len(sample) * len(ways)


def snapshot_of(company: Company) -> Snapshot:
    """The company as a graph; keys are ids."""
    model = company.model()
    cis = {
        row["key"]: CI(ci_id=row["key"], cls=row["class"], name=row["name"], attributes=row["attributes"])
        for row in model["cis"]
    }
    relations = [
        Relation(from_id=row["from"], type=row["type"], to_id=row["to"], attributes={}) for row in model["relations"]
    ]
    for row in model["links"]:
        more, joins = _wired(row["a"], row["b"])
        cis |= {ci.ci_id: ci for ci in more}
        relations += joins
    return Snapshot(revision=1, cis=tuple(cis.values()), relations=tuple(relations))


def _wired(a: dict[str, Any], b: dict[str, Any]) -> tuple[Iterable[CI], Iterable[Relation]]:
    ports = [f"{end['ci']}|{end['port']}" for end in (a, b)]
    link = " -- ".join(ports)
    cis = [CI(ci_id=port, cls="Port", name=port) for port in ports]
    joins = [Relation(from_id=port, type="PORT_OF", to_id=end["ci"]) for port, end in zip(ports, (a, b), strict=True)]
    joins.append(Relation(from_id=ports[0], type="CONNECTS_TO", to_id=ports[1], attributes={"link": link}))
    return [*cis, CI(ci_id=link, cls="Link", name=link)], joins


if __name__ == "__main__":
    sys.exit(main())
