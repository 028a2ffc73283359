"""Incidents: the list, all that the page of one needs, and what people do to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import Connection

from faultpath.access.model import READ, WRITE, Principal
from faultpath.api.business import (
    CostOut,
    EstimateOut,
    GroupOut,
    OfferingOut,
    ServiceOut,
    StakeholderOut,
    VipOut,
    estimate_out,
    groups_out,
    offerings_out,
    services_out,
    stakeholders_out,
    vips_out,
)
from faultpath.api.deps import Api, ApiState, require
from faultpath.api.paging import Cursor, Limit, Number, Page, decode, page_of
from faultpath.api.problems import FieldError, ProblemError, not_found
from faultpath.api.routes.alerts import AlertOut, alert_out
from faultpath.api.shapes import CiRef, HealthWord, Names, ReasonOut, SeverityWord, Shape
from faultpath.questions import Moment
from faultpath.stakes import costs_so_far, slas
from impact.model import Reason, RootImpact, ServiceHit
from ledger import outbox
from ledger.audit import record
from ticket_bridge.incidents import lifecycle, store
from ticket_bridge.model import ActRefused, Incident, IncidentState, TimelineEntry

router = APIRouter(tags=["incidents"], dependencies=[Depends(require(READ))])
Writer = Annotated[Principal, Depends(require(WRITE))]

StateWord = Literal["open", "acknowledged", "in_progress", "pending", "resolved", "closed"]
MAX_PEOPLE = 1000
MAX_TIMELINE = 1000


class IncidentOut(Shape):
    """One incident as the list shows it. ``priority`` is 1 (highest) to 5; people are counted once each."""

    number: int
    id: str
    state: StateWord
    priority: int
    title: ReasonOut
    root: CiRef | None
    confirmed: bool
    proven: bool
    severity: SeverityWord
    services_hit: int
    worst_service: CiRef | None
    worst_state: HealthWord | None
    cannot_work: int
    limited: int
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    duplicate_of: int | None
    assignee: str | None


class PersonOut(Shape):
    """One person who is hit. ``state``: ``down`` cannot work, ``degraded`` is limited."""

    person: CiRef
    department: CiRef | None
    state: Literal["down", "degraded"]


class PeopleOut(Shape):
    """Who is hit, each once, at their worst state. ``items`` ends at 1,000 people; the counts never do."""

    cannot_work: int
    limited: int
    total: int | None
    estimate: EstimateOut | None
    vips: list[VipOut]
    departments: list[DepartmentCount]
    items: list[PersonOut]


class DepartmentCount(Shape):
    """The people of one department who are hit."""

    department: CiRef | None
    cannot_work: int
    limited: int


class IncidentCostOut(CostOut):
    """What the incident costs by the minute, and what its services have cost since it opened."""

    so_far: float


class TimelineOut(Shape):
    """One thing that anyone or anything did to the incident."""

    position: int
    at: datetime
    actor: str
    what: ReasonOut


class NoticeOut(Shape):
    """One message to one person, and what became of it."""

    stakeholder: CiRef
    role: str | None
    channel: str
    happening: str
    sequence: int
    state: Literal["waiting", "sending", "sent", "refused", "held", "superseded"]
    attempts: int
    possibly_repeated: bool
    language: str | None
    subject: str | None
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


class Remedy(Shape):
    """What a fault-code catalogue says of a member's fault, by language."""

    alert: str
    code: str | None
    meaning: dict[str, str]
    remedy: dict[str, str]
    document: str | None
    section: str | None


class IncidentDetail(IncidentOut):
    """All that the page of an incident needs. Offerings, groups, stakeholders: while it lasts."""

    situation_id: str
    priority_reason: ReasonOut
    evidence: list[ReasonOut]
    services: list[ServiceOut]
    costs: list[IncidentCostOut]
    offerings: list[OfferingOut]
    groups: list[GroupOut]
    people: PeopleOut
    stakeholders: list[StakeholderOut]
    members: list[AlertOut]
    remedies: list[Remedy]
    timeline: list[TimelineOut]
    notices: list[NoticeOut]
    held_notices: int
    unbound_source: str | None
    unbound_resource: str | None
    verbs: list[str]


class ActIn(Shape):
    """What a person does to an incident."""

    verb: Literal["acknowledge", "start", "pend", "resolve", "close", "reopen", "set_priority", "comment"]
    note: Annotated[str, Field(max_length=4000)] = ""
    priority: Annotated[int | None, Field(ge=1, le=5, description="for set_priority")] = None


class Released(Shape):
    """How many held notices were let go."""

    released: int


@router.get("/incidents")
async def list_incidents(
    api: Api,
    state: Annotated[list[StateWord], Query(description="only these states; all when none is named")] = [],  # noqa: B006
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[IncidentOut]:
    """Incidents, the newest first."""
    key = decode(cursor, int)
    with api.ledger.read() as connection:
        found = store.page(
            connection,
            before=int(key[0]) if key else None,
            limit=limit + 1,
            states=[IncidentState(word) for word in state],
        )
    items = [IncidentOut.model_validate(_summary(incident, api.names)) for incident in found]
    return page_of(items, limit, (items[limit - 1].number,) if len(items) > limit else None)


@router.get("/incidents/{number}")
async def get_incident(number: Number, api: Api) -> IncidentDetail:
    """Everything about one incident."""
    with api.ledger.read() as connection:
        incident = known_incident(connection, number)
        return _detail(api, connection, incident)


@router.post("/incidents/{number}/acts")
async def act_on_incident(number: Number, body: ActIn, api: Api, who: Writer) -> IncidentDetail:
    """Acknowledge, start, pend, resolve, close, reopen, set the priority, or comment."""
    with api.ledger.begin() as connection:
        before = known_incident(connection, number)
        after = _act(api, connection, before, body, who.actor)
        if isinstance(after, ActRefused):
            raise _refused(after, api.names)
        words = {"state": after.state.value, "priority": after.priority, "note": body.note}
        was = {"state": before.state.value, "priority": before.priority}
        act = who.did(f"incident.{body.verb}", f"incident/{number}", before=was, after=words)
        record(connection, act, at=api.clock.now())
    api.acted(number)
    return await get_incident(number, api)


@router.post("/incidents/{number}/release")
async def release_notices(number: Number, api: Api, who: Writer) -> Released:
    """Let the held notices of an incident go: a person agrees to telling that many."""
    with api.ledger.begin() as connection:
        incident = known_incident(connection, number)
        messages = outbox.of_incident(connection, incident.incident_id)
        held = sum(message.state is outbox.OutboxState.HELD for message in messages)
        done = api.hub.desk.release(connection, number, who.actor)
        if isinstance(done, ActRefused):
            raise _refused(done, api.names)
        act = who.did("incident.release", f"incident/{number}", after={"notices": held})
        record(connection, act, at=api.clock.now())
    api.acted(number)
    return Released(released=held)


def _act(api: ApiState, connection: Connection, incident: Incident, body: ActIn, actor: str) -> Incident | ActRefused:
    """Do it inside of the transaction; what the life cycle does not allow writes nothing."""
    desk, number = api.hub.desk, incident.number
    if body.verb == "set_priority":
        if body.priority is None:
            wrong = FieldError(field="priority", message="is needed for set_priority")
            raise ProblemError(422, "malformed", "priority is missing", errors=[wrong])
        return desk.set_priority(connection, number, body.priority, actor, body.note)
    if body.verb == "comment":
        if not body.note.strip():
            wrong = FieldError(field="note", message="a comment needs words")
            raise ProblemError(422, "malformed", "note is empty", errors=[wrong])
        what = Reason(code="comment", args={"note": body.note})
        entry = TimelineEntry(incident_id=incident.incident_id, at=api.clock.now(), actor=actor, what=what)
        store.append_timeline(connection, [entry])
        return incident
    return desk.act(connection, number, body.verb, actor, body.note)


def known_incident(connection: Connection, number: int) -> Incident:
    """The incident of an address.

    Raises:
        ProblemError: 404.
    """
    incident = store.by_number(connection, number)
    if incident is None:
        raise not_found("incident", number)
    return incident


def _refused(done: ActRefused, names: Names) -> ProblemError:
    reason = names.reason(done.reason)
    args = ", ".join(f"{name} {value}" for name, value in reason.args.items())
    return ProblemError(409, reason.code, f"{reason.code.replace('_', ' ')}: {args}" if args else reason.code)


def _summary(incident: Incident, names: Names) -> dict[str, object]:
    worst = worst_service(incident)
    return {
        "number": incident.number,
        "id": incident.incident_id,
        "state": incident.state.value,
        "priority": incident.priority,
        "title": names.reason(incident.title),
        "root": names.maybe(incident.root_ci),
        "confirmed": incident.confirmed,
        "proven": incident.proven,
        "severity": incident.severity.word,
        "services_hit": len(incident.services),
        "worst_service": names.ref(worst.ci_id) if worst else None,
        "worst_state": worst.state.word if worst else None,
        "cannot_work": len(incident.cannot_work),
        "limited": len(incident.limited),
        "opened_at": incident.opened_at,
        "updated_at": incident.updated_at,
        "resolved_at": incident.resolved_at,
        "duplicate_of": incident.duplicate_of,
        "assignee": incident.assignee,
    }


def worst_service(incident: Incident) -> ServiceHit | None:
    """The service that is hit worst; of equals the most critical."""
    return min(incident.services, key=lambda hit: (-hit.state, hit.tier, hit.ci_id), default=None)


def _detail(api: ApiState, connection: Connection, incident: Incident) -> IncidentDetail:
    names, moment = api.names, api.hub.moment()
    impact = _impact(api, incident) if incident.live else None
    until = incident.resolved_at or api.clock.now()
    stakes = slas(api.ledger, names.view, [hit.ci_id for hit in incident.services], until)
    members = [alert for key in api.hub.situation_members(incident.situation_id) if (alert := api.hub.book.get(key))]
    shown = [alert_out(alert, names) for alert in members]
    notices = [_notice(entry, names) for entry in outbox.of_incident(connection, incident.incident_id)]
    timeline = store.timeline(connection, incident.incident_id, limit=MAX_TIMELINE)
    return IncidentDetail.model_validate(
        _summary(incident, names)
        | {
            "situation_id": incident.situation_id,
            "priority_reason": names.reason(incident.priority_reason),
            "evidence": names.reasons(incident.evidence),
            "services": services_out(incident.services, stakes, names),
            "costs": _costs(api, moment, incident),
            "people": _people(api, incident, names),
            "offerings": offerings_out(impact.offerings, names) if impact else [],
            "groups": groups_out(impact.groups, names) if impact else [],
            "stakeholders": stakeholders_out(impact, moment.graph if moment else None, names) if impact else [],
            "members": shown,
            "remedies": [remedy for alert in shown if (remedy := _remedy(alert))],
            "timeline": [
                TimelineOut(position=position, at=entry.at, actor=entry.actor, what=names.reason(entry.what))
                for position, entry in timeline
            ],
            "notices": notices,
            "held_notices": sum(notice.state == "held" for notice in notices),
            "unbound_source": incident.unbound_source,
            "unbound_resource": incident.unbound_resource,
            "verbs": verbs_of(incident),
        }
    )


def verbs_of(incident: Incident) -> list[str]:
    """What a person may do to it now."""
    moves = [verb for verb in lifecycle.VERBS if not isinstance(lifecycle.move(incident, verb), ActRefused)]
    return [*moves, *(["set_priority"] if incident.live else []), "comment"]


def _costs(api: ApiState, moment: Moment | None, incident: Incident) -> list[IncidentCostOut]:
    """What its services have cost, by currency; the rates are those of the newest graph."""
    if moment is None:
        return []
    until, hits = incident.resolved_at or api.clock.now(), [hit.ci_id for hit in incident.services]
    spent = costs_so_far(api.ledger, moment.graph, hits, incident.opened_at, until)
    now = {cost.currency: cost.per_minute for cost in incident.costs} if incident.live else {}
    return [
        IncidentCostOut(
            per_minute=float(now.get(currency, 0)), currency=currency or None, so_far=round(float(spent[currency]), 2)
        )
        for currency in sorted(spent)
    ]


def _people(api: ApiState, incident: Incident, names: Names) -> PeopleOut:
    impact = _impact(api, incident)
    department = names.view.department if names.view else lambda _person: None
    hit = [(person, "down") for person in incident.cannot_work] + [(p, "degraded") for p in incident.limited]
    vips = [person for person, _ in hit if names.view and names.view.is_vip(person)]
    counts: dict[str | None, list[int]] = {}
    for person, state in hit:
        counts.setdefault(department(person), [0, 0])[0 if state == "down" else 1] += 1
    items = [
        PersonOut(person=names.ref(person), department=names.maybe(department(person)), state=state)  # type: ignore[arg-type]
        for person, state in hit
    ]
    items.sort(key=lambda one: (one.state != "down", one.person.name, one.person.id))
    departments = [
        DepartmentCount(department=names.maybe(ci_id), cannot_work=down, limited=limited)
        for ci_id, (down, limited) in counts.items()
    ]
    departments.sort(key=lambda one: (-one.cannot_work, -one.limited, one.department.name if one.department else ""))
    return PeopleOut(
        cannot_work=len(incident.cannot_work),
        limited=len(incident.limited),
        total=impact.people_total if impact else None,
        estimate=estimate_out(incident.estimate),
        vips=vips_out(vips, incident.cannot_work, names),
        departments=departments,
        items=items[:MAX_PEOPLE],
    )


def _impact(api: ApiState, incident: Incident) -> RootImpact | None:
    assessment = api.hub.assessment
    return assessment.impacts.get(incident.root_ci) if assessment and incident.root_ci else None


def _notice(entry: outbox.OutboxEntry, names: Names) -> NoticeOut:
    payload = entry.payload
    return NoticeOut(
        stakeholder=names.ref(entry.key.stakeholder),
        role=payload.get("role"),
        channel=entry.key.channel,
        happening=entry.key.happening,
        sequence=entry.key.sequence,
        state=entry.state.value,
        attempts=entry.attempts,
        possibly_repeated=entry.possibly_repeated,
        language=payload.get("language"),
        subject=payload.get("subject"),
        last_error=entry.last_error,
        created_at=entry.created_at,
        sent_at=entry.sent_at,
    )


def _remedy(alert: AlertOut) -> Remedy | None:
    details = alert.details
    if not any(name.startswith(("remedy.", "meaning.")) for name in details):
        return None
    by_language = {
        part: {name.removeprefix(f"{part}."): text for name, text in details.items() if name.startswith(f"{part}.")}
        for part in ("meaning", "remedy")
    }
    return Remedy(
        alert=alert.fingerprint,
        code=details.get("code"),
        meaning=by_language["meaning"],
        remedy=by_language["remedy"],
        document=details.get("document"),
        section=details.get("section"),
    )
