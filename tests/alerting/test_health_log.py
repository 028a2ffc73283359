"""The log of health against a list of all that was ever said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from alerting.health_log import HealthLog, own_health_at, prune, spans_of_services
from impact.model import Health
from ledger.engine import Ledger

T0 = datetime(2026, 1, 1, tzinfo=UTC)
BAD = (Health.AT_RISK, Health.DEGRADED, Health.DOWN)


def at(minute: float) -> datetime:
    return T0 + timedelta(minutes=minute)


def drawn(draw: Random) -> dict[str, Health]:
    return {f"ci{n}": draw.choice(BAD) for n in range(4) if draw.random() < 0.5}


def said_at(said: list[tuple[datetime, dict[str, Health]]], when: datetime) -> dict[str, Health]:
    return next((states for then, states in reversed(said) if then <= when), {})


@pytest.mark.parametrize("seed", range(20))
def test_it_says_what_was_said_at_any_time(seed: int, tmp_path: Path) -> None:
    draw, minute = Random(seed), 0
    ledger = Ledger.open(tmp_path / "ledger.db")
    log = HealthLog(ledger)
    own: list[tuple[datetime, dict[str, Health]]] = []
    services: list[tuple[datetime, dict[str, Health]]] = []
    for _ in range(30):
        minute += draw.randint(1, 5)
        own.append((at(minute), drawn(draw)))
        services.append((at(minute), drawn(draw)))
        if draw.random() < 0.2:  # it starts anew
            log = HealthLog(ledger)
        with ledger.begin() as connection:
            log.record(connection, at(minute), own=own[-1][1], services=services[-1][1])
    for when in (at(draw.uniform(-5, minute + 5)) for _ in range(50)):
        assert own_health_at(ledger, when) == said_at(own, when)
    start, end = at(minute / 4), at(minute / 2)
    spans = spans_of_services(ledger, ["ci0", "ci1"], start, end)
    for ci in ("ci0", "ci1"):
        for moment in (start + timedelta(seconds=s) for s in range(0, int((end - start).total_seconds()), 20)):
            there = [span.health for span in spans[ci] if span.since <= moment < (span.until or end)]
            expected = said_at(services, moment).get(ci)
            assert there == ([expected] if expected else []), moment
        assert all(start <= span.since < (span.until or end) <= end for span in spans[ci])
    ledger.close()


def test_what_is_rolled_back_was_never_said(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    log = HealthLog(ledger)

    def fail() -> None:
        with ledger.begin() as connection:
            log.record(connection, at(1), own={"a": Health.DOWN}, services={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with ledger.begin() as connection:
        log.record(connection, at(2), own={"a": Health.DOWN}, services={})
    assert own_health_at(ledger, at(1.5)) == {}
    assert own_health_at(ledger, at(3)) == {"a": Health.DOWN}
    ledger.close()


def test_only_what_ended_long_ago_is_forgotten(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    log = HealthLog(ledger)
    for minute, own in enumerate(({"a": Health.DOWN, "b": Health.DOWN}, {"b": Health.DOWN}, {"b": Health.DOWN})):
        with ledger.begin() as connection:
            log.record(connection, at(10 * minute), own=own, services=own)
    with ledger.begin() as connection:
        assert prune(connection, before=at(15), limit=1) == 1
        assert prune(connection, before=at(15), limit=10) == 1
        assert prune(connection, before=at(15), limit=10) == 0
    assert own_health_at(ledger, at(5)) == {"b": Health.DOWN}
    assert own_health_at(ledger, at(25)) == {"b": Health.DOWN}
    ledger.close()
