"""Which message goes next: due, and first in line for its person. An end never overtakes its opening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, select

from ledger.outbox import OUTBOX, OutboxKey, OutboxState
from ticket_bridge.incidents.store import TIMELINE

_EARLIER = OUTBOX.alias("earlier")


def _first_in_line() -> ColumnElement[bool]:
    """Waiting, with nothing older unsent to the same person about the same incident over the same channel."""
    unsent = (OutboxState.WAITING.value, OutboxState.SENDING.value)
    older = exists().where(
        _EARLIER.c.incident_id == OUTBOX.c.incident_id,
        _EARLIER.c.stakeholder == OUTBOX.c.stakeholder,
        _EARLIER.c.channel == OUTBOX.c.channel,
        _EARLIER.c.created_at < OUTBOX.c.created_at,
        _EARLIER.c.state.in_(unsent),
    )
    return and_(OUTBOX.c.state == OutboxState.WAITING.value, not_(older))


_KEY = (OUTBOX.c.incident_id, OUTBOX.c.stakeholder, OUTBOX.c.channel, OUTBOX.c.happening, OUTBOX.c.sequence)


def due(connection: Connection, now: datetime, limit: int) -> Sequence[OutboxKey]:
    """Messages that may go now, longest overdue first."""
    statement = (
        select(*_KEY)
        .where(_first_in_line(), OUTBOX.c.next_attempt_at <= now)
        .order_by(OUTBOX.c.next_attempt_at, OUTBOX.c.created_at)
        .limit(limit)
    )
    return [
        OutboxKey(incident_id=incident, stakeholder=person, channel=channel, happening=happening, sequence=sequence)
        for incident, person, channel, happening, sequence in connection.execute(statement)
    ]


def next_due_at(connection: Connection) -> datetime | None:
    """When the next message that is first in line wants to go; ``None`` if there is none."""
    found: datetime | None = connection.execute(
        select(func.min(OUTBOX.c.next_attempt_at)).where(_first_in_line())
    ).scalar()
    return found


def released_at(connection: Connection, incident_id: str) -> datetime | None:
    """When a person last agreed that held messages of the incident go out; ``None`` if nobody was asked."""
    by_people = (
        select(TIMELINE.c.at, TIMELINE.c.what)
        .where(TIMELINE.c.incident_id == incident_id, TIMELINE.c.actor != "hub")
        .order_by(TIMELINE.c.position.desc())
    )
    return next((at for at, what in connection.execute(by_people) if what["code"] == "notices_released"), None)
