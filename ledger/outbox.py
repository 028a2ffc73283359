"""The outbox: what must go out, decided in the same transaction as its cause and delivered at least once.

Its key (incident, stakeholder, channel, happening, sequence) is unique, so one decision is one row however often it is
repeated. A row that was being sent when the process died is sent again, marked "possibly repeated", with the same
Message-ID. All functions take the connection of a transaction, so that they join it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    and_,
    func,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from ledger.tables import METADATA, Instant, Json


class OutboxState(Enum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"  # the other side will never take it
    HELD = "held"  # waits for a person's consent
    SUPERSEDED = "superseded"  # overtaken before it went out


OUTBOX = Table(
    "outbox",
    METADATA,
    Column("incident_id", String, primary_key=True),
    Column("stakeholder", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("happening", String, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("message_id", String, nullable=False),
    Column("payload", Json, nullable=False),
    Column("possibly_repeated", Boolean, nullable=False),
    Column("last_error", String),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
)
Index("outbox_due", OUTBOX.c.state, OUTBOX.c.next_attempt_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxKey:
    """What makes a message one message."""

    incident_id: str
    stakeholder: str
    channel: str
    happening: str
    sequence: int

    @property
    def digest(self) -> str:
        """32 hex digits that follow from the key alone; the left part of a Message-ID, or an Idempotency-Key."""
        parts = (self.incident_id, self.stakeholder, self.channel, self.happening, str(self.sequence))
        return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One row. ``attempts`` counts those that were begun; ``payload`` is what the channel needs, as JSON values."""

    key: OutboxKey
    state: OutboxState
    attempts: int
    next_attempt_at: datetime
    message_id: str
    payload: Mapping[str, Any]
    possibly_repeated: bool
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


def enqueue(
    connection: Connection,
    key: OutboxKey,
    payload: Mapping[str, Any],
    *,
    message_id: str,
    now: datetime,
    not_before: datetime | None = None,
    held: bool = False,
) -> bool:
    """Decide one message. Returns False, and changes nothing, if this key was decided before."""
    statement = upsert(OUTBOX).values(
        incident_id=key.incident_id,
        stakeholder=key.stakeholder,
        channel=key.channel,
        happening=key.happening,
        sequence=key.sequence,
        state=(OutboxState.HELD if held else OutboxState.WAITING).value,
        attempts=0,
        next_attempt_at=not_before or now,
        message_id=message_id,
        payload=dict(payload),
        possibly_repeated=False,
        created_at=now,
    )
    return connection.execute(statement.on_conflict_do_nothing()).rowcount == 1


def of_incident(connection: Connection, incident_id: str) -> Sequence[OutboxEntry]:
    """All messages of an incident, oldest first."""
    statement = select(OUTBOX).where(OUTBOX.c.incident_id == incident_id).order_by(OUTBOX.c.created_at)
    return [_entry(row) for row in connection.execute(statement)]


def get(connection: Connection, key: OutboxKey) -> OutboxEntry | None:
    row = connection.execute(select(OUTBOX).where(_is(key))).first()
    return None if row is None else _entry(row)


def counts(connection: Connection) -> Mapping[OutboxState, int]:
    """How many messages are in each state."""
    found = connection.execute(select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state))
    return {OutboxState(state): number for state, number in found}


def begin_sending(connection: Connection, key: OutboxKey) -> bool:
    """Waiting → sending, one attempt more. Commit it before the send. False if it no longer waits."""
    return _move(
        connection,
        key,
        {OutboxState.WAITING},
        state=OutboxState.SENDING.value,
        attempts=OUTBOX.c.attempts + 1,
    )


def mark_sent(connection: Connection, key: OutboxKey, *, now: datetime) -> bool:
    """Sending → sent: the other side took it."""
    return _move(connection, key, {OutboxState.SENDING}, state=OutboxState.SENT.value, sent_at=now, last_error=None)


def retry_at(
    connection: Connection, key: OutboxKey, when: datetime, *, error: str, possibly_repeated: bool = False
) -> bool:
    """Sending → waiting until ``when``. ``possibly_repeated``: nobody knows whether the other side took it."""
    repeated = {"possibly_repeated": True} if possibly_repeated else {}
    return _move(
        connection,
        key,
        {OutboxState.SENDING},
        state=OutboxState.WAITING.value,
        next_attempt_at=when,
        last_error=error,
        **repeated,
    )


def refuse(connection: Connection, key: OutboxKey, *, error: str) -> bool:
    """Sending or waiting → refused: the other side will never take it; ``error`` says why."""
    return _move(
        connection, key, {OutboxState.SENDING, OutboxState.WAITING}, state=OutboxState.REFUSED.value, last_error=error
    )


def release(connection: Connection, key: OutboxKey, *, now: datetime) -> bool:
    """Held → waiting: a person agreed."""
    return _move(connection, key, {OutboxState.HELD}, state=OutboxState.WAITING.value, next_attempt_at=now)


def supersede(connection: Connection, key: OutboxKey, *, why: str) -> bool:
    """Waiting or held → superseded: it was overtaken before it went out."""
    return _move(
        connection, key, {OutboxState.WAITING, OutboxState.HELD}, state=OutboxState.SUPERSEDED.value, last_error=why
    )


def recover(connection: Connection, *, now: datetime) -> int:
    """After a crash: what was being sent waits again, marked possibly repeated. Returns how many."""
    statement = (
        update(OUTBOX)
        .where(OUTBOX.c.state == OutboxState.SENDING.value)
        .values(state=OutboxState.WAITING.value, next_attempt_at=now, possibly_repeated=True)
    )
    return connection.execute(statement).rowcount


def _move(connection: Connection, key: OutboxKey, allowed: set[OutboxState], **values: Any) -> bool:
    within = OUTBOX.c.state.in_([state.value for state in allowed])
    return connection.execute(update(OUTBOX).where(_is(key), within).values(**values)).rowcount == 1


def _is(key: OutboxKey) -> ColumnElement[bool]:
    return and_(
        OUTBOX.c.incident_id == key.incident_id,
        OUTBOX.c.stakeholder == key.stakeholder,
        OUTBOX.c.channel == key.channel,
        OUTBOX.c.happening == key.happening,
        OUTBOX.c.sequence == key.sequence,
    )


def _entry(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(
        key=OutboxKey(
            incident_id=row.incident_id,
            stakeholder=row.stakeholder,
            channel=row.channel,
            happening=row.happening,
            sequence=row.sequence,
        ),
        state=OutboxState(row.state),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        message_id=row.message_id,
        payload=row.payload,
        possibly_repeated=row.possibly_repeated,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
