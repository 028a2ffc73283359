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
from impact.arrays.rows import Array
from impact.conditions import Condition, Joined, Of
from impact.rules import Counted, Input, Number, Points, Rule, Threshold, When
from impact.scale import EXCLUDED, OUTSIDE

Shape: TypeAlias = tuple[int, int, Number]
"""Number of the rule, number of inputs, weight of each of them."""

Masks: TypeAlias = NDArray[np.int64]
MANY = 600
"""From here on sorting the pictures is cheaper than looking each one up."""


def weighs(rule: Rule) -> bool:
    """Whether a rule looks at the weights of its inputs."""
    return isinstance(rule, Threshold) or (isinstance(rule, Counted) and "weight" in rule.of)


def names_inputs(rule: Rule) -> bool:
    """Whether a rule asks for inputs by their names."""
    return isinstance(rule, When) and not _nameless(rule.condition)


def drops_points(rule: Rule) -> bool:
    """Whether inputs may bring points of their own."""
    return isinstance(rule, Points)


def _nameless(condition: Condition) -> bool:
    if isinstance(condition, Joined):
        return all(_nameless(part) for part in condition.parts)
    return isinstance(condition, Of)


class Pictures:
    """The levels of rules by picture. ``shapes`` are those that the graph has."""

    def __init__(self, rules: Sequence[Rule], shapes: Sequence[Shape], lenses: Lenses, levels: int) -> None:
        self.rules = rules
        self.shapes = shapes
        self.asked = 0
        """How often a rule was asked."""
        self._lenses = lenses
        self._levels = levels
        self._known: dict[tuple[int, int], tuple[int, int]] = {}

    @property
    def most(self) -> int:
        """How many inputs a picture can hold."""
        return int((1 << self._lenses.bits) - 1)

    def read(self, shapes: Array, pictures: Masks) -> tuple[Signed, Masks]:
        """The level (or `SILENT`) of each, and the kinds of inputs that are blamed for it, a bit each; shapes (k,)."""
        if shapes.size >= MANY:
            first, which = _distinct(shapes, pictures)
            if first is not None:
                level, blamed = self.read_each(shapes[first], pictures[first])
                return level[which], blamed[which]
        return self.read_each(shapes, pictures)

    def read_each(self, shapes: Array, pictures: Masks) -> tuple[Signed, Masks]:
        """As `read`, one after the other."""
        keys = list(zip(shapes.tolist(), pictures.tolist(), strict=True))
        known = self._known
        found = [known.get(key) or self._ask(key) for key in keys]
        table = np.array(found, np.int64).reshape(-1, 2)
        return table[:, 0].astype(np.int8), table[:, 1]

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


def _distinct(shapes: Array, pictures: Masks) -> tuple[Array | None, Array]:
    """Where each distinct pair first stands, and which of these each is; ``None`` if two pairs fell together."""
    mixed = pictures * np.int64(0x9E3779B97F4A7C15 - (1 << 64)) + shapes
    _, first, which = np.unique(mixed, return_index=True, return_inverse=True)
    same = (shapes == shapes[first][which]).all() and (pictures == pictures[first][which]).all()
    return (first if same else None), which
