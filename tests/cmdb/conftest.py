"""Both graph stores, each test on each: the embedded one in a new file, Neo4j emptied.

Neo4j is the one that `.ci/neo4j start` started, or any other that FAULTPATH_TEST_NEO4J_URL and
FAULTPATH_TEST_NEO4J_PASSWORD_FILE name. Its data is thrown away.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
import pytest

from cmdb.catalogue import Catalogue
from cmdb.graph.neo4j import Neo4jGraphStore
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.store import GraphStore

ENV_FILE = Path(__file__).parents[2] / "build" / "neo4j" / "test" / "env"
CATALOGUE = Catalogue.load()


def neo4j_access() -> tuple[str, str] | None:
    """Address and password of the server for tests, if there is one."""
    named = dict(os.environ)
    if "FAULTPATH_TEST_NEO4J_URL" not in named and ENV_FILE.exists():
        lines = ENV_FILE.read_text().splitlines()
        named |= dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    url = named.get("FAULTPATH_TEST_NEO4J_URL")
    if url is None:
        return None
    password = Path(named["FAULTPATH_TEST_NEO4J_PASSWORD_FILE"]).read_text()
    try:
        with neo4j.GraphDatabase.driver(url, auth=("neo4j", password), connection_timeout=30) as driver:
            driver.verify_connectivity()
    except neo4j.exceptions.DriverError:
        return None
    return url, password


@pytest.fixture(scope="session")
def neo4j_server() -> tuple[str, str]:
    access = neo4j_access()
    if access is None:
        pytest.skip("no Neo4j; start one with .ci/neo4j start")
    return access


@pytest.fixture(scope="session")
def neo4j_driver(neo4j_server: tuple[str, str]) -> Iterator[neo4j.Driver]:
    url, password = neo4j_server
    with neo4j.GraphDatabase.driver(url, auth=("neo4j", password)) as driver:
        yield driver


@pytest.fixture(params=["sqlite", "neo4j"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], GraphStore]]:
    """Makes an empty store; called again, it empties the former one."""
    made: list[GraphStore] = []

    def sqlite() -> GraphStore:
        made.append(SqliteGraphStore(tmp_path / f"graph-{len(made)}.db"))
        return made[-1]

    def server() -> GraphStore:
        url, password = request.getfixturevalue("neo4j_server")
        driver: neo4j.Driver = request.getfixturevalue("neo4j_driver")
        driver.execute_query("MATCH (n) DETACH DELETE n")
        if not made:
            made.append(Neo4jGraphStore(url, user="neo4j", password=password, labels=CATALOGUE.chain))
        return made[0]

    yield {"sqlite": sqlite, "neo4j": server}[request.param]
    for store in made:
        store.close()


@pytest.fixture
def store(new_store: Callable[[], GraphStore]) -> GraphStore:
    return new_store()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return CATALOGUE
