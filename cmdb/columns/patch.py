"""What changed since, laid over the columns; and the columns filled anew with it once it has become much."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cmdb.columns.columns import Base, Columns, Edge, Patch, Step
from cmdb.columns.fill import CiColumns, Codes, RelationColumns, ci_columns, filled, json_of
from cmdb.columns.texts import Array, Texts, joined
from cmdb.graph.effects import ci_from, relation_from
from cmdb.model import CI, Change, CiId, Relation


def patched(columns: Columns, changes: Iterable[Change], revision: int, made: str = "") -> Columns:
    """The columns with changes laid over them, which are all that happened up to a revision, oldest first."""
    patch = _Patching(columns)
    for change in changes:
        if change.what == "ci":
            patch.put_ci(change.ci_id, None if change.after is None else ci_from(change.ci_id, change.after))
        elif change.after is not None:
            patch.put_relation(relation_from(change.after))
        else:
            patch.remove_relation(relation_from(change.before))
    return Columns(columns.base, revision=revision, made=made, patch=patch.done(), step=patch.step(columns.revision))


def supposed(columns: Columns, cis: Iterable[CI], relations: Iterable[Relation]) -> Columns:
    """The columns as they would be with these CIs and relations put, which no store has."""
    patch = _Patching(columns)
    for ci in cis:
        patch.put_ci(ci.ci_id, ci)
    for relation in relations:
        patch.put_relation(relation)
    return Columns(columns.base, revision=columns.revision, patch=patch.done(), step=patch.step(columns.revision))


class _Patching:
    """A copy of a patch that grows."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._cis = dict(columns.patch.cis)
        self._numbers = dict(columns.patch.numbers)
        self._out = {number: {(e.type, e.end): e for e in edges} for number, edges in columns.patch.out.items()}
        self._into = {number: {(e.start, e.type): e for e in edges} for number, edges in columns.patch.into.items()}
        self._moved: set[int] = set()
        self._edges: list[Edge] = []

    def step(self, since: int) -> Step:
        return Step(since=since, cis=frozenset(self._moved), edges=tuple(self._edges))

    def done(self) -> Patch:
        came, base = {number: ci_id for ci_id, number in self._numbers.items()}, self._columns

        def id_of(number: int) -> CiId:
            return came[number] if number in came else base.id_of(number)

        return Patch(
            cis=self._cis,
            numbers=self._numbers,
            out={
                number: tuple(sorted(edges.values(), key=lambda edge: (edge.type, id_of(edge.end))))
                for number, edges in self._out.items()
            },
            into={
                number: tuple(sorted(edges.values(), key=lambda edge: (id_of(edge.start), edge.type)))
                for number, edges in self._into.items()
            },
        )

    def put_ci(self, ci_id: CiId, ci: CI | None) -> None:
        """A CI as it is now. One that went takes its relations with it; history says so of each of them too."""
        number = self._number(ci_id)
        if ci is None and number is None:
            return
        if number is None:
            number = self._numbers[ci_id] = len(self._columns.base.ids) + len(self._numbers)
        self._cis[number] = ci
        self._moved.add(number)

    def put_relation(self, relation: Relation) -> None:
        edge = self._edge(relation)
        before = self._out_of(edge.start).get((edge.type, edge.end))
        self._edges += [edge] if before is None else [before, edge]
        self._out_of(edge.start)[edge.type, edge.end] = edge
        self._into_of(edge.end)[edge.start, edge.type] = edge

    def remove_relation(self, relation: Relation) -> None:
        edge = self._edge(relation)
        self._edges.append(edge)
        self._out_of(edge.start).pop((edge.type, edge.end), None)
        self._into_of(edge.end).pop((edge.start, edge.type), None)

    def _edge(self, relation: Relation) -> Edge:
        start, end = self._number(relation.from_id), self._number(relation.to_id)
        assert start is not None, "history speaks of CIs that are or were there"
        assert end is not None, "history speaks of CIs that are or were there"
        return Edge(start, relation.type, end, relation.attributes)

    def _number(self, ci_id: CiId) -> int | None:
        """The number that a CI has or had."""
        found = self._numbers.get(ci_id)
        return found if found is not None else self._columns.base.number_of(ci_id)

    def _out_of(self, number: int) -> dict[tuple[str, int], Edge]:
        if number not in self._out:
            self._out[number] = {(edge.type, edge.end): edge for edge in self._columns.out(number)}
        return self._out[number]

    def _into_of(self, number: int) -> dict[tuple[int, str], Edge]:
        if number not in self._into:
            self._into[number] = {(edge.start, edge.type): edge for edge in self._columns.into(number)}
        return self._into[number]


def compacted(columns: Columns) -> Columns:
    """The same revision without a patch: the columns filled anew. CIs get other numbers."""
    base, patch = columns.base, columns.patch
    if not patch:
        return columns
    kept = np.ones(len(base.ids), np.bool_)
    kept[[number for number in patch.cis if number < len(base.ids)]] = False
    alive = {number: ci for number, ci in patch.cis.items() if ci is not None}
    cis, numbers = _cis(base, np.flatnonzero(kept), list(alive.values()))
    renumbered = np.full(len(columns), -1, np.int32)
    renumbered[[*np.flatnonzero(kept).tolist(), *alive]] = numbers
    return filled(columns.revision, cis, _relations(columns, renumbered), columns.made)


def _cis(base: Base, kept: Array, more: list[CI]) -> tuple[CiColumns, Array]:
    """The CIs of the base that were kept and those of the patch, sorted; and for each of both, in turn, its number."""
    new = [ci_columns([(ci.ci_id, ci.cls, ci.name, json_of(ci.attributes))]) for ci in more]
    codes = Codes(*(cls.encode() for cls in base.classes))
    classes = np.append(base.cls[kept], codes.of(ci.cls.encode() for ci in more)).astype(np.uint16)
    ids = np.concatenate([base.ids[kept], *(one.ids for one in new)])
    order = np.argsort(ids, kind="stable")
    numbers = np.empty(len(ids), np.int32)
    numbers[order] = np.arange(len(ids), dtype=np.int32)
    names = joined([base.names.taken(kept), *(one.names for one in new)]).taken(order)
    attributes = joined([base.attributes.taken(kept), *(one.attributes for one in new)]).taken(order)
    cis = CiColumns(ids=ids[order], cls=classes[order], classes=codes.texts(), names=names, attributes=attributes)
    return cis, numbers


def _relations(columns: Columns, renumbered: Array) -> RelationColumns:
    """The relations of the base but for those of CIs that have rows of their own, and those rows."""
    base, out = columns.base, columns.patch.out
    replaced = np.zeros(len(columns), np.bool_)
    replaced[list(out)] = True
    kept = ~replaced[base.start]
    rows = [edge for edges in out.values() for edge in edges]
    types = Codes(*(name.encode() for name in base.types))
    abouts = Codes(*base.abouts)
    added = np.array([(edge.start, edge.end) for edge in rows], np.int64).reshape(-1, 2)
    return RelationColumns(
        start=renumbered[np.append(base.start[kept], added[:, 0])],
        end=renumbered[np.append(base.end[kept], added[:, 1])],
        type=np.append(base.type[kept], types.of(edge.type.encode() for edge in rows)).astype(np.uint16),
        about=np.append(base.about[kept], abouts.of(json_of(edge.attributes) for edge in rows)).astype(np.int32),
        types=types.texts(),
        abouts=Texts.of(abouts.all),
    )
