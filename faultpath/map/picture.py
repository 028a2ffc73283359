"""From facts to a picture: layers, groups, places, wires. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from faultpath.map.arrangement import Arrangement, Pairs, Settled, Wanted, haunted, settle, tidied
from faultpath.map.grouping import Block, blocks_of
from faultpath.map.layers import layers_of
from faultpath.map.model import Facts, Ghost, Mark, Picture, Question, Tie, Wire

Placing = Callable[[Sequence[Wanted], Pairs, Arrangement], Settled]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture, and the slots with those that it gave."""

    picture: Picture
    arrangement: Arrangement


def draw(facts: Facts, question: Question, before: Arrangement, now: datetime) -> Drawn:
    """The map as it is now, each mark where it was."""
    return _draw(facts, question, before, now, settle)


def draw_tidied(facts: Facts, question: Question, before: Arrangement, now: datetime) -> Drawn:
    """The map laid out anew."""
    return _draw(facts, question, before, now, tidied)


def draw_past(facts: Facts, question: Question, before: Arrangement, now: datetime) -> Drawn:
    """The map of a past time, in the places of today; only CIs that never had a slot are given one."""
    drawn = _draw(facts, question, before, now, settle)
    kept = replace(before, slots=drawn.arrangement.slots)
    return Drawn(picture=replace(drawn.picture, ghosts=()), arrangement=kept)


def look_of(question: Question) -> str:
    """Which part of the map a question shows."""
    return f"{question.hops or 'all'}/{question.mode.value}"


def _draw(facts: Facts, question: Question, before: Arrangement, now: datetime, place: Placing) -> Drawn:
    things = facts.things
    bands = {ci_id: one.band for ci_id, one in things.items() if one.band is not None}
    layers = layers_of(things, facts.ties, bands)
    apart = facts.apart | before.pins.keys()
    blocks = (
        blocks_of(things, facts.ties, layers, apart=apart) if question.grouped else [(one,) for one in sorted(things)]
    )
    at = {ci_id: number for number, block in enumerate(blocks) for ci_id in block}
    wires = _wires(facts, at)
    settled = place([_wanted(facts, layers, block) for block in blocks], list(wires), before)
    faces = {block[0]: (things[block[0]].name, things[block[0]].cls) for block in blocks if len(block) == 1}
    after = haunted(settled.arrangement, look_of(question), faces, things, now)
    marks = [
        Mark(key=key, things=tuple(things[ci_id] for ci_id in block), cell=cell)
        for block, key, cell in zip(blocks, settled.keys, settled.cells, strict=True)
    ]
    ghosts = [
        Ghost(ci_id=ci_id, name=one.face[0], cls=one.face[1], lost_at=one.at, cell=after.slots[ci_id])
        for ci_id, one in sorted(after.lost[look_of(question)].items())
    ]
    pins = {ci_id: pin.by for ci_id, pin in after.pins.items() if ci_id in things}
    picture = Picture(facts=facts, marks=marks, wires=list(wires.values()), ghosts=ghosts, pins=pins)
    return Drawn(picture=picture, arrangement=after)


def _wanted(facts: Facts, layers: dict[str, int], block: Block) -> Wanted:
    first = facts.things[block[0]]
    own, propagated = first.state
    return Wanted(block=block, layer=layers[block[0]], state=f"{first.cls} {own:d} {propagated:d}", band=first.band)


def _wires(facts: Facts, at: dict[str, int]) -> dict[tuple[int, int], Wire]:
    """Ties between the CIs of two marks as one wire; those inside of a group are not drawn."""
    merged: dict[tuple[int, int], list[Tie]] = {}
    for (dependent, needed), tie in facts.ties.items():
        if at[dependent] != at[needed]:
            merged.setdefault((at[dependent], at[needed]), []).append(tie)
    chain = {(at[dependent], at[needed]) for dependent, needed in pairwise(facts.chain)}
    return {
        (dependent, needed): Wire(
            dependent=dependent,
            needed=needed,
            kinds=tuple(sorted({kind for tie in ties for kind in tie.kinds})),
            count=sum(tie.count for tie in ties),
            indirect=all(tie.indirect for tie in ties),
            on_chain=(dependent, needed) in chain,
        )
        for (dependent, needed), ties in sorted(merged.items())
    }
