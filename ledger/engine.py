"""The embedded ledger: one SQLite file in WAL mode, one writing connection, ``synchronous=FULL``.

SQLite before 3.51.3 has a WAL bug with several writing connections, so there is exactly one. Readers have their own
connections and see the last commit. A lock file beside the database keeps a second hub out.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from ledger.errors import (
    LedgerError,
    LedgerLockedError,
    LedgerUnavailableError,
    LedgerVersionError,
    NestedTransactionError,
)
from ledger.tables import METADATA, SCHEMA, SCHEMA_VERSION

_SQLITE_URL = "sqlite:///"
_READERS = 4


class Ledger:
    """What happened: inbox, alerts, incidents, outbox, audit. Domains declare their tables on `ledger.tables.METADATA`.

    Import every module that declares tables before `open`, which creates what is missing.
    """

    def __init__(self, path: Path, lock: FileLock, writer: Engine, readers: Engine) -> None:
        self.path = path
        self._lock = lock
        self._writer = writer
        self._readers = readers
        self._connection: Connection | None = None
        self._on_rollback: list[Callable[[], None]] = []

    @classmethod
    def open(cls, path_or_url: str | Path) -> Self:
        """Open or create the ledger at a path or a ``sqlite:///…`` URL.

        Raises:
            LedgerLockedError: another hub has it open.
            LedgerVersionError: a release with another schema wrote it.
            LedgerUnavailableError: the file cannot be opened.
            LedgerError: the URL names another kind of database.
        """
        path = _path_of(path_or_url)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock.take(path.with_name(path.name + ".lock"))
        try:
            ledger = cls(path, lock, _engine(path, write=True), _engine(path, write=False))
            ledger._prepare()
        except BaseException:
            lock.release()
            raise
        return ledger

    def _prepare(self) -> None:
        with self.begin() as connection:
            METADATA.create_all(connection)
            found = connection.execute(select(SCHEMA.c.version)).scalar()
            if found is None:
                connection.execute(insert(SCHEMA).values(version=SCHEMA_VERSION))
            elif found != SCHEMA_VERSION:  # the first schema: there is none to bring up to date yet
                remedy = "start the newer release" if found > SCHEMA_VERSION else "start the release that wrote it"
                raise LedgerVersionError(
                    f"{self.path} has schema version {found}, this release knows {SCHEMA_VERSION} alone; {remedy}"
                )

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction (``BEGIN IMMEDIATE``): commits, durably, on leaving, rolls back on an exception.

        Never await inside of it: the inbox commits on the same connection in other turns of the loop.

        Raises:
            NestedTransactionError: a write transaction is already open.
            LedgerUnavailableError: the disk or the database refused; nothing was kept.
        """
        if self._connection is not None:
            raise NestedTransactionError("a write transaction is already open; pass its connection on instead")
        try:
            with self._writer.begin() as connection:
                self._connection = connection
                yield connection
        except DBAPIError as error:
            self._undo()
            raise LedgerUnavailableError(f"{self.path}: {error.orig}") from error
        except BaseException:
            self._undo()
            raise
        finally:
            self._connection = None
            self._on_rollback.clear()

    def on_rollback(self, undo: Callable[[], None]) -> None:
        """Have ``undo`` called if the open write transaction is rolled back; for memory that mirrors rows."""
        if self._connection is None:
            raise LedgerError("no write transaction is open")
        self._on_rollback.append(undo)

    def _undo(self) -> None:
        for undo in reversed(self._on_rollback):
            undo()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read connection on the last commit; it sees nothing of an open write transaction. Usable from any thread.

        Raises:
            LedgerUnavailableError: the database refused.
        """
        try:
            with self._readers.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise LedgerUnavailableError(f"{self.path}: {error.orig}") from error

    def close(self) -> None:
        """Close all connections and let another hub in."""
        self._readers.dispose()
        self._writer.dispose()
        self._lock.release()


class FileLock:
    """An advisory lock (flock) on a file that holds the owner's process id; the system frees it when the owner dies."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> Self:
        """Lock or raise at once.

        Raises:
            LedgerLockedError: somebody else has it.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise LedgerLockedError(
                f"{path.with_suffix('')} is in use by another hub (process {owner}); "
                "stop that hub or choose another data directory"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        os.close(self._descriptor)


def _path_of(path_or_url: str | Path) -> Path:
    text = str(path_or_url)
    if text.startswith(_SQLITE_URL):
        return Path(text.removeprefix(_SQLITE_URL)).absolute()
    if "://" in text:
        raise LedgerError(
            f"{text.partition('://')[0]}:// is not a ledger this release knows; give a path or sqlite:///path"
        )
    return Path(text).absolute()


def _engine(path: Path, *, write: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        if write:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute("PRAGMA query_only=ON")
        return connection

    if not write:
        return create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=_READERS)
    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def _begin_immediate(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
