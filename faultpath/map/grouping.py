"""Alike CIs are drawn as one mark, so that a map stays readable; nothing is left out. Pure.

First what is alike in class, layer, neighbours and state, from five on. If more than 150 marks are left, what is alike
in less is joined too, from two on, until they fit: class, layer and state; class and layer; layer alone. The cause, the
chain that was asked for and what is pinned are always drawn by themselves, so that in the end one mark for each layer
stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from collections.abc import Set as AbstractSet

from faultpath.map.model import Thing, Ties

LEAST = 5
MOST = 150

Block = tuple[str, ...]
"""The CIs of one mark, by id."""


def blocks_of(
    things: Mapping[str, Thing], ties: Ties, layers: Mapping[str, int], *, apart: AbstractSet[str], most: int = MOST
) -> list[Block]:
    """The marks of a map, each CI in exactly one; in order of their first ids."""
    alike: dict[Hashable, list[str]] = {}
    below, above = _neighbours(ties)
    single: list[Block] = []
    for ci_id in sorted(things):
        if ci_id in apart:
            single.append((ci_id,))
            continue
        one = things[ci_id]
        near = (below.get(ci_id, _NONE), above.get(ci_id, _NONE))
        alike.setdefault((one.cls, layers[ci_id], one.state, near), []).append(ci_id)
    blocks: list[Block] = []
    for members in alike.values():
        blocks += [tuple(members)] if len(members) >= LEAST else [(member,) for member in members]
    for key in (_class_and_state, _class, _nothing):
        if len(single) + len(blocks) > most:
            blocks = _joined(blocks, things, layers, key, len(single) + len(blocks) - most)
    return sorted(single + blocks)


_NONE: frozenset[str] = frozenset()


def _neighbours(ties: Ties) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    below: dict[str, list[str]] = {}
    above: dict[str, list[str]] = {}
    for dependent, needed in ties:
        below.setdefault(dependent, []).append(needed)
        above.setdefault(needed, []).append(dependent)
    return (
        {ci_id: frozenset(those) for ci_id, those in below.items()},
        {ci_id: frozenset(those) for ci_id, those in above.items()},
    )


def _class_and_state(one: Thing) -> str:
    return f"{one.cls} {one.own:d} {one.propagated:d}"


def _class(one: Thing) -> str:
    return str(one.cls)


def _nothing(_: Thing) -> str:
    return ""


def _joined(
    blocks: list[Block],
    things: Mapping[str, Thing],
    layers: Mapping[str, int],
    key: Callable[[Thing], str],
    surplus: int,
) -> list[Block]:
    """Join blocks that are alike in a key, those first of which there are most, until the surplus is gone."""
    alike: dict[tuple[int, str], list[Block]] = {}
    for block in blocks:
        alike.setdefault((layers[block[0]], key(things[block[0]])), []).append(block)
    found: list[Block] = []
    for _, those in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0])):
        if surplus > 0 and len(those) > 1:
            found.append(tuple(sorted(ci_id for block in those for ci_id in block)))
            surplus -= len(those) - 1
        else:
            found += those
    return found
