"""Positions of the impact map: layers by need, whole numbers, the same picture for the same graph."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from faultpath.api.layout import Place, place

CHAIN = [("crm", "app"), ("app", "vm"), ("vm", "host"), ("shop", "app")]

NODES = st.lists(st.sampled_from("abcdefghij"), unique=True, min_size=1)
EDGES = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")), max_size=25)


def test_the_cause_lies_at_the_bottom_and_the_services_on_top() -> None:
    places = place(["crm", "app", "vm", "host", "shop"], CHAIN)
    assert places["host"] == Place(layer=0, x=0, y=3)
    assert [places[name].y for name in ("crm", "shop", "app", "vm")] == [0, 0, 1, 2]
    assert abs(places["crm"].x - places["shop"].x) == 2


def test_a_cycle_is_drawn_in_one_layer() -> None:
    places = place("abc", [("a", "b"), ("b", "a"), ("b", "c")])
    assert places["a"].layer == places["b"].layer == 1
    assert places["c"].layer == 0


def test_whom_nothing_needs_can_be_lifted_to_the_top() -> None:
    places = place("abcdz", [("a", "b"), ("b", "c"), ("c", "d"), ("z", "d")], top={"z", "c"})
    assert places["z"].layer == 3
    assert places["c"].layer == 1


def test_neighbours_are_drawn_without_a_crossing_where_that_is_possible() -> None:
    places = place("abxy", [("a", "y"), ("b", "x")])
    assert (places["a"].x < places["b"].x) == (places["y"].x < places["x"].x)


def test_an_empty_map_has_no_places() -> None:
    assert place([], []) == {}


@given(NODES, EDGES)
def test_needs_lie_lower_and_no_two_share_a_place(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    places = place(nodes, edges)
    assert set(places) == set(nodes)
    assert len({(at.x, at.y) for at in places.values()}) == len(places)
    for dependent, needed in edges:
        if dependent in places and needed in places:
            assert places[dependent].layer >= places[needed].layer
    for row in {at.y for at in places.values()}:
        inside = sorted(at.x for at in places.values() if at.y == row)
        assert all(right - left == 2 for left, right in pairwise(inside))


@given(NODES, EDGES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    nodes: list[str], edges: list[tuple[str, str]], chance: random.Random
) -> None:
    shuffled = nodes[:]
    chance.shuffle(shuffled)
    assert place(nodes, edges) == place(shuffled, list(reversed(edges)))
