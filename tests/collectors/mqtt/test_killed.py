"""Kill -9 while messages stream in: what Mosquitto was told to forget is on disk, and the rest comes again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from ledger.engine import Ledger
from ledger.errors import LedgerError
from ledger.inbox import Inbox
from tests.collectors.mqtt.conftest import Mosquitto

COUNT = 200


async def collector(place: Path, port: int, kill_at: str = "") -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.collectors.mqtt.killed", str(place), str(port),
        cwd=Path(__file__).parents[3], env=os.environ | {"FAULTPATH_KILL_AT": kill_at}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def says(process: asyncio.subprocess.Process, line: str) -> None:
    """Wait for a line of its output."""
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while (await process.stdout.readline()).decode().strip() != line:
            assert not process.stdout.at_eof(), "it ended before it said so"


def codes(path: Path) -> Counter[int]:
    """How often each message is in the inbox; nothing while the file is in use."""
    with contextlib.suppress(LedgerError):
        ledger = Ledger.open(path)
        rows = Inbox(ledger).read(0, 10_000)
        ledger.close()
        return Counter(json.loads(json.loads(row.body)["payload"])["code"] for row in rows)
    return Counter()


@pytest.mark.parametrize("boundary", ["after-receipt:3", "after-inbox-commit:3", "before-answer:30", "after-answer:30"])
async def test_nothing_is_lost_and_little_is_repeated(mosquitto: Mosquitto, tmp_path: Path, boundary: str) -> None:
    path = tmp_path / "ledger.db"
    first = await collector(tmp_path, mosquitto.port)  # leaves its session with the broker
    await says(first, "connected")
    first.send_signal(signal.SIGKILL)
    await first.wait()
    messages = [("estate/s1/cu-7/fault", {"code": number}) for number in range(COUNT)]
    await asyncio.to_thread(mosquitto.publish_all, messages)
    dies = await collector(tmp_path, mosquitto.port, kill_at=boundary)
    assert await asyncio.wait_for(dies.wait(), 20) == -signal.SIGKILL
    before = codes(path)
    assert sum(before.values()) < COUNT
    again = await collector(tmp_path, mosquitto.port)
    await says(again, json.dumps(messages[-1][1], separators=(",", ":")))
    again.send_signal(signal.SIGKILL)
    await again.wait()
    found = codes(path)
    assert sorted(found) == list(range(COUNT))
    assert max(found.values()) <= 2  # one crash, at most one repeat
