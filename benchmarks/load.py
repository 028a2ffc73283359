"""The load: faults and alert noise as bodies with the time at which each is due, and connections that post them.

Open loop: a body is due at its time whether or not earlier ones were answered, so a slow hub is measured as slow.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

ZERO = "0001-01-01T00:00:00Z"
SINGLES = 0.2  # share of the noise that comes alone; the rest comes in batches
BATCH = 50
FLIPS = 0.02  # share of the noise that changes state; the rest repeats what is known

Encode = Callable[[Sequence[dict[str, Any]]], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One body. ``fault``: the fault that it begins; ``None`` for noise and for ends."""

    due: float  # seconds after the start
    alerts: Sequence[dict[str, Any]]
    fault: int | None = None


@dataclass(slots=True)
class Tally:
    """What became of the posts. Times are `time.perf_counter`."""

    sent: dict[int, float] = field(default_factory=dict)  # fault → its body was handed to the socket
    answered: dict[int, float] = field(default_factory=dict)  # fault → the 2xx was there
    posts: int = 0
    alerts: int = 0
    errors: int = 0
    late_s: float = 0.0  # the most that a post went out after its time
    answers_s: list[float] = field(default_factory=list)


def alert(name: str, severity: str, labels: dict[str, str], *, since: str, ended: str | None = None) -> dict[str, Any]:
    """One alert of Alertmanager's webhook body, version 4."""
    return {
        "status": "resolved" if ended else "firing",
        "labels": {"alertname": name, "severity": severity, "job": "node", "env": "prod", **labels},
        "annotations": {"summary": f"{name} on {labels.get('instance') or labels.get('application')}",
                        "runbook_url": "https://runbooks.example.test/" + name},
        "startsAt": since,
        "endsAt": ended or ZERO,
        "generatorURL": "http://prometheus.example.test:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
    }  # fmt: skip


def webhook(alerts: Sequence[dict[str, Any]]) -> bytes:
    """The body as Alertmanager posts it."""
    return orjson.dumps(
        {
            "version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "status": "firing", "receiver": "faultpath",
            "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
            "externalURL": "http://alertmanager.example.test:9093", "alerts": list(alerts),
        }
    )  # fmt: skip


def now_text() -> str:
    return datetime.now(UTC).isoformat()


# What is posted when


def fault_posts(services: Sequence[int], over_s: float, lasts_s: float, seed: int) -> Iterator[Post]:
    """Separate faults at random times, each hitting a service of its own, in this order, and cleared after a while.

    Two of five are servers that do not answer (the effect is derived), the others applications that are down. The
    number of a fault is that of the service that it hits.
    """
    draw = random.Random(seed)
    since = now_text()
    times = sorted(draw.uniform(0.0, over_s) for _ in services)
    for place, (due, number) in enumerate(zip(times, services, strict=True)):
        if place % 5 < 2:
            what = ("InstanceDown", "critical", {"instance": f"server-{number:04}.example.test:9100"})
        else:
            what = ("ApplicationDown", "critical", {"application": f"app-{number:04}"})
        name, severity, labels = what
        labels["fault"] = f"{number:04}"
        yield Post(due=due, alerts=[alert(name, severity, labels, since=since)], fault=number)
        yield Post(due=due + lasts_s, alerts=[alert(name, severity, labels, since=since, ended="now")])


def pool(services: int) -> list[tuple[str, str, dict[str, str]]]:
    """The standing alerts that the noise repeats: 70 % information, 5 % warnings, 25 % minor ones without a CI."""
    found = [
        (f"Info{kind}", "info", {"instance": f"server-{n:04}.example.test:9100", "device": f"sd{kind}"})
        for n in range(services)
        for kind in range(7)
    ]
    found += [
        ("NodeFilesystemAlmostOutOfSpace", "warning", {"instance": f"server-{n:04}.example.test:9100"})
        for n in range(0, services, 2)
    ]
    found += [
        ("QueueLong", "minor", {"instance": f"unknown-{n:04}.example.test:9100"}) for n in range(services * 5 // 2)
    ]
    return found


def noise_posts(rate: float, over_s: float, services: int, seed: int) -> Iterator[Post]:
    """Alert noise of a steady rate, in alerts a second."""
    draw = random.Random(seed)
    standing, since = pool(services), now_text()
    firing = [True] * len(standing)

    def one() -> dict[str, Any]:
        place = draw.randrange(len(standing))
        firing[place] ^= draw.random() < FLIPS
        name, severity, labels = standing[place]
        return alert(name, severity, labels, since=since, ended=None if firing[place] else "now")

    for share, size in ((SINGLES, 1), (1 - SINGLES, BATCH)):
        for number in range(int(rate * share * over_s / size)):
            yield Post(due=(number + 0.5) * size / (rate * share), alerts=[one() for _ in range(size)])


def standing_posts(services: int) -> Iterator[Post]:
    """The standing alerts once each, to begin with."""
    since, standing = now_text(), pool(services)
    for start in range(0, len(standing), BATCH):
        yield Post(due=0.0, alerts=[alert(*one, since=since) for one in standing[start : start + BATCH]])


# Posting


class Connection:
    """One HTTP/1.1 keep-alive connection: a post, its answer, the next post."""

    def __init__(self, port: int, path: str, token: str) -> None:
        authorization = f"authorization: Bearer {token}\r\n" if token else ""
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{authorization}content-type: application/json\r\n"
        )
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes, before: Callable[[], None]) -> int:
        """The status of the answer; 0 if the connection broke. ``before`` is called as the body is handed over."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            before()
            writer.write(f"{self._head}content-length: {len(body)}\r\n\r\n".encode() + body)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, found, rest = head.partition(b"content-length:")
            if found:
                await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
            return int(head.split(b" ", 2)[1])
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def play(posts: Sequence[Post], connect: Callable[[], Connection], connections: int, encode: Encode) -> Tally:
    """Post everything at its time, over so many connections; returns when the last is answered."""
    tally = Tally()
    waiting: asyncio.Queue[Post | None] = asyncio.Queue()
    start = time.perf_counter()

    async def work() -> None:
        connection = connect()
        while (post := await waiting.get()) is not None:
            await _deliver(post, connection, encode, tally, start)
        connection.close()

    workers = [asyncio.create_task(work()) for _ in range(connections)]
    for post in sorted(posts, key=lambda one: one.due):
        wait = post.due - (time.perf_counter() - start)
        if wait > 0:
            await asyncio.sleep(wait)
        waiting.put_nowait(post)
    for _ in workers:
        waiting.put_nowait(None)
    await asyncio.gather(*workers)
    return tally


async def _deliver(post: Post, connection: Connection, encode: Encode, tally: Tally, start: float) -> None:
    ended = now_text()
    body = encode([{**one, "endsAt": ended} if one["endsAt"] == "now" else one for one in post.alerts])
    began = time.perf_counter()

    def handed_over() -> None:
        if post.fault is not None:
            tally.sent[post.fault] = time.perf_counter()

    status = await connection.post(body, handed_over)
    answered = time.perf_counter()
    tally.posts += 1
    tally.alerts += len(post.alerts)
    tally.late_s = max(tally.late_s, began - start - post.due)
    tally.answers_s.append(answered - began)
    if not 200 <= status < 300:
        tally.errors += 1
    elif post.fault is not None:
        tally.answered[post.fault] = answered
