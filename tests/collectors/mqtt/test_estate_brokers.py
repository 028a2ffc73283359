"""The hub is let in by each broker that the simulated company may bring, with the settings that it is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerting.binding import GraphIndex
from alerting.evidence import Evidence
from alerting.topics import load_topics
from collectors.mqtt.collector import MqttCollector
from collectors.mqtt.model import Broker, LinkState
from examples.estate import broker as estate
from faultpath.settings import BrokerSettings
from ledger.clock import SystemClock
from tests.collectors.mqtt.conftest import Hub, until


@pytest.mark.parametrize("kind", ["mosquitto", "aedes"])
async def test_the_hub_is_let_in_with_what_the_company_tells_it(kind: str, hub: Hub, tmp_path: Path) -> None:
    if kind == "mosquitto" and estate.find_mosquitto() is None:
        pytest.skip("no mosquitto; Debian: apt-get install mosquitto")
    running = await estate.start(tmp_path, kind=kind)
    try:
        told = BrokerSettings.model_validate({"name": "plant", **running.settings(tmp_path)})
        assert told.password_file is not None
        broker = Broker(
            name=told.name, host=told.host, port=told.port, protocol=told.protocol, username=told.username,
            password=told.password_file.read_text().strip(),
        )  # fmt: skip
        collector = MqttCollector(
            broker, topics=load_topics(), submit=hub.inbox.put, evidence=Evidence(), index=GraphIndex,
            clock=SystemClock(),
        )  # fmt: skip
        task = asyncio.create_task(collector.run())
        await until(lambda: collector.status.state in (LinkState.CONNECTED, LinkState.REFUSED))
        assert (collector.status.state, collector.status.why) == (LinkState.CONNECTED, "")
        task.cancel()
        await asyncio.wait([task])
    finally:
        await running.stop()
