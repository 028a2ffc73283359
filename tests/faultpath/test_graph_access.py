"""A graph store that is away at first, or in between: said once, tried again, used when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cmdb.errors import StoreUnavailableError
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.store import GraphStore
from faultpath import wiring
from faultpath.graph_access import GraphAccess
from tests.faultpath.conftest import eventually, set_up, settings_of
from tests.faultpath.test_slice import alertmanager, imported, wait_for


class Line:
    """The way to a real store, which can be cut: opening it fails while it is."""

    def __init__(self, path: Path) -> None:
        self.cut = True
        self.path = path

    def open(self) -> GraphStore:
        if self.cut:
            raise StoreUnavailableError("connection refused")
        return SqliteGraphStore(self.path)


@asynccontextmanager
async def kept_open(line: Line) -> AsyncIterator[GraphAccess]:
    access = GraphAccess(line.open, retry_s=0.02)
    task = asyncio.create_task(access.keep_open())
    try:
        yield access
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await access.close()


async def test_loss_and_recovery_are_said_once(tmp_path: Path) -> None:
    line = Line(tmp_path / "graph.db")
    back = asyncio.Event()
    with capture_logs() as logs:
        async with kept_open(line) as access:
            access.on_recovery.append(back.set)
            for _ in range(3):
                with pytest.raises(StoreUnavailableError):
                    await access.run(lambda store: store.revision())
            await asyncio.sleep(0.1)
            assert access.away == "connection refused"
            line.cut = False
            await asyncio.wait_for(back.wait(), 5)
            assert access.away is None
            assert await access.run(lambda store: store.revision()) == 0
    assert [entry["event"] for entry in logs] == ["graph_store_lost", "graph_store_recovered"]


async def test_a_store_away_at_start_holds_up_decisions_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(tmp_path / "graph.db")
    monkeypatch.setattr(wiring, "SqliteGraphStore", lambda _path: line.open())
    async with wiring.running(settings_of(tmp_path / "data", graph={"retry_s": 0.05})) as house:
        station = await set_up(house)
        poster = await station.bearer("intake:prom-a")
        body = alertmanager("ApplicationDown", instance="db1.example.net:9100")
        assert (await poster.post("/api/v1/intake/alertmanager", json=body)).status_code == 200
        waiting = (await wait_for(station, "/alerts"))[0]
        assert waiting["bind"]["code"] == "graph_loading"
        ready = await station.http.get("/readyz")
        assert (ready.status_code, ready.json()["away"]["graph"]) == (503, "connection refused")
        assert (await station.get("/incidents"))["items"] == []
        line.cut = False
        await eventually(lambda: station.http.get("/readyz"), lambda answer: answer.status_code == 200)
        await imported(station)
        incident = (await wait_for(station, "/incidents"))[0]
        assert incident["root"]["name"] == "db1"
