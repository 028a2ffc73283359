"""Questions that nothing is stored of: what a scenario would do, and what a service hangs by."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from faultpath.access.model import READ
from faultpath.api.business import (
    MOST_PEOPLE,
    CostOut,
    EstimateOut,
    SlaOut,
    StakeholderOut,
    VipOut,
    cost_out,
    costs_out,
    estimate_out,
    sla_out,
    stakeholder_out,
    vips_out,
)
from faultpath.api.deps import Api, AtMoment, require
from faultpath.api.problems import FieldError, ProblemError
from faultpath.api.routes.cis import known_ci
from faultpath.api.shapes import CiRef, HealthWord, Names, Shape, word_of
from faultpath.questions import Moment
from faultpath.stakes import Sla, slas
from impact.errors import ModelError
from impact.graph import CompiledGraph
from impact.model import Health
from impact.points import explained_points_of_failure, points_of_failure, points_of_the_network
from impact.ranking import rank
from impact.redundancy import Doubled, Laid, Redundancy, with_redundancy
from impact.whatif import Outcome, Scenario, compare, links_between, try_out

MOST_CHANGES = 1_000
MOST_NAMED = 1_000
MOST_ADDED = 100

router = APIRouter(tags=["what-if"], dependencies=[Depends(require(READ))])

CiIds = Annotated[list[str], Field(default_factory=list, max_length=MOST_NAMED)]


class FailIn(Shape):
    """A CI that is to fail, a link too, and how badly."""

    ci: str
    health: Literal["at_risk", "degraded", "down"] = "down"


class CutIn(Shape):
    """A link that is cut: by its id, or all links between two devices."""

    link: str | None = None
    between: tuple[str, str] | None = None


class DoubledIn(Shape):
    """A need beside which a second provider would stand: another CI, or without ``second`` a new one."""

    dependent: str
    provider: str
    second: str | None = None


class LaidIn(Shape):
    """A link that would join two devices."""

    between: tuple[str, str]


class ScenarioIn(Shape):
    """What is tried, over the faults that there are: CIs by id.

    ``sites``: all that stands in them fails. ``whole_maintenance``: services and other CIs go into maintenance with all
    that nothing else stands on, sites with all that stands in them. ``double``, ``add_links``: redundancy that there is
    not yet.
    """

    fail: Annotated[list[FailIn], Field(default_factory=list, max_length=MOST_NAMED)]
    cut: Annotated[list[CutIn], Field(default_factory=list, max_length=MOST_NAMED)]
    restore: CiIds
    maintenance: CiIds
    whole_maintenance: CiIds
    sites: CiIds
    double: Annotated[list[DoubledIn], Field(default_factory=list, max_length=MOST_ADDED)]
    add_links: Annotated[list[LaidIn], Field(default_factory=list, max_length=MOST_ADDED)]


class WhatIfIn(ScenarioIn):
    """What is tried, beside what is now or beside another scenario.

    ``points_of``: services or other CIs of which the single points of failure are compared, too.
    """

    against: ScenarioIn | None = None
    points_of: Annotated[list[str], Field(default_factory=list, max_length=10)]


class ServiceOutcomeOut(Shape):
    """A service that is not ok, and the way from it down to a cause. ``cost`` and ``sla``: where given, else null."""

    service: CiRef
    tier: int
    state: HealthWord
    path: list[CiRef]
    cost: CostOut | None
    sla: SlaOut | None


class GroupOutcomeOut(Shape):
    """A department or team that uses what is hit, and the worst that it meets."""

    group: CiRef
    state: HealthWord


class OutcomeOut(Shape):
    """What it comes to; people count once each. ``stakeholders`` ends at 1,000, ``concerned`` counts the people."""

    services: list[ServiceOutcomeOut]
    costs: list[CostOut]
    groups: list[GroupOutcomeOut]
    cannot_work: int
    limited: int
    people_total: int
    estimate: EstimateOut | None
    vips: list[VipOut]
    concerned: int
    stakeholders: list[StakeholderOut]


class ChangeOut(Shape):
    """A CI whose health would change."""

    ci: CiRef
    before: HealthWord
    after: HealthWord


class PointsComparedOut(Shape):
    """The single points of failure of a CI, before and after."""

    ci: CiRef
    before: list[CiRef]
    after: list[CiRef]


class ComparedOut(Shape):
    """Before and after: what is now, or the scenario that it is compared with, and what is tried.

    ``changes`` ends at 1,000 CIs, the worst first; ``changed`` counts them all.

    ``faults_known`` is false for a time that is so long ago that what was broken then may be forgotten.
    """

    revision: int
    faults_known: bool
    before: OutcomeOut
    after: OutcomeOut
    changed: int
    changes: list[ChangeOut]
    maintained: list[CiRef]
    points_of_failure: list[PointsComparedOut]


class DoubleOut(Shape):
    """A need beside which a second provider would have to stand."""

    dependent: CiRef
    provider: CiRef


class PointOfFailureOut(Shape):
    """A CI whose failure alone brings the service down. ``double`` is empty where only a second way would help."""

    ci: CiRef
    path: list[CiRef]
    double: list[DoubleOut]


class NetworkPointOut(Shape):
    """A device or link, and how many devices its failure alone would cut off from all anchors."""

    ci: CiRef
    cuts_off: int


class NetworkPointsOut(Shape):
    """The single points of failure of the network; ``total`` may be more than are listed."""

    revision: int
    total: int
    items: list[NetworkPointOut]


class PointsOfFailureOut(Shape):
    """All of them, the nearest first."""

    ci: CiRef
    revision: int
    points: list[PointOfFailureOut]


class RankedServiceOut(Shape):
    """A service that the failure would hit."""

    service: CiRef
    tier: int
    state: HealthWord


class RankedOut(Shape):
    """What one CI's failure alone would do. ``by_priority``: how many services at P1 to P5."""

    ci: CiRef
    services: list[RankedServiceOut]
    by_priority: list[int]
    cannot_work: int
    limited: int


class RankingOut(Shape):
    """The gravest first; CIs whose failure would hurt no service are left out."""

    revision: int
    items: list[RankedOut]


@router.post("/what-if")
async def what_if(body: WhatIfIn, api: Api, moment: AtMoment) -> ComparedOut:
    """What would change if this failed, were well again, went into maintenance, or stood twice. Nothing is stored.

    It is compared with what is, or with the scenario ``against``. ``?at=`` asks it of a past time: of the graph of then
    and what was broken in it.
    """
    scenario = _scenario(body, moment, "")
    other = _scenario(body.against, moment, "against.") if body.against else Scenario()
    for ci_id in body.points_of:
        known_ci(moment.view, ci_id)
    before = await _tried(moment, other)
    after = await _tried(moment, scenario)
    hit = {one.ci_id for one in (*before.services, *after.services)}
    stakes = await asyncio.to_thread(slas, api.ledger, moment.view, hit, moment.at)
    names, changes = Names(moment.view, (*before.supposed, *after.supposed)), compare(before, after)
    return ComparedOut(
        revision=moment.view.revision,
        faults_known=moment.faults_known,
        before=outcome_out(before, stakes, names),
        after=outcome_out(after, stakes, names),
        changed=len(changes),
        changes=[
            ChangeOut(ci=names.ref(one.ci_id), before=word_of(one.before), after=word_of(one.after))
            for one in changes[:MOST_CHANGES]
        ],
        maintained=names.refs(sorted(after.maintained)),
        points_of_failure=[
            PointsComparedOut(
                ci=names.ref(ci_id),
                before=names.refs(await asyncio.to_thread(_points, moment.graph, other, ci_id)),
                after=names.refs(await asyncio.to_thread(_points, moment.graph, scenario, ci_id)),
            )
            for ci_id in body.points_of
        ],
    )


def _scenario(body: ScenarioIn, moment: Moment, where: str) -> Scenario:
    """The scenario of a body; ``where`` its fields stand.

    Raises:
        ProblemError: a CI that is not there, or nothing that can be cut.
    """
    named = [one.ci for one in body.fail]
    named += [*body.restore, *body.maintenance, *body.whole_maintenance, *body.sites]
    named += [ci for one in body.double for ci in (one.dependent, one.provider, one.second) if ci is not None]
    named += [end for cut in body.cut for end in cut.between or ()]
    named += [end for laid in body.add_links for end in laid.between]
    for ci_id in named:
        known_ci(moment.view, ci_id)
    fail = {one.ci: Health[one.health.upper()] for one in body.fail}
    for place, cut in enumerate(body.cut):
        fail |= dict.fromkeys(_links(cut, moment, f"{where}cut.{place}"), Health.DOWN)
    return Scenario(
        fail=fail,
        restore=frozenset(body.restore),
        maintenance=frozenset(body.maintenance),
        whole=frozenset(body.whole_maintenance),
        sites=frozenset(body.sites),
        more=Redundancy(
            doubled=tuple(Doubled(dependent=d.dependent, provider=d.provider, second=d.second) for d in body.double),
            laid=tuple(Laid(one=laid.between[0], other=laid.between[1]) for laid in body.add_links),
        ),
    )


def _links(cut: CutIn, moment: Moment, where: str) -> frozenset[str]:
    if (cut.link is None) == (cut.between is None):
        raise _wrong(where, "is no cut", "give either link or between")
    if cut.between is not None:
        try:
            return links_between(moment.graph, *cut.between)
        except ModelError as error:
            raise _wrong(where, f"{error.where}: {error.problem}", error.remedy) from None
    link = known_ci(moment.view, cut.link or "").ci_id
    if moment.graph.index[link] not in moment.graph.network.by_link:
        raise _wrong(where, f"{link} is no link that joins two devices", "name a link, or use fail")
    return frozenset({link})


def _wrong(where: str, problem: str, remedy: str) -> ProblemError:
    wrong = FieldError(field=where, message=problem)
    return ProblemError(422, "malformed", f"{where}: {problem}", remedy=remedy, errors=[wrong])


async def _tried(moment: Moment, scenario: Scenario) -> Outcome:
    try:
        return await asyncio.to_thread(try_out, moment.graph, moment.own, scenario)
    except ModelError as error:
        raise _wrong("double" if scenario.more.doubled else "add_links", str(error), error.remedy) from None


def _points(graph: CompiledGraph, scenario: Scenario, ci_id: str) -> list[str]:
    """The single points of failure of a CI with the redundancy of a scenario, by name."""
    wide = with_redundancy(graph, scenario.more)
    found = points_of_failure(wide, wide.index[ci_id])
    return [wide.ids[node] for node in sorted(found, key=lambda node: (wide.name(node), node))]


@router.get("/cis/{ci_id}/points-of-failure")
async def get_points_of_failure(ci_id: str, moment: AtMoment) -> PointsOfFailureOut:
    """What this CI hangs by: each CI whose failure alone brings it down, and the fewest needs to double.

    ``?at=`` asks it of the graph of a past time.
    """
    known_ci(moment.view, ci_id)
    found = await asyncio.to_thread(explained_points_of_failure, moment.graph, ci_id)
    names = Names(moment.view)
    return PointsOfFailureOut(
        ci=names.ref(ci_id),
        revision=moment.view.revision,
        points=[
            PointOfFailureOut(
                ci=names.ref(point.ci_id),
                path=names.refs(point.path),
                double=[DoubleOut(dependent=names.ref(one), provider=names.ref(other)) for one, other in point.double],
            )
            for point in found
        ],
    )


@router.get("/points-of-failure")
async def get_points_of_the_network(
    moment: AtMoment, limit: Annotated[int, Query(ge=1, le=MOST_NAMED)] = 100
) -> NetworkPointsOut:
    """Each device and link that is the only way from the anchors to others, those that cut off most first.

    ``?at=`` asks it of the graph of a past time.
    """
    found, names = points_of_the_network(moment.graph), Names(moment.view)
    return NetworkPointsOut(
        revision=moment.view.revision,
        total=len(found),
        items=[NetworkPointOut(ci=names.ref(ci_id), cuts_off=count) for ci_id, count in found[:limit]],
    )


@router.get("/ranking")
async def get_ranking(moment: AtMoment, limit: Annotated[int, Query(ge=1, le=MOST_NAMED)] = 100) -> RankingOut:
    """Every CI by what its failure alone would do to the business. ``?at=`` asks it of the graph of a past time."""
    found = await asyncio.to_thread(rank, moment.graph, limit)
    names = Names(moment.view)
    return RankingOut(
        revision=moment.view.revision,
        items=[
            RankedOut(
                ci=names.ref(one.ci_id),
                services=[
                    RankedServiceOut(service=names.ref(ci_id), tier=tier, state=word_of(state))
                    for ci_id, tier, state in one.services
                ],
                by_priority=list(one.by_priority),
                cannot_work=one.cannot_work,
                limited=one.limited,
            )
            for one in found
        ],
    )


def outcome_out(found: Outcome, stakes: Mapping[str, Sla], names: Names) -> OutcomeOut:
    return OutcomeOut(
        services=[
            ServiceOutcomeOut(
                service=names.ref(one.ci_id),
                tier=one.tier,
                state=word_of(one.state),
                path=names.refs(one.path),
                cost=cost_out(one.cost),
                sla=sla_out(stakes.get(one.ci_id)),
            )
            for one in found.services
        ],
        costs=costs_out(found.costs),
        groups=[
            GroupOutcomeOut(group=names.ref(ci_id), state=word_of(state))
            for ci_id, state in sorted(found.groups.items(), key=lambda item: (-item[1], item[0]))
        ],
        cannot_work=len(found.cannot_work),
        limited=len(found.limited),
        people_total=found.people_total,
        estimate=estimate_out(found.estimate),
        vips=vips_out(found.vips, found.cannot_work, names),
        concerned=len({one.who.person_id for one in found.stakeholders}),
        stakeholders=[stakeholder_out(one.who, one.path, names) for one in found.stakeholders[:MOST_PEOPLE]],
    )
