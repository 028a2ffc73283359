"""The delivery worker: takes due messages from the outbox, hands them to their channel, writes down what came of it.

A message is marked *sending* in a commit of its own before it is sent. After a crash such a message goes out once more,
with the same Message-ID, marked *possibly repeated*. The worker sleeps until it is woken or the next message is due.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from impact.model import Reason
from ledger import outbox
from ledger.clock import Clock
from ledger.crash import boundary
from ledger.engine import Ledger
from ledger.outbox import OutboxEntry, OutboxKey
from ticket_bridge.incidents.store import append_timeline
from ticket_bridge.model import TimelineEntry
from ticket_bridge.notices import queue
from ticket_bridge.notices.channel import Channel, Delivered, Outcome, Refused, RetryLater
from ticket_bridge.notices.render import clean

_log = structlog.get_logger()
_BATCH = 64
_GRACE_S = 3.0

Observer = Callable[[OutboxEntry, Outcome], None]


class Deliverer:
    """Sends what the outbox holds. One per ledger; belongs to the hub's loop.

    Args:
        ledger: where outbox and timeline are.
        channels: by the name that stands in the outbox key.
        clock: the hub's clock.
        concurrency: how many messages are under way at once.
        backoff_s: waits between attempts in seconds; the last one repeats.
        give_up_after_s: the age at which a message that was never taken is refused.
        observer: told of each outcome after it is committed.
    """

    def __init__(
        self,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        concurrency: int = 4,
        backoff_s: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0),
        give_up_after_s: float = 86_400.0,
        observer: Observer | None = None,
    ) -> None:
        self._ledger = ledger
        self._channels = channels
        self._clock = clock
        self._concurrency = concurrency
        self._backoff_s = backoff_s
        self._give_up_after = timedelta(seconds=give_up_after_s)
        self._observer = observer
        self._awake = asyncio.Event()
        self._ready: deque[OutboxKey] = deque()
        self._under_way: dict[asyncio.Task[Outcome], OutboxEntry] = {}

    def wake(self) -> None:
        """There may be something to send: call it after the commit that queued it."""
        self._awake.set()

    async def run(self) -> None:
        """Deliver until cancelled. What is under way then gets a moment to end; the rest waits for the next start."""
        with self._ledger.begin() as connection:
            recovered = outbox.recover(connection, now=self._clock.now())
        if recovered:
            _log.warning("notices.possibly_repeated", count=recovered)
        try:
            while True:
                self._awake.clear()
                self._step()
                await self._sleep()
        finally:
            await self._finish()

    def _step(self) -> None:
        """Write down what has ended, and begin what there is room for, in one commit."""
        ended = [(task, entry) for task, entry in self._under_way.items() if task.done()]
        self._refill()
        room = self._concurrency - len(self._under_way) + len(ended)
        if not ended and not (self._ready and room):
            return
        with self._ledger.begin() as connection:
            outcomes = [(entry, _came_of(entry, task)) for task, entry in ended]
            for entry, outcome in outcomes:
                self._record(connection, entry, outcome)
            beginning = self._begin(connection, room)
        for task, _ in ended:
            del self._under_way[task]
        for entry in beginning:
            task = asyncio.create_task(self._send(entry))
            task.add_done_callback(lambda _: self._awake.set())
            self._under_way[task] = entry
        for entry, outcome in outcomes:
            if self._observer is not None:
                self._observer(entry, outcome)
        if outcomes:
            self._awake.set()  # a person's next message may have waited for this one

    def _refill(self) -> None:
        if self._ready or len(self._under_way) >= self._concurrency:
            return
        with self._ledger.read() as connection:
            self._ready.extend(queue.due(connection, self._clock.now(), limit=_BATCH))

    def _begin(self, connection: Connection, room: int) -> list[OutboxEntry]:
        beginning: list[OutboxEntry] = []
        while self._ready and len(beginning) < room:
            key = self._ready.popleft()
            entry = outbox.get(connection, key)
            if entry is not None and outbox.begin_sending(connection, key):
                beginning.append(entry)
        return beginning

    async def _send(self, entry: OutboxEntry) -> Outcome:
        boundary("before-send")
        channel = self._channels.get(entry.key.channel)
        if channel is None:
            return Refused(reason=f"there is no channel {entry.key.channel}")
        outcome = await channel.deliver(entry)
        boundary("after-send")
        return outcome

    def _record(self, connection: Connection, entry: OutboxEntry, outcome: Outcome) -> None:
        now = self._clock.now()
        if isinstance(outcome, RetryLater) and self._is_too_old(connection, entry):
            outcome = Refused(reason=f"given up: {outcome.reason}")
        args = {"person": entry.key.stakeholder, "role": entry.payload["role"], "happening": entry.key.happening}
        match outcome:
            case Delivered():
                outbox.mark_sent(connection, entry.key, now=now)
                what = Reason(code="notice_sent", args={**args, "repeated": entry.possibly_repeated})
            case Refused(reason=reason):
                outbox.refuse(connection, entry.key, error=reason)
                what = Reason(code="notice_refused", args={**args, "error": reason})
            case RetryLater(reason=reason, maybe_taken=maybe_taken):
                wait = self._backoff_s[min(entry.attempts, len(self._backoff_s) - 1)]
                when = now + timedelta(seconds=wait)
                outbox.retry_at(connection, entry.key, when, error=reason, possibly_repeated=maybe_taken)
                if entry.attempts > 0:  # the timeline says once that it did not go at once
                    return
                what = Reason(code="notice_retried", args={**args, "error": reason})
        append_timeline(connection, [TimelineEntry(incident_id=entry.key.incident_id, at=now, actor="hub", what=what)])

    def _is_too_old(self, connection: Connection, entry: OutboxEntry) -> bool:
        """What waited for a person's consent could not go before: its age counts from the release."""
        oldest = self._clock.now() - self._give_up_after
        if entry.created_at > oldest:
            return False
        released_at = queue.released_at(connection, entry.key.incident_id)
        return released_at is None or released_at <= oldest

    async def _sleep(self) -> None:
        """Until woken, or until the next message is due."""
        timeout = None
        if not self._awake.is_set() and len(self._under_way) < self._concurrency:
            with self._ledger.read() as connection:
                at = queue.next_due_at(connection)
            timeout = max(0.0, (at - self._clock.now()).total_seconds()) if at is not None else None
        try:
            async with asyncio.timeout(timeout):
                await self._awake.wait()
        except TimeoutError:
            return

    async def _finish(self) -> None:
        """Give what is under way a moment to end, so that a stop does not make repeats."""
        try:
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=_GRACE_S)
            ended = [(entry, task) for task, entry in self._under_way.items() if task.done() and not task.cancelled()]
            if ended:
                with self._ledger.begin() as connection:
                    for entry, task in ended:
                        self._record(connection, entry, _came_of(entry, task))
        finally:
            for task in self._under_way:
                task.cancel()
            self._under_way.clear()
            self._ready.clear()


def _came_of(entry: OutboxEntry, task: asyncio.Task[Outcome]) -> Outcome:
    """What came of a send that has ended.

    One that raised says nothing of its neighbours, and nobody knows how far it got. It is dealt with like a crash: sent
    once more, marked possibly repeated. What raises then too would raise, and repeat, for ever.
    """
    error = task.exception()
    if error is None:
        return task.result()
    _log.error("notices.send_raised", message_id=entry.message_id, channel=entry.key.channel, exc_info=error)
    reason = clean(f"{type(error).__name__}: {error}")
    return Refused(reason=reason) if entry.possibly_repeated else RetryLater(reason=reason, maybe_taken=True)
