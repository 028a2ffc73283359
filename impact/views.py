"""Rows that are made when they are first asked for, and sequences over columns that look like lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

from cmdb.columns.columns import Columns

KEPT = 200_000
"""So many rows are kept; past that they are made anew when they are asked for again."""

T = TypeVar("T")


class Rows(dict[int, T]):
    """A row for each number, kept once it was made. It is read by its number alone."""

    def __init__(self, make: Callable[[int], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> T:
        row = self._make(number)
        if len(self) >= KEPT:
            self.clear()
        self[number] = row
        return row


class Listed(Sequence[T]):
    """What there is of each number, like a list of it."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self._make(number) for number in range(*at.indices(self._count))]
        if not 0 <= at < self._count:
            raise IndexError(at)
        return self._make(at)


class Index(Mapping[str, int]):
    """The number of each CI by its id."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def __getitem__(self, ci_id: str) -> int:
        number = self._columns.number_of(ci_id)
        if number is None:
            raise KeyError(ci_id)
        return number

    def __len__(self) -> int:
        return self._columns.ci_count

    def __iter__(self) -> Iterator[str]:
        return (self._columns.id_of(i) for i in range(len(self._columns)) if self._columns.class_of(i))
