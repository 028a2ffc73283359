"""A running estate for tests: real sockets, a real broker, and receivers for what it sends."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from examples.estate import broker as brokers
from examples.estate.broker import HUB, Broker
from examples.estate.generate import generate
from examples.estate.world import World

FIRST_BLOCK, LAST_BLOCK = 180, 250


async def until(condition: Callable[[], object], what: str, timeout_s: float = 60.0) -> None:
    """Waits until a condition holds; fails with its name if it does not in time."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not in {timeout_s} s: {what}"
        await asyncio.sleep(0.02)


@dataclass
class WebHook:
    """A receiver of posts: keeps them, answers with the next of ``answers``, 200 when there is none left."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    refused: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:]) if v}
                body = await reader.readexactly(int(headers["content-length"]))
                status = self.answers.pop(0) if self.answers else 200
                if status == 200:
                    self.taken.append(({**headers, "path": head[0]}, json.loads(body)))
                self.refused += status != 200
                writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        writer.close()

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """All alerts of all posts that were taken, in order."""
        return [alert for _, body in self.taken for alert in body["alerts"]]

    def firing(self) -> dict[str, dict[str, Any]]:
        """What fires after all posts, by fingerprint."""
        now: dict[str, dict[str, Any]] = {}
        for alert in self.alerts:
            now[alert["fingerprint"]] = alert
        return {key: alert for key, alert in now.items() if alert["status"] == "firing"}


@pytest.fixture
async def webhook() -> AsyncIterator[WebHook]:
    hook = WebHook()
    server = await asyncio.start_server(hook.serve, "127.0.0.1", 0)
    hook.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield hook
    server.close()


class TrapSink(asyncio.DatagramProtocol):
    """Keeps (sender's host, datagram) of what comes in."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.taken.append((f"{addr[0]}:{addr[1]}", data))


@pytest.fixture
async def traps() -> AsyncIterator[tuple[TrapSink, tuple[str, int]]]:
    transport, sink = await asyncio.get_running_loop().create_datagram_endpoint(TrapSink, local_addr=("127.0.0.1", 0))
    yield sink, transport.get_extra_info("sockname")
    transport.close()


@dataclass
class Subscriber:
    """A real client of the broker that has subscribed to all of the estate's topics."""

    taken: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)

    def of(self, topic: str) -> list[dict[str, Any]]:
        return [payload for name, payload, _ in list(self.taken) if name == topic]


@contextlib.asynccontextmanager
async def subscribed(broker: Broker, client_id: str = "") -> AsyncIterator[Subscriber]:
    """A subscriber; with ``client_id`` it has a persistent session."""
    subscriber, ready = Subscriber(), asyncio.Event()
    loop = asyncio.get_running_loop()
    login = broker.login(HUB)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=not client_id)
    client.username_pw_set(login.username, login.password)

    def on_connect(*_: object) -> None:
        client.subscribe("estate/#", 1)

    def on_subscribe(*_: object) -> None:
        loop.call_soon_threadsafe(ready.set)

    def on_message(_client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        subscriber.taken.append((message.topic, json.loads(message.payload), message.retain))

    client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
    client.connect(login.host, login.port)
    client.loop_start()
    try:
        await asyncio.wait_for(ready.wait(), 60)
        yield subscriber
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    found = await brokers.start(tmp_path)
    yield found
    await found.stop()


@pytest.fixture
async def world(broker: Broker, tmp_path: Path) -> AsyncIterator[World]:
    """An estate of seed 5 on the first free block of addresses."""
    for block in range(FIRST_BLOCK, LAST_BLOCK):
        found = World(generate(5, block=block), broker, tmp_path)
        try:
            await found.start()
        except OSError:
            await found.stop()
            continue
        yield found
        await found.stop()
        return
    pytest.fail("no free block of addresses")
