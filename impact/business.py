"""What one root does to the business: services with their state and path, people counted once, who is concerned."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from impact.concerned import stakeholders, used_of
from impact.costs import counted, together
from impact.graph import CompiledGraph
from impact.model import Cost, GroupHit, HeadCount, Health, OfferingHit, Reason, RootImpact, ServiceHit
from impact.scale import Level
from impact.state import State
from impact.viewpoints import Met


def impact_of(
    graph: CompiledGraph, state: State, root: int, services: Iterable[int]
) -> tuple[RootImpact, frozenset[int]]:
    """The business side of one root, and the nodes whose state it was worked out from.

    Args:
        graph: the compiled graph.
        state: the present state of everything.
        root: the root's index.
        services: business services, and offerings with trouble of their own, that this root is accountable for.
    """
    hit = in_order(state, services)
    ways = _Ways(graph, root, _paths(graph, state, root))
    ids, business, views = graph.ids, graph.business, state.views
    people, groups, costs = views.people(hit), views.groups(hit), costs_of(state, hit)
    worst = {person: max(seen.values()) for person, seen in people.items()}
    cannot_work, limited = of_state(graph, worst, Health.DOWN), of_state(graph, worst, Health.DEGRADED)
    impact = RootImpact(
        root_id=ids[root],
        services=tuple(_service_hit(state, ways, service, costs.get(service)) for service in hit),
        cannot_work=cannot_work,
        limited=limited,
        people_total=len(business.people),
        vip_cannot_work=any(worst.get(vip) == Health.DOWN for vip in business.vips),
        stakeholders=tuple(stakeholders(state, root, hit, people)),
        offerings=tuple(_offering_hit(state, ways, one, costs.get(one)) for one in offerings_of(state, hit)),
        groups=tuple(_group_hit(ways, group, groups[group]) for group in sorted(groups)),
        vips=vips_of(graph, worst),
        estimate=estimate_of(state, hit, groups),
        costs=together(costs.values()),
    )
    used = business.through(hit)
    met = {one for offering in used for one in business.behind(offering)}
    return impact, frozenset(ways.before).union(hit, met, *(graph.scope(service) for service in hit))


def in_order(state: State, services: Iterable[int]) -> list[int]:
    """Services and offerings, the worst first, of equals the most critical."""
    graph = state.spread.graph
    return sorted(services, key=lambda s: (-state.service(s), graph.business.tier(s), graph.name(s)))


def offerings_of(state: State, hit: Iterable[int]) -> list[int]:
    """The offerings of what is hit that are not ok, the worst first."""
    business = state.spread.graph.business
    found = {one for service in hit for one in business.offered.get(service, ()) if one in business.offerings}
    return in_order(state, (one for one in found if state.service(one) > Health.OK))


def of_state(graph: CompiledGraph, worst: Mapping[int, Level], state: Health) -> frozenset[str]:
    """Those of the people who meet just this."""
    return frozenset(graph.ids[person] for person, level in worst.items() if level == state)


def vips_of(graph: CompiledGraph, worst: Mapping[int, Level]) -> frozenset[str]:
    """Those of the people who are VIPs and cannot work or are limited."""
    return frozenset(graph.ids[vip] for vip in graph.business.vips if worst.get(vip, 0) >= Health.DEGRADED)


def estimate_of(state: State, hit: Collection[int], groups: Met) -> HeadCount:
    """The people who are known as a number only. ``groups``: what each group meets of what is hit."""
    cannot_work, limited = state.views.heads(hit, groups)
    total = sum(state.spread.graph.business.heads_of.values())
    return HeadCount(cannot_work=cannot_work, limited=limited, total=total)


def costs_of(state: State, hit: Collection[int]) -> dict[int, Cost]:
    """What the present state of each service and offering costs of which the figure counts."""
    business = state.spread.graph.business
    found = counted(hit, business.rates, business.offerings, business.offered)
    costs = {one: business.rates[one].at(state.service(one)) for one in found}
    return {one: cost for one, cost in costs.items() if cost is not None}


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways from a root to what it hits: ``before`` gives the node before each."""

    graph: CompiledGraph
    root: int
    before: Mapping[int, int]

    def to(self, node: int, *, beyond: Iterable[int] = ()) -> tuple[str, ...]:
        """CI ids from the root to a node, and on to who uses it."""
        return tuple(self.graph.ids[n] for n in (*_trail(self.before, self.root, node), *beyond))


def _service_hit(state: State, ways: _Ways, service: int, cost: Cost | None) -> ServiceHit:
    graph = ways.graph
    return ServiceHit(
        ci_id=graph.ids[service],
        tier=graph.business.tier(service),
        state=state.service(service),
        path=ways.to(service),
        sites_down=tuple(graph.ids[site] for site in state.sites_down(service)),
        lost_redundancy=_lost_redundancy(state, service),
        reason=_service_reason(graph, state, service),
        cost=cost,
    )


def _offering_hit(state: State, ways: _Ways, offering: int, cost: Cost | None) -> OfferingHit:
    graph = ways.graph
    return OfferingHit(
        ci_id=graph.ids[offering],
        tier=graph.business.tier(offering),
        state=state.service(offering),
        services=tuple(graph.ids[service] for service in graph.business.offerings[offering]),
        path=ways.to(offering),
        cost=cost,
    )


def _group_hit(ways: _Ways, group: int, met: Mapping[int, Level]) -> GroupHit:
    graph = ways.graph
    worst = sorted(met, key=lambda hit: (-met[hit], graph.business.tier(hit), graph.name(hit)))
    used = used_of(graph, group, worst[0])
    return GroupHit(
        ci_id=graph.ids[group],
        state=Health(met[worst[0]]),
        through=tuple(graph.ids[hit] for hit in worst),
        path=ways.to(used, beyond=graph.business.chain(group, used)),
        heads=graph.business.heads_of.get(group, 0),
    )


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
    return any(view.get(node, 0) > Health.OK for view in state.by_site.values())


def _trail(before: Mapping[int, int], root: int, service: int) -> list[int]:
    if service not in before:
        return [root, service]
    trail = [service]
    while trail[-1] != root:
        trail.append(before[trail[-1]])
    return trail[::-1]
