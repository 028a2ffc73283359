"""What a map is made of: the facts (CIs and what joins them), and the picture (marks at places, and wires).

Pure data. CIs are named by ``ci_id``. A layer counts upwards from the bottom, ``x`` from left to right; both are whole
numbers, may be negative, and never change for a mark that stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum
from typing import NamedTuple

from impact.gates import Gate
from impact.model import Health, Reason

REACHED_THROUGH = "REACHED_THROUGH"
"""The kind of an edge between neighbours that no relation joins, but ports and links."""


class Direction(Enum):
    """The one question of a map: who is hurt by it (``up``), or what does it stand on (``down``)."""

    UP = "up"
    DOWN = "down"


class Mode(Enum):
    """Which causes are added that lie outside of what is drawn: none, the causes alone, or all on the way to them."""

    NONE = "none"
    ROOTS = "roots"
    FULL = "full"


class Band(IntEnum):
    """What is drawn on top, the topmost first."""

    PEOPLE = 0
    OFFERING = 1
    SERVICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a map. ``hops`` ``None``: as far as it goes. ``service``: the CI whose chain is wanted."""

    direction: Direction = Direction.UP
    hops: int | None = None
    mode: Mode = Mode.ROOTS
    service: str | None = None
    grouped: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One CI as it stands. ``people``: how many of a department are hit."""

    ci_id: str
    name: str
    cls: str | None
    own: Health
    propagated: Health
    via: tuple[str, ...] = ()
    band: Band | None = None
    people: int = 0

    @property
    def state(self) -> tuple[Health, Health]:
        return (self.own, self.propagated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What joins a dependent to what it needs. ``indirect``: what lies between is not drawn."""

    kinds: tuple[str, ...]
    count: int = 1
    indirect: bool = False


Ties = Mapping[tuple[str, str], Tie]
"""(dependent, needed) → what joins them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a CI is taken for a cause. ``share`` of its dependents complain, if it is only suspected."""

    number: int
    confirmed: bool
    evidence: tuple[Reason, ...] = ()
    share: float | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a map draws, before anything has a place.

    ``chain`` leads from the selected service down to a cause. ``apart``: what is never grouped. ``beyond``: how many
    CIs belong to the answer and are too far to be drawn.
    """

    things: Mapping[str, Thing]
    ties: Ties
    sentence: Reason
    focus: str | None
    causes: Mapping[str, Cause] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()
    gates: Mapping[str, tuple[Gate, ...]] = field(default_factory=dict)
    beyond: int = 0


class Cell(NamedTuple):
    """A place on the grid. Neighbours in a layer are two apart at least."""

    layer: int
    x: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is drawn at one place: a CI or a group of alike ones."""

    key: str
    things: tuple[Thing, ...]
    cell: Cell

    @property
    def group(self) -> bool:
        return len(self.things) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """A CI that was drawn and is no longer part of the map, at the place that stays its own."""

    ci_id: str
    name: str
    cls: str | None
    lost_at: datetime
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One line between two marks, by their places in the list of marks; parallel edges are one, with a count."""

    dependent: int
    needed: int
    kinds: tuple[str, ...]
    count: int
    indirect: bool
    on_chain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A map with places. ``pins``: CI → who pinned it. ``undo``: whether a tidying can be taken back.

    ``strained``: wires that do not lead upwards, since what they join found no place between.
    """

    facts: Facts
    marks: Sequence[Mark]
    wires: Sequence[Wire]
    ghosts: Sequence[Ghost]
    pins: Mapping[str, str]
    undo: bool = False

    @property
    def strained(self) -> int:
        marks = self.marks
        return sum(marks[one.dependent].cell.layer <= marks[one.needed].cell.layer for one in self.wires)
