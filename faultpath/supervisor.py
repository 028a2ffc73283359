"""Keeps the collectors and workers of the hub running: whatever one of them raises ends here.

A worker is an async function that runs until it is cancelled. When it fails it is started again after a pause that
doubles up to `MAX_PAUSE_S`; a worker that held for `STEADY_S` starts over with a short one. A loss is logged once with
its traceback, the repeats without, and the recovery once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from ledger.clock import Clock

FIRST_PAUSE_S = 0.5
MAX_PAUSE_S = 30.0
STEADY_S = 60.0

log = structlog.get_logger(__name__)

Run = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class WorkerState:
    """What `/readyz` and the metrics say of one worker. ``error`` is the last failure's text while it is away."""

    name: str
    running: bool = False
    restarts: int = 0
    error: str | None = None
    since: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Runs workers in one task group; `run` ends when it is cancelled, and cancels them all."""

    clock: Clock
    sleep: Sleep = asyncio.sleep
    workers: dict[str, WorkerState] = field(default_factory=dict)
    _runs: list[tuple[WorkerState, Run]] = field(default_factory=list)

    def add(self, name: str, run: Run) -> None:
        """Register a worker before `run`. A name is used once."""
        if name in self.workers:
            raise ValueError(f"worker {name} is registered twice")
        state = WorkerState(name)
        self.workers[name] = state
        self._runs.append((state, run))

    async def run(self) -> None:
        """Run all workers until cancelled, or until each has returned by itself."""
        async with asyncio.TaskGroup() as group:
            for state, worker in self._runs:
                group.create_task(self._keep(state, worker), name=state.name)

    async def _keep(self, state: WorkerState, run: Run) -> None:
        pause = FIRST_PAUSE_S
        while True:
            started = self.clock.monotonic()
            state.running, state.since = True, self.clock.now()
            recovery = asyncio.create_task(self._note_recovery(state)) if state.error else None
            try:
                await run()
            except Exception as error:  # noqa: BLE001  # the supervisor is where any failure ends
                steady = self.clock.monotonic() - started >= STEADY_S
                pause = FIRST_PAUSE_S if steady else pause
                self._note_loss(state, error, pause)
            else:
                return
            finally:
                state.running = False
                if recovery:
                    recovery.cancel()
            await self.sleep(pause)
            pause = min(pause * 2, MAX_PAUSE_S)

    def _note_loss(self, state: WorkerState, error: Exception, pause: float) -> None:
        first = state.error is None
        state.error = f"{type(error).__name__}: {error}"
        state.restarts += 1
        if first:
            log.error("worker_lost", worker=state.name, error=state.error, exc_info=error)
        else:
            log.debug("worker_still_lost", worker=state.name, error=state.error, pause_s=pause)

    async def _note_recovery(self, state: WorkerState) -> None:
        await self.sleep(STEADY_S / 12)
        log.info("worker_recovered", worker=state.name, restarts=state.restarts)
        state.error = None
