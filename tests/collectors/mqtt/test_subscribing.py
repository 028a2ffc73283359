"""Connected is who may hear: what the broker answers to the subscription decides, and a denial is seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from structlog.testing import capture_logs

from collectors.mqtt import collector as collecting
from collectors.mqtt.collector import DROPPED_TOPIC
from collectors.mqtt.model import LinkState
from tests.collectors.mqtt.conftest import Hub, Mosquitto, until

FAULTS = "estate/+/+/fault"
STATUS = "estate/s1/cu-7/status"
DENIED = 0x80


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_a_denied_subscription_is_no_session(hub: Hub, mosquitto: Mosquitto, protocol: str) -> None:
    mosquitto.end()
    mosquitto.deny = FAULTS
    mosquitto.start()
    with capture_logs() as said:
        async with hub.collecting(mosquitto, protocol=protocol, lost_after_s=0.2, wait_for=LinkState.REFUSED) as it:
            assert FAULTS in it.status.why
            assert "estate/+/+/status" not in it.status.why
            await until(lambda: hub.findings("session") == ["active"])
            assert FAULTS in next(body["args"]["why"] for body in hub.bodies if "finding" in body)
            await asyncio.to_thread(mosquitto.publish, STATUS, {"state": "online"})
            await until(lambda: len(hub.payloads) == 1)  # what it may hear it hears
            await asyncio.to_thread(mosquitto.end)
            mosquitto.deny = ""
            await asyncio.to_thread(mosquitto.start)
            await until(lambda: hub.findings("session") == ["active", "cleared"])
            assert hub.state is LinkState.CONNECTED
    assert turns(said)[0] == "refused"
    assert turns(said)[-1] == "connected"


async def test_without_the_brokers_own_figures_it_hears_all_devices(hub: Hub, mosquitto: Mosquitto) -> None:
    mosquitto.end()
    mosquitto.deny = DROPPED_TOPIC
    mosquitto.start()
    with capture_logs() as said:
        async with hub.collecting(mosquitto):
            assert hub.state is LinkState.CONNECTED
    assert [line["event"] for line in said if line["log_level"] == "warning"] == ["mqtt_drops_unseen"]


@dataclass
class Broker:
    """As much of MQTT 3.1.1 as it takes to answer a subscription by a script: codes by topic filter, or not at all."""

    codes: dict[str, int] = field(default_factory=dict)
    answers: bool = True
    asked: list[list[str]] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                kind, body = await packet(reader)
                if kind == 0x10:  # CONNECT
                    writer.write(b"\x20\x02\x00\x00")
                elif kind == 0x82:  # SUBSCRIBE
                    self.asked.append(filters(body))
                    codes = bytes(self.codes.get(topic, 1) for topic in self.asked[-1])
                    if self.answers:
                        writer.write(bytes([0x90, 2 + len(codes)]) + body[:2] + codes)
        except asyncio.IncompleteReadError:
            writer.close()


async def packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind = (await reader.readexactly(1))[0]
    length = shift = 0
    while True:
        octet = (await reader.readexactly(1))[0]
        length |= (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            return kind, await reader.readexactly(length)


def filters(body: bytes) -> list[str]:
    found, at = [], 2
    while at < len(body):
        end = at + 2 + int.from_bytes(body[at : at + 2], "big")
        found.append(body[at + 2 : end].decode())
        at = end + 1
    return found


@asynccontextmanager
async def serving(broker: Broker) -> AsyncIterator[Broker]:
    server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
    broker.port = server.sockets[0].getsockname()[1]
    yield broker
    server.close()


async def test_what_is_denied_is_asked_for_again_until_it_is_granted(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "_ASK_AGAIN_S", 0.0)
    with capture_logs() as said:
        async with (
            serving(Broker(codes={FAULTS: DENIED})) as broker,
            hub.collecting(broker, protocol="3.1.1", wait_for=LinkState.REFUSED),
        ):
            await until(lambda: len(broker.asked) >= 3)
            assert FAULTS in broker.asked[0]
            assert len(broker.asked[0]) == 4
            assert broker.asked[1:3] == [[FAULTS], [FAULTS]]
            broker.codes.clear()
            await until(lambda: hub.state is LinkState.CONNECTED)
    assert turns(said) == ["refused", "connected"]


async def test_without_an_answer_it_is_not_connected(hub: Hub) -> None:
    async with (
        serving(Broker(answers=False)) as broker,
        hub.collecting(broker, protocol="3.1.1", lost_after_s=0.0, wait_for=LinkState.CONNECTING) as it,
    ):
        await until(lambda: broker.asked)
        await until(lambda: hub.findings("session") == ["active"])
        assert it.status.state is LinkState.CONNECTING
        assert it.status.why == "the broker has not answered the subscription"


def turns(said: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the log says of the session."""
    return [line["state"] for line in said if line["event"] == "mqtt_session"]
