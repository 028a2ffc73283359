"""Columns say what a snapshot says: filled from it, with changes laid over them, and filled anew."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.columns.arrays_file import ArraysFileError
from cmdb.columns.columns import Columns
from cmdb.columns.file import load, save
from cmdb.columns.fill import columns_of
from cmdb.columns.names import Names
from cmdb.columns.patch import compacted, patched
from cmdb.columns.texts import Texts
from cmdb.errors import CmdbError
from cmdb.model import CI, ChangeSet, Relation, Snapshot
from tests.cmdb.oracle import OracleGraphStore
from tests.cmdb.test_conformance import CHANGE_SETS, CIS, NAMES, NOON, RELATIONS, TEXTS, few


def graphs() -> st.SearchStrategy[Snapshot]:
    return st.builds(
        lambda cis, relations: Snapshot(
            revision=7,
            cis=tuple(sorted(cis, key=lambda ci: ci.ci_id)),
            relations=tuple(sorted(_between(cis, relations), key=lambda one: one.key)),
        ),
        few(CIS, by=lambda ci: ci.ci_id),  # type: ignore[attr-defined]
        few(RELATIONS, by=lambda one: one.key),  # type: ignore[attr-defined]
    )


def _between(cis: tuple[CI, ...], relations: tuple[Relation, ...]) -> list[Relation]:
    ids = {ci.ci_id for ci in cis}
    return [one for one in relations if one.from_id in ids and one.to_id in ids]


def said(columns: Columns) -> tuple[object, ...]:
    """Everything that can be read, by ids."""
    numbers = {ci.ci_id: columns.number_of(ci.ci_id) for ci in columns.cis()}
    alive = {number for number in numbers.values() if number is not None}
    rows = {
        ci_id: (
            columns.id_of(number),
            columns.class_of(number),
            columns.name_of(number),
            columns.ci(number),
            [columns.relation(edge) for edge in columns.out(number)],
            [columns.relation(edge) for edge in columns.into(number)],
        )
        for ci_id, number in numbers.items()
        if number is not None
    }
    for gone in set(range(len(columns))) - alive:
        assert columns.class_of(gone) == ""
        assert not columns.out(gone)
        assert not columns.into(gone)
    return (
        columns.revision,
        list(columns.cis()),
        list(columns.relations()),
        rows,
        columns.ci_count,
        columns.relation_count,
        [columns.number_of(ci_id) is None for ci_id in ("a", "b", "c", "d", "e", "", "abc", "a\0")],
        {cls: {columns.id_of(n) for n in columns.of_classes({cls})} for cls in ("Server", "Switch", "Person")},
        {columns.id_of(number) for number in columns.of_classes({"Server", "Hardware"})},
        {kind: sorted(columns.relation(edge).key for edge in columns.of_type(kind)) for kind in ("USES", "RUNS_ON")},
        {kind: ends(columns, kind) for kind in ("USES", "RUNS_ON", "OWNS")},
        {name: sorted(columns.relation(edge).key for edge in columns.speaking_of(name)) for name in ("os", "_x", "")},
    )


def ends(columns: Columns, kind: str) -> list[tuple[str, str, object]]:
    """Relations of a type as the arrays have them."""
    rows = zip(*(column.tolist() for column in columns.ends_of(kind)), strict=True)
    found = ((columns.id_of(start), columns.id_of(end), columns.about(about)) for start, end, about in rows)
    return sorted(found, key=lambda row: row[:2])


@given(graph=graphs())
def test_columns_say_what_the_snapshot_says(graph: Snapshot) -> None:
    columns = columns_of(graph)
    assert list(columns.cis()) == list(graph.cis)
    assert list(columns.relations()) == list(graph.relations)
    assert (columns.revision, columns.ci_count, columns.relation_count) == (7, len(graph.cis), len(graph.relations))
    for ci in graph.cis:
        number = columns.number_of(ci.ci_id)
        assert number is not None
        assert columns.ci(number) == ci
        assert [columns.relation(e) for e in columns.out(number)] == [
            one for one in graph.relations if one.from_id == ci.ci_id
        ]
        assert [columns.relation(e) for e in columns.into(number)] == [
            one for one in graph.relations if one.to_id == ci.ci_id
        ]


@settings(max_examples=300)
@given(graph=graphs(), name=NAMES)
def test_who_mentions_an_attribute_is_found_and_nearly_nobody_else(graph: Snapshot, name: str) -> None:
    found = [columns_of(graph).ci(number).ci_id for number in columns_of(graph).mentioning(name)]
    holders = [ci.ci_id for ci in graph.cis if name in ci.attributes]
    assert set(holders) <= set(found)
    assert len(found) == len(set(found))


@settings(max_examples=300, deadline=None)
@given(courses=st.lists(st.lists(CHANGE_SETS, max_size=3), min_size=1, max_size=4))
def test_changes_laid_over_columns_are_the_columns_of_what_came_of_them(courses: list[list[ChangeSet]]) -> None:
    store = OracleGraphStore()
    columns = columns_of(store.snapshot())
    for course in courses:
        for change_set in course:
            _applied(store, change_set)
        columns = patched(columns, store.changes_since(columns.revision), store.revision())
        assert said(columns) == said(columns_of(store.snapshot()))
        assert said(compacted(columns)) == said(columns)
        assert not compacted(columns).patch


def _applied(store: OracleGraphStore, change_set: ChangeSet) -> None:
    with contextlib.suppress(CmdbError):
        store.apply(change_set, idempotency_key=str(id(change_set)))


@settings(max_examples=100, deadline=None)
@given(change_sets=st.lists(CHANGE_SETS, max_size=3))
def test_what_was_saved_is_loaded_and_followed_on(change_sets: list[ChangeSet]) -> None:
    store = OracleGraphStore()
    columns = columns_of(store.snapshot())
    for change_set in change_sets:
        _applied(store, change_set)
        columns = patched(columns, store.changes_since(columns.revision), store.revision(), f"made {store.revision()}")
    again = _loaded(_saved(columns))
    assert said(again) == said(columns)
    assert again.made == columns.made


def test_a_damaged_file_of_columns_is_refused() -> None:
    cis = tuple(CI(ci_id=ci_id, cls="Server", name="x", attributes={"os": "linux"}) for ci_id in "abc")
    relations = (Relation(from_id="a", type="USES", to_id="b"),)
    whole = _saved(columns_of(Snapshot(revision=1, cis=cis, relations=relations)))
    assert _loaded(whole).ci_count == 3
    for at in range(len(whole)):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            with pytest.raises(ArraysFileError):
                _loaded(damaged)


def _saved(columns: Columns) -> bytes:
    file = io.BytesIO()
    save(columns, file)
    return file.getvalue()


def _loaded(data: bytes) -> Columns:
    return load(io.BytesIO(data))


@settings(max_examples=200, deadline=None)
@given(
    graph=graphs(),
    change_sets=st.lists(CHANGE_SETS, max_size=3),
    text=TEXTS,
    after=st.none() | st.tuples(TEXTS.map(str.casefold), st.sampled_from("abcde")),
)
def test_names_are_found_case_aside_and_in_order(
    graph: Snapshot, change_sets: list[ChangeSet], text: str, after: tuple[str, str] | None
) -> None:
    store = OracleGraphStore()
    store.apply(ChangeSet(source="x", reason="x", at=NOON, put_cis=graph.cis), idempotency_key="first")
    columns = columns_of(store.snapshot())
    names = Names(columns)
    for change_set in change_sets:
        _applied(store, change_set)
        columns = patched(columns, store.changes_since(columns.revision), store.revision())
        names = Names(columns, names)
    keys = sorted((ci.name.casefold(), ci.ci_id) for ci in columns.cis())
    wanted = [key for key in keys if text.casefold() in key[0] and (after is None or key > after)]
    assert [key for key, _ in names.holding(text, after)] == wanted
    assert [columns.id_of(number) for _, number in names.holding(text, after)] == [ci_id for _, ci_id in wanted]
    for name in {text, *(ci.name for ci in columns.cis())}:
        same = {ci_id for folded, ci_id in keys if folded == name.casefold()}
        assert {columns.id_of(number) for number in names.exactly(name)} == same


@given(texts=st.lists(st.binary(max_size=5)), needle=st.binary(min_size=1, max_size=2))
def test_texts_one_after_the_other(texts: list[bytes], needle: bytes) -> None:
    column = Texts.of(texts)
    assert list(column) == [column[place] for place in range(len(texts))] == texts
    assert column.holding(needle) == [place for place, text in enumerate(texts) if needle in text]


def test_what_one_reads_stays_as_it_was_while_the_next_is_made() -> None:
    store = OracleGraphStore()
    first = ChangeSet(source="x", reason="x", at=NOON, put_cis=(CI(ci_id="a", cls="Server", name="a"),))
    store.apply(first, idempotency_key="1")
    one = columns_of(store.snapshot())
    before = said(one)
    store.apply(
        ChangeSet(source="x", reason="x", at=NOON, remove_cis=("a",), put_cis=(CI(ci_id="b", cls="B", name="b"),)),
        idempotency_key="2",
    )
    other = patched(one, store.changes_since(1), 2)
    assert said(one) == before
    assert [ci.ci_id for ci in other.cis()] == ["b"]
