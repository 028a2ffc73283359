"""The alert book: all alerts as rows of the ledger, the active ones in memory too.

What joins a transaction here is undone in memory if the transaction is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from alerting.alert import Alert, Binding
from alerting.binding import GraphIndex, bind
from alerting.intake.parsed import FaultList, Item
from alerting.model import AlertState, Event, Severity
from alerting.tables import ALERTS, alert_of, alert_row
from impact.model import ComplaintKind, DeviceSigns, Signs
from ledger.engine import Ledger

_CHUNK = 500  # below SQLite's limit of bound variables
_insert = upsert(ALERTS)
_PUT = _insert.on_conflict_do_update(
    index_elements=["fingerprint"],
    set_={
        name: _insert.excluded[name]
        for name in ("state", "ever_active", "severity", "ci_id", "changed", "last_received", "body")
    },
)
_TRAPS = "snmp-trap"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """What one batch did to one alert. ``before`` is ``None`` for a new one."""

    before: Alert | None
    after: Alert

    @property
    def became_active(self) -> bool:
        return self.after.is_active and (self.before is None or not self.before.is_active)

    @property
    def became_cleared(self) -> bool:
        return not self.after.is_active and self.before is not None and self.before.is_active

    @property
    def moved(self) -> bool:
        """Whether it was bound to another CI, or to one for the first time."""
        return self.before is not None and self.before.ci_id != self.after.ci_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Which alerts a page shows. ``bound``: only those with, or without, a CI. ``text``: part of check or resource."""

    state: AlertState | None = None
    least_severity: Severity | None = None
    ci_id: str | None = None
    source: str | None = None
    bound: bool | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """Alerts, those that changed last first. ``cursor`` fetches the next page; ``None`` at the end."""

    alerts: tuple[Alert, ...]
    cursor: str | None


class AlertBook:
    """All alerts of one ledger. One per process; it mirrors the active ones in memory."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._active: dict[str, Alert] = {}
        self._by_resource: dict[tuple[str, str], set[str]] = {}
        with ledger.read() as connection:
            rows = connection.execute(select(ALERTS).where(ALERTS.c.state == AlertState.ACTIVE.value))
            for row in rows.mappings():
                self._remember(alert_of(dict(row)))

    def absorb(self, connection: Connection, items: Iterable[Item], index: GraphIndex) -> list[AlertChange]:
        """Merge a batch, bind what is new, and write it inside of the caller's transaction.

        The items must come in the order of the inbox. One change per alert and batch.
        """
        items = list(items)
        known = self._load(connection, {item.fingerprint for item in items if isinstance(item, Event)})
        now: dict[str, Alert] = {}
        for item in items:
            for event in self._events_of(item, now):
                fingerprint = event.fingerprint
                before = now.get(fingerprint) or known.get(fingerprint) or self._active.get(fingerprint)
                single = Alert.from_event(event)
                now[fingerprint] = single if before is None else before.merge(single)
        changes = []
        for fingerprint, alert in now.items():
            old = known.get(fingerprint) or self._active.get(fingerprint)
            changes.append(AlertChange(before=old, after=alert.settle(_binding(alert, old, index))))
        self._write(connection, changes)
        return changes

    def rebind(self, connection: Connection, index: GraphIndex) -> list[AlertChange]:
        """Bind all active alerts anew, after the graph changed; only those that moved are changes."""
        changes = []
        for alert in list(self._active.values()):
            bound = alert.bound(bind(alert.hints, index))
            if (bound.ci_id, bound.bind) != (alert.ci_id, alert.bind):
                changes.append(AlertChange(before=alert, after=bound))
        self._write(connection, changes)
        return changes

    def clear_answered(
        self, connection: Connection, signs: Signs, index: GraphIndex, now: datetime
    ) -> list[AlertChange]:
        """Clear what traps said of CIs that the hub has asked since: what the poll finds counts from there on."""
        changes = []
        for alert in self._active.values():
            if alert.source == _TRAPS and _was_answered(alert, signs, index):
                assert alert.active is not None
                clear = replace(
                    alert.active,
                    inbox_id=0,
                    index=0,
                    state=AlertState.CLEARED,
                    observed_at=now,
                    received_at=now,
                    authenticated=True,
                    summary="the hub asked",
                )
                changes.append(AlertChange(before=alert, after=alert.merge(Alert.from_event(clear)).settle()))
        self._write(connection, changes)
        return changes

    def active(self) -> Mapping[str, Alert]:
        """Active alerts by fingerprint, the open transaction's included. A view: do not keep it."""
        return self._active

    def get(self, fingerprint: str) -> Alert | None:
        """An alert, active or cleared."""
        if fingerprint in self._active:
            return self._active[fingerprint]
        with self._ledger.read() as connection:
            row = connection.execute(select(ALERTS).where(ALERTS.c.fingerprint == fingerprint)).mappings().first()
        return None if row is None else alert_of(dict(row))

    def page(self, filters: AlertFilter | None = None, *, cursor: str | None = None, limit: int = 100) -> AlertPage:
        """One page of alerts.

        Raises:
            ValueError: the cursor is none of ours.
        """
        statement = select(ALERTS).order_by(ALERTS.c.changed.desc(), ALERTS.c.fingerprint).limit(limit + 1)
        statement = statement.where(*_conditions(filters or AlertFilter()))
        if cursor is not None:
            changed, fingerprint = _read_cursor(cursor)
            later = and_(ALERTS.c.changed == changed, ALERTS.c.fingerprint > fingerprint)
            statement = statement.where(or_(ALERTS.c.changed < changed, later))
        with self._ledger.read() as connection:
            rows = [dict(row) for row in connection.execute(statement).mappings()]
        more = len(rows) > limit
        rows = rows[:limit]
        next_cursor = f"{rows[-1]['changed']}-{rows[-1]['fingerprint']}" if more else None
        return AlertPage(alerts=tuple(alert_of(row) for row in rows), cursor=next_cursor)

    def counts(self) -> Mapping[AlertState, int]:
        """How many alerts are in each state."""
        with self._ledger.read() as connection:
            found = connection.execute(
                select(ALERTS.c.state, func.count()).where(ALERTS.c.ever_active).group_by(ALERTS.c.state)
            )
            return {AlertState(state): number for state, number in found}

    def prune(self, connection: Connection, *, before: datetime, limit: int = 1_000) -> int:
        """Delete up to ``limit`` cleared alerts that nothing was heard of since a time; how many. Repeat it until 0."""
        old = select(ALERTS.c.fingerprint).where(
            ALERTS.c.state == AlertState.CLEARED.value, ALERTS.c.last_received < before
        )
        these = ALERTS.c.fingerprint.in_(old.limit(limit).scalar_subquery())
        return connection.execute(delete(ALERTS).where(these)).rowcount

    def _events_of(self, item: Item, now: Mapping[str, Alert]) -> Iterator[Event]:
        if isinstance(item, Event):
            yield item
            return
        yield from self._clears(item, now)

    def _clears(self, listed: FaultList, now: Mapping[str, Alert]) -> Iterator[Event]:
        """Clears of the device's active faults that its status does not list any more."""
        source, resource = listed.pattern.source, listed.pattern.resource
        there = {
            fingerprint: self._active[fingerprint] for fingerprint in self._by_resource.get((source, resource), ())
        }
        there |= {one.fingerprint: one for one in now.values() if (one.source, one.resource) == (source, resource)}
        for alert in there.values():
            latest = now.get(alert.fingerprint, alert)
            if latest.is_active and latest.check.startswith(listed.prefix) and latest.check not in listed.present:
                yield replace(listed.pattern, check=latest.check)

    def _load(self, connection: Connection, fingerprints: set[str]) -> dict[str, Alert]:
        """The alerts of these fingerprints, from memory where they are active."""
        found = {one: self._active[one] for one in fingerprints if one in self._active}
        missing = sorted(fingerprints - found.keys())
        for start in range(0, len(missing), _CHUNK):
            wanted = select(ALERTS).where(ALERTS.c.fingerprint.in_(missing[start : start + _CHUNK]))
            for row in connection.execute(wanted).mappings():
                alert = alert_of(dict(row))
                found[alert.fingerprint] = alert
        return found

    def _write(self, connection: Connection, changes: Sequence[AlertChange]) -> None:
        if not changes:
            return
        connection.execute(_PUT, [alert_row(change.after) for change in changes])
        before = {change.after.fingerprint: self._active.get(change.after.fingerprint) for change in changes}
        self._ledger.on_rollback(lambda: self._restore(before))
        for change in changes:
            self._remember(change.after)

    def _restore(self, before: Mapping[str, Alert | None]) -> None:
        for fingerprint, alert in before.items():
            if alert is not None:
                self._remember(alert)
            elif fingerprint in self._active:
                self._forget(self._active[fingerprint])

    def _remember(self, alert: Alert) -> None:
        if not alert.is_active:
            self._forget(alert)
            return
        self._active[alert.fingerprint] = alert
        self._by_resource.setdefault((alert.source, alert.resource), set()).add(alert.fingerprint)

    def _forget(self, alert: Alert) -> None:
        if self._active.pop(alert.fingerprint, None) is None:
            return
        beside = self._by_resource[(alert.source, alert.resource)]
        beside.discard(alert.fingerprint)
        if not beside:
            del self._by_resource[(alert.source, alert.resource)]


def _binding(alert: Alert, before: Alert | None, index: GraphIndex) -> Binding:
    same = before is not None and before.binding.revision == index.revision and before.hints == alert.hints
    return alert.binding if same else bind(alert.hints, index)


def _was_answered(alert: Alert, signs: Signs, index: GraphIndex) -> bool:
    """Whether the hub has asked the CI of a trap after the trap came."""
    if alert.ci_id is None or alert.kind not in (ComplaintKind.HINT, ComplaintKind.PORT_DOWN):
        return False
    port_of = index.device_of(alert.ci_id)
    device = signs.devices.get(port_of or alert.ci_id)
    if device is not None and device.last_failed_start is not None and device.last_failed_start >= alert.last_received:
        return alert.kind is ComplaintKind.HINT
    if port_of is not None:
        port = signs.ports.get(alert.ci_id)
        read_since = port is not None and port.at >= alert.last_received
        return read_since and (alert.kind is ComplaintKind.HINT or (port is not None and port.up))
    return device is not None and _answered_since(device, alert.last_received)


def _answered_since(device: DeviceSigns, at: datetime) -> bool:
    return device.silent_since is None and device.last_answer is not None and device.last_answer >= at


def _conditions(filters: AlertFilter) -> Iterator[ColumnElement[bool]]:
    yield ALERTS.c.ever_active  # a clear of what never was is kept for the merge and is no alert to show
    if filters.state is not None:
        yield ALERTS.c.state == filters.state.value
    if filters.least_severity is not None:
        yield ALERTS.c.severity >= int(filters.least_severity)
    if filters.ci_id is not None:
        yield ALERTS.c.ci_id == filters.ci_id
    if filters.source is not None:
        yield ALERTS.c.source == filters.source
    if filters.bound is not None:
        yield ALERTS.c.ci_id.is_not(None) if filters.bound else ALERTS.c.ci_id.is_(None)
    if filters.text:
        yield or_(
            ALERTS.c.check.contains(filters.text, autoescape=True),
            ALERTS.c.resource.contains(filters.text, autoescape=True),
        )


def _read_cursor(cursor: str) -> tuple[int, str]:
    changed, dash, fingerprint = cursor.partition("-")
    if not dash or not changed.isdecimal():
        raise ValueError(f"{cursor!r} is no cursor of alerts")
    return int(changed), fingerprint


__all__ = ["AlertBook", "AlertChange", "AlertFilter", "AlertPage"]
