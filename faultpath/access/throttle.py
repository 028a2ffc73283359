"""Throttling of failed sign-ins, in bounded memory."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from faultpath.errors import ThrottledError
from ledger.clock import Clock

MAX_KEYS = 10_000


@dataclass(slots=True, kw_only=True)
class Throttle:
    """At most ``tries`` failures in ``window_s`` seconds for one key; more are refused until the oldest has passed."""

    clock: Clock
    tries: int
    window_s: float
    _failures: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def take(self, key: str) -> None:
        """Count a try as failed, before it is checked: many tries at once do not slip through while a hash is computed.

        Raises:
            ThrottledError: the key has failed too often; says in how many seconds the next try is heard.
        """
        now = self.clock.monotonic()
        times = self._failures.setdefault(key, deque(maxlen=self.tries))
        if len(times) == self.tries and (wait := times[0] + self.window_s - now) > 0:
            raise ThrottledError(math.ceil(wait))
        times.append(now)
        self._failures.move_to_end(key)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def give_back(self, key: str) -> None:
        """The newest try of the key has succeeded after all."""
        if times := self._failures.get(key):
            times.pop()
