"""The hub's own signs of life: what its questions and its brokers told it, in memory.

After a restart they are gained anew by asking. `impact.model.DeviceSigns` says what each field means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from impact.model import DeviceSigns, PortSign, Signs

_UNKNOWN = DeviceSigns()


class Evidence:
    """Signs by CI id. ``on_change`` is called, synchronously, after each change that may alter a verdict.

    While every CI answers, one more answer or an unchanged port alters none and calls nobody; while one is silent, each
    fresh answer of another counts (only what answered after the silence began is healthy).
    """

    def __init__(self, on_change: Callable[[], None] | None = None) -> None:
        self.on_change = on_change
        self._devices: dict[str, DeviceSigns] = {}
        self._ports: dict[str, PortSign] = {}
        self._asking: dict[str, int] = {}
        self._silent: set[str] = set()

    def pollable(self, ci_id: str, *, pollable: bool) -> None:
        """Say whether the hub has a way to hear from this CI; unsaid means yes, once it was heard of."""
        self._put(ci_id, replace(self._devices.get(ci_id, _UNKNOWN), pollable=pollable))

    def answered(self, ci_id: str, at: datetime) -> None:
        """It answered a question that was sent, or spoke by itself, at this time (hub clock)."""
        before = self._devices.get(ci_id, _UNKNOWN)
        if before.last_answer is not None and at < before.last_answer:
            return
        if before.silent_since is not None and at < before.silent_since:  # a late packet ends no silence
            self._put(ci_id, replace(before, last_answer=at))
            return
        since = before.answering_since or at  # a question that was answered at its second try breaks no run
        self._put(ci_id, replace(before, answering_since=since, last_answer=at, silent_since=None))

    def timed_out(self, ci_id: str, at: datetime) -> None:
        """A question begun at this time got no answer yet: the present silence starts here, if it has not."""
        before = self._devices.get(ci_id, _UNKNOWN)
        if before.silent_since is not None or (before.last_answer is not None and at < before.last_answer):
            return
        self._put(ci_id, replace(before, silent_since=at))

    def failed(self, ci_id: str, started_at: datetime, at: datetime) -> None:
        """A question that was begun at ``started_at`` ended at ``at`` without any answer."""
        before = self._devices.get(ci_id, _UNKNOWN)
        newest = max(started_at, before.last_failed_start or started_at)
        answered_since = before.last_answer is not None and before.last_answer > at
        if answered_since:
            self._put(ci_id, replace(before, last_failed_start=newest))
            return
        silent = before.silent_since or started_at
        self._put(ci_id, replace(before, silent_since=silent, answering_since=None, last_failed_start=newest))

    def port_read(self, port_id: str, up: bool, at: datetime) -> None:
        """A device told the state of its own port (IF-MIB::ifOperStatus)."""
        before = self._ports.get(port_id)
        if before is not None and at < before.at:
            return
        since = before.since if before is not None and before.up is up else at
        was_up_at = None if up or before is None else before.at if before.up else before.was_up_at
        self._ports[port_id] = PortSign(up=up, at=at, since=since, was_up_at=was_up_at)
        if self._silent or before is None or before.up is not up:
            self._changed()

    def asking(self, ci_id: str) -> None:
        """A question to this CI is under way; calls nest."""
        self._asking[ci_id] = self._asking.get(ci_id, 0) + 1
        if self._asking[ci_id] == 1:
            self._changed()

    def asked_done(self, ci_id: str) -> None:
        """A question that `asking` announced has ended."""
        left = self._asking.get(ci_id, 0) - 1
        if left > 0:
            self._asking[ci_id] = left
        elif self._asking.pop(ci_id, None):
            self._changed()

    def forget(self, ci_id: str) -> None:
        """The CI or port is no longer in the graph, or no longer asked."""
        self._silent.discard(ci_id)
        if self._devices.pop(ci_id, None) or self._ports.pop(ci_id, None):
            self._changed()

    def signs(self) -> Signs:
        """All signs of this moment, as a copy."""
        return Signs(devices=dict(self._devices), ports=dict(self._ports), asking=frozenset(self._asking))

    def device(self, ci_id: str) -> DeviceSigns | None:
        """The signs of one CI; ``None`` if the hub never heard of it nor asked it."""
        return self._devices.get(ci_id)

    def port(self, port_id: str) -> PortSign | None:
        return self._ports.get(port_id)

    def _put(self, ci_id: str, signs: DeviceSigns) -> None:
        before = self._devices.get(ci_id)
        if before == signs:
            return
        self._devices[ci_id] = signs
        (self._silent.discard if signs.silent_since is None else self._silent.add)(ci_id)
        merely_fresher = before is not None and replace(before, last_answer=signs.last_answer) == signs
        if self._silent or not merely_fresher:
            self._changed()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()
