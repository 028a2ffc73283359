"""The simulated monitoring: Prometheus' alerts, posted as Alertmanager posts them (webhook, version 4).

What fires is given to it as a set; what has come since is posted as firing, what has gone as resolved. A post is
repeated until it gets a 2xx, in order, and every answer is kept in a log of the sender's own, by which a test can tell
what was acknowledged.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import httpx

ALERTS_PATH = "/api/v1/intake/alertmanager"
TIMEOUT_S = 10.0
BACKOFF_S = (0.2, 5.0)
MAX_ALERTS = 100  # in one post; Alertmanager cuts off at max_alerts, we send more posts
_NEVER = "0001-01-01T00:00:00Z"  # Go's zero time: Alertmanager's endsAt of what still fires


@dataclass(frozen=True)
class Alert:
    """One alert by its labels, which are its identity, with a line of text."""

    labels: tuple[tuple[str, str], ...]
    summary: str

    @classmethod
    def of(cls, summary: str, **labels: str) -> Alert:
        return cls(tuple(sorted(labels.items())), summary)

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits over the sorted labels, as Prometheus has them (our own hash, not FNV)."""
        text = "\xff".join(f"{name}\xff{value}" for name, value in self.labels)
        return blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Post:
    group: str
    alerts: tuple[tuple[Alert, str, str | None], ...]  # with startsAt and endsAt


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Monitoring:
    """Posts what fires to the hub, once :meth:`connect` has said where it is; until then it waits."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._firing: dict[Alert, str] = {}  # since
        self._posts: deque[_Post] = deque()
        self._more = asyncio.Event()
        self._target: tuple[str, Mapping[str, str]] | None = None
        self._task: asyncio.Task[None] | None = None
        self.posted = 0  # alerts in acknowledged posts
        self.refused = 0  # posts answered otherwise or not at all

    def connect(self, hub_url: str, token: str) -> None:
        """Where the hub is: its base URL, or the whole address of the webhook. Posts what waits."""
        url = hub_url if "/intake/" in hub_url else hub_url.rstrip("/") + ALERTS_PATH
        self._target = (url, {"Authorization": f"Bearer {token}"})
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="monitoring")

    @property
    def firing(self) -> Collection[Alert]:
        return self._firing.keys()

    @property
    def waiting(self) -> int:
        """Posts that are not acknowledged yet."""
        return len(self._posts)

    def update(self, alerts: Collection[Alert]) -> None:
        """What fires now, and nothing else does."""
        now = set(alerts)
        self.fire([alert for alert in alerts if alert not in self._firing])
        self._resolve([alert for alert in self._firing if alert not in now])

    def fire(self, alerts: Sequence[Alert]) -> None:
        """Alerts that have come; those that fire already stay as they are."""
        since = _now()
        new = [alert for alert in dict.fromkeys(alerts) if alert not in self._firing]
        self._firing.update(dict.fromkeys(new, since))
        self._enqueue([(alert, since, None) for alert in new])

    def _resolve(self, alerts: Sequence[Alert]) -> None:
        end = _now()
        self._enqueue([(alert, self._firing.pop(alert), end) for alert in alerts])

    def _enqueue(self, changed: Sequence[tuple[Alert, str, str | None]]) -> None:
        """One post for each alert name, cut into pieces, as Alertmanager grouped by ``alertname`` sends them."""
        groups: dict[str, list[tuple[Alert, str, str | None]]] = {}
        for entry in changed:
            groups.setdefault(dict(entry[0].labels)["alertname"], []).append(entry)
        for name, entries in groups.items():
            for start in range(0, len(entries), MAX_ALERTS):
                self._posts.append(_Post(name, tuple(entries[start : start + MAX_ALERTS])))
        self._more.set()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    # -- posting ----------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            while True:
                while not self._posts:
                    self._more.clear()
                    await self._more.wait()
                await self._deliver(client, self._posts[0])
                self._posts.popleft()

    async def _deliver(self, client: httpx.AsyncClient, post: _Post) -> None:
        """Posts until a 2xx says that the hub has it, with growing pauses. A stopped estate gives up."""
        pause, longest = BACKOFF_S
        attempt = 0
        while True:
            attempt += 1
            answer = await self._try(client, post)
            self._write_log(post, attempt, answer)
            if isinstance(answer, int) and 200 <= answer < 300:
                self.posted += len(post.alerts)
                return
            self.refused += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)

    async def _try(self, client: httpx.AsyncClient, post: _Post) -> int | str:
        """The HTTP status, or what went wrong."""
        assert self._target is not None
        url, headers = self._target
        try:
            return (await client.post(url, json=body(post.group, post.alerts), headers=headers)).status_code
        except httpx.HTTPError as error:
            return type(error).__name__

    def _write_log(self, post: _Post, attempt: int, answer: int | str) -> None:
        firing = [alert.fingerprint for alert, _, end in post.alerts if end is None]
        resolved = [alert.fingerprint for alert, _, end in post.alerts if end is not None]
        entry = {
            "at": time.time(),
            "group": post.group,
            "attempt": attempt,
            "answer": answer,
            "firing": firing,
            "resolved": resolved,
        }
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def body(group: str, alerts: Sequence[tuple[Alert, str, str | None]]) -> dict[str, object]:
    """The webhook's body, version 4 (Alertmanager, ``notify/webhook``). A group fires while one of its alerts does."""
    common = set(alerts[0][0].labels).intersection(*(alert.labels for alert, _, _ in alerts))
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{group}"}}',
        "truncatedAlerts": 0,
        "status": "firing" if any(end is None for _, _, end in alerts) else "resolved",
        "receiver": "faultpath",
        "groupLabels": {"alertname": group},
        "commonLabels": dict(sorted(common)),
        "commonAnnotations": {},
        "externalURL": "http://monitoring:9093",
        "alerts": [
            {
                "status": "firing" if end is None else "resolved",
                "labels": dict(alert.labels),
                "annotations": {"summary": alert.summary},
                "startsAt": since,
                "endsAt": end or _NEVER,
                "generatorURL": "http://monitoring:9090/graph",
                "fingerprint": alert.fingerprint,
            }
            for alert, since, end in alerts
        ],
    }
