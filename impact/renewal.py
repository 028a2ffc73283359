"""What a newer revision of the graph leaves as it was, so that compiling it costs what changed, not what there is.

Used where the newer columns are the former ones with changes laid over them. Whatever is not surely the same is made
anew: a test holds a graph that was renewed, over any course of changes, to one that was compiled at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cmdb.columns.columns import GONE, Columns, Step
from cmdb.model import CI
from impact.needs import Needs
from impact.network import Network
from impact.people import Business
from impact.vocabulary import Vocabulary

OF_PEOPLE = frozenset({"part_of", "owns", "on_call", "uses", "member_of", "head_of"})
"""Parts of relations that the network does not look at. Where things stand concerns both."""

OF_THE_NETWORK = frozenset({"port_of", "connects", "bundled_in"})
DEVICES = frozenset({"forwards", "hub"})
"""Parts of CIs that have nothing to do with people."""

NO_PART = ""


def step_since(columns: Columns, before: Columns) -> Step | None:
    """What changed since, if the columns say so themselves."""
    step = columns.step
    known = step is not None and columns.base is before.base and step.since == before.revision
    return step if known else None


class Changes:
    """What one step changed, in the words of the engine."""

    def __init__(self, step: Step, columns: Columns, before: Columns, vocabulary: Vocabulary) -> None:
        self.step = step
        self._columns = columns
        self._before = before
        self._vocabulary = vocabulary
        self._parts = {kind: part for part, kind in vocabulary.relations.items()}

    def versions(self) -> Iterable[tuple[int, CI, CI]]:
        """The CIs that are otherwise: number, as it was, as it is; without a class where there was or is none."""
        for i in self.step.cis:
            yield i, self._before.ci(i) if i < len(self._before) else GONE, self._columns.ci(i)

    def moves_network(self, network: Network) -> bool:
        """Whether cables, what they carry, bundles, anchors or sites may be otherwise."""
        if self._speaks_beyond(OF_PEOPLE):
            return True
        return any(
            i in network
            or i in network.by_port
            or i in network.by_link
            or i in network.anchors
            or i in network.bundles.ports
            or "anchor" in now.attributes
            or self._plays(was, now, lambda part: part == "site")
            for i, was, now in self.versions()
        )

    def moves_people(self, business: Business) -> bool:
        """Whether services, people or where things stand may be otherwise."""
        if self._speaks_beyond(OF_THE_NETWORK):
            return True
        return any(
            i in business.offerings
            or any("head_count" in ci.attributes for ci in (was, now))
            or self._plays(was, now, lambda part: part not in DEVICES)
            for i, was, now in self.versions()
        )

    def _speaks_beyond(self, parts: frozenset[str]) -> bool:
        """Whether a relation changed that plays a part, and none of these."""
        return any(self._parts.get(edge.type, NO_PART) not in parts | {NO_PART} for edge in self.step.edges)

    def _plays(self, was: CI, now: CI, wanted: Callable[[str], bool]) -> bool:
        classes = self._vocabulary.classes
        return any(wanted(part) for ci in (was, now) for part in classes.get(ci.cls, ()))

    def dependents(self, reads: Needs) -> frozenset[int]:
        """The CIs of which the needs, or what is said of them, may be otherwise."""
        touched = (reads.dependent_of(edge) for edge in self.step.edges)
        return self.step.cis.union(i for i in touched if i is not None)

    def ends(self, reads: Needs) -> list[tuple[int, int]]:
        """Dependent and provider of each need that came, went or is otherwise."""
        ends = ((reads.dependent_of(edge), edge) for edge in self.step.edges)
        return [(dependent, reads.provider_of(edge)) for dependent, edge in ends if dependent is not None]
