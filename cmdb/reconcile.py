"""The one write path of the graph: observe → normalise → identify → reconcile → apply.

The graph is a function of the observations that are kept: all of them are identified and weighed again at each run,
and the difference to the store is one change set. So the order in which sources report does not matter, a source can
be taken back out, and a run that finds nothing new changes nothing. Only the ids remember: a thing keeps the oldest
``ci_id`` that its claims or its observations ever had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from cmdb.catalogue import Catalogue
from cmdb.errors import RevisionMovedError
from cmdb.identify import Contested, Identified, Parked, SourceKey, Thing, identify, observation_key, tells_apart
from cmdb.model import (
    CI,
    ChangeSet,
    CiId,
    Claim,
    LinkedObservation,
    Observation,
    Snapshot,
    new_ulid,
)
from cmdb.store import GraphStore
from cmdb.winners import Finding, RelationWinners, winning_ci
from ledger.clock import Clock

_TRIES = 5
VANISHED_SHARE = 0.20  # of a source's observations; a complete run that misses more stops and asks


@dataclass(frozen=True, slots=True, kw_only=True)
class CiNote:
    """A CI as a run's report names it."""

    ci_id: CiId
    cls: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """A complete run missed so much of what its source used to see that it was not applied."""

    missing: int
    known: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run did, or would do.

    ``applied`` is false for a plan and for a run that `vanished` stopped. ``unchanged`` counts the source's CIs that
    stay as they are. ``merged``: (removed id, id that took it over). ``parked``, ``contested`` and ``findings`` concern
    this source's observations; each is kept and weighed again at every run.
    """

    revision: int
    applied: bool
    created: tuple[CiNote, ...] = ()
    updated: tuple[CiNote, ...] = ()
    removed: tuple[CiNote, ...] = ()
    unchanged: int = 0
    relations_put: int = 0
    relations_removed: int = 0
    merged: tuple[tuple[CiId, CiId], ...] = ()
    parked: tuple[Parked, ...] = ()
    contested: tuple[Contested, ...] = ()
    findings: tuple[Finding, ...] = ()
    vanished: Vanished | None = None

    def by_class(self) -> Mapping[str, tuple[int, int, int]]:
        """Created, updated and removed CIs, counted by class."""
        classes = sorted({note.cls for note in (*self.created, *self.updated, *self.removed)})
        return {
            cls: (_count(self.created, cls), _count(self.updated, cls), _count(self.removed, cls)) for cls in classes
        }


def _count(notes: Iterable[CiNote], cls: str) -> int:
    return sum(note.cls == cls for note in notes)


class Reconciler:
    """Takes observations in. Safe to call from several threads; runs go one after the other."""

    def __init__(
        self, store: GraphStore, catalogue: Catalogue, clock: Clock, *, new_id: Callable[[], str] = new_ulid
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        self._new_id = new_id
        self._running = Lock()

    def submit(
        self,
        source: str,
        observations: Sequence[Observation],
        *,
        complete: bool,
        run_id: str,
        vanishing_agreed: bool = False,
    ) -> RunResult:
        """Take in what a source saw in one run.

        Args:
            source: the source's name; it decides whom to believe (`Catalogue.source_rank`).
            observations: each native key once; all of this source.
            complete: the source saw all that it can see, so what it no longer names is taken out.
            run_id: unique per run; the same run twice is applied once.
            vanishing_agreed: a person agreed that a large share has vanished.

        Returns:
            What changed. ``vanished`` is set, and nothing was written, if a complete run missed more than
            `VANISHED_SHARE` of what the source used to see.

        Raises:
            RevisionMovedError: others wrote all the time; the same run may be submitted again.
            ValueError: an observation of another source, or a native key twice.
            StoreUnavailableError: nothing is known of the write; the same run may be submitted again.
        """
        return self._run(source, observations, complete, run_id, vanishing_agreed)

    def plan(
        self, source: str, observations: Sequence[Observation], *, complete: bool, vanishing_agreed: bool = False
    ) -> RunResult:
        """What `submit` would do; writes nothing."""
        return self._run(source, observations, complete, None, vanishing_agreed)

    def findings(self) -> RunResult:
        """What of all sources is parked, contested or not taken, without a run."""
        with self._running:
            state = _Present(self._store)
            draft = _Draft(self._catalogue, state, list(state.kept.values()), self._new_id)
            return RunResult(
                revision=state.graph.revision,
                applied=False,
                parked=draft.identified.parked,
                contested=draft.identified.contested,
                findings=tuple(draft.findings),
            )

    def _run(
        self, source: str, observations: Sequence[Observation], complete: bool, run_id: str | None, agreed: bool
    ) -> RunResult:
        new = _by_key(source, observations)
        with self._running:
            for _ in range(_TRIES - 1):
                try:
                    return self._attempt(source, new, complete, run_id, agreed)
                except RevisionMovedError:
                    continue  # another process wrote in between: weigh again on what it left
            return self._attempt(source, new, complete, run_id, agreed)

    def _attempt(
        self,
        source: str,
        new: Mapping[SourceKey, Observation],
        complete: bool,
        run_id: str | None,
        agreed: bool,
    ) -> RunResult:
        state = _Present(self._store)
        mine = {key: seen for key, seen in state.kept.items() if seen.source == source}
        missing = [seen for key, seen in mine.items() if key not in new] if complete else []
        if mine and len(missing) > VANISHED_SHARE * len(mine) and not agreed:
            names = tuple(sorted(seen.name for seen in missing))
            vanished = Vanished(missing=len(missing), known=len(mine), names=names)
            return RunResult(revision=state.graph.revision, applied=False, vanished=vanished)
        gone = {observation_key(seen) for seen in missing}
        wanted = [seen for key, seen in {**state.kept, **new}.items() if key not in gone]
        draft = _Draft(self._catalogue, state, wanted, self._new_id)
        change_set = draft.change_set(source, self._clock, new, gone)
        revision = state.graph.revision
        if run_id is not None:
            revision = self._store.apply(change_set, idempotency_key=f"reconcile:{source}:{run_id}")
        return draft.report(source, change_set, revision, applied=run_id is not None)


def _by_key(source: str, observations: Sequence[Observation]) -> dict[SourceKey, Observation]:
    new: dict[SourceKey, Observation] = {}
    for seen in observations:
        if seen.source != source:
            raise ValueError(f"an observation of {seen.source} in a run of {source}")
        if observation_key(seen) in new:
            raise ValueError(f"{source} names {seen.native_key} twice in one run")
        new[observation_key(seen)] = seen
    return new


class _Present:
    """The store as it stands before a run.

    The snapshot is read first: if the graph moves during the other reads, `GraphStore.apply` refuses what follows.
    """

    def __init__(self, store: GraphStore) -> None:
        self.graph: Snapshot = store.snapshot()
        kept = store.observations()
        self.cis = {ci.ci_id: ci for ci in self.graph.cis}
        self.relations = {relation.key: relation for relation in self.graph.relations}
        self.claims = dict(store.claims())
        self.links = {observation_key(link.observation): link.ci_id for link in kept}
        self.kept = {observation_key(link.observation): link.observation for link in kept}
        self.values: dict[CiId, dict[str, set[str]]] = {}
        for claim, ci_id in self.claims.items():
            self.values.setdefault(ci_id, {}).setdefault(claim.kind, set()).add(claim.value)


class _Ids:
    """Gives each thing its ``ci_id``: the oldest one that its claims or observations lead to, else a new one.

    A former id goes to the thing with the strongest evidence for it. Evidence does not count where a stronger claim
    tells the thing from what had the id: a replaced device at the same address is a new CI.
    """

    def __init__(self, catalogue: Catalogue, present: _Present, new_id: Callable[[], str]) -> None:
        self._catalogue = catalogue
        self._present = present
        self._new_id = new_id
        self.of: dict[int, CiId] = {}
        self.claims: dict[Claim, CiId] = {}
        self.merged: list[tuple[CiId, CiId]] = []

    def assign(self, identified: Identified) -> None:
        by_level: dict[int, list[Thing]] = {}
        for thing in identified.things:
            by_level.setdefault(thing.level, []).append(thing)
        for level in sorted(by_level):
            self._assign_level(by_level[level])

    def _assign_level(self, things: list[Thing]) -> None:
        claims = {thing.number: self._claims_of(thing) for thing in things}
        evidence = sorted(found for thing in things for found in self._evidence(thing, claims[thing.number]))
        owner: dict[CiId, int] = {}
        for _, number, former in evidence:
            owner.setdefault(former, number)
        inherited: dict[int, list[CiId]] = {}
        for former, number in owner.items():
            inherited.setdefault(number, []).append(former)
        for thing in things:
            formers = sorted(inherited.get(thing.number, ()))
            ci_id = formers[0] if formers else self._new_id()
            self.of[thing.number] = ci_id
            self.merged.extend((younger, ci_id) for younger in formers[1:])
            self.claims.update((claim, ci_id) for claim in claims[thing.number])

    def _claims_of(self, thing: Thing) -> list[Claim]:
        claims = list(thing.claims)
        for kind, owners, value in thing.scoped_claims:
            parts = [*sorted(self.of[number] for number in owners), *([value] if value else [])]
            claims.append(Claim(kind=kind, value="|".join(parts)))
        return claims

    def _evidence(self, thing: Thing, claims: list[Claim]) -> Iterable[tuple[int, int, CiId]]:
        values: dict[str, set[str]] = {}
        for claim in claims:
            values.setdefault(claim.kind, set()).add(claim.value)
        kinds = self._catalogue.claim_kinds
        for claim in claims:
            former = self._present.claims.get(claim)
            if former is not None and self._may_be(thing, values, former, claim.kind):
                yield (kinds[claim.kind].strength, thing.number, former)
        for seen in thing.observations:
            former = self._present.links.get(observation_key(seen))
            if former is not None and self._may_be(thing, values, former, None):
                yield (len(kinds), thing.number, former)

    def _may_be(self, thing: Thing, values: Mapping[str, set[str]], former: CiId, by: str | None) -> bool:
        ci = self._present.cis.get(former)
        if ci is None or ci.cls not in self._catalogue.classes:
            return False
        if not all(self._catalogue.same_kind_of_thing(ci.cls, cls) for cls in thing.classes):
            return False
        kinds = self._catalogue.claim_kinds
        for name, held in self._present.values.get(former, {}).items():
            mine = values.get(name)
            if name in kinds and mine and not mine & held:
                if by is None and "*" in kinds[name].tells_apart:
                    return False
                if by is not None and tells_apart(kinds[name], kinds[by]):
                    return False
        return True


class _Draft:
    """The graph as all observations together want it."""

    def __init__(
        self, catalogue: Catalogue, present: _Present, observations: Sequence[Observation], new_id: Callable[[], str]
    ) -> None:
        self._present = present
        self._observations = observations
        self.identified = identify(observations, catalogue)
        ids = _Ids(catalogue, present, new_id)
        ids.assign(self.identified)
        self.claims = ids.claims
        self.merged = tuple(ids.merged)
        self.ids = {key: ids.of[number] for key, number in self.identified.of.items()}
        self.findings: list[Finding] = []
        self.cis: dict[CiId, CI] = {}
        for thing in self.identified.things:
            ci, findings = winning_ci(catalogue, ids.of[thing.number], thing.observations)
            self.cis[ci.ci_id] = ci
            self.findings.extend(findings)
        winners = RelationWinners(catalogue, self.cis, self.ids)
        self.relations = winners.settle(observations)
        self.findings.extend(winners.findings)

    def change_set(
        self, source: str, clock: Clock, new: Mapping[SourceKey, Observation], gone: set[SourceKey]
    ) -> ChangeSet:
        present = self._present
        relinked = [
            LinkedObservation(observation=seen, ci_id=self.ids.get(observation_key(seen)))
            for seen in self._observations
            if self._must_be_written(seen, new)
        ]
        return ChangeSet(
            source=source,
            reason="reconciled",
            at=clock.now(),
            put_cis=tuple(ci for ci_id, ci in self.cis.items() if present.cis.get(ci_id) != ci),
            remove_cis=tuple(ci_id for ci_id in present.cis if ci_id not in self.cis),
            put_relations=tuple(edge for key, edge in self.relations.items() if present.relations.get(key) != edge),
            remove_relations=tuple(key for key in present.relations if key not in self.relations),
            put_observations=tuple(relinked),
            remove_observations=tuple(sorted(gone)),
            put_claims=tuple(item for item in self.claims.items() if present.claims.get(item[0]) != item[1]),
            remove_claims=tuple(claim for claim, held in present.claims.items() if self.claims.get(claim) != held),
            drawn_up_on=present.graph.revision,
        )

    def _must_be_written(self, seen: Observation, new: Mapping[SourceKey, Observation]) -> bool:
        key = observation_key(seen)
        if key in new:
            return self._present.kept.get(key) != seen or self._present.links.get(key) != self.ids.get(key)
        return self._present.links[key] != self.ids.get(key)

    def report(self, source: str, change_set: ChangeSet, revision: int, *, applied: bool) -> RunResult:
        created = tuple(_note(ci) for ci in change_set.put_cis if ci.ci_id not in self._present.cis)
        updated = tuple(_note(ci) for ci in change_set.put_cis if ci.ci_id in self._present.cis)
        changed = {note.ci_id for note in (*created, *updated)}
        mine = {ci_id for (from_source, _), ci_id in self.ids.items() if from_source == source}
        return RunResult(
            revision=revision,
            applied=applied,
            created=created,
            updated=updated,
            removed=tuple(_note(self._present.cis[ci_id]) for ci_id in change_set.remove_cis),
            unchanged=len(mine - changed),
            relations_put=len(change_set.put_relations),
            relations_removed=len(change_set.remove_relations),
            merged=self.merged,
            parked=tuple(parked for parked in self.identified.parked if parked.source == source),
            contested=tuple(
                clash for clash in self.identified.contested if source in (clash.holder[0], clash.other[0])
            ),
            findings=tuple(finding for finding in self.findings if finding.source == source),
        )


def _note(ci: CI) -> CiNote:
    return CiNote(ci_id=ci.ci_id, cls=ci.cls, name=ci.name)


__all__ = [
    "VANISHED_SHARE",
    "CiNote",
    "Contested",
    "Finding",
    "Parked",
    "Reconciler",
    "RunResult",
    "Vanished",
]
