"""A language in which a test tells what the desk is shown and what it wants to see, on a controlled clock.

    office.at(0)
    office.fault("srv", confirmed=True).hits("crm", DOWN, tier=1, owner="olga", users=["ute", "udo"])
    office.evaluate()
    office.wants(1, priority=1, state="open")
    office.wants_told("olga: open as service_owner", "ute: open as user", "udo: open as user")

People, services and roots go by plain names, which are their ids as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from alerting.model import Severity, Situation
from impact.model import Assessment, Health, Reason, RootImpact, ServiceHit, Stakeholder
from ledger import outbox
from ledger.clock import Clock, ControlledClock
from ledger.engine import Ledger
from ledger.outbox import OutboxEntry, OutboxState
from ticket_bridge.incidents import store
from ticket_bridge.incidents.desk import Desk
from ticket_bridge.model import AlertFacts, Change, Circumstances, Incident, TimelineEntry
from ticket_bridge.settings import IncidentPolicy, MailSettings, NoticePolicy

DOWN, DEGRADED, AT_RISK = Health.DOWN, Health.DEGRADED, Health.AT_RISK
SETTLE_S = 10
HOLD_S = 15


@dataclass
class Staff:
    """The directory: everybody has an address, save the ``unreachable``, and reads English, save the ``chinese``."""

    chinese: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    service_hours: dict[str, str] = field(default_factory=dict)

    def name(self, ci_id: str) -> str:
        return self.names.get(ci_id, ci_id)

    def email(self, person_id: str) -> str | None:
        return None if person_id in self.unreachable else f"{person_id}@example.test"

    def language(self, person_id: str) -> str:
        return "zh" if person_id in self.chinese else "en"

    def hours(self, service_id: str) -> str:
        return self.service_hours.get(service_id, "24x7")


@dataclass
class Fault:
    """One situation and what its root does; chain ``hits`` and ``on_call`` to say more."""

    office: Office
    situation: Situation
    services: list[ServiceHit] = field(default_factory=list)
    people: list[Stakeholder] = field(default_factory=list)
    duty: list[tuple[str, str]] = field(default_factory=list)
    vip: bool = False
    everybody: int = 1000
    clear: bool = False

    def hits(
        self,
        service: str,
        state: Health,
        *,
        tier: int = 1,
        owner: str | None = None,
        heads: Sequence[str] = (),
        users: Sequence[str] = (),
        from_site: Mapping[str, Health] | None = None,
        lost_redundancy: bool = False,
    ) -> Fault:
        """A service at this state; said again, it replaces what was said of that service.

        ``from_site``: users who meet it in another state than the company does.
        """
        self.eases(service)
        path = (self.situation.root_ci or "", service)
        hit = ServiceHit(ci_id=service, tier=tier, state=state, path=path, reason=Reason(code="via"))
        self.services.append(replace(hit, lost_redundancy=lost_redundancy))
        if owner:
            self._concerns(owner, "service_owner", (service,), {service: state})
        for head in heads:
            self._concerns(head, "department_head", (service, f"{head}-department"), {service: state})
        for user, met in (dict.fromkeys(users, state) | dict(from_site or {})).items():
            self._concerns(user, "user", (service,), {service: met})
        return self

    def eases(self, service: str) -> Fault:
        """The service is well again, for whatever reason; the root is not."""
        self.services = [one for one in self.services if one.ci_id != service]
        self.people = [one for one in self.people if service not in one.because]
        return self

    def _concerns(self, person: str, role: str, because: tuple[str, ...], sees: Mapping[str, Health]) -> None:
        self.people.append(Stakeholder(person_id=person, role=role, because=because, sees=sees))

    def owned_by(self, team: str, *people: str, service: str) -> Fault:
        """A team owns the service, and these people are on call for it."""
        state = next(hit.state for hit in self.services if hit.ci_id == service)
        for person in people:
            self._concerns(person, "service_owner", (service, team), {service: state})
        return self

    def on_call(self, *people: str, team: str = "network-team") -> Fault:
        self.duty += [(person, team) for person in people]
        return self

    def confirmed(self) -> Fault:
        self.situation = replace(self.situation, confirmed=True, confirmed_at=self.office.clock.now())
        return self

    def unproven(self) -> Fault:
        self.situation = replace(self.situation, proven=False)
        return self

    def louder(self, severity: Severity) -> Fault:
        self.situation = replace(self.situation, severity=severity)
        return self

    def because(self, *evidence: Reason) -> Fault:
        self.situation = replace(self.situation, evidence=evidence)
        return self

    def rerooted(self, root: str) -> Fault:
        history = (*self.situation.root_history, self.situation.root_ci or "")
        self.situation = replace(self.situation, root_ci=root, root_history=history)
        return self

    def clears(self) -> Fault:
        """The root is well again; the hold time runs."""
        self.clear = True
        self.situation = replace(self.situation, clear_since=self.office.clock.now())
        return self

    def resolves(self) -> Fault:
        self.clear = True
        since = self.situation.clear_since or self.office.clock.now()
        self.situation = replace(self.situation, clear_since=since, resolved_at=self.office.clock.now())
        return self

    def merges_into(self, other: Fault) -> Fault:
        self.clear = True
        self.situation = replace(self.situation, merged_into=other.situation.situation_id)
        return self

    def impact(self) -> RootImpact:
        sees = {hit.ci_id: hit.state for hit in self.services}
        on_call = [Stakeholder(person_id=one, role="on_call", because=(team,), sees=sees) for one, team in self.duty]
        users = self._users()
        return RootImpact(
            root_id=self.situation.root_ci,
            services=tuple(self.services),
            cannot_work=frozenset(one.person_id for one in users if one.state == DOWN),
            limited=frozenset(one.person_id for one in users if one.state == DEGRADED),
            people_total=self.everybody,
            vip_cannot_work=self.vip,
            stakeholders=(*on_call, *(one for one in self.people if one.role != "user"), *users),
        )

    def _users(self) -> list[Stakeholder]:
        """Each user once, with all that they meet, as the engine gives them."""
        sees: dict[str, dict[str, Health]] = {}
        for one in self.people:
            if one.role == "user":
                sees.setdefault(one.person_id, {}).update(one.sees)
        return [Stakeholder(person_id=user, role="user", because=tuple(met), sees=met) for user, met in sees.items()]


class Office:
    """The desk with everything around it."""

    def __init__(self, directory: Path, *, clock: Clock | None = None, **settings: Any) -> None:
        self.clock: Clock = clock or ControlledClock()
        self.start = self.clock.now()
        self.ledger = Ledger.open(directory / "ledger.db")
        self.staff = Staff()
        self.policy = IncidentPolicy.load(settings.get("policy"))
        self.notices = NoticePolicy.load(settings.get("notices"))
        self.mail = MailSettings(link_base="https://hub.example.test", **settings.get("mail", {}))
        self.faults: dict[str, Fault] = {}
        self.maintenance: set[str] = set()
        self.default_on_call: tuple[str, ...] = ("dora",)
        self.alerts: dict[str, AlertFacts] = {}
        self.desk = self.new_desk()

    def new_desk(self) -> Desk:
        """A desk as after a restart: it knows what the ledger holds."""
        desk = Desk(self.ledger, self.staff, self.clock, policy=self.policy, notices=self.notices, mail=self.mail)
        with self.ledger.read() as connection:
            desk.load(connection)
        return desk

    # What happens

    def at(self, seconds: float) -> Office:
        """Move the clock to this many seconds after the start."""
        assert isinstance(self.clock, ControlledClock), "only a controlled clock can be moved"
        self.clock.advance((self.start + timedelta(seconds=seconds) - self.clock.now()).total_seconds())
        return self

    def fault(
        self, root: str, *, confirmed: bool = False, severity: Severity = Severity.CRITICAL, name: str | None = None
    ) -> Fault:
        now = self.clock.now()
        situation = Situation(
            situation_id=name or f"s-{root}",
            root_ci=root,
            confirmed=confirmed,
            proven=True,
            severity=severity,
            members=(f"alert-{root}",),
            evidence=(Reason(code="silent_upstream_answers", args={"device": root, "upstream": "core"}),),
            opened_at=now,
            settles_at=now + timedelta(seconds=SETTLE_S),
            confirmed_at=now if confirmed else None,
        )
        self.faults[situation.situation_id] = Fault(self, situation)
        return self.faults[situation.situation_id]

    def unbound(
        self, source: str, resource: str, *, check: str = "DiskFull", severity: Severity = Severity.MAJOR
    ) -> Fault:
        key = f"{source}/{resource}/{check}"
        self.alerts[key] = AlertFacts(source=source, resource=resource, check=check, summary=f"{check} on {resource}")
        fault = self.fault(key, severity=severity)
        fault.situation = replace(fault.situation, root_ci=None, members=(key,), evidence=())
        return fault

    def evaluate(self) -> list[Change]:
        """Show the desk what is there now, as the hub does, in one transaction."""
        with self.ledger.begin() as connection:
            return self.desk.update(connection, self.clock.now(), *self.scene())

    def scene(self) -> tuple[list[Situation], Assessment, Circumstances]:
        active = [fault for fault in self.faults.values() if not fault.clear and fault.situation.root_ci]
        assessment = Assessment(
            revision=1,
            position=1,
            health={},
            roots=(),
            impacts={str(fault.situation.root_ci): fault.impact() for fault in active},
            pending=frozenset(),
            ask=frozenset(),
        )
        circumstances = Circumstances(
            maintenance=frozenset(self.maintenance), default_on_call=self.default_on_call, alerts=self.alerts
        )
        return [fault.situation for fault in self.faults.values()], assessment, circumstances

    def act(self, number: int, verb: str, actor: str = "anna", note: str = "") -> Any:
        with self.ledger.begin() as connection:
            return self.desk.act(connection, number, verb, actor, note)

    def all_sent(self) -> None:
        """The mail server takes everything that waits."""
        with self.ledger.begin() as connection:
            for entry in self._messages(connection):
                if outbox.begin_sending(connection, entry.key):
                    outbox.mark_sent(connection, entry.key, now=self.clock.now())

    # What is wanted

    def incident(self, number: int) -> Incident:
        with self.ledger.read() as connection:
            found = store.by_number(connection, number)
        assert found is not None, f"there is no INC-{number}"
        return found

    def wants(self, number: int, **expected: Any) -> Incident:
        """The incident as the ledger holds it; ``state`` goes by its word."""
        incident = self.incident(number)
        shown = {name: getattr(getattr(incident, name), "value", getattr(incident, name)) for name in expected}
        assert shown == expected
        return incident

    def wants_no_incident(self) -> None:
        with self.ledger.read() as connection:
            assert store.last_number(connection) == 0

    def told(self, number: int | None = None) -> list[str]:
        """Who was told of what as whom, in order: ``olga: open as service_owner``; held and superseded ones say so."""
        with self.ledger.read() as connection:
            messages = self._messages(connection)
        marks = {OutboxState.HELD: " (held)", OutboxState.SUPERSEDED: " (superseded)"}
        return [
            f"{one.key.stakeholder}: {one.key.happening} as {one.payload['role']}{marks.get(one.state, '')}"
            for one in messages
            if number is None or one.payload["number"] == number
        ]

    def wants_told(self, *expected: str, number: int | None = None) -> None:
        assert sorted(self.told(number)) == sorted(expected)

    def mail_to(self, person: str, happening: str = "open") -> OutboxEntry:
        with self.ledger.read() as connection:
            found = [one for one in self._messages(connection) if one.key.stakeholder == person]
        return next(one for one in reversed(found) if one.key.happening == happening)

    def timeline(self, number: int) -> list[TimelineEntry]:
        with self.ledger.read() as connection:
            return [entry for _, entry in store.timeline(connection, self.incident(number).incident_id)]

    def happened(self, number: int) -> list[str]:
        return [entry.what.code for entry in self.timeline(number)]

    def _messages(self, connection: Any) -> list[OutboxEntry]:
        incidents = store.page(connection, limit=10_000)
        found = [entry for one in incidents for entry in outbox.of_incident(connection, one.incident_id)]
        return sorted(found, key=lambda entry: (entry.created_at, entry.payload["number"], entry.key.stakeholder))
