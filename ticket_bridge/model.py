"""The words of handling: incidents, their timeline, and notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from alerting.model import Severity
from impact.model import NOBODY_COUNTED, Cost, HeadCount, Reason, ServiceHit


class IncidentState(Enum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Happening(Enum):
    """What a notice is about."""

    OPEN = "open"
    WORSE = "worse"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What people handle; one per situation. ``priority`` is 1 (highest) to 5, ``priority_reason`` says why.

    ``unbound_source``/``unbound_resource`` stand for a root that is in no graph; the resource ``*`` is the incident
    that collects what a storm brings beyond the cap. ``best_evaluated`` is the most urgent priority that the rules
    have found so far: past the first notice the hub raises the priority only when they find a better one, so that
    what a person set stays. ``settles_at`` is when notices may go although the root is only suspected.
    ``rounds`` counts openings: 1, and one more for each reopening. ``estimate``: people known as a number only.
    ``costs``: by the minute, by currency.
    """

    incident_id: str
    number: int
    situation_id: str
    state: IncidentState
    priority: int
    priority_reason: Reason
    root_ci: str | None
    confirmed: bool
    proven: bool
    severity: Severity
    title: Reason
    services: tuple[ServiceHit, ...]
    cannot_work: frozenset[str]
    limited: frozenset[str]
    evidence: tuple[Reason, ...]
    opened_at: datetime
    updated_at: datetime
    first_notice_at: datetime | None = None
    resolved_at: datetime | None = None
    duplicate_of: int | None = None
    assignee: str | None = None
    unbound_source: str | None = None
    unbound_resource: str | None = None
    best_evaluated: int = 5
    settles_at: datetime | None = None
    rounds: int = 1
    released_by: str | None = None
    priority_set_by: str | None = None
    estimate: HeadCount = NOBODY_COUNTED
    costs: tuple[Cost, ...] = ()

    @property
    def live(self) -> bool:
        """Whether anyone still has to do something about it."""
        return self.state not in (IncidentState.RESOLVED, IncidentState.CLOSED)

    def hurts(self, person_id: str) -> bool:
        """Whether this person cannot work or is limited."""
        return person_id in self.cannot_work or person_id in self.limited


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that anyone or anything did to an incident."""

    incident_id: str
    at: datetime
    actor: str  # "hub" or a user name
    what: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message about one happening to one stakeholder over one channel.

    Its identity is (incident_id, stakeholder, channel, happening, sequence); the Message-ID follows from it.
    """

    incident_id: str
    stakeholder: str
    role: str
    channel: str
    happening: Happening
    sequence: int
    address: str
    language: str
    subject: str
    body: str
    because: Reason
    thread: str = field(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one person has been told of one incident; their end follows from it.

    ``services`` are those they were told of, ``eased`` those of them that do not hit them any more, since when;
    ``priority`` is the one they were told. ``carried_from`` is the number of the incident whose mail told them before
    the newest opening: a merged one, one whose end said that this one goes on, or this one if it began anew for them.
    ``ended``: they know that it is over. ``withdrawn``: the opening was superseded before it went out, so they know
    nothing. ``openings``, ``worse`` and ``ends`` count what was decided, and so number the next one.
    """

    incident_id: str
    person_id: str
    role: str
    services: frozenset[str]
    priority: int
    opened_at: datetime
    openings: int = 1
    worse: int = 0
    ends: int = 0
    ended: bool = False
    withdrawn: bool = False
    carried_from: int | None = None
    eased: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def hit(self) -> frozenset[str]:
        """The services that they were told of and that still hit them."""
        return self.services - self.eased.keys()

    @property
    def waits_for_the_end(self) -> bool:
        """Whether this person was told that it began and not yet that it is over."""
        return not self.ended and not self.withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What a notice and an unbound incident need to know of an alert, by its fingerprint.

    ``details`` may hold ``code``, ``meaning.en``, ``meaning.zh``, ``remedy.en``, ``remedy.zh``, ``document``,
    ``section`` from a fault-code catalogue.
    """

    source: str
    resource: str
    check: str
    summary: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the desk needs beside situations and assessment.

    ``maintenance``: CIs in a window now. ``default_on_call``: persons on call for the default team.
    ``alerts``: facts by fingerprint; only members of the situations are looked up.
    """

    maintenance: frozenset[str] = frozenset()
    default_on_call: tuple[str, ...] = ()
    alerts: Mapping[str, AlertFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one decision did to one incident: its new state, the timeline entries, and how many notices it queued."""

    incident: Incident
    entries: tuple[TimelineEntry, ...]
    notices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRefused:
    """An act that the life cycle does not allow, or whose incident does not exist; nothing was written."""

    reason: Reason
