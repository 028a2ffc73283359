"""The graph depends on what was observed, not on the order in which it arrived.

The store is the conformance suite's oracle, in memory: what is drawn here tries the reconciler.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.catalogue import Catalogue
from cmdb.model import Observation
from tests.cmdb.kit import FILE, HAND, SNMP, Graph, cable, needs, port, saw
from tests.cmdb.oracle import OracleGraphStore

CATALOGUE = Catalogue.load()

# Few values, so that the drawn observations share and contradict each other's claims all the time.
_CLAIMS = {
    "serial": ["Acme|A1", "Acme|B1", "Acme|N/A"],
    "engine_id": ["80001f01", "80001f02"],
    "bridge_mac": ["02:00:00:00:00:01", "02:00:00:00:00:02"],
    "mac": ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"],
    "fqdn": ["a.example.net", "b.example.net"],
    "address": ["10.0.0.1", "10.0.0.2"],
}
_CLASSES = ["Hardware", "Switch", "NetworkDevice", "Server", "VirtualMachine", "CoolingUnit"]


@st.composite
def devices(draw: st.DrawFn, source: str) -> list[Observation]:
    """Up to four devices as one source saw them, some with ports and a link, some depending on each other."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        claims = {kind: draw(st.none() | st.sampled_from(values)) for kind, values in _CLAIMS.items()}
        known = {kind: value for kind, value in claims.items() if value is not None}
        relations = [needs(f"d{draw(st.integers(0, 3))}", group=draw(st.sampled_from("pq")))]
        found.append(
            saw(
                f"d{number}",
                draw(st.sampled_from(_CLASSES)),
                by=source,
                name=f"{source} d{number}",
                minute=draw(st.integers(0, 3)),
                attributes={"os": source, "site": str(number)},
                relations=relations,
                claims=known,
            )
        )
    return found + _wires(draw(st.booleans()), source)


def _wires(wired: bool, source: str) -> list[Observation]:
    if not wired:
        return []
    one, other = port("d0", "Gi1", by=source), port("d1", "eth0", by=source)
    joined = [needs(other.native_key, "CONNECTS_TO", link=f"{one.native_key}~{other.native_key}")]
    return [port("d0", "Gi1", by=source, more=joined), other, cable(one, other, by=source)]


def _joined(lists: tuple[list[Observation], ...]) -> list[Observation]:
    return [seen for observations in lists for seen in observations]


ALL: st.SearchStrategy[list[Observation]] = st.tuples(*map(devices, (SNMP, FILE, HAND))).map(_joined)


def graph_after(order: list[Observation], size: int) -> Graph:
    """The graph after runs of a few observations each."""
    graph = Graph(OracleGraphStore(), CATALOGUE)
    for start in range(0, len(order), size):
        by_source: dict[str, list[Observation]] = {}
        for seen in order[start : start + size]:
            by_source.setdefault(seen.source, []).append(seen)
        for observations in by_source.values():
            graph.run(*observations)
    return graph


@settings(max_examples=150, deadline=None)
@given(observations=ALL, data=st.data())
def test_any_order_of_arrival_gives_the_same_graph(observations: list[Observation], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(observations))
    in_runs_of = data.draw(st.integers(1, 6))
    first, second = graph_after(observations, len(observations)), graph_after(shuffled, in_runs_of)
    assert first.described() == second.described()


@settings(max_examples=80, deadline=None)
@given(observations=ALL, source=st.sampled_from([SNMP, FILE, HAND]))
def test_saying_it_again_changes_nothing_and_ids_stay(observations: list[Observation], source: str) -> None:
    graph = graph_after(observations, 2)
    before, revision = graph.store.observations(), graph.store.revision()
    graph.run(*(seen for seen in observations if seen.source == source), complete=True)
    assert graph.store.revision() == revision
    assert list(graph.store.observations()) == list(before)


@settings(max_examples=80, deadline=None)
@given(observations=ALL)
def test_taking_every_source_out_leaves_nothing(observations: list[Observation]) -> None:
    graph = graph_after(observations, 3)
    for source in (SNMP, FILE, HAND):
        graph.run(by=source, complete=True, agreed=True)
    left = graph.store.snapshot()
    assert (left.cis, left.relations, dict(graph.store.claims())) == ((), (), {})
    assert graph.store.observations() == []
