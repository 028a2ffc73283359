"""Named boundaries at which a test may kill the process, to show what a crash there loses and repeats.

``FAULTPATH_KILL_AT=after-inbox-commit`` kills at the first pass, ``after-inbox-commit:7`` at the seventh. Without the
variable a boundary costs one comparison.
"""

from __future__ import annotations

import os
import signal
from typing import Literal, TypeAlias

Boundary: TypeAlias = Literal[
    "after-receipt",
    "after-inbox-commit",
    "before-answer",
    "after-answer",
    "between-decision-and-outbox",
    "before-send",
    "after-send",
]


class _Fuse:
    """Counts the passes of the one boundary that is armed."""

    def __init__(self, setting: str) -> None:
        self.name, _, count = setting.partition(":")
        self.left = int(count or "1") if self.name else 0

    def passed(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


_fuse = _Fuse(os.environ.get("FAULTPATH_KILL_AT", ""))


def boundary(name: Boundary) -> None:
    """Pass a named boundary; die here by SIGKILL if the environment asks for it."""
    if name == _fuse.name:
        _fuse.passed()
