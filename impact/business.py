"""What one root does to the business: services with their state and path, people counted once, who is concerned."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from impact.graph import CompiledGraph
from impact.model import Health, Reason, RootImpact, ServiceHit, Stakeholder
from impact.state import State


def impact_of(
    graph: CompiledGraph, state: State, root: int, services: Iterable[int]
) -> tuple[RootImpact, frozenset[int]]:
    """The business side of one root, and the nodes whose state it was worked out from.

    Args:
        graph: the compiled graph.
        state: the present state of everything.
        root: the root's index.
        services: business services that this root is accountable for.
    """
    hit = sorted(services, key=lambda s: (-state.service(s), graph.business.tiers[s], graph.name(s)))
    paths = _paths(graph, state, root)
    ids = graph.ids
    rows = tuple(
        ServiceHit(
            ci_id=ids[service],
            tier=graph.business.tiers[service],
            state=state.service(service),
            path=tuple(ids[n] for n in _trail(paths, root, service)),
            sites_down=tuple(ids[site] for site in state.sites_down(service)),
            lost_redundancy=_lost_redundancy(state, service),
            reason=_service_reason(graph, state, service),
        )
        for service in hit
    )
    people = people_of(state, hit)
    worst = {person: max(seen.values()) for person, seen in people.items()}
    cannot = frozenset(ids[p] for p, health in worst.items() if health == Health.DOWN)
    impact = RootImpact(
        root_id=ids[root],
        services=rows,
        cannot_work=cannot,
        limited=frozenset(ids[p] for p, health in worst.items() if health == Health.DEGRADED),
        people_total=len(graph.business.people),
        vip_cannot_work=any(worst.get(vip) == Health.DOWN for vip in graph.business.vips),
        stakeholders=tuple(_stakeholders(graph, state, root, hit, people)),
    )
    return impact, frozenset(paths).union(hit, *(graph.scope(service) for service in hit))


def people_of(state: State, services: Iterable[int]) -> dict[int, dict[int, Health]]:
    """Each person who meets one of these services in a state that is not ok → the service → that state."""
    business = state.spread.graph.business
    found: dict[int, dict[int, Health]] = {}
    for service in services:
        for person in business.users_of.get(service, ()):
            health = state.at_site(person.site, service)
            if health > Health.OK:
                found.setdefault(person.index, {})[service] = health
    return found


def _lost_redundancy(state: State, service: int) -> bool:
    """Whether somewhere below a spare is gone: a group at its edge, or a new single point on a way."""
    seen, stack = {service}, [service]
    while stack:
        node = stack.pop()
        if node in state.narrowed or state.spread.thin_groups(node):
            return True
        for provider in state.spread.via(node):
            if provider not in seen:
                seen.add(provider)
                stack.append(provider)
    return False


def _service_reason(graph: CompiledGraph, state: State, service: int) -> Reason:
    down = state.sites_down(service)
    if down and state.health(service) < Health.DOWN:
        return Reason(code="people_of_sites", args={"sites": tuple(graph.name(site) for site in down)})
    via = state.spread.via(service)
    return Reason(code="via", args={"ci": graph.name(via[0])}) if via else Reason(code="own_fault")


def owner_team(graph: CompiledGraph, root: int) -> int | None:
    """The team that owns a CI; a link without an owner belongs to the team of the end nearer to the hub."""
    owners = [o for o in graph.business.owners.get(root, ()) if graph.plays(o, "team")]
    if owners:
        return min(owners)
    cable = graph.network.by_link.get(root)
    if cable is None:
        return None
    levels = graph.network.hub_levels
    near, far = sorted((cable.a, cable.b), key=lambda end: (levels.get(end, len(levels)), end))
    return owner_team(graph, near) if graph.business.owners.get(near) else owner_team(graph, far)


def _stakeholders(
    graph: CompiledGraph, state: State, root: int, services: list[int], people: Mapping[int, Mapping[int, Health]]
) -> Iterable[Stakeholder]:
    ids, business = graph.ids, graph.business
    team = owner_team(graph, root)
    if team is not None:
        sees = {ids[service]: state.service(service) for service in services}
        for person in business.on_call.get(team, ()):
            yield Stakeholder(person_id=ids[person], role="on_call", because=(ids[team],), sees=sees)
    for service in services:
        sees = {ids[service]: state.service(service)}
        for person, because in _owners(graph, service):
            yield Stakeholder(person_id=ids[person], role="service_owner", because=because, sees=sees)
        for head, department in business.heads.get(service, ()):
            because = (ids[service], ids[department])
            yield Stakeholder(person_id=ids[head], role="department_head", because=because, sees=sees)
    for person, seen in sorted(people.items()):
        sees = {ids[service]: health for service, health in seen.items()}
        yield Stakeholder(person_id=ids[person], role="user", because=tuple(sees), sees=sees)


def _owners(graph: CompiledGraph, service: int) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Who answers for a service, and why: a person who owns it, and who is on call for a team that does."""
    ids, business = graph.ids, graph.business
    for owner in business.owners.get(service, ()):
        if graph.plays(owner, "person"):
            yield owner, (ids[service],)
        for person in business.on_call.get(owner, ()):
            yield person, (ids[service], ids[owner])


def _paths(graph: CompiledGraph, state: State, root: int) -> dict[int, int]:
    """Breadth first from the root towards the dependents: node → the node before it. Affected CIs go first."""
    before: dict[int, int] = {root: root}
    fallback: deque[int] = deque()
    queue = deque([root])
    while queue or fallback:
        node = queue.popleft() if queue else fallback.popleft()
        for after in (*graph.dependents[node], *_onward(graph, node)):
            if after not in before:
                before[after] = node
                (queue if _affected(state, after) else fallback).append(after)
    return before


def _onward(graph: CompiledGraph, node: int) -> Iterable[int]:
    net = graph.network
    yield from net.downstream(node, net.anchor_levels)
    yield from net.downstream(node, net.hub_levels)


def _affected(state: State, node: int) -> bool:
    if state.health(node) > Health.OK:
        return True
    return any(view.get(node, Health.OK) > Health.OK for view in state.by_site.values())


def _trail(before: Mapping[int, int], root: int, service: int) -> list[int]:
    if service not in before:
        return [root, service]
    trail = [service]
    while trail[-1] != root:
        trail.append(before[trail[-1]])
    return trail[::-1]
