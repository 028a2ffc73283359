"""The graph store as the hub uses it: calls run in a worker thread, and a store that is away comes back by itself.

A store that cannot be opened (Neo4j away at start) is tried again; until then each call raises
`cmdb.errors.StoreUnavailableError`. Loss and recovery are logged once each and show on ``/readyz``. What waiting cannot
mend (another program's file, a newer schema) ends the start; later it is told like a store that is away.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

import structlog

from cmdb.errors import StoreUnavailableError, StoreUnusableError
from cmdb.store import GraphStore

# how often a store that is there is looked at, so that its loss shows before somebody needs it
LOOK_S = 15.0

log = structlog.get_logger(__name__)
T = TypeVar("T")


class GraphAccess:
    """One graph store behind threads. ``away`` says why it cannot be used now; ``None`` while it can.

    ``loaded`` tells the revision that the hub works with, ``None`` before the first. ``on_recovery`` is called when a
    store is back, and when it holds another revision than that: a load may have failed, a backup may be back.
    """

    def __init__(self, open_store: Callable[[], GraphStore], retry_s: float) -> None:
        self.away: str | None = "not connected yet"
        self.on_recovery: list[Callable[[], None]] = []
        self.loaded: Callable[[], int | None] = lambda: None
        self._open_store = open_store
        self._retry_s = retry_s
        self._store: GraphStore | None = None
        self._lost = asyncio.Event()
        self._opening = asyncio.Lock()
        self._logged = False

    async def look_first(self, within_s: float) -> None:
        """Look before anything builds on the store. One that is away, or slow, is left to `keep_open`.

        Raises:
            StoreUnusableError: waiting does not help.
        """
        try:
            store = await self._opened()
            await asyncio.wait_for(asyncio.to_thread(store.revision), within_s)
        except StoreUnavailableError as error:
            self._note_loss(str(error))
        except TimeoutError:
            log.debug("graph_store_slow", within_s=within_s)

    async def run(self, work: Callable[[GraphStore], T]) -> T:
        """Do something with the store in a worker thread.

        Raises:
            StoreUnavailableError: it does not answer, or not as a graph of ours any more.
        """
        try:
            store = await self._opened()
            result = await asyncio.to_thread(work, store)
        except (StoreUnavailableError, StoreUnusableError) as error:
            self._note_loss(str(error))
            raise StoreUnavailableError(str(error)) from error
        self._note_recovery()
        return result

    async def keep_open(self) -> None:
        """Worker: opens the store, looks now and then what it holds, and soon whether a lost one is back."""
        while True:
            try:
                revision = await self.run(lambda store: store.revision())
            except StoreUnavailableError:
                await asyncio.sleep(self._retry_s)
                continue
            if revision != self.loaded():
                self._tell()
            self._lost.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), LOOK_S)

    async def close(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            await asyncio.to_thread(store.close)

    async def _opened(self) -> GraphStore:
        async with self._opening:
            if self._store is None:
                self._store = await asyncio.to_thread(self._open_store)
            return self._store

    def _note_loss(self, why: str) -> None:
        self.away = why
        self._lost.set()
        if not self._logged:
            self._logged = True
            log.warning("graph_store_lost", error=why)

    def _note_recovery(self) -> None:
        if self.away is None:
            return
        self.away = None
        if self._logged:
            self._logged = False
            log.info("graph_store_recovered")
        self._tell()

    def _tell(self) -> None:
        for callback in self.on_recovery:
            callback()
