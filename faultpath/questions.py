"""What is asked of without anything being stored: the graph now, with its faults, or as it was at a past time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from alerting.health_log import own_health_at
from cmdb.catalogue import Catalogue
from cmdb.columns.fill import columns_of
from cmdb.model import Snapshot
from faultpath.graph_access import GraphAccess
from faultpath.graph_view import GraphView
from impact.failures import Failure, Failures
from impact.graph import CompiledGraph, compile_graph
from impact.model import Assessment, Health
from impact.scale import Level
from impact.vocabulary import vocabulary_of
from ledger.clock import Clock
from ledger.engine import Ledger

KEPT = 4
"""So many past graphs are kept compiled: several questions are asked of one moment, and a graph may be large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One revision, and what is broken in it by ``ci_id``: now, or as the hub said of a past time.

    ``faults_known`` is false for a time that is so long ago that what was broken then may be forgotten.
    ``assessment`` is what the hub makes of it, if it is now. ``failures``: what single failures do in this graph.
    """

    at: datetime
    view: GraphView
    graph: CompiledGraph
    faults: Mapping[str, Health] = field(default_factory=dict)
    faults_known: bool = True
    assessment: Assessment | None = None
    failures: Failures | None = None

    def alone(self, ci_id: str) -> Failure:
        """What the failure of a CI alone would do.

        Raises:
            KeyError: there is no such CI.
        """
        return (self.failures or Failures(self.graph)).alone(self.graph.index[ci_id])

    @property
    def own(self) -> dict[int, Level]:
        """The faults as the engine takes them."""
        return {self.graph.index[ci]: health for ci, health in self.faults.items() if ci in self.graph.index}


Compiled: TypeAlias = tuple[GraphView, Failures]


class Past:
    """The graph at past times with the faults of then, read from the histories and compiled beside the loop."""

    def __init__(
        self, store: GraphAccess, catalogue: Catalogue, ledger: Ledger, clock: Clock, remembers: timedelta
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._remembers = remembers
        self._catalogue = catalogue
        self._vocabulary = vocabulary_of(catalogue)
        self._kept: OrderedDict[int, Compiled] = OrderedDict()

    async def at(self, at: datetime) -> Moment:
        """The newest revision that was made at or before a time, and what the last decision until then found broken.

        Before the first revision it is the empty graph.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        view, failures = await self._graph_at(at)
        faults = await asyncio.to_thread(own_health_at, self._ledger, at)
        known = at >= self._clock.now() - self._remembers
        graph = failures.graph
        return Moment(at=at, view=view, graph=graph, faults=faults, faults_known=known, failures=failures)

    async def _graph_at(self, at: datetime) -> Compiled:
        snapshot = await self._store.run(lambda graph: graph.snapshot(at=at))
        if snapshot.revision not in self._kept:
            self._kept[snapshot.revision] = await asyncio.to_thread(self._compile, snapshot)
        self._kept.move_to_end(snapshot.revision)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[snapshot.revision]

    def _compile(self, snapshot: Snapshot) -> Compiled:
        columns = columns_of(snapshot)
        return GraphView(columns, self._catalogue.is_a), Failures(compile_graph(columns, self._vocabulary))
