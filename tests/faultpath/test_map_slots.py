"""Places that stay: whatever changes, no mark that stays moves, all see one picture, the past has today's places."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultpath.map import store
from faultpath.map.arrangement import Arrangement, Pin, pinned
from faultpath.map.model import Cell, Facts, Mark, Picture, Question, Thing, Tie
from faultpath.map.picture import Drawn, draw, draw_past, draw_tidied
from impact.model import Health, Reason
from ledger.engine import Ledger

T0 = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = Question()


class World:
    """A small estate that changes: servers in racks under applications and services."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.things: dict[str, Thing] = {}
        self.ties: dict[tuple[str, str], Tie] = {}
        self.count = 0
        for _ in range(60):
            self.join()

    def join(self) -> None:
        self.count += 1
        name = f"n{self.count:04}"
        self.things[name] = Thing(
            ci_id=name, name=name, cls=self.chance.choice(["Server", "Server", "Disk"]), own=Health.OK,
            propagated=Health.OK,
        )  # fmt: skip
        carriers = sorted(self.things.keys() - {name})[:3]  # a few carry all, so that many are alike
        for other in self.chance.sample(carriers, min(len(carriers), self.chance.choice([1, 1, 1, 2]))):
            self.ties[name, other] = Tie(kinds=("DEPENDS_ON",))

    def lose(self) -> None:
        name = self.chance.choice(sorted(self.things))
        if len(self.things) > 5:
            del self.things[name]
            self.ties = {pair: tie for pair, tie in self.ties.items() if name not in pair}

    def change(self) -> None:
        for name in self.chance.sample(sorted(self.things), self.chance.choice([1, 1, 1, 8])):
            health = self.chance.choice([Health.OK, Health.OK, Health.DOWN])
            self.things[name] = replace(self.things[name], own=health)

    def step(self) -> None:
        self.chance.choice([self.change, self.change, self.change, self.join, self.lose])()

    def facts(self) -> Facts:
        return facts_of(self.things.values(), self.ties)


def facts_of(things: Iterable[Thing], ties: dict[tuple[str, str], Tie]) -> Facts:
    return Facts(
        things={one.ci_id: one for one in things}, ties=dict(ties), sentence=Reason(code="map_carries"), focus=None
    )


def places(picture: Picture) -> dict[str, Cell]:
    return {mark.key: mark.cell for mark in picture.marks}


def members(mark: Mark) -> set[str]:
    return {one.ci_id for one in mark.things}


def check_nothing_moved(before: Picture, after: Picture) -> None:
    then, now = places(before), places(after)
    assert {key: now[key] for key in then.keys() & now.keys()} == {key: then[key] for key in then.keys() & now.keys()}
    groups = [mark for mark in before.marks if mark.group]
    for old in groups:  # a group that neither was split nor took in another one stays, whatever its state
        heirs = [mark for mark in after.marks if mark.group and members(mark) & members(old)]
        if len(heirs) == 1 and all(one is old or not members(heirs[0]) & members(one) for one in groups):
            assert (heirs[0].key, heirs[0].cell) == (old.key, old.cell)


def check_room(picture: Picture) -> None:
    cells = [mark.cell for mark in picture.marks] + [ghost.cell for ghost in picture.ghosts]
    for layer in {cell.layer for cell in cells}:
        row = sorted(cell.x for cell in cells if cell.layer == layer)
        assert all(right - left >= 2 for left, right in pairwise(row))


def kept(ledger: Ledger, arrangement: Arrangement) -> Arrangement:
    """Written to the ledger, and read back."""
    with ledger.begin() as connection:
        store.write(connection, "m", store.Row(arrangement=arrangement), T0)
    with ledger.read() as connection:
        return store.read(connection, "m").arrangement


@pytest.fixture
def ledger(tmp_path: Path) -> Iterable[Ledger]:
    one = Ledger.open(tmp_path / "ledger.db")
    yield one
    one.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_changes_move_nothing(seed: int, ledger: Ledger) -> None:
    world = World(random.Random(seed))
    drawn = draw(world.facts(), ASKED, Arrangement(), T0)
    groups = splits = 0
    for number in range(1_000):
        world.step()
        facts, now = world.facts(), T0 + timedelta(seconds=20 * number)
        after = draw(facts, ASKED, drawn.arrangement, now)
        check_nothing_moved(drawn.picture, after.picture)
        check_room(after.picture)
        if number % 50 == 0:
            assert kept(ledger, after.arrangement) == after.arrangement
        again = draw(facts, ASKED, after.arrangement, now)
        assert (again.picture, again.arrangement) == (after.picture, after.arrangement)  # the next reader's
        groups += sum(mark.group for mark in after.picture.marks)
        splits += len({mark.things[0].state for mark in after.picture.marks if mark.group}) > 1
        drawn = after
    assert groups > 1_000  # else nothing was tried
    assert splits > 10


@given(st.randoms(use_true_random=False), st.integers(0, 30))
@settings(max_examples=40)
def test_the_past_has_todays_places(chance: random.Random, steps: int) -> None:
    world = World(chance)
    then = world.facts()
    drawn = draw(then, ASKED, Arrangement(), T0)
    first = places(drawn.picture)
    for _ in range(steps):
        world.step()
        drawn = draw(world.facts(), ASKED, drawn.arrangement, T0)
    past = draw_past(then, ASKED, drawn.arrangement, T0)
    alone = {mark.key for mark in past.picture.marks if not mark.group}
    now = places(drawn.picture)
    assert all(places(past.picture)[key] == now[key] for key in alone & now.keys())
    assert all(places(past.picture)[key] == first[key] for key in alone & first.keys())
    assert draw_past(then, ASKED, past.arrangement, T0) == past
    back = draw(world.facts(), ASKED, past.arrangement, T0)
    assert places(back.picture) == now  # to have looked back has moved nothing


@given(st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_equal_facts_give_an_equal_picture(chance: random.Random) -> None:
    world = World(chance)
    things, ties = list(world.things.values()), list(world.ties.items())
    once = draw(facts_of(things, dict(ties)), ASKED, Arrangement(), T0).picture
    chance.shuffle(things)
    chance.shuffle(ties)
    again = draw(facts_of(things, dict(ties)), ASKED, Arrangement(), T0).picture
    assert (again.marks, again.wires) == (once.marks, once.wires)


def server(name: str, health: Health = Health.OK) -> Thing:
    return Thing(ci_id=name, name=name, cls="Server", own=health, propagated=Health.OK)


def rack(*names: str, down: tuple[str, ...] = ()) -> Facts:
    """Servers on one switch."""
    things = [server(name, Health.DOWN if name in down else Health.OK) for name in names]
    ties = {(name, "switch"): Tie(kinds=("DEPENDS_ON",)) for name in names}
    return facts_of([*things, replace(server("switch"), cls="Switch")], ties)


def test_a_new_one_takes_a_free_slot_beside_its_neighbours() -> None:
    drawn = draw(rack("a", "b", "c"), ASKED, Arrangement(), T0)
    more = draw(rack("a", "b", "c", "d"), ASKED, drawn.arrangement, T0)
    assert places(more.picture) == {"a": (1, -2), "b": (1, 0), "c": (1, 2), "d": (1, -4), "switch": (0, 0)}


def test_who_is_gone_is_a_ghost_for_ten_minutes_and_finds_its_slot_again() -> None:
    drawn = draw(rack("a", "b", "c"), ASKED, Arrangement(), T0)
    slot = places(drawn.picture)["b"]
    lost = T0 + timedelta(hours=1)

    def ghosts(one: Drawn) -> list[tuple[str, Cell, datetime]]:
        return [(ghost.ci_id, ghost.cell, ghost.lost_at) for ghost in one.picture.ghosts]

    drawn = draw(rack("a", "c"), ASKED, drawn.arrangement, lost)
    assert ghosts(drawn) == [("b", slot, lost)]
    drawn = draw(rack("a", "c", "d"), ASKED, drawn.arrangement, lost + timedelta(minutes=9, seconds=59))
    assert ghosts(drawn) == [("b", slot, lost)]
    assert places(drawn.picture)["d"] != slot
    drawn = draw(rack("a", "c", "d"), ASKED, drawn.arrangement, lost + timedelta(minutes=10))
    assert ghosts(drawn) == []
    drawn = draw(rack("a", "b", "c", "d"), ASKED, drawn.arrangement, lost + timedelta(days=3))
    assert places(drawn.picture)["b"] == slot
    assert ghosts(drawn) == []


def test_what_another_look_shows_is_not_missed_in_this_one() -> None:
    near, far = Question(hops=1), Question(hops=2)
    drawn = draw(rack("a", "b", "c"), far, Arrangement(), T0)
    assert draw(rack("a"), near, drawn.arrangement, T0).picture.ghosts == []
    assert [ghost.ci_id for ghost in draw(rack("a"), far, drawn.arrangement, T0).picture.ghosts] == ["b", "c"]


def test_a_member_that_fails_pops_out_and_the_group_stays() -> None:
    names = [f"s{number}" for number in range(9)]
    drawn = draw(rack(*names), ASKED, Arrangement(), T0)
    assert set(places(drawn.picture)) == {"group-1", "switch"}
    group = places(drawn.picture)["group-1"]
    popped = draw(rack(*names, down=("s0",)), ASKED, drawn.arrangement, T0)
    assert places(popped.picture)["group-1"] == group
    place = places(popped.picture)["s0"]
    healed = draw(rack(*names), ASKED, popped.arrangement, T0)
    assert places(healed.picture) == {"group-1": group, "switch": (0, 0)}
    failed = draw(rack(*names, down=tuple(names)), ASKED, healed.arrangement, T0)
    assert places(failed.picture)["group-1"] == group  # a change of state moves nothing
    again = draw(rack(*names, down=("s0",)), ASKED, failed.arrangement, T0)
    assert places(again.picture)["s0"] == place


def test_only_tidying_lays_it_out_anew_and_a_pin_stays() -> None:
    drawn = draw(rack("a", "b", "c"), ASKED, Arrangement(), T0)
    drawn = draw(rack("a", "b", "c", "d", "e"), ASKED, drawn.arrangement, T0)
    before = pinned(drawn.arrangement, "c", Pin(cell=Cell(1, 9), by="user:ann"))
    assert before is not None
    moved = draw(rack("a", "b", "c", "d", "e"), ASKED, before, T0)
    assert places(moved.picture)["c"] == (1, 9)
    assert moved.picture.pins == {"c": "user:ann"}
    tidy = draw_tidied(rack("a", "b", "c", "d", "e"), ASKED, before, T0)
    assert places(tidy.picture) == {"a": (1, -4), "b": (1, -2), "d": (1, 0), "e": (1, 2), "c": (1, 9), "switch": (0, 0)}
    check_room(tidy.picture)
    assert draw(rack("a", "b", "c", "d", "e"), ASKED, tidy.arrangement, T0).picture.marks == tidy.picture.marks
    assert pinned(before, "a", Pin(cell=Cell(1, 8), by="user:bo")) is None
    assert pinned(before, "c", None) == replace(before, pins={})


@given(st.randoms(use_true_random=False), st.integers(0, 20))
@settings(max_examples=30)
def test_a_tidied_map_has_room_and_straight_ways(chance: random.Random, steps: int) -> None:
    world = World(chance)
    drawn = draw(world.facts(), ASKED, Arrangement(), T0)
    for _ in range(steps):
        world.step()
        drawn = draw(world.facts(), ASKED, drawn.arrangement, T0)
    tidy = draw_tidied(world.facts(), ASKED, drawn.arrangement, T0)
    check_room(tidy.picture)
    assert tidy.picture.strained == 0
    assert tidy.arrangement.slots.keys() <= world.things.keys()


def test_only_the_maps_that_were_looked_at_last_are_kept(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        for number in range(7):
            store.write(connection, f"m{number}", store.Row(), T0 + timedelta(days=number))
        assert [store.prune(connection, limit=2, kept=3) for _ in range(3)] == [2, 2, 0]
        assert [store.read(connection, f"m{n}").used_at is None for n in range(7)] == [True] * 4 + [False] * 3
