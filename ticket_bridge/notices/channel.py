"""The port of channels: a notice goes out and is delivered, to be retried, or refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ledger.outbox import OutboxEntry


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side took responsibility for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """Not now. ``maybe_taken``: the answer got lost after the text was sent, so nobody knows whether it was taken."""

    reason: str
    maybe_taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The other side will never take this message for this person; trying again is of no use."""

    reason: str


Outcome: TypeAlias = Delivered | RetryLater | Refused


class Channel(Protocol):
    """A way out. ``deliver`` never raises for what the other side does: that is an outcome."""

    async def deliver(self, entry: OutboxEntry) -> Outcome:
        """Send one message. Called for up to the worker's concurrency at once."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
