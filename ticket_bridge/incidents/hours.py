"""Service hours as a line of text: ``24x7`` or ``Mon-Fri 08:00-18:00 Europe/Berlin``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)(?:\s+(?P<zone>\S+))?",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def _parse(hours: str) -> tuple[frozenset[int], time, time, ZoneInfo] | None:
    found = _LINE.fullmatch(hours.strip())
    if found is None:
        return None
    try:
        first = _DAYS.index(found["first"].lower())
        last = _DAYS.index((found["last"] or found["first"]).lower())
        start, end = time.fromisoformat(found["start"]), time.fromisoformat(found["end"])
        zone = ZoneInfo(found["zone"] or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        return None
    days = frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
    return days, start, end, zone


def zone_of(hours: str) -> tzinfo:
    """The time zone of service hours; UTC where they name none."""
    parsed = _parse(hours)
    return parsed[3] if parsed is not None else UTC


def time_within(hours: str, start: datetime, end: datetime) -> timedelta:
    """How much of the time between two instants lies inside of ``hours``; all of it if the line cannot be read.

    Hours that begin or end in the hour that is repeated when the clocks go back mean it the first time.
    """
    if end <= start:
        return timedelta()
    parsed = _parse(hours)
    if parsed is None:
        return end.astimezone(UTC) - start.astimezone(UTC)
    days, opens, closes, zone = parsed
    total, day = timedelta(), start.astimezone(zone).date() - timedelta(days=1)
    while day <= end.astimezone(zone).date():
        if day.weekday() in days:
            ends_on = day if opens < closes else day + timedelta(days=1)
            # as instants: between two times of one zone Python counts what the clock on the wall shows
            began = max(datetime.combine(day, opens, zone).astimezone(UTC), start.astimezone(UTC))
            ended = min(datetime.combine(ends_on, closes, zone).astimezone(UTC), end.astimezone(UTC))
            total += max(timedelta(), ended - began)
        day += timedelta(days=1)
    return total


def within(hours: str, at: datetime) -> bool:
    """Whether ``at`` lies inside of ``hours``. A line that cannot be read counts as always: it is better to be told.

    An end before the start runs past midnight and belongs to the day on which it began; ``00:00`` as the end is
    midnight.
    """
    parsed = _parse(hours)
    if parsed is None:
        return True
    days, start, end, zone = parsed
    local = at.astimezone(zone)
    today, yesterday, clock = local.weekday(), (local.weekday() - 1) % 7, local.time()
    if start < end:
        return today in days and start <= clock < end
    return (today in days and clock >= start) or (yesterday in days and clock < end)
