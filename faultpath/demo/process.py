"""Child processes of the demonstration, started, spoken to and ended by their own handles."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from faultpath.errors import FaultpathError

STOP_S = 10.0
ROOT = Path(__file__).resolve().parents[2]
_HAS_ESTATE = (ROOT / "examples" / "estate").is_dir()
LINE_LIMIT = 16 * 1024 * 1024


class DemoError(FaultpathError):
    """The demonstration cannot go on; the text says what to do."""


class Child:
    """A process whose standard error goes to a log file."""

    def __init__(self, name: str, process: Process, log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    @classmethod
    async def start(
        cls, name: str, command: list[str], *, log: Path, cwd: Path, env: dict[str, str] | None = None
    ) -> Child:
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=errors, cwd=cwd, env={**os.environ, **(env or {})},
                limit=LINE_LIMIT,
            )  # fmt: skip
        return cls(name, process, log)

    async def stop(self) -> None:
        """Ask it to end; after a while, end it."""
        if self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:])


class Estate:
    """The simulated company, spoken to in JSON lines."""

    def __init__(self, child: Child, ready: dict[str, Any]) -> None:
        self.child = child
        self.ready = ready
        self._turn = asyncio.Lock()

    @classmethod
    async def start(cls, folder: Path, *, seed: int, size: int, block: int) -> Estate:
        """Start it and wait until its agents and devices are up.

        Raises:
            DemoError: it is not there, or did not come up.
        """
        if not _HAS_ESTATE:
            raise DemoError("the simulated company is part of the source tree: run `make demo` in a checkout")
        command = [
            sys.executable, "-m", "examples.estate", "--seed", str(seed), "--size", str(size),
            "--dir", str(folder), "--block", str(block),
        ]  # fmt: skip
        child = await Child.start("estate", command, log=folder / "estate.log", cwd=ROOT)
        return cls(child, await _line(child, 120))

    async def do(self, **command: Any) -> dict[str, Any]:
        """Give one command and return its answer.

        Raises:
            DemoError: the estate refused it or is gone.
        """
        stdin = self.child.process.stdin
        assert stdin is not None
        async with self._turn:
            stdin.write(json.dumps(command).encode() + b"\n")
            await stdin.drain()
            answer = await _line(self.child, 60)
        if not answer.get("ok"):
            raise DemoError(f"the estate refused {command.get('cmd')}: {answer.get('error', answer)}")
        return answer


async def _line(child: Child, timeout_s: float) -> dict[str, Any]:
    assert child.process.stdout is not None
    try:
        line = await asyncio.wait_for(child.process.stdout.readline(), timeout_s)
    except TimeoutError:
        raise DemoError(f"{child.name} says nothing for {timeout_s:.0f} s\n{child.last_words()}") from None
    if not line:
        raise DemoError(f"{child.name} ended\n{child.last_words()}")
    found: dict[str, Any] = json.loads(line)
    return found
