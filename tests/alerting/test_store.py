"""The alert book: merge, bind, keep, page, and undo."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from alerting import set_aside
from alerting.intake import Item, Parser
from alerting.model import AlertState, Event, Severity
from alerting.store import AlertBook, AlertFilter
from impact.model import ComplaintKind, DeviceSigns, PortSign, Signs
from ledger.engine import Ledger
from ledger.inbox import Inbox, InboxRow, Signal
from tests.alerting.kit import NOON, at, ci, event, index_of, native, port_of, row

CONSUMER = "alerts"
INDEX = index_of(ci("DB1", name="db1"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    yield opened
    opened.close()


def test_alerts_outlive_a_restart_with_all_they_know(ledger: Ledger) -> None:
    book = AlertBook(ledger)
    with ledger.begin() as connection:
        (change,) = book.absorb(connection, [event(1), event(2, details={"remedy.zh": "清洁"})], INDEX)
    assert change.became_active
    (alert,) = book.active().values()
    assert (alert.ci_id, alert.occurrences.count, alert.active_since) == ("DB1", 2, at(1))
    assert dict(AlertBook(ledger).active()) == dict(book.active())
    assert AlertBook(ledger).get(alert.fingerprint) == alert


def test_a_repeat_of_what_was_read_counts_once(ledger: Ledger) -> None:
    book = AlertBook(ledger)
    for _ in range(2):
        with ledger.begin() as connection:
            book.absorb(connection, [event(1), event(2)], INDEX)
    (alert,) = book.active().values()
    assert alert.occurrences.count == 2


def test_clear_and_reopen(ledger: Ledger) -> None:
    book = AlertBook(ledger)
    with ledger.begin() as connection:
        book.absorb(connection, [event(1)], INDEX)
    with ledger.begin() as connection:
        (change,) = book.absorb(connection, [event(2, state=AlertState.CLEARED)], INDEX)
    assert change.became_cleared
    assert not book.active()
    with ledger.begin() as connection:
        (change,) = AlertBook(ledger).absorb(connection, [event(3)], INDEX)
    assert change.became_active
    assert change.after.active_since == at(3)
    assert change.after.first_seen == at(1)


def test_a_rollback_undoes_memory_too(ledger: Ledger) -> None:
    book = AlertBook(ledger)
    with ledger.begin() as connection:
        book.absorb(connection, [event(1)], INDEX)
    before = dict(book.active())
    with contextlib.suppress(RuntimeError), ledger.begin() as connection:
        book.absorb(connection, [event(2, state=AlertState.CLEARED), event(3, check="other")], INDEX)
        assert {alert.check for alert in book.active().values()} == {"other"}
        raise RuntimeError
    assert dict(book.active()) == before


def test_a_new_graph_moves_alerts(ledger: Ledger) -> None:
    book = AlertBook(ledger)
    with ledger.begin() as connection:
        book.absorb(connection, [event(1)], index_of(ci("X", name="elsewhere")))
    (alert,) = book.active().values()
    assert (alert.ci_id, alert.bind.code) == (None, "no_ci_matches")
    newer = index_of(ci("DB1", name="db1"), revision=2)
    with ledger.begin() as connection:
        (change,) = book.rebind(connection, newer)
        assert change.moved
        assert book.rebind(connection, newer) == []
    assert AlertBook(ledger).active()[alert.fingerprint].ci_id == "DB1"


def test_pages_go_through_all_alerts_once(ledger: Ledger) -> None:
    book = AlertBook(ledger)
    with ledger.begin() as connection:
        book.absorb(connection, [event(1 + n // 3, check=f"c{n}", index=n) for n in range(10)], INDEX)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = book.page(cursor=cursor, limit=3)
        seen.extend(alert.check for alert in page.alerts)
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(f"c{n}" for n in range(10))
    with pytest.raises(ValueError, match="no cursor"):
        book.page(cursor="nonsense")


def test_pages_can_be_narrowed(ledger: Ledger) -> None:
    book = AlertBook(ledger)
    found = [
        event(1, check="a", severity=Severity.WARNING),
        event(2, check="b", hints={"name": "ghost"}),
        event(3, check="c", state=AlertState.CLEARED),
        event(4, check="d%"),
    ]
    with ledger.begin() as connection:
        book.absorb(connection, found, INDEX)

    def checks(filters: AlertFilter) -> set[str]:
        return {alert.check for alert in book.page(filters).alerts}

    assert checks(AlertFilter()) == {"a", "b", "d%"}  # a clear of what never was is no alert to show
    assert checks(AlertFilter(bound=False)) == {"b"}
    assert checks(AlertFilter(least_severity=Severity.MAJOR, bound=True)) == {"d%"}
    assert checks(AlertFilter(text="%")) == {"d%"}
    assert book.counts() == {AlertState.ACTIVE: 3}


def trap(number: int, **said: Any) -> Event:
    hint = {
        "source": "snmp-trap",
        "check": "link-down",
        "resource": "10.0.0.1#3",
        "kind": ComplaintKind.HINT,
        "authenticated": False,
        "hints": {"address": "10.0.0.1", "if_index": "3"},
    }
    return event(number, **{**hint, **said})


@pytest.mark.parametrize(
    ("signs", "cleared"),
    [
        (Signs(), False),
        (Signs(ports={"P1": PortSign(up=False, at=at(0))}), False),
        (Signs(ports={"P1": PortSign(up=False, at=at(2))}), True),  # the poll's own alert speaks from here on
        (Signs(ports={"P1": PortSign(up=True, at=at(2))}), True),
        (Signs(devices={"SW": DeviceSigns(silent_since=at(1), last_failed_start=at(2))}), True),
        (Signs(devices={"SW": DeviceSigns(last_answer=at(2))}), False),  # it answers, but its port was not read
    ],
)
def test_what_the_poll_finds_ends_a_hint(ledger: Ledger, signs: Signs, cleared: bool) -> None:
    index = index_of(ci("SW", "Switch", addresses=["10.0.0.1"]), ci("P1", "Port", if_index=3),
                     relations=(port_of("P1", "SW"),))  # fmt: skip
    book = AlertBook(ledger)
    with ledger.begin() as connection:
        book.absorb(connection, [trap(1)], index)
        changes = book.clear_answered(connection, signs, index, at(3))
    assert bool(changes) is cleared
    assert bool(book.active()) is not cleared


def test_an_authenticated_port_down_ends_when_the_port_was_read_up(ledger: Ledger) -> None:
    index = index_of(ci("SW", "Switch", addresses=["10.0.0.1"]), ci("P1", "Port", if_index=3),
                     relations=(port_of("P1", "SW"),))  # fmt: skip
    book = AlertBook(ledger)
    proven = trap(1, kind=ComplaintKind.PORT_DOWN, authenticated=True)
    with ledger.begin() as connection:
        book.absorb(connection, [proven], index)
        assert not book.clear_answered(connection, Signs(ports={"P1": PortSign(up=False, at=at(2))}), index, at(3))
        assert book.clear_answered(connection, Signs(ports={"P1": PortSign(up=True, at=at(4))}), index, at(5))


def consume(connection: Connection, rows: list[InboxRow], inbox: Inbox, book: AlertBook) -> int:
    """What the hub does with rows of the inbox, in one transaction; how many were set aside."""
    items: list[Item] = []
    kept = 0
    for one in rows:
        parsed = Parser().parse(one, INDEX)
        items += parsed.items
        kept += set_aside.keep(connection, one, parsed)
    book.absorb(connection, items, INDEX)
    inbox.set_offset(connection, CONSUMER, rows[-1].position)
    return kept


def take(ledger: Ledger, inbox: Inbox, book: AlertBook) -> int:
    with ledger.begin() as connection:
        return consume(connection, inbox.read(inbox.offset(CONSUMER), 100), inbox, book)


def test_one_bad_item_does_not_spoil_its_batch_and_comes_back_on_replay(ledger: Ledger) -> None:
    inbox, book = Inbox(ledger), AlertBook(ledger)
    body = row("native", {"alerts": [native(), {"check": "no resource"}]}).body
    signal = Signal(source="native:test", kind="native", received_at=NOON, authenticated=True, body=body)
    broken = Signal(source="native:test", kind="native", received_at=NOON, authenticated=True, body=b"{nonsense")
    inbox.append([signal, broken])
    assert take(ledger, inbox, book) == 2
    assert inbox.offset(CONSUMER) == 2
    assert len(book.active()) == 1
    with ledger.read() as connection:
        rejected, quarantined = set_aside.page(connection)
        assert set_aside.counts(connection) == {("quarantined", "missing"): 1, ("rejected", "not_json"): 1}
    assert (rejected.state, rejected.raw) == ("rejected", b"{nonsense")
    assert (quarantined.item, quarantined.reason.args["field"]) == (1, "alerts[1].resource")
    with ledger.begin() as connection:
        assert set_aside.replay(connection, inbox, now=NOON, reason="missing") == 1
    assert take(ledger, inbox, book) == 1  # still wrong: set aside again, and nothing counted twice but the occurrence
    with ledger.read() as connection:
        assert set_aside.counts(connection)[("quarantined", "missing")] == 1


def test_a_batch_that_fails_is_as_if_it_had_not_been_read(ledger: Ledger) -> None:
    inbox, book = Inbox(ledger), AlertBook(ledger)
    with contextlib.suppress(RuntimeError), ledger.begin() as connection:
        consume(connection, [row("native", native())], inbox, book)
        raise RuntimeError
    assert inbox.offset(CONSUMER) == 0
    assert not book.active()
