"""Incidents on the ledger: tables, and functions that read and write them inside of the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from ledger.tables import METADATA, Instant, Json
from ticket_bridge.incidents.codec import facts_of, incident_from, reason_from_json, reason_to_json, time_to_json
from ticket_bridge.model import Incident, IncidentState, TimelineEntry, Told

INCIDENT = Table(
    "incident",
    METADATA,
    Column("incident_id", String, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("situation_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("root_ci", String),
    Column("confirmed", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("duplicate_of", Integer),
    Column("assignee", String),
    Column("unbound_source", String),
    Column("unbound_resource", String),
    Column("facts", Json, nullable=False),
)
Index("incident_by_state", INCIDENT.c.state, INCIDENT.c.number)

SITUATION_PART = Table(
    "incident_situation",
    METADATA,
    Column("situation_id", String, primary_key=True),
    Column("incident_id", String, nullable=False, index=True),
    Column("ended", Boolean, nullable=False),
    Column("merged", Boolean, nullable=False),
)

TIMELINE = Table(
    "incident_timeline",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("incident_id", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("what", Json, nullable=False),
)
Index("incident_timeline_of", TIMELINE.c.incident_id, TIMELINE.c.position)

TOLD = Table(
    "incident_told",
    METADATA,
    Column("incident_id", String, primary_key=True),
    Column("person_id", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("services", Json, nullable=False),  # service → since when it has eased for them, or null
    Column("priority", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("openings", Integer, nullable=False),
    Column("worse", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("carried_from", Integer),
)
Index("incident_told_when", TOLD.c.role, TOLD.c.opened_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A situation inside of an incident. ``ended``: it resolved or was merged away."""

    situation_id: str
    incident_id: str
    ended: bool = False
    merged: bool = False


def put_incidents(connection: Connection, incidents: Iterable[Incident]) -> None:
    """Insert or replace, by ``incident_id``."""
    for incident in incidents:
        values = {
            "incident_id": incident.incident_id,
            "number": incident.number,
            "situation_id": incident.situation_id,
            "state": incident.state.value,
            "priority": incident.priority,
            "root_ci": incident.root_ci,
            "confirmed": incident.confirmed,
            "opened_at": incident.opened_at,
            "updated_at": incident.updated_at,
            "resolved_at": incident.resolved_at,
            "duplicate_of": incident.duplicate_of,
            "assignee": incident.assignee,
            "unbound_source": incident.unbound_source,
            "unbound_resource": incident.unbound_resource,
            "facts": facts_of(incident),
        }
        statement = upsert(INCIDENT).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["incident_id"], set_=values))


def put_parts(connection: Connection, parts: Iterable[Part]) -> None:
    for part in parts:
        values = {
            "situation_id": part.situation_id,
            "incident_id": part.incident_id,
            "ended": part.ended,
            "merged": part.merged,
        }
        statement = upsert(SITUATION_PART).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["situation_id"], set_=values))


def put_told(connection: Connection, records: Iterable[Told]) -> None:
    rows = [
        {
            "incident_id": told.incident_id,
            "person_id": told.person_id,
            "role": told.role,
            "services": {ci: time_to_json(told.eased.get(ci)) for ci in sorted(told.services)},
            "priority": told.priority,
            "opened_at": told.opened_at,
            "openings": told.openings,
            "worse": told.worse,
            "ends": told.ends,
            "ended": told.ended,
            "withdrawn": told.withdrawn,
            "carried_from": told.carried_from,
        }
        for told in records
    ]
    if rows:
        statement = upsert(TOLD)
        changed = {column.name: statement.excluded[column.name] for column in TOLD.c if not column.primary_key}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["incident_id", "person_id"], set_=changed), rows
        )


def append_timeline(connection: Connection, entries: Iterable[TimelineEntry]) -> None:
    rows = [
        {
            "incident_id": entry.incident_id,
            "at": entry.at,
            "actor": entry.actor,
            "what": reason_to_json(entry.what),
        }
        for entry in entries
    ]
    if rows:
        connection.execute(insert(TIMELINE), rows)


def by_number(connection: Connection, number: int) -> Incident | None:
    found = _incidents(connection, select(INCIDENT).where(INCIDENT.c.number == number))
    return found[0] if found else None


def page(
    connection: Connection,
    *,
    before: int | None = None,
    limit: int = 50,
    states: Sequence[IncidentState] = (),
) -> list[Incident]:
    """Incidents, newest number first, below the number ``before``; all states unless some are named."""
    statement = select(INCIDENT).order_by(INCIDENT.c.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(INCIDENT.c.number < before)
    if states:
        statement = statement.where(INCIDENT.c.state.in_([state.value for state in states]))
    return _incidents(connection, statement)


def in_memory_of_the_desk(connection: Connection, ended_after: datetime) -> list[Incident]:
    """Live incidents, those that ended after ``ended_after`` and may come back, and those that still fail."""
    failing = select(SITUATION_PART.c.incident_id).where(SITUATION_PART.c.ended.is_(False))
    over = [IncidentState.RESOLVED.value, IncidentState.CLOSED.value]
    statement = select(INCIDENT).where(
        or_(
            INCIDENT.c.state.not_in(over),
            INCIDENT.c.state == IncidentState.RESOLVED.value,
            INCIDENT.c.resolved_at > ended_after,
            INCIDENT.c.incident_id.in_(failing),
        )
    )
    return _incidents(connection, statement)


def last_number(connection: Connection) -> int:
    return connection.execute(select(func.max(INCIDENT.c.number))).scalar() or 0


def parts_of(connection: Connection, incident_ids: Sequence[str]) -> list[Part]:
    statement = select(SITUATION_PART).where(SITUATION_PART.c.incident_id.in_(incident_ids))
    return [
        Part(situation_id=row.situation_id, incident_id=row.incident_id, ended=row.ended, merged=row.merged)
        for row in connection.execute(statement)
    ]


def told_of(connection: Connection, incident_ids: Sequence[str]) -> list[Told]:
    return [_told(row) for row in connection.execute(select(TOLD).where(TOLD.c.incident_id.in_(incident_ids)))]


def told_since(connection: Connection, role: str, after: datetime) -> list[Told]:
    """Who was last told an opening in this role after that time, over all incidents."""
    statement = select(TOLD).where(TOLD.c.role == role, TOLD.c.opened_at > after, TOLD.c.withdrawn.is_(False))
    return [_told(row) for row in connection.execute(statement)]


def timeline(
    connection: Connection, incident_id: str, *, after: int = 0, limit: int = 500
) -> list[tuple[int, TimelineEntry]]:
    """The entries of an incident behind the position ``after``, oldest first, each with its position."""
    statement = (
        select(TIMELINE)
        .where(TIMELINE.c.incident_id == incident_id, TIMELINE.c.position > after)
        .order_by(TIMELINE.c.position)
        .limit(limit)
    )
    return [
        (
            row.position,
            TimelineEntry(incident_id=row.incident_id, at=row.at, actor=row.actor, what=reason_from_json(row.what)),
        )
        for row in connection.execute(statement)
    ]


def _incidents(connection: Connection, statement: Select[Any]) -> list[Incident]:
    return [incident_from(row) for row in connection.execute(statement).mappings()]


def _told(row: Row[Any]) -> Told:
    return Told(
        incident_id=row.incident_id,
        person_id=row.person_id,
        role=row.role,
        services=frozenset(row.services),
        priority=row.priority,
        opened_at=row.opened_at,
        openings=row.openings,
        worse=row.worse,
        ends=row.ends,
        ended=row.ended,
        withdrawn=row.withdrawn,
        carried_from=row.carried_from,
        eased={ci: datetime.fromisoformat(since) for ci, since in row.services.items() if since is not None},
    )
