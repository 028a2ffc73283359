"""The port of the graph store. Adapters: ``cmdb.graph.sqlite`` and ``cmdb.graph.neo4j``.

Calls block; the hub makes them from a worker thread. No query language, driver type or session shows here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cmdb.columns.columns import Columns
from cmdb.model import CI, Change, ChangeSet, CiId, Claim, LinkedObservation, Snapshot


class GraphStore(Protocol):
    """Every method may raise `cmdb.errors.StoreUnavailableError`; the caller may then try again."""

    def apply(self, change_set: ChangeSet, *, idempotency_key: str) -> int:
        """Write a change set atomically with its history and return its revision.

        The same key again writes nothing and returns the same revision. A change set that changes no CI, relation
        or claim stores its observations and returns the current revision.

        What is removed goes first. A removed CI takes its relations and claims with it, and its observations are
        parked. Removing what is not there, or putting what is there already, is no change.

        Raises:
            ClaimTakenError: a claim belongs to another CI; nothing was written.
            UnknownCiError: a relation or claim names a CI that is not there; nothing was written.
            RevisionMovedError: the graph is not at ``change_set.drawn_up_on``; nothing was written.
        """
        ...

    def revision(self) -> int:
        """The newest revision; 0 in an empty store."""
        ...

    def get(self, ci_id: CiId) -> CI | None: ...

    def find(self, claims: Iterable[Claim]) -> dict[Claim, CiId]:
        """The CIs that hold these claims; claims that nobody holds are left out."""
        ...

    def claims(self) -> Mapping[Claim, CiId]:
        """All claims and the CIs that hold them."""
        ...

    def observations(self, *, source: str | None = None, ci_id: CiId | None = None) -> Sequence[LinkedObservation]:
        """The observations kept, by their keys: all, those of one source, those taken for one CI, or those of both."""
        ...

    def snapshot(self, *, revision: int | None = None, at: datetime | None = None) -> Snapshot:
        """All CIs and relations now, at a past revision, or at a past time, in the order of their keys.

        ``at`` means the newest revision that was made at or before that time. Revision 0 is the empty graph.
        """
        ...

    def columns(self, known: Columns | None = None) -> Columns:
        """The newest revision as columns.

        Where an earlier revision of this graph is in hand, only what changed since is read, and laid over it; if
        nothing did, it is returned itself.
        """
        ...

    def changes_since(self, revision: int) -> Sequence[Change]:
        """History after a revision, oldest first.

        Of a CI, ``before`` and ``after`` are ``{"class", "name", "attributes"}``; of a relation, which stands under
        its ``from`` end, ``{"from", "type", "to", "attributes"}``. ``None`` = it was not there.
        """
        ...

    def history(self, ci_id: CiId) -> Sequence[Change]:
        """All changes of one CI and of its relations, oldest first."""
        ...

    def close(self) -> None: ...
