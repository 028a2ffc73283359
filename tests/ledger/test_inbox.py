"""The durable inbox: order, positions, group commit, bounds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ledger.engine import Ledger
from ledger.errors import InboxFullError, LedgerUnavailableError
from ledger.inbox import Inbox, Signal

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def signal(body: bytes) -> Signal:
    return Signal(source="native:test", kind="native", received_at=NOON, authenticated=True, body=body)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    yield opened
    opened.close()


def test_rows_come_back_as_they_went_in_and_in_order(ledger: Ledger) -> None:
    inbox = Inbox(ledger)
    assert inbox.append([signal(b"a"), signal(b"\x00b")]) == [1, 2]
    assert inbox.append([signal(b"c")]) == [3]
    rows = inbox.read(after=1, limit=10)
    assert [(row.position, row.body, row.received_at, row.authenticated) for row in rows] == [
        (2, b"\x00b", NOON, True),
        (3, b"c", NOON, True),
    ]


def test_positions_are_never_used_twice(ledger: Ledger) -> None:
    inbox = Inbox(ledger)
    inbox.append([signal(b"a"), signal(b"b")])
    with ledger.begin() as connection:
        assert inbox.prune(connection, up_to=2, before=NOON + timedelta(days=1)) == 2
    assert Inbox(ledger).append([signal(b"c")]) == [3]


def test_a_reader_is_given_as_many_bytes_as_it_asks_for_and_one_row_at_least(ledger: Ledger) -> None:
    inbox = Inbox(ledger)
    inbox.append([signal(b"x" * size) for size in (100, 100, 100, 500, 1)])
    assert [row.position for row in inbox.read(0, 10, max_bytes=150)] == [1, 2]
    assert [row.position for row in inbox.read(2, 10, max_bytes=400)] == [3, 4]
    assert [row.position for row in inbox.read(3, 10, max_bytes=10)] == [4]
    assert [row.position for row in inbox.read(0, 2, max_bytes=10_000)] == [1, 2]


def test_it_knows_who_is_heard_of(ledger: Ledger) -> None:
    inbox = Inbox(ledger)
    other = Signal(source="mqtt:plant", kind="mqtt", received_at=NOON, authenticated=True, body=b"")
    later = replace(signal(b"c"), received_at=NOON + timedelta(seconds=5))
    inbox.append([signal(b"a"), other, later, signal(b"b")])
    assert [(one.source, one.kind, one.messages, one.last_received) for one in inbox.heard(1)] == [
        ("mqtt:plant", "mqtt", 1, NOON),
        ("native:test", "native", 2, later.received_at),
    ]


def test_old_rows_go_by_number_and_size_those_received_first_before_the_others(ledger: Ledger) -> None:
    inbox = Inbox(ledger)
    inbox.append([signal(b"x" * 100) for _ in range(6)])
    later = NOON + timedelta(days=1)

    def prune(**said: int) -> int:
        with ledger.begin() as connection:
            return inbox.prune(connection, before=later, **{"up_to": 5, **said})

    assert prune(limit=2) == 2
    assert prune(max_bytes=150) == 2
    assert [row.position for row in inbox.read(0, 10)] == [5, 6]
    assert [prune(), prune()] == [1, 0]
    assert [row.position for row in inbox.read(0, 10)] == [6]  # not merged yet


def test_pruning_looks_at_what_is_old_alone(ledger: Ledger) -> None:
    inbox = Inbox(ledger)
    steps: list[tuple[str, Any]] = []
    with ledger.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *said: steps.append((said[2], said[3])))
        inbox.prune(connection, up_to=5, before=NOON)
    with ledger.read() as connection:
        (statement, parameters), *_ = steps
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert [row[3] for row in plan] == ["SEARCH inbox USING INDEX inbox_received (received_at<?)"]


def test_the_offset_moves_with_the_transaction_that_merged(ledger: Ledger) -> None:
    inbox = Inbox(ledger)
    with ledger.begin() as connection:
        inbox.set_offset(connection, "alerting", 5)
    with contextlib.suppress(RuntimeError), ledger.begin() as connection:
        inbox.set_offset(connection, "alerting", 9)
        raise RuntimeError
    assert inbox.offset("alerting") == 5
    assert inbox.offset("other") == 0


async def test_puts_of_one_turn_share_a_commit(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox(ledger)
    commits: list[int] = []
    append = inbox.append

    def counted(signals: Sequence[Signal]) -> list[int]:
        commits.append(len(signals))
        return append(signals)

    monkeypatch.setattr(inbox, "append", counted)
    first, second = await asyncio.gather(inbox.put([signal(b"a"), signal(b"b")]), inbox.put([signal(b"c")]))
    assert (first, second) == ([1, 2], [3])
    assert commits == [3]
    assert inbox.changed.is_set()


async def test_a_full_inbox_says_when_to_come_back(ledger: Ledger) -> None:
    inbox = Inbox(ledger, max_waiting=2)
    first = asyncio.create_task(inbox.put([signal(b"a"), signal(b"b")]))
    await asyncio.sleep(0)
    with pytest.raises(InboxFullError) as full:
        await inbox.put([signal(b"c")])
    assert full.value.retry_after_s > 0
    assert await first == [1, 2]


async def test_no_sender_waits_for_ever_whatever_goes_wrong(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox(ledger)
    strange = replace(signal(b"a"), received_at=NOON.replace(tzinfo=None))  # which no row can hold
    async with asyncio.timeout(5):
        failed = await asyncio.gather(inbox.put([signal(b"a")]), inbox.put([strange]), return_exceptions=True)
    assert [isinstance(one, Exception) for one in failed] == [True, True]
    assert await inbox.put([signal(b"b")]) == [1]


async def test_a_failed_commit_fails_every_sender_and_the_next_one_works(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(ledger)
    with ledger.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(LedgerUnavailableError, match="disk is full"):
        await inbox.put([signal(b"a")])
    with ledger.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    assert await inbox.put([signal(b"a")]) == [1]
