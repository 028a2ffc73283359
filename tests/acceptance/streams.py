"""Senders that stream at a hub which may die at any time, and that write down what they were answered."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import orjson
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.acceptance.hub import HubProcess

AGAIN_S = 0.05
CONFIRMED_S = 30.0
PAUSE_S = 0.002


@dataclass
class Answers:
    """How often each thing was sent, and how often its receiver said that it has it."""

    tried: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, where: Counter[str], key: str) -> None:
        with self._lock:
            where[key] += 1


class Poster:
    """A monitoring tool: posts each alert, in several threads, again and again until it is answered with 2xx."""

    def __init__(self, hub: HubProcess, alerts: Iterable[Mapping[str, Any]], threads: int = 3) -> None:
        self.answers = Answers()
        self._hub = hub
        self._waiting = deque(alerts)
        self._pool = ThreadPoolExecutor(threads)
        self._threads = threads
        self._running: list[Future[None]] = []

    def start(self) -> Self:
        self._running = [self._pool.submit(self._post_all) for _ in range(self._threads)]
        return self

    def finish(self) -> Answers:
        """Wait until all are answered."""
        for one in self._running:
            one.result(120)
        self._pool.shutdown()
        return self.answers

    def _post_all(self) -> None:
        headers = {"authorization": f"Bearer {self._hub.intake}"}
        with httpx.Client(base_url=self._hub.url, headers=headers, trust_env=False, timeout=20) as client:
            while True:
                try:
                    alert = self._waiting.popleft()
                except IndexError:
                    return
                while not self._posted(client, alert):
                    time.sleep(AGAIN_S)

    def _posted(self, client: httpx.Client, alert: Mapping[str, Any]) -> bool:
        key = str(alert["resource"])
        self.answers.note(self.answers.tried, key)
        try:
            answer = client.post("/api/v1/intake/alerts", json={"alerts": [alert]})
        except httpx.TransportError:
            return False
        if not answer.is_success:
            self.answers.refused.append(f"{key}: {answer.status_code} {answer.text}")
            return False
        self.answers.note(self.answers.kept, key)
        return True


class Publisher:
    """Devices: publishes with QoS 1 and notes each PUBACK of the broker.

    Without ``burst`` a message follows when the one before is confirmed, so that the stream lasts; with it all come at
    once, so that the hub takes many in one batch.
    """

    def __init__(self, port: int, messages: Iterable[tuple[str, Mapping[str, Any]]], *, burst: bool = False) -> None:
        self.answers = Answers()
        self._port = port
        self._messages = list(messages)
        self._burst = burst
        self._pool = ThreadPoolExecutor(1)
        self._running: Future[None] | None = None

    def start(self) -> Self:
        self._running = self._pool.submit(self._publish_all)
        return self

    def finish(self) -> Answers:
        assert self._running is not None
        self._running.result(120)
        self._pool.shutdown()
        return self.answers

    def _publish_all(self) -> None:
        client = Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self._port)
        client.loop_start()
        sent = []
        for device, content in self._messages:
            key = f"{device} {content['code']}"
            self.answers.note(self.answers.tried, key)
            sent.append((key, client.publish(f"estate/hq/{device}/fault", orjson.dumps(content), qos=1)))
            if not self._burst:
                sent[-1][1].wait_for_publish(CONFIRMED_S)
                time.sleep(PAUSE_S)
        for key, one in sent:
            one.wait_for_publish(CONFIRMED_S)
            if one.is_published():
                self.answers.note(self.answers.kept, key)
        client.disconnect()
        client.loop_stop()
