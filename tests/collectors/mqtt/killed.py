"""A collector as a process that a test kills at a boundary: ``python -m tests.collectors.mqtt.killed DIR PORT``.

It says on standard output that it is connected, and the payload of the newest message on disk.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from alerting.binding import GraphIndex
from alerting.evidence import Evidence
from alerting.topics import load_topics
from collectors.mqtt.collector import MqttCollector
from collectors.mqtt.model import Broker, LinkState
from ledger.clock import SystemClock
from ledger.engine import Ledger
from ledger.inbox import Inbox, Signal


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(directory: Path, port: int) -> None:
    inbox = Inbox(Ledger.open(directory / "ledger.db"))

    async def submit(signals: Sequence[Signal]) -> list[int]:
        kept = await inbox.put(signals)
        say(orjson.loads(signals[-1].body).get("payload", ""))
        return kept

    collector = MqttCollector(
        Broker(name="plant", host="127.0.0.1", port=port, max_unanswered=20),  # so that it dies amid the messages
        topics=load_topics(),
        submit=submit,
        evidence=Evidence(),
        index=GraphIndex,
        clock=SystemClock(),
    )
    running = asyncio.create_task(collector.run())
    while collector.status.state is not LinkState.CONNECTED:  # noqa: ASYNC110 - the collector has no event for it
        await asyncio.sleep(0.01)
    say("connected")
    await running


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
