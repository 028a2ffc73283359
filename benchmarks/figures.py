"""Times of many runs of one thing, on the wall and in the processor, and how they are printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks.machine import percentile

T = TypeVar("T")


@dataclass
class Times:
    """Milliseconds of each run, wall and CPU, and the size of what it found."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def run(self, what: Callable[[], T], size: Callable[[T], int] | None = None) -> T:
        """Run it once, and keep how long that took."""
        wall, cpu = time.perf_counter(), time.process_time()
        found = what()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        self.wall.append(wall * 1000)
        self.cpu.append(cpu * 1000)
        if size is not None:
            self.sizes.append(size(found))
        return found


def heading() -> str:
    wall, cpu = f"{'wall p50':>8}  {'p95':>8}  {'max':>8}", f"{'CPU p50':>8}  {'p95':>8}"
    return f"{'milliseconds':<44} {'runs':>5}   {wall}   {cpu}    found p50 / p95 / max"


def shown(name: str, times: Times) -> str:
    """One line: median, 95th percentile and most, in milliseconds."""
    wall = "  ".join(f"{value:8.2f}" for value in spread(times.wall))
    cpu = "  ".join(f"{value:8.2f}" for value in spread(times.cpu)[:2])
    sizes = " / ".join(f"{size:,.0f}" for size in spread(times.sizes)) if times.sizes else ""
    return f"{name:<44} {len(times.wall):>5}   {wall}   {cpu}    {sizes}"


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    return percentile(values, 0.5), percentile(values, 0.95), max(values, default=float("nan"))
