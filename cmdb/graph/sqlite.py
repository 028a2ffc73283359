"""The embedded graph store: one SQLite file.

One writing connection, guarded by a lock, and one reading connection beside it, so that a discovery that writes does
not hold up a page that reads (WAL). ``synchronous=FULL``: a commit survives power loss.
SQLite before 3.51.3 has a WAL bug with several writing connections to one file, hence exactly one: a lock file beside
it keeps a second hub out, which may have another data directory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

import orjson

from cmdb.columns.columns import Columns
from cmdb.columns.patch import patched
from cmdb.errors import StoreLockedError, StoreSchemaError, StoreUnavailableError
from cmdb.graph.effects import (
    Effects,
    RelationKey,
    effects,
    from_microseconds,
    observation_from_json,
    observation_json,
    require_revision,
    rewind,
    to_microseconds,
    touched_cis,
    touched_claims,
    touched_relations,
)
from cmdb.graph.sqlite_columns import read_columns
from cmdb.model import CI, Change, ChangeSet, CiId, Claim, LinkedObservation, Relation, Snapshot
from ledger.engine import FileLock
from ledger.errors import LedgerLockedError

_APPLICATION_ID = 0x46507468  # "FPth": so that file(1) and we know the file
_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE revision (
    revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE applied (idempotency_key TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ci (
    ci_id TEXT PRIMARY KEY, class TEXT NOT NULL, name TEXT NOT NULL, attributes BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE relation (
    from_id TEXT NOT NULL REFERENCES ci, type TEXT NOT NULL, to_id TEXT NOT NULL REFERENCES ci,
    attributes BLOB NOT NULL, PRIMARY KEY (from_id, type, to_id)) WITHOUT ROWID;
CREATE INDEX relation_to ON relation (to_id);
CREATE TABLE claim (
    kind TEXT NOT NULL, value TEXT NOT NULL, ci_id TEXT NOT NULL REFERENCES ci,
    PRIMARY KEY (kind, value)) WITHOUT ROWID;
CREATE INDEX claim_ci ON claim (ci_id);
CREATE TABLE observation (
    source TEXT NOT NULL, native_key TEXT NOT NULL, ci_id TEXT, body BLOB NOT NULL,
    PRIMARY KEY (source, native_key)) WITHOUT ROWID;
CREATE INDEX observation_ci ON observation (ci_id);
CREATE TABLE change (
    revision INTEGER NOT NULL REFERENCES revision, place INTEGER NOT NULL, what TEXT NOT NULL,
    ci_id TEXT NOT NULL, other_id TEXT NOT NULL, before BLOB, after BLOB,
    PRIMARY KEY (revision, place)) WITHOUT ROWID;
CREATE INDEX change_ci ON change (ci_id);
CREATE INDEX change_other ON change (other_id) WHERE other_id <> '';
"""
_CHANGES = """
SELECT c.revision, r.at, r.source, r.reason, c.ci_id, c.what, c.before, c.after
FROM change c JOIN revision r USING (revision) WHERE {where} ORDER BY c.revision, c.place"""

_Result = TypeVar("_Result")


class SqliteGraphStore:
    """`cmdb.store.GraphStore` over one file. Safe to call from several threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            StoreSchemaError: the file is not a graph of ours, or of a newer version.
            StoreLockedError: another hub has it open.
            StoreUnavailableError: the file cannot be opened.
        """
        self._writing, self._reading = Lock(), Lock()
        self._newest: Snapshot | None = None
        with ExitStack() as undo, _driver_errors():
            undo.callback(_take_lock(path).release)
            self._writer = undo.enter_context(closing(_connect(path)))
            self._prepare(path)
            self._reader = undo.enter_context(closing(_connect(path)))
            self._reader.execute("PRAGMA query_only=ON")
            self._open = undo.pop_all()

    def _prepare(self, path: Path) -> None:
        (application,) = self._writer.execute("PRAGMA application_id").fetchone()
        (version,) = self._writer.execute("PRAGMA user_version").fetchone()
        (tables,) = self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != _APPLICATION_ID:
            raise StoreSchemaError(f"{path} is a database of another program; name another file")
        if version > _SCHEMA_VERSION:
            raise StoreSchemaError(f"{path} was written by a newer version (schema {version}); update the hub")
        if not tables:
            marks = f"PRAGMA application_id={_APPLICATION_ID}; PRAGMA user_version={_SCHEMA_VERSION};"
            self._writer.executescript(f"BEGIN; {marks} {_SCHEMA} COMMIT;")

    def apply(self, change_set: ChangeSet, *, idempotency_key: str) -> int:
        with self._writing, _driver_errors(), _transaction(self._writer, "IMMEDIATE") as db:
            done = db.execute("SELECT revision FROM applied WHERE idempotency_key=?", (idempotency_key,)).fetchone()
            if done:
                return int(done[0])
            revision = _revision(db)
            require_revision(change_set, revision)
            what = effects(
                change_set,
                cis=_read_cis(db, touched_cis(change_set)),
                relations=_read_relations(db, touched_relations(change_set), change_set.remove_cis),
                claims=_read_claims(db, touched_claims(change_set), change_set.remove_cis),
            )
            if what:
                revision += 1
                _write(db, what, change_set, revision)
            _write_observations(db, change_set)
            db.execute("INSERT INTO applied VALUES (?, ?)", (idempotency_key, revision))
            return revision

    def revision(self) -> int:
        return self._read(_revision)

    def get(self, ci_id: CiId) -> CI | None:
        return self._read(lambda db: _read_cis(db, [ci_id])).get(ci_id)

    def find(self, claims: Iterable[Claim]) -> dict[Claim, CiId]:
        wanted = set(claims)
        return self._read(lambda db: _read_claims(db, wanted, ()))

    def claims(self) -> Mapping[Claim, CiId]:
        rows = self._read(lambda db: db.execute("SELECT kind, value, ci_id FROM claim").fetchall())
        return {Claim(kind=kind, value=value): ci_id for kind, value, ci_id in rows}

    def observations(self, *, source: str | None = None, ci_id: CiId | None = None) -> Sequence[LinkedObservation]:
        wanted = {name: value for name, value in (("source", source), ("ci_id", ci_id)) if value is not None}
        rows = self._read(lambda db: db.execute(_observations(wanted), wanted).fetchall())
        return [
            LinkedObservation(observation=observation_from_json(seen_by, native_key, body), ci_id=taken_for)
            for seen_by, native_key, taken_for, body in rows
        ]

    def snapshot(self, *, revision: int | None = None, at: datetime | None = None) -> Snapshot:
        with self._reading, _driver_errors(), _transaction(self._reader, "DEFERRED") as db:
            newest = self._newest_snapshot(db)
            wanted = _revision_at(db, at) if at is not None else revision
            if wanted is None or wanted >= newest.revision:
                return newest
            changes = _read_changes(db, "c.revision > ?", wanted)
        cis, relations = rewind(newest.cis, newest.relations, changes)
        return Snapshot(revision=max(wanted, 0), cis=cis, relations=relations)

    def _newest_snapshot(self, db: sqlite3.Connection) -> Snapshot:
        """Read once per revision: frozen values can be handed to everyone."""
        revision = _revision(db)
        if self._newest is None or self._newest.revision != revision:
            cis = db.execute("SELECT ci_id, class, name, attributes FROM ci ORDER BY ci_id")
            relations = db.execute("SELECT * FROM relation ORDER BY from_id, type, to_id")
            self._newest = Snapshot(
                revision=revision,
                cis=tuple(_ci(row) for row in cis),
                relations=tuple(_relation(row) for row in relations),
            )
        return self._newest

    def columns(self, known: Columns | None = None) -> Columns:
        with self._reading, _driver_errors(), _transaction(self._reader, "DEFERRED") as db:
            revision = _revision(db)
            made = _made(db, revision)
            if known is None or known.made != _made(db, known.revision):
                return read_columns(db, revision, made)
            if known.revision == revision:
                return known
            return patched(known, _read_changes(db, "c.revision > ?", known.revision), revision, made)

    def changes_since(self, revision: int) -> Sequence[Change]:
        return self._read(lambda db: _read_changes(db, "c.revision > ?", revision))

    def history(self, ci_id: CiId) -> Sequence[Change]:
        return self._read(lambda db: _read_changes(db, "c.ci_id = ? OR c.other_id = ?", ci_id, ci_id))

    def close(self) -> None:
        with self._writing, self._reading:
            self._open.close()

    def _read(self, query: Callable[[sqlite3.Connection], _Result]) -> _Result:
        with self._reading, _driver_errors():
            return query(self._reader)


def _take_lock(path: Path) -> FileLock:
    try:
        return FileLock.take(path.with_name(path.name + ".lock"))
    except LedgerLockedError as error:
        raise StoreLockedError(str(error)) from None
    except OSError as error:
        raise StoreUnavailableError(f"{path} cannot be opened: {error.strerror}") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


@contextmanager
def _driver_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            raise StoreSchemaError("the graph file is not a database of ours; name another file") from error
        raise StoreUnavailableError(f"the graph file does not answer: {error}") from error


@contextmanager
def _transaction(db: sqlite3.Connection, kind: str) -> Iterator[sqlite3.Connection]:
    db.execute(f"BEGIN {kind}")
    try:
        yield db
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _revision(db: sqlite3.Connection) -> int:
    (revision,) = db.execute("SELECT coalesce(max(revision), 0) FROM revision").fetchone()
    return int(revision)


def _made(db: sqlite3.Connection, revision: int) -> str:
    """When and by whom a revision was made; empty if there is none of that number."""
    row = db.execute("SELECT at, source, reason FROM revision WHERE revision = ?", (revision,)).fetchone()
    return orjson.dumps(row).decode() if row else ""


def _revision_at(db: sqlite3.Connection, at: datetime) -> int:
    query = "SELECT coalesce(max(revision), 0) FROM revision WHERE at <= ?"
    (revision,) = db.execute(query, (to_microseconds(at),)).fetchone()
    return int(revision)


def _observations(columns: Iterable[str]) -> str:
    where = " AND ".join(f"{name}=:{name}" for name in columns) or "TRUE"
    return f"SELECT source, native_key, ci_id, body FROM observation WHERE {where} ORDER BY source, native_key"  # noqa: S608


def _json(values: Iterable[object]) -> str:
    """A list as one argument for ``json_each``: any number of values, one prepared statement."""
    return orjson.dumps(list(values)).decode()


def _ci(row: tuple[str, str, str, bytes]) -> CI:
    ci_id, cls, name, attributes = row
    return CI(ci_id=ci_id, cls=cls, name=name, attributes=orjson.loads(attributes))


def _relation(row: tuple[str, str, str, bytes]) -> Relation:
    from_id, verb, to_id, attributes = row
    return Relation(from_id=from_id, type=verb, to_id=to_id, attributes=orjson.loads(attributes))


def _read_cis(db: sqlite3.Connection, ci_ids: Iterable[CiId]) -> dict[CiId, CI]:
    query = "SELECT ci_id, class, name, attributes FROM ci WHERE ci_id IN (SELECT value FROM json_each(?))"
    return {row[0]: _ci(row) for row in db.execute(query, (_json(ci_ids),))}


def _read_relations(
    db: sqlite3.Connection, keys: Iterable[RelationKey], of_cis: Iterable[CiId]
) -> dict[RelationKey, Relation]:
    exact = """SELECT r.* FROM json_each(?) k CROSS JOIN relation r ON r.from_id = json_extract(k.value, '$[0]')
               AND r.type = json_extract(k.value, '$[1]') AND r.to_id = json_extract(k.value, '$[2]')"""
    around = """SELECT * FROM relation WHERE from_id IN (SELECT value FROM json_each(?1))
                UNION SELECT * FROM relation WHERE to_id IN (SELECT value FROM json_each(?1))"""
    rows = [*db.execute(exact, (_json(keys),)), *db.execute(around, (_json(of_cis),))]
    relations = map(_relation, rows)
    return {relation.key: relation for relation in relations}


def _read_claims(db: sqlite3.Connection, claims: Iterable[Claim], of_cis: Iterable[CiId]) -> dict[Claim, CiId]:
    exact = """SELECT c.* FROM json_each(?) k CROSS JOIN claim c ON c.kind = json_extract(k.value, '$[0]')
               AND c.value = json_extract(k.value, '$[1]')"""
    held = "SELECT * FROM claim WHERE ci_id IN (SELECT value FROM json_each(?))"
    keys = _json((claim.kind, claim.value) for claim in claims)
    rows = [*db.execute(exact, (keys,)), *db.execute(held, (_json(of_cis),))]
    return {Claim(kind=kind, value=value): ci_id for kind, value, ci_id in rows}


def _read_changes(db: sqlite3.Connection, where: str, *arguments: str | int) -> list[Change]:
    return [
        Change(
            revision=revision,
            at=from_microseconds(at),
            source=source,
            reason=reason,
            ci_id=ci_id,
            what=what,
            before=None if before is None else orjson.loads(before),
            after=None if after is None else orjson.loads(after),
        )
        for revision, at, source, reason, ci_id, what, before, after in db.execute(
            _CHANGES.format(where=where), arguments
        )
    ]


def _write(db: sqlite3.Connection, what: Effects, change_set: ChangeSet, revision: int) -> None:
    db.execute(
        "INSERT INTO revision VALUES (?, ?, ?, ?)",
        (revision, to_microseconds(change_set.at), change_set.source, change_set.reason),
    )
    gone = [(claim.kind, claim.value) for claim in what.removed_claims]
    db.executemany("DELETE FROM claim WHERE kind=? AND value=?", gone)
    db.executemany("DELETE FROM relation WHERE from_id=? AND type=? AND to_id=?", what.removed_relations)
    removed = [(ci_id,) for ci_id in what.removed_cis]
    db.executemany("UPDATE observation SET ci_id=NULL WHERE ci_id=?", removed)
    db.executemany("DELETE FROM ci WHERE ci_id=?", removed)
    db.executemany(
        "INSERT INTO ci VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET class=?2, name=?3, attributes=?4",
        [(ci.ci_id, ci.cls, ci.name, orjson.dumps(dict(ci.attributes))) for ci in what.put_cis],
    )
    db.executemany(
        "INSERT INTO claim VALUES (?, ?, ?)", [(claim.kind, claim.value, ci_id) for claim, ci_id in what.put_claims]
    )
    db.executemany(
        "INSERT INTO relation VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET attributes=?4",
        [(*edge.key, orjson.dumps(dict(edge.attributes))) for edge in what.put_relations],
    )
    db.executemany(
        "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (revision, place, row.what, row.ci_id, row.other_id, row.before, row.after)
            for place, row in enumerate(what.rows)
        ],
    )


def _write_observations(db: sqlite3.Connection, change_set: ChangeSet) -> None:
    db.executemany("DELETE FROM observation WHERE source=? AND native_key=?", change_set.remove_observations)
    db.executemany(
        "INSERT INTO observation VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET ci_id=?3, body=?4",
        [
            (link.observation.source, link.observation.native_key, link.ci_id, observation_json(link.observation))
            for link in change_set.put_observations
        ],
    )
