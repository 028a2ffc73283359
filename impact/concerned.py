"""Whom it concerns: who is on call, answers for services, heads and uses them; in which role, and by what way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from impact.graph import CompiledGraph
from impact.model import Health, Stakeholder
from impact.state import State
from impact.viewpoints import Met


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


def stakeholders(state: State, root: int, services: Iterable[int], people: Met) -> Iterable[Stakeholder]:
    """Everybody whom a root concerns over these services and offerings, once in each role and for each of them.

    ``people``: what each user meets of them.
    """
    yield from on_call(state, root, services)
    yield from of_services(state, services, people)


def on_call(state: State, root: int, services: Iterable[int]) -> Iterable[Stakeholder]:
    """Who is on call for what is broken."""
    graph = state.spread.graph
    ids = graph.ids
    team = owner_team(graph, root)
    if team is not None:
        sees = {ids[service]: state.service(service) for service in services}
        for person in graph.business.on_call.get(team, ()):
            yield Stakeholder(person_id=ids[person], role="on_call", because=(ids[team],), sees=sees)


def of_services(state: State, services: Iterable[int], people: Met) -> Iterable[Stakeholder]:
    """Who answers for what is hit, heads who uses it, and uses it."""
    graph = state.spread.graph
    ids, business = graph.ids, graph.business
    for service in services:
        sees = {ids[service]: state.service(service)}
        for person, because in _owners(graph, service):
            yield Stakeholder(person_id=ids[person], role="service_owner", because=because, sees=sees)
        for head, department in business.heads.get(service, ()):
            because = (ids[service], ids[department])
            yield Stakeholder(person_id=ids[head], role="department_head", because=because, sees=sees)
    for person, seen in sorted(people.items()):
        sees = {ids[service]: Health(level) for service, level in seen.items()}
        yield Stakeholder(person_id=ids[person], role="user", because=tuple(sees), sees=sees)


def _owners(graph: CompiledGraph, hit: int) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Who answers for a service, and why: a person who owns it, and who is on call for a team that does.

    An offering that nobody owns is its services' owners' to answer for.
    """
    ids, business = graph.ids, graph.business
    found: dict[tuple[int, tuple[str, ...]], None] = {}
    owned = [hit] if business.owners.get(hit) else business.offerings.get(hit, ())
    for owner in (owner for one in owned for owner in business.owners.get(one, ())):
        if graph.plays(owner, "person"):
            found[owner, (ids[hit],)] = None
        for person in business.on_call.get(owner, ()):
            found[person, (ids[hit], ids[owner])] = None
    return found


def used_of(graph: CompiledGraph, user: int, hit: int) -> int:
    """What somebody uses of a service: of several offerings the first by id."""
    business = graph.business
    above, found = [user], {user}
    for member in above:
        mine = business.uses.get(member, set()).intersection(business.offered.get(hit, ()))
        if mine:
            return min(mine)
        fresh = [group for group in business.member_of.get(member, ()) if group not in found]
        found.update(fresh)
        above += fresh
    return hit


def way_to(graph: CompiledGraph, who: Stakeholder, ways: Mapping[str, tuple[str, ...]], root: str | None) -> list[str]:
    """CI ids from what is broken to a person: over the service, what they use of it and their groups, or their team.

    Args:
        graph: the compiled graph.
        who: the person.
        ways: from what is broken to each service or offering, by its id.
        root: what is broken.
    """
    if who.role == "on_call":
        return [*((root,) if root else ()), *who.because, who.person_id]
    hit = max(who.sees, key=lambda one: (who.sees[one], one), default="")
    if who.role == "service_owner":
        hit, *between = who.because
        return [*ways.get(hit, (hit,)), *between, who.person_id]
    user = who.because[-1] if who.role == "department_head" else who.person_id
    known = [*ways.get(hit, (hit,))]
    if user in graph.index and hit in graph.index:
        used = used_of(graph, graph.index[user], graph.index[hit])
        chain = [graph.ids[node] for node in graph.business.chain(graph.index[user], used)]
        return [*known, *([graph.ids[used]] if graph.ids[used] != hit else []), *chain, *_head(who, user)]
    return [*known, user, *_head(who, user)]


def _head(who: Stakeholder, user: str) -> list[str]:
    return [who.person_id] if who.person_id != user else []
