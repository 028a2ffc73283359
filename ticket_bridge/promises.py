"""What a service is promised to be up in a calendar month, what of that its outages have used, and what they cost.

Minutes count inside of the service's hours while it is down; limited is not down. The month is that of its hours' zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from alerting.health_log import Span
from impact.costs import Rate
from impact.model import Health
from ticket_bridge.incidents.hours import time_within, zone_of

AVAILABILITY, MINUTES = "sla_availability", "sla_minutes"
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1) // _MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month as two instants; the end is the next one's start."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, at: datetime, hours: str) -> Month:
        """The month in which an instant lies, in the zone of service hours."""
        first = at.astimezone(zone_of(hours)).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        following = (first + timedelta(days=32)).replace(day=1)
        return cls(start=first.astimezone(UTC), end=following.astimezone(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long a service may be down in a month, and how long it was: time inside of its hours."""

    allowed: timedelta
    used: timedelta

    @property
    def left(self) -> timedelta:
        return max(timedelta(), self.allowed - self.used)


def allowed_in(month: Month, attributes: Mapping[str, object], hours: str) -> timedelta | None:
    """How long it may be down; ``None`` where nothing is promised. Minutes win over a share."""
    minutes, availability = _number(attributes.get(MINUTES)), _number(attributes.get(AVAILABILITY))
    if minutes is not None:
        return _span(minutes * _MINUTE)
    if availability is None or availability > 100:
        return None
    return _span((time_within(hours, month.start, month.end) // _MICROSECOND) * (100 - availability) / 100)


def budget(month: Month, allowed: timedelta, hours: str, spans: Iterable[Span], now: datetime) -> Budget:
    """What is left of what is allowed after these states of a service until now."""
    down = (span for span in spans if span.health is Health.DOWN)
    used = (time_within(hours, max(span.since, month.start), min(span.until or now, now, month.end)) for span in down)
    return Budget(allowed=allowed, used=sum(used, timedelta()))


def cost_of(rate: Rate, spans: Iterable[Span], now: datetime) -> Decimal:
    """What these states of a service or offering have cost until now."""
    total = Fraction(0)
    for span in spans:
        cost = rate.at(span.health)
        if cost is not None:
            total += Fraction(cost.per_minute) * Fraction(((span.until or now) - span.since) // _MICROSECOND, _MINUTE)
    return Decimal(total.numerator) / Decimal(total.denominator)


def _span(microseconds: Fraction) -> timedelta:
    return timedelta(microseconds=round(microseconds))


def _number(said: object) -> Fraction | None:
    if not isinstance(said, (int, float)) or isinstance(said, bool) or said < 0:
        return None
    return Fraction(str(said))
