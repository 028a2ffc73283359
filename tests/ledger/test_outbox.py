"""The outbox: one decision one row, and what a crash leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ledger import outbox
from ledger.engine import Ledger
from ledger.outbox import OutboxEntry, OutboxKey, OutboxState

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = OutboxKey(incident_id="I1", stakeholder="P1", channel="mail", happening="open", sequence=1)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    ledger = Ledger.open(tmp_path / "ledger.db")
    with ledger.begin() as opened:
        yield opened
    ledger.close()


def put(connection: Connection, *, held: bool = False) -> bool:
    return outbox.enqueue(connection, KEY, {"to": "a@b"}, message_id=f"{KEY.digest}@hub", now=NOON, held=held)


def kept(connection: Connection) -> OutboxEntry:
    (entry,) = outbox.of_incident(connection, "I1")
    assert outbox.get(connection, KEY) == entry
    return entry


def test_a_decision_repeated_is_one_row(connection: Connection) -> None:
    assert put(connection)
    assert not put(connection)
    entry = kept(connection)
    assert (entry.state, entry.payload) == (OutboxState.WAITING, {"to": "a@b"})
    assert entry.message_id == f"{KEY.digest}@hub"


def test_sent_is_the_end(connection: Connection) -> None:
    put(connection)
    assert outbox.begin_sending(connection, KEY)
    assert not outbox.begin_sending(connection, KEY)
    assert outbox.mark_sent(connection, KEY, now=NOON)
    assert not outbox.refuse(connection, KEY, error="late")
    assert outbox.counts(connection) == {OutboxState.SENT: 1}


def test_a_retry_says_when_and_why(connection: Connection) -> None:
    put(connection)
    outbox.begin_sending(connection, KEY)
    later = NOON + timedelta(minutes=1)
    assert outbox.retry_at(connection, KEY, later, error="450 greylisted")
    entry = kept(connection)
    assert (entry.state, entry.next_attempt_at) == (OutboxState.WAITING, later)
    assert (entry.attempts, entry.last_error, entry.possibly_repeated) == (1, "450 greylisted", False)


def test_what_was_being_sent_at_a_crash_goes_again_and_says_so(connection: Connection) -> None:
    put(connection)
    outbox.begin_sending(connection, KEY)
    assert outbox.recover(connection, now=NOON) == 1
    entry = kept(connection)
    assert (entry.state, entry.possibly_repeated) == (OutboxState.WAITING, True)
    assert entry.message_id == f"{KEY.digest}@hub"


def test_held_waits_for_a_person(connection: Connection) -> None:
    put(connection, held=True)
    assert kept(connection).state is OutboxState.HELD
    assert not outbox.begin_sending(connection, KEY)
    assert outbox.release(connection, KEY, now=NOON)
    assert kept(connection).state is OutboxState.WAITING
    assert outbox.supersede(connection, KEY, why="resolved before it went out")
    assert kept(connection).state is OutboxState.SUPERSEDED
