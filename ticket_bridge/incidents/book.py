"""The desk's memory of incidents that are live or may come back, and the draft of a decision upon it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypeVar

from sqlalchemy import Connection

from impact.model import Arg, Health, Reason
from ledger import outbox
from ledger.crash import boundary
from ledger.outbox import OutboxEntry, OutboxKey
from ticket_bridge.incidents import store
from ticket_bridge.incidents.store import Part
from ticket_bridge.model import Change, Incident, TimelineEntry, Told

HUB = "hub"

_Record = TypeVar("_Record")


@dataclass(slots=True)
class Book:
    """What the desk remembers. A draft works on a copy, so a decision that is not committed leaves no trace."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)  # by situation
    told: dict[str, dict[str, Told]] = field(default_factory=dict)  # by incident, by person
    last_opening: dict[str, datetime] = field(default_factory=dict)  # of users, over all incidents
    last_number: int = 0
    # By incident that a person resolved although it still fails: each service at the best it has been since.
    left_at: dict[str, Mapping[str, Health]] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, *, ended_after: datetime, users_after: datetime) -> Self:
        """What the ledger holds of live incidents and those that ended after ``ended_after``."""
        incidents = store.in_memory_of_the_desk(connection, ended_after)
        ids = [incident.incident_id for incident in incidents]
        book = cls(
            incidents={incident.incident_id: incident for incident in incidents},
            parts={part.situation_id: part for part in store.parts_of(connection, ids)},
            last_number=store.last_number(connection),
        )
        for told in store.told_of(connection, ids):
            book.told.setdefault(told.incident_id, {})[told.person_id] = told
        for told in store.told_since(connection, "user", users_after):
            book.last_opening[told.person_id] = max(
                told.opened_at, book.last_opening.get(told.person_id, told.opened_at)
            )
        return book

    def copy(self) -> Book:
        """A copy to draft on. What people know is shared; a draft copies an incident's record before it changes it."""
        return Book(
            incidents=dict(self.incidents),
            parts=dict(self.parts),
            told=dict(self.told),
            last_opening=dict(self.last_opening),
            last_number=self.last_number,
            left_at=dict(self.left_at),
        )

    def of_situation(self, situation_id: str) -> Incident | None:
        part = self.parts.get(situation_id)
        return self.incidents.get(part.incident_id) if part else None

    def live(self) -> list[Incident]:
        """Live incidents, oldest number first."""
        return sorted((one for one in self.incidents.values() if one.live), key=lambda one: one.number)

    def parts_of(self, incident_id: str) -> list[Part]:
        return [part for part in self.parts.values() if part.incident_id == incident_id]

    def still_failing(self) -> set[str]:
        """Incidents with an active situation, whatever people say of them."""
        return {part.incident_id for part in self.parts.values() if not part.ended}

    def covered(self, incident_id: str, person_id: str, service: str) -> bool:
        """Whether a live incident other than this one told that person of that service, which still hits them."""
        for other, people in self.told.items():
            if other == incident_id or not self.incidents[other].live:
                continue
            knows = people.get(person_id)
            if knows is not None and knows.waits_for_the_end and service in knows.hit:
                return True
        return False

    def forget(self, ended_before: datetime, users_before: datetime) -> None:
        """Drop what can no longer come back."""
        gone = {
            one.incident_id
            for one in self.incidents.values()
            if not one.live and one.resolved_at is not None and one.resolved_at <= ended_before
        } - self.still_failing()
        for incident_id in gone:
            del self.incidents[incident_id]
            self.told.pop(incident_id, None)
            self.left_at.pop(incident_id, None)
        if gone:
            self.parts = {key: part for key, part in self.parts.items() if part.incident_id not in gone}
        for person_id in [one for one, at in self.last_opening.items() if at <= users_before]:
            del self.last_opening[person_id]


class Draft:
    """One decision in the making: a copy of the book, and what must be written for it. Nothing new writes nothing."""

    def __init__(self, connection: Connection, book: Book, now: datetime) -> None:
        self.book = book.copy()
        self.now = now
        self.changed: dict[str, list[TimelineEntry]] = {}
        self.queued: dict[str, int] = {}
        self._connection = connection
        self._before = book
        self._knowing: set[str] = set()  # incidents of which somebody knows something else now
        self._messages: list[tuple[OutboxKey, Mapping[str, object], str, bool]] = []
        self._superseded: list[tuple[OutboxKey, str]] = []

    # Incidents

    def put(self, incident: Incident, *entries: Reason, actor: str = HUB) -> Incident:
        """Keep an incident as it is now, with what happened to it. Equal to before and without entries: nothing."""
        known = self.book.incidents.get(incident.incident_id)
        if known == incident and not entries:
            return incident
        kept = replace(incident, updated_at=self.now) if known != incident else incident
        self.book.incidents[kept.incident_id] = kept
        self.note(kept.incident_id, *entries, actor=actor)
        return kept

    def note(self, incident_id: str, *entries: Reason, actor: str = HUB) -> None:
        """Append to the timeline."""
        lines = self.changed.setdefault(incident_id, [])
        lines += [TimelineEntry(incident_id=incident_id, at=self.now, actor=actor, what=one) for one in entries]

    def link(self, situation_id: str, incident_id: str, *, ended: bool = False, merged: bool = False) -> None:
        """Make a situation part of an incident."""
        self.book.parts[situation_id] = Part(
            situation_id=situation_id, incident_id=incident_id, ended=ended, merged=merged
        )

    def next_number(self) -> int:
        self.book.last_number += 1
        return self.book.last_number

    # People

    def told(self, incident_id: str) -> Mapping[str, Told]:
        return self.book.told.get(incident_id, {})

    def anyone_learned(self, incident_id: str) -> bool:
        """Whether what somebody knows of the incident has changed with this decision."""
        return incident_id in self._knowing

    def tell(self, told: Told) -> None:
        """Keep what a person knows now."""
        if told.incident_id not in self._knowing:
            self._knowing.add(told.incident_id)
            self.book.told[told.incident_id] = dict(self.told(told.incident_id))
        self.book.told[told.incident_id][told.person_id] = told

    def message(self, key: OutboxKey, payload: Mapping[str, object], *, message_id: str, held: bool = False) -> None:
        """Queue one message with this decision."""
        self._messages.append((key, payload, message_id, held))
        self.queued[key.incident_id] = self.queued.get(key.incident_id, 0) + (not held)

    def messages(self, incident_id: str) -> list[OutboxEntry]:
        """Messages of earlier decisions, with what has become of them."""
        return list(outbox.of_incident(self._connection, incident_id))

    def supersede(self, key: OutboxKey, why: str) -> None:
        self._superseded.append((key, why))

    # Writing

    def write(self) -> list[Change]:
        """Write it all into the transaction; returns what changed, by incident number."""
        old, new = self._before, self.book
        store.put_incidents(self._connection, _differences(old.incidents, new.incidents))
        store.put_parts(self._connection, _differences(old.parts, new.parts))
        store.append_timeline(self._connection, (entry for lines in self.changed.values() for entry in lines))
        for incident_id in self._knowing:
            store.put_told(self._connection, _differences(old.told.get(incident_id, {}), new.told[incident_id]))
        if self._messages:
            boundary("between-decision-and-outbox")
        self._write_messages()
        touched = {one.incident_id for one in _differences(old.incidents, new.incidents)} | self.changed.keys()
        return [self._change(one) for one in sorted(touched, key=lambda one: new.incidents[one].number)]

    def _write_messages(self) -> None:
        for key, why in self._superseded:
            outbox.supersede(self._connection, key, why=why)
        for key, payload, message_id, held in self._messages:
            outbox.enqueue(self._connection, key, payload, message_id=message_id, now=self.now, held=held)

    def _change(self, incident_id: str) -> Change:
        return Change(
            incident=self.book.incidents[incident_id],
            entries=tuple(self.changed.get(incident_id, ())),
            notices=self.queued.get(incident_id, 0),
        )


def _differences(old: Mapping[str, _Record], new: Mapping[str, _Record]) -> list[_Record]:
    return [record for key, record in new.items() if (known := old.get(key)) is not record and known != record]


def entry(code: str, **args: Arg) -> Reason:
    """A reason for the timeline."""
    return Reason(code=code, args=args)
