"""Discovery runs: one at a time, with progress, from the declared ranges into the graph."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import structlog

from cmdb.catalogue import Catalogue
from cmdb.errors import CmdbError
from cmdb.model import new_ulid
from cmdb.reconcile import RunResult
from collectors.snmp.session import SessionFactory
from discovery.errors import DiscoveryError
from discovery.run import Progress, Unreached, discover
from discovery.sweep import Plan
from faultpath.errors import FaultpathError
from faultpath.importing import Importer
from faultpath.vault import DeclaredRange, Vault
from ledger.clock import Clock
from ledger.errors import LedgerError

SOURCE = "discovery:snmp"
KEPT_RUNS = 50

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class DiscoveryRun:
    """One run. ``done`` of ``total`` counts the steps of ``phase``; ``unreachable``: who was not read."""

    run_id: str
    by: str
    ranges: tuple[str, ...]
    started_at: datetime
    state: Literal["running", "done", "failed", "stopped"] = "running"
    phase: str = "sweep"
    done: int = 0
    total: int = 0
    found: int = 0
    links: int = 0
    asked: int = 0
    silent: int = 0
    unreachable: tuple[Unreached, ...] = ()
    result: RunResult | None = None
    error: str | None = None
    ended_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class DiscoveryDesk:
    """Starts runs and remembers the last ones. ``changed`` is awaited after a run that changed the graph."""

    vault: Vault
    importer: Importer
    catalogue: Catalogue
    sessions: SessionFactory
    clock: Clock
    changed: Callable[[], Awaitable[None]]
    runs: OrderedDict[str, DiscoveryRun] = field(default_factory=OrderedDict)
    _task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, by: str, ranges: Sequence[DeclaredRange]) -> DiscoveryRun:
        """Begin a run over these ranges. Only one runs at a time: check `busy` first."""
        run = DiscoveryRun(
            run_id=new_ulid(), by=by, ranges=tuple(one.range for one in ranges), started_at=self.clock.now()
        )
        self.runs[run.run_id] = run
        while len(self.runs) > KEPT_RUNS:
            self.runs.popitem(last=False)
        # a partial run must not take out what lies outside of its ranges
        whole = {one.range for one in ranges} >= {one.range for one in self.vault.ranges()}
        self._task = asyncio.create_task(self._run(run, ranges, whole=whole), name=f"discovery-{run.run_id}")
        return run

    async def stop(self) -> None:
        """End the run under way, if there is one."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, run: DiscoveryRun, ranges: Sequence[DeclaredRange], *, whole: bool) -> None:
        try:
            await self._discover(run, ranges, whole=whole)
            run.error = _asks(run.result)
            run.state = "failed" if run.error else "done"
        except asyncio.CancelledError:
            run.state = "stopped"
            raise
        except (CmdbError, DiscoveryError, FaultpathError, LedgerError) as error:
            run.state, run.error = "failed", str(error)
            log.warning("discovery_failed", run=run.run_id, error=str(error))
        finally:
            if run.state == "running":  # a fault of our own: the task's exception is logged by the loop
                run.state, run.error = "failed", "the hub failed at this; its log says more"
            run.ended_at = self.clock.now()

    async def _discover(self, run: DiscoveryRun, ranges: Sequence[DeclaredRange], *, whole: bool) -> None:
        plan = Plan(
            ranges=tuple(one.parsed() for one in ranges),
            credentials=self.vault.credentials(),
            remembered=self.vault.remembered(),
        )

        def report(at: Progress) -> None:
            run.phase, run.done, run.total, run.found = at.phase, at.done, at.total, at.devices

        found = await discover(
            plan,
            sessions=self.sessions,
            catalogue=self.catalogue,
            at=self.clock.now(),
            report=report,
            known=await self.importer.seen_by(SOURCE),
        )
        run.found, run.links = len(found.devices), len(found.topology.wires)
        run.asked, run.silent, run.unreachable = found.asked, found.silent, found.unreached
        self.vault.remember(found.remembered)
        run.phase = "reconcile"
        run.result = await self.importer.take(SOURCE, found.observations, complete=whole and found.complete)
        if run.result.applied:
            await self.changed()
        log.info("discovery_ended", run=run.run_id, devices=run.found, links=run.links, revision=run.result.revision)


def _asks(result: RunResult | None) -> str | None:
    """Why the reconciler did not take the run: too much of what was known is gone, and a person must agree."""
    if result is None or result.vanished is None:
        return None
    gone = result.vanished
    return f"{gone.missing} of {gone.known} things that discovery knew are gone; nothing was taken over"
