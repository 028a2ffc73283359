"""Arrangements on the ledger, inside of the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from faultpath.map.arrangement import Arrangement, Face, Held, Lost, Pin
from faultpath.map.model import Cell
from faultpath.map.tables import MAP_SLOTS

KEPT = 500
"""So many maps keep their slots: those that were looked at last."""

USED_ANEW = timedelta(days=1)
"""That a map was looked at is written down this often, if nothing else of it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A map as it is kept; ``former`` is how it was before it was last tidied."""

    used_at: datetime | None = None
    arrangement: Arrangement = field(default_factory=Arrangement)
    former: Arrangement | None = None


def read(connection: Connection, key: str) -> Row:
    """A map's row; one without slots if there is none."""
    row = connection.execute(select(MAP_SLOTS).where(MAP_SLOTS.c.map == key)).first()
    if row is None:
        return Row()
    return Row(
        used_at=row.used_at,
        arrangement=_from(row.slots),
        former=_from(row.former) if row.former is not None else None,
    )


def write(connection: Connection, key: str, row: Row, now: datetime) -> None:
    values = {
        "map": key,
        "used_at": now,
        "slots": _to(row.arrangement),
        "former": _to(row.former) if row.former is not None else None,
    }
    connection.execute(upsert(MAP_SLOTS).values(values).on_conflict_do_update(index_elements=["map"], set_=values))


def prune(connection: Connection, *, limit: int, kept: int = KEPT) -> int:
    """Forget up to ``limit`` maps, of those beyond the newest ``kept``; how many."""
    old = select(MAP_SLOTS.c.map).order_by(MAP_SLOTS.c.used_at.desc(), MAP_SLOTS.c.map).limit(limit).offset(kept)
    return connection.execute(delete(MAP_SLOTS).where(MAP_SLOTS.c.map.in_(old.scalar_subquery()))).rowcount


def _to(one: Arrangement) -> dict[str, Any]:
    return {
        "slots": {ci_id: tuple(cell) for ci_id, cell in one.slots.items()},
        "held": [[held.key, tuple(held.cell), held.state, held.drawn, sorted(held.members)] for held in one.held],
        "following": one.following,
        "pins": {ci_id: [tuple(pin.cell), pin.by] for ci_id, pin in one.pins.items()},
        "shown": one.shown,
        "lost": {
            look: {ci_id: [lost.face, lost.at.isoformat()] for ci_id, lost in those.items()}
            for look, those in one.lost.items()
        },
    }


def _from(body: Mapping[str, Any]) -> Arrangement:
    return Arrangement(
        slots={ci_id: Cell(*cell) for ci_id, cell in body["slots"].items()},
        held=tuple(
            Held(key=key, cell=Cell(*cell), state=state, drawn=drawn, members=frozenset(members))
            for key, cell, state, drawn, members in body["held"]
        ),
        following=body["following"],
        pins={ci_id: Pin(cell=Cell(*cell), by=by) for ci_id, (cell, by) in body["pins"].items()},
        shown={look: _faces(those) for look, those in body["shown"].items()},
        lost={
            look: {
                ci_id: Lost(face=(face[0], face[1]), at=datetime.fromisoformat(at))
                for ci_id, (face, at) in those.items()
            }
            for look, those in body["lost"].items()
        },
    )


def _faces(those: Mapping[str, Any]) -> dict[str, Face]:
    return {ci_id: (face[0], face[1]) for ci_id, face in those.items()}
