"""A restart reads the graph from the file beside the store, and from the store only what changed since."""

from __future__ import annotations

import stat
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from cmdb.errors import StoreUnavailableError
from cmdb.graph import sqlite
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.model import CI, ChangeSet, CiId
from faultpath.graph_file import GraphFile
from faultpath.graph_view import GraphView
from faultpath.wiring import House, running
from tests.faultpath.conftest import eventually, settings_of

T = TypeVar("T")

NAME = "graph.columns"


def put(folder: Path, *names: str, gone: tuple[CiId, ...] = ()) -> None:
    """Change the graph while no hub runs."""
    folder.mkdir(exist_ok=True)
    cis = tuple(CI(ci_id=f"01-{name}", cls="Server", name=name) for name in names)
    now = datetime.now(UTC)
    with closing(SqliteGraphStore(folder / "graph.db")) as store:
        change_set = ChangeSet(source="t", reason="t", at=now, put_cis=cis, remove_cis=gone)
        store.apply(change_set, idempotency_key=now.isoformat())


async def names_in(folder: Path) -> list[str]:
    """What a hub that is started there works with."""
    async with running(settings_of(folder)) as house:
        view = await loaded(house)
        await eventually(_now((folder / NAME).exists), bool)
        return sorted(ci.name for ci in view.columns.cis())


async def loaded(house: House) -> GraphView:
    view = await eventually(_now(lambda: house.hub.view), lambda view: view is not None)
    assert view is not None
    return view


def _now(read: Callable[[], T]) -> Callable[[], Awaitable[T]]:
    async def found() -> T:
        return read()

    return found


def _never(*_: object) -> None:
    raise StoreUnavailableError("the whole graph would be read")


async def test_a_restart_reads_what_changed_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "one", "two")
    assert await names_in(tmp_path) == ["one", "two"]
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    monkeypatch.setattr(sqlite, "read_columns", _never)
    assert await names_in(tmp_path) == ["one", "two"]
    put(tmp_path, "three", gone=("01-two",))
    assert await names_in(tmp_path) == ["one", "three"]


async def test_without_the_file_or_with_a_damaged_one_the_store_is_read(tmp_path: Path) -> None:
    put(tmp_path, "one")
    await names_in(tmp_path)
    whole = (tmp_path / NAME).read_bytes()
    for damaged in (b"", whole[:-1], whole[:200] + b"x" + whole[201:]):
        (tmp_path / NAME).write_bytes(damaged)
        assert await names_in(tmp_path) == ["one"]
    (tmp_path / NAME).unlink()
    assert await names_in(tmp_path) == ["one"]
    assert GraphFile(tmp_path / NAME).load() is not None


async def test_the_file_of_another_graph_is_not_built_upon(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    put(here, "one")
    put(there, "two")
    put(there, "three")
    await names_in(here)
    await names_in(there)
    (here / NAME).write_bytes((there / NAME).read_bytes())
    assert await names_in(here) == ["one"]


async def test_a_hub_that_cannot_write_the_file_does_without(tmp_path: Path) -> None:
    put(tmp_path, "one")
    (tmp_path / (NAME + ".new")).mkdir()
    async with running(settings_of(tmp_path)) as house:
        assert (await loaded(house)).columns.ci_count == 1
    assert not (tmp_path / NAME).exists()
