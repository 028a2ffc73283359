"""The durable inbox: a partitioned log in front of everything that comes in.

A sender is answered after its signals are committed. A consumer keeps its offset in the same transaction as the state
that it merged, so each signal takes effect exactly once. Embedded there is one partition.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from ledger.crash import boundary
from ledger.engine import Ledger
from ledger.errors import InboxFullError
from ledger.tables import METADATA, Instant

INBOX = Table(
    "inbox",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("partition", Integer, nullable=False),
    Column("source", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("authenticated", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("key", String, nullable=False),
    sqlite_autoincrement=True,  # a position is never used twice, not even after pruning
)
Index("inbox_received", INBOX.c.received_at)  # pruning must not read the whole log to find the end of the old rows
OFFSETS = Table(
    "inbox_offset",
    METADATA,
    Column("consumer", String, primary_key=True),
    Column("position", Integer, nullable=False),
)

_INSERT = insert(INBOX)
_ROW = (INBOX.c.position, INBOX.c.source, INBOX.c.kind, INBOX.c.received_at, INBOX.c.authenticated)
_AFTER = (
    select(*_ROW, INBOX.c.body)
    .where(INBOX.c.position > bindparam("after"))
    .order_by(INBOX.c.position)
    .limit(bindparam("rows"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Raw bytes from outside, before anyone understood them.

    ``source`` names the source instance (``alertmanager:prom-a``), ``kind`` the parser, ``key`` the identity from
    which the partition follows. ``authenticated`` says whether the sender proved who it is.
    """

    source: str
    kind: str
    received_at: datetime
    authenticated: bool
    body: bytes
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A signal with its place in the log."""

    position: int
    source: str
    kind: str
    received_at: datetime
    authenticated: bool
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One source instance, as the log knows it."""

    source: str
    kind: str
    messages: int
    last_received: datetime


class Inbox:
    """The log of one ledger. ``changed`` is set whenever something was appended; its reader clears it.

    ``max_waiting`` bounds the signals that wait for a commit, so memory does not grow when the disk is slow.
    """

    def __init__(self, ledger: Ledger, *, max_waiting: int = 20_000) -> None:
        self.changed = asyncio.Event()
        self._ledger = ledger
        self._max_waiting = max_waiting
        self._waiting: list[tuple[Sequence[Signal], asyncio.Future[list[int]]]] = []
        self._waiting_signals = 0
        with ledger.read() as connection:
            self._last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'inbox'")).scalar() or 0

    @property
    def last_position(self) -> int:
        """The newest position; 0 if nothing ever came in."""
        return self._last

    def append(self, signals: Sequence[Signal]) -> list[int]:
        """Commit the signals and return their positions; they are on disk when it returns.

        Raises:
            LedgerUnavailableError: nothing was kept.
        """
        if not signals:
            return []
        with self._ledger.begin() as connection:
            positions = self.append_within(connection, signals)
        boundary("after-inbox-commit")
        self.changed.set()
        return positions

    def append_within(self, connection: Connection, signals: Sequence[Signal]) -> list[int]:
        """Append as part of a transaction that does more; they count once it commits. Set ``changed`` after that."""
        first = self._last + 1  # the only writer numbers the rows itself: one executemany and no way back
        rows = [
            {
                "position": position,
                "partition": 0,
                "source": signal.source,
                "kind": signal.kind,
                "received_at": signal.received_at,
                "authenticated": signal.authenticated,
                "body": signal.body,
                "key": signal.key,
            }
            for position, signal in enumerate(signals, first)
        ]
        if rows:
            self._ledger.on_rollback(lambda: self._count_from(first - 1))
            connection.execute(_INSERT, rows)
            self._last += len(rows)
        return list(range(first, first + len(rows)))

    def _count_from(self, last: int) -> None:
        self._last = last

    async def put(self, signals: Sequence[Signal]) -> list[int]:
        """Like `append`, but all puts of one turn of the loop share one commit (and one sync of the disk).

        Raises:
            InboxFullError: too much waits already; nothing of this call was kept.
            LedgerUnavailableError: the commit failed; nothing was kept.
        """
        if not signals:
            return []
        if self._waiting_signals + len(signals) > self._max_waiting:
            raise InboxFullError(retry_after_s=1.0)
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit_waiting)
        future: asyncio.Future[list[int]] = loop.create_future()
        self._waiting.append((signals, future))
        self._waiting_signals += len(signals)
        return await future

    def _commit_waiting(self) -> None:
        waiting, self._waiting, self._waiting_signals = self._waiting, [], 0
        try:
            positions = self.append([signal for signals, _ in waiting for signal in signals])
        except Exception as error:  # noqa: BLE001  # every sender is told, whatever it is: nobody waits for ever
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        start = 0
        for signals, future in waiting:
            if not future.done():  # a sender that hung up is kept all the same
                future.set_result(positions[start : start + len(signals)])
            start += len(signals)

    def read(self, after: int, limit: int, max_bytes: int | None = None) -> list[InboxRow]:
        """Up to ``limit`` rows behind position ``after``, oldest first; none is read once they hold ``max_bytes``."""
        found: list[InboxRow] = []
        size = 0
        with self._ledger.read() as connection, connection.execute(_AFTER, {"after": after, "rows": limit}) as rows:
            for row in rows:
                found.append(_row(row))
                size += len(row.body)
                if max_bytes is not None and size >= max_bytes:
                    break
        return found

    def heard(self, after: int) -> list[Heard]:
        """Who is heard of behind position ``after``, by name."""
        columns = (INBOX.c.source, INBOX.c.kind, func.count(), func.max(INBOX.c.received_at))
        statement = select(*columns).where(INBOX.c.position > after).group_by(INBOX.c.source, INBOX.c.kind)
        with self._ledger.read() as connection:
            found = connection.execute(statement.order_by(INBOX.c.source)).all()
        return [Heard(source=row[0], kind=row[1], messages=row[2], last_received=row[3]) for row in found]

    def offset(self, consumer: str) -> int:
        """The position up to which a consumer has merged everything; 0 for a new one."""
        with self._ledger.read() as connection:
            return connection.execute(select(OFFSETS.c.position).where(OFFSETS.c.consumer == consumer)).scalar() or 0

    def set_offset(self, connection: Connection, consumer: str, position: int) -> None:
        """Move a consumer's offset inside of the transaction that writes what it merged."""
        statement = upsert(OFFSETS).values(consumer=consumer, position=position)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["consumer"], set_={"position": statement.excluded.position})
        )

    def prune(
        self, connection: Connection, *, up_to: int, before: datetime, limit: int = 1_000, max_bytes: int = 4_000_000
    ) -> int:
        """Delete rows that every consumer has passed and that were received before a time; how many.

        No more than ``limit`` rows, and none once the bodies hold ``max_bytes``: some 10 ms. Repeat it until none is
        left, with turns of the loop between.
        """
        columns = (INBOX.c.position, func.length(INBOX.c.body))
        old = select(*columns).where(INBOX.c.received_at < before, INBOX.c.position <= up_to)
        positions: list[int] = []
        size = 0
        for position, length in connection.execute(old.order_by(INBOX.c.received_at).limit(limit)):
            positions.append(position)
            size += length
            if size >= max_bytes:
                break
        return connection.execute(delete(INBOX).where(INBOX.c.position.in_(positions))).rowcount


def rows_at(connection: Connection, positions: Collection[int], *, cut_at: int | None = None) -> Mapping[int, InboxRow]:
    """The rows at these positions, in order, without those that were pruned; bodies cut at so many bytes."""
    body = INBOX.c.body if cut_at is None else func.substr(INBOX.c.body, 1, cut_at).label("body")
    statement = select(*_ROW, body).where(INBOX.c.position.in_(positions)).order_by(INBOX.c.position)
    return {row[0]: _row(row) for row in connection.execute(statement)}


def _row(row: Row[*tuple[Any, ...]]) -> InboxRow:
    return InboxRow(position=row[0], source=row[1], kind=row[2], received_at=row[3], authenticated=row[4], body=row[5])
