"""Situations on the ledger: the open ones in memory, all of them as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Boolean, Column, Connection, LargeBinary, String, Table, select
from sqlalchemy.dialects.sqlite import insert as upsert

from alerting.model import Situation
from ledger.tables import METADATA

SITUATIONS = Table(
    "situation",
    METADATA,
    Column("situation_id", String, primary_key=True),
    Column("is_open", Boolean, nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
)
_decoder = msgspec.json.Decoder(Situation)
_insert = upsert(SITUATIONS)
_PUT = _insert.on_conflict_do_update(
    index_elements=["situation_id"], set_={name: _insert.excluded[name] for name in ("is_open", "data")}
)


def load_open(connection: Connection) -> dict[str, Situation]:
    """All situations that are neither resolved nor merged, by id."""
    rows = connection.execute(select(SITUATIONS.c.data).where(SITUATIONS.c.is_open)).scalars()
    return {s.situation_id: s for s in map(_decoder.decode, rows)}


def get(connection: Connection, situation_id: str) -> Situation | None:
    data = connection.execute(
        select(SITUATIONS.c.data).where(SITUATIONS.c.situation_id == situation_id)
    ).scalar_one_or_none()
    return None if data is None else _decoder.decode(data)


def changed(before: Mapping[str, Situation], after: Mapping[str, Situation]) -> list[Situation]:
    """What `store` must write."""
    return [s for key, s in after.items() if before.get(key) != s]


def store(connection: Connection, situations: Iterable[Situation]) -> None:
    """Write situations inside of the transaction of the decision that changed them."""
    rows = [
        {
            "situation_id": situation.situation_id,
            "is_open": situation.resolved_at is None and situation.merged_into is None,
            "data": msgspec.json.encode(situation),
        }
        for situation in situations
    ]
    if rows:
        connection.execute(_PUT, rows)
