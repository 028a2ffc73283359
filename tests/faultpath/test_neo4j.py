"""The same hub with Neo4j as its graph: only the URL differs."""

from __future__ import annotations

from pathlib import Path

import neo4j
import pytest

from faultpath.wiring import running
from tests.cmdb.conftest import neo4j_access
from tests.faultpath.conftest import set_up, settings_of
from tests.faultpath.test_slice import imported, opened

pytestmark = pytest.mark.real("neo4j")


@pytest.fixture
def server() -> tuple[str, str]:
    """An empty Neo4j: its URL and password."""
    access = neo4j_access()
    if access is None:
        pytest.skip("no Neo4j; start one with .ci/neo4j start")
    url, password = access
    with neo4j.GraphDatabase.driver(url, auth=("neo4j", password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
    return access


async def test_an_incident_opens_over_neo4j(server: tuple[str, str], tmp_path: Path) -> None:
    url, password = server
    file = tmp_path / "password"
    file.write_text(password + "\n")
    graph = {"url": url, "password_file": file}
    async with running(settings_of(tmp_path / "data", graph=graph)) as house:
        station = await set_up(house)
        incident = await opened(station)
        assert incident["root"]["name"] == "db1"
        assert [(s["service"]["name"], s["state"]) for s in incident["services"]] == [("CRM", "down")]
        ci = await station.get(f"/cis/{incident['root']['id']}")
        assert [one["source"] for one in ci["observations"]] == ["import:test-export"]
        assert (await imported(station))["unchanged"] == 8
    with neo4j.GraphDatabase.driver(url, auth=("neo4j", password)) as driver:
        found = driver.execute_query("MATCH (n:Server) RETURN n.name AS name, n.class AS class").records
    assert [(row["name"], row["class"]) for row in found] == [("db1", "Server")]
