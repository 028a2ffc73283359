"""What ages goes: in short turns, what was not merged yet stays, and no item outlives the body that it refers to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

from alerting import set_aside
from alerting.binding import GraphIndex
from alerting.health_log import HealthLog, own_health_at
from alerting.intake import Parser
from alerting.model import AlertState, Event
from alerting.store import AlertBook
from faultpath import housekeeping
from faultpath.access.tokens import TokenBook
from faultpath.housekeeping import Housekeeping
from faultpath.hub import CONSUMER
from faultpath.settings import RetentionSettings
from impact.model import Health
from ledger.clock import ControlledClock
from ledger.engine import Ledger
from ledger.inbox import INBOX, Inbox, Signal
from tests.alerting.kit import event as reported

PARSER = Parser()


class Keeper:
    """A ledger that is kept by the clock: seven days of the inbox, ninety of the alerts."""

    def __init__(self, folder: Path) -> None:
        self.clock = ControlledClock()
        self.ledger = Ledger.open(folder / "ledger.db")
        self.inbox = Inbox(self.ledger)
        tokens = TokenBook(self.ledger, self.clock)
        retention = RetentionSettings(inbox_days=7, cleared_alerts_days=90)
        self.book = AlertBook(self.ledger)
        self.housekeeping = Housekeeping(
            self.ledger, self.inbox, self.book, tokens, clock=self.clock, retention=retention
        )

    def receive(self, *bodies: bytes, merged: bool = True) -> None:
        signals = [
            Signal(source="native:test", kind="native", received_at=self.clock.now(), authenticated=True, body=body)
            for body in bodies
        ]
        after = self.inbox.last_position
        self.inbox.append(signals)
        if not merged:
            return
        with self.ledger.begin() as connection:
            for row in self.inbox.read(after, len(bodies)):
                set_aside.keep(connection, row, PARSER.parse(row, GraphIndex()))
            self.inbox.set_offset(connection, CONSUMER, self.inbox.last_position)

    def report(self, *events: Event) -> None:
        with self.ledger.begin() as connection:
            self.book.absorb(connection, events, GraphIndex())

    def alerts(self) -> set[str]:
        return {alert.resource for alert in self.book.page().alerts}

    def days_later(self, days: float) -> None:
        self.clock.advance(timedelta(days=days).total_seconds())

    def plan(self, ask: Callable[[Connection], object]) -> str:
        """How SQLite finds what is to go."""
        seen: list[tuple[str, Any]] = []
        with self.ledger.begin() as connection:
            event.listen(connection, "before_cursor_execute", lambda *said: seen.append((said[2], said[3])))
            ask(connection)
        with self.ledger.read() as connection:
            (statement, parameters), *_ = seen
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "; ".join(row[3] for row in plan)

    def rows(self) -> int:
        with self.ledger.read() as connection:
            return connection.execute(select(func.count()).select_from(INBOX)).scalar() or 0

    def items(self) -> int:
        with self.ledger.read() as connection:
            return len(set_aside.page(connection))


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    one = Keeper(tmp_path)
    yield one
    one.ledger.close()


async def test_what_is_old_goes_and_what_is_young_or_not_merged_stays(keeper: Keeper) -> None:
    keeper.receive(b"{", b'{"alerts": []}')
    keeper.days_later(5)
    keeper.receive(b"{")
    keeper.receive(b"{", merged=False)
    keeper.days_later(3)
    await keeper.housekeeping.prune()
    assert (keeper.rows(), keeper.items()) == (2, 1)
    keeper.days_later(30)
    await keeper.housekeeping.prune()
    assert (keeper.rows(), keeper.items()) == (1, 0)


async def test_many_old_rows_go_a_few_at_a_time_and_others_get_their_turns(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "PRUNE_PAUSE_S", 0)
    keeper.receive(*(b'{"alerts": []}' for _ in range(2_500)))
    keeper.days_later(8)
    seen: list[int] = []

    async def look() -> None:
        while True:
            seen.append(keeper.rows())
            await asyncio.sleep(0)

    looking = asyncio.create_task(look())
    await keeper.housekeeping.prune()
    looking.cancel()
    assert keeper.rows() == 0
    assert sorted(set(seen), reverse=True)[:2] == [1_500, 500]


async def test_alerts_go_that_are_over_and_not_heard_of_any_more(keeper: Keeper) -> None:
    long_ago, of_late = keeper.clock.now() - timedelta(days=100), keeper.clock.now() - timedelta(days=80)
    for number, (resource, heard) in enumerate((("old", long_ago), ("young", of_late)), 1):
        told = reported(number, resource=resource, observed_at=heard, received_at=heard)
        keeper.report(told, replace(told, inbox_id=number + 10, state=AlertState.CLEARED))
    keeper.report(reported(9, resource="standing", observed_at=long_ago, received_at=long_ago))
    await keeper.housekeeping.prune()
    assert keeper.alerts() == {"young", "standing"}


async def test_what_was_broken_long_ago_is_forgotten_when_it_ended(keeper: Keeper) -> None:
    said, began = HealthLog(keeper.ledger), keeper.clock.now()
    both = {"ended": Health.DOWN, "lasts": Health.DOWN}
    for own in (both, {"lasts": Health.DOWN}):
        with keeper.ledger.begin() as connection:
            said.record(connection, keeper.clock.now(), own=own, services={})
        keeper.days_later(1)
    await keeper.housekeeping.prune()
    assert own_health_at(keeper.ledger, began) == both
    keeper.days_later(400)
    await keeper.housekeeping.prune()
    assert own_health_at(keeper.ledger, began) == {"lasts": Health.DOWN}


def test_looking_for_old_alerts_reads_those_alone(keeper: Keeper) -> None:
    plan = keeper.plan(lambda connection: keeper.book.prune(connection, before=keeper.clock.now(), limit=10))
    assert "SEARCH alert USING INDEX alert_cleared (state=? AND last_received<?)" in plan
