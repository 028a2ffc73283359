"""Reading a revision that is held as columns.

CIs and relations have numbers: CIs in the order of their ids, relations in the order of (from, type, to). What changed
after the columns were filled is laid over them as rows (`cmdb.columns.patch`): a CI that came later has a number
after all others, and one that is gone keeps its number and has neither a class nor relations.

Nothing here is ever changed once it is made, so that many may read while the next one is made. What was decoded is
kept, up to a bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from typing import NamedTuple, TypeVar

import numpy as np
import orjson

from cmdb.columns.texts import Array, Ints, Ints32, Texts
from cmdb.model import CI, CiId, Relation, Value

KEPT = 50_000
"""So many CIs, names and numbers are kept decoded."""

NO_ATTRIBUTES = 0
GONE = CI(ci_id="", cls="", name="")

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Edge(NamedTuple):
    """A relation by the numbers of its ends."""

    start: int
    type: str
    end: int
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """n CIs and m relations.

    ``ids``: (n,) UTF-8, sorted. ``cls``: (n,), numbers in ``classes``. ``names``, ``attributes``: n texts, the latter
    JSON as orjson writes it. ``starts``: (n + 1,), where the relations of each CI begin. ``start``, ``end``:
    (m,), CIs; ``type``: (m,), numbers in ``types``; ``about``: (m,), numbers in ``abouts``, the first is empty.
    ``back_starts``: (n + 1,) and ``back``: (m,), the relations that end at a CI.
    """

    ids: Array
    cls: Array
    classes: Sequence[str]
    names: Texts
    attributes: Texts
    starts: Ints
    start: Ints32
    type: Array
    types: Sequence[str]
    end: Ints32
    about: Ints32
    abouts: Texts
    back_starts: Ints
    back: Ints32

    def number_of(self, ci_id: CiId) -> int | None:
        wanted, ids = ci_id.encode(errors="replace"), self.ids
        if not wanted or len(wanted) > ids.dtype.itemsize:
            return None
        number = int(np.searchsorted(ids, np.bytes_(wanted)))
        return number if number < len(ids) and ids[number] == wanted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What is otherwise than in the base: CIs by number (``None``: gone), all relations that begin or end at some.

    ``numbers``: the CIs that came later, by id.
    """

    cis: Mapping[int, CI | None] = field(default_factory=dict)
    numbers: Mapping[CiId, int] = field(default_factory=dict)
    out: Mapping[int, tuple[Edge, ...]] = field(default_factory=dict)
    into: Mapping[int, tuple[Edge, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cis) + len(self.out) + len(self.into)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is otherwise than in columns that were there before.

    ``since``: their revision. ``cis``: numbers of CIs that came, went or changed. ``edges``: relations that came, went
    or changed, as they were and as they are.
    """

    since: int
    cis: frozenset[int]
    edges: tuple[Edge, ...]


class Columns:
    """One revision of the graph. See the module.

    ``made`` tells this revision from one with the same number of another graph, or of a backup. ``step``: what the
    newest changes were, if these columns came about by laying them over others.
    """

    def __init__(
        self, base: Base, *, revision: int, made: str = "", patch: Patch | None = None, step: Step | None = None
    ) -> None:
        self.base = base
        self.revision = revision
        self.made = made
        self.patch = patch or Patch()
        self.step = step
        self._ids = {number: ci_id for ci_id, number in self.patch.numbers.items()}
        self._cis: dict[int, CI] = {}
        self._numbers: dict[CiId, int | None] = {}
        self._abouts: dict[int, Mapping[str, Value]] = {NO_ATTRIBUTES: {}}

    # CIs

    def __len__(self) -> int:
        """How many numbers there are, those of CIs that are gone among them."""
        return len(self.base.ids) + len(self.patch.numbers)

    @property
    def ci_count(self) -> int:
        return len(self) - sum(ci is None for ci in self.patch.cis.values())

    @property
    def relation_count(self) -> int:
        base = self.base
        known = [number for number in self.patch.out if number < len(base.ids)]
        replaced = int((base.starts[np.add(known, 1)] - base.starts[known]).sum()) if known else 0
        return len(base.end) - replaced + sum(map(len, self.patch.out.values()))

    def id_of(self, number: int) -> CiId:
        if number < len(self.base.ids):
            ci_id: bytes = self.base.ids[number]
            return ci_id.decode()
        return self._ids[number]

    def number_of(self, ci_id: CiId) -> int | None:
        """The number of a CI; ``None`` if it is not there, or not any more."""
        if ci_id not in self._numbers:
            _keep(self._numbers, ci_id, self._look_up(ci_id))
        return self._numbers[ci_id]

    def _look_up(self, ci_id: CiId) -> int | None:
        number = self.patch.numbers.get(ci_id)
        if number is None:
            number = self.base.number_of(ci_id)
        return None if number is None or self.patch.cis.get(number, GONE) is None else number

    def class_of(self, number: int) -> str:
        """The class of a CI; empty for one that is gone."""
        if number in self.patch.cis:
            return (self.patch.cis[number] or GONE).cls
        cls: str = self.base.classes[self.base.cls[number]]
        return cls

    def name_of(self, number: int) -> str:
        if number in self.patch.cis:
            return (self.patch.cis[number] or GONE).name
        return self.base.names[number].decode()

    def ci(self, number: int) -> CI:
        """A CI; one without a class for a number whose CI is gone."""
        if number in self.patch.cis:
            return self.patch.cis[number] or GONE
        found = self._cis.get(number)
        if found is None:
            found = CI(
                ci_id=self.id_of(number),
                cls=self.class_of(number),
                name=self.name_of(number),
                attributes=orjson.loads(self.base.attributes[number]),
            )
            _keep(self._cis, number, found)
        return found

    def attributes_of(self, number: int) -> Mapping[str, Value]:
        """The attributes of a CI; for whoever looks at many, since they are not kept."""
        if number in self.patch.cis:
            return (self.patch.cis[number] or GONE).attributes
        found: dict[str, Value] = orjson.loads(self.base.attributes[number])
        return found

    def cis(self) -> Iterator[CI]:
        """All CIs, in the order of their ids. None is kept."""
        base, patched = self.base, self.patch.cis
        rows = zip(base.ids.tolist(), base.cls.tolist(), base.names, base.attributes, strict=True)
        before = (
            patched.get(number, GONE)
            if number in patched
            else CI(ci_id=ci_id.decode(), cls=base.classes[c], name=name.decode(), attributes=orjson.loads(attributes))
            for number, (ci_id, c, name, attributes) in enumerate(rows)
        )
        came = (patched[number] for _, number in sorted(self.patch.numbers.items()))
        alive = ((ci for ci in some if ci is not None) for some in (before, came))
        return merge(*alive, key=lambda ci: ci.ci_id)

    def of_classes(self, wanted: Collection[str]) -> list[int]:
        """The CIs of these classes, by number, the lowest first."""
        base, patched = self.base, self.patch.cis
        codes = [code for code, cls in enumerate(base.classes) if cls in wanted]
        found: set[int] = set(np.flatnonzero(np.isin(base.cls, codes)).tolist()) if codes else set()
        found.difference_update(patched)
        found.update(number for number, ci in patched.items() if ci is not None and ci.cls in wanted)
        return sorted(found)

    def mentioning(self, attribute: str) -> list[int]:
        """The CIs that have an attribute of this name; some may be among them that only speak of it."""
        found = set(self.base.attributes.holding(_key(attribute)))
        found.difference_update(self.patch.cis)
        found.update(number for number, ci in self.patch.cis.items() if ci is not None and attribute in ci.attributes)
        return sorted(found)

    # Relations

    def out(self, number: int) -> Sequence[Edge]:
        """The relations that begin at a CI, in the order of their type and other end."""
        patched = self.patch.out.get(number)
        if patched is not None or number >= len(self.base.ids):
            return patched or ()
        begin, end = self.base.starts[number : number + 2].tolist()
        return [self._edge(number, relation) for relation in range(begin, end)]

    def into(self, number: int) -> Sequence[Edge]:
        """The relations that end at a CI, in the order of their other end and type."""
        patched = self.patch.into.get(number)
        if patched is not None or number >= len(self.base.ids):
            return patched or ()
        relations = self.base.back[slice(*self.base.back_starts[number : number + 2])]
        begins = self.base.start[relations]
        return [self._edge(start, at) for start, at in zip(begins.tolist(), relations.tolist(), strict=True)]

    def _edge(self, start: int, relation: int) -> Edge:
        base = self.base
        return Edge(start, base.types[base.type[relation]], int(base.end[relation]), self._about(base.about[relation]))

    def _about(self, code: int) -> Mapping[str, Value]:
        found = self._abouts.get(code)
        if found is None:
            found = orjson.loads(self.base.abouts[code])
            _keep(self._abouts, code, found)
        return found

    def of_type(self, wanted: str) -> Iterator[Edge]:
        """All relations of a type, in the order of their ends."""
        base = self.base
        if wanted in base.types:
            yield from self._edges(np.flatnonzero(base.type == base.types.index(wanted)))
        yield from (edge for edge in self._laid_over if edge.type == wanted)

    def ends_of(self, wanted: str) -> tuple[Array, Array, Array]:
        """Where all relations of a type begin and end, and the number of their attributes (`about`); (k,) each."""
        base, out = self.base, self.patch.out
        kept = base.type == (base.types.index(wanted) if wanted in base.types else len(base.types))
        if out:
            replaced = np.zeros(len(self), np.bool_)
            replaced[list(out)] = True
            kept &= ~replaced[base.start]
        last = len(base.abouts)
        rows = [(one.start, one.end, last + at) for at, one in enumerate(self._laid_over) if one.type == wanted]
        added = np.array(rows, np.int32).reshape(-1, 3)
        start, end, about = (
            np.append(column[kept], more)
            for column, more in zip((base.start, base.end, base.about), added.T, strict=True)
        )
        return start, end, about

    def about(self, number: int) -> Mapping[str, Value]:
        """The attributes of relations by their number."""
        known = len(self.base.abouts)
        return self._about(number) if number < known else self._laid_over[number - known].attributes

    @cached_property
    def _laid_over(self) -> list[Edge]:
        return [edge for _, edges in sorted(self.patch.out.items()) for edge in edges]

    def speaking_of(self, attribute: str) -> Iterator[Edge]:
        """All relations that have an attribute of this name."""
        base = self.base
        codes = [code for code in base.abouts.holding(_key(attribute)) if attribute in self._about(code)]
        if codes:
            yield from self._edges(np.flatnonzero(np.isin(base.about, codes)))
        yield from (edge for edge in self._laid_over if attribute in edge.attributes)

    def _edges(self, relations: Ints) -> Iterator[Edge]:
        """These relations of the base, but for those of CIs that have rows of their own."""
        base, patched = self.base, self.patch.out
        columns = (base.start, base.type, base.end, base.about)
        for start, kind, end, about in zip(*(column[relations].tolist() for column in columns), strict=True):
            if start not in patched:
                yield Edge(start, base.types[kind], end, self._about(about))

    def relations(self) -> Iterator[Relation]:
        """All relations, in the order of (from, type, to)."""
        order: Iterator[int] | range = range(len(self.base.ids))
        if self.patch.numbers:
            came = sorted(self.patch.numbers.items())
            order = (at for _, at in merge(zip(map(self.id_of, order), order, strict=True), came))
        for number in order:
            for edge in self.out(number):
                yield self.relation(edge)

    def relation(self, edge: Edge) -> Relation:
        """A relation by the ids of its ends."""
        return Relation(
            from_id=self.id_of(edge.start), type=edge.type, to_id=self.id_of(edge.end), attributes=edge.attributes
        )


def _keep(kept: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(kept) >= KEPT:
        kept.clear()
    kept[key] = value


def _key(attribute: str) -> bytes:
    """How an attribute's name stands in its JSON."""
    return orjson.dumps(attribute) + b":"
