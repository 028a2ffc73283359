"""What could not be used: a body is kept once however many of its items are bad, is found again, and ages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, event

from alerting import set_aside
from alerting.binding import GraphIndex
from alerting.intake import Parser
from ledger.engine import Ledger
from ledger.inbox import Inbox, Signal
from tests.alerting.kit import NOON, native

PARSER = Parser()


class Quarantine:
    """A ledger with an inbox whose signals are parsed, and what is of no use set aside."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger.open(folder / "ledger.db")
        self.inbox = Inbox(self.ledger)
        self._read_to = 0

    def take(self, kind: str, body: Any, **said: Any) -> int:
        """Append a signal; how many items of it were set aside."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        given: dict[str, Any] = {"source": f"{kind}:test", "kind": kind, "received_at": NOON, "authenticated": True}
        signal = Signal(body=raw, **(given | said))
        self.inbox.append([signal])
        return self.consume()

    def consume(self) -> int:
        rows = self.inbox.read(self._read_to, 100)
        self._read_to = rows[-1].position
        with self.ledger.begin() as connection:
            return sum(set_aside.keep(connection, row, PARSER.parse(row, GraphIndex())) for row in rows)

    def page(self, **said: Any) -> list[set_aside.SetAside]:
        with self.ledger.read() as connection:
            return list(set_aside.page(connection, **said))

    def replay(self, **said: Any) -> int:
        with self.ledger.begin() as connection:
            return set_aside.replay(connection, self.inbox, now=NOON, **said)

    def prune(self, days: float, limit: int) -> int:
        with self.ledger.begin() as connection:
            return set_aside.prune(connection, before=NOON + timedelta(days=days), limit=limit)

    def plan(self, ask: Callable[[Connection], object]) -> list[str]:
        """How SQLite goes about what is asked."""
        seen: list[tuple[str, Any]] = []
        with self.ledger.read() as connection:
            event.listen(connection, "before_cursor_execute", lambda *said: seen.append((said[2], said[3])))
            ask(connection)
        with self.ledger.read() as connection:
            return [
                row[3]
                for statement, parameters in seen
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]

    def bytes_kept(self) -> int:
        with self.ledger.read() as connection:
            pages, size = (
                connection.exec_driver_sql(f"PRAGMA {what}").scalar() for what in ("page_count", "page_size")
            )
        assert pages
        assert size
        return int(pages * size)


@pytest.fixture
def quarantine(tmp_path: Path) -> Iterator[Quarantine]:
    place = Quarantine(tmp_path)
    yield place
    place.ledger.close()


def test_a_body_is_kept_once_however_many_of_its_items_are_bad(quarantine: Quarantine) -> None:
    body = orjson.dumps({"alerts": [native(check="") for _ in range(1000)]})
    before = quarantine.bytes_kept()
    assert quarantine.take("native", body) == 1000
    assert quarantine.bytes_kept() - before < 12 * len(body)  # with the body in each it is a thousand times as much
    newest = quarantine.page(limit=1)[0]
    assert orjson.loads(newest.raw) == native(check="")


def test_what_a_body_says_of_all_items_is_not_kept_with_each(quarantine: Quarantine) -> None:
    body = orjson.dumps({"commonLabels": {"team": "x" * 3000}, "alerts": [{"labels": {}} for _ in range(1000)]})
    before = quarantine.bytes_kept()
    assert quarantine.take("alertmanager", body) == 1000
    assert quarantine.bytes_kept() - before < 20 * len(body)
    assert {one.raw for one in quarantine.page(limit=500)} == {body}  # what does not fit is shown by the body


def test_a_message_whose_every_item_is_the_message_is_kept_once(quarantine: Quarantine) -> None:
    payload = orjson.dumps({"state": "online", "faults": [f"E{number}" for number in range(1000)]}).decode()
    body = orjson.dumps({"broker": "plant", "topic": "estate/s1/cu-7/status", "payload": payload})
    before = quarantine.bytes_kept()
    assert quarantine.take("mqtt", body) == 1000
    assert quarantine.bytes_kept() - before < 30 * len(body)
    assert quarantine.page(limit=1)[0].raw == body


def test_a_long_body_is_shown_cut(quarantine: Quarantine) -> None:
    quarantine.take("native", b"x" * 200_000)
    (rejected,) = quarantine.page()
    assert (rejected.state, len(rejected.raw)) == ("rejected", set_aside.SHOWN_BYTES)


def test_a_body_comes_back_once_and_as_it_came_and_takes_all_its_items_with_it(quarantine: Quarantine) -> None:
    body = {"alerts": [{"check": "no resource"}, {"resource": "no check"}]}
    quarantine.take("native", body, authenticated=False)
    quarantine.take("native", b"{")
    first = quarantine.page()[-1]
    assert quarantine.replay(numbers=[first.number]) == 1
    (row,) = quarantine.inbox.read(2, 10)
    assert (row.body, row.source, row.kind) == (orjson.dumps(body), "native:test", "native")
    assert (row.received_at, row.authenticated) == (NOON, False)
    assert [one.replayed_at for one in quarantine.page()] == [None, NOON, NOON]
    assert quarantine.consume() == 2  # still wrong
    with quarantine.ledger.read() as connection:
        assert set_aside.counts_by_source(connection) == {"native:test": 3}
    assert quarantine.replay() == 2
    assert quarantine.replay() == 0


def test_what_waits_is_counted_without_reading_what_does_not(quarantine: Quarantine) -> None:
    for count in (set_aside.counts, set_aside.counts_by_source):
        plan = quarantine.plan(count)
        assert plan
        assert all("set_aside " not in step or "COVERING INDEX set_aside_waiting" in step for step in plan), plan


def test_items_age_and_go_a_few_at_a_time(quarantine: Quarantine) -> None:
    quarantine.take("native", {"alerts": [{}] * 5})
    quarantine.take("native", b"{", received_at=NOON + timedelta(days=2))
    assert quarantine.prune(days=0, limit=3) == 0
    assert [quarantine.prune(days=1, limit=3) for _ in range(3)] == [3, 2, 0]
    assert [one.state for one in quarantine.page()] == ["rejected"]
