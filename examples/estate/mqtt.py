"""MQTT devices: a small MQTT 3.1.1 client (OASIS, 2014), so that one process holds the sessions of all of them.

A device keeps one session: its last will is the retained status ``offline``, its first message the retained status
``online``, then telemetry at each report interval and fault codes as they come and go; all with QoS 1. A device that
dies just drops its connection, and the broker publishes the will.

Topics: ``estate/<site>/<mqtt_id>/status``, ``…/fault``, ``…/telemetry``; payloads are JSON objects.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from examples.estate.model import Device

CONNECT, CONNACK, PUBLISH, PUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 12, 13, 14
MAX_PACKET = 65_536  # bytes; a device is sent nothing but acknowledgements
KEEP_ALIVE_S = 60
CONNECT_TIMEOUT_S = 5.0
BACKOFF_S = (0.2, 5.0)  # first and longest pause before another try

# Flags of CONNECT (3.1.2.3): clean session; will with QoS 1, retained; user name and password.
_CLEAN, _WILL, _LOGIN = 0x02, 0x04 | 0x08 | 0x20, 0x80 | 0x40


class MqttError(ConnectionError):
    """The broker refused the session or sent what is no MQTT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerLogin:
    """Where the broker listens and what it lets a client in for."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)


def packet(kind: int, flags: int, body: bytes) -> bytes:
    """A control packet: type and flags, the remaining length in 7-bit groups (2.2.3), the body."""
    size, length = bytearray(), len(body)
    while True:
        length, digit = length >> 7, length & 0x7F
        size.append(digit | (0x80 if length else 0))
        if not length:
            return bytes((kind << 4 | flags,)) + bytes(size) + body


def string(text: str | bytes) -> bytes:
    """A text or binary field behind its length in two bytes (1.5.3)."""
    raw = text.encode() if isinstance(text, str) else text
    return len(raw).to_bytes(2, "big") + raw


def connect_packet(client_id: str, login: BrokerLogin, will_topic: str, will: bytes) -> bytes:
    fields: tuple[str | bytes, ...] = (client_id, will_topic, will, login.username, login.password)
    head = string("MQTT") + bytes((4, _CLEAN | _WILL | _LOGIN)) + KEEP_ALIVE_S.to_bytes(2, "big")
    return packet(CONNECT, 0, head + b"".join(string(value) for value in fields))


async def read_packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """(type, body) of the next packet. Raises :class:`MqttError` if it is none, ``IncompleteReadError`` at the end."""
    first = (await reader.readexactly(1))[0]
    size = 0
    for group in range(4):
        digit = (await reader.readexactly(1))[0]
        size |= (digit & 0x7F) << 7 * group
        if not digit & 0x80:
            break
    else:
        raise MqttError("a remaining length of more than four bytes")
    if size > MAX_PACKET:
        raise MqttError(f"a packet of {size} bytes")
    return first >> 4, await reader.readexactly(size)


@dataclass(slots=True)
class Figures:
    """What all devices have done so far."""

    connects: int = 0
    published: int = 0
    acknowledged: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class _Message:
    topic: str
    payload: bytes
    retain: bool


class IotDevice:
    """One device and its session. :meth:`run` lasts until :meth:`stop`; ``alive`` says whether it may be connected."""

    def __init__(self, device: Device, login: BrokerLogin, figures: Figures) -> None:
        assert device.iot is not None
        self.key = device.key
        self.mqtt_id = device.iot.mqtt_id
        self.topic = f"estate/{device.site}/{self.mqtt_id}"
        self._interval_s = device.iot.report_interval_s
        self._model = device.model
        self._login = login
        self._figures = figures
        self._codes: set[str] = set()
        self._alive = asyncio.Event()
        self._stopping = False
        self._outgoing: asyncio.Queue[_Message] = asyncio.Queue()
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._packet_ids = itertools.cycle(range(1, 65_536))
        self.connected = asyncio.Event()

    # -- what happens to it -----------------------------------------------------------------------------------------

    def start(self) -> None:
        self._alive.set()
        self._task = asyncio.create_task(self._run(), name=f"mqtt {self.mqtt_id}")

    def set_alive(self, alive: bool) -> None:
        """Dies (the connection is cut without DISCONNECT, so that the will goes out) or comes up again."""
        if alive:
            self._alive.set()
        elif self._alive.is_set():
            self._alive.clear()
            if self._writer is not None:
                self._writer.transport.abort()

    def set_codes(self, codes: Iterable[str]) -> None:
        """The fault codes that are present now; each that has come or gone is published, if there is a session."""
        now = set(codes)
        came, went = now - self._codes, self._codes - now
        self._codes = now
        if self.connected.is_set():
            for code, state in [(code, "active") for code in sorted(came)] + [(code, "clear") for code in sorted(went)]:
                self._publish("fault", {"code": code, "state": state, "model": self._model})

    async def stop(self) -> None:
        """Leaves in good order: with DISCONNECT, so that no will goes out."""
        self._stopping = True
        if self._task is None:
            return
        if self._writer is not None and self.connected.is_set():
            self._writer.write(packet(DISCONNECT, 0, b""))
            self._writer.close()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    # -- its session ------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        pause, longest = BACKOFF_S
        while not self._stopping:
            await self._alive.wait()
            try:
                await self._session()
                pause = BACKOFF_S[0]
            except (OSError, EOFError, TimeoutError):
                self._figures.refused += 1
                pause = min(pause * 2, longest)
            finally:
                self._close()
            await asyncio.sleep(pause * random.uniform(0.5, 1))

    def _close(self) -> None:
        self.connected.clear()
        if self._writer is not None and not self._stopping:
            self._writer.transport.abort()
        self._writer = None

    async def _session(self) -> None:
        """One connection from CONNECT to its end; returns when it ends after it was once accepted."""
        # asyncio.timeout, not wait_for: that one loses a cancellation that comes together with the result (3.11).
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(self._login.host, self._login.port)
        self._writer = writer
        will = json.dumps({"state": "offline"}).encode()
        writer.write(connect_packet(self.mqtt_id, self._login, f"{self.topic}/status", will))
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            kind, body = await read_packet(reader)
        if kind != CONNACK or len(body) != 2 or body[1]:
            raise MqttError(f"session refused: {body.hex()}")
        if not self._alive.is_set():
            return
        self._outgoing = asyncio.Queue()
        self._figures.connects += 1
        self.connected.set()
        self._publish("status", {"state": "online", "faults": sorted(self._codes)}, retain=True)
        waiting: dict[int, asyncio.Future[None]] = {}
        tasks = [asyncio.create_task(part) for part in (self._receive(reader, waiting), self._send(waiting))]
        tasks.append(asyncio.create_task(self._report()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self, reader: asyncio.StreamReader, waiting: dict[int, asyncio.Future[None]]) -> None:
        while True:
            kind, body = await read_packet(reader)
            if kind == PUBACK and len(body) == 2:
                done = waiting.pop(int.from_bytes(body, "big"), None)
                if done is not None and not done.done():
                    done.set_result(None)
                    self._figures.acknowledged += 1

    async def _send(self, waiting: dict[int, asyncio.Future[None]]) -> None:
        """One message after the other, each acknowledged before the next, so that their order holds."""
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_S / 2):
                    message = await self._outgoing.get()
            except TimeoutError:
                await self._write(packet(PINGREQ, 0, b""))
                continue
            number = next(self._packet_ids)
            acknowledged = waiting[number] = asyncio.get_running_loop().create_future()
            body = string(message.topic) + number.to_bytes(2, "big") + message.payload
            await self._write(packet(PUBLISH, 0x02 | message.retain, body))  # QoS 1
            self._figures.published += 1
            async with asyncio.timeout(KEEP_ALIVE_S):
                await acknowledged

    async def _write(self, data: bytes) -> None:
        if self._writer is None:
            raise MqttError("no connection")
        self._writer.write(data)
        await self._writer.drain()

    async def _report(self) -> None:
        """Telemetry at each report interval, the first somewhere inside of it."""
        await asyncio.sleep(self._interval_s * random.uniform(0.05, 1))
        for count in itertools.count(1):
            self._publish("telemetry", {"count": count, "value": round(random.uniform(18, 24), 1)})
            await asyncio.sleep(self._interval_s)

    def _publish(self, kind: str, content: dict[str, Any], *, retain: bool = False) -> None:
        content = {**content, "at": datetime.now(UTC).isoformat(timespec="milliseconds")}
        self._outgoing.put_nowait(_Message(f"{self.topic}/{kind}", json.dumps(content).encode(), retain))
