"""A small process that keeps signals until it is killed at a boundary: ``python -m tests.ledger.killed DIR COUNT``.

It writes each answer to its standard output after the commit, as an intake does.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from ledger.crash import boundary
from ledger.engine import Ledger
from ledger.inbox import Inbox, Signal


async def main(directory: Path, count: int) -> None:
    inbox = Inbox(Ledger.open(directory / "ledger.db"))
    for number in range(count):
        boundary("after-receipt")
        body = str(number).encode()
        signal = Signal(source="t", kind="native", received_at=datetime.now(UTC), authenticated=True, body=body)
        (position,) = await inbox.put([signal])
        boundary("before-answer")
        os.write(sys.stdout.fileno(), f"{number} {position}\n".encode())  # the answer, in one system call
        boundary("after-answer")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
