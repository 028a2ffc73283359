"""Impact maps of a CI and of an incident: read, tidied, pinned. Places are shared by all who look."""

# ruff: noqa: FAST003 - the dependencies of a route take what its address names

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from faultpath.access.model import READ, WRITE, Principal
from faultpath.api.deps import Api, ApiState, AtMoment, View, require
from faultpath.api.impact_map import DirectionWord, ImpactMap, ModeWord, body_of, map_out
from faultpath.api.paging import Number
from faultpath.api.problems import ProblemError
from faultpath.api.routes.cis import known_ci
from faultpath.api.routes.incidents import known_incident
from faultpath.api.shapes import Names, Shape
from faultpath.map.arrangement import Pin
from faultpath.map.desk import Asked
from faultpath.map.model import Cell, Direction, Mode, Picture, Question
from faultpath.questions import Moment
from ledger.audit import record

MOST_HOPS = 6
FAR = 100_000

router = APIRouter(tags=["maps"], dependencies=[Depends(require(READ))])
Writer = Annotated[Principal, Depends(require(WRITE))]
Way = Annotated[DirectionWord, Query(description="up: who is hurt by it; down: what it stands on")]
Which = Annotated[ModeWord, Query(description="which causes outside of what is drawn are added")]
Selected = Annotated[str | None, Query(max_length=64, description="a CI whose chain down to a cause is wanted")]
Grouped = Annotated[bool, Query(description="false: each CI by itself")]
Accepted = Annotated[str, Header(alias="accept-encoding", include_in_schema=False)]


class TidyIn(Shape):
    """Lay it out anew, for everybody; or take the last time back."""

    undo: bool = False


class PinIn(Shape):
    """Which CI to pin, to which place."""

    ci: str
    layer: Annotated[int, Field(ge=-FAR, le=FAR)]
    x: Annotated[int, Field(ge=-FAR, le=FAR)]


async def question_of(
    *,
    direction: Way = "up",
    hops: Annotated[int | None, Query(ge=1, le=MOST_HOPS, description="how far; as far as it goes if unsaid")] = None,
    mode: Which = "roots",
    service: Selected = None,
    grouped: Grouped = True,
) -> Question:
    """What is asked of the map of a CI."""
    return Question(direction=Direction(direction), hops=hops, mode=Mode(mode), service=service, grouped=grouped)


async def incident_question_of(*, mode: Which = "roots", service: Selected = None, grouped: Grouped = True) -> Question:
    """What is asked of the map of an incident."""
    return Question(mode=Mode(mode), service=service, grouped=grouped)


OfCi = Annotated[Question, Depends(question_of)]
OfIncident = Annotated[Question, Depends(incident_question_of)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMap:
    """The map that a request is about, with the moment that it is asked of."""

    asked: Asked
    moment: Moment | None


async def ci_map(ci_id: str, question: OfCi, api: Api, moment: AtMoment, at: AwareDatetime | None = None) -> OnMap:
    """The map of a CI, now or in the graph of a past time.

    Raises:
        ProblemError: 404.
    """
    known_ci(moment.view, ci_id)
    if question.service is not None:
        known_ci(moment.view, question.service)
    return OnMap(asked=api.maps.of_ci(moment, ci_id, question, past=at is not None), moment=moment)


async def present_ci_map(ci_id: str, question: OfCi, api: Api, _: View) -> OnMap:
    """The map of a CI, to be changed: that is done to the one of now.

    Raises:
        ProblemError: 404, or 503 if nothing has been read from the graph yet.
    """
    moment = api.hub.moment()
    assert moment is not None  # there is a view
    return await ci_map(ci_id, question, api, moment)


async def incident_map(number: Number, question: OfIncident, api: Api) -> OnMap:
    """The map of an incident.

    Raises:
        ProblemError: 404.
    """
    moment = api.hub.moment()
    with api.ledger.read() as connection:
        incident = known_incident(connection, number)
    if question.service is not None and moment is not None:
        known_ci(moment.view, question.service)
    return OnMap(asked=api.maps.of_incident(moment, incident, question), moment=moment)


CiMap = Annotated[OnMap, Depends(ci_map)]
PresentCiMap = Annotated[OnMap, Depends(present_ci_map)]
IncidentMap = Annotated[OnMap, Depends(incident_map)]


@router.get("/cis/{ci_id}/map", response_model=ImpactMap)
async def get_ci_map(on: CiMap, api: Api, accepted: Accepted = "") -> Response:
    """Who is hurt by a CI, or what it stands on. ``?at=`` asks it of the graph of a past time, in today's places."""
    return await _answer(on, await api.maps.draw(on.asked), accepted)


@router.post("/cis/{ci_id}/map/tidy", response_model=ImpactMap)
async def tidy_ci_map(on: PresentCiMap, body: TidyIn, api: Api, who: Writer, accepted: Accepted = "") -> Response:
    """Lay the map of a CI out anew, for everybody, or take that back."""
    return await _answer(on, await _tidy(api, on.asked, body, who), accepted)


@router.post("/cis/{ci_id}/map/pins", status_code=204)
async def pin_on_ci_map(on: PresentCiMap, body: PinIn, api: Api, who: Writer) -> None:
    """Pin a CI to a place on the map of a CI."""
    await _pin(api, on, body.ci, Cell(body.layer, body.x), who)


@router.delete("/cis/{ci_id}/map/pins/{pinned}", status_code=204)
async def unpin_on_ci_map(on: PresentCiMap, pinned: str, api: Api, who: Writer) -> None:
    """Let go of a CI that was pinned; it stays where it is."""
    await _pin(api, on, pinned, None, who)


@router.get("/incidents/{number}/map", response_model=ImpactMap)
async def get_incident_map(on: IncidentMap, api: Api, accepted: Accepted = "") -> Response:
    """The way from the cause of an incident to services and people, and where redundancy holds."""
    return await _answer(on, await api.maps.draw(on.asked), accepted)


@router.post("/incidents/{number}/map/tidy", response_model=ImpactMap)
async def tidy_incident_map(on: IncidentMap, body: TidyIn, api: Api, who: Writer, accepted: Accepted = "") -> Response:
    """Lay the map of an incident out anew, for everybody, or take that back."""
    return await _answer(on, await _tidy(api, on.asked, body, who), accepted)


@router.post("/incidents/{number}/map/pins", status_code=204)
async def pin_on_incident_map(on: IncidentMap, body: PinIn, api: Api, who: Writer) -> None:
    """Pin a CI to a place on the map of an incident."""
    await _pin(api, on, body.ci, Cell(body.layer, body.x), who)


@router.delete("/incidents/{number}/map/pins/{pinned}", status_code=204)
async def unpin_on_incident_map(on: IncidentMap, pinned: str, api: Api, who: Writer) -> None:
    """Let go of a CI that was pinned; it stays where it is."""
    await _pin(api, on, pinned, None, who)


async def _tidy(api: ApiState, asked: Asked, body: TidyIn, who: Principal) -> Picture:
    def note(connection: Connection) -> None:
        record(connection, who.did("map.undo" if body.undo else "map.tidy", asked.key), at=api.clock.now())

    if not body.undo:
        return await api.maps.tidy(asked, note)
    picture = await api.maps.undo(asked, note)
    if picture is None:
        raise ProblemError(409, "nothing_to_undo", "this map was not tidied since its places were last taken back")
    return picture


async def _pin(api: ApiState, on: OnMap, ci_id: str, cell: Cell | None, who: Principal) -> None:
    key = on.asked.key

    def note(connection: Connection) -> None:
        place = {"ci": ci_id, "layer": cell.layer, "x": cell.x} if cell else {"ci": ci_id}
        record(connection, who.did("map.pin" if cell else "map.unpin", key, after=place), at=api.clock.now())

    if on.moment is not None and cell is not None:
        known_ci(on.moment.view, ci_id)
    if not await api.maps.pin(key, ci_id, Pin(cell=cell, by=who.actor) if cell else None, note):
        raise ProblemError(
            409, "place_taken", "another CI has this place, or the one beside it",
            remedy="choose one that is two away from all others of its layer",
        )  # fmt: skip


async def _answer(on: OnMap, picture: Picture, accepted: str) -> Response:
    """The answer, made beside the loop: it may be long."""
    moment = on.moment

    def made() -> tuple[bytes, dict[str, str]]:
        names = Names(moment.view if moment else None)
        graph, assessment = (moment.graph, moment.assessment) if moment else (None, None)
        return body_of(map_out(picture, on.asked.question, names, graph, assessment), accepted)

    body, headers = await asyncio.to_thread(made)
    return Response(body, media_type="application/json", headers=headers)
