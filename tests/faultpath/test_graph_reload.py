"""The hub works with what the store holds, whatever went wrong when it was to be loaded."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from alerting.store import AlertChange
from cmdb.columns.columns import Columns
from cmdb.errors import StoreUnavailableError
from cmdb.store import GraphStore
from faultpath import graph_access
from faultpath.hub import Graph
from faultpath.wiring import running
from ledger.errors import LedgerUnavailableError
from tests.faultpath.conftest import MODEL, Station, eventually, set_up, settings_of
from tests.faultpath.test_slice import imported


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_access, "LOOK_S", 0.05)


async def revision_is(station: Station, wanted: int) -> None:
    await eventually(lambda: station.get("/graph/revision"), lambda found: found["revision"] == wanted)


async def test_a_graph_that_the_ledger_kept_from_being_loaded_is_loaded_later(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await revision_is(station, 0)
    book = station.house.hub.book
    real, refusals = book.rebind, iter(range(2))

    def rebind(*args: object) -> list[AlertChange]:
        if next(refusals, None) is not None:
            raise LedgerUnavailableError("the disk is full")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(book, "rebind", rebind)
    answer = await station.http.post("/api/v1/import", content=MODEL.read_bytes())
    assert answer.status_code == 503
    await revision_is(station, 1)
    assert len((await station.get("/cis"))["items"]) == 8


def _being_restored() -> GraphStore:
    raise StoreUnavailableError("it is being restored")


async def test_a_restored_store_is_loaded_though_its_revision_is_lower(tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    async with running(settings_of(tmp_path / "data", graph={"retry_s": 0.05})) as house:
        station = await set_up(house)
        await imported(station)
        with closing(sqlite3.connect(tmp_path / "data/graph.db")) as db, closing(sqlite3.connect(backup)) as copy:
            db.backup(copy)
        less = MODEL.read_text().replace("name: CRM desk", "name: CRM counter")
        assert (await station.http.post("/api/v1/import", content=less.encode())).json()["revision"] == 2
        await revision_is(station, 2)
        access = house.state.graph
        opener = access._open_store
        access._open_store = _being_restored
        await access.close()
        shutil.copy(backup, tmp_path / "data/graph.db")
        access._open_store = opener
        await revision_is(station, 1)
        assert [ci["name"] for ci in (await station.get("/cis", query="CRM desk"))["items"]] == ["CRM desk"]


async def test_an_older_graph_does_not_come_after_a_newer_one(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first revision takes long to compile, and the second is there before it is done."""
    await revision_is(station, 0)
    monkeypatch.setattr(graph_access, "LOOK_S", 60)  # nobody sets right what goes wrong
    hub = station.house.hub
    real = hub._compile

    def compile_slowly(columns: Columns, before: Graph | None) -> Graph:
        time.sleep(1.0 if columns.revision == 1 else 0.0)
        return real(columns, before)

    monkeypatch.setattr(hub, "_compile", compile_slowly)
    model = MODEL.read_bytes()
    first = asyncio.create_task(station.http.post("/api/v1/import", content=model))
    await eventually(lambda: station.get("/graph/revision"), lambda found: found["stored"] == 1)
    second = station.http.post("/api/v1/import", content=model.replace(b"name: CRM desk", b"name: CRM counter"))
    answers = await asyncio.gather(first, second)
    assert [answer.json()["revision"] for answer in answers] == [1, 2]
    assert hub.view is not None
    assert hub.view.revision == 2
