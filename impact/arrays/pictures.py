"""What rules say, asked once for each distinct picture of inputs.

Most rules do not care which input is at a level, only how many are. The inputs of such a rule are a *picture*: for each
kind of input (a level, unknown, excluded, in maintenance) how many there are, packed into one integer. The rule itself
is asked the first time that a picture is met; after that it is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from impact.arrays.lenses import SILENT, Lenses, Signed
from impact.conditions import Condition, Count, Joined, Of
from impact.rows import Array
from impact.rules import Counted, Exponential, Input, Number, Points, Rule, Threshold, When
from impact.scale import EXCLUDED, OUTSIDE

Shape: TypeAlias = tuple[int, int, Number]
"""Number of the rule, number of inputs, weight of each of them."""

Masks: TypeAlias = NDArray[np.int64]
PLACES = 15
"""Binary logarithm of the table's size."""

_MIX, _OTHER = np.int64(0x9E3779B97F4A7C15 - (1 << 64)), np.int64(0x632BE59BD9B4E019)
"""Odd, so that no two pictures of one shape come out alike; the upper bits are used."""


def weighs(rule: Rule) -> bool:
    """Whether a rule looks at the weights of its inputs."""
    return isinstance(rule, (Threshold, Exponential)) or (isinstance(rule, Counted) and "weight" in rule.of)


def names_inputs(rule: Rule) -> bool:
    """Whether a rule asks for inputs by their names."""
    return isinstance(rule, When) and not _nameless(rule.condition)


def drops_points(rule: Rule) -> bool:
    """Whether inputs may bring points of their own."""
    return isinstance(rule, Points)


def _nameless(condition: Condition) -> bool:
    if isinstance(condition, Joined):
        return all(_nameless(part) for part in condition.parts)
    return isinstance(condition, (Of, Count)) and not condition.names()


class Pictures:
    """The levels of rules by picture. ``shapes`` are those that the graph has.

    Answers stand in a table by a hash of shape and picture, so that many are looked up at once; each entry holds the
    whole pair, so that no two are ever taken for one another. What falls on the place of another is looked up singly.
    """

    def __init__(self, rules: Sequence[Rule], shapes: Sequence[Shape], lenses: Lenses, levels: int) -> None:
        self.rules = rules
        self.shapes = shapes
        self.asked = 0
        """How often a rule was asked."""
        self._lenses = lenses
        self._levels = levels
        self._known: dict[tuple[int, int], tuple[int, int]] = {}
        self._shape = np.full(1 << PLACES, -1, np.int64)
        self._picture = np.zeros(1 << PLACES, np.int64)
        self._level = np.zeros(1 << PLACES, np.int8)
        self._blamed = np.zeros(1 << PLACES, np.int64)

    def read(self, shapes: Array, pictures: Masks) -> tuple[Signed, Masks]:
        """The level (or `SILENT`) of each, and the kinds of inputs that are blamed for it, a bit each; shapes (k,)."""
        mixed: Array = pictures * _MIX + shapes * _OTHER
        at = mixed >> (64 - PLACES) & (1 << PLACES) - 1
        other = (self._shape.take(at) != shapes) | (self._picture.take(at) != pictures)
        level, blamed = self._level.take(at), self._blamed.take(at)
        for miss in np.flatnonzero(other).tolist():
            level[miss], blamed[miss] = self._one(int(at[miss]), int(shapes[miss]), int(pictures[miss]))
        return level, blamed

    def _one(self, place: int, shape: int, picture: int) -> tuple[int, int]:
        found = self._known.get((shape, picture)) or self._ask((shape, picture))
        if self._shape[place] < 0:
            self._shape[place], self._picture[place] = shape, picture
            self._level[place], self._blamed[place] = found
        return found

    def _ask(self, key: tuple[int, int]) -> tuple[int, int]:
        self.asked += 1
        number, count, weight = self.shapes[key[0]]
        kinds = list(self._kinds(key[1], count))
        inputs = [self._input(kind, weight) for kind in kinds]
        rule = self.rules[number]
        level = rule.level(inputs)
        blamed = 0
        for place in rule.blamed(inputs) if level is not None else ():
            blamed |= 1 << kinds[place]
        self._known[key] = SILENT if level is None else level, blamed
        return self._known[key]

    def _kinds(self, picture: int, count: int) -> Iterator[int]:
        bits, seen = self._lenses.bits, 0
        for kind in range(1, self._lenses.kinds + 1):
            many = picture >> (kind - 1) * bits & (1 << bits) - 1
            seen += many
            yield from [kind] * many
        yield from [0] * (count - seen)

    def _input(self, kind: int, weight: Number) -> Input:
        levels = self._levels
        level = {levels: OUTSIDE, levels + 1: EXCLUDED, levels + 2: 0, levels + 3: OUTSIDE}.get(kind, kind)
        return Input(level=level, weight=weight, maintained=kind > levels + 1)
