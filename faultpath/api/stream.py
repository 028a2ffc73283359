"""Server-sent events: what changed, so that open pages fetch it anew.

A change is small (what kind, which one); the data is read through the API. Changes lie in one ring that all
subscribers read at their own pace, so that a slow one costs no memory. An event id is ``<run>-<number>``; a
subscriber whose ``Last-Event-ID`` is of another run, or has left the ring, gets ``resync`` and fetches everything.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import orjson

from cmdb.model import new_ulid

RING = 4096
HEARTBEAT_S = 15.0
# a page redraws at most this often
PAUSE_S = 0.2
NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed: an ``incident`` (its number), an ``alert`` (its fingerprint), ``health``, ``graph``."""

    number: int
    kind: str
    subject: str


class ChangeStream:
    """The ring of changes of this run of the hub."""

    def __init__(self, size: int = RING) -> None:
        self.run = new_ulid()
        self._ring: deque[Change] = deque(maxlen=size)
        self._last = 0
        self._closed = False
        self._changed: set[asyncio.Event] = set()

    def publish(self, kind: str, subject: str) -> None:
        """Tell all subscribers. Call it on the loop, after the commit."""
        self._last += 1
        self._ring.append(Change(number=self._last, kind=kind, subject=subject))
        self._wake()

    def close(self) -> None:
        """End all subscriptions: the hub stops."""
        self._closed = True
        self._wake()

    @property
    def subscribers(self) -> int:
        return len(self._changed)

    def _wake(self) -> None:
        for event in self._changed:
            event.set()

    async def follow(self, last_id: str | None, alive: Callable[[], bool]) -> AsyncIterator[bytes]:
        """The event stream of one subscriber, as bytes of ``text/event-stream``.

        Args:
            last_id: the ``Last-Event-ID`` header of a subscriber that comes back.
            alive: whether its session still lasts; asked at each heartbeat.
        """
        changed = asyncio.Event()
        self._changed.add(changed)
        try:
            position = self._position(last_id)
            yield b"retry: 2000\n\n"
            if position is None or last_id is None:
                position = self._last
                yield self._event("hello" if last_id is None else "resync", {}, position)
            while not self._closed and alive():
                changed.clear()
                if self._lost(position):
                    position = self._last
                    yield self._event("resync", {}, position)
                elif position < self._last:
                    block, position = self._since(position)
                    yield block
                    await asyncio.sleep(PAUSE_S)
                else:
                    try:
                        await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
                    except TimeoutError:
                        yield b": still here\n\n"
        finally:
            self._changed.discard(changed)

    def _position(self, last_id: str | None) -> int | None:
        run, _, number = (last_id or "").rpartition("-")
        if run != self.run or not NUMBER.fullmatch(number) or int(number) > self._last:
            return None
        return int(number)

    def _lost(self, position: int) -> bool:
        return bool(self._ring) and position + 1 < self._ring[0].number

    def _since(self, position: int) -> tuple[bytes, int]:
        """All newer changes in one block, each (kind, subject) once, and the new position."""
        skip = position + 1 - self._ring[0].number
        newest = {(c.kind, c.subject): c for i, c in enumerate(self._ring) if i >= skip}
        ordered = sorted(newest.values(), key=lambda change: change.number)
        return b"".join(self._event(c.kind, {"subject": c.subject}, c.number) for c in ordered), self._last

    def _event(self, kind: str, data: dict[str, str], number: int) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (self.run.encode(), number, kind.encode(), orjson.dumps(data))
