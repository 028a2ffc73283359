"""A real Mosquitto from `.ci/mosquitto`, a publisher of its own, and a collector with a real inbox."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from alerting.binding import GraphIndex
from alerting.evidence import Evidence
from alerting.topics import load_topics
from collectors.mqtt.collector import MqttCollector
from collectors.mqtt.model import Broker, LinkState
from ledger.clock import SystemClock
from ledger.engine import Ledger
from ledger.inbox import Inbox, Signal

SCRIPT = Path(__file__).parents[3] / ".ci" / "mosquitto"
TIMEOUT_S = 15.0


class HasPort(Protocol):
    port: int


@dataclass
class Mosquitto:
    """One broker process on a port that stays the same over restarts."""

    place: Path
    port: int = 0
    queue: int = 0
    anonymous: bool = True
    deny: str = ""

    def start(self) -> None:
        command = [sys.executable, str(SCRIPT), "start", str(self.place), *([str(self.port)] if self.port else [])]
        environment = os.environ | {
            "FAULTPATH_TEST_MOSQUITTO_QUEUE": str(self.queue),
            "FAULTPATH_TEST_MOSQUITTO_ANONYMOUS": str(self.anonymous).lower(),
            "FAULTPATH_TEST_MOSQUITTO_DENY": self.deny,
        }
        self.port = int(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)

    def end(self, how: str = "stop") -> None:
        subprocess.run([sys.executable, str(SCRIPT), how, str(self.place)], check=True)

    def refusals(self) -> int:
        """How many clients it has turned away since it was first started."""
        return (self.place / "mosquitto.log").read_text().count("not authorised")

    def publish(self, topic: str, payload: Any, *, retain: bool = False, qos: int = 1) -> None:
        self.publish_all([(topic, payload)], retain=retain, qos=qos)

    def publish_all(self, messages: Sequence[tuple[str, Any]], *, retain: bool = False, qos: int = 1) -> None:
        """Publish in order and wait until the broker has them all."""
        client = Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        waiting = [
            client.publish(topic, payload if isinstance(payload, bytes) else orjson.dumps(payload), qos, retain)
            for topic, payload in messages
        ]
        for one in waiting:
            one.wait_for_publish(TIMEOUT_S)
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    if shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin") is None:
        pytest.skip("no mosquitto; Debian: apt-get install mosquitto")
    broker = Mosquitto(tmp_path / "mosquitto")
    broker.start()
    yield broker
    broker.end()


@dataclass
class Hub:
    """As much of a hub as the collector needs, all of it real."""

    ledger: Ledger
    inbox: Inbox
    index: GraphIndex = field(default_factory=GraphIndex)
    evidence: Evidence = field(default_factory=Evidence)
    submit: Callable[[Sequence[Signal]], Awaitable[list[int]]] | None = None
    collector: MqttCollector | None = None

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [orjson.loads(row.body) for row in self.inbox.read(0, 100_000)]

    @property
    def payloads(self) -> list[str]:
        return [body["payload"] for body in self.bodies if "payload" in body]

    def findings(self, kind: str) -> list[str]:
        return [body["state"] for body in self.bodies if body.get("finding") == kind]

    @asynccontextmanager
    async def collecting(
        self, mosquitto: HasPort, wait_for: LinkState = LinkState.CONNECTED, **said: Any
    ) -> AsyncIterator[MqttCollector]:
        """A running collector that is connected; cancelled at the end, as the supervisor does it."""
        broker = Broker(**{"name": "plant", "host": "127.0.0.1", "port": mosquitto.port, "catch_up_s": 0.0, **said})
        self.collector = MqttCollector(
            broker,
            topics=load_topics(),
            submit=self.submit or self.inbox.put,  # type: ignore[arg-type]
            evidence=self.evidence,
            index=lambda: self.index,
            clock=SystemClock(),
        )
        task = asyncio.create_task(self.collector.run())
        try:
            await until(lambda: self.state is wait_for or task.done())
            yield self.collector
        finally:
            task.cancel()
            await asyncio.wait([task])

    @property
    def state(self) -> LinkState:
        assert self.collector is not None
        return self.collector.status.state


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    ledger = Ledger.open(tmp_path / "ledger.db")
    yield Hub(ledger, Inbox(ledger))
    ledger.close()


async def until(true: Callable[[], object], timeout_s: float = TIMEOUT_S) -> None:
    """Wait for a condition; fail after a while."""
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 - what is waited for lies in other processes
            await asyncio.sleep(0.02)
