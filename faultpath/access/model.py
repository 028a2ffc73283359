"""The words of access: scopes and the principal behind a request."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from ledger.audit import Act

READ = "read"
WRITE = "write"
ADMIN = "admin"
INTAKE_PREFIX = "intake:"
PLAIN_SCOPES = (READ, WRITE, ADMIN)
# what a scope brings along besides itself
IMPLIED = {ADMIN: frozenset({ADMIN, WRITE, READ}), WRITE: frozenset({WRITE, READ}), READ: frozenset({READ})}

TOKEN_PREFIX = "fp_"  # noqa: S105  # the mark by which a leaked token is recognised, not a token
SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """256 random bits in URL-safe base64 behind a prefix."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """What is kept of a random secret: its SHA-256. No salt is needed, since 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who stands behind a request.

    ``actor`` is what the audit names (``user:ann``, ``token:prom-a``); ``csrf`` is set for console sessions, whose
    acts must bring it along.
    """

    actor: str
    scopes: frozenset[str]
    address: str
    credential_id: str
    csrf: str | None = None

    def may(self, scope: str) -> bool:
        """Whether one of the scopes covers this one."""
        return any(scope in IMPLIED.get(own, {own}) for own in self.scopes)

    def did(self, act: str, thing: str, *, before: Any = None, after: Any = None) -> Act:
        """The audit's words for an act of this principal on a thing."""
        return Act(actor=self.actor, address=self.address, act=act, object=thing, before=before, after=after)

    @property
    def intake_sources(self) -> tuple[str, ...]:
        """The source instances for which this credential may post, e.g. ``prom-a`` of ``intake:prom-a``."""
        return tuple(sorted(s.removeprefix(INTAKE_PREFIX) for s in self.scopes if s.startswith(INTAKE_PREFIX)))
