"""Short words for reconciler tests: what a source saw, and the graph as people would describe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cmdb.catalogue import Catalogue
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.model import CI, CiId, Claim, Observation, ObservedRelation, ScopedClaim, Value
from cmdb.reconcile import Reconciler, RunResult
from cmdb.store import GraphStore
from ledger.clock import ControlledClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SNMP, FILE, HAND = "discovery:snmp", "import:cmdb-export", "manual"

# A CI described without its id: the observations it was taken from, its class, name and attributes.
Described: TypeAlias = tuple[frozenset[tuple[str, str]], str, str, str]


def saw(
    native_key: str,
    cls: str = "Server",
    *,
    by: str = SNMP,
    name: str = "",
    minute: int = 0,
    attributes: dict[str, Value] | None = None,
    relations: Sequence[ObservedRelation] = (),
    beside: Sequence[ScopedClaim] = (),
    claims: Mapping[str, str] | None = None,
    **named: str,
) -> Observation:
    """What a source saw; claims are given as ``serial="Acme|X1"``, or as a mapping."""
    return Observation(
        source=by,
        native_key=native_key,
        cls=cls,
        name=name or native_key,
        observed_at=NOON + timedelta(minutes=minute),
        attributes=attributes or {},
        claims=tuple(Claim(kind=kind, value=value) for kind, value in {**(claims or {}), **named}.items()),
        scoped_claims=tuple(beside),
        relations=tuple(relations),
    )


def needs(to: str, verb: str = "DEPENDS_ON", **attributes: Value) -> ObservedRelation:
    return ObservedRelation(type=verb, to=to, attributes=attributes)


def port(device: str, name: str, *, by: str = SNMP, more: Sequence[ObservedRelation] = ()) -> Observation:
    """A port of an observed device; its native key is ``device/name``."""
    beside = [ScopedClaim(kind="port", refs=(device,), value=name)]
    relations = [needs(device, "PORT_OF"), *more]
    return saw(f"{device}/{name}", "Port", by=by, name=name, beside=beside, relations=relations)


def cable(one: Observation, other: Observation, *, by: str = SNMP) -> Observation:
    """A link between two observed ports."""
    refs = (one.native_key, other.native_key)
    relations = [needs(ref, "ENDS_AT") for ref in refs]
    return saw("~".join(refs), "Link", by=by, beside=[ScopedClaim(kind="link", refs=refs)], relations=relations)


class Graph:
    """A reconciler over a store, spoken to in short words."""

    def __init__(self, place: Path | GraphStore, catalogue: Catalogue) -> None:
        self.store: GraphStore = SqliteGraphStore(place / "graph.db") if isinstance(place, Path) else place
        self.clock = ControlledClock(NOON)
        self._ids = 0
        self._runs = 0
        self.reconciler = Reconciler(self.store, catalogue, self.clock, new_id=self._new_id)

    def _new_id(self) -> str:
        """Ids in order of age, as ULIDs are."""
        self._ids += 1
        return f"CI{self._ids:05}"

    def run(self, *observations: Observation, complete: bool = False, agreed: bool = False, by: str = "") -> RunResult:
        self._runs += 1
        return self.reconciler.submit(
            by or observations[0].source,
            observations,
            complete=complete,
            run_id=str(self._runs),
            vanishing_agreed=agreed,
        )

    def cis(self) -> dict[str, CI]:
        """CIs by name; a test that uses it gives each its own."""
        return {ci.name: ci for ci in self.store.snapshot().cis}

    def names(self) -> list[str]:
        return sorted(ci.name for ci in self.store.snapshot().cis)

    def edges(self) -> set[tuple[str, str, str]]:
        names = {ci.ci_id: ci.name for ci in self.store.snapshot().cis}
        return {(names[edge.from_id], edge.type, names[edge.to_id]) for edge in self.store.snapshot().relations}

    def taken_for(self, native_key: str, *, by: str = SNMP) -> CiId | None:
        for link in self.store.observations(source=by):
            if link.observation.native_key == native_key:
                return link.ci_id
        raise AssertionError(f"{by} never saw {native_key}")

    def described(self) -> tuple[set[Described], set[object], set[object]]:
        """CIs, relations and claims with the ids replaced by what they stand for."""
        of: dict[CiId, set[tuple[str, str]]] = {}
        for link in self.store.observations():
            if link.ci_id is not None:
                key = (link.observation.source, link.observation.native_key)
                of.setdefault(link.ci_id, set()).add(key)
        known = {ci_id: frozenset(keys) for ci_id, keys in of.items()}
        graph = self.store.snapshot()
        cis = {(known[ci.ci_id], ci.cls, ci.name, repr(ci.attributes)) for ci in graph.cis}
        relations: set[object] = set()
        for edge in graph.relations:
            ends = (known[edge.from_id], known[edge.to_id])
            named = {name: known.get(str(value), value) for name, value in edge.attributes.items()}
            joined = frozenset(ends) if edge.type == "CONNECTS_TO" else ends
            relations.add((joined, edge.type, repr(sorted(named.items(), key=str))))
        claims: set[object] = set()
        for claim, ci_id in self.store.claims().items():
            beside = tuple(known.get(part, part) for part in claim.value.split("|"))
            parts = frozenset(beside) if claim.kind == "link" else beside
            claims.add((claim.kind, parts, known[ci_id]))
        return cis, relations, claims
