"""Columns from a snapshot, and from the pieces that a store reads."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from cmdb.columns.columns import NO_ATTRIBUTES, Base, Columns
from cmdb.columns.texts import Array, Ints32, Texts
from cmdb.model import Snapshot, Value

NO_TEXT = b"{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CiColumns:
    """n CIs, sorted by the UTF-8 of their ids; see `cmdb.columns.columns.Base`."""

    ids: Array
    cls: Array
    classes: Sequence[str]
    names: Texts
    attributes: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationColumns:
    """m relations in any order: ends by number, type and attributes by numbers in ``types`` and ``abouts``."""

    start: Ints32
    type: Array
    end: Ints32
    about: Ints32
    types: Sequence[str]
    abouts: Texts


class Codes:
    """Equal values get equal numbers, in the order in which they are met."""

    def __init__(self, *known: bytes) -> None:
        self.all = list(known)
        self._of = {value: code for code, value in enumerate(known)}

    def one(self, value: bytes) -> int:
        code = self._of.get(value)
        if code is None:
            code = self._of[value] = len(self.all)
            self.all.append(value)
        return code

    def of(self, values: Iterable[bytes]) -> list[int]:
        return list(map(self.one, values))

    def texts(self) -> list[str]:
        return [value.decode() for value in self.all]


def columns_of(snapshot: Snapshot) -> Columns:
    """The columns of a snapshot; relations with a missing end are left out."""
    cis = ci_columns((ci.ci_id, ci.cls, ci.name, json_of(ci.attributes)) for ci in snapshot.cis)
    numbers = numbered(cis)
    known = (one for one in snapshot.relations if one.from_id in numbers and one.to_id in numbers)
    rows = ((one.from_id, one.type, one.to_id, json_of(one.attributes)) for one in known)
    return filled(snapshot.revision, cis, relation_columns(rows, numbers))


def ci_columns(rows: Iterable[tuple[str, str, str, bytes]]) -> CiColumns:
    """From id, class, name and attributes as JSON of each CI, in any order."""
    listed = sorted((ci_id.encode(), cls.encode(), name.encode(), attributes) for ci_id, cls, name, attributes in rows)
    ids, classes, names, attributes = zip(*listed, strict=True) if listed else ((), (), (), ())
    codes = Codes()
    return CiColumns(
        ids=np.array(ids, np.bytes_) if ids else np.zeros(0, "S1"),
        cls=np.array(codes.of(classes), np.uint16),
        classes=codes.texts(),
        names=Texts.of(names),
        attributes=Texts.of(attributes),
    )


def relation_columns(rows: Iterable[tuple[str, str, str, bytes]], numbers: Mapping[str, int]) -> RelationColumns:
    """From the ends, the type and the attributes as JSON of each relation, in any order.

    Raises:
        KeyError: an end has no number.
    """
    types, abouts = Codes(), Codes(NO_TEXT)
    start, end, verb, about = array("i"), array("i"), array("H"), array("i")
    for from_id, kind, to_id, attributes in rows:
        start.append(numbers[from_id])
        end.append(numbers[to_id])
        verb.append(types.one(kind.encode()))
        about.append(abouts.one(attributes))
    return RelationColumns(
        start=np.array(start, np.int32),
        type=np.array(verb, np.uint16),
        end=np.array(end, np.int32),
        about=np.array(about, np.int32),
        types=types.texts(),
        abouts=Texts.of(abouts.all),
    )


def numbered(cis: CiColumns) -> dict[str, int]:
    """The number of each CI by its id."""
    return {ci_id.decode(): number for number, ci_id in enumerate(cis.ids.tolist())}


def json_of(attributes: Mapping[str, Value]) -> bytes:
    return orjson.dumps(dict(attributes), option=orjson.OPT_NON_STR_KEYS)


def filled(revision: int, cis: CiColumns, relations: RelationColumns, made: str = "") -> Columns:
    """Sort the relations, and index them both ways. ``made``: what tells this revision from one of another graph."""
    count = len(cis.ids)
    types = sorted(relations.types)
    rank = np.array([types.index(name) for name in relations.types] or [0], np.uint16)
    verb = rank[relations.type] if len(relations.type) else relations.type
    order = _order(relations.start, verb, relations.end)
    start, end = relations.start[order], relations.end[order]
    return Columns(
        Base(
            ids=cis.ids,
            cls=cis.cls,
            classes=tuple(cis.classes),
            names=cis.names,
            attributes=cis.attributes,
            starts=_starts(start, count),
            start=start,
            type=verb[order].astype(np.uint16),
            types=tuple(types),
            end=end,
            about=relations.about[order],
            abouts=relations.abouts if len(relations.abouts) else Texts.of([NO_TEXT]),
            back_starts=_starts(end, count),
            back=np.argsort(end, kind="stable").astype(np.int32),
        ),
        revision=revision,
        made=made,
    )


def _order(start: Array, verb: Array, end: Array) -> Array:
    """The order of (start, type, end); a store may have it already."""
    tied = start[1:] == start[:-1]
    below = (verb[1:] < verb[:-1]) | ((verb[1:] == verb[:-1]) & (end[1:] < end[:-1]))
    if not ((start[1:] < start[:-1]) | (tied & below)).any():
        return np.arange(len(start))
    return np.lexsort((end, verb, start))


def _starts(owners: Array, count: int) -> Array:
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(owners, minlength=count)[:count], out=starts[1:])
    return starts


assert NO_ATTRIBUTES == 0  # the place of `NO_TEXT` among the attributes of relations
