"""The table of maps on the ledger: one row holds the slots of one map."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from ledger.tables import METADATA, Instant, Json

MAP_SLOTS = Table(
    "map_slots",
    METADATA,
    Column("map", String, primary_key=True),
    Column("used_at", Instant, nullable=False, index=True),
    Column("slots", Json, nullable=False),
    Column("former", Json, nullable=False),  # before it was last tidied, or null
)
