"""Places that stay: one slot per map and CI, whatever its state. Pure; `faultpath.map.store` keeps it.

Only a map that has no places yet is laid out as a whole, and one that is tidied on request. After that a new CI takes a
free slot near its neighbours, and a CI that is gone keeps its own. A group has a slot too: it is the same group as
before if its members were in it, that of the same state first; a member that leaves it takes a slot of its
own, and has it from then on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import fmean

from faultpath.map.grouping import Block
from faultpath.map.model import Cell
from faultpath.map.rows import lay_out

GHOST = timedelta(minutes=10)
MOST_HELD = 20_000
"""Members of groups that are not drawn any more are remembered up to this sum."""

Face = tuple[str, str | None]
"""Name and class, for what is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The slot of a group, and who was in it in which state when it was last drawn; ``drawn``: in the last picture."""

    key: str
    cell: Cell
    state: str
    members: frozenset[str]
    drawn: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A CI that was drawn and is gone."""

    face: Face
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A place that a person chose. It stays even when the map is tidied."""

    cell: Cell
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """All slots of one map. ``shown`` and ``lost`` by look: the same map may be looked at in parts."""

    slots: Mapping[str, Cell] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    following: int = 1
    pins: Mapping[str, Pin] = field(default_factory=dict)
    shown: Mapping[str, Mapping[str, Face]] = field(default_factory=dict)
    lost: Mapping[str, Mapping[str, Lost]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.slots and not self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A mark that wants a place. ``layer`` is where it would stand in a fresh picture; ``band``: on top."""

    block: Block
    layer: int
    state: str
    band: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Key and place of each mark, and the arrangement with them in it."""

    keys: tuple[str, ...]
    cells: tuple[Cell, ...]
    arrangement: Arrangement


Pairs = Iterable[tuple[int, int]]
"""(dependent, needed) by place in the list of marks."""


def settle(wanted: Sequence[Wanted], pairs: Pairs, before: Arrangement) -> Settled:
    """Give every mark its place. Whoever has one keeps it."""
    keys, following = _keys(wanted, before)
    known = {one.key: one.cell for one in before.held} | dict(before.slots)
    cells: dict[int, Cell] = {place: known[key] for place, key in enumerate(keys) if key in known}
    links = sorted(set(pairs))
    if before.empty:
        cells = dict(enumerate(lay_out([one.layer for one in wanted], links)))
    else:
        _Room(wanted, links, cells, known.values()).seat()
    placed = tuple(cells[place] for place in range(len(wanted)))
    return Settled(keys=keys, cells=placed, arrangement=_with(before, wanted, keys, placed, following))


def tidied(wanted: Sequence[Wanted], pairs: Pairs, before: Arrangement) -> Settled:
    """Lay the whole map out anew; the former order seeds the new one, and pins stay. Others' slots are given up."""
    old = settle(wanted, pairs, before)
    links = sorted(set(pairs))
    former = {place: cell.x for place, cell in enumerate(old.cells)}
    cells = dict(enumerate(lay_out([one.layer for one in wanted], links, former)))
    pinned = {place: before.pins[key].cell for place, key in enumerate(old.keys) if key in before.pins}
    if before.pins:
        room = _Room(wanted, links, dict(pinned), [pin.cell for pin in before.pins.values()])
        for place in sorted(cells.keys() - pinned.keys(), key=lambda place: (cells[place], place)):
            room.take(place, cells[place])
        cells = room.cells
    placed = tuple(cells[place] for place in range(len(wanted)))
    bare = Arrangement(pins=before.pins, slots={ci_id: pin.cell for ci_id, pin in before.pins.items()})
    return Settled(
        keys=old.keys, cells=placed, arrangement=_with(bare, wanted, old.keys, placed, old.arrangement.following)
    )


def pinned(before: Arrangement, ci_id: str, pin: Pin | None) -> Arrangement | None:
    """Pin a CI, or let go of it, at which it stays where it is; ``None`` if another has the place or the one beside."""
    pins = {one: other for one, other in before.pins.items() if one != ci_id}
    if pin is None:
        return replace(before, pins=pins)
    others = [cell for one, cell in before.slots.items() if one != ci_id] + [held.cell for held in before.held]
    if any(cell.layer == pin.cell.layer and abs(cell.x - pin.cell.x) < 2 for cell in others):
        return None
    return replace(before, pins={**pins, ci_id: pin}, slots={**before.slots, ci_id: pin.cell})


def haunted(
    after: Arrangement, look: str, faces: Mapping[str, Face], drawn: Iterable[str], now: datetime
) -> Arrangement:
    """Note who was drawn by itself in a look, and who of those before is gone from it; after ten minutes not any more.

    Args:
        after: the arrangement with the places of now.
        look: which part of the map this is; a CI is only missed where it was seen.
        faces: who is drawn by itself.
        drawn: all that is drawn, in groups too.
        now: the time.
    """
    here = set(drawn)
    gone = {ci_id: face for ci_id, face in after.shown.get(look, {}).items() if ci_id not in here}
    missed = {ci_id: Lost(face=face, at=now) for ci_id, face in gone.items() if ci_id in after.slots}
    lost = {
        ci_id: one
        for ci_id, one in (missed | dict(after.lost.get(look, {}))).items()
        if ci_id not in here and now - one.at < GHOST
    }
    return replace(after, shown={**after.shown, look: faces}, lost={**after.lost, look: lost})


def _keys(wanted: Sequence[Wanted], before: Arrangement) -> tuple[tuple[str, ...], int]:
    """The key of each mark: a CI's id, or that of the group which it continues; and the next number of a group."""
    of_member: dict[str, list[int]] = {}
    for number, held in enumerate(before.held):
        for member in held.members:
            of_member.setdefault(member, []).append(number)
    claims = []
    for place, one in enumerate(wanted):
        if len(one.block) > 1:
            common = Counter(number for member in one.block for number in of_member.get(member, ()))
            for number, count in common.items():
                held = before.held[number]
                claims.append((not held.drawn, held.state != one.state, -count, number, place))
    keys: dict[int, str] = {}
    taken: set[int] = set()
    for *_, number, place in sorted(claims):
        if place not in keys and number not in taken:
            keys[place] = before.held[number].key
            taken.add(number)
    following = before.following
    for place, one in enumerate(wanted):
        if len(one.block) == 1:
            keys[place] = one.block[0]
        elif place not in keys:
            keys[place] = f"group-{following}"
            following += 1
    return tuple(keys[place] for place in range(len(wanted))), following


def _with(
    before: Arrangement, wanted: Sequence[Wanted], keys: Sequence[str], cells: Sequence[Cell], following: int
) -> Arrangement:
    slots = dict(before.slots)
    now: dict[str, Held] = {}
    for one, key, cell in zip(wanted, keys, cells, strict=True):
        if len(one.block) == 1:
            slots[key] = cell
        else:
            now[key] = Held(key=key, cell=cell, state=one.state, members=frozenset(one.block))
    left = MOST_HELD - sum(len(held.members) for held in now.values())
    for held in before.held:
        left -= 0 if held.key in now else len(held.members)
        if left >= 0:
            now.setdefault(held.key, replace(held, drawn=False))
    kept = tuple(sorted(now.values(), key=lambda one: (len(one.key), one.key)))
    return replace(before, slots=slots, held=kept, following=following)


class _Room:
    """Finds free places near the neighbours of what has none."""

    def __init__(
        self, wanted: Sequence[Wanted], links: Sequence[tuple[int, int]], cells: dict[int, Cell], taken: Iterable[Cell]
    ) -> None:
        self.cells = cells
        self._wanted = wanted
        self._taken = set(taken) | set(cells.values())
        self._needs: dict[int, list[int]] = {}
        self._dependents: dict[int, list[int]] = {}
        for dependent, needed in links:
            self._needs.setdefault(dependent, []).append(needed)
            self._dependents.setdefault(needed, []).append(dependent)

    def seat(self) -> None:
        """Seat all that have no place, from the bottom up, so that most find what they need already seated."""
        waiting = [place for place in range(len(self._wanted)) if place not in self.cells]
        for place in sorted(waiting, key=lambda place: (self._wanted[place].layer, place)):
            self.take(place, Cell(self._layer(place), self._x(place)))

    def take(self, place: int, wish: Cell) -> None:
        """The wished cell, or the nearest free one of its layer; to the left first."""
        step = 0
        while True:
            for x in (wish.x - step, wish.x + step):
                if not any((wish.layer, x + aside) in self._taken for aside in (-1, 0, 1)):
                    self.cells[place] = Cell(wish.layer, x)
                    self._taken.add(self.cells[place])
                    return
            step += 1

    def _layer(self, place: int) -> int:
        """Above what it needs and below what needs it; where no layer lies between, just above what it needs."""
        one = self._wanted[place]
        low = max((self.cells[n].layer + 1 for n in self._needs.get(place, ()) if n in self.cells), default=None)
        high = min((self.cells[n].layer - 1 for n in self._dependents.get(place, ()) if n in self.cells), default=None)
        if low is None:
            return high if high is not None else one.layer
        if one.band is None:
            return low
        if high is None:
            peers = [cell.layer for n, cell in self.cells.items() if self._wanted[n].band == one.band]
            return max(low, *peers) if peers else low
        return max(low, high)

    def _x(self, place: int) -> int:
        """Amid its neighbours; who has none goes to the right."""
        near = [*self._needs.get(place, ()), *self._dependents.get(place, ())]
        seen = [self.cells[n].x for n in near if n in self.cells]
        if seen:
            return round(fmean(seen))
        layer = self._layer(place)
        return max((cell.x for cell in self._taken if cell.layer == layer), default=-2) + 2
