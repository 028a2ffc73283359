"""API tokens: ``fp_`` and 256 random bits, shown once, kept as a digest, with scopes, an expiry and their last use.

One hub owns the ledger, so the book in memory is the truth between two changes; a request costs a dictionary look-up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select, update

from cmdb.model import new_ulid
from faultpath.access.model import INTAKE_PREFIX, PLAIN_SCOPES, TOKEN_PREFIX, Principal, digest, new_secret
from faultpath.access.tables import TOKEN
from ledger.audit import record
from ledger.clock import Clock
from ledger.engine import Ledger

SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token without its secret. ``expires_at`` is ``None`` for one that lasts until it is revoked."""

    token_id: str
    name: str
    scopes: frozenset[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def usable(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def known_scope(scope: str) -> bool:
    """Whether a scope is one of ours: ``read``, ``write``, ``admin`` or ``intake:<source>``.

    A source's name goes into fingerprints, logs and labels of metrics: `SOURCE` is its form.
    """
    return scope in PLAIN_SCOPES or (
        scope.startswith(INTAKE_PREFIX) and SOURCE.fullmatch(scope.removeprefix(INTAKE_PREFIX)) is not None
    )


class TokenBook:
    """All tokens of one ledger."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._by_digest: dict[str, Token] = {}
        self._used: dict[str, datetime] = {}
        with ledger.read() as connection:
            for row in connection.execute(select(TOKEN)).mappings():
                kept = {name: row[name] for name in Token.__dataclass_fields__ if name != "scopes"}
                self._by_digest[row["digest"]] = Token(**kept, scopes=frozenset(row["scopes"]))

    def check(self, secret: str, address: str) -> Principal | None:
        """The principal behind a token's secret; ``None`` if it is unknown, expired or revoked."""
        key = digest(secret)
        token = self._by_digest.get(key)
        now = self._clock.now()
        if token is None or not token.usable(now):
            return None
        self._used[key] = now
        return Principal(
            actor=f"token:{token.name}", scopes=token.scopes, address=address, credential_id=token.token_id
        )

    def alive(self, token_id: str) -> bool:
        """Whether a token is still usable; a stream asks it now and then."""
        now = self._clock.now()
        return any(token.token_id == token_id and token.usable(now) for token in self._by_digest.values())

    def create(
        self, by: Principal, name: str, scopes: frozenset[str], expires_at: datetime | None
    ) -> tuple[Token, str]:
        """Make a token and return it with its secret, which is not kept anywhere."""
        secret = new_secret(TOKEN_PREFIX)
        now = self._clock.now()
        token = Token(
            token_id=new_ulid(), name=name, scopes=scopes, created_at=now, created_by=by.actor, expires_at=expires_at
        )
        row = {field: getattr(token, field) for field in Token.__dataclass_fields__}
        with self._ledger.begin() as connection:
            connection.execute(insert(TOKEN).values(row | {"scopes": sorted(scopes), "digest": digest(secret)}))
            after = {"name": name, "scopes": sorted(scopes), "expires_at": expires_at and expires_at.isoformat()}
            record(connection, by.did("token.create", token.token_id, after=after), at=now)
        self._by_digest[digest(secret)] = token
        return token, secret

    def revoke(self, by: Principal, token_id: str) -> Token | None:
        """End a token at once; ``None`` if there is none of that id. Revoking twice changes nothing."""
        found = next(((key, token) for key, token in self._by_digest.items() if token.token_id == token_id), None)
        if found is None:
            return None
        key, token = found
        if token.revoked_at is not None:
            return token
        ended = replace(token, revoked_at=self._clock.now())
        with self._ledger.begin() as connection:
            connection.execute(update(TOKEN).where(TOKEN.c.token_id == token_id).values(revoked_at=ended.revoked_at))
            before = {"name": token.name, "scopes": sorted(token.scopes)}
            record(connection, by.did("token.revoke", token_id, before=before), at=self._clock.now())
        self._by_digest[key] = ended
        return ended

    def all(self) -> list[Token]:
        """Every token, the newest first, with its last use as of now."""
        tokens = [
            replace(token, last_used_at=self._used.get(key, token.last_used_at))
            for key, token in self._by_digest.items()
        ]
        return sorted(tokens, key=lambda token: token.token_id, reverse=True)

    def write_last_used(self) -> None:
        """Write the times of last use that have gathered since the last call: called now and then, not per request."""
        used, self._used = self._used, {}
        if not used:
            return
        for key, at in used.items():
            self._by_digest[key] = replace(self._by_digest[key], last_used_at=at)
        with self._ledger.begin() as connection:
            for key, at in used.items():
                connection.execute(update(TOKEN).where(TOKEN.c.digest == key).values(last_used_at=at))
