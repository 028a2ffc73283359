"""The poller: keeps a watch over each device of the graph, and asks at once when somebody wants to know.

What it learns goes two ways: signs of life into ``Evidence`` (memory), changes of state into the inbox (disk).
Nothing else is kept; after a restart the hub hands the active alerts to ``resume`` and everything is asked anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog

from alerting.evidence import Evidence
from collectors.snmp.reading import Finding, PollTarget
from collectors.snmp.session import SessionFactory
from collectors.snmp.watch import PollCounts, Rhythm, Submit, Surroundings, Watch
from ledger.clock import Clock
from ledger.errors import LedgerError
from ledger.inbox import Signal

log = structlog.get_logger(__name__)

FAREWELL_RETRY_S = 5.0


def _nobody(ci_id: str) -> None:
    """Stand in for the listener to time-outs where there is none."""


class Poller:
    """Watches over many devices. All methods belong to one event loop.

    Args:
        open_session: makes a session to a device; nothing is sent before the first question.
        evidence: told of each answer, each unanswered request, each failed question, each port state.
        submit: puts signals into the inbox, durably (``Inbox.put``).
        clock: the hub's.
        rhythm: intervals and patience.
        timed_out: called with the CI id at the first unanswered request of a question, so that the hub can ask what
            lies upstream. The CI itself is being asked already.
    """

    def __init__(
        self,
        *,
        open_session: SessionFactory,
        evidence: Evidence,
        submit: Submit,
        clock: Clock,
        rhythm: Rhythm | None = None,
        timed_out: Callable[[str], None] = _nobody,
    ) -> None:
        self.counts = PollCounts()
        self._around = Surroundings(
            open_session=open_session,
            evidence=evidence,
            submit=submit,
            clock=clock,
            rhythm=rhythm or Rhythm(),
            timed_out=timed_out,
            counts=self.counts,
        )
        self._watches: dict[str, Watch] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._farewells: list[Signal] = []
        self._farewell = asyncio.Event()

    def set_targets(self, targets: Iterable[PollTarget]) -> None:
        """Watch exactly these devices from now on; what stays keeps its state.

        The alerts of devices and ports that are no longer watched end: nobody could see their end.
        """
        wanted = {target.ci_id: target for target in targets}
        for ci_id in self._watches.keys() - wanted.keys():
            self._bid_farewell(self._watches.pop(ci_id).leave())
            if task := self._tasks.pop(ci_id, None):
                task.cancel()
        for ci_id, target in wanted.items():
            if watch := self._watches.get(ci_id):
                self._bid_farewell(watch.retarget(target))
            else:
                self._watches[ci_id] = Watch(target, self._around)
                self._around.evidence.pollable(ci_id, pollable=True)
                self._start(ci_id)

    def resume(self, ci_id: str, finding: Finding) -> None:
        """Take over an alert that was active before a restart, so that its end is submitted when it is seen."""
        if watch := self._watches.get(ci_id):
            watch.resume(finding)

    def ask(self, ci_ids: Iterable[str]) -> frozenset[str]:
        """Ask these devices at once and return; ``Evidence`` shows the questions under way.

        A living device answers within milliseconds, a dead one costs three seconds. Returns the CIs that are asked:
        those without a watch cannot be.
        """
        asked = frozenset(ci_id for ci_id in ci_ids if ci_id in self._watches)
        for ci_id in asked:
            self._watches[ci_id].ask()
        return asked

    async def run(self) -> None:
        """Poll until cancelled. An error of our own ends it; the supervisor starts it again, states are kept."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for ci_id in self._watches:
                    self._start(ci_id)
                await self._say_farewells()
        finally:
            self._group = None
            self._tasks.clear()

    def _start(self, ci_id: str) -> None:
        if self._group is not None:
            self._tasks[ci_id] = self._group.create_task(self._watches[ci_id].run(), name=f"snmp-watch:{ci_id}")

    def _bid_farewell(self, ends: list[Signal]) -> None:
        if ends:
            self._farewells += ends
            self._farewell.set()

    async def _say_farewells(self) -> None:
        """Submit the ends of what is no longer watched, until cancelled."""
        while True:
            await self._farewell.wait()
            self._farewell.clear()
            ends, self._farewells = self._farewells, []
            try:
                await self._around.submit(ends)
            except LedgerError as error:
                log.warning("snmp.ends_not_kept", count=len(ends), why=str(error))
                self._farewells = ends + self._farewells
                self._farewell.set()
                await asyncio.sleep(FAREWELL_RETRY_S)
