"""The audit trail: append-only rows, each sealed with a hash over itself and its predecessor's.

A row is written in the transaction of the act that it records: no act without a row, no row without an act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Integer, Row, String, Table, insert, select

from ledger.tables import METADATA, Instant, Json

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("address", String, nullable=False),
    Column("act", String, nullable=False),
    Column("object", String, nullable=False),
    Column("before", Json),
    Column("after", Json),
    Column("seal", String, nullable=False),
    sqlite_autoincrement=True,
)
_FIRST_SEAL = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who did what to what, from where. ``before``/``after`` are JSON values without secrets."""

    actor: str
    address: str
    act: str
    object: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A recorded act. ``seal`` is SHA-256 over the row and the seal before it."""

    number: int
    at: datetime
    act: Act
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """The result of `verify`: rows read, and the number of the first row that was altered, added or taken out."""

    rows: int
    broken_at: int | None

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def record(connection: Connection, act: Act, *, at: datetime) -> int:
    """Append an act inside of its own transaction; returns the row's number."""
    last = connection.execute(select(AUDIT.c.number, AUDIT.c.seal).order_by(AUDIT.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.seal) if last else (1, _FIRST_SEAL)
    connection.execute(
        insert(AUDIT).values(
            number=number,
            at=at,
            actor=act.actor,
            address=act.address,
            act=act.act,
            object=act.object,
            before=act.before,
            after=act.after,
            seal=_seal(previous, number, at, act),
        )
    )
    return number


def page(connection: Connection, *, before: int | None = None, limit: int = 100) -> Sequence[AuditRow]:
    """Newest rows first, those with a number below ``before``."""
    statement = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(AUDIT.c.number < before)
    return [_row(row) for row in connection.execute(statement)]


def verify(connection: Connection) -> AuditVerdict:
    """Recompute the whole chain."""
    previous, rows = _FIRST_SEAL, 0
    for rows, found in enumerate(connection.execute(select(AUDIT).order_by(AUDIT.c.number)), 1):
        row = _row(found)
        if row.number != rows or row.seal != _seal(previous, row.number, row.at, row.act):
            return AuditVerdict(rows=rows, broken_at=row.number)
        previous = row.seal
    return AuditVerdict(rows=rows, broken_at=None)


def _seal(previous: str, number: int, at: datetime, act: Act) -> str:
    content = [previous, number, at.isoformat(), act.actor, act.address, act.act, act.object, act.before, act.after]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _row(row: Row[Any]) -> AuditRow:
    act = Act(actor=row.actor, address=row.address, act=row.act, object=row.object, before=row.before, after=row.after)
    return AuditRow(number=row.number, at=row.at, act=act, seal=row.seal)
