"""Taking observations into the graph: a posted model file, or what a discovery found. The one way to the reconciler."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from cmdb.catalogue import Catalogue
from cmdb.model import Observation, new_ulid
from cmdb.reconcile import Reconciler, RunResult
from discovery.importers.model_yaml import ModelFile, read_model
from faultpath.graph_access import GraphAccess
from ledger.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a model file: its problems, or (``result``) what the run did."""

    model: ModelFile
    result: RunResult | None


class Importer:
    """Reads model files and runs the reconciler on the store, in a worker thread."""

    def __init__(self, graph: GraphAccess, catalogue: Catalogue, clock: Clock) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._clock = clock
        # a reconciler is made for each run, since the store may come and go; the runs go one after the other
        self._running = asyncio.Lock()

    async def import_model(self, data: bytes, *, file: str, dry_run: bool, vanishing_agreed: bool) -> Imported:
        """Read a model file and, unless it is a dry run, apply it.

        Raises:
            StoreUnavailableError: the same file may be posted again.
        """
        model = await asyncio.to_thread(
            read_model, data, file=file, catalogue=self._catalogue, observed_at=self._clock.now()
        )
        if model.problems:
            return Imported(model=model, result=None)
        result = await self.take(model.source, model.observations, dry_run=dry_run, vanishing_agreed=vanishing_agreed)
        return Imported(model=model, result=result)

    async def seen_by(self, source: str) -> list[Observation]:
        """What a source has said so far and still stands.

        Raises:
            StoreUnavailableError: the graph store does not answer.
        """
        return await self._graph.run(lambda store: [kept.observation for kept in store.observations(source=source)])

    async def take(
        self,
        source: str,
        observations: Sequence[Observation],
        *,
        complete: bool = True,
        dry_run: bool = False,
        vanishing_agreed: bool = False,
    ) -> RunResult:
        """Run the reconciler over what a source saw.

        Raises:
            StoreUnavailableError: nothing is known of the write; the run may be repeated.
        """
        run_id = new_ulid()

        def work(reconciler: Reconciler) -> RunResult:
            if dry_run:
                return reconciler.plan(source, observations, complete=complete, vanishing_agreed=vanishing_agreed)
            return reconciler.submit(
                source, observations, complete=complete, run_id=run_id, vanishing_agreed=vanishing_agreed
            )

        async with self._running:
            return await self._graph.run(lambda store: work(Reconciler(store, self._catalogue, self._clock)))
