"""From a decision about an incident to messages in the outbox, and the record of who knows what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from impact.model import Health, Reason
from ledger.outbox import OutboxKey, OutboxState
from ticket_bridge.directory import Directory
from ticket_bridge.incidents.book import Draft, entry
from ticket_bridge.model import AlertFacts, Happening, Incident, Told
from ticket_bridge.notices.compose import Composer, GoesOn, Message, Remedy
from ticket_bridge.notices.who import USER, Concern, Telling, Tellings, remembered, tellings
from ticket_bridge.settings import MailSettings, NoticePolicy

MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desktop:
    """What telling needs beside the draft: the table, names and addresses, and how mail is written."""

    policy: NoticePolicy
    directory: Directory
    mail: MailSettings

    def composer(self, incident: Incident, alerts: Iterable[AlertFacts] = ()) -> Composer:
        remedies = (Remedy.from_details(alert.details) for alert in alerts)
        return Composer(
            incident,
            self.directory,
            remedy=next((one for one in remedies if one is not None), None),
            link_base=self.mail.link_base,
            zone=ZoneInfo(self.mail.time_zone),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pen:
    """Writes messages of one incident into the draft."""

    draft: Draft
    desktop: Desktop
    incident: Incident
    composer: Composer

    def send(self, knows: Told, message: Message, *, held: bool = False) -> None:
        """Queue the message for a person who has an address; ``knows`` is their record after it."""
        address = self.desktop.directory.email(knows.person_id)
        if address is None:
            return
        language = self.desktop.directory.language(knows.person_id)
        subject, body = self.composer.write(message, language)
        numbers = {Happening.OPEN: knows.openings, Happening.WORSE: knows.worse, Happening.RESOLVED: knows.ends}
        key = _key(knows, message.happening, numbers[message.happening])
        domain = self.desktop.mail.message_id_domain
        first = message.happening is Happening.OPEN or knows.carried_from is not None
        payload = {
            "number": self.incident.number,
            "role": knows.role,
            "address": address,
            "language": language,
            "subject": subject,
            "body": body,
            "because": {"code": message.because.code, "args": dict(message.because.args)},
            "thread": f"<incident-{self.incident.incident_id.lower()}@{domain}>",
            "replies_to": None if first else message_id(_key(knows, Happening.OPEN, knows.openings), domain),
        }
        self.draft.message(key, payload, message_id=message_id(key, domain), held=held)


def message_id(key: OutboxKey, domain: str) -> str:
    """The Message-ID (RFC 5322, 3.6.4) that follows from the outbox key: a repeat carries the same one."""
    return f"<{key.digest}@{domain}>"


# The beginning, and what follows


def remember(draft: Draft, incident: Incident, concerned: Mapping[str, Concern]) -> None:
    """Note what has eased for those who were told, and what has come back at once."""
    for person_id, knows in list(draft.told(incident.incident_id).items()):
        after = remembered(knows, concerned.get(person_id), draft.now) if knows.waits_for_the_end else knows
        if after is not knows:
            draft.tell(after)


def tell(
    draft: Draft,
    desktop: Desktop,
    incident: Incident,
    concerned: Mapping[str, Concern],
    alerts: Sequence[AlertFacts],
) -> Tellings:
    """Queue openings and *worse* for those the table names."""
    incident_id = incident.incident_id
    found = tellings(
        desktop.policy,
        incident,
        concerned,
        draft.told(incident_id),
        covered=lambda person, service: draft.book.covered(incident_id, person, service),
        last_opening=draft.book.last_opening,
        now=draft.now,
    )
    if not found.now:
        return found
    if incident.first_notice_at is None:
        incident = draft.put(replace(incident, first_notice_at=draft.now))
    pen = _Pen(draft=draft, desktop=desktop, incident=incident, composer=desktop.composer(incident, alerts))
    sent = _Sent.of(draft, incident)
    for telling in found.now:
        _queue(pen, sent, telling)
    draft.note(incident_id, *_queued_entries(found.now, desktop.directory))
    return found


def _queue(pen: _Pen, sent: _Sent, telling: Telling) -> None:
    known = pen.draft.told(pen.incident.incident_id).get(telling.person_id)
    if known is not None and known.waits_for_the_end and telling.happening is Happening.OPEN:
        known = _told_before(pen.draft, sent, pen.incident, known)
    knows = _knows_now(pen.draft, pen.incident, known, telling)
    pen.draft.tell(knows)
    if telling.role == USER and telling.happening is Happening.OPEN:
        pen.draft.book.last_opening[telling.person_id] = pen.draft.now
    pen.send(knows, Message(happening=telling.happening, because=telling.because), held=telling.held)


def _told_before(draft: Draft, sent: _Sent, incident: Incident, known: Told) -> Told:
    """The record of one for whom it begins anew: an opening that went out is owed its end, whatever the next does."""
    opening = _key(known, Happening.OPEN, known.openings)
    if opening in sent.waiting:
        draft.supersede(opening, "it eased and began anew before it was sent")
    if opening in sent.waiting | sent.refused or known.carried_from is not None:
        return known
    return replace(known, carried_from=incident.number)


def _knows_now(draft: Draft, incident: Incident, known: Told | None, telling: Telling) -> Told:
    """The record of this person after the telling; ``known`` is the one before it."""
    if known is not None and known.waits_for_the_end:
        anew = telling.happening is Happening.OPEN
        return replace(
            known,
            services=known.services | telling.services,
            eased=_eased(known.eased, telling, draft.now),
            priority=incident.priority,
            opened_at=draft.now if anew else known.opened_at,
            openings=known.openings + anew,
            worse=known.worse + (not anew),
        )
    return Told(
        incident_id=incident.incident_id,
        person_id=telling.person_id,
        role=telling.role,
        services=telling.services,
        eased=_eased({}, telling, draft.now),
        priority=incident.priority,
        opened_at=draft.now,
        openings=known.openings + 1 if known else 1,
        worse=known.worse if known else 0,
        ends=known.ends if known else 0,
    )


def _eased(before: Mapping[str, datetime], telling: Telling, now: datetime) -> dict[str, datetime]:
    """What does not hit them, after the telling: a service that is only at risk counts as eased from the start."""
    mild = (before.keys() | telling.services) - telling.hit
    return {ci: before.get(ci, now) for ci in mild}


def _queued_entries(found: Sequence[Telling], directory: Directory) -> list[Reason]:
    """One entry a happening and role, naming each person."""
    entries: list[Reason] = []
    going = [one for one in found if not one.held and directory.email(one.person_id) is not None]
    for happening, role in dict.fromkeys((one.happening, one.role) for one in going):
        people = tuple(one.person_id for one in going if one.happening is happening and one.role == role)
        entries.append(entry("notices_queued", happening=happening.value, role=role, people=people))
    held = sum(1 for one in found if one.held)
    if held:
        entries.append(entry("notices_held", count=held))
    entries += [
        entry("notice_unaddressed", person=one.person_id, role=one.role)
        for one in found
        if directory.email(one.person_id) is None
    ]
    return entries


def _key(knows: Told, happening: Happening, sequence: int) -> OutboxKey:
    return OutboxKey(
        incident_id=knows.incident_id,
        stakeholder=knows.person_id,
        channel=MAIL,
        happening=happening.value,
        sequence=sequence,
    )


# The end


@dataclass(frozen=True, slots=True)
class _Sent:
    """What became of an incident's messages: which certainly have not gone out yet, and which never will."""

    waiting: frozenset[OutboxKey]
    refused: frozenset[OutboxKey]

    @classmethod
    def of(cls, draft: Draft, incident: Incident) -> _Sent:
        messages = draft.messages(incident.incident_id)
        unsent = (OutboxState.WAITING, OutboxState.HELD)
        return cls(
            waiting=frozenset(one.key for one in messages if one.state in unsent and not one.possibly_repeated),
            refused=frozenset(one.key for one in messages if one.state is OutboxState.REFUSED),
        )


def tell_the_end(draft: Draft, desktop: Desktop, incident: Incident) -> None:
    """Tell exactly those who were told the beginning. Whose opening still waits is told nothing: it is withdrawn."""
    sent = _Sent.of(draft, incident)
    pen = _Pen(draft=draft, desktop=desktop, incident=incident, composer=desktop.composer(incident))
    ended: list[Told] = []
    withdrawn: list[str] = []
    for knows in list(draft.told(incident.incident_id).values()):
        if not knows.waits_for_the_end:
            continue
        if _withdraw(draft, sent, knows):
            withdrawn.append(knows.person_id)
            continue
        ended.append(knows)
    for knows in ended:
        over = replace(knows, ended=True, ends=knows.ends + 1)
        draft.tell(over)
        goes_on = _goes_on(draft, incident, knows)
        because = Reason(code=f"why_told_{knows.role}", args={"number": incident.number})
        pen.send(over, Message(happening=Happening.RESOLVED, because=because, goes_on=goes_on))
    draft.note(incident.incident_id, *_ended_entries(ended, withdrawn))


def _withdraw(draft: Draft, sent: _Sent, knows: Told) -> bool:
    """Supersede what still waits for this person; whether they have not been told the opening and now never will."""
    for key in sent.waiting:
        if key.stakeholder == knows.person_id and key.happening != Happening.RESOLVED.value:
            draft.supersede(key, "over before it was sent")
    opening = _key(knows, Happening.OPEN, knows.openings)
    if knows.carried_from is not None or opening not in sent.waiting | sent.refused:
        return False
    draft.tell(replace(knows, withdrawn=True))
    if knows.role == USER:
        draft.book.last_opening.pop(knows.person_id, None)
    return True


def _goes_on(draft: Draft, incident: Incident, knows: Told) -> tuple[GoesOn, ...]:
    """Services of this person that another live incident still hits; that one takes them over and owes the end."""
    found: list[GoesOn] = []
    left = set(knows.services)
    for other in draft.book.live():
        hits = [hit for hit in other.services if hit.ci_id in left and hit.state >= Health.DEGRADED]
        if other.incident_id == incident.incident_id or not hits or other.first_notice_at is None:
            continue
        if knows.role == USER and not other.hurts(knows.person_id):
            continue  # it goes on for people of other sites
        left -= {hit.ci_id for hit in hits}
        found += [GoesOn(service=hit, number=other.number) for hit in hits]
        _take_over(draft, other, incident, knows, frozenset(hit.ci_id for hit in hits))
    return tuple(found)


def _take_over(draft: Draft, other: Incident, incident: Incident, knows: Told, services: frozenset[str]) -> None:
    known = draft.told(other.incident_id).get(knows.person_id)
    if known is not None and known.waits_for_the_end:
        eased = {ci: since for ci, since in known.eased.items() if ci not in services}
        draft.tell(replace(known, services=known.services | services, eased=eased))
        return
    openings = known.openings + 1 if known else 1
    taken = replace(
        knows,
        incident_id=other.incident_id,
        services=services,
        eased={},
        priority=other.priority,
        openings=openings,
        worse=known.worse if known else 0,
        ends=known.ends if known else 0,
        carried_from=incident.number,
    )
    draft.tell(taken)
    draft.note(other.incident_id, entry("told_by_other", people=(knows.person_id,), number=incident.number))


def _ended_entries(ended: Sequence[Told], withdrawn: Sequence[str]) -> list[Reason]:
    entries = [
        entry(
            "notices_queued",
            happening=Happening.RESOLVED.value,
            role=role,
            people=tuple(one.person_id for one in ended if one.role == role),
        )
        for role in dict.fromkeys(one.role for one in ended)
    ]
    if withdrawn:
        entries.append(entry("notices_superseded", people=tuple(withdrawn)))
    return entries


# Merging


def hand_over(draft: Draft, closed: Incident, stays: Incident) -> None:
    """Two incidents became one: nobody is told of that; who knows of the closed one is owed the end by the other."""
    sent = _Sent.of(draft, closed)
    for knows in list(draft.told(closed.incident_id).values()):
        if not knows.waits_for_the_end or _withdraw(draft, sent, knows):
            continue
        draft.tell(replace(knows, ended=True))
        _take_over(draft, stays, closed, knows, knows.services)
