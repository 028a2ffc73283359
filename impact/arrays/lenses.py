"""How one CI's health is seen through a relation, as tables to look up whole arrays in.

A level is kept as a *code* that orders levels as health does: what is unknown is worse than what is ok, and better than
any problem. So the worse of two is their maximum, and code 0 is level 0. A byte of state holds a code (5 bits) and
whether the CI is in maintenance (`MAINTAINED`); a lens has 64 entries, one for each such byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from impact.rows import Array, Bytes
from impact.scale import EXCLUDED, OUTSIDE, Level, Scale, Seen

Signed: TypeAlias = NDArray[np.int8]

MAINTAINED = 32
CODES = 31
STRIDE = 64
SILENT = -3
"""In an array of levels: a rule that has nothing to say."""

PICTURE_BITS = 62


class Codes:
    """Levels of one scale to codes and back. What is silent or excluded counts as level 0."""

    def __init__(self, scale: Scale) -> None:
        known = range(len(scale.levels))
        order = [*known[: scale.ok + 1], OUTSIDE, *known[scale.ok + 1 :]]
        self._level: Signed = np.array(order, np.int8)
        self._code: Bytes = np.zeros(len(order) - SILENT - 1, np.uint8)
        """By level - `SILENT`."""
        self._code[self._level - SILENT] = np.arange(len(order))

    def of(self, level: Level) -> int:
        return int(self._code[level - SILENT])

    def of_all(self, levels: Signed) -> Bytes:
        return self._code.take(levels - SILENT)

    def level(self, code: int) -> Level:
        return int(self._level[code])

    def levels(self, codes: Array) -> Signed:
        return self._level.take(codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """What a dependent sees of a provider by its level, and whether being cut off from the network is passed on."""

    sees: Seen
    carries_network: bool = True


class Lenses:
    """The tables of all lenses, and the ``codes`` that they are read by; ``offset = number * STRIDE`` is an edge's own.

    ``simple``: the code that a CI without rules takes over (never below ok). ``level``: the level that is seen.
    ``unit``: what an input adds to the picture of its group, see `Pictures`; ``kind`` is which kind of input it is.
    """

    def __init__(self, lenses: Sequence[Lens], scale: Scale) -> None:
        self.all = tuple(lenses)
        size = max(1, len(lenses)) * STRIDE
        self.codes = Codes(scale)
        levels = len(scale.levels)
        self.kinds = levels + 3
        self.bits = PICTURE_BITS // self.kinds
        self.level = np.zeros(size, np.int8)
        self.kind = np.zeros(size, np.uint8)
        self.carries = np.array([lens.carries_network for lens in lenses], np.bool_)
        for number, lens in enumerate(lenses):
            for byte in range(STRIDE):
                code = byte & CODES
                if code <= levels:
                    seen = lens.sees[self.codes.level(code)]
                    place = number * STRIDE + byte
                    self.level[place] = seen
                    self.kind[place] = kind_of(seen, levels, maintained=bool(byte & MAINTAINED))
        self.simple = self.codes.of_all(np.maximum(self.level, 0))
        shifts = (self.kind.astype(np.int64) - 1) * self.bits
        self.unit = np.where(self.kind > 0, np.int64(1) << np.maximum(shifts, 0), 0)


def kind_of(seen: Level, levels: int, *, maintained: bool) -> int:
    """0 for an input that is ok, its level for others, then outside, excluded, maintained and that without a level."""
    if maintained:
        return levels + 2 if seen >= 0 else levels + 3
    return {OUTSIDE: levels, EXCLUDED: levels + 1}.get(seen, seen)
