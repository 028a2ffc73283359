"""The laws of `Alert.merge`, and what an alert says of its events."""

from __future__ import annotations

import functools
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.alert import Alert, Binding, order_of
from alerting.model import AlertState, Event, Severity
from impact.model import ComplaintKind, Health, Reason
from tests.alerting.kit import at, event

ACTIVE, CLEARED = AlertState.ACTIVE, AlertState.CLEARED


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Events of one fingerprint, with senders' clocks that are wrong both ways. One id is one event."""
    number = draw(st.integers(1, 12))
    chance = draw(st.randoms(use_true_random=False))
    chance.seed(number)  # the same id is the same event, however often it is drawn
    received = at(number)
    return event(
        number,
        state=chance.choice((ACTIVE, CLEARED)),
        severity=chance.choice(list(Severity)),
        observed_at=received + timedelta(seconds=chance.choice((-5, -2, 0, 3))),
        received_at=received,
        authenticated=chance.random() < 0.7,
    )


def alerts() -> st.SearchStrategy[Alert]:
    """Merges of a few events; some settled, as the book keeps them."""

    def build(found: list[Event], settled: bool, revision: int) -> Alert:
        merged = functools.reduce(Alert.merge, map(Alert.from_event, found))
        binding = Binding(ci_id=f"C{revision}", reason=Reason(code="matched"), revision=revision)
        merged = merged.bound(binding)
        return merged.settle() if settled else merged

    return st.builds(build, st.lists(events(), min_size=1, max_size=5), st.booleans(), st.integers(0, 2))


@settings(max_examples=300, deadline=None)
@given(alerts(), alerts(), alerts())
def test_merge_is_associative(one: Alert, two: Alert, three: Alert) -> None:
    assert one.merge(two).merge(three) == one.merge(two.merge(three))


@settings(max_examples=300, deadline=None)
@given(alerts(), alerts())
def test_merge_is_commutative(one: Alert, two: Alert) -> None:
    assert one.merge(two) == two.merge(one)


@settings(max_examples=200, deadline=None)
@given(alerts())
def test_merge_is_idempotent(one: Alert) -> None:
    assert one.merge(one) == one


@settings(max_examples=200, deadline=None)
@given(st.lists(events(), min_size=1, max_size=10), st.randoms())
def test_neither_order_nor_repeats_matter_and_the_newest_event_decides(found: list[Event], chance: object) -> None:
    shuffled = [*found, *found]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    merged = functools.reduce(Alert.merge, map(Alert.from_event, shuffled))
    assert merged == functools.reduce(Alert.merge, map(Alert.from_event, found))
    assert merged.occurrences.count == len({one.inbox_id for one in found})
    bearing = [one for one in found if one.state is ACTIVE or one.authenticated]
    newest = max(bearing, key=order_of, default=None)
    assert merged.state is (newest.state if newest else CLEARED)


@settings(max_examples=200, deadline=None)
@given(st.lists(events(), min_size=1, max_size=8, unique_by=lambda one: one.inbox_id))
def test_settling_on_the_way_changes_neither_state_nor_count(found: list[Event]) -> None:
    found.sort(key=lambda one: one.inbox_id)
    plain = functools.reduce(Alert.merge, map(Alert.from_event, found))
    settled = Alert.from_event(found[0]).settle()
    for one in found[1:]:
        settled = settled.merge(Alert.from_event(one)).settle()
    assert settled.state is plain.state
    assert settled.occurrences.count == plain.occurrences.count
    assert (settled.active, settled.clear) == (plain.active, plain.clear)


def merged(*found: Event) -> Alert:
    return functools.reduce(Alert.merge, map(Alert.from_event, found))


def test_active_since_is_when_the_hub_heard_the_event_that_made_it_active() -> None:
    alert = merged(
        event(1, received_at=at(10), observed_at=at(1)),
        event(2, received_at=at(20), observed_at=at(2), state=CLEARED),
        event(3, received_at=at(30), observed_at=at(3)),
        event(4, received_at=at(40), observed_at=at(4)),
    )
    assert alert.active_since == at(30)
    assert (alert.first_seen, alert.last_seen, alert.last_received) == (at(1), at(4), at(40))


def test_a_sender_with_a_clock_ahead_does_not_win_over_what_comes_later() -> None:
    assert not merged(event(1, observed_at=at(9_999)), event(2, state=CLEARED)).is_active


def test_a_late_active_of_the_past_does_not_reopen() -> None:
    alert = merged(
        event(1, observed_at=at(1)),
        event(2, observed_at=at(5), received_at=at(5), state=CLEARED),
        event(3, observed_at=at(3), received_at=at(60)),
    )
    assert not alert.is_active
    assert alert.cleared_at == at(5)


def test_an_unauthenticated_clear_clears_nothing_alone() -> None:
    hint = {"kind": ComplaintKind.HINT, "authenticated": False}
    alert = merged(event(1, **hint), event(2, state=CLEARED, **hint))
    assert alert.is_active
    assert alert.weak_clear is not None
    assert not alert.proven


def test_a_complaint_carries_what_the_engine_needs() -> None:
    alert = merged(event(1))
    assert alert.complaint() is None  # not bound yet
    found = alert.bound(Binding(ci_id="C1", reason=Reason(code="matched"), revision=1)).complaint()
    assert found is not None
    assert (found.ci_id, found.kind, found.effect, found.severity, found.since) == (
        "C1",
        ComplaintKind.FAULT,
        Health.DEGRADED,
        3,
        at(1),
    )
    assert found.key == alert.fingerprint


def test_a_port_that_no_graph_knows_is_a_hint_about_its_device() -> None:
    binding = Binding(ci_id="SW1", reason=Reason(code="matched_port_unknown"), revision=1, port_missing=True)
    found = merged(event(1, kind=ComplaintKind.PORT_DOWN, effect=Health.DOWN)).bound(binding).complaint()
    assert found is not None
    assert (found.kind, found.effect) == (ComplaintKind.HINT, Health.OK)
