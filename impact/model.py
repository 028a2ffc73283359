"""The words of impact: health, reasons, faults in; verdicts, roots and the business side out.

Pure data. CIs are named by ``ci_id``; times are aware UTC datetimes of the hub's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import TypeAlias

Arg: TypeAlias = str | int | float | bool | tuple[str, ...]


class Health(IntEnum):
    """``ok < at_risk < degraded < down``; ``unknown`` stands outside of the order and adds nothing to dependents."""

    UNKNOWN = -1
    OK = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something was decided: a code with arguments, rendered in the reader's language at the edge."""

    code: str
    args: Mapping[str, Arg] = field(default_factory=dict)


class ComplaintKind(Enum):
    """What an active alert says of its CI, as far as impact is concerned."""

    FAULT = "fault"  # has an effect of its own
    NO_ANSWER = "no_answer"  # the effect is derived
    PORT_DOWN = "port_down"  # bound to a Port; the verdict names device or link
    HINT = "hint"  # unproven origin; counts after the settle time if nobody can ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One active alert that is bound to a CI, reduced to what the engine needs.

    ``severity`` is 0 info … 4 critical. ``since`` is when the hub first heard of it (its own clock).
    ``counts`` is false for a hint that must still be polled. ``confirmed_at``: when the hub had asked all that it
    stands on and found this to be a root of its own; ``None`` if it never did.
    """

    key: str
    ci_id: str
    kind: ComplaintKind
    effect: Health
    severity: int
    since: datetime
    authenticated: bool = True
    proven: bool = True
    counts: bool = True
    source: str = ""
    check: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSigns:
    """What the hub itself knows about one CI that it can ask (SNMP) or that speaks by itself (MQTT).

    Every time is a lower bound: an answer counts from the moment its question was sent, so that a late packet of a
    device that has died since proves nothing.

    ``answering_since`` is the start of the present unbroken run of answers, ``last_answer`` its newest one.
    ``silent_since`` is the first unanswered request of the present silence; it is ``None`` while it answers.
    ``last_failed_start`` is when the newest question that ended without an answer was begun.
    """

    pollable: bool = True
    answering_since: datetime | None = None
    last_answer: datetime | None = None
    silent_since: datetime | None = None
    last_failed_start: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSign:
    """The operational state of a port as last read from its own device (IF-MIB::ifOperStatus).

    ``since`` is when it was first read in this state, without another between; ``None`` means as long as is known.
    ``was_up_at`` is when one that is down was last read up; ``None`` if it never was.
    """

    up: bool
    at: datetime
    since: datetime | None = None
    was_up_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """The hub's own evidence at one moment. ``devices`` by CI id, ``ports`` by Port CI id.

    ``asking``: CIs with a question under way; who was never heard since the start is waited for.
    """

    devices: Mapping[str, DeviceSigns] = field(default_factory=dict)
    ports: Mapping[str, PortSign] = field(default_factory=dict)
    asking: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthOf:
    """Own and propagated health of one CI; the shown health is the worse of both. ``via`` = responsible inputs."""

    ci_id: str
    own: Health
    propagated: Health
    reason: Reason
    via: tuple[str, ...] = ()

    @property
    def health(self) -> Health:
        known = max(self.own, self.propagated)
        return (
            Health(known) if known > Health.OK or Health.UNKNOWN not in (self.own, self.propagated) else Health.UNKNOWN
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A cause and the complaints it explains. ``evidence`` says why it is believed."""

    ci_id: str
    confirmed: bool
    proven: bool
    severity: int
    effect: Health
    own: frozenset[str]  # keys of the complaints that name it
    explains: frozenset[str]  # all complaint keys that it accounts for, its own included
    evidence: tuple[Reason, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a minute of the present state costs, exactly. ``currency``: an ISO 4217 code, or empty if none is said."""

    per_minute: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHit:
    """One business service of an incident at its present state, or an offering that is worse than its services.

    ``path``: CI ids from the root to the service. ``sites_down``: sites whose people see it down.
    ``lost_redundancy``: at risk because a spare is gone, not because of a fault of its own. ``cost``: where its own
    figure counts.
    """

    ci_id: str
    tier: int
    state: Health
    path: tuple[str, ...]
    sites_down: tuple[str, ...] = ()
    lost_redundancy: bool = False
    reason: Reason
    cost: Cost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingHit:
    """An offering that is not ok, with the services that it is part of. ``path``: CI ids from the root to it."""

    ci_id: str
    tier: int
    state: Health
    services: tuple[str, ...]
    path: tuple[str, ...]
    cost: Cost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupHit:
    """A department or team that uses what is hit: the worst that it meets from its site, and of what.

    ``path``: CI ids from the root to it. ``heads``: how many people of it are known as a number only.
    """

    ci_id: str
    state: Health
    through: tuple[str, ...]
    path: tuple[str, ...]
    heads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCount:
    """People known as a number only: an estimate that stands beside the people who are known, never added to them."""

    cannot_work: int = 0
    limited: int = 0
    total: int = 0


NOBODY_COUNTED = HeadCount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakeholder:
    """A person with the role in which the incident concerns them, and why.

    ``sees`` holds the services that concern them, each in the state in which they meet it: users as it looks from
    their own site, all others as it is for the company.
    """

    person_id: str
    role: str  # "on_call", "service_owner", "department_head", "user"
    because: tuple[str, ...]  # CI ids: the team, the services, the department
    sees: Mapping[str, Health] = field(default_factory=dict)

    @property
    def state(self) -> Health:
        """The worst that they meet."""
        return max(self.sees.values(), default=Health.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootImpact:
    """What one root does to the business.

    ``services`` are business services, and offerings with a fault or a need of their own; ``offerings`` all that are
    not ok. ``vips``: those of the people who cannot work or are limited. ``costs``: by the minute, by currency.
    """

    root_id: str | None
    services: tuple[ServiceHit, ...]
    cannot_work: frozenset[str]
    limited: frozenset[str]
    people_total: int
    vip_cannot_work: bool
    stakeholders: tuple[Stakeholder, ...]
    offerings: tuple[OfferingHit, ...] = ()
    groups: tuple[GroupHit, ...] = ()
    vips: frozenset[str] = frozenset()
    estimate: HeadCount = NOBODY_COUNTED
    costs: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the present faults do, at one graph revision and one alert position.

    ``pending`` are complaints that wait for an answer to a question; ``ask`` are CIs the hub should ask now.
    ``health`` holds only CIs that are not ok.
    """

    revision: int
    position: int
    health: Mapping[str, HealthOf]
    roots: tuple[Root, ...]
    impacts: Mapping[str, RootImpact]  # by root ci_id
    pending: frozenset[str]
    ask: frozenset[str]

    @property
    def own(self) -> dict[str, Health]:
        """What is broken by itself, by CI id."""
        return {ci_id: one.own for ci_id, one in self.health.items() if one.own > Health.OK}

    @property
    def services(self) -> dict[str, Health]:
        """The services and offerings that are hit, at their states."""
        impacts = self.impacts.values()
        offerings = {hit.ci_id: hit.state for impact in impacts for hit in impact.offerings}
        return offerings | {hit.ci_id: hit.state for impact in impacts for hit in impact.services}
