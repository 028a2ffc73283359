"""What could not be used: quarantined items and rejected bodies. Kept, listed, counted, and replayed on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from alerting.intake.parsed import Parsed
from alerting.tables import SET_ASIDE
from impact.model import Reason
from ledger.inbox import Inbox, InboxRow, Signal

_REPLAY_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One item or body. ``state``: ``quarantined`` (not mapped, not allowed) or ``rejected`` (could not be read)."""

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
    found = [("quarantined", one.index, one.reason, one.raw) for one in parsed.quarantined]
    if parsed.rejected is not None:
        found.append(("rejected", 0, parsed.rejected, row.body))
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
            "signal": row.body,
            "authenticated": int(row.authenticated),
            "received_at": row.received_at,
        }
        for state, item, reason, raw in found
    ]
    connection.execute(insert(SET_ASIDE), rows)
    return len(rows)


def page(
    connection: Connection, *, before: int | None = None, limit: int = 100, reason: str | None = None
) -> Sequence[SetAside]:
    """Newest first, those with a number below ``before``."""
    statement = select(SET_ASIDE).order_by(SET_ASIDE.c.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(SET_ASIDE.c.number < before)
    if reason is not None:
        statement = statement.where(SET_ASIDE.c.reason == reason)
    return [_of(row) for row in connection.execute(statement)]


def counts(connection: Connection) -> Mapping[tuple[str, str], int]:
    """How many wait, by (state, reason code)."""
    waiting = SET_ASIDE.c.replayed_at.is_(None)
    statement = select(SET_ASIDE.c.state, SET_ASIDE.c.reason, func.count()).where(waiting)
    found = connection.execute(statement.group_by(SET_ASIDE.c.state, SET_ASIDE.c.reason))
    return {(state, reason): number for state, reason, number in found}


def replay(
    connection: Connection, inbox: Inbox, *, now: datetime, reason: str | None = None, numbers: Sequence[int] = ()
) -> int:
    """Put what waits back into the inbox, by reason code or by number, in the caller's transaction; how many signals.

    What is still not usable is set aside again. Set ``inbox.changed`` after the commit.
    """
    return len(inbox.append_within(connection, signals_to_replay(connection, now=now, reason=reason, numbers=numbers)))


def signals_to_replay(
    connection: Connection, *, now: datetime, reason: str | None = None, numbers: Sequence[int] = ()
) -> list[Signal]:
    """Take what waits, by reason code or by number, and mark it as replayed; at most 5,000 at once.

    A body of which several items were set aside comes back once. Rather use `replay`, which loses nothing in a crash.
    """
    chosen = SET_ASIDE.c.number.in_(numbers) if numbers else SET_ASIDE.c.replayed_at.is_(None)
    statement = select(SET_ASIDE).where(chosen).order_by(SET_ASIDE.c.number).limit(_REPLAY_AT_ONCE)
    if reason is not None:
        statement = statement.where(SET_ASIDE.c.reason == reason)
    rows = connection.execute(statement).all()
    taken = SET_ASIDE.c.number.in_([row.number for row in rows])
    connection.execute(update(SET_ASIDE).where(taken).values(replayed_at=now))
    bodies = {row.position: row for row in rows}
    return [
        Signal(
            source=row.source,
            kind=row.kind,
            received_at=row.received_at,
            authenticated=bool(row.authenticated),
            body=row.signal,
        )
        for row in bodies.values()
    ]


def _of(row: Row[Any]) -> SetAside:
    return SetAside(
        number=row.number,
        state=row.state,
        position=row.position,
        item=row.item,
        source=row.source,
        kind=row.kind,
        reason=Reason(code=row.reason, args=row.args),
        raw=row.raw,
        received_at=row.received_at,
        replayed_at=row.replayed_at,
    )
