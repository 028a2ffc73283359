"""When there is an incident, and how urgent it is. Pure: facts in, a decision with its reason out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alerting.model import Severity
from impact.model import Health, Reason, RootImpact, ServiceHit
from ticket_bridge.settings import IncidentPolicy

LEAST_URGENT = 5

NO_IMPACT = RootImpact(
    root_id=None,
    services=(),
    cannot_work=frozenset(),
    limited=frozenset(),
    people_total=0,
    vip_cannot_work=False,
    stakeholders=(),
)

InHours = Callable[[str], bool]


def severity_of(word: str) -> Severity:
    return Severity[word.upper()]


def opens(policy: IncidentPolicy, *, bound: bool, severity: Severity, impact: RootImpact) -> Reason | None:
    """Why a situation opens an incident, or ``None``: then it is listed and nobody is told."""
    if not bound:
        worth_it = severity >= severity_of(policy.opens_at.unbound)
        return Reason(code="opens_unbound", args={"severity": severity.word}) if worth_it else None
    worst = max(impact.services, key=lambda hit: (hit.state, -hit.tier), default=None)
    if worst is not None and worst.state >= Health.DEGRADED:
        return Reason(code="opens_service_hit", args={"service": worst.ci_id, "state": worst.state.word})
    at_risk = _at_risk_that_opens(policy, severity, impact.services)
    if at_risk is not None:
        return at_risk
    on_call = any(person.role == "on_call" for person in impact.stakeholders)
    if on_call and severity >= severity_of(policy.opens_at.on_call_owner):
        return Reason(code="opens_on_call_owner", args={"severity": severity.word})
    return None


def _at_risk_that_opens(policy: IncidentPolicy, severity: Severity, services: Sequence[ServiceHit]) -> Reason | None:
    for hit in services:
        if hit.state is not Health.AT_RISK:
            continue
        if hit.lost_redundancy:
            return Reason(code="opens_lost_redundancy", args={"service": hit.ci_id})
        if severity >= severity_of(policy.opens_at.service_at_risk):
            return Reason(code="opens_service_at_risk", args={"service": hit.ci_id, "severity": severity.word})
    return None


def priority(
    policy: IncidentPolicy, impact: RootImpact, *, severity: Severity, proven: bool, in_hours: InHours
) -> tuple[int, Reason]:
    """The priority, 1 (highest) to 5, and why: the worst pair of tier and state, at most one step up, the cap.

    ``in_hours`` says of a service whether it is meant to run now; outside of its hours its pair counts one step less.
    """
    value, code, args, steps = _from_table(policy, impact.services, severity, in_hours)
    cannot_work = len(impact.cannot_work)
    share = cannot_work / impact.people_total if impact.people_total else 0.0
    if cannot_work and share >= policy.people_share:
        steps.append("many_people")
    elif impact.vip_cannot_work:
        steps.append("vip")
    if steps and steps[-1] in ("many_people", "vip"):
        value = max(1, value - 1)
    if not proven and value < policy.unproven_at_most:
        value = policy.unproven_at_most
        steps.append("unproven")
    return value, Reason(code=code, args={"priority": value, **args, "steps": tuple(steps)})


def _from_table(
    policy: IncidentPolicy, services: Sequence[ServiceHit], severity: Severity, in_hours: InHours
) -> tuple[int, str, dict[str, str | int], list[str]]:
    best: tuple[int, int, int, str] | None = None
    chosen: tuple[ServiceHit, bool] | None = None
    for hit in services:
        if hit.state < Health.AT_RISK:
            continue
        inside = in_hours(hit.ci_id)
        value = min(LEAST_URGENT, _pair(policy, hit) + (not inside))
        rank = (value, hit.tier, -hit.state, hit.ci_id)
        if best is None or rank < best:
            best, chosen = rank, (hit, inside)
    if best is None or chosen is None:
        value = policy.without_service.get(severity.word, LEAST_URGENT)  # type: ignore[call-overload]
        return value, "priority_by_severity", {"severity": severity.word}, []
    hit, inside = chosen
    args: dict[str, str | int] = {"service": hit.ci_id, "tier": hit.tier, "state": hit.state.word}
    return best[0], "priority_by_service", args, [] if inside else ["outside_hours"]


def _pair(policy: IncidentPolicy, hit: ServiceHit) -> int:
    row = {
        Health.DOWN: policy.priority.down,
        Health.DEGRADED: policy.priority.degraded,
        Health.AT_RISK: policy.priority.at_risk,
    }[hit.state]
    return row[min(max(hit.tier, 1), len(row)) - 1]
