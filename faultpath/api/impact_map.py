"""The map of one incident: which CIs are drawn, in which role, joined by what, and where (`faultpath.api.layout`).

Drawn are the cause, the paths from it to each service that is hit, those services' offerings, and the departments whose
people are hit. ``role`` says why a CI is drawn; ``count`` is the number of people of a department that are hit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

from pydantic import Field

from faultpath.api.layout import place
from faultpath.api.shapes import HealthWord, Shape, word_of
from faultpath.graph_view import GraphView
from impact.model import Assessment, Health
from ticket_bridge.model import Incident

Role = Literal["cause", "path", "service", "offering", "department"]
Edges = dict[tuple[str, str], str]
# an edge between neighbours on a path that are not joined by one relation, but by ports and links
REACHED_THROUGH = "REACHED_THROUGH"


class MapNode(Shape):
    """One CI. ``own`` is its own health, ``propagated`` what its needs make of it; the cause lies in layer 0."""

    id: str
    name: str
    cls: str | None
    own: HealthWord
    propagated: HealthWord
    role: Role
    count: int
    layer: int
    x: int
    y: int


class MapEdge(Shape):
    """A need: ``from`` stands on ``to``. Impact runs the other way."""

    from_id: str = Field(serialization_alias="from")
    to_id: str = Field(serialization_alias="to")
    type: str


class ImpactMap(Shape):
    """Nodes on a grid of whole numbers, and the edges between them. Equal facts give an equal picture."""

    number: int
    revision: int
    width: int
    height: int
    nodes: list[MapNode]
    edges: list[MapEdge]


def map_of(incident: Incident, view: GraphView | None, assessment: Assessment | None) -> ImpactMap:
    """The map of an incident; without a graph it holds the paths alone, and no names."""
    roles = _roles(incident, view)
    edges = _path_edges(incident, view)
    counts = _add_users(incident, view, roles, edges)
    places = place(roles, edges, top={ci_id for ci_id, role in roles.items() if role == "department"})
    left = min((at.x for at in places.values()), default=0)
    nodes = [
        MapNode(
            id=ci_id,
            name=view.name(ci_id) if view else ci_id,
            cls=_class(view, ci_id),
            own=_health(assessment, ci_id, own=True),
            propagated=_health(assessment, ci_id, own=False),
            role=roles[ci_id],
            count=counts.get(ci_id, 0),
            layer=at.layer,
            x=at.x - left,
            y=at.y,
        )
        for ci_id, at in sorted(places.items(), key=lambda item: (item[1].y, item[1].x, item[0]))
    ]
    return ImpactMap(
        number=incident.number,
        revision=view.revision if view else 0,
        width=max((node.x for node in nodes), default=0) + 1,
        height=max((node.y for node in nodes), default=0) + 1,
        nodes=nodes,
        edges=[MapEdge(from_id=a, to_id=b, type=edges[a, b]) for a, b in sorted(edges)],
    )


def _own_offerings(incident: Incident, view: GraphView | None) -> list[str]:
    """Offerings that are hit by themselves."""
    return [hit.ci_id for hit in incident.services if view is not None and view.is_a(hit.ci_id, "Offering")]


def _roles(incident: Incident, view: GraphView | None) -> dict[str, Role]:
    roles: dict[str, Role] = {}
    for hit in incident.services:
        roles.update(dict.fromkeys(hit.path, "path"))
    roles.update({hit.ci_id: "service" for hit in incident.services})
    roles.update(dict.fromkeys(_own_offerings(incident, view), "offering"))
    if incident.root_ci is not None:
        roles[incident.root_ci] = "cause"
    return roles


def _path_edges(incident: Incident, view: GraphView | None) -> Edges:
    """An edge for each step of each path, from the dependent to what it needs."""
    edges: Edges = {}
    for hit in incident.services:
        for needed, dependent in pairwise(hit.path):
            edges[dependent, needed] = _relation_between(view, dependent, needed)
    return edges


def _relation_between(view: GraphView | None, dependent: str, needed: str) -> str:
    if view is None:
        return REACHED_THROUGH
    forth = [r.type for r in view.out(dependent) if r.to_id == needed]
    back = [r.type for r in view.into(dependent) if r.from_id == needed]
    return min(forth or back, default=REACHED_THROUGH)


def _add_users(incident: Incident, view: GraphView | None, roles: dict[str, Role], edges: Edges) -> Counter[str]:
    """Add the offerings of the services that are hit, and the departments whose people are; how many of each."""
    counts: Counter[str] = Counter()
    if view is None:
        return counts
    for person in sorted(incident.cannot_work | incident.limited):
        if (department := view.department(person)) is not None:
            counts[department] += 1
    for hit in incident.services:
        for offering in sorted(r.from_id for r in view.into(hit.ci_id, "PART_OF") if view.is_a(r.from_id, "Offering")):
            users = [r.from_id for r in view.into(offering, "USES") if r.from_id in counts]
            if users:
                roles.setdefault(offering, "offering")
                edges[offering, hit.ci_id] = "PART_OF"
            _add_departments(users, offering, roles, edges)
    for offering in _own_offerings(incident, view):
        users = [r.from_id for r in view.into(offering, "USES") if r.from_id in counts]
        _add_departments(users, offering, roles, edges)
    return counts


def _add_departments(users: Iterable[str], offering: str, roles: dict[str, Role], edges: Edges) -> None:
    for department in users:
        roles.setdefault(department, "department")
        edges[department, offering] = "USES"


def _class(view: GraphView | None, ci_id: str) -> str | None:
    found = view.cis.get(ci_id) if view else None
    return found.cls if found else None


def _health(assessment: Assessment | None, ci_id: str, *, own: bool) -> HealthWord:
    """Own or propagated health as a word; a CI that the assessment does not name is ok. Nothing assessed: unknown."""
    if assessment is None:
        return word_of(Health.UNKNOWN)
    found = assessment.health.get(ci_id)
    return word_of((found.own if own else found.propagated) if found else Health.OK)
