"""What keeps a hub from starting is one line that says what to do, never a traceback; what is merely away does not."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from cmdb.errors import StoreSchemaError, StoreUnavailableError
from cmdb.graph.sqlite import SqliteGraphStore
from faultpath import wiring
from faultpath.errors import SettingsError
from faultpath.graph_access import GraphAccess
from faultpath.settings import ENV_PREFIX
from tests.faultpath.conftest import settings_of

ROOT = Path(__file__).parents[2]


def serve(folder: Path, settings: dict[str, object]) -> str:
    """The one line of a hub that does not start; ``folder`` is where it runs."""
    file = folder / "hub.yaml"
    file.write_text(yaml.safe_dump({"data_dir": "data", "http": {"port": 0}} | settings))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    command = [sys.executable, "-m", "faultpath.cli.main", "serve", "--config", str(file)]
    environ = clean | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    *before, last = done.stderr.splitlines()
    assert all(line.startswith("20") for line in before), done.stderr  # the log of what went well
    return last


def a_file(folder: Path) -> None:
    (folder / "data").write_text("here is a file already")


def of_another_program(folder: Path) -> None:
    (folder / "data").mkdir()
    with sqlite3.connect(folder / "data/graph.db") as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")


def no_database(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/graph.db").write_text("hello " * 100)


def newer(folder: Path) -> None:
    (folder / "data").mkdir()
    SqliteGraphStore(folder / "data/graph.db").close()
    with sqlite3.connect(folder / "data/graph.db") as db:
        db.execute("PRAGMA user_version=99")


def broken_engine_id(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/snmp-engine-id").write_text("80001f88 xyz\n")


def nothing(_folder: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "settings", "line"),
    [
        (a_file, {}, "setting data_dir (FAULTPATH_DATA_DIR): {}/data cannot be made a folder: File exists"),
        (a_file, {"data_dir": "data/deeper"}, "{}/data/deeper cannot be made a folder: Not a directory"),
        (nothing, {"console": {"dist": "gone"}}, "setting console.dist (FAULTPATH_CONSOLE__DIST): gone holds no index"),
        (nothing, {"ledger": {"url": "sqlite:////proc/nowhere/ledger.db"}}, "/proc/nowhere: No such file or directory"),
        (nothing, {"secrets": {"key_file": "/proc/nowhere"}}, "/proc/nowhere: No such file or directory"),
        (of_another_program, {}, "{}/data/graph.db is a database of another program; name another file"),
        (no_database, {}, "the graph file is not a database of ours; name another file"),
        (newer, {}, "{}/data/graph.db was written by a newer version (schema 99); update the hub"),
        (broken_engine_id, {}, "{}/data/snmp-engine-id holds no engine id; put it back from a backup, or remove it"),
        (
            nothing,
            {"graph": {"password": "x", "url": "bolt://127.0.0.1:9?x=1"}},
            "the URL of the graph is none that its driver",
        ),
    ],
)
def test_what_keeps_a_hub_from_starting_is_one_line(
    tmp_path: Path, prepare: Callable[[Path], None], settings: dict[str, object], line: str
) -> None:
    prepare(tmp_path)
    assert line.format(tmp_path) in serve(tmp_path, settings)


def test_two_hubs_do_not_share_a_graph(tmp_path: Path) -> None:
    other = SqliteGraphStore(tmp_path / "graph.db")
    said = serve(tmp_path, {"graph": {"url": f"sqlite:///{tmp_path}/graph.db"}})
    other.close()
    assert said.startswith(f"{tmp_path}/graph.db is in use by another hub (process {os.getpid()}); stop that hub")


async def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # tests may run as root, who may write everywhere
    with pytest.raises(SettingsError, match=r"setting data_dir .*data cannot be written to"):
        async with wiring.running(settings_of(tmp_path / "data")):
            pytest.fail("it must not start")


class Newer:
    """A store that is away at first, and of a newer schema when it is back."""

    def __init__(self) -> None:
        self.away = True

    def revision(self) -> int:
        if self.away:
            raise StoreUnavailableError("connection refused")
        raise StoreSchemaError("the graph has schema 9, newer than ours; update the hub")

    def close(self) -> None:
        pass


async def test_a_server_of_a_newer_schema_ends_the_start_and_later_counts_as_away() -> None:
    store = Newer()
    access = GraphAccess(lambda: store, retry_s=1)  # type: ignore[arg-type,return-value]
    await access.look_first(5)
    assert access.away == "connection refused"
    store.away = False
    with pytest.raises(StoreUnavailableError, match="schema 9"):
        await access.run(lambda store: store.revision())
    assert access.away == "the graph has schema 9, newer than ours; update the hub"
    with pytest.raises(StoreSchemaError):
        await access.look_first(5)


async def test_a_slow_server_does_not_hold_up_the_start() -> None:
    store = Newer()
    answers = threading.Event()
    store.revision = lambda: answers.wait(10)  # type: ignore[method-assign]
    access = GraphAccess(lambda: store, retry_s=1)  # type: ignore[arg-type,return-value]
    await access.look_first(0.05)
    assert not answers.is_set()
    answers.set()
