"""One device under watch: when it is asked, what its answers mean for evidence and inbox.

Each device has a task and deadlines of its own, so a dead one delays nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

import structlog

from alerting.evidence import Evidence
from collectors.snmp.errors import SnmpAgentError, SnmpError, SnmpRefusedError, SnmpTargetError, SnmpTimeoutError
from collectors.snmp.reading import CHECK_ANSWER, Finding, PollTarget, carrying, findings, further_question, question
from collectors.snmp.session import SessionFactory, SnmpSession, SnmpTarget, Value
from ledger.clock import Clock
from ledger.errors import LedgerError
from ledger.inbox import Signal

log = structlog.get_logger(__name__)

Submit: TypeAlias = Callable[[Sequence[Signal]], Awaitable[object]]
"""Puts signals on disk: returns after the commit, raises ``LedgerError`` if nothing was kept (``Inbox.put``)."""

Resource: TypeAlias = tuple[str, str | None]
"""A check and the Port CI id it is about, ``None`` for the device itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often and how patiently devices are asked. A silent or faulty one is asked each ``trouble_interval_s``."""

    interval_s: float = 60.0
    trouble_interval_s: float = 10.0
    timeout_s: float = 1.0
    retries: int = 2


@dataclass(slots=True)
class PollCounts:
    """Counted since the start, for the metrics."""

    questions: int = 0
    requests_unanswered: int = 0
    questions_failed: int = 0
    questions_refused: int = 0
    submits_failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all watches share. ``timed_out`` is told the CI at the first unanswered request of each question."""

    open_session: SessionFactory
    evidence: Evidence
    submit: Submit
    clock: Clock
    rhythm: Rhythm
    timed_out: Callable[[str], None]
    counts: PollCounts


class Watch:
    """The watch over one device. ``run`` asks until it is cancelled; ``ask`` puts one more question at once."""

    def __init__(self, target: PollTarget, around: Surroundings) -> None:
        self.target = target
        self._around = around
        self._session: SnmpSession | None = None
        self._outdated = False  # the session is one to an earlier address or with an earlier credential
        self._submitted: dict[Resource, Finding] = {}  # what the inbox last took; absent: nothing yet
        self._heard = target.answered_before
        self._silent = False
        self._refused = ""
        self._unaskable = False
        self._owes = False  # the inbox did not take the last findings
        self._wake = asyncio.Event()
        self._wanted = False
        self._announced = False  # evidence knows of the question under way
        self._sent_at: datetime = around.clock.now()
        self._lost = False  # the request under way had to be repeated

    def ask(self) -> None:
        """Ask at once. While a question is under way exactly one more is put after it, however often this is called."""
        if not self._wanted:
            self._wanted = True
            self._around.evidence.asking(self.target.ci_id)
            self._wake.set()

    def resume(self, finding: Finding) -> None:
        """An alert of before the restart is still active: its end must be submitted when it is seen."""
        self._submitted.setdefault((finding.check, finding.port), finding)
        if finding.check == CHECK_ANSWER:
            self._silent = True

    def retarget(self, target: PollTarget) -> list[Signal]:
        """Take a changed target over. Returns the ends of what can no longer be seen, for the inbox."""
        before, self.target = self.target, target
        if before == target:
            return []
        self._outdated |= (before.host, before.port, before.credential) != (target.host, target.port, target.credential)
        self._wake.set()  # what is to be read has changed
        for port in set(before.ports.values()) - set(target.ports.values()):
            self._around.evidence.forget(port)
        return self._ends([r for r in self._submitted if r[1] is not None and r[1] not in target.ports.values()])

    def leave(self) -> list[Signal]:
        """The device is no longer asked. Returns the ends of what was submitted; the task is to be cancelled."""
        if self._wanted:
            self._wanted = False
            self._around.evidence.asked_done(self.target.ci_id)
        for ci_id in (self.target.ci_id, *self.target.ports.values()):
            self._around.evidence.forget(ci_id)
        return self._ends(list(self._submitted))

    async def run(self) -> None:
        """Ask at once, then at this device's own phase of the interval, and whenever somebody asks."""
        try:
            while True:
                await self._turn()
                if not self._wake.is_set():
                    await self._pause()
        finally:
            self._close()

    async def _turn(self) -> None:
        self._wake.clear()
        self._announced, self._wanted = self._wanted, False
        try:
            await self._question()
        finally:
            if self._announced:
                self._around.evidence.asked_done(self.target.ci_id)

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._pause_s())

    def _pause_s(self) -> float:
        """Seconds to the next turn. The phase spreads the devices over the interval; it follows from the CI id."""
        rhythm = self._around.rhythm
        troubled = self._silent or self._owes or any(finding.active for finding in self._submitted.values())
        interval = min(rhythm.trouble_interval_s, rhythm.interval_s) if troubled else rhythm.interval_s
        phase = zlib.crc32(self.target.ci_id.encode()) / 2**32 * interval
        pause = interval - (self._around.clock.monotonic() - phase) % interval
        return pause if pause > interval / 10 else pause + interval

    async def _question(self) -> None:
        target, around = self.target, self._around
        around.counts.questions += 1
        try:
            values = await self._get(question(target))
            for port, up in carrying(target, values):
                around.evidence.port_read(port, up, self._sent_at)
            if further := further_question(target, values):
                values |= await self._get(further)
        except SnmpTimeoutError:
            await self._fell_silent()
        except (SnmpRefusedError, SnmpAgentError) as error:
            self._was_refused(error)
            await self._submit([self._answering()])
        except SnmpTargetError as error:
            self._was_refused(error)
            self._unaskable = True
            around.evidence.pollable(target.ci_id, pollable=False)
        else:
            self._refused = ""
            await self._submit([self._answering(), *findings(target, values)])

    async def _get(self, oids: list[str]) -> dict[str, Value]:
        session, self._sent_at, self._lost = self._open(), self._around.clock.now(), False
        try:
            values = await session.get(oids, unanswered=self._request_unanswered)
        except (SnmpRefusedError, SnmpAgentError):
            self._alive()
            raise
        self._alive()
        return values

    def _request_unanswered(self) -> None:
        around, ci_id = self._around, self.target.ci_id
        around.counts.requests_unanswered += 1
        if self._lost or not self._heard:
            return
        self._lost = True
        if not self._announced:  # what began as a turn of the interval is a question that verdicts may wait for now
            self._announced = True
            around.evidence.asking(ci_id)
        around.evidence.timed_out(ci_id, self._sent_at)
        around.timed_out(ci_id)

    def _alive(self) -> None:
        if self._unaskable:
            self._unaskable = False
            self._around.evidence.pollable(self.target.ci_id, pollable=True)
        # A sign of life counts from the moment its question was put: a late packet of the dead proves nothing.
        self._around.evidence.answered(self.target.ci_id, self._sent_at)
        if self._silent:
            log.info("snmp.device_answers", ci_id=self.target.ci_id, name=self.target.name)
        self._heard, self._silent = True, False

    async def _fell_silent(self) -> None:
        around, target = self._around, self.target
        around.counts.questions_failed += 1
        if not self._heard:
            return
        around.evidence.failed(target.ci_id, self._sent_at, around.clock.now())
        if not self._silent:
            log.warning("snmp.device_silent", ci_id=target.ci_id, name=target.name, address=target.host)
        self._silent = True
        await self._submit([Finding(check=CHECK_ANSWER, port=None, active=True, at=self._sent_at)])

    def _was_refused(self, error: SnmpError) -> None:
        self._around.counts.questions_refused += 1
        if self._refused != str(error):
            self._refused = str(error)
            log.warning("snmp.question_refused", ci_id=self.target.ci_id, name=self.target.name, why=self._refused)

    def _answering(self) -> Finding:
        return Finding(check=CHECK_ANSWER, port=None, active=False, at=self._around.clock.now())

    async def _submit(self, found: Iterable[Finding]) -> None:
        """Put what differs from the last submitted state into the inbox; what it does not take is due again."""
        news = [f for f in found if self._is_news(f)]
        self._owes = False
        if not news:
            return
        try:
            await self._around.submit([self._signal(f) for f in news])
        except LedgerError as error:
            self._owes = True
            self._around.counts.submits_failed += 1
            log.warning("snmp.finding_not_kept", ci_id=self.target.ci_id, why=str(error))
            return
        self._submitted |= {(f.check, f.port): f for f in news}

    def _is_news(self, finding: Finding) -> bool:
        before = self._submitted.get((finding.check, finding.port))
        if before is None:
            return finding.active
        return before.active != finding.active or (finding.active and before.args != finding.args != {})

    def _ends(self, resources: Iterable[Resource]) -> list[Signal]:
        now = self._around.clock.now()
        ended = [f for resource in resources if (f := self._submitted.pop(resource)).active]
        return [self._signal(replace(f, active=False, at=now, args={"why": "not_watched"})) for f in ended]

    def _signal(self, finding: Finding) -> Signal:
        now = self._around.clock.now()
        body = {
            "ci": self.target.ci_id,
            "check": finding.check,
            "port": finding.port,
            "state": "active" if finding.active else "cleared",
            "at": (finding.at or now).isoformat(),
            "args": dict(finding.args),
        }
        # What the hub reads itself is proven, whatever the version: the answer came from where we asked.
        return Signal(
            source="snmp",
            kind="poll",
            received_at=now,
            authenticated=True,
            body=json.dumps(body, separators=(",", ":")).encode(),
            key=f"{finding.check}|{finding.port or self.target.ci_id}",
        )

    def _open(self) -> SnmpSession:
        if self._session is None or self._outdated:
            self._close()
            rhythm, target = self._around.rhythm, self.target
            self._session = self._around.open_session(
                SnmpTarget(
                    host=target.host,
                    port=target.port,
                    credential=target.credential,
                    timeout_s=rhythm.timeout_s,
                    retries=rhythm.retries,
                )
            )
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session, self._outdated = None, False
