"""The configuration graph: CIs, who said what about them, their history, and what their failure would do."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from cmdb.model import CI, LinkedObservation, Relation
from faultpath.access.model import READ
from faultpath.api import export
from faultpath.api.business import (
    CostOut,
    EstimateOut,
    GroupOut,
    OfferingOut,
    ServiceOut,
    StakeholderOut,
    VipOut,
    costs_out,
    estimate_out,
    groups_out,
    offerings_out,
    services_out,
    stakeholders_out,
    vips_out,
)
from faultpath.api.deps import Api, ApiState, AtMoment, View, Who, require
from faultpath.api.paging import Cursor, Limit, Page, decode, encode, page_of
from faultpath.api.problems import not_found
from faultpath.api.shapes import CiRef, HealthWord, Names, ReasonOut, Shape, word_of
from faultpath.graph_view import GraphView
from faultpath.questions import Moment
from faultpath.stakes import slas
from impact.assess import Assessor
from impact.model import Health
from impact.points import cut_off_by
from ledger.audit import record

router = APIRouter(tags=["graph"], dependencies=[Depends(require(READ))])


class CiOut(Shape):
    """A CI in a list: its class and health."""

    id: str
    name: str
    cls: str
    own: HealthWord
    propagated: HealthWord


class ObservedValue(Shape):
    """What one source said of one attribute; ``won`` when it is the CI's present value."""

    name: str
    value: Any
    won: bool


class ObservationOut(Shape):
    """What one source said about this CI."""

    source: str
    native_key: str
    cls: str
    name: str
    observed_at: datetime
    values: list[ObservedValue]


class RelationOut(Shape):
    """One relation of this CI; ``outgoing`` when it starts here."""

    type: str
    outgoing: bool
    other: CiRef
    attributes: dict[str, Any]


class CiDetail(CiOut):
    """A CI with its values, who said them, its relations, and why its health is as it is.

    ``cuts_off``: of how many devices it is a single point of failure, as their only way to the anchors.
    """

    revision: int
    attributes: dict[str, Any]
    reason: ReasonOut | None
    via: list[CiRef]
    cuts_off: int
    observations: list[ObservationOut]
    relations: list[RelationOut]


class HistoryOut(Shape):
    """What one revision did to this CI or to one of its relations."""

    revision: int
    at: datetime
    source: str
    reason: str
    what: str
    before: Any = None
    after: Any = None


class HistoryList(Shape):
    """The whole history of a CI, oldest first."""

    items: list[HistoryOut]


class WhatIf(Shape):
    """What the failure of this CI alone would do, and whom it would concern. Nothing is stored.

    ``stakeholders`` ends at 1,000, users last; ``concerned`` counts the people.
    """

    ci: CiRef
    revision: int
    services: list[ServiceOut]
    offerings: list[OfferingOut]
    groups: list[GroupOut]
    costs: list[CostOut]
    cannot_work: int
    limited: int
    people_total: int
    estimate: EstimateOut | None
    vip_cannot_work: bool
    vips: list[VipOut]
    concerned: int
    stakeholders: list[StakeholderOut]


class RevisionOut(Shape):
    """The revision that the hub works with, and the newest one of the store."""

    revision: int
    stored: int
    cis: int
    relations: int


class ExportedCi(Shape):
    """A CI of the export."""

    id: str
    cls: str
    name: str
    attributes: dict[str, Any]


class ExportedRelation(Shape):
    """A relation of the export; it points from the dependent to what it needs."""

    from_id: str = Field(serialization_alias="from")
    to_id: str = Field(serialization_alias="to")
    type: str
    attributes: dict[str, Any]


class AffectedServiceOut(Shape):
    """A service, or an offering with trouble of its own, that would be hit."""

    service: CiRef
    tier: int
    state: HealthWord


class AffectedCiOut(Shape):
    """A CI that would be otherwise than with nothing broken."""

    ci: CiRef
    health: HealthWord


class AffectedOut(Shape):
    """What a failure would do. ``changed`` counts the CIs of all pages."""

    ci: CiRef
    revision: int
    services: list[AffectedServiceOut]
    cannot_work: int
    limited: int
    people_total: int
    changed: int
    items: list[AffectedCiOut]
    next_cursor: str | None = None


class GraphExport(Shape):
    """All CIs and relations at one revision."""

    revision: int
    cis: list[ExportedCi]
    relations: list[ExportedRelation]


@router.get("/cis")
async def list_cis(
    api: Api,
    view: View,
    *,
    query: Annotated[str | None, Query(max_length=200, description="part of the name, or the id")] = None,
    cls: Annotated[str | None, Query(alias="class", max_length=64, description="a class; subclasses count")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[CiOut]:
    """CIs by name."""
    key = decode(cursor, str, str)
    found = view.page(query, cls, (str(key[0]), str(key[1])) if key else None, limit + 1)
    items = [CiOut.model_validate(_listed(api, ci)) for ci in found]
    last = found[limit - 1] if len(found) > limit else None
    return page_of(items, limit, (last.name.casefold(), last.ci_id) if last else None)


@router.get("/cis/{ci_id}")
async def get_ci(ci_id: str, api: Api, view: View) -> CiDetail:
    """One CI: values with their sources, relations, health."""
    ci = known_ci(view, ci_id)
    said = await api.graph.run(lambda store: store.observations(ci_id=ci_id))
    found = api.hub.assessment.health.get(ci_id) if api.hub.assessment else None
    names = api.names
    return CiDetail.model_validate(
        _listed(api, ci)
        | {
            "revision": view.revision,
            "attributes": dict(ci.attributes),
            "reason": names.reason(found.reason) if found else None,
            "via": names.refs(found.via) if found else [],
            "cuts_off": cut_off_by(moment.graph, ci_id) if (moment := api.hub.moment()) else 0,
            "observations": [_observation(one, ci) for one in said],
            "relations": _relations(view, ci_id, names),
        }
    )


@router.get("/cis/{ci_id}/history")
async def get_history(ci_id: str, api: Api) -> HistoryList:
    """Each change of a CI and of its relations; of one that is gone, too."""
    changes = await api.graph.run(lambda store: store.history(ci_id))
    if not changes:
        raise not_found("CI", ci_id)
    return HistoryList(
        items=[
            HistoryOut(
                revision=change.revision,
                at=change.at,
                source=change.source,
                reason=change.reason,
                what=change.what,
                before=change.before,
                after=change.after,
            )
            for change in changes
        ]
    )


@router.get("/cis/{ci_id}/impact")
async def get_impact(ci_id: str, api: Api, moment: AtMoment) -> WhatIf:
    """What would break, and who would be hit, if this CI alone failed now.

    ``?at=`` asks it of the graph of a past time.
    """
    known_ci(moment.view, ci_id)
    impact = await asyncio.to_thread(Assessor(moment.graph).what_if, ci_id)
    hit = [one.ci_id for one in impact.services]
    stakes = await asyncio.to_thread(slas, api.ledger, moment.view, hit, moment.at)
    names = Names(moment.view)
    return WhatIf(
        ci=names.ref(ci_id),
        revision=moment.view.revision,
        services=services_out(impact.services, stakes, names),
        offerings=offerings_out(impact.offerings, names),
        groups=groups_out(impact.groups, names),
        costs=costs_out(impact.costs),
        cannot_work=len(impact.cannot_work),
        limited=len(impact.limited),
        people_total=impact.people_total,
        estimate=estimate_out(impact.estimate),
        vip_cannot_work=impact.vip_cannot_work,
        vips=vips_out(impact.vips, impact.cannot_work, names),
        concerned=len({one.person_id for one in impact.stakeholders}),
        stakeholders=stakeholders_out(impact, moment.graph, names),
    )


@router.get("/cis/{ci_id}/affected", response_model=AffectedOut)
async def get_affected(ci_id: str, moment: AtMoment, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What the failure of this CI alone would do: services and people whole, CIs by pages, the worst first.

    Quick however large the estate: for the way to everybody concerned ask for its impact. ``?at=`` asks it of the graph
    of a past time.
    """
    known_ci(moment.view, ci_id)
    key = decode(cursor, int)
    begin = max(0, int(key[0])) if key else 0
    body = await asyncio.to_thread(_affected, moment, ci_id, slice(begin, begin + limit))
    return Response(body, media_type="application/json")


def _affected(moment: Moment, ci_id: str, page: slice) -> str:
    """The body of the answer: there may be thousands of services, which are written but once."""
    failure, graph = moment.alone(ci_id), moment.graph

    def ref(node: int) -> CiRef:
        return CiRef(id=graph.ids[node], name=graph.name(node), cls=graph.columns.class_of(node))

    cis = zip(failure.changed[page].tolist(), failure.levels[page].tolist(), strict=True)
    return AffectedOut(
        ci=ref(graph.index[ci_id]),
        revision=moment.view.revision,
        services=[
            AffectedServiceOut(service=ref(one), tier=graph.business.tier(one), state=word_of(state))
            for one, state in failure.hit.items()
        ],
        cannot_work=failure.cannot_work,
        limited=failure.limited,
        people_total=len(graph.business.people),
        changed=len(failure.changed),
        items=[AffectedCiOut(ci=ref(one), health=word_of(Health(level))) for one, level in cis],
        next_cursor=encode(page.stop) if page.stop < len(failure.changed) else None,
    ).model_dump_json(by_alias=True)


@router.get("/graph/export", response_model=GraphExport)
async def export_graph(api: Api, view: View, who: Who) -> StreamingResponse:
    """The whole graph of the revision that the hub works with. Secrets are never in the graph."""
    with api.ledger.begin() as connection:
        after = {"revision": view.revision, "cis": len(view.cis), "relations": view.columns.relation_count}
        record(connection, who.did("graph.export", "graph", after=after), at=api.clock.now())
    return StreamingResponse(export.parts(view.columns), media_type="application/json")


@router.get("/graph/revision")
async def get_revision(api: Api, view: View) -> RevisionOut:
    """Which revision of the graph the hub works with."""
    stored = await api.graph.run(lambda store: store.revision())
    return RevisionOut(revision=view.revision, stored=stored, cis=len(view.cis), relations=view.columns.relation_count)


def known_ci(view: GraphView, ci_id: str) -> CI:
    """The CI of an address.

    Raises:
        ProblemError: 404.
    """
    found = view.cis.get(ci_id)
    if found is None:
        raise not_found("CI", ci_id)
    return found


def _listed(api: ApiState, ci: CI) -> dict[str, Any]:
    found = api.hub.assessment.health.get(ci.ci_id) if api.hub.assessment else None
    return {
        "id": ci.ci_id,
        "name": ci.name,
        "cls": ci.cls,
        "own": word_of(found.own if found else Health.OK),
        "propagated": word_of(found.propagated if found else Health.OK),
    }


def _observation(one: LinkedObservation, ci: CI) -> ObservationOut:
    seen = one.observation
    return ObservationOut(
        source=seen.source,
        native_key=seen.native_key,
        cls=seen.cls,
        name=seen.name,
        observed_at=seen.observed_at,
        values=[
            ObservedValue(name=name, value=value, won=ci.attributes.get(name) == value)
            for name, value in sorted(seen.attributes.items())
        ],
    )


def _relations(view: GraphView, ci_id: str, names: Names) -> list[RelationOut]:
    def shape(relation: Relation, *, outgoing: bool) -> RelationOut:
        other = relation.to_id if outgoing else relation.from_id
        return RelationOut(
            type=relation.type, outgoing=outgoing, other=names.ref(other), attributes=dict(relation.attributes)
        )

    both = [shape(r, outgoing=True) for r in view.out(ci_id)] + [shape(r, outgoing=False) for r in view.into(ci_id)]
    return sorted(both, key=lambda one: (one.type, not one.outgoing, one.other.name, one.other.id))
