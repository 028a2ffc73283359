"""A collector as a process that a test kills at a boundary: ``python -m tests.collectors.mqtt.killed DIR PORT``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from alerting.binding import GraphIndex
from alerting.evidence import Evidence
from alerting.topics import load_topics
from collectors.mqtt.collector import MqttCollector
from collectors.mqtt.model import Broker
from ledger.clock import SystemClock
from ledger.engine import Ledger
from ledger.inbox import Inbox


async def main(directory: Path, port: int) -> None:
    collector = MqttCollector(
        Broker(name="plant", host="127.0.0.1", port=port),
        topics=load_topics(),
        submit=Inbox(Ledger.open(directory / "ledger.db")).put,
        evidence=Evidence(),
        index=GraphIndex,
        clock=SystemClock(),
    )
    await collector.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
