"""Draws maps and keeps their slots; one at a time, so that two readers get the same picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from cmdb.catalogue import Catalogue
from cmdb.model import CiId
from faultpath.map import store
from faultpath.map.arrangement import Arrangement, Pin, pinned
from faultpath.map.facts import facts_of_ci, facts_of_incident
from faultpath.map.model import Facts, Picture, Question
from faultpath.map.picture import Drawn, draw, draw_past, draw_tidied
from faultpath.map.scene import Lexicon, Scene
from faultpath.map.store import USED_ANEW, Row
from faultpath.questions import Moment
from impact.state import State
from ledger.clock import Clock
from ledger.engine import Ledger
from ticket_bridge.model import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question about a map: which map, what is asked, and how its facts are found. ``past``: not as it is now."""

    key: str
    question: Question
    facts: Callable[[], Facts]
    past: bool = False


class MapDesk:
    """Draws in a thread of its own, writes in the loop. What a map's places were is in the ledger and nowhere else."""

    def __init__(self, ledger: Ledger, clock: Clock, catalogue: Catalogue) -> None:
        self._ledger = ledger
        self._clock = clock
        self._lexicon = Lexicon.of(catalogue)
        self._turn = asyncio.Lock()
        self._last: Scene | None = None

    def of_ci(self, moment: Moment, ci_id: CiId, question: Question, *, past: bool) -> Asked:
        """The map of a CI that the moment's graph has."""
        return Asked(
            key=f"ci/{ci_id}/{question.direction.value}{_whole(question)}",
            question=question,
            facts=lambda: facts_of_ci(self._scene(moment), ci_id, question),
            past=past,
        )

    def of_incident(self, moment: Moment | None, incident: Incident, question: Question) -> Asked:
        """The map of an incident; without a graph, its paths alone."""
        return Asked(
            key=f"incident/{incident.incident_id}{_whole(question)}",
            question=question,
            facts=lambda: facts_of_incident(incident, self._scene(moment) if moment else None, question),
        )

    async def draw(self, asked: Asked) -> Picture:
        """The picture; what found no slot yet is given one, and keeps it.

        Raises:
            LedgerUnavailableError: the slots cannot be read or kept.
        """
        async with self._turn:
            return await self._draw(asked, draw_past if asked.past else draw)

    async def tidy(self, asked: Asked, note: Callable[[Connection], None]) -> Picture:
        """Lay the map out anew, for everybody; ``note`` writes down who did, in the same transaction."""
        async with self._turn:
            return await self._draw(asked, draw_tidied, note)

    async def undo(self, asked: Asked, note: Callable[[Connection], None]) -> Picture | None:
        """Take the last tidying back; ``None`` if there is nothing to take back."""
        async with self._turn:
            row = self._row(asked.key)
            if row.former is None:
                return None
            before = replace(row.former, pins=row.arrangement.pins)
            self._keep(asked.key, Row(arrangement=before), note)
            return await self._draw(asked, draw)

    async def pin(self, key: str, ci_id: CiId, pin: Pin | None, note: Callable[[Connection], None]) -> bool:
        """Pin a CI to a place of a map, or with ``None`` let go of it; whether the place was free."""
        async with self._turn:
            row = self._row(key)
            after = pinned(row.arrangement, ci_id, pin)
            if after is not None:
                self._keep(key, replace(row, arrangement=after), note)
            return after is not None

    async def _draw(
        self,
        asked: Asked,
        how: Callable[[Facts, Question, Arrangement, datetime], Drawn],
        note: Callable[[Connection], None] | None = None,
    ) -> Picture:
        row = self._row(asked.key)
        now = self._clock.now()
        drawn = await asyncio.to_thread(lambda: how(asked.facts(), asked.question, row.arrangement, now))
        stale = row.used_at is None or now - row.used_at > USED_ANEW
        former = row.arrangement if note is not None else row.former
        if drawn.arrangement != row.arrangement or stale or note is not None:
            self._keep(asked.key, Row(arrangement=drawn.arrangement, former=former), note)
        return replace(drawn.picture, undo=former is not None)

    def _row(self, key: str) -> Row:
        with self._ledger.read() as connection:
            return store.read(connection, key)

    def _keep(self, key: str, row: Row, note: Callable[[Connection], None] | None) -> None:
        with self._ledger.begin() as connection:
            store.write(connection, key, row, self._clock.now())
            if note is not None:
                note(connection)

    def _scene(self, moment: Moment) -> Scene:
        """The moment's scene; that of the newest moment is kept, since it is asked for again and again."""
        last = self._last
        state: State | None = None
        if last is not None and last.graph is moment.graph and last.moment.faults == moment.faults:
            if last.moment.assessment is moment.assessment:
                return last
            state = last.state
        scene = Scene.of(moment, self._lexicon, state)
        if moment.assessment is not None:
            self._last = scene
        return scene


def _whole(question: Question) -> str:
    return "" if question.grouped else "/ungrouped"
