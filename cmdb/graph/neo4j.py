"""The graph store over Neo4j 5, Community or Enterprise.

A CI is a node labelled with its class chain (``:CI:Hardware:Server``), a relation's type is its verb, attributes are
properties, so that the graph reads well in Neo4j Browser. What the hub keeps for itself are ``_Observation``,
``_Claim``, ``_Change``, ``_Revision``, ``_Applied`` and ``_Store`` nodes without relations. Every node has ``class``
and ``name``.

Nothing is connected when the store is made: the constraints are created with the first call that reaches the server.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any, TypeVar

import neo4j
import orjson
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

from cmdb.columns.columns import Columns
from cmdb.columns.fill import NO_TEXT, ci_columns, filled, json_of, numbered, relation_columns
from cmdb.columns.patch import patched
from cmdb.errors import StoreAddressError, StoreSchemaError, StoreUnavailableError
from cmdb.graph import cypher
from cmdb.graph.effects import (
    Effects,
    RelationKey,
    effects,
    observation_from_json,
    observation_json,
    require_revision,
    rewind,
    touched_cis,
    touched_claims,
    touched_relations,
)
from cmdb.graph.properties import from_properties, to_properties
from cmdb.model import CI, Change, ChangeSet, CiId, Claim, LinkedObservation, Relation, Snapshot

_BATCH = 2_000  # rows a statement: bounds what the server holds for one of them
_SCHEMA_VERSION = 1
_CONNECT_TIMEOUT_S = 5.0
_RETRY_S = 10.0  # how long the driver itself tries a transaction again before the caller hears of it
_SNAPSHOT_TRIES = 5

_Result = TypeVar("_Result")
_Row = TypeVar("_Row")
_Key = TypeVar("_Key", bound=Hashable)
_Tx = neo4j.ManagedTransaction


@dataclass(frozen=True, slots=True)
class _Read:
    """A snapshot and the graph that it is of: a server that was emptied or restored counts its revisions anew."""

    graph_id: str
    graph: Snapshot


class Neo4jGraphStore:
    """`cmdb.store.GraphStore` over a Neo4j server. Safe to call from several threads."""

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: str,
        labels: Callable[[str], Sequence[str]],
        database: str = "neo4j",
    ) -> None:
        """Prepare the driver; nothing is connected yet.

        Args:
            url: ``bolt://host:port`` or ``neo4j://host:port`` (``+s`` for TLS).
            user: who to sign in as.
            password: their password.
            labels: the class chain of a class, topmost first (`Catalogue.chain`).
            database: the database on that server.

        Raises:
            StoreAddressError: the driver takes no such URL.
        """
        self._url = url
        self._labels = labels
        self._database = database
        self._driver = _driver(url, user, password)
        self._preparing = Lock()
        self._writing = Lock()
        self._prepared = False
        self._newest: _Read | None = None

    def apply(self, change_set: ChangeSet, *, idempotency_key: str) -> int:
        with self._writing:
            return self._run(lambda tx: self._apply(tx, change_set, idempotency_key), write=True)

    def _apply(self, tx: _Tx, change_set: ChangeSet, key: str) -> int:
        """The body of one transaction. The driver may run it again: its key makes that harmless."""
        revision = int(_one(tx, cypher.GATE, schema_version=_SCHEMA_VERSION)["revision"])
        done = list(tx.run(cypher.APPLIED, key=key))
        if done:
            return int(done[0]["revision"])
        require_revision(change_set, revision)
        cis = _cis(tx, touched_cis(change_set))
        what = effects(
            change_set,
            cis=cis,
            relations=_relations(tx, touched_relations(change_set), change_set.remove_cis),
            claims=_claims(tx, touched_claims(change_set), change_set.remove_cis),
        )
        if what:
            revision += 1
            self._remove(tx, what)
            self._put(tx, what, cis)
            _put_history(tx, what, change_set, revision)
        _put_observations(tx, change_set)
        tx.run(cypher.PUT_APPLIED, key=key, revision=revision).consume()
        return revision

    def _remove(self, tx: _Tx, what: Effects) -> None:
        """Edges before nodes."""
        _each(tx, cypher.REMOVE_CLAIMS, [[claim.kind, claim.value] for claim in what.removed_claims])
        for verb, keys in _grouped(what.removed_relations, lambda key: key[1]):
            _each(tx, cypher.remove_relations(verb), [[start, end] for start, _, end in keys])
        _each(tx, cypher.PARK_OBSERVATIONS, what.removed_cis)
        _each(tx, cypher.REMOVE_CIS, what.removed_cis)

    def _put(self, tx: _Tx, what: Effects, before: Mapping[CiId, CI]) -> None:
        reclassed = [ci for ci in what.put_cis if ci.ci_id in before and before[ci.ci_id].cls != ci.cls]
        for (former, cls), cis in _grouped(reclassed, lambda ci: (before[ci.ci_id].cls, ci.cls)):
            stale = [label for label in self._labels(former) if label not in self._labels(cls)]
            if stale:
                _each(tx, cypher.drop_labels(stale), [ci.ci_id for ci in cis])
        for cls, cis in _grouped(what.put_cis, lambda ci: ci.cls):
            _each(tx, cypher.put_cis(self._labels(cls)), [_ci_row(ci) for ci in cis])
        _each(tx, cypher.PUT_CLAIMS, [_claim_row(claim, ci_id) for claim, ci_id in what.put_claims])
        for verb, edges in _grouped(what.put_relations, lambda edge: edge.type):
            _each(tx, cypher.put_relations(verb), [_relation_row(edge) for edge in edges])

    def revision(self) -> int:
        return self._run(_revision)

    def get(self, ci_id: CiId) -> CI | None:
        return self._run(lambda tx: _cis(tx, [ci_id])).get(ci_id)

    def find(self, claims: Iterable[Claim]) -> dict[Claim, CiId]:
        wanted = set(claims)
        return self._run(lambda tx: _claims(tx, wanted, ()))

    def claims(self) -> Mapping[Claim, CiId]:
        return self._run(lambda tx: dict(_claim(record) for record in tx.run(cypher.CLAIMS)))

    def observations(self, *, source: str | None = None, ci_id: CiId | None = None) -> Sequence[LinkedObservation]:
        wanted = {name: value for name, value in (("source", source), ("ci_id", ci_id)) if value is not None}
        statement = cypher.observations(wanted)
        return self._run(lambda tx: [_observation(record) for record in tx.run(statement, wanted)])

    def snapshot(self, *, revision: int | None = None, at: datetime | None = None) -> Snapshot:
        newest = self._newest_snapshot()
        if at is not None:
            revision = self._run(lambda tx: int(_one(tx, cypher.REVISION_AT, at=at)["revision"]))
        if revision is None or revision >= newest.revision:
            return newest
        wanted = max(revision, 0)
        changes = [change for change in self.changes_since(wanted) if change.revision <= newest.revision]
        cis, relations = rewind(newest.cis, newest.relations, changes)
        return Snapshot(revision=wanted, cis=cis, relations=relations)

    def _newest_snapshot(self) -> Snapshot:
        """Read once per revision.

        Neo4j reads what is committed, statement by statement. So the revision is read before and after, and what lies
        between counts only if it did not move.
        """
        for _ in range(_SNAPSHOT_TRIES):
            found = self._run(partial(_snapshot, known=self._newest))
            if found is not None:
                self._newest = found
                return found.graph
        raise self._too_fast()

    def _too_fast(self) -> StoreUnavailableError:
        return StoreUnavailableError(f"the graph at {self._url} changes faster than it can be read; try again")

    def columns(self, known: Columns | None = None) -> Columns:
        for _ in range(_SNAPSHOT_TRIES):
            found = self._run(partial(_columns, known=known))
            if found is not None:
                return found
        raise self._too_fast()

    def changes_since(self, revision: int) -> Sequence[Change]:
        return self._run(lambda tx: _changes(tx, cypher.CHANGES_SINCE, revision=revision))

    def history(self, ci_id: CiId) -> Sequence[Change]:
        return self._run(lambda tx: _changes(tx, cypher.HISTORY, ci_id=ci_id))

    def close(self) -> None:
        self._driver.close()

    def _run(self, body: Callable[[_Tx], _Result], *, write: bool = False) -> _Result:
        with self._driver_errors(), self._driver.session(database=self._database) as session:
            self._prepare(session)
            return session.execute_write(body) if write else session.execute_read(body)

    def _prepare(self, session: neo4j.Session) -> None:
        """Constraints and indexes, once per store and process."""
        with self._preparing:
            if self._prepared:
                return
            for statement in cypher.SCHEMA:
                session.run(statement).consume()
            known = session.run(cypher.SCHEMA_VERSION).single()
            if known is not None and known["schema_version"] > _SCHEMA_VERSION:
                version = known["schema_version"]
                raise StoreSchemaError(
                    f"the graph at {self._url} has schema {version}, newer than ours; update the hub"
                )
            self._prepared = True

    @contextmanager
    def _driver_errors(self) -> Iterator[None]:
        try:
            yield
        except AuthError as error:
            raise StoreUnavailableError(f"Neo4j at {self._url} refuses the user or password") from error
        except (DriverError, Neo4jError) as error:
            raise StoreUnavailableError(f"Neo4j at {self._url} does not answer: {error}") from error


def _driver(url: str, user: str, password: str) -> neo4j.Driver:
    try:
        return neo4j.GraphDatabase.driver(
            url,
            auth=(user, password),
            connection_timeout=_CONNECT_TIMEOUT_S,
            connection_acquisition_timeout=_RETRY_S,
            max_transaction_retry_time=_RETRY_S,
            notifications_min_severity="OFF",
        )
    except (ConfigurationError, ValueError) as error:
        raise StoreAddressError(f"the URL of the graph is none that its driver takes: {error}") from error


def _one(tx: _Tx, statement: str, **arguments: Any) -> neo4j.Record:
    return tx.run(statement, **arguments).single(strict=True)


def _each(tx: _Tx, statement: str, rows: Sequence[Any]) -> None:
    """Run a statement that begins with ``UNWIND $rows``, some thousand rows at a time."""
    for start in range(0, len(rows), _BATCH):
        tx.run(statement, rows=list(rows[start : start + _BATCH])).consume()


def _read_each(tx: _Tx, statement: str, rows: Sequence[Any]) -> Iterator[neo4j.Record]:
    for start in range(0, len(rows), _BATCH):
        yield from tx.run(statement, rows=list(rows[start : start + _BATCH]))


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], _Key]) -> Iterable[tuple[_Key, list[_Row]]]:
    groups: dict[_Key, list[_Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups.items()


def _revision(tx: _Tx) -> int:
    return int(_one(tx, cypher.REVISION)["revision"])


def _ci(properties: Mapping[str, Any]) -> CI:
    attributes = from_properties(properties)
    return CI(ci_id=properties["ci_id"], cls=properties["class"], name=properties["name"], attributes=attributes)


def _ci_row(ci: CI) -> dict[str, Any]:
    identity = {"ci_id": ci.ci_id, "class": ci.cls, "name": ci.name}
    return {"ci_id": ci.ci_id, "properties": {**to_properties(ci.attributes), **identity}}


def _relation(record: neo4j.Record) -> Relation:
    start, verb, end, properties = record.values()
    return Relation(from_id=start, type=verb, to_id=end, attributes=from_properties(properties))


def _ci_texts(properties: Mapping[str, Any]) -> tuple[str, str, str, bytes]:
    return properties["ci_id"], properties["class"], properties["name"], json_of(from_properties(properties))


def _relation_texts(record: neo4j.Record) -> tuple[str, str, str, bytes]:
    start, verb, end, properties = record.values()
    return start, verb, end, json_of(from_properties(properties)) if properties else NO_TEXT


def _relation_row(edge: Relation) -> dict[str, Any]:
    return {"start": edge.from_id, "end": edge.to_id, "properties": to_properties(edge.attributes)}


def _claim(record: neo4j.Record) -> tuple[Claim, CiId]:
    kind, value, ci_id = record.values()
    return Claim(kind=kind, value=value), ci_id


def _claim_row(claim: Claim, ci_id: CiId) -> dict[str, str]:
    return {"kind": claim.kind, "value": claim.value, "ci_id": ci_id}


def _observation(record: neo4j.Record) -> LinkedObservation:
    source, native_key, ci_id, body = record.values()
    return LinkedObservation(observation=observation_from_json(source, native_key, body), ci_id=ci_id)


def _cis(tx: _Tx, ci_ids: Iterable[CiId]) -> dict[CiId, CI]:
    cis = (_ci(record["ci"]) for record in _read_each(tx, cypher.CIS_BY_ID, sorted(ci_ids)))
    return {ci.ci_id: ci for ci in cis}


def _relations(tx: _Tx, keys: Iterable[RelationKey], of_cis: Sequence[CiId]) -> dict[RelationKey, Relation]:
    exact = _read_each(tx, cypher.RELATIONS_BY_KEY, sorted(map(list, keys)))
    found = [_relation(record) for record in exact]
    found += [_relation(record) for record in _read_each(tx, cypher.RELATIONS_AROUND, sorted(of_cis))]
    return {edge.key: edge for edge in found}


def _claims(tx: _Tx, claims: Iterable[Claim], of_cis: Sequence[CiId]) -> dict[Claim, CiId]:
    keys = sorted([claim.kind, claim.value] for claim in claims)
    found = [_claim(record) for record in _read_each(tx, cypher.CLAIMS_BY_KEY, keys)]
    found += [_claim(record) for record in _read_each(tx, cypher.CLAIMS_OF, sorted(of_cis))]
    return dict(found)


def _snapshot(tx: _Tx, known: _Read | None) -> _Read | None:
    """The graph at one revision, or ``None`` if it moved while it was read."""
    revision, graph_id = _one(tx, cypher.REVISION).values()
    if known is not None and (known.graph_id, known.graph.revision) == (graph_id, revision):
        return known
    cis = tuple(_ci(record["ci"]) for record in tx.run(cypher.CIS))
    edges = tuple(sorted((_relation(record) for record in tx.run(cypher.RELATIONS)), key=lambda edge: edge.key))
    if _revision(tx) != revision:
        return None
    return _Read(graph_id, Snapshot(revision=revision, cis=cis, relations=edges))


def _columns(tx: _Tx, known: Columns | None) -> Columns | None:
    """The graph at one revision, or ``None`` if it moved while it was read."""
    revision, graph_id = _one(tx, cypher.REVISION).values()
    made = _made(tx, graph_id, revision)
    if known is not None and known.made == _made(tx, graph_id, known.revision):
        if known.revision == revision:
            return known
        changes = _changes(tx, cypher.CHANGES_SINCE, revision=known.revision)
        return patched(known, [change for change in changes if change.revision <= revision], revision, made)
    cis = ci_columns(_ci_texts(record["ci"]) for record in tx.run(cypher.CIS))
    relations = relation_columns(map(_relation_texts, tx.run(cypher.RELATIONS)), numbered(cis))
    return filled(revision, cis, relations, made) if _revision(tx) == revision else None


def _made(tx: _Tx, graph_id: str, revision: int) -> str:
    """Of which graph, and when and by whom, a revision was made."""
    row = tx.run(cypher.MADE, revision=revision).single()
    return " ".join((graph_id, *(map(str, row.values()) if row is not None else ())))


def _changes(tx: _Tx, statement: str, **arguments: Any) -> list[Change]:
    rows = [record["change"] for record in tx.run(statement, **arguments)]
    oldest = rows[0]["revision"] - 1 if rows else 0
    revisions = {record["revision"]: record for record in tx.run(cypher.REVISIONS_SINCE, revision=oldest)}
    return [_change(row, revisions[row["revision"]]) for row in rows]


def _change(row: Mapping[str, Any], revision: neo4j.Record) -> Change:
    before, after = row.get("before"), row.get("after")
    return Change(
        revision=row["revision"],
        at=revision["at"].to_native().astimezone(UTC),
        source=revision["source"],
        reason=revision["reason"],
        ci_id=row["ci_id"],
        what=row["what"],
        before=None if before is None else orjson.loads(before),
        after=None if after is None else orjson.loads(after),
    )


def _put_history(tx: _Tx, what: Effects, change_set: ChangeSet, revision: int) -> None:
    tx.run(
        cypher.PUT_REVISION,
        revision=revision,
        at=change_set.at,
        source=change_set.source,
        reason=change_set.reason,
    ).consume()
    rows = [
        {
            "revision": revision,
            "place": place,
            "what": row.what,
            "ci_id": row.ci_id,
            "other_id": row.other_id or None,
            "before": row.before.decode() if row.before is not None else None,
            "after": row.after.decode() if row.after is not None else None,
            "class": "_Change",
            "name": f"revision {revision}, change {place}",
        }
        for place, row in enumerate(what.rows)
    ]
    _each(tx, cypher.PUT_CHANGES, rows)


def _put_observations(tx: _Tx, change_set: ChangeSet) -> None:
    _each(tx, cypher.REMOVE_OBSERVATIONS, [list(key) for key in change_set.remove_observations])
    rows = [
        {
            "source": link.observation.source,
            "native_key": link.observation.native_key,
            "ci_id": link.ci_id,
            "body": observation_json(link.observation).decode(),
            "name": f"{link.observation.name} ({link.observation.source})",
        }
        for link in change_set.put_observations
    ]
    _each(tx, cypher.PUT_OBSERVATIONS, rows)
