"""One contract, every graph store: what the port promises, and the same answers as a naive oracle.

No test here knows which store it runs on; `test_no_expectation_names_a_store` sees to it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.columns.columns import Columns
from cmdb.columns.fill import columns_of
from cmdb.errors import ClaimTakenError, CmdbError, RevisionMovedError, UnknownCiError
from cmdb.model import (
    CI,
    ChangeSet,
    Claim,
    LinkedObservation,
    Observation,
    ObservedRelation,
    Relation,
    ScopedClaim,
    Value,
)
from cmdb.store import GraphStore
from tests.cmdb.oracle import OracleGraphStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERIAL = Claim(kind="serial", value="acme|x1")


def ci(ci_id: str, cls: str = "Server", **attributes: Value) -> CI:
    return CI(ci_id=ci_id, cls=cls, name=f"the {ci_id}", attributes=attributes)


def depends(start: str, end: str, **attributes: Value) -> Relation:
    return Relation(from_id=start, type="DEPENDS_ON", to_id=end, attributes=attributes)


def changes(minute: int = 0, **parts: object) -> ChangeSet:
    at = NOON + timedelta(minutes=minute)
    return ChangeSet(source="manual", reason="test", at=at, **parts)  # type: ignore[arg-type]


def seen(native_key: str, ci_id: str | None, name: str = "db") -> LinkedObservation:
    observation = Observation(
        source="discovery:snmp",
        native_key=native_key,
        cls="Server",
        name=name,
        observed_at=NOON + timedelta(microseconds=123_457),
        attributes={"os": "linux", "deep": {"list": [1, 2.5, True, "x"]}},
        claims=(SERIAL,),
        scoped_claims=(ScopedClaim(kind="port", refs=("d1",), value="gi1"),),
        relations=(ObservedRelation(type="DEPENDS_ON", to="other", attributes={"weight": 2}),),
    )
    return LinkedObservation(observation=observation, ci_id=ci_id)


def test_an_empty_graph_is_at_revision_zero(store: GraphStore) -> None:
    assert store.revision() == 0
    assert store.get("a") is None
    assert store.find([SERIAL]) == {}
    assert (store.snapshot().cis, store.snapshot().relations) == ((), ())
    assert list(store.changes_since(0)) == []


def test_what_was_applied_can_be_read_back(store: GraphStore) -> None:
    server = ci("a", os="linux", cpu_cores=8, load=0.5, anchor=True, addresses=["10.0.0.1"], empty=[])
    change_set = changes(
        put_cis=(server, ci("b", "Switch")),
        put_relations=(depends("a", "b", group="power", weight=2),),
        put_claims=((SERIAL, "a"),),
        put_observations=(seen("k1", "a"), seen("k2", None)),
    )
    assert store.apply(change_set, idempotency_key="1") == 1
    assert store.get("a") == server
    assert store.find([SERIAL, Claim(kind="serial", value="other")]) == {SERIAL: "a"}
    assert store.claims() == {SERIAL: "a"}
    assert store.snapshot().cis == (server, ci("b", "Switch"))
    assert store.snapshot().relations == (depends("a", "b", group="power", weight=2),)
    assert list(store.observations()) == [seen("k1", "a"), seen("k2", None)]
    assert list(store.observations(source="import:x")) == []


def test_observations_can_be_asked_for_by_source_and_by_what_they_were_taken_for(store: GraphStore) -> None:
    mine, other, parked = seen("k1", "a"), seen("k2", "b"), seen("k3", None)
    store.apply(changes(put_cis=(ci("a"), ci("b")), put_observations=(mine, other, parked)), idempotency_key="1")
    assert list(store.observations(ci_id="a")) == [mine]
    assert list(store.observations(ci_id="a", source="discovery:snmp")) == [mine]
    assert list(store.observations(ci_id="a", source="manual")) == []
    assert list(store.observations(ci_id="c")) == []


def test_the_same_key_again_writes_nothing_and_returns_the_same_revision(store: GraphStore) -> None:
    assert store.apply(changes(put_cis=(ci("a"),)), idempotency_key="run-1") == 1
    assert store.apply(changes(put_cis=(ci("b"),)), idempotency_key="run-2") == 2
    assert store.apply(changes(put_cis=(ci("c"),)), idempotency_key="run-1") == 1
    assert store.get("c") is None
    assert store.revision() == 2


def test_a_run_that_finds_nothing_new_leaves_the_revision_as_it_is(store: GraphStore) -> None:
    first = changes(put_cis=(ci("a"),), put_claims=((SERIAL, "a"),), put_observations=(seen("k1", "a"),))
    store.apply(first, idempotency_key="1")
    again = changes(minute=5, put_cis=(ci("a"),), put_claims=((SERIAL, "a"),), put_observations=(seen("k1", "a", "x"),))
    assert store.apply(again, idempotency_key="2") == 1
    assert [link.observation.name for link in store.observations()] == ["x"]
    assert len(store.changes_since(0)) == 1


def test_a_claim_of_another_ci_is_refused_and_nothing_is_written(store: GraphStore) -> None:
    store.apply(changes(put_cis=(ci("a"), ci("b")), put_claims=((SERIAL, "a"),)), idempotency_key="1")
    with pytest.raises(ClaimTakenError):
        store.apply(changes(put_cis=(ci("c"),), put_claims=((SERIAL, "b"),)), idempotency_key="2")
    assert (store.revision(), store.get("c"), store.find([SERIAL])) == (1, None, {SERIAL: "a"})


def test_a_claim_can_move_in_one_change_set(store: GraphStore) -> None:
    store.apply(changes(put_cis=(ci("a"), ci("b")), put_claims=((SERIAL, "a"),)), idempotency_key="1")
    moved = changes(remove_claims=(SERIAL,), put_claims=((SERIAL, "b"),))
    assert store.apply(moved, idempotency_key="2") == 2
    assert store.find([SERIAL]) == {SERIAL: "b"}


def test_a_relation_to_nothing_is_refused_and_nothing_is_written(store: GraphStore) -> None:
    with pytest.raises(UnknownCiError):
        store.apply(changes(put_cis=(ci("a"),), put_relations=(depends("a", "b"),)), idempotency_key="1")
    assert (store.revision(), store.get("a")) == (0, None)


def test_a_change_set_drawn_up_on_an_older_graph_is_refused(store: GraphStore) -> None:
    store.apply(changes(put_cis=(ci("a"),)), idempotency_key="1")
    with pytest.raises(RevisionMovedError):
        store.apply(changes(put_cis=(ci("b"),), drawn_up_on=0), idempotency_key="2")
    assert store.get("b") is None
    assert store.apply(changes(put_cis=(ci("b"),), drawn_up_on=1), idempotency_key="3") == 2


def test_a_removed_ci_takes_its_relations_and_claims_along_and_parks_its_observations(store: GraphStore) -> None:
    first = changes(
        put_cis=(ci("a"), ci("b"), ci("c")),
        put_relations=(depends("a", "b"), depends("b", "c"), depends("a", "c")),
        put_claims=((SERIAL, "b"),),
        put_observations=(seen("k1", "b"),),
    )
    store.apply(first, idempotency_key="1")
    store.apply(changes(minute=1, remove_cis=("b",)), idempotency_key="2")
    assert store.snapshot().relations == (depends("a", "c"),)
    assert store.claims() == {}
    assert [link.ci_id for link in store.observations()] == [None]
    tombstones = [change for change in store.changes_since(1) if change.after is None]
    assert [(change.what, change.ci_id) for change in tombstones] == [
        ("ci", "b"),
        ("relation", "a"),
        ("relation", "b"),
    ]


def test_the_graph_as_it_was_at_a_revision_and_at_a_time(store: GraphStore) -> None:
    store.apply(changes(minute=0, put_cis=(ci("a", os="old"), ci("b"))), idempotency_key="1")
    store.apply(
        changes(minute=10, put_cis=(ci("a", os="new"),), put_relations=(depends("a", "b"),)), idempotency_key="2"
    )
    store.apply(changes(minute=20, remove_cis=("b",)), idempotency_key="3")
    first, second = store.snapshot(revision=1), store.snapshot(at=NOON + timedelta(minutes=15))
    assert (first.revision, first.cis, first.relations) == (1, (ci("a", os="old"), ci("b")), ())
    assert (second.revision, second.cis) == (2, (ci("a", os="new"), ci("b")))
    assert second.relations == (depends("a", "b"),)
    assert store.snapshot(at=NOON - timedelta(seconds=1)).cis == ()
    assert store.snapshot(at=NOON + timedelta(minutes=20)).cis == (ci("a", os="new"),)


def test_history_says_who_changed_what_when_and_why(store: GraphStore) -> None:
    store.apply(changes(minute=0, put_cis=(ci("a", os="old"), ci("b"))), idempotency_key="1")
    store.apply(
        changes(minute=1, put_cis=(ci("a", os="new"),), put_relations=(depends("b", "a"),)), idempotency_key="2"
    )
    told = store.history("a")
    assert [(change.revision, change.what) for change in told] == [(1, "ci"), (2, "ci"), (2, "relation")]
    assert told[1].before == {"class": "Server", "name": "the a", "attributes": {"os": "old"}}
    assert told[1].after == {"class": "Server", "name": "the a", "attributes": {"os": "new"}}
    assert (told[1].at, told[1].source, told[1].reason) == (NOON + timedelta(minutes=1), "manual", "test")
    assert told[2].after == {"from": "b", "type": "DEPENDS_ON", "to": "a", "attributes": {}}


def test_a_ci_whose_class_is_refined_keeps_its_relations(store: GraphStore) -> None:
    first = changes(put_cis=(ci("a", "Hardware"), ci("b")), put_relations=(depends("b", "a"),))
    store.apply(first, idempotency_key="1")
    store.apply(changes(put_cis=(ci("a", "CoolingUnit"),)), idempotency_key="2")
    assert store.get("a") == ci("a", "CoolingUnit")
    assert store.snapshot().relations == (depends("b", "a"),)


def test_several_threads_read_and_write_at_once(store: GraphStore) -> None:
    failures: list[Exception] = []

    def work(name: str) -> None:
        try:
            for number in range(5):
                store.apply(changes(put_cis=(ci(f"{name}{number}"),)), idempotency_key=f"{name}{number}")
                graph = store.snapshot()
                assert len(graph.cis) == graph.revision
        except (AssertionError, CmdbError) as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.revision() == 20


def test_a_change_set_of_thousands_is_one_revision(store: GraphStore) -> None:
    cis = tuple(ci(f"{number:05}") for number in range(4_500))
    edges = tuple(depends(f"{number:05}", f"{number + 1:05}") for number in range(4_499))
    assert store.apply(changes(put_cis=cis, put_relations=edges), idempotency_key="1") == 1
    assert len(store.snapshot().cis) == 4_500
    assert len(store.snapshot().relations) == 4_499
    store.apply(changes(remove_cis=tuple(each.ci_id for each in cis[:4_000])), idempotency_key="2")
    assert (len(store.snapshot().cis), len(store.snapshot().relations)) == (500, 499)


IDS = st.sampled_from("abcde")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
SCALARS = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2), max_leaves=4
)
NAMES = st.sampled_from(["os", "class", "ci_id", "name", "_json", "_x", "", "Größe", "with space"])
ATTRIBUTES = st.dictionaries(NAMES, VALUES, max_size=3)
CLAIMS = st.builds(Claim, kind=st.sampled_from(["serial", "mac"]), value=st.sampled_from("xyz"))
CIS = st.builds(
    CI, ci_id=IDS, cls=st.sampled_from(["Server", "Switch", "Hardware", "Person"]), name=TEXTS, attributes=ATTRIBUTES
)
RELATIONS = st.builds(
    Relation, from_id=IDS, type=st.sampled_from(["USES", "RUNS_ON"]), to_id=IDS, attributes=ATTRIBUTES
)
RELATION_KEYS = st.tuples(IDS, st.sampled_from(["USES", "RUNS_ON"]), IDS)
OBSERVATIONS = st.builds(seen, native_key=st.sampled_from("kl"), ci_id=st.none() | IDS, name=TEXTS)


def few(
    strategy: st.SearchStrategy[object], *, by: Callable[[object], object]
) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=4, unique_by=by).map(tuple)


CHANGE_SETS = st.builds(
    ChangeSet,
    source=st.just("manual"),
    reason=st.just("drawn"),
    at=st.integers(0, 10).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    put_cis=few(CIS, by=lambda each: each.ci_id),  # type: ignore[attr-defined]
    remove_cis=few(IDS, by=lambda each: each),
    put_relations=few(RELATIONS, by=lambda each: each.key),  # type: ignore[attr-defined]
    remove_relations=few(RELATION_KEYS, by=lambda each: each),
    put_observations=few(OBSERVATIONS, by=lambda each: each.observation.native_key),  # type: ignore[attr-defined]
    remove_observations=few(st.tuples(st.just("discovery:snmp"), st.sampled_from("kl")), by=lambda each: each),
    put_claims=few(st.tuples(CLAIMS, IDS), by=lambda each: each[0]),  # type: ignore[index]
    remove_claims=few(CLAIMS, by=lambda each: each),
)


def outcome(store: GraphStore, change_set: ChangeSet, key: str) -> int | str:
    try:
        return store.apply(change_set, idempotency_key=key)
    except CmdbError as error:
        return type(error).__name__


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(st.tuples(CHANGE_SETS, st.sampled_from("1234567")), min_size=1, max_size=6))
def test_any_course_of_change_sets_ends_as_the_oracle_says(
    new_store: Callable[[], GraphStore], runs: list[tuple[ChangeSet, str]]
) -> None:
    store, oracle = new_store(), OracleGraphStore()
    for change_set, key in runs:
        assert outcome(store, change_set, key) == outcome(oracle, change_set, key)
    assert store.claims() == oracle.claims()
    assert list(store.observations()) == list(oracle.observations())
    for number in range(-1, oracle.revision() + 2):
        assert store.snapshot(revision=number) == oracle.snapshot(revision=number)
        assert list(store.changes_since(number)) == list(oracle.changes_since(number))
    for minute in range(-1, 11):
        at = NOON + timedelta(minutes=minute)
        assert store.snapshot(at=at) == oracle.snapshot(at=at)
    assert rows(store.columns()) == rows(columns_of(oracle.snapshot()))
    for ci_id in "abcde":
        assert store.get(ci_id) == oracle.get(ci_id)
        assert list(store.observations(ci_id=ci_id)) == list(oracle.observations(ci_id=ci_id))
        assert list(store.history(ci_id)) == list(oracle.history(ci_id))


def rows(columns: Columns) -> tuple[object, ...]:
    return columns.revision, list(columns.cis()), list(columns.relations())


@pytest.mark.parametrize("ids", [("a", "bb", "c\u00e9"), ("01A", "01B", "01C")], ids=["of any width", "of one width"])
def test_columns_say_what_the_snapshot_says(store: GraphStore, ids: tuple[str, str, str]) -> None:
    one, other, third = ids
    empty = store.columns()
    assert rows(empty) == (0, [], [])
    edges = (
        depends(one, other, group="power", weight=2),
        depends(one, third),
        depends(third, other, group="power", weight=2),
        depends(third, third, name="\u4e2d\u6587"),
        Relation(from_id=one, type="RUNS_ON", to_id=other),
        Relation(from_id=other, type="USES", to_id=one),
    )
    cis = (ci(one, os="linux", deep={"list": [1, 2.5]}), ci(other, "Switch"), ci(third, name_of="\u4e2d"))
    store.apply(changes(put_cis=cis, put_relations=edges), idempotency_key="1")
    graph = store.snapshot()
    assert rows(store.columns()) == (1, list(graph.cis), list(graph.relations))
    assert rows(store.columns(empty)) == (1, list(graph.cis), list(graph.relations))


def test_columns_in_hand_are_brought_up_to_date_by_what_changed(store: GraphStore) -> None:
    store.apply(changes(put_cis=(ci("a"), ci("b")), put_relations=(depends("a", "b"),)), idempotency_key="1")
    first = store.columns()
    assert store.columns(first) is first
    store.apply(changes(minute=1, put_cis=(ci("c", os="x"),), put_relations=(depends("c", "a"),)), idempotency_key="2")
    store.apply(changes(minute=2, remove_cis=("b",), put_claims=((SERIAL, "c"),)), idempotency_key="3")
    second = store.columns(first)
    assert second.base is first.base
    assert rows(second) == rows(store.columns()) == (3, [ci("a"), ci("c", os="x")], [depends("c", "a")])
    assert rows(first) == (1, [ci("a"), ci("b")], [depends("a", "b")])


def test_columns_of_another_graph_are_not_built_upon(new_store: Callable[[], GraphStore]) -> None:
    """A backup that was put back, or another store altogether: the number of the revision says nothing."""
    before = new_store()
    before.apply(changes(put_cis=(ci("a"),)), idempotency_key="1")
    before.apply(changes(minute=1, put_cis=(ci("b"),)), idempotency_key="2")
    known = before.columns()
    after = new_store()
    after.apply(changes(put_cis=(ci("a"),)), idempotency_key="1")
    assert rows(after.columns(known)) == (1, [ci("a")], [])
    after.apply(changes(minute=2, put_cis=(ci("x"),)), idempotency_key="2")
    after.apply(changes(minute=3, put_cis=(ci("y"),)), idempotency_key="3")
    assert rows(after.columns(known)) == (3, [ci("a"), ci("x"), ci("y")], [])


def test_no_expectation_names_a_store() -> None:
    body = re.sub(r'(?s)^""".*?"""', "", Path(__file__).read_text())
    body = body.rpartition("def test_no_expectation_names_a_store")[0]
    assert not re.search(r"(?i)sqlite|neo4j|cypher|skipif", body)
