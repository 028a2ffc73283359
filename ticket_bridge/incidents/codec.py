"""Incidents and reasons as JSON values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping

from alerting.model import Severity
from impact.model import Arg, Cost, HeadCount, Health, Reason, ServiceHit
from ticket_bridge.model import Incident, IncidentState


def reason_to_json(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "args": dict(reason.args)}


def reason_from_json(value: Mapping[str, Any]) -> Reason:
    return Reason(code=value["code"], args={name: _arg(arg) for name, arg in value["args"].items()})


def _arg(value: Any) -> Arg:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    arg: Arg = value
    return arg


def service_to_json(hit: ServiceHit) -> dict[str, Any]:
    return {
        "ci_id": hit.ci_id,
        "tier": hit.tier,
        "state": hit.state.word,
        "path": hit.path,
        "sites_down": hit.sites_down,
        "lost_redundancy": hit.lost_redundancy,
        "reason": reason_to_json(hit.reason),
        "cost": _cost_to_json(hit.cost) if hit.cost else None,
    }


def service_from_json(value: Mapping[str, Any]) -> ServiceHit:
    return ServiceHit(
        ci_id=value["ci_id"],
        tier=value["tier"],
        state=Health[value["state"].upper()],
        path=tuple(value["path"]),
        sites_down=tuple(value["sites_down"]),
        lost_redundancy=value["lost_redundancy"],
        reason=reason_from_json(value["reason"]),
        cost=_cost(value["cost"]) if value.get("cost") else None,
    )


def time_to_json(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def time_from_json(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def facts_of(incident: Incident) -> dict[str, Any]:
    """What of an incident is not in columns of its own."""
    return {
        "priority_reason": reason_to_json(incident.priority_reason),
        "title": reason_to_json(incident.title),
        "services": [service_to_json(hit) for hit in incident.services],
        "cannot_work": sorted(incident.cannot_work),
        "limited": sorted(incident.limited),
        "evidence": [reason_to_json(reason) for reason in incident.evidence],
        "severity": incident.severity.word,
        "proven": incident.proven,
        "best_evaluated": incident.best_evaluated,
        "settles_at": time_to_json(incident.settles_at),
        "first_notice_at": time_to_json(incident.first_notice_at),
        "rounds": incident.rounds,
        "released_by": incident.released_by,
        "priority_set_by": incident.priority_set_by,
        "estimate": [incident.estimate.cannot_work, incident.estimate.limited, incident.estimate.total],
        "costs": [_cost_to_json(cost) for cost in incident.costs],
    }


def incident_from(columns: RowMapping) -> Incident:
    """An incident from its row."""
    facts = columns["facts"]
    return Incident(
        incident_id=columns["incident_id"],
        number=columns["number"],
        situation_id=columns["situation_id"],
        state=IncidentState(columns["state"]),
        priority=columns["priority"],
        priority_reason=reason_from_json(facts["priority_reason"]),
        root_ci=columns["root_ci"],
        confirmed=columns["confirmed"],
        proven=facts["proven"],
        severity=Severity[facts["severity"].upper()],
        title=reason_from_json(facts["title"]),
        services=tuple(service_from_json(value) for value in facts["services"]),
        cannot_work=frozenset(facts["cannot_work"]),
        limited=frozenset(facts["limited"]),
        evidence=tuple(reason_from_json(value) for value in facts["evidence"]),
        opened_at=columns["opened_at"],
        updated_at=columns["updated_at"],
        first_notice_at=time_from_json(facts["first_notice_at"]),
        resolved_at=columns["resolved_at"],
        duplicate_of=columns["duplicate_of"],
        assignee=columns["assignee"],
        unbound_source=columns["unbound_source"],
        unbound_resource=columns["unbound_resource"],
        best_evaluated=facts["best_evaluated"],
        settles_at=time_from_json(facts["settles_at"]),
        rounds=facts["rounds"],
        released_by=facts["released_by"],
        priority_set_by=facts["priority_set_by"],
        estimate=_estimate(facts.get("estimate", (0, 0, 0))),
        costs=tuple(_cost(value) for value in facts.get("costs", ())),
    )


def _estimate(value: Sequence[int]) -> HeadCount:
    cannot_work, limited, total = value
    return HeadCount(cannot_work=cannot_work, limited=limited, total=total)


def _cost_to_json(cost: Cost) -> list[str]:
    return [str(cost.per_minute), cost.currency]


def _cost(value: Sequence[str]) -> Cost:
    per_minute, currency = value
    return Cost(per_minute=Decimal(per_minute), currency=currency)
