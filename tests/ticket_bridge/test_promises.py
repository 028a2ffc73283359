"""Promised minutes against a count of every minute, also over the change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from alerting.health_log import Span
from impact.costs import Rate
from impact.model import Health
from ticket_bridge.incidents.hours import time_within, within
from ticket_bridge.promises import Month, allowed_in, budget, cost_of

MARCH = datetime(2026, 3, 15, 12, tzinfo=UTC)
HOURS = (
    "24x7",
    "Mon-Fri 08:00-18:00 Europe/Berlin",
    "Sat-Sun 22:00-04:00 America/New_York",
    "Mon-Sun 01:00-05:00 Europe/Berlin",
)
DAYS = (27, 3), (23, 10), (6, 3)  # shortly before the clocks change, here or there


def minutes(hours: str, start: datetime, end: datetime) -> int:
    count, at = 0, start
    while at < end:
        count += within(hours, at)
        at += timedelta(minutes=1)
    return count


@pytest.mark.parametrize("hours", HOURS)
def test_time_inside_of_hours_is_that_of_each_minute(hours: str) -> None:
    draw = Random(hours)
    for day, month in DAYS:
        start = datetime(2026, month, day, tzinfo=UTC) + timedelta(minutes=draw.randrange(1440))
        end = start + timedelta(minutes=draw.randrange(5000))
        assert time_within(hours, start, end) == timedelta(minutes=minutes(hours, start, end))
    assert time_within(hours, MARCH, MARCH) == timedelta()


def test_a_month_is_that_of_the_services_zone() -> None:
    late = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert Month.of(late, "24x7").start == datetime(2026, 2, 1, tzinfo=UTC)
    berlin = Month.of(late, "Mon-Fri 08:00-18:00 Europe/Berlin")
    assert (berlin.start, berlin.end) == (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ({"sla_availability": 99.9}, timedelta(minutes=44.64)),
        ({"sla_availability": 99.9, "sla_minutes": 30}, timedelta(minutes=30)),
        ({"sla_minutes": 0}, timedelta()),
        ({}, None),
        ({"sla_availability": 101}, None),
    ],
)
def test_what_is_allowed_is_exact_and_absent_where_nothing_is_promised(
    said: dict[str, object], allowed: timedelta | None
) -> None:
    assert allowed_in(Month.of(MARCH, "24x7"), said, "24x7") == allowed


def at(day: int, hour: float) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour)


def test_only_down_inside_of_hours_and_of_the_month_is_used() -> None:
    hours = "Mon-Fri 08:00-18:00 UTC"
    month = Month.of(MARCH, hours)
    spans = [
        Span(health=Health.DOWN, since=at(-3, 0), until=at(2, 9)),  # from before the month; an hour of Monday
        Span(health=Health.DEGRADED, since=at(3, 9), until=at(3, 12)),
        Span(health=Health.DOWN, since=at(4, 17), until=at(4, 23)),  # an hour until the evening
        Span(health=Health.DOWN, since=at(6, 17.5), until=None),  # goes on over the weekend
    ]
    found = budget(month, timedelta(hours=3), hours, spans, at(9, 8.25))
    assert (found.used, found.left) == (timedelta(hours=2.75), timedelta(hours=0.25))
    assert budget(month, timedelta(hours=1), hours, spans, at(9, 8.25)).left == timedelta()


def test_cost_is_rate_by_time_exactly() -> None:
    rate = Rate(down=Decimal("0.3"), degraded=Decimal("0.1"), currency="EUR")
    spans = [
        Span(health=Health.DOWN, since=at(2, 0), until=at(2, 1)),
        Span(health=Health.DEGRADED, since=at(2, 1), until=at(2, 1.5)),
        Span(health=Health.AT_RISK, since=at(2, 2), until=at(2, 9)),
        Span(health=Health.DOWN, since=at(3, 0), until=None),
    ]
    assert cost_of(rate, spans, at(3, 0.5)) == Decimal(30)
