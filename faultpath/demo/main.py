"""``faultpath demo``: the story on a screen, or ``--check`` without one."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from faultpath.demo.check import Check, Trial, check_discovery
from faultpath.demo.process import DemoError
from faultpath.demo.stage import Stage, raise_stage
from faultpath.demo.story import tell
from faultpath.demo.truth import Failure

FIRST_BLOCK, BLOCKS = 77, 100


def run(*, check: bool, seed: int, size: int, failures: int, graph: str | None, keep_open: bool | None) -> int:
    """Play the demonstration.

    Args:
        check: compare with the truth file instead of telling the story.
        seed: draws the company and, in a check, the failures.
        size: how large the company is; 1 is 400 people.
        failures: how many beside the four scenes, in a check.
        graph: URL of the graph store; ``None`` is the embedded one.
        keep_open: leave the hub running at the end; ``None`` means on a terminal only.

    Returns:
        The exit status: 0, 1 if a check was wrong, 2 if the demonstration could not go on.
    """
    console = Console(highlight=False)
    open_end = sys.stdout.isatty() if keep_open is None else keep_open
    try:
        with address_block() as block:
            if check:
                return asyncio.run(_check(console, seed=seed, size=size, failures=failures, graph=graph, block=block))
            return asyncio.run(_show(console, seed=seed, size=size, graph=graph, block=block, keep_open=open_end))
    except DemoError as error:
        console.print(f"faultpath demo: {error}", markup=False)
        return 2
    except KeyboardInterrupt:
        return 130


@contextmanager
def address_block() -> Iterator[int]:
    """A second octet of 127/8 that no other demonstration on this machine uses, held while this one runs."""
    for block in range(FIRST_BLOCK, FIRST_BLOCK + BLOCKS):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flag:
            try:
                flag.bind((f"127.{block}.255.254", 16099))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                # A system with 127.0.0.1 alone: the estate gives each agent a port of its own there.
                yield 0
                return
            yield block
            return
    raise DemoError("all blocks of loopback addresses are in use: end another demonstration first")


async def _check(console: Console, *, seed: int, size: int, failures: int, graph: str | None, block: int) -> int:
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"[{time.monotonic() - began:6.1f} s] {text}", markup=False)

    checks: list[Check] = []
    async with raise_stage(seed=seed, size=size, block=block, graph=graph, say=say) as stage:
        checks += _report(console, await check_discovery(stage))
        truth = stage.truth
        for trial in _trials(stage, truth.draw(seed, failures)):
            say("fails: " + ", ".join(play.failure.id for play in trial.plays))
            checks += _report(console, await trial.run())
            seconds = [f"{p.failure.id} {p.opened_after_s:.1f} s" for p in trial.plays if p.opened_after_s is not None]
            say("incidents open after: " + (", ".join(seconds) or "none due"))
    wrong = sum(not one.ok for one in checks)
    say(f"seed {seed}, size {size}, graph {'embedded' if graph is None else graph.partition(':')[0]}")
    console.print(f"{len(checks)} checks, {wrong} wrong", markup=False)
    return 1 if wrong else 0


def _trials(stage: Stage, drawn: list[Failure]) -> Iterator[Trial]:
    """The scenes and the drawn failures, those that share nothing together."""
    truth = stage.truth
    storm = truth.scenes["4"]
    for number in ("1", "2", "3"):
        yield Trial(stage, [truth.failure(truth.scenes[number])])
    yield Trial(stage, [truth.failure(storm), truth.failure(truth.scene4_unrelated)], storm=storm)
    for group in truth.together(drawn):
        yield Trial(stage, group)


def _report(console: Console, checks: list[Check]) -> list[Check]:
    for one in checks:
        console.print(f"  {'ok   ' if one.ok else 'WRONG'} {one.name}", markup=False, soft_wrap=True)
        if not one.ok:
            for word, value in one.difference():
                console.print(f"        {word:8} {value}", markup=False, soft_wrap=True)
    return checks


async def _show(console: Console, *, seed: int, size: int, graph: str | None, block: int, keep_open: bool) -> int:
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} s[/dim] {text}")

    async with raise_stage(seed=seed, size=size, block=block, graph=graph, say=say) as stage:
        told = await tell(stage, console)
        console.print(f"\nThe story took {time.monotonic() - began:.0f} s, set-up of company and hub included.")
        if keep_open:
            console.print(
                f"\nThe console: [bold]{stage.hub.url}[/bold]   name [bold]noc[/bold]   "
                f"password [bold]{stage.hub.password}[/bold]\nEnd with Ctrl+C."
            )
            await asyncio.Event().wait()
    return 0 if told else 1
