"""The graph store's contract in its plainest form: everything kept in memory, every revision as a whole copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from cmdb.columns.columns import Columns
from cmdb.columns.fill import columns_of
from cmdb.errors import ClaimTakenError, RevisionMovedError, UnknownCiError
from cmdb.model import CI, Change, ChangeSet, CiId, Claim, LinkedObservation, Relation, Snapshot, Value


@dataclass
class _State:
    cis: dict[CiId, CI] = field(default_factory=dict)
    relations: dict[tuple[CiId, str, CiId], Relation] = field(default_factory=dict)
    claims: dict[Claim, CiId] = field(default_factory=dict)
    made: tuple[datetime, str, str] | None = None

    def copy(self) -> _State:
        return _State(dict(self.cis), dict(self.relations), dict(self.claims))


class OracleGraphStore:
    """`cmdb.store.GraphStore`, naive: one whole copy of the graph a revision."""

    def __init__(self) -> None:
        self._states = [_State()]
        self._seen: dict[tuple[str, str], LinkedObservation] = {}
        self._applied: dict[str, int] = {}

    def apply(self, change_set: ChangeSet, *, idempotency_key: str) -> int:
        if idempotency_key in self._applied:
            return self._applied[idempotency_key]
        if change_set.drawn_up_on not in (None, self.revision()):
            raise RevisionMovedError
        old = self._states[-1]
        new = old.copy()
        _remove(new, change_set)
        _put(new, change_set)
        if not _same(old, new):
            new.made = (change_set.at, change_set.source, change_set.reason)
            self._states.append(new)
        self._observe(change_set, gone=set(old.cis) - set(new.cis))
        self._applied[idempotency_key] = self.revision()
        return self.revision()

    def _observe(self, change_set: ChangeSet, gone: set[CiId]) -> None:
        for key, link in list(self._seen.items()):
            if link.ci_id in gone:
                self._seen[key] = LinkedObservation(observation=link.observation, ci_id=None)
        for key in change_set.remove_observations:
            self._seen.pop(key, None)
        for link in change_set.put_observations:
            self._seen[(link.observation.source, link.observation.native_key)] = link

    def revision(self) -> int:
        return len(self._states) - 1

    def get(self, ci_id: CiId) -> CI | None:
        return self._states[-1].cis.get(ci_id)

    def find(self, claims: Iterable[Claim]) -> dict[Claim, CiId]:
        return {claim: self._states[-1].claims[claim] for claim in claims if claim in self._states[-1].claims}

    def claims(self) -> Mapping[Claim, CiId]:
        return self._states[-1].claims

    def observations(self, *, source: str | None = None, ci_id: CiId | None = None) -> Sequence[LinkedObservation]:
        return [
            link for key, link in sorted(self._seen.items()) if source in (None, key[0]) and ci_id in (None, link.ci_id)
        ]

    def snapshot(self, *, revision: int | None = None, at: datetime | None = None) -> Snapshot:
        number = self.revision() if revision is None else max(0, min(revision, self.revision()))
        if at is not None:
            number = max(
                (place for place, state in enumerate(self._states) if state.made and state.made[0] <= at), default=0
            )
        state = self._states[number]
        return Snapshot(
            revision=number,
            cis=tuple(state.cis[ci_id] for ci_id in sorted(state.cis)),
            relations=tuple(state.relations[key] for key in sorted(state.relations)),
        )

    def columns(self, known: Columns | None = None) -> Columns:
        return known if known and known.revision == self.revision() else columns_of(self.snapshot())

    def changes_since(self, revision: int) -> Sequence[Change]:
        return [change for number in range(max(revision, 0) + 1, len(self._states)) for change in self._changes(number)]

    def history(self, ci_id: CiId) -> Sequence[Change]:
        return [
            change
            for change in self.changes_since(0)
            if ci_id == change.ci_id or ci_id in _ends(change.before) or ci_id in _ends(change.after)
        ]

    def close(self) -> None:
        pass

    def _changes(self, number: int) -> Iterable[Change]:
        old, new = self._states[number - 1], self._states[number]
        assert new.made is not None
        at, source, reason = new.made
        for ci_id in sorted({*old.cis, *new.cis}):
            before, after = _ci_value(old.cis.get(ci_id)), _ci_value(new.cis.get(ci_id))
            if not _equal(before, after):
                yield Change(
                    revision=number, at=at, source=source, reason=reason, ci_id=ci_id, what="ci",
                    before=before, after=after,
                )  # fmt: skip
        for key in sorted({*old.relations, *new.relations}):
            before, after = _relation_value(old.relations.get(key)), _relation_value(new.relations.get(key))
            if not _equal(before, after):
                yield Change(
                    revision=number, at=at, source=source, reason=reason, ci_id=key[0], what="relation",
                    before=before, after=after,
                )  # fmt: skip


def _remove(state: _State, change_set: ChangeSet) -> None:
    for claim in change_set.remove_claims:
        state.claims.pop(claim, None)
    for key in change_set.remove_relations:
        state.relations.pop(key, None)
    for ci_id in change_set.remove_cis:
        state.cis.pop(ci_id, None)
        state.relations = {key: edge for key, edge in state.relations.items() if ci_id not in (key[0], key[2])}
        state.claims = {claim: holder for claim, holder in state.claims.items() if holder != ci_id}


def _put(state: _State, change_set: ChangeSet) -> None:
    for ci in change_set.put_cis:
        state.cis[ci.ci_id] = ci
    for edge in change_set.put_relations:
        if edge.from_id not in state.cis or edge.to_id not in state.cis:
            raise UnknownCiError
        state.relations[edge.key] = edge
    for claim, ci_id in change_set.put_claims:
        if ci_id not in state.cis:
            raise UnknownCiError
        if state.claims.get(claim, ci_id) != ci_id:
            raise ClaimTakenError
        state.claims[claim] = ci_id


def _same(old: _State, new: _State) -> bool:
    return (
        _equal({ci_id: _ci_value(ci) for ci_id, ci in old.cis.items()}, {i: _ci_value(c) for i, c in new.cis.items()})
        and _equal(
            {"|".join(key): _relation_value(edge) for key, edge in old.relations.items()},
            {"|".join(key): _relation_value(edge) for key, edge in new.relations.items()},
        )
        and old.claims == new.claims
    )


def _equal(one: object, other: object) -> bool:
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


def _ci_value(ci: CI | None) -> Value | None:
    return None if ci is None else {"class": ci.cls, "name": ci.name, "attributes": dict(ci.attributes)}


def _relation_value(edge: Relation | None) -> Value | None:
    if edge is None:
        return None
    return {"from": edge.from_id, "type": edge.type, "to": edge.to_id, "attributes": dict(edge.attributes)}


def _ends(value: Value | None) -> list[Value]:
    return [value["from"], value["to"]] if isinstance(value, dict) and "from" in value else []
