"""A column of byte strings: one after the other in one piece, with where each begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Ints32: TypeAlias = NDArray[np.int32]
Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """``blob`` holds the texts; ``starts``, shape (count + 1,), where each begins and the last one ends."""

    blob: bytes
    starts: Ints

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Texts:
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
        return cls(b"".join(texts), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> bytes:
        return self.blob[self.starts[place] : self.starts[place + 1]]

    def __iter__(self) -> Iterator[bytes]:
        bounds = self.starts.tolist()
        return (self.blob[begin:end] for begin, end in pairwise(bounds))

    def holding(self, needle: bytes) -> list[int]:
        """The places of the texts in which a piece of text stands, each once."""
        found, at = [], self.blob.find(needle)
        while at >= 0:
            found.append(at)
            at = self.blob.find(needle, at + 1)
        begin = np.array(found, np.int64)
        places = np.searchsorted(self.starts, begin, "right") - 1
        inside = begin + len(needle) <= self.starts[places + 1]
        held: list[int] = np.unique(places[inside]).tolist()
        return held

    def taken(self, places: Array) -> Texts:
        """The texts at these places, in this order."""
        begin = self.starts[places]
        lengths = self.starts[places + 1] - begin
        starts = np.zeros(len(places) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        at = np.repeat(begin - starts[:-1], lengths) + np.arange(starts[-1])
        return Texts(np.frombuffer(self.blob, np.uint8)[at].tobytes(), starts)


def joined(columns: Iterable[Texts]) -> Texts:
    """Columns one below the other."""
    some = list(columns)
    ends = np.cumsum([0, *(len(one.blob) for one in some)])
    starts = [one.starts[:-1] + before for one, before in zip(some, ends.tolist(), strict=False)]
    return Texts(b"".join(one.blob for one in some), np.append(np.concatenate(starts), ends[-1]))
