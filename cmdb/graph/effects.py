"""What a change set does to the graph as it stands: pure, and the same for every adapter.

An adapter reads the entities that the change set touches, asks `effects` what really changes, and writes that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import orjson

from cmdb.errors import ClaimTakenError, RevisionMovedError, UnknownCiError
from cmdb.model import CI, Change, ChangeSet, CiId, Claim, Observation, ObservedRelation, Relation, ScopedClaim, Value

RelationKey: TypeAlias = tuple[CiId, str, CiId]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(at: datetime) -> int:
    """Microseconds since 1970 (UTC); exact, where a float would round."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def require_revision(change_set: ChangeSet, revision: int) -> None:
    """Refuse a change set that was drawn up on another revision.

    Raises:
        RevisionMovedError: it was.
    """
    if change_set.drawn_up_on not in (None, revision):
        raise RevisionMovedError(f"drawn up on revision {change_set.drawn_up_on}, the graph is at {revision}")


def touched_cis(change_set: ChangeSet) -> set[CiId]:
    """The CIs that an adapter must read before `effects`."""
    ids = {ci.ci_id for ci in change_set.put_cis} | set(change_set.remove_cis)
    ids.update(end for relation in change_set.put_relations for end in (relation.from_id, relation.to_id))
    ids.update(ci_id for _, ci_id in change_set.put_claims)
    return ids


def touched_relations(change_set: ChangeSet) -> set[RelationKey]:
    """The relations to read; those of removed CIs come on top."""
    return {relation.key for relation in change_set.put_relations} | set(change_set.remove_relations)


def touched_claims(change_set: ChangeSet) -> set[Claim]:
    """The claims to read; those of removed CIs come on top."""
    return {claim for claim, _ in change_set.put_claims} | set(change_set.remove_claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What really changes. Writing it: claims, relations and CIs are removed first, then CIs, claims, relations put."""

    removed_claims: tuple[Claim, ...]
    removed_relations: tuple[RelationKey, ...]
    removed_cis: tuple[CiId, ...]
    put_cis: tuple[CI, ...]
    put_claims: tuple[tuple[Claim, CiId], ...]
    put_relations: tuple[Relation, ...]
    rows: tuple[HistoryRow, ...]

    def __bool__(self) -> bool:
        return bool(self.rows or self.put_claims or self.removed_claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One row of history before it has a revision. ``other_id`` is the ``to`` end of a relation, else empty."""

    ci_id: CiId
    other_id: CiId
    what: str
    before: bytes | None
    after: bytes | None


def effects(
    change_set: ChangeSet,
    *,
    cis: Mapping[CiId, CI],
    relations: Mapping[RelationKey, Relation],
    claims: Mapping[Claim, CiId],
) -> Effects:
    """Compare a change set with the touched entities as they stand.

    Raises:
        ClaimTakenError: a claim belongs to another CI.
        UnknownCiError: a relation or claim names a CI that is not there.
    """
    gone = set(change_set.remove_cis)
    cis_after = {ci_id: ci for ci_id, ci in cis.items() if ci_id not in gone}
    cis_after.update((ci.ci_id, ci) for ci in change_set.put_cis)

    dropped = set(change_set.remove_relations)
    relations_after = {
        key: relation
        for key, relation in relations.items()
        if key not in dropped and key[0] not in gone and key[2] not in gone
    }
    for relation in change_set.put_relations:
        _require(cis_after, relation.from_id, relation.to_id)
        relations_after[relation.key] = relation
    claims_after = _claims_after(change_set, cis_after, claims, gone)
    ci_rows = tuple(_ci_rows(cis, cis_after))
    relation_rows = tuple(_relation_rows(relations, relations_after))
    return Effects(
        removed_claims=tuple(claim for claim, holder in claims.items() if claims_after.get(claim) != holder),
        removed_relations=tuple(key for key in relations if key not in relations_after),
        removed_cis=tuple(row.ci_id for row in ci_rows if row.after is None),
        put_cis=tuple(cis_after[row.ci_id] for row in ci_rows if row.after is not None),
        put_claims=tuple((claim, holder) for claim, holder in claims_after.items() if claims.get(claim) != holder),
        put_relations=tuple(relations_after[key] for key, row in relation_rows if row.after is not None),
        rows=(*ci_rows, *(row for _, row in relation_rows)),
    )


def _claims_after(
    change_set: ChangeSet, cis_after: Mapping[CiId, CI], claims: Mapping[Claim, CiId], gone: set[CiId]
) -> dict[Claim, CiId]:
    dropped = set(change_set.remove_claims)
    after = {claim: ci_id for claim, ci_id in claims.items() if claim not in dropped and ci_id not in gone}
    for claim, ci_id in change_set.put_claims:
        _require(cis_after, ci_id)
        if after.setdefault(claim, ci_id) != ci_id:
            raise ClaimTakenError(f"the claim {claim.kind} {claim.value} of {ci_id} belongs to {after[claim]}")
    return after


def _require(cis: Mapping[CiId, CI], *ci_ids: CiId) -> None:
    for ci_id in ci_ids:
        if ci_id not in cis:
            raise UnknownCiError(f"there is no CI {ci_id}")


def _ci_rows(before: Mapping[CiId, CI], after: Mapping[CiId, CI]) -> Iterable[HistoryRow]:
    for ci_id in sorted({*before, *after}):
        old, new = _ci_json(before.get(ci_id)), _ci_json(after.get(ci_id))
        if old != new:
            yield HistoryRow(ci_id=ci_id, other_id="", what="ci", before=old, after=new)


def _relation_rows(
    before: Mapping[RelationKey, Relation], after: Mapping[RelationKey, Relation]
) -> Iterable[tuple[RelationKey, HistoryRow]]:
    for key in sorted({*before, *after}):
        old, new = _relation_json(before.get(key)), _relation_json(after.get(key))
        if old != new:
            yield key, HistoryRow(ci_id=key[0], other_id=key[2], what="relation", before=old, after=new)


# Compared as JSON with sorted keys, since Python takes 1, 1.0 and True for equal and a store does not.
def _ci_json(ci: CI | None) -> bytes | None:
    if ci is None:
        return None
    body = {"class": ci.cls, "name": ci.name, "attributes": dict(ci.attributes)}
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _relation_json(relation: Relation | None) -> bytes | None:
    if relation is None:
        return None
    body = {"from": relation.from_id, "type": relation.type, "to": relation.to_id}
    return orjson.dumps({**body, "attributes": dict(relation.attributes)}, option=orjson.OPT_SORT_KEYS)


def rewind(
    cis: Iterable[CI], relations: Iterable[Relation], changes: Iterable[Change]
) -> tuple[tuple[CI, ...], tuple[Relation, ...]]:
    """The graph as it was before ``changes``, which are all that happened since, oldest first."""
    cis_then = {ci.ci_id: ci for ci in cis}
    relations_then = {relation.key: relation for relation in relations}
    for change in reversed(list(changes)):
        before = change.before if isinstance(change.before, dict) else None
        if change.what == "ci":
            cis_then.pop(change.ci_id, None)
            if before is not None:
                cis_then[change.ci_id] = ci_from(change.ci_id, before)
        else:
            relation = relation_from(before if before is not None else change.after)
            relations_then.pop(relation.key, None)
            if before is not None:
                relations_then[relation.key] = relation
    return (
        tuple(ci for _, ci in sorted(cis_then.items())),
        tuple(relation for _, relation in sorted(relations_then.items())),
    )


def ci_from(ci_id: CiId, body: Value | None) -> CI:
    """A CI as history tells of it (`cmdb.store.GraphStore.changes_since`)."""
    assert isinstance(body, dict)
    attributes = body["attributes"]
    assert isinstance(attributes, dict)
    return CI(ci_id=ci_id, cls=str(body["class"]), name=str(body["name"]), attributes=attributes)


def relation_from(body: Value | None) -> Relation:
    """A relation as history tells of it."""
    assert isinstance(body, dict)
    attributes = body["attributes"]
    assert isinstance(attributes, dict)
    return Relation(from_id=str(body["from"]), type=str(body["type"]), to_id=str(body["to"]), attributes=attributes)


def observation_json(observation: Observation) -> bytes:
    """What an adapter keeps of an observation beside its key, as JSON."""
    return orjson.dumps(
        {
            "class": observation.cls,
            "name": observation.name,
            "observed_at": to_microseconds(observation.observed_at),
            "attributes": dict(observation.attributes),
            "claims": [[claim.kind, claim.value] for claim in observation.claims],
            "scoped_claims": [[claim.kind, list(claim.refs), claim.value] for claim in observation.scoped_claims],
            "relations": [[edge.type, edge.to, dict(edge.attributes)] for edge in observation.relations],
        }
    )


def observation_from_json(source: str, native_key: str, body: bytes | str) -> Observation:
    """The inverse of `observation_json`."""
    fields = orjson.loads(body)
    return Observation(
        source=source,
        native_key=native_key,
        cls=fields["class"],
        name=fields["name"],
        observed_at=from_microseconds(fields["observed_at"]),
        attributes=fields["attributes"],
        claims=tuple(Claim(kind=kind, value=value) for kind, value in fields["claims"]),
        scoped_claims=tuple(
            ScopedClaim(kind=kind, refs=tuple(refs), value=value) for kind, refs, value in fields["scoped_claims"]
        ),
        relations=tuple(ObservedRelation(type=verb, to=to, attributes=more) for verb, to, more in fields["relations"]),
    )
