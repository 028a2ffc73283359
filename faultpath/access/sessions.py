"""Console sessions: a random secret in an HttpOnly cookie, kept as a digest, with a CSRF token of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from faultpath.access.model import Principal, digest, new_secret
from faultpath.access.tables import SESSION, USER
from faultpath.access.users import User
from ledger.audit import Act, record
from ledger.clock import Clock
from ledger.engine import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. ``csrf`` must come with each act."""

    digest: str
    user: str
    scopes: frozenset[str]
    csrf: str
    expires_at: datetime


class SessionBook:
    """All sessions of one ledger, in memory and on disk, so that a restart signs nobody out."""

    def __init__(self, ledger: Ledger, clock: Clock, lifetime: timedelta) -> None:
        self._ledger = ledger
        self._clock = clock
        self._lifetime = lifetime
        self._by_digest: dict[str, Session] = {}
        query = select(SESSION, USER.c.scopes).join(USER, USER.c.name == SESSION.c.user)
        with ledger.read() as connection:
            for row in connection.execute(query).mappings():
                kept = {name: row[name] for name in Session.__dataclass_fields__ if name != "scopes"}
                self._by_digest[row["digest"]] = Session(**kept, scopes=frozenset(row["scopes"]))

    def open(self, user: User, address: str) -> tuple[Session, str]:
        """Begin a session and return it with the cookie's value, which is not kept anywhere."""
        secret = new_secret()
        now = self._clock.now()
        session = Session(
            digest=digest(secret),
            user=user.name,
            scopes=user.scopes,
            csrf=new_secret(),
            expires_at=now + self._lifetime,
        )
        with self._ledger.begin() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.expires_at <= now))
            connection.execute(
                insert(SESSION).values(
                    digest=session.digest,
                    user=user.name,
                    csrf=session.csrf,
                    address=address,
                    created_at=now,
                    expires_at=session.expires_at,
                )
            )
            record(
                connection,
                Act(actor=f"user:{user.name}", address=address, act="session.open", object=f"user:{user.name}"),
                at=self._clock.now(),
            )
        self._by_digest = {key: kept for key, kept in self._by_digest.items() if kept.expires_at > now}
        self._by_digest[session.digest] = session
        return session, secret

    def check(self, secret: str, address: str) -> Principal | None:
        """The principal behind a cookie; ``None`` if the session is unknown or over."""
        session = self._by_digest.get(digest(secret))
        if session is None or session.expires_at <= self._clock.now():
            return None
        return Principal(
            actor=f"user:{session.user}",
            scopes=session.scopes,
            address=address,
            credential_id=session.digest,
            csrf=session.csrf,
        )

    def alive(self, credential_id: str) -> bool:
        """Whether a session still lasts; a stream asks it now and then."""
        session = self._by_digest.get(credential_id)
        return session is not None and session.expires_at > self._clock.now()

    def close(self, by: Principal) -> None:
        """Sign out."""
        with self._ledger.begin() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.digest == by.credential_id))
            record(connection, by.did("session.close", by.actor), at=self._clock.now())
        self._by_digest.pop(by.credential_id, None)
