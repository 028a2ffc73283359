"""The words of alerting. An event is observed once; an alert lasts; a situation explains."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum
from functools import lru_cache

from impact.model import ComplaintKind, Health, Reason


class Severity(IntEnum):
    """How loudly a source shouts (RFC 8632, ITU-T X.733). *Cleared* is a state, not a severity."""

    INFO = 0
    WARNING = 1
    MINOR = 2
    MAJOR = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        return self.name.lower()


class AlertState(Enum):
    ACTIVE = "active"
    CLEARED = "cleared"


@lru_cache(maxsize=32_768)  # senders repeat themselves
def _fingerprint(*parts: str) -> str:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that a source reported, observed once.

    ``hints`` say which CI is meant, by kind: ``ci_id``, ``mgmt_address``, ``address``, ``engine_id``, ``if_index``,
    ``fqdn``, ``mac``, ``serial``, ``mqtt_id``, ``name``. ``inbox_id`` and ``index`` (place inside of its message)
    identify the event. ``observed_at`` is the sender's clock, bounded by ``received_at``, which is ours.
    """

    inbox_id: int
    index: int
    source: str  # source instance, e.g. "alertmanager:prom-a", "snmp", "mqtt:plant"
    check: str
    resource: str  # canonical text of the resource inside of that source, part of the identity
    hints: Mapping[str, str]
    kind: ComplaintKind
    severity: Severity
    effect: Health
    state: AlertState
    observed_at: datetime
    received_at: datetime
    authenticated: bool
    summary: str
    details: Mapping[str, str] = field(default_factory=dict)  # labels, remedy.en, remedy.zh, document, section …

    @property
    def fingerprint(self) -> str:
        """hash(source instance, check, resource): 32 hex digits of SHA-256 over the three, length-prefixed."""
        return _fingerprint(self.source, self.check, self.resource)

    @property
    def event_id(self) -> tuple[int, int]:
        return (self.inbox_id, self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One root and the alerts that it explains; an unbound alert that matters is one without a root.

    ``severity`` is the worst of the root's own alerts. ``clear_since``: the root is clear and no member active since
    then (hub clock); ``None`` while anything is active. ``settles_at``: when notices may go although the root is only
    suspected. ``root_history``: earlier roots of the same situation, oldest first.
    ``outlived_since``: since when an active member is more than the root, as it is now, explains.
    ``merged_into``: the older situation that took this one over.
    """

    situation_id: str
    root_ci: str | None
    confirmed: bool
    proven: bool
    severity: Severity
    own: tuple[str, ...] = ()  # fingerprints of the alerts that name the root
    members: tuple[str, ...]  # fingerprints of all its alerts, the root's own first
    evidence: tuple[Reason, ...]
    opened_at: datetime
    settles_at: datetime
    confirmed_at: datetime | None = None
    clear_since: datetime | None = None
    resolved_at: datetime | None = None
    outlived_since: datetime | None = None
    root_history: tuple[str, ...] = ()
    merged_into: str | None = None
    unbound_source: str | None = None
    unbound_resource: str | None = None
