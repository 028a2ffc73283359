"""What the machine is and what it spent. Times are CPU seconds since start, from /proc where there is one."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def describe() -> str:
    """Processors, memory and system in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """CPU seconds. NaN where they cannot be read."""

    process: float
    machine: float

    @classmethod
    def of(cls, pid: int) -> Cpu:
        return cls(process=_process(pid), machine=_machine())

    def since(self, before: Cpu) -> Cpu:
        return Cpu(process=self.process - before.process, machine=self.machine - before.machine)


def _process(pid: int) -> float:
    """proc(5), /proc/pid/stat: utime and stime are fields 14 and 15; the name in parentheses may hold spaces."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _machine() -> float:
    """proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal of all processors."""
    try:
        first = (_PROC / "stat").read_text().splitlines()[0].split()
    except OSError:
        return float("nan")
    user, nice, system, _, _, irq, softirq, *_ = (int(value) for value in first[1:])
    return (user + nice + system + irq + softirq) / _TICKS


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies (nearest rank); NaN without values."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
