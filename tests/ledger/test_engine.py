"""The ledger's file, lock and transactions."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from ledger.engine import Ledger
from ledger.errors import LedgerError, LedgerLockedError, LedgerVersionError, NestedTransactionError
from ledger.tables import SCHEMA


def test_a_second_hub_is_kept_out_and_told_by_whom(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    owner = (
        "import sys, time; from ledger.engine import Ledger; Ledger.open(sys.argv[1]); print('open', flush=True); "
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", owner, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(LedgerLockedError, match=f"process {process.pid}"):
            Ledger.open(path)
    finally:
        process.kill()
        process.wait()
        process.stdout.close() if process.stdout else None
    Ledger.open(path).close()


def test_a_failed_transaction_leaves_nothing_and_undoes_memory(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    undone: list[str] = []

    def fail() -> None:
        with ledger.begin() as connection:
            connection.execute(insert(SCHEMA).values(version=7))
            ledger.on_rollback(lambda: undone.append("memory"))
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert undone == ["memory"]
    with ledger.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM schema_version")).scalar() == 1
    ledger.close()


def test_a_transaction_inside_a_transaction_is_an_error(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    with ledger.begin(), pytest.raises(NestedTransactionError), ledger.begin():
        pass
    ledger.close()


@pytest.mark.parametrize(
    ("version", "remedy"), [(99, "start the newer release"), (0, "start the release that wrote it")]
)
def test_a_file_of_another_schema_is_refused_and_stays_as_it_is(tmp_path: Path, version: int, remedy: str) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    with ledger.begin() as connection:
        connection.execute(text(f"UPDATE schema_version SET version = {version}"))
        connection.execute(text("DROP TABLE audit"))
    ledger.close()
    for _ in range(2):  # and the lock is given back
        with pytest.raises(LedgerVersionError, match=f"schema version {version}.*{remedy}"):
            Ledger.open(tmp_path / "ledger.db")
    with sqlite3.connect(tmp_path / "ledger.db") as file:
        assert file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit'").fetchone() == (0,)


def test_an_unknown_url_is_named() -> None:
    with pytest.raises(LedgerError, match="mysql"):
        Ledger.open("mysql://somewhere/ledger")


def test_the_writer_syncs_fully_and_logs_ahead(tmp_path: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path}/ledger.db")
    with ledger.begin() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    ledger.close()
