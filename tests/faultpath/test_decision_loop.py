"""The loop from the inbox to the situations: it reads each message once, forgets no decision, and rests when it can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from alerting.correlate import Timing
from alerting.evidence import Evidence
from alerting.intake import Parser
from alerting.store import AlertBook
from cmdb.catalogue import Catalogue
from cmdb.errors import StoreUnavailableError
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.model import CI, ChangeSet
from cmdb.store import GraphStore
from faultpath import hub
from faultpath.graph_access import GraphAccess
from faultpath.graph_file import GraphFile
from faultpath.hub import Hub
from faultpath.telling import LatestDirectory
from ledger.clock import SystemClock
from ledger.engine import Ledger
from ledger.inbox import Inbox, InboxRow, Signal
from tests.faultpath.conftest import eventually
from ticket_bridge.incidents.desk import Desk

AT_ONCE = timedelta(0)
SWITCH = CI(ci_id="SW", cls="Switch", name="sw-1", attributes={"addresses": ["10.0.0.1"]})
LINK_DOWN = {"address": "10.0.0.1", "version": "2c", "trap_oid": "1.3.6.1.6.3.1.1.5.3", "varbinds": []}


class BareHub:
    """A hub without collectors and pages: signals in, situations out. ``away``: the graph cannot be opened."""

    def __init__(self, folder: Path, *, away: bool = False) -> None:
        self.away = away
        self.path = folder / "graph.db"
        self.clock = SystemClock()
        self.ledger = Ledger.open(folder / "ledger.db")
        self.inbox = Inbox(self.ledger)
        self.evidence = Evidence()
        self.hub = Hub(
            ledger=self.ledger,
            inbox=self.inbox,
            parser=Parser(),
            book=AlertBook(self.ledger),
            evidence=self.evidence,
            desk=Desk(self.ledger, LatestDirectory(), self.clock),
            graph=GraphAccess(self._open, retry_s=0.05),
            catalogue=Catalogue.load(),
            clock=self.clock,
            timing=Timing(settle=AT_ONCE, settle_most=AT_ONCE, hold=AT_ONCE),
            graph_file=GraphFile(folder / "graph.columns"),
        )

    def _open(self) -> GraphStore:
        if self.away:
            raise StoreUnavailableError("connection refused")
        store = SqliteGraphStore(self.path)
        store.apply(ChangeSet(source="t", reason="t", at=self.clock.now(), put_cis=(SWITCH,)), idempotency_key="1")
        return store

    async def put(self, kind: str, *bodies: Any) -> None:
        now = self.clock.now()
        signals = [
            Signal(source=f"{kind}:test", kind=kind, received_at=now, authenticated=True, body=orjson.dumps(body))
            for body in bodies
        ]
        await self.inbox.put(signals)


@asynccontextmanager
async def at_work(bare: BareHub) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(bare.hub.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        bare.ledger.close()


async def until(true: Callable[[], bool]) -> None:
    async def look() -> bool:
        return true()

    await eventually(look, bool)


def counted(monkeypatch: pytest.MonkeyPatch, of: Hub, name: str) -> list[datetime]:
    """When a method of the hub is called."""
    calls: list[datetime] = []
    real = getattr(of, name)

    def call(*args: Any) -> Any:
        calls.append(datetime.now(UTC))
        return real(*args)

    monkeypatch.setattr(of, name, call)
    return calls


async def test_each_message_is_read_once_however_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = BareHub(tmp_path)
    alert = {"check": "disk", "resource": "sw-1", "summary": "x" * 3_000}
    await bare.put("native", *(alert | {"details": {"n": number}} for number in range(300)))
    read = bare.inbox.read
    given: list[int] = []

    def noted(*args: Any) -> Sequence[InboxRow]:
        rows = read(*args)
        given.extend(row.position for row in rows)
        return rows

    monkeypatch.setattr(bare.inbox, "read", noted)
    async with at_work(bare):
        await until(lambda: bare.inbox.offset("alerts") == 300)
    assert given == list(range(1, 301))


@pytest.mark.parametrize("error", [KeyError("nobody thought of this"), asyncio.CancelledError()])
async def test_a_decision_that_failed_is_made_when_the_hub_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    bare = BareHub(tmp_path)
    update = bare.hub.desk.update
    fails = [error]

    def fail_once(*args: Any) -> Any:
        if fails:
            raise fails.pop()
        return update(*args)

    await bare.hub.graph_changed()
    await bare.put("native", {"check": "disk", "resource": "sw-1", "severity": "critical"})
    monkeypatch.setattr(bare.hub.desk, "update", fail_once)
    with pytest.raises(type(error)):
        await bare.hub.run()
    async with at_work(bare):  # as the supervisor does; nothing new comes in
        await until(lambda: bool(bare.hub.situations))


async def test_what_a_question_answered_ends_without_another_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "WHILE_PENDING", timedelta(hours=1))  # nothing but the end itself makes it look again
    bare = BareHub(tmp_path)
    told: list[str] = []
    bare.hub.listeners.on_alerts.append(told.extend)
    async with at_work(bare):
        await bare.put("trap", LINK_DOWN)
        await until(lambda: bool(bare.hub.situations))
        told.clear()
        bare.evidence.answered("SW", bare.clock.now())
        await until(lambda: not bare.hub.situations)
    assert len(told) == 1


async def test_a_hub_without_a_graph_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = BareHub(tmp_path, away=True)
    turns = counted(monkeypatch, bare.hub, "_consume")
    async with at_work(bare):
        await bare.put("native", {"check": "disk", "resource": "sw-1"})
        await until(lambda: bare.inbox.offset("alerts") == 1)
        turns.clear()
        await asyncio.sleep(1)
        assert len(turns) <= 5
        bare.away = False
        await bare.hub.graph_changed()
        await until(lambda: bool(bare.hub.situations))
