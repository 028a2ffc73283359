"""Alerts: what came in, as conditions over time, bound to a CI or not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from alerting.alert import Alert
from alerting.model import AlertState, Severity
from alerting.store import AlertFilter
from faultpath.access.model import READ
from faultpath.api.deps import Api, require
from faultpath.api.paging import Cursor, Limit, Page
from faultpath.api.problems import ProblemError, not_found
from faultpath.api.shapes import CiRef, HealthWord, Names, ReasonOut, SeverityWord, Shape, word_of

router = APIRouter(tags=["alerts"], dependencies=[Depends(require(READ))])


class AlertOut(Shape):
    """One alert. ``bind`` says why it belongs to this CI, or to none. Times are the hub's unless they say otherwise.

    ``first_seen`` and ``last_seen`` are the sender's times; ``occurrences`` are distinct messages.
    """

    fingerprint: str
    source: str
    check: str
    resource: str
    state: Literal["active", "cleared"]
    kind: Literal["fault", "no_answer", "port_down", "hint"]
    severity: SeverityWord
    effect: HealthWord
    ci: CiRef | None
    bind: ReasonOut
    authenticated: bool
    proven: bool
    summary: str
    details: dict[str, str]
    hints: dict[str, str]
    occurrences: int
    first_seen: datetime
    last_seen: datetime
    last_received: datetime
    active_since: datetime | None
    cleared_at: datetime | None


@router.get("/alerts")
async def list_alerts(
    api: Api,
    *,
    state: Literal["active", "cleared"] | None = None,
    bound: Annotated[bool | None, Query(description="only with, or only without, a CI")] = None,
    ci: Annotated[str | None, Query(max_length=64, description="only of this CI")] = None,
    source: Annotated[str | None, Query(max_length=200)] = None,
    severity: Annotated[SeverityWord | None, Query(description="at least this severe")] = None,
    text: Annotated[str | None, Query(max_length=200, description="part of check or resource")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[AlertOut]:
    """Alerts, those that changed last first."""
    wanted = AlertFilter(
        state=AlertState(state) if state else None,
        least_severity=Severity[severity.upper()] if severity else None,
        ci_id=ci,
        source=source,
        bound=bound,
        text=text,
    )
    try:
        found = api.hub.book.page(wanted, cursor=cursor, limit=limit)
    except (ValueError, OverflowError):  # not of our form, or a time that no store can hold
        raise ProblemError(400, "bad_cursor", "the cursor is not one of this list") from None
    return Page[AlertOut](items=[alert_out(alert, api.names) for alert in found.alerts], next_cursor=found.cursor)


@router.get("/alerts/{fingerprint}")
async def get_alert(fingerprint: str, api: Api) -> AlertOut:
    """One alert."""
    alert = api.hub.book.get(fingerprint)
    if alert is None:
        raise not_found("alert", fingerprint)
    return alert_out(alert, api.names)


def alert_out(alert: Alert, names: Names) -> AlertOut:
    """An alert as the API gives it."""
    return AlertOut.model_validate(
        {
            "fingerprint": alert.fingerprint,
            "source": alert.source,
            "check": alert.check,
            "resource": alert.resource,
            "state": alert.state.value,
            "kind": alert.kind.value,
            "severity": alert.severity.word,
            "effect": word_of(alert.effect),
            "ci": names.maybe(alert.ci_id),
            "bind": names.reason(alert.bind),
            "authenticated": alert.authenticated,
            "proven": alert.proven,
            "summary": alert.summary,
            "details": dict(alert.details),
            "hints": dict(alert.hints),
            "occurrences": alert.occurrences.count,
            "first_seen": alert.first_seen,
            "last_seen": alert.last_seen,
            "last_received": alert.last_received,
            "active_since": alert.active_since,
            "cleared_at": alert.cleared_at,
        }
    )
