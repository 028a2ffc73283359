"""The desk: turns situations and their assessment into incidents and notices, in the caller's transaction.

It keeps what is live in memory and writes only what changed, so that telling it the same again writes nothing. That
makes a crash between the steps of the pipeline harmless: the next evaluation decides what is still missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Connection

from alerting.model import Situation
from impact.model import Assessment, Reason, RootImpact
from ledger import outbox
from ledger.clock import Clock
from ledger.engine import Ledger
from ledger.outbox import OutboxState
from ticket_bridge.directory import Directory
from ticket_bridge.incidents import follow, lifecycle, store, telling
from ticket_bridge.incidents.book import Book, Draft, entry
from ticket_bridge.incidents.follow import COLLECTING, Scene
from ticket_bridge.incidents.hours import within
from ticket_bridge.incidents.telling import Desktop
from ticket_bridge.model import ActRefused, Change, Circumstances, Incident, IncidentState
from ticket_bridge.notices.who import Concern, concerns
from ticket_bridge.settings import IncidentPolicy, MailSettings, NoticePolicy

_Shown: TypeAlias = tuple[Incident, RootImpact, tuple[str, ...]]
"""What the desk saw of an incident: the incident, what its root does, who is on call for the default team."""


class Desk:
    """Incidents, from the first sign to the last notice. Not safe for threads: it belongs to the hub's loop.

    Every method that decides takes the connection of an open write transaction of ``ledger``; if that is rolled back,
    the desk's memory goes back with it.
    """

    def __init__(
        self,
        ledger: Ledger,
        directory: Directory,
        clock: Clock,
        *,
        policy: IncidentPolicy | None = None,
        notices: NoticePolicy | None = None,
        mail: MailSettings | None = None,
    ) -> None:
        self._ledger = ledger
        self._directory = directory
        self._clock = clock
        self._policy = policy or IncidentPolicy.load()
        self._desktop = Desktop(policy=notices or NoticePolicy.load(), directory=directory, mail=mail or MailSettings())
        self._book = Book()
        self._again_at: datetime | None = None
        # Incidents with nothing to tell, as they were shown: 300 of them are not gone through person by person again.
        self._calm: dict[str, _Shown] = {}
        self._seen_at = datetime.min.replace(tzinfo=UTC)

    def load(self, connection: Connection) -> None:
        """Read what is live from the ledger: once at start. A read connection will do."""
        now = self._clock.now()
        self._book = Book.load(connection, ended_after=self._reopening_since(now), users_after=self._users_since(now))

    @property
    def live(self) -> Sequence[Incident]:
        """Live incidents, oldest number first."""
        return self._book.live()

    def next_due(self) -> datetime | None:
        """When ``update`` should be called again although nothing new came in: a notice may go then, or one closes."""
        window = timedelta(seconds=self._policy.reopen_within_s)
        waits = [one.settles_at for one in self._book.live() if one.first_notice_at is None and not one.confirmed]
        closes = [
            one.resolved_at + window
            for one in self._book.incidents.values()
            if one.state is IncidentState.RESOLVED and one.resolved_at is not None
        ]
        later = (at for at in (*waits, *closes, self._again_at) if at is not None and at > self._seen_at)
        return min(later, default=None)

    # The evaluation's way in

    def update(
        self,
        connection: Connection,
        now: datetime,
        situations: Sequence[Situation],
        assessment: Assessment,
        circumstances: Circumstances,
    ) -> list[Change]:
        """Bring incidents, timeline and outbox to what the evaluation says; what changed, by number.

        Args:
            connection: of an open write transaction.
            now: the hub's time.
            situations: all that are open, and those just resolved or merged.
            assessment: what the present faults do.
            circumstances: maintenance, the default team, facts of alerts.
        """
        draft = Draft(connection, self._book, now)
        scene = Scene(
            policy=self._policy,
            assessment=assessment,
            circumstances=circumstances,
            in_hours=lambda service: within(self._directory.hours(service), now),
        )
        self._merge(draft, situations)
        self._settle_ended(draft, situations)
        active = [one for one in follow.oldest_first(situations) if one.resolved_at is None and one.merged_into is None]
        for situation in active:
            self._admit(draft, scene, situation)
        by_incident = self._by_incident(draft, active)
        for incident in draft.book.live():
            if incident.incident_id in by_incident:
                follow.follow(draft, scene, incident, by_incident[incident.incident_id])
        self._again_at = self._tell(draft, scene, by_incident)
        follow.close_what_stayed_away(draft, self._policy)
        self._seen_at = now
        return self._commit(draft)

    def _merge(self, draft: Draft, situations: Sequence[Situation]) -> None:
        into = {one.situation_id: one.merged_into for one in situations if one.merged_into is not None}
        for situation in follow.oldest_first(situations):
            target = into.get(situation.situation_id)
            seen = {situation.situation_id}
            while target is not None and target in into and target not in seen:
                seen.add(target)
                target = into[target]
            if target is not None:
                follow.merge(draft, situation, target, lambda closed, stays: telling.hand_over(draft, closed, stays))

    def _settle_ended(self, draft: Draft, situations: Sequence[Situation]) -> None:
        """Incidents whose last situation has just resolved are resolved, and their people told."""
        ended: dict[str, Situation] = {}
        for situation in situations:
            part = draft.book.parts.get(situation.situation_id)
            if situation.resolved_at is None or part is None or part.ended:
                continue
            draft.link(situation.situation_id, part.incident_id, ended=True)
            ended[part.incident_id] = situation
        for incident_id, situation in ended.items():
            incident = draft.book.incidents[incident_id]
            if incident.live and all(part.ended for part in draft.book.parts_of(incident_id)):
                clear_since = situation.clear_since or situation.resolved_at or draft.now
                self._resolve(draft, incident, entry("resolved", clear_since=clear_since.isoformat()))

    def _resolve(self, draft: Draft, incident: Incident, why: Reason, actor: str = "hub") -> Incident:
        over = replace(incident, state=IncidentState.RESOLVED, resolved_at=draft.now)
        over = draft.put(over, why, actor=actor)
        telling.tell_the_end(draft, self._desktop, over)
        return over

    def _admit(self, draft: Draft, scene: Scene, situation: Situation) -> None:
        """See to it that an active situation has an incident, if it deserves one."""
        part = draft.book.parts.get(situation.situation_id)
        incident = draft.book.of_situation(situation.situation_id)
        if part is None or incident is None:
            follow.open_or_attach(draft, scene, situation)
        elif incident.unbound_resource == COLLECTING and situation.root_ci is not None:
            self._leave_the_collection(draft, scene, incident, situation)
        elif part.ended and incident.live:
            draft.link(situation.situation_id, incident.incident_id)
        elif part.ended:  # it had resolved and is active again
            follow.open_or_attach(draft, scene, situation)
        elif not incident.live:
            follow.reopen_if_worse(draft, scene, situation, incident)

    def _leave_the_collection(self, draft: Draft, scene: Scene, incident: Incident, situation: Situation) -> None:
        """A collected alert has found its CI: it gets an incident of its own, if it deserves one."""
        draft.link(situation.situation_id, incident.incident_id, ended=True)
        follow.open_or_attach(draft, scene, situation)
        if incident.live and all(part.ended for part in draft.book.parts_of(incident.incident_id)):
            self._resolve(draft, incident, entry("resolved", clear_since=draft.now.isoformat()))

    def _by_incident(self, draft: Draft, active: Sequence[Situation]) -> dict[str, list[Situation]]:
        found: dict[str, list[Situation]] = {}
        for situation in active:
            part = draft.book.parts.get(situation.situation_id)
            if part is not None and not part.ended:
                found.setdefault(part.incident_id, []).append(situation)
        return found

    def _tell(self, draft: Draft, scene: Scene, by_incident: dict[str, list[Situation]]) -> datetime | None:
        """Notices, the oldest incident first: it tells, and a younger one does not repeat it."""
        again: list[datetime] = []
        calm: dict[str, _Shown] = {}
        for incident, shown, concerned in self._remember(draft, scene, by_incident, calm):
            settled = incident.confirmed or (incident.settles_at is not None and incident.settles_at <= draft.now)
            if not settled or scene.in_maintenance(incident.root_ci):
                continue
            active = by_incident[incident.incident_id]
            alerts = [alert for situation in active for alert in scene.alerts(situation)]
            found = telling.tell(draft, self._desktop, incident, concerned, alerts)
            if found.calm:
                calm[incident.incident_id] = shown
            if found.again_at is not None:
                again.append(found.again_at)
        self._calm = calm
        return min(again, default=None)

    def _remember(
        self, draft: Draft, scene: Scene, by_incident: dict[str, list[Situation]], calm: dict[str, _Shown]
    ) -> list[tuple[Incident, _Shown, dict[str, Concern]]]:
        """Bring what people know to what there is now, before anybody is told: what eased here may be news elsewhere.

        Returns the incidents to go through, with whom they concern; adds the others to ``calm``.
        """
        found: list[tuple[Incident, _Shown, dict[str, Concern]]] = []
        on_call = scene.circumstances.default_on_call
        for incident in draft.book.live():
            impact = scene.impact(incident.root_ci)
            if incident.incident_id not in by_incident or impact is None:
                continue
            shown = (incident, impact, on_call)
            if self._calm.get(incident.incident_id) == shown and not draft.anyone_learned(incident.incident_id):
                calm[incident.incident_id] = shown
                continue
            concerned = concerns(self._desktop.policy, impact, on_call)
            telling.remember(draft, incident, concerned)
            found.append((incident, shown, concerned))
        return found

    # People's way in

    def act(self, connection: Connection, number: int, verb: str, actor: str, note: str = "") -> Incident | ActRefused:
        """A person's act: acknowledge, start, pend, resolve, close, reopen. What is not allowed writes nothing."""
        draft, incident = self._draft_of(connection, number)
        if incident is None:
            return _no_such(number)
        move = lifecycle.move(incident, verb)
        if isinstance(move, ActRefused):
            return move
        why = entry(move.entry, note=note)
        if move.leads_to is IncidentState.RESOLVED:
            after = self._resolve(draft, incident, why, actor)
        elif verb == "reopen":
            after = draft.put(follow.reopened(incident, draft.now), why, actor=actor)
        else:
            assignee = incident.assignee or (actor if verb in ("acknowledge", "start") else None)
            after = draft.put(replace(incident, state=move.leads_to, assignee=assignee), why, actor=actor)
        self._commit(draft)
        return after

    def set_priority(
        self, connection: Connection, number: int, priority: int, actor: str, note: str = ""
    ) -> Incident | ActRefused:
        """A person's priority stays until the rules find a better one than they ever did for this incident."""
        draft, incident = self._draft_of(connection, number)
        if incident is None:
            return _no_such(number)
        if not 1 <= priority <= 5:
            return ActRefused(reason=entry("bad_priority", priority=priority))
        if not incident.live:
            return ActRefused(reason=entry("illegal_move", verb="set_priority", state=incident.state.value))
        why = entry("priority_by_person", priority=priority, actor=actor)
        after = replace(incident, priority=priority, priority_reason=why, priority_set_by=actor)
        changed = entry("priority_changed_by_person", before=incident.priority, priority=priority, note=note)
        after = draft.put(after, changed, actor=actor)
        self._commit(draft)
        return after

    def release(self, connection: Connection, number: int, actor: str) -> Incident | ActRefused:
        """Agree that the mails held back for their number go out."""
        draft, incident = self._draft_of(connection, number)
        if incident is None:
            return _no_such(number)
        held = [one for one in draft.messages(incident.incident_id) if one.state is OutboxState.HELD]
        if not held:
            return ActRefused(reason=entry("nothing_held", number=number))
        for message in held:
            outbox.release(connection, message.key, now=draft.now)
        released = entry("notices_released", count=len(held))
        after = draft.put(replace(incident, released_by=actor), released, actor=actor)
        self._commit(draft)
        return after

    def _draft_of(self, connection: Connection, number: int) -> tuple[Draft, Incident | None]:
        draft = Draft(connection, self._book, self._clock.now())
        known = next((one for one in draft.book.incidents.values() if one.number == number), None)
        if known is None:  # it ended long ago
            known = store.by_number(connection, number)
            if known is not None:
                draft.book.incidents[known.incident_id] = known
                draft.book.told[known.incident_id] = {
                    told.person_id: told for told in store.told_of(connection, [known.incident_id])
                }
        return draft, known

    def _commit(self, draft: Draft) -> list[Change]:
        before = self._book
        changes = draft.write()
        self._ledger.on_rollback(lambda: self._restore(before))
        draft.book.forget(self._reopening_since(draft.now), self._users_since(draft.now))
        self._book = draft.book
        return changes

    def _restore(self, book: Book) -> None:
        self._book = book
        self._calm = {}

    def _reopening_since(self, now: datetime) -> datetime:
        return now - timedelta(seconds=self._policy.reopen_within_s)

    def _users_since(self, now: datetime) -> datetime:
        longest = max(rule.opening_interval_s for rule in self._desktop.policy.who_is_told)
        return now - timedelta(seconds=longest)


def _no_such(number: int) -> ActRefused:
    return ActRefused(reason=entry("no_such_incident", number=number))
