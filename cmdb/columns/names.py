"""The CIs of some columns by name, case aside: looked up, searched for a part of it, and in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import TypeAlias

import numpy as np

from cmdb.columns.columns import Columns
from cmdb.columns.texts import Ints32, Texts
from cmdb.model import CiId

Key: TypeAlias = tuple[str, CiId]
"""A name, case aside, and the CI that has it: CIs are in the order of these."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The numbers of the base in the order of the names, and the names, case aside, in that order."""

    numbers: Ints32
    names: Texts


class Names:
    """See the module. Made once for the base; what was laid over it is looked through beside that."""

    def __init__(self, columns: Columns, before: Names | None = None) -> None:
        self.columns = columns
        same = before is not None and before.columns.base is columns.base
        self.sorted: Sorted = before.sorted if before is not None and same else _sorted(columns)
        self._over = sorted(
            (ci.name.casefold(), ci.ci_id, number) for number, ci in columns.patch.cis.items() if ci is not None
        )

    def exactly(self, name: str) -> list[int]:
        """The CIs of a name, in the order of their numbers."""
        folded = name.casefold()
        wanted = folded.encode(errors="replace")
        at = bisect_left(range(len(self.sorted.names)), wanted, key=self.sorted.names.__getitem__)
        found = []
        while at < len(self.sorted.names) and self.sorted.names[at] == wanted:
            found.append(int(self.sorted.numbers[at]))
            at += 1
        patched = self.columns.patch.cis
        return sorted([n for n in found if n not in patched] + [n for one, _, n in self._over if one == folded])

    def holding(self, text: str = "", after: Key | None = None) -> Iterator[tuple[Key, int]]:
        """The CIs of which the name holds a text, case aside, in order, from those after a place on."""
        folded = text.casefold()
        over = (((name, ci_id), number) for name, ci_id, number in self._over if folded in name)
        return merge(self._of_base(folded, after), (one for one in over if after is None or one[0] > after))

    def _of_base(self, folded: str, after: Key | None) -> Iterator[tuple[Key, int]]:
        columns, names, numbers = self.columns, self.sorted.names, self.sorted.numbers
        wanted = folded.encode(errors="replace")
        places = names.holding(wanted) if wanted else range(len(names))
        start = 0 if after is None else bisect_left(places, after[0].encode(errors="replace"), key=names.__getitem__)
        for at in places[start:]:
            number = int(numbers[at])
            if number not in columns.patch.cis:
                key = (names[at].decode(), columns.id_of(number))
                if after is None or key > after:
                    yield key, number


def _sorted(columns: Columns) -> Sorted:
    folded = [name.decode().casefold().encode() for name in columns.base.names]
    order = sorted(range(len(folded)), key=folded.__getitem__)
    return Sorted(np.array(order, np.int32), Texts.of([folded[at] for at in order]))
