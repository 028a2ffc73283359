"""What was broken when: the own health of CIs and the state of services over time, as rows of the ledger.

A row says that something was in one state from one decision to another. It is written with the decision that found it,
so that what is asked of a past time is answered with what the hub said then. What was ok has no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, String, Table, bindparam, delete, insert, or_, select, update

from impact.model import Health
from ledger.engine import Ledger
from ledger.tables import METADATA, Instant

OWN, SERVICE = "own", "service"

SPANS = Table(
    "health_span",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("what", String, nullable=False),  # OWN: the CI's own health; SERVICE: the state of a service or offering
    Column("ci_id", String, nullable=False),
    Column("health", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
)
Index("health_span_of", SPANS.c.what, SPANS.c.ci_id, SPANS.c.since)
Index("health_span_ended", SPANS.c.what, SPANS.c.until)
_IS_OPEN = SPANS.c.until.is_(None)
Index("health_span_open", SPANS.c.what, SPANS.c.ci_id, sqlite_where=_IS_OPEN)

_END = (
    update(SPANS)
    .where(SPANS.c.what == bindparam("of"), SPANS.c.ci_id == bindparam("ci"), _IS_OPEN)
    .values(until=bindparam("at"))
)

States = Mapping[str, Health]
"""By CI id; what is ok is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A state that something was in; ``until`` is ``None`` while it is."""

    health: Health
    since: datetime
    until: datetime | None


class HealthLog:
    """Keeps the log; belongs to whoever decides. If the transaction is rolled back, its memory goes back with it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._now: dict[str, States] = {}
        with ledger.read() as connection:
            for what in (OWN, SERVICE):
                self._now[what] = _states(connection, what, None)

    def record(self, connection: Connection, now: datetime, *, own: States, services: States) -> None:
        """Write what is different from the last decision, in its transaction."""
        before = dict(self._now)
        self._ledger.on_rollback(lambda: self._now.update(before))
        for what, states in ((OWN, own), (SERVICE, services)):
            known = before[what]
            if states == known:
                continue
            ended = [ci for ci, health in known.items() if states.get(ci) != health]
            began = {ci: health for ci, health in states.items() if known.get(ci) != health}
            if ended:
                connection.execute(_END, [{"of": what, "ci": ci, "at": now} for ci in ended])
            if began:
                rows = [
                    {"what": what, "ci_id": ci, "health": int(health), "since": now} for ci, health in began.items()
                ]
                connection.execute(insert(SPANS), rows)
            self._now[what] = dict(states)


def own_health_at(ledger: Ledger, at: datetime) -> dict[str, Health]:
    """What was broken at a time, by CI id: each CI's own health, as far as it was not ok. Callable from any thread."""
    with ledger.read() as connection:
        return _states(connection, OWN, at)


def spans_of_services(
    ledger: Ledger, ci_ids: Iterable[str], start: datetime, end: datetime
) -> dict[str, Sequence[Span]]:
    """The states of services and offerings between two times, by CI id, the oldest first; cut at both ends."""
    wanted = sorted(set(ci_ids))
    found: dict[str, list[Span]] = {ci: [] for ci in wanted}
    overlaps = (SPANS.c.since < end) & or_(SPANS.c.until > start, _IS_OPEN)
    statement = select(SPANS).where(SPANS.c.what == SERVICE, SPANS.c.ci_id.in_(wanted), overlaps)
    with ledger.read() as connection:
        for row in connection.execute(statement.order_by(SPANS.c.position)):
            until = min(row.until, end) if row.until is not None else end
            found[row.ci_id].append(Span(health=Health(row.health), since=max(row.since, start), until=until))
    return {ci: tuple(spans) for ci, spans in found.items()}


def prune(connection: Connection, *, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` rows of what ended before a time; how many. Repeat it until 0."""
    old = select(SPANS.c.position).where(SPANS.c.what.in_((OWN, SERVICE)), SPANS.c.until < before).limit(limit)
    return connection.execute(delete(SPANS).where(SPANS.c.position.in_(old.scalar_subquery()))).rowcount


def _states(connection: Connection, what: str, at: datetime | None) -> dict[str, Health]:
    """What was not ok at a time, or is now."""
    true = _IS_OPEN if at is None else (SPANS.c.since <= at) & or_(SPANS.c.until > at, _IS_OPEN)
    rows = connection.execute(select(SPANS.c.ci_id, SPANS.c.health).where(SPANS.c.what == what, true))
    return {row.ci_id: Health(row.health) for row in rows}
