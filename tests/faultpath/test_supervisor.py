"""Workers that fail come back; the task group ends with its cancellation."""

from __future__ import annotations

import asyncio

import pytest

from faultpath.supervisor import FIRST_PAUSE_S, MAX_PAUSE_S, Supervisor
from ledger.clock import ControlledClock


class Pauses:
    """Remembers how long was slept; time passes on the controlled clock."""

    def __init__(self, clock: ControlledClock) -> None:
        self.clock = clock
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)
        self.clock.advance(seconds)
        await asyncio.sleep(0)


async def test_a_failing_worker_is_started_again_with_growing_pauses() -> None:
    clock = ControlledClock()
    pauses = Pauses(clock)
    supervisor = Supervisor(clock=clock, sleep=pauses.sleep)
    starts = 0

    async def fails_nine_times() -> None:
        nonlocal starts
        starts += 1
        if starts < 10:
            raise ConnectionError("broker away")

    supervisor.add("mqtt", fails_nine_times)
    await asyncio.wait_for(supervisor.run(), 5)
    state = supervisor.workers["mqtt"]
    assert starts == 10
    assert state.restarts == 9
    grown = [pause for pause in pauses.taken if pause != 5.0]
    assert grown[0] == FIRST_PAUSE_S
    assert max(grown) == MAX_PAUSE_S


async def test_one_that_fails_does_not_touch_the_others() -> None:
    clock = ControlledClock()
    supervisor = Supervisor(clock=clock, sleep=Pauses(clock).sleep)
    ended = asyncio.Event()

    async def steady() -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        ended.set()

    async def broken() -> None:
        raise ValueError("always")

    supervisor.add("steady", steady)
    supervisor.add("broken", broken)
    task = asyncio.create_task(supervisor.run())
    await asyncio.wait_for(ended.wait(), 5)
    assert supervisor.workers["broken"].error == "ValueError: always"
    assert supervisor.workers["steady"].restarts == 0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_name_is_used_once() -> None:
    async def idle() -> None: ...

    supervisor = Supervisor(clock=ControlledClock())
    supervisor.add("poller", idle)
    with pytest.raises(ValueError, match="registered twice"):
        supervisor.add("poller", idle)
