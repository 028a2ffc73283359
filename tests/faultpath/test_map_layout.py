"""Layers, rows and groups of a map: the same picture for the same facts, whatever their order."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultpath.map.grouping import LEAST, blocks_of
from faultpath.map.layers import layers_of
from faultpath.map.model import Thing, Tie
from faultpath.map.rows import crossings, lay_out
from impact.model import Health

CHAIN = [("crm", "app"), ("app", "vm"), ("vm", "host"), ("shop", "app")]

NODES = st.lists(st.sampled_from("abcdefghij"), unique=True, min_size=1)
EDGES = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")), max_size=25)
BANDS = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 2))


def test_the_cause_lies_at_the_bottom_and_the_services_on_top() -> None:
    assert layers_of(["crm", "app", "vm", "host", "shop"], CHAIN) == {"host": 0, "vm": 1, "app": 2, "crm": 3, "shop": 3}


def test_a_cycle_is_drawn_in_one_layer() -> None:
    layers = layers_of("abc", [("a", "b"), ("b", "a"), ("b", "c")])
    assert layers == {"a": 1, "b": 1, "c": 0}


def test_people_and_services_are_lifted_as_far_as_what_needs_them_allows() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("z", "d"), ("people", "desk"), ("desk", "mail"), ("mail", "d")]
    layers = layers_of([*"abcdz", "people", "desk", "mail"], edges, {"people": 0, "desk": 1, "mail": 2, "z": 0, "c": 2})
    assert [layers[one] for one in ("people", "z", "desk", "mail")] == [3, 3, 2, 1]
    assert layers["c"] == 1  # b stands on it
    assert layers_of("abc", [("a", "b"), ("b", "c")], {"c": 0})["c"] == 0


def test_neighbours_are_drawn_without_a_crossing_where_that_is_possible() -> None:
    a, b, x, y = lay_out([1, 1, 0, 0], [(0, 3), (1, 2)])
    assert (a.x < b.x) == (y.x < x.x)


def test_a_former_order_seeds_the_new_one() -> None:
    first, second = lay_out([0, 0], [])
    assert first.x < second.x
    first, second = lay_out([0, 0], [], {0: 5, 1: 3})
    assert second.x < first.x


def test_lines_that_need_not_cross_do_not() -> None:
    """Two chains over one host, and a third need beside them, in the order in which they cross."""
    layers = [0, 1, 1, 2, 2, 2, 3, 3]
    edges = [(1, 0), (2, 0), (4, 1), (5, 2), (3, 0), (7, 4), (6, 5)]
    cells = lay_out(layers, edges)
    assert crossings([(low, high) for high, low in edges], layers, [cell.x for cell in cells]) == 0


@given(NODES, EDGES)
def test_no_more_lines_cross_than_before(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    layers, ids = layers_of(nodes, edges), sorted(nodes)
    heights = [layers[node] for node in ids]
    pairs = {
        (ids.index(low), ids.index(high))
        for high, low in edges
        if high in layers and low in layers and layers[high] != layers[low]
    }
    before = [2 * sum(layer == heights[node] for layer in heights[:node]) for node in range(len(ids))]
    after = [cell.x for cell in lay_out(heights, pairs)]
    assert naive(pairs, heights, after) == crossings(pairs, heights, after) <= naive(pairs, heights, before)


@pytest.mark.parametrize("seed", range(20))
def test_to_lay_it_out_again_makes_it_no_worse(seed: int) -> None:
    chance = random.Random(seed)
    layers = [chance.randrange(5) for _ in range(30)]
    edges = [(a, b) for a in range(30) for b in range(30) if layers[a] > layers[b] and chance.random() < 0.12]
    upward, former = [(low, high) for high, low in edges], dict[int, int]()
    counts = []
    for _ in range(4):
        former = {node: cell.x for node, cell in enumerate(lay_out(layers, edges, former))}
        counts.append(crossings(upward, layers, [former[node] for node in range(30)]))
    assert counts == sorted(counts, reverse=True)


def naive(pairs: set[tuple[int, int]], layers: list[int], where: list[int]) -> int:
    return sum(
        layers[a] == layers[c] and layers[b] == layers[d] and where[a] < where[c] and where[b] > where[d]
        for a, b in pairs
        for c, d in pairs
    )


def test_an_empty_map_has_no_places() -> None:
    assert layers_of([], []) == {}
    assert lay_out([], []) == []


@given(NODES, EDGES, BANDS)
def test_needs_lie_lower(nodes: list[str], edges: list[tuple[str, str]], bands: dict[str, int]) -> None:
    layers = layers_of(nodes, edges, bands)
    assert layers.keys() == set(nodes)
    plain = layers_of(nodes, edges)
    assert all(layers[node] >= plain[node] for node in nodes)
    for dependent, needed in edges:
        if dependent in layers and needed in layers:
            assert layers[dependent] >= layers[needed]
            if plain[dependent] > plain[needed]:
                assert layers[dependent] > layers[needed]


@given(NODES, EDGES)
def test_no_two_share_a_place(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    layers = layers_of(nodes, edges)
    ids = sorted(nodes)
    at = {node: place for place, node in enumerate(ids)}
    pairs = [(at[a], at[b]) for a, b in edges if a in at and b in at]
    cells = lay_out([layers[node] for node in ids], pairs)
    for layer in set(layers.values()):
        row = sorted(cell.x for cell in cells if cell.layer == layer)
        assert all(right - left == 2 for left, right in pairwise(row))


# Groups


def world(*, servers: int, down: int = 0, cls: str = "Server") -> tuple[dict[str, Thing], dict[tuple[str, str], Tie]]:
    """So many servers on one switch, under one cluster; the first of them down."""
    things = {name: thing(name, "Switch") for name in ("switch", "top")}
    ties = {}
    for number in range(servers):
        name = f"s{number:03}"
        things[name] = thing(name, cls, down=number < down)
        ties[name, "switch"] = ties["top", name] = Tie(kinds=("DEPENDS_ON",))
    return things, ties


def thing(name: str, cls: str | None, *, down: bool = False) -> Thing:
    return Thing(ci_id=name, name=name, cls=cls, own=Health.DOWN if down else Health.OK, propagated=Health.OK)


def sizes(things: dict[str, Thing], ties: dict[tuple[str, str], Tie], apart: set[str], most: int = 150) -> list[int]:
    found = blocks_of(things, ties, layers_of(things, ties), apart=apart, most=most)
    assert sorted(one for block in found for one in block) == sorted(things)
    return sorted((len(block) for block in found), reverse=True)


def test_five_alike_are_one_mark_and_four_are_four() -> None:
    assert sizes(*world(servers=LEAST), set()) == [5, 1, 1]
    assert sizes(*world(servers=LEAST - 1), set()) == [1] * 6


def test_a_changed_member_pops_out_until_there_are_five_of_them() -> None:
    assert sizes(*world(servers=20, down=1), set()) == [19, 1, 1, 1]
    assert sizes(*world(servers=20, down=5), set()) == [15, 5, 1, 1]


def test_the_cause_a_path_and_what_is_pinned_stand_apart() -> None:
    assert sizes(*world(servers=20), {"s003", "s007"}) == [18, 1, 1, 1, 1]


def test_what_has_other_neighbours_is_not_alike() -> None:
    things, ties = world(servers=10)
    things["lone"] = thing("lone", "Rack")
    for number in range(5):
        ties[f"s{number:03}", "lone"] = Tie(kinds=("DEPENDS_ON",))
    assert sizes(things, ties, set())[:2] == [5, 5]


def estate(chance: random.Random, count: int) -> tuple[dict[str, Thing], dict[tuple[str, str], Tie]]:
    classes = [f"Class{number}" for number in range(60)]
    things = {f"n{n}": thing(f"n{n}", chance.choice(classes), down=chance.random() < 0.2) for n in range(count)}
    ties = {}
    for number in range(1, count):
        for _ in range(2):
            ties[f"n{number}", f"n{chance.randrange(max(0, number - 300), number)}"] = Tie(kinds=("DEPENDS_ON",))
    return things, ties


def test_too_many_marks_are_joined_until_they_fit_and_nothing_is_lost() -> None:
    things, ties = estate(random.Random(1), 2_000)
    layers = layers_of(things, ties)
    apart = {f"n{number}" for number in range(0, 200, 10)}
    bare = blocks_of(things, ties, layers, apart=apart, most=10**6)
    found = blocks_of(things, ties, layers, apart=apart)
    assert len(bare) > 1_000
    assert len(found) <= 150
    assert sorted(one for block in found for one in block) == sorted(things)
    assert all((one,) in found for one in apart)
    assert all(len({layers[one] for one in block}) == 1 for block in found)


def test_what_must_stand_apart_does_even_beyond_the_bound() -> None:
    things, ties = world(servers=300)
    assert sizes(things, ties, {f"s{number:03}" for number in range(200)}) == [100, *[1] * 202]


@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_the_order_of_the_facts_does_not_matter(chance: random.Random, count: int) -> None:
    things, ties = estate(chance, count)
    layers = layers_of(things, ties)
    mixed_things, mixed_ties = list(things.items()), list(ties.items())
    chance.shuffle(mixed_things)
    chance.shuffle(mixed_ties)
    assert layers_of(dict(mixed_things), dict(mixed_ties)) == layers
    for most in (150, 10):
        once = blocks_of(things, ties, layers, apart=set(), most=most)
        assert blocks_of(dict(mixed_things), dict(mixed_ties), layers, apart=set(), most=most) == once
