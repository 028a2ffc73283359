"""Small makers for events, rows and graphs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from alerting.binding import GraphIndex
from alerting.model import AlertState, Event, Severity
from cmdb.columns.fill import columns_of
from cmdb.model import CI, Relation, Snapshot
from impact.model import ComplaintKind, Health
from ledger.inbox import InboxRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def event(number: int = 1, **said: Any) -> Event:
    """An active fault of ``db1`` unless said otherwise."""
    return Event(
        **{
            "inbox_id": number,
            "index": 0,
            "source": "native:test",
            "check": "disk",
            "resource": "db1",
            "hints": {"name": "db1"},
            "kind": ComplaintKind.FAULT,
            "severity": Severity.MAJOR,
            "effect": Health.DEGRADED,
            "state": AlertState.ACTIVE,
            "observed_at": at(number),
            "received_at": at(number),
            "authenticated": True,
            "summary": "disk",
            **said,
        }
    )


def row(kind: str, body: Any, *, position: int = 1, source: str = "", authenticated: bool = True) -> InboxRow:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return InboxRow(
        position=position,
        source=source or f"{kind}:test",
        kind=kind,
        received_at=NOON,
        authenticated=authenticated,
        body=raw,
    )


def ci(ci_id: str, cls: str = "Server", name: str = "", **attributes: Any) -> CI:
    return CI(ci_id=ci_id, cls=cls, name=name or ci_id.lower(), attributes=attributes)


def index_of(*cis: CI, relations: tuple[Relation, ...] = (), revision: int = 1) -> GraphIndex:
    return GraphIndex(columns_of(Snapshot(revision=revision, cis=cis, relations=relations)))


def port_of(port: str, device: str) -> Relation:
    return Relation(from_id=port, type="PORT_OF", to_id=device)


def native(check: str = "disk", **said: Any) -> Mapping[str, Any]:
    return {"check": check, "resource": "db1", **said}
