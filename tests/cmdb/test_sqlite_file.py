"""The embedded store's file: what survives, what is refused, who waits for whom."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmdb.errors import StoreLockedError, StoreSchemaError, StoreUnavailableError
from cmdb.graph.sqlite import SqliteGraphStore, _observations
from cmdb.model import CI, ChangeSet
from tests.cmdb.kit import NOON

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteGraphStore]:
    store = SqliteGraphStore(path)
    yield store
    store.close()


def change_set(*names: str) -> ChangeSet:
    cis = tuple(CI(ci_id=name, cls="Server", name=name) for name in names)
    return ChangeSet(source="manual", reason="test", at=NOON, put_cis=cis)


def test_a_commit_survives_power_loss(store: SqliteGraphStore) -> None:
    full = 2
    assert store._writer.execute("PRAGMA synchronous").fetchone() == (full,)
    assert store._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_was_applied_is_there_after_a_restart(path: Path) -> None:
    first = SqliteGraphStore(path)
    first.apply(change_set("a"), idempotency_key="1")
    first.close()
    again = SqliteGraphStore(path)
    assert (again.revision(), again.apply(change_set("b"), idempotency_key="1")) == (1, 1)
    again.close()


def test_a_kill_in_the_middle_leaves_whole_revisions_only(path: Path) -> None:
    """A writer is killed while it applies change sets of 200 CIs; each that it reported is whole, no other is half."""
    script = f"""
import pathlib
from tests.cmdb.test_sqlite_file import SqliteGraphStore, change_set
store = SqliteGraphStore(pathlib.Path({str(path)!r}))
for number in range(1000):
    names = [f"{{number}}-{{each}}" for each in range(200)]
    print(store.apply(change_set(*names), idempotency_key=str(number)), flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        reported = [int(writer.stdout.readline()) for _ in range(5)]
        os.kill(writer.pid, signal.SIGKILL)
        reported += [int(line) for line in writer.stdout]
    store = SqliteGraphStore(path)
    assert store.revision() >= reported[-1] >= 5
    assert len(store.snapshot().cis) == 200 * store.revision()
    store.close()


def test_a_long_write_does_not_hold_up_a_reader(store: SqliteGraphStore) -> None:
    store.apply(change_set("a"), idempotency_key="1")
    with store._writing:
        store._writer.execute("BEGIN IMMEDIATE")
        store._writer.execute("UPDATE ci SET name='half written'")
        seen: list[str] = []
        reader = threading.Thread(target=lambda: seen.extend(ci.name for ci in store.snapshot().cis))
        reader.start()
        reader.join(timeout=5)
        store._writer.execute("ROLLBACK")
    assert seen == ["a"]


def test_the_observations_of_one_ci_are_found_by_their_index(store: SqliteGraphStore) -> None:
    query = f"EXPLAIN QUERY PLAN {_observations(['ci_id'])}"
    plan = [row[3] for row in store._reader.execute(query, {"ci_id": "a"})]
    assert plan == ["SEARCH observation USING INDEX observation_ci (ci_id=?)"]


def test_a_file_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StoreSchemaError, match="another program"):
        SqliteGraphStore(path)
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    SqliteGraphStore(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(StoreSchemaError, match="newer version"):
        SqliteGraphStore(path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_text("hello " * 100)
    with pytest.raises(StoreSchemaError, match="not a database"):
        SqliteGraphStore(path)
    assert path.read_text() == "hello " * 100


def test_a_second_hub_is_kept_out_until_the_first_is_done(path: Path) -> None:
    first = SqliteGraphStore(path)
    with pytest.raises(StoreLockedError, match=rf"graph\.db is in use by another hub \(process {os.getpid()}\)"):
        SqliteGraphStore(path)
    first.close()
    SqliteGraphStore(path).close()


def test_a_file_that_is_refused_is_let_go_of(path: Path) -> None:
    path.write_text("hello " * 100)
    with pytest.raises(StoreSchemaError):
        SqliteGraphStore(path)
    path.unlink()
    SqliteGraphStore(path).close()


def test_a_folder_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="cannot be opened: No such file"):
        SqliteGraphStore(tmp_path / "nowhere" / "graph.db")
