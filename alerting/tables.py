"""The table of alerts on the ledger, and how alerts become rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from alerting.alert import Alert, Binding, Occurrences
from alerting.model import AlertState, Event, Severity
from impact.model import ComplaintKind, Health, Reason
from ledger.tables import METADATA, Instant

ALERTS = Table(
    "alert",
    METADATA,
    Column("fingerprint", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("check", String, nullable=False),
    Column("resource", String, nullable=False),
    Column("state", String, nullable=False),
    Column("ever_active", Boolean, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("ci_id", String),
    Column("changed", Integer, nullable=False),  # inbox id of the newest event merged, the cursor of pages
    Column("last_received", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("alert_changed", ALERTS.c.changed, ALERTS.c.fingerprint)
Index("alert_state", ALERTS.c.state, ALERTS.c.changed)
# those that may age, apart from the active ones, whose time of hearing changes with each event
_CLEARED = ALERTS.c.state == AlertState.CLEARED.value
Index("alert_cleared", ALERTS.c.state, ALERTS.c.last_received, sqlite_where=_CLEARED)


def alert_row(alert: Alert) -> dict[str, Any]:
    """The columns of an alert, which must be settled."""
    return {
        "fingerprint": alert.fingerprint,
        "source": alert.source,
        "check": alert.check,
        "resource": alert.resource,
        "state": alert.state.value,
        "ever_active": alert.active is not None,
        "severity": int(alert.severity),
        "ci_id": alert.ci_id,
        "changed": alert.occurrences.up_to,
        "last_received": alert.last_received,
        "body": orjson.dumps(_alert_body(alert)),
    }


def _alert_body(alert: Alert) -> dict[str, Any]:
    since = alert.active_since
    binding = alert.binding
    return {
        "first_seen": alert.first_seen,
        "last_seen": alert.last_seen,
        "count": alert.occurrences.settled,
        "active": alert.active,
        "clear": alert.clear,
        "weak_clear": alert.weak_clear,
        "since": since,
        "run": [*min(alert.run)[0]] if alert.run else None,
        "bind": {
            "ci_id": binding.ci_id,
            "code": binding.reason.code,
            "args": binding.reason.args,
            "revision": binding.revision,
            "port_missing": binding.port_missing,
        },
    }


def alert_of(row: Mapping[str, Any]) -> Alert:
    """The alert of a row as `alert_row` wrote it."""
    body = orjson.loads(row["body"])
    run = body["run"]
    since = (datetime.fromisoformat(run[0]), run[1], run[2]) if run else None
    active, clear = _event_of(body["active"]), _event_of(body["clear"])
    return Alert(
        fingerprint=row["fingerprint"],
        source=row["source"],
        check=row["check"],
        resource=row["resource"],
        first_seen=datetime.fromisoformat(body["first_seen"]),
        last_seen=datetime.fromisoformat(body["last_seen"]),
        last_received=row["last_received"],
        occurrences=Occurrences(settled=body["count"], up_to=row["changed"]),
        active=active,
        clear=clear,
        weak_clear=_event_of(body["weak_clear"]),
        run=frozenset(((since, datetime.fromisoformat(body["since"])),)) if since and body["since"] else frozenset(),
        binding=_binding_of(body["bind"]),
    )


def _binding_of(body: Mapping[str, Any]) -> Binding:
    args = {name: tuple(value) if isinstance(value, list) else value for name, value in body["args"].items()}
    return Binding(
        ci_id=body["ci_id"],
        reason=Reason(code=body["code"], args=args),
        revision=body["revision"],
        port_missing=body["port_missing"],
    )


def _event_of(body: Mapping[str, Any] | None) -> Event | None:
    if body is None:
        return None
    return Event(
        inbox_id=body["inbox_id"],
        index=body["index"],
        source=body["source"],
        check=body["check"],
        resource=body["resource"],
        hints=body["hints"],
        kind=ComplaintKind(body["kind"]),
        severity=Severity(body["severity"]),
        effect=Health(body["effect"]),
        state=AlertState(body["state"]),
        observed_at=datetime.fromisoformat(body["observed_at"]),
        received_at=datetime.fromisoformat(body["received_at"]),
        authenticated=body["authenticated"],
        summary=body["summary"],
        details=body["details"],
    )


__all__ = ["ALERTS", "alert_of", "alert_row"]
