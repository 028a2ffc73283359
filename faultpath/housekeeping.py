"""What is done by the clock: times of last use written down, old rows pruned. APScheduler, in memory, as a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from alerting import health_log, set_aside
from alerting.store import AlertBook
from faultpath.access.tokens import TokenBook
from faultpath.hub import CONSUMER
from faultpath.map import store as slots
from faultpath.settings import RetentionSettings
from ledger.clock import Clock
from ledger.engine import Ledger
from ledger.errors import LedgerUnavailableError
from ledger.inbox import Inbox

LAST_USED_S = 60
PRUNE_S = 3600
PRUNE_ITEMS = 1_000
PRUNE_MAPS = 20
PRUNE_PAUSE_S = 0.02
"""A million old rows go in some 30 s, and the loop is never held up for longer than by one batch."""

log = structlog.get_logger(__name__)


class Housekeeping:
    """Jobs on the hub's loop; each is short."""

    def __init__(
        self,
        ledger: Ledger,
        inbox: Inbox,
        book: AlertBook,
        tokens: TokenBook,
        *,
        clock: Clock,
        retention: RetentionSettings,
    ) -> None:
        self._ledger = ledger
        self._inbox = inbox
        self._book = book
        self._tokens = tokens
        self._clock = clock
        self._retention = retention

    async def run(self) -> None:
        """Keep house until cancelled."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(self.write_last_used, "interval", seconds=LAST_USED_S)
        scheduler.add_job(self.prune, "interval", seconds=PRUNE_S)
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
            await self.write_last_used()

    async def write_last_used(self) -> None:
        try:
            self._tokens.write_last_used()
        except LedgerUnavailableError as error:
            log.warning("housekeeping_refused", job="last_used", error=str(error))

    async def prune(self) -> None:
        """Delete what was merged, set aside, cleared or ended long ago, and the places of maps that nobody looks at."""
        now = self._clock.now()
        before = now - timedelta(days=self._retention.inbox_days)
        cleared_before = now - timedelta(days=self._retention.cleared_alerts_days)
        ended_before = now - timedelta(days=self._retention.health_days)
        try:
            up_to = self._inbox.offset(CONSUMER)
            # the items before the bodies that they refer to
            items = await self._in_batches(lambda to: set_aside.prune(to, before=before, limit=PRUNE_ITEMS))
            rows = await self._in_batches(lambda to: self._inbox.prune(to, up_to=up_to, before=before))
            alerts = await self._in_batches(lambda to: self._book.prune(to, before=cleared_before, limit=PRUNE_ITEMS))
            spans = await self._in_batches(lambda to: health_log.prune(to, before=ended_before, limit=PRUNE_ITEMS))
            maps = await self._in_batches(lambda to: slots.prune(to, limit=PRUNE_MAPS))
        except LedgerUnavailableError as error:
            log.warning("housekeeping_refused", job="prune", error=str(error))
            return
        if rows or items or alerts or spans or maps:
            log.info("pruned", inbox_rows=rows, set_aside=items, cleared_alerts=alerts, health_spans=spans, maps=maps)

    async def _in_batches(self, prune: Callable[[Connection], int]) -> int:
        """Prune until nothing is left, in short transactions with turns of the loop between; how many."""
        total = 0
        while True:
            with self._ledger.begin() as connection:
                done = prune(connection)
            if not done:
                return total
            total += done
            await asyncio.sleep(PRUNE_PAUSE_S)
