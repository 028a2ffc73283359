"""What the map of a CI or of an incident draws, before anything has a place. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from cmdb.model import CiId
from faultpath.graph_view import GraphView
from faultpath.map.model import REACHED_THROUGH, Direction, Facts, Mode, Question, Thing, Tie
from faultpath.map.reach import further, reach, ties_of
from faultpath.map.scene import Scene
from faultpath.map.sentence import departments_of, hurt_by, hurt_of, hurts, saved_from, sentence_down, sentence_up
from impact.gates import Gate, Standing
from impact.model import Health
from impact.whatif import path_down
from ticket_bridge.model import Incident

MOST_CIS = 10_000
"""So many CIs are drawn at most, the nearest first; how many more there are is said."""


def facts_of_ci(scene: Scene, ci_id: CiId, question: Question) -> Facts:
    """The map of a CI that the graph has."""
    graph = scene.graph
    node = graph.index[ci_id]
    hops = reach(graph, node, question.direction)
    within = sorted(
        (one for one, far in hops.items() if question.hops is None or far <= question.hops),
        key=lambda one: (hops[one], graph.ids[one]),
    )
    drawn = [graph.ids[one] for one in within[:MOST_CIS]]
    chain = chain_of(scene, question.service) if question.service else _chain_inside(scene, ci_id, drawn, question)
    people: Counter[CiId] = Counter()
    if question.direction is Direction.UP:
        hurt = hurt_by(scene, node) if scene.health(ci_id) > Health.OK else None
        sentence = sentence_up(scene, node, hops, hurt)
        people = _by_department(scene.view, hurt.people if hurt else frozenset())
    else:
        sentence = sentence_down(scene, node, hops)
    things, ties = _drawn(scene, drawn, chain, question.mode, people)
    causes = scene.causes(things, first=chain[-1] if chain else ci_id)
    return Facts(
        things=things,
        ties=ties,
        sentence=sentence,
        focus=ci_id,
        causes=causes,
        chain=chain,
        apart=frozenset({ci_id, *chain, *causes}),
        gates={one: gates for one in things if (gates := scene.gates(one))},
        beyond=max(0, len(within) - MOST_CIS),
    )


def facts_of_incident(incident: Incident, scene: Scene | None, question: Question) -> Facts:
    """The map of an incident: its cause, the path to each service, those services' users, and where redundancy holds.

    Without a graph it holds the paths alone, and no names.
    """
    chain = _chain_of_incident(incident, scene, question.service)
    worst = min(incident.services, key=lambda hit: (-hit.state, hit.tier, hit.ci_id), default=None)
    kept = chain or (worst.path if worst else ())
    people = incident.cannot_work | incident.limited
    root = incident.root_ci
    called = root or incident.unbound_resource or "?"
    drawn = dict.fromkeys([*([root] if root else []), *(step for hit in incident.services for step in hit.path)])
    steps = {(dependent, needed) for hit in incident.services for needed, dependent in pairwise(hit.path)}
    states = {one.ci_id: one.state for one in incident.services}
    hurt = hurt_of(states, people, saved_from(scene, root) if scene and root else 0)
    state = (scene.health(root) if scene else Health.UNKNOWN) if root else Health.UNKNOWN
    if scene is None:
        sentence = hurts(called, state, incident.opened_at, hurt, 0)
        return Facts(things=_bare(drawn), ties=_steps(steps), sentence=sentence, focus=root, chain=chain)
    counts = _by_department(scene.view, people)
    drawn |= dict.fromkeys(_users(scene.view, incident, counts))
    drawn |= dict.fromkeys(_shields(scene, list(drawn)))
    things, ties = _drawn(scene, list(drawn), chain, question.mode, counts)
    ties = _steps(pair for pair in steps if pair not in ties) | ties
    causes = scene.causes(things, first=root)
    since = causes[root].since if root in causes else None
    found = {one: scene.gates(one) for one in things}
    return Facts(
        things=things,
        ties=ties,
        sentence=hurts(called, state, since, hurt, len(departments_of(scene, people))),
        focus=root,
        causes=causes,
        chain=chain,
        apart=frozenset({*kept, *causes, *([root] if root else [])}),
        gates={one: live for one, gates in found.items() if (live := _tried(gates))},
    )


def chain_of(scene: Scene, ci_id: CiId) -> tuple[CiId, ...]:
    """The shortest chain from a CI down to one of its causes; empty if it is well."""
    node = scene.node(ci_id)
    if node is None or scene.health(ci_id) <= Health.OK:
        return ()
    return tuple(scene.graph.ids[step] for step in path_down(scene.state, node))


def _chain_inside(scene: Scene, ci_id: CiId, drawn: Sequence[CiId], question: Question) -> tuple[CiId, ...]:
    """Downwards nothing needs to be selected: it is the map's own question, as far as the map goes."""
    chain = chain_of(scene, ci_id) if question.direction is Direction.DOWN else ()
    return chain if set(drawn).issuperset(chain) else ()


def _chain_of_incident(incident: Incident, scene: Scene | None, service: CiId | None) -> tuple[CiId, ...]:
    """The path that the incident and its notices name, from the service down."""
    for hit in incident.services:
        if hit.ci_id == service:
            return hit.path[::-1]
    return chain_of(scene, service) if scene and service else ()


def _drawn(
    scene: Scene, drawn: Sequence[CiId], chain: Sequence[CiId], mode: Mode, people: Mapping[CiId, int]
) -> tuple[dict[CiId, Thing], dict[tuple[CiId, CiId], Tie]]:
    """The things and ties of a map: what is drawn, the chain, and the causes that the mode adds."""
    ids = dict.fromkeys([*drawn, *chain])
    added, indirect = further(scene, ids.keys(), mode)
    ids |= dict.fromkeys(sorted(added))
    ties = ties_of(scene, list(ids))
    steps = _steps(pair for pair in pairwise(chain) if pair not in ties)
    return {ci_id: scene.thing(ci_id, people.get(ci_id, 0)) for ci_id in ids}, {**indirect, **steps, **ties}


def _steps(pairs: Iterable[tuple[CiId, CiId]]) -> dict[tuple[CiId, CiId], Tie]:
    """Steps of a path that no relation joins."""
    return {pair: Tie(kinds=(REACHED_THROUGH,)) for pair in pairs}


def _bare(ids: Iterable[CiId]) -> dict[CiId, Thing]:
    unknown = Health.UNKNOWN
    return {one: Thing(ci_id=one, name=one, cls=None, own=unknown, propagated=unknown) for one in ids}


def _by_department(view: GraphView, people: AbstractSet[CiId]) -> Counter[CiId]:
    return Counter(one for person in people if (one := view.department(person)) is not None)


def _users(view: GraphView, incident: Incident, hit: Mapping[CiId, int]) -> Iterable[CiId]:
    """The offerings of the services that are hit, and the departments whose people are."""
    for one in incident.services:
        itself = [one.ci_id] if view.is_a(one.ci_id, "Offering") else []
        parts = [part.from_id for part in view.into(one.ci_id) if view.is_a(part.from_id, "Offering")]
        for offering in (*itself, *parts):
            users = [use.from_id for use in view.into(offering) if use.from_id in hit]
            yield from ([offering, *users] if users else [])


def _shields(scene: Scene, drawn: Sequence[CiId]) -> Iterable[CiId]:
    """What stands on something that is broken, and holds because of redundancy: there the trouble stops."""
    for ci_id in drawn:
        node = scene.node(ci_id)
        if node is not None and scene.health(ci_id) >= Health.DEGRADED:
            for dependent in dict.fromkeys(scene.graph.dependents[node]):
                gates = scene.gates(scene.graph.ids[dependent])
                if any(
                    gate.standing is Standing.HOLDS and any(one.provider == node for one in gate.members)
                    for gate in gates
                ):
                    yield scene.graph.ids[dependent]


def _tried(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """The gates that something leans on."""
    return tuple(gate for gate in gates if gate.standing is not Standing.WHOLE)
