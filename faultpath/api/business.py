"""Shapes of the business side that incidents and questions share: services, offerings, groups, people, stakeholders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Literal

from faultpath.api.shapes import CiRef, HealthWord, Names, ReasonOut, Shape, word_of
from faultpath.stakes import Sla
from impact.concerned import way_to
from impact.graph import CompiledGraph
from impact.model import Cost, GroupHit, HeadCount, OfferingHit, RootImpact, ServiceHit, Stakeholder

MOST_PEOPLE = 1_000


class CostOut(Shape):
    """What a minute of the present state costs; ``currency`` as an ISO 4217 code where it is said."""

    per_minute: float
    currency: str | None


class SlaOut(Shape):
    """The minutes of a calendar month that a service may be down in its hours, was down, and has left."""

    month: str
    allowed_minutes: float
    used_minutes: float
    left_minutes: float


class ServiceOut(Shape):
    """A business service that is hit, or an offering that is worse than its services; the path from the root to it.

    ``cost`` and ``sla``: where given for it, else null.
    """

    service: CiRef
    tier: int
    state: HealthWord
    path: list[CiRef]
    sites_down: list[CiRef]
    reason: ReasonOut
    cost: CostOut | None
    sla: SlaOut | None


class OfferingOut(Shape):
    """An offering that is not ok, the services that it is part of, and the path from the root to it."""

    offering: CiRef
    tier: int
    state: HealthWord
    services: list[CiRef]
    path: list[CiRef]
    cost: CostOut | None


class GroupOut(Shape):
    """A department or team that uses what is hit: the worst that it meets, of what, and the path from the root to it.

    ``head_count``: its people who are known as a number only; absent where all are known by name, or none.
    """

    group: CiRef
    state: HealthWord
    through: list[CiRef]
    path: list[CiRef]
    head_count: int | None


class EstimateOut(Shape):
    """People known as a number only, who stand beside those known by name and are never added to them."""

    cannot_work: int
    limited: int
    total: int


class VipOut(Shape):
    """One who must always be able to work. ``state``: ``down`` cannot work, ``degraded`` is limited."""

    person: CiRef
    state: Literal["down", "degraded"]


class StakeholderOut(Shape):
    """Whom it concerns, in which role, and the path from what is broken to them."""

    person: CiRef
    role: str
    state: HealthWord
    because: list[CiRef]
    path: list[CiRef]


def cost_out(cost: Cost | None) -> CostOut | None:
    return CostOut(per_minute=float(cost.per_minute), currency=cost.currency or None) if cost is not None else None


def costs_out(costs: Iterable[Cost]) -> list[CostOut]:
    """One sum for each currency."""
    return [CostOut(per_minute=float(cost.per_minute), currency=cost.currency or None) for cost in costs]


def sla_out(sla: Sla | None) -> SlaOut | None:
    if sla is None:
        return None
    minutes = [span / timedelta(minutes=1) for span in (sla.budget.allowed, sla.budget.used, sla.budget.left)]
    allowed, used, left = (round(number, 3) for number in minutes)
    return SlaOut(month=sla.month, allowed_minutes=allowed, used_minutes=used, left_minutes=left)


def services_out(hits: Sequence[ServiceHit], stakes: Mapping[str, Sla], names: Names) -> list[ServiceOut]:
    return [service_out(hit, stakes.get(hit.ci_id), names) for hit in hits]


def service_out(hit: ServiceHit, sla: Sla | None, names: Names) -> ServiceOut:
    return ServiceOut(
        service=names.ref(hit.ci_id),
        tier=hit.tier,
        state=word_of(hit.state),
        path=names.refs(hit.path),
        sites_down=names.refs(hit.sites_down),
        reason=names.reason(hit.reason),
        cost=cost_out(hit.cost),
        sla=sla_out(sla),
    )


def offerings_out(hits: Iterable[OfferingHit], names: Names) -> list[OfferingOut]:
    return [
        OfferingOut(
            offering=names.ref(hit.ci_id),
            tier=hit.tier,
            state=word_of(hit.state),
            services=names.refs(hit.services),
            path=names.refs(hit.path),
            cost=cost_out(hit.cost),
        )
        for hit in hits
    ]


def groups_out(hits: Iterable[GroupHit], names: Names) -> list[GroupOut]:
    """The worst first."""
    return [
        GroupOut(
            group=names.ref(hit.ci_id),
            state=word_of(hit.state),
            through=names.refs(hit.through),
            path=names.refs(hit.path),
            head_count=hit.heads or None,
        )
        for hit in sorted(hits, key=lambda hit: (-hit.state, hit.ci_id))
    ]


def estimate_out(found: HeadCount) -> EstimateOut | None:
    """Absent where nobody is known as a number."""
    if not found.total:
        return None
    return EstimateOut(cannot_work=found.cannot_work, limited=found.limited, total=found.total)


def vips_out(vips: Iterable[str], cannot_work: frozenset[str], names: Names) -> list[VipOut]:
    """Those who cannot work first."""
    found = [VipOut(person=names.ref(vip), state="down" if vip in cannot_work else "degraded") for vip in vips]
    return sorted(found, key=lambda one: (one.state != "down", one.person.name, one.person.id))


def stakeholders_out(impact: RootImpact, graph: CompiledGraph | None, names: Names) -> list[StakeholderOut]:
    """Everybody whom a root concerns, up to a thousand: on call first, users last."""
    ways: Mapping[str, tuple[str, ...]] = {hit.ci_id: hit.path for hit in impact.services}
    return [
        stakeholder_out(one, way_to(graph, one, ways, impact.root_id) if graph else (), names)
        for one in impact.stakeholders[:MOST_PEOPLE]
    ]


def stakeholder_out(one: Stakeholder, path: Iterable[str], names: Names) -> StakeholderOut:
    return StakeholderOut(
        person=names.ref(one.person_id),
        role=one.role,
        state=word_of(one.state),
        because=names.refs(one.because),
        path=names.refs(path),
    )
