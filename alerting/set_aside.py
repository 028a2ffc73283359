"""What could not be used: quarantined items and rejected bodies. Listed, counted, and replayed on request.

The body stays where it is, in the inbox: an item refers to it by its position, however many items of it were set aside.
So what was set aside is kept as long as what was merged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, Row, String, Table, delete, func, insert, select
from sqlalchemy import update as update_of

from alerting.intake.parsed import Parsed
from impact.model import Reason
from ledger.inbox import Inbox, InboxRow, Signal, rows_at
from ledger.tables import METADATA, Instant, Json

SET_ASIDE = Table(
    "set_aside",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("state", String, nullable=False),  # quarantined, rejected
    Column("position", Integer, nullable=False),  # of the inbox row with the body
    Column("item", Integer, nullable=False),
    Column("source", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("args", Json, nullable=False),
    Column("raw", LargeBinary),  # absent: the whole body
    Column("received_at", Instant, nullable=False),
    Column("replayed_at", Instant),
    sqlite_autoincrement=True,
)
_WAITS = SET_ASIDE.c.replayed_at.is_(None)
Index(
    "set_aside_waiting",
    *(SET_ASIDE.c.state, SET_ASIDE.c.reason, SET_ASIDE.c.source),
    SET_ASIDE.c.replayed_at,  # for SQLite, which looks into the table for it although it is always NULL here
    sqlite_where=_WAITS,
)
Index("set_aside_reason", SET_ASIDE.c.reason, SET_ASIDE.c.number)
Index("set_aside_position", SET_ASIDE.c.position)
Index("set_aside_received", SET_ASIDE.c.received_at)

SHOWN_BYTES = 80_000
_REPLAY_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One item or body. ``state``: ``quarantined`` (not mapped, not allowed) or ``rejected`` (could not be read).

    ``raw`` is cut at 80,000 bytes.
    """

    number: int
    state: str
    position: int
    item: int
    source: str
    kind: str
    reason: Reason
    raw: bytes
    received_at: datetime
    replayed_at: datetime | None


def keep(connection: Connection, row: InboxRow, parsed: Parsed) -> int:
    """Keep what the parser set aside, inside of the transaction that moves the offset; how many rows."""
    alone = _alone(row.body, [one.raw for one in parsed.quarantined])
    found = [("quarantined", one.index, one.reason, raw) for one, raw in zip(parsed.quarantined, alone, strict=True)]
    if parsed.rejected is not None:
        found.append(("rejected", 0, parsed.rejected, None))
    if not found:
        return 0
    rows = [
        {
            "state": state,
            "position": row.position,
            "item": item,
            "source": row.source,
            "kind": row.kind,
            "reason": reason.code,
            "args": dict(reason.args),
            "raw": raw,
            "received_at": row.received_at,
        }
        for state, item, reason, raw in found
    ]
    connection.execute(insert(SET_ASIDE), rows)
    return len(rows)


def _alone(body: bytes, raws: Sequence[bytes]) -> list[bytes | None]:
    """The items' own texts, which together never outweigh the body; the others are shown by the body itself.

    An item may be as long as the body, or longer: what a body says of all of its items stands in each.
    """
    kept: list[bytes | None] = []
    left = len(body)
    for raw in raws:
        fits = len(raw) < left
        kept.append(raw if fits else None)
        left -= len(raw) if fits else 0
    return kept


def page(
    connection: Connection, *, before: int | None = None, limit: int = 100, reason: str | None = None
) -> Sequence[SetAside]:
    """Newest first, those with a number below ``before``."""
    shown = func.substr(SET_ASIDE.c.raw, 1, SHOWN_BYTES).label("shown")
    others = [column for column in SET_ASIDE.c if column is not SET_ASIDE.c.raw]
    statement = select(*others, shown).order_by(SET_ASIDE.c.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(SET_ASIDE.c.number < before)
    if reason is not None:
        statement = statement.where(SET_ASIDE.c.reason == reason)
    rows = connection.execute(statement).all()
    whole = rows_at(connection, {row.position for row in rows if row.shown is None}, cut_at=SHOWN_BYTES)
    return [_of(row, whole) for row in rows]


def counts(connection: Connection) -> Mapping[tuple[str, str], int]:
    """How many wait, by (state, reason code)."""
    statement = select(SET_ASIDE.c.state, SET_ASIDE.c.reason, func.count()).where(_WAITS)
    found = connection.execute(statement.group_by(SET_ASIDE.c.state, SET_ASIDE.c.reason))
    return {(state, reason): number for state, reason, number in found}


def counts_by_source(connection: Connection) -> Mapping[str, int]:
    """How many wait, by source instance."""
    statement = select(SET_ASIDE.c.source, func.count()).where(_WAITS).group_by(SET_ASIDE.c.source)
    return {row[0]: row[1] for row in connection.execute(statement)}


def replay(
    connection: Connection, inbox: Inbox, *, now: datetime, reason: str | None = None, numbers: Sequence[int] = ()
) -> int:
    """Put what waits back into the inbox, by reason code or by number, in the caller's transaction; how many signals.

    At most 5,000 items at once. A body comes back whole and once, so all of its items count as replayed; what is still
    not usable is set aside again. Set ``inbox.changed`` after the commit.
    """
    chosen = SET_ASIDE.c.number.in_(numbers) if numbers else _WAITS
    statement = select(SET_ASIDE.c.position).where(chosen).order_by(SET_ASIDE.c.number).limit(_REPLAY_AT_ONCE)
    if reason is not None:
        statement = statement.where(SET_ASIDE.c.reason == reason)
    positions = set(connection.execute(statement).scalars())
    connection.execute(update_of(SET_ASIDE).where(SET_ASIDE.c.position.in_(positions)).values(replayed_at=now))
    bodies = rows_at(connection, positions).values()
    return len(inbox.append_within(connection, [_signal_of(row) for row in bodies]))


def prune(connection: Connection, *, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` items that were received before a time; how many.

    Repeat it until none is left, and only then let the inbox forget their bodies.
    """
    old = select(SET_ASIDE.c.number).where(SET_ASIDE.c.received_at < before).limit(limit)
    return connection.execute(delete(SET_ASIDE).where(SET_ASIDE.c.number.in_(old.scalar_subquery()))).rowcount


def _signal_of(row: InboxRow) -> Signal:
    return Signal(
        source=row.source,
        kind=row.kind,
        received_at=row.received_at,
        authenticated=row.authenticated,
        body=row.body,
    )


def _of(row: Row[*tuple[Any, ...]], whole: Mapping[int, InboxRow]) -> SetAside:
    return SetAside(
        number=row.number,
        state=row.state,
        position=row.position,
        item=row.item,
        source=row.source,
        kind=row.kind,
        reason=Reason(code=row.reason, args=row.args),
        raw=whole[row.position].body if row.shown is None else row.shown,
        received_at=row.received_at,
        replayed_at=row.replayed_at,
    )
