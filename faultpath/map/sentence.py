"""First a sentence, then a picture: what a map says, as one reason code with its arguments. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cmdb.model import CiId
from faultpath.map.scene import Scene
from impact.explain import causes_of, closure
from impact.gates import without_redundancy
from impact.model import Arg, Health, Reason

MOST_NAMED = 5
"""So many causes are named in the sentence; the picture has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurt:
    """What is worse than at risk, who meets one of those so, and how many services are at risk or saved."""

    services: frozenset[CiId]
    people: frozenset[CiId]
    at_risk: int
    saved: int


def hurt_by(scene: Scene, node: int) -> Hurt:
    """Whom a CI hurts now. If the hub takes it for a cause, that is what its incident says; each person counts once."""
    state, ids = scene.state, scene.graph.ids
    ci_id = ids[node]
    impact = scene.moment.assessment.impacts.get(ci_id) if scene.moment.assessment else None
    saved = saved_from(scene, ci_id)
    if impact is not None:
        services = {hit.ci_id: hit.state for hit in impact.services}
        return hurt_of(services, impact.cannot_work | impact.limited, saved)
    cut: dict[int, list[int]] = {}
    for isolated, by in state.isolated.items():
        for one in by:
            cut.setdefault(one, []).append(isolated)
    held = closure(node, lambda at: [*_held_by(scene, at), *cut.get(at, ())])
    hit = [s for s in state.views.hit() if s in held]
    seen = state.views.people(hit)
    people = {ids[person] for person, services in seen.items() if max(services.values()) >= Health.DEGRADED}
    return hurt_of({ids[s]: state.service(s) for s in hit}, people, saved)


def hurt_of(services: Mapping[CiId, Health], people: Iterable[CiId], saved: int) -> Hurt:
    """Those of the services that are hit, told apart by their state."""
    return Hurt(
        services=frozenset(ci_id for ci_id, state in services.items() if state >= Health.DEGRADED),
        people=frozenset(people),
        at_risk=sum(state == Health.AT_RISK for state in services.values()),
        saved=saved,
    )


def _held_by(scene: Scene, node: int) -> Iterable[int]:
    """The dependents that a CI holds where they are."""
    near = dict.fromkeys(scene.graph.dependents[node])
    return (dependent for dependent in near if node in scene.via(dependent))


def saved_from(scene: Scene, ci_id: CiId) -> int:
    """How many services are at risk at most, that would be hit if nothing on the way were redundant."""
    node, health = scene.node(ci_id), scene.health(ci_id)
    if node is None or health < Health.DEGRADED:
        return 0
    bare = without_redundancy(scene.graph, node, health)
    return sum(
        bare.get(service, 0) >= Health.DEGRADED and scene.state.service(service) < Health.DEGRADED
        for service in scene.graph.business.tiers
    )


def departments_of(scene: Scene, people: Iterable[CiId]) -> set[CiId]:
    return {one for person in people if (one := scene.view.department(person)) is not None}


def hurts(cause: CiId, state: Health, since: datetime | None, hurt: Hurt, departments: int) -> Reason:
    """Who is hurt by something that is broken."""
    args: dict[str, Arg] = {"cause": cause, "state": state.word}
    if since is not None:
        args["since"] = since.isoformat()
    if hurt.at_risk:
        args["at_risk"] = hurt.at_risk
    if hurt.saved:
        args["saved"] = hurt.saved
    if not hurt.services:
        return Reason(code="map_hurts_nobody", args=args)
    args["services"] = len(hurt.services)
    if not hurt.people:
        return Reason(code="map_hurts_services", args=args)
    return Reason(code="map_hurts", args={**args, "people": len(hurt.people), "departments": departments})


def sentence_up(scene: Scene, node: int, reached: Collection[int], hurt: Hurt | None) -> Reason:
    """Who is hurt by a CI; of one that is well, who would notice."""
    ci_id = scene.graph.ids[node]
    state = scene.health(ci_id)
    if hurt is not None:
        root = scene.roots.get(ci_id)
        return hurts(ci_id, state, root.since if root else None, hurt, len(departments_of(scene, hurt.people)))
    business, ids = scene.graph.business, scene.graph.ids
    services = [service for service in business.tiers if service in reached]
    people = {ids[one.index] for used in business.through(services) for one in business.users_of.get(used, ())}
    args: dict[str, Arg] = {"cause": ci_id, "state": state.word, "services": len(services), "people": len(people)}
    if not services:
        return Reason(code="map_carries_nothing", args={"cause": ci_id, "state": state.word})
    return Reason(code="map_carries", args={**args, "departments": len(departments_of(scene, people))})


def sentence_down(scene: Scene, node: int, reached: Collection[int]) -> Reason:
    """What a CI stands on, and because of what it is not well."""
    ids = scene.graph.ids
    ci_id = ids[node]
    state = scene.health(ci_id)
    args: dict[str, Arg] = {"service": ci_id, "state": state.word, "cis": len(reached) - 1}
    if state <= Health.OK:
        return Reason(code="map_stands", args=args)
    ends = {end for one in causes_of(scene.state.spread, node) for end in _cut(scene, one)}
    causes = sorted((ids[end] for end in ends), key=lambda one: (-scene.health(one), one))
    if causes == [ci_id] or not causes:
        return Reason(code="map_stands_at_fault", args=args)
    more = len(causes) - MOST_NAMED
    bad = sum(scene.health(ids[one]) > Health.OK for one in reached if one != node)
    named = tuple(causes[:MOST_NAMED])
    if more > 0:
        return Reason(code="map_falls_by_many", args={**args, "bad": bad, "causes": named, "more": more})
    return Reason(code="map_falls", args={**args, "bad": bad, "causes": named})


def _cut(scene: Scene, node: int) -> Iterable[int]:
    """An end of the way down; what is cut off leads on to what cut it off."""
    if node in scene.state.spread.own:
        return (node,)
    return scene.state.isolated.get(node) or (
        (scene.state.narrowed[node],) if node in scene.state.narrowed else (node,)
    )
