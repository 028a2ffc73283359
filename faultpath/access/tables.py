"""The tables of access on the ledger. Only digests of secrets are kept."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from ledger.tables import METADATA, Instant, Json

USER = Table(
    "user",
    METADATA,
    Column("name", String, primary_key=True),
    Column("password_hash", String, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
)

TOKEN = Table(
    "token",
    METADATA,
    Column("token_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("scopes", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String, nullable=False),
    Column("expires_at", Instant),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

SESSION = Table(
    "session",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("user", String, ForeignKey("user.name"), nullable=False),
    Column("csrf", String, nullable=False),
    Column("address", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
