"""The graph as someone meets it in Neo4j Browser who never saw Faultpath, and a server that is away."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import neo4j
import pytest

from cmdb.catalogue import Catalogue
from cmdb.errors import StoreAddressError, StoreSchemaError, StoreUnavailableError
from cmdb.graph import cypher
from cmdb.graph.neo4j import Neo4jGraphStore
from tests.cmdb.kit import FILE, Graph, cable, needs, port, saw


@pytest.fixture
def graph(neo4j_server: tuple[str, str], neo4j_driver: neo4j.Driver, catalogue: Catalogue) -> Iterator[Graph]:
    url, password = neo4j_server
    neo4j_driver.execute_query("MATCH (n) DETACH DELETE n")
    store = Neo4jGraphStore(url, user="neo4j", password=password, labels=catalogue.chain)
    yield Graph(store, catalogue)
    store.close()


def filled(graph: Graph) -> Graph:
    one, other = port("sw1", "Gi1"), port("srv1", "eth0")
    graph.run(
        saw("sw1", "Switch", name="core-1", serial="Acme|S1", attributes={"anchor": True, "addresses": ["10.0.0.1"]}),
        saw("srv1", "Server", name="srv1", mac="02:00:00:00:00:01"),
        port("sw1", "Gi1", more=[needs(other.native_key, "CONNECTS_TO", link=f"{one.native_key}~{other.native_key}")]),
        other,
        cable(one, other),
        saw("parked", "Spaceship"),
    )
    graph.run(
        saw("crm", "BusinessService", by=FILE, name="CRM", key="crm", relations=[needs("app", group="app", weight=2)]),
        saw("app", "Application", by=FILE, name="crm-app", key="app", relations=[needs("host", "RUNS_ON")]),
        saw("host", "Server", by=FILE, name="crm-db-1", mac="02:00:00:00:00:01"),
    )
    return graph


def rows(driver: neo4j.Driver, query: str) -> list[list[object]]:
    return [list(record.values()) for record in driver.execute_query(query).records]


def test_every_node_shows_class_and_name(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    filled(graph)
    assert len(rows(neo4j_driver, "MATCH (n) RETURN n")) > 20
    nameless = "MATCH (n) WHERE n.class IS NULL OR n.name IS NULL OR n.name = '' RETURN labels(n)"
    assert rows(neo4j_driver, nameless) == []


def test_the_observations_of_one_ci_are_found_by_their_index(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    filled(graph)
    query = f"EXPLAIN {cypher.observations(['ci_id'])}"
    plan = neo4j_driver.execute_query(query, {"ci_id": "a"}).summary.plan
    assert "NodeIndexSeek" in str(plan)
    assert "Scan" not in str(plan)


def test_labels_are_the_class_chain(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    filled(graph)
    query = "MATCH (n:CI) RETURN n.name, n.class, labels(n)"
    found = {str(name): (cls, labels) for name, cls, labels in rows(neo4j_driver, query)}
    assert found["core-1"] == ("Switch", ["CI", "Hardware", "NetworkDevice", "Switch"])
    assert found["crm-db-1"] == ("Server", ["CI", "Hardware", "ComputeHost", "Server"])
    assert found["CRM"] == ("BusinessService", ["CI", "Service", "BusinessService"])


def test_every_relation_shows_its_verb_and_stays_among_cis(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    filled(graph)
    verbs = {str(verb) for (verb,) in rows(neo4j_driver, "MATCH ()-[r]->() RETURN DISTINCT type(r)")}
    assert verbs == {"CONNECTS_TO", "PORT_OF", "ENDS_AT", "DEPENDS_ON", "RUNS_ON"}
    assert rows(neo4j_driver, "MATCH (n)--() WHERE NOT n:CI RETURN n") == []


def test_a_question_in_the_fields_words_has_an_answer(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    filled(graph)
    query = """
    MATCH path = (s:BusinessService {name: 'CRM'})-[:DEPENDS_ON|RUNS_ON*]->(h:Hardware)
    RETURN [n IN nodes(path) | n.name]"""
    assert rows(neo4j_driver, query) == [[["CRM", "crm-app", "crm-db-1"]]]
    query = "MATCH (:BusinessService)-[r:DEPENDS_ON]->() RETURN r.group, r.weight"
    assert rows(neo4j_driver, query) == [["app", 2]]
    assert rows(neo4j_driver, "MATCH (n:Switch) RETURN n.anchor, n.addresses") == [[True, ["10.0.0.1"]]]


def test_a_refined_class_drops_its_former_labels(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    graph.run(saw("x", "Server", name="x", serial="Acme|X1"))
    graph.run(saw("x", "CoolingUnit", by=FILE, name="x", serial="Acme|X1"))
    (labels,) = rows(neo4j_driver, "MATCH (n:CI) RETURN labels(n)")
    assert labels == [["CI", "Hardware", "IotDevice", "CoolingUnit"]]


def test_the_database_itself_refuses_a_second_ci_and_a_second_claim(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    filled(graph)
    for query in ("MATCH (n:CI) CREATE (:CI {ci_id: n.ci_id})", "MATCH (c:_Claim) CREATE (d:_Claim) SET d = c"):
        with pytest.raises(neo4j.exceptions.ConstraintError):
            neo4j_driver.execute_query(query)


def test_what_a_source_names_never_becomes_part_of_a_statement(graph: Graph, neo4j_driver: neo4j.Driver) -> None:
    evil = "x'}) DETACH DELETE n //`"
    filled(graph)
    graph.run(saw(evil, by="import:evil", name=evil, key=evil, attributes={evil: evil, "os": evil}))
    graph.run(saw("y", f"Server`{evil}", by="import:evil", key="y", relations=[needs("crm", evil)]))
    assert {"CRM", "core-1", evil} <= set(graph.names())
    assert graph.cis()[evil].attributes == {evil: evil, "os": evil}


def test_a_new_hub_finds_the_same_graph(graph: Graph, neo4j_server: tuple[str, str], catalogue: Catalogue) -> None:
    filled(graph)
    url, password = neo4j_server
    other = Neo4jGraphStore(url, user="neo4j", password=password, labels=catalogue.chain)
    assert other.snapshot() == graph.store.snapshot()
    assert other.revision() == 2
    other.close()


def test_a_graph_of_a_newer_version_is_left_alone(
    graph: Graph, neo4j_server: tuple[str, str], neo4j_driver: neo4j.Driver, catalogue: Catalogue
) -> None:
    filled(graph)
    neo4j_driver.execute_query("MATCH (s:_Store) SET s.schema_version = 99")
    url, password = neo4j_server
    store = Neo4jGraphStore(url, user="neo4j", password=password, labels=catalogue.chain)
    with pytest.raises(StoreSchemaError, match="99"):
        store.revision()
    store.close()


def test_a_wrong_password_is_said_plainly(neo4j_server: tuple[str, str], catalogue: Catalogue) -> None:
    store = Neo4jGraphStore(neo4j_server[0], user="neo4j", password="wrong", labels=catalogue.chain)
    with pytest.raises(StoreUnavailableError, match="refuses the user or password"):
        store.revision()
    store.close()


@pytest.mark.parametrize("url", ["bolt://graph.example?x=1", "neo4j://graph.example?x", "bolt://[::1"])
def test_an_address_that_no_driver_takes_is_refused_at_once(url: str) -> None:
    with pytest.raises(StoreAddressError):
        Neo4jGraphStore(url, user="neo4j", password="x", labels=lambda cls: (cls,))


def test_a_server_that_is_away_is_said_within_seconds_and_found_when_it_is_back(
    neo4j_server: tuple[str, str], neo4j_driver: neo4j.Driver, catalogue: Catalogue
) -> None:
    url, password = neo4j_server
    neo4j_driver.execute_query("MATCH (n) DETACH DELETE n")
    with socket.create_server(("127.0.0.1", 0)) as door:
        number = door.getsockname()[1]
    store = Neo4jGraphStore(f"bolt://127.0.0.1:{number}", user="neo4j", password=password, labels=catalogue.chain)
    started = time.monotonic()
    with pytest.raises(StoreUnavailableError, match=f"127.0.0.1:{number} does not answer"):
        store.revision()
    assert time.monotonic() - started < 15
    with forwarded(number, int(url.rpartition(":")[2])):
        assert store.revision() == 0
    store.close()


@contextmanager
def forwarded(here: int, there: int) -> Iterator[None]:
    """The real server behind another port, for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", here)) as door:
        threading.Thread(target=_accept, args=(door, there), daemon=True).start()
        yield


def _accept(door: socket.socket, there: int) -> None:
    with suppress(OSError):
        while True:
            caller, _ = door.accept()
            server = socket.create_connection(("127.0.0.1", there))
            for source, sink in ((caller, server), (server, caller)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
