"""The words of the configuration graph.

A source *observes*; the reconciler links what it saw to a CI by *claims*, chooses the *winners* among the
observed values, and applies one *change set*, which is one *revision*.

A relation points from the dependent to what it needs, except where the catalogue says otherwise;
``CONNECTS_TO`` between ports has no direction (it is stored once, from the lower ``ci_id`` to the higher).
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | list["Value"] | dict[str, "Value"]
CiId: TypeAlias = str

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid() -> str:
    """A ULID: 48 bits of milliseconds and 80 random bits, 26 characters of Crockford base 32."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -5, -5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An identifying value, e.g. ``serial``/``CN2340X/Acme``. Unique in the store by constraint."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedClaim:
    """A claim that is only unique beside other CIs: a port by its device, a link by its two ports.

    ``refs`` are native keys of observations of the same source and run. The reconciler turns this into
    ``Claim(kind, "<ci_id>[|<ci_id>…]|<value>")`` with the ids sorted.
    """

    kind: str
    refs: tuple[str, ...]
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedRelation:
    """A relation as a source saw it; ``to`` is the native key of another observation of that source."""

    type: str
    to: str
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one source said about one thing, kept under (source, native_key).

    ``claims`` stand in order of strength, strongest first. ``cls`` may be refined by a later source to a
    subclass, never to another branch.
    """

    source: str
    native_key: str
    cls: str
    name: str
    observed_at: datetime
    attributes: Mapping[str, Value] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    scoped_claims: tuple[ScopedClaim, ...] = ()
    relations: tuple[ObservedRelation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CI:
    """A configuration item: the winners of all observations linked to it.

    ``cls`` is its most specific class. Names are not unique; ``ci_id`` (a ULID) is.
    """

    ci_id: CiId
    cls: str
    name: str
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One edge. ``(from_id, type, to_id)`` is its identity; attributes carry ``group``, ``weight``, ``link``, …."""

    from_id: CiId
    type: str
    to_id: CiId
    attributes: Mapping[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> tuple[CiId, str, CiId]:
        return (self.from_id, self.type, self.to_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedObservation:
    """An observation and the CI it was taken for (``None`` = parked: it cannot be identified yet)."""

    observation: Observation
    ci_id: CiId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What one apply writes, atomically, as one revision.

    ``drawn_up_on`` is the revision that it was worked out from; with it, the store refuses if the graph has moved.
    """

    source: str
    reason: str
    at: datetime
    put_cis: tuple[CI, ...] = ()
    remove_cis: tuple[CiId, ...] = ()
    put_relations: tuple[Relation, ...] = ()
    remove_relations: tuple[tuple[CiId, str, CiId], ...] = ()
    put_observations: tuple[LinkedObservation, ...] = ()
    remove_observations: tuple[tuple[str, str], ...] = ()  # (source, native_key)
    put_claims: tuple[tuple[Claim, CiId], ...] = ()
    remove_claims: tuple[Claim, ...] = ()
    drawn_up_on: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of history: what one revision did to one CI or relation. ``before``/``after`` are JSON values."""

    revision: int
    at: datetime
    source: str
    reason: str
    ci_id: CiId
    what: str  # "ci" or "relation"
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All CIs and relations at one revision."""

    revision: int
    cis: tuple[CI, ...]
    relations: tuple[Relation, ...]
