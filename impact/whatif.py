"""What if: changes that are never stored, what they would do beside what is now, and what a service hangs by.

A scenario is laid over the present faults; the graph stays as it is, but for needs that a scenario adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cmdb.model import CI
from impact.business import costs_of, estimate_of, in_order, of_state, vips_of
from impact.concerned import of_services, on_call, way_to
from impact.costs import together
from impact.errors import ModelError
from impact.explain import closure, path_to_cause
from impact.graph import CompiledGraph
from impact.model import Cost, HeadCount, Health, Stakeholder
from impact.redundancy import Redundancy, with_redundancy
from impact.scale import Level
from impact.state import State, evaluate
from impact.viewpoints import Met

NOTHING_MORE = Redundancy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is tried: CIs (links too) that fail or are well again, and CIs put into maintenance. All by ``ci_id``.

    ``fail`` gives the health, usually down. ``sites``: everything that stands in them fails. ``whole``: sites, services
    and other CIs that go into maintenance with all that belongs to them alone (`whole_of`). ``more``: redundancy that
    there is not yet.
    """

    fail: Mapping[str, Health] = field(default_factory=dict)
    restore: frozenset[str] = frozenset()
    maintenance: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    more: Redundancy = NOTHING_MORE


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOutcome:
    """A business service that is not ok, or an offering that is worse than its services.

    ``path`` leads from it down to a cause, by ``ci_id``.
    """

    ci_id: str
    tier: int
    state: Health
    path: tuple[str, ...]
    cost: Cost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A person whom it concerns, in one role. ``path`` leads from what is broken to them, by ``ci_id``."""

    who: Stakeholder
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a scenario comes to: services, the worst first; people, each once; every CI that is not ok.

    ``groups``: the worst that each department and team meets. ``vips``: those of the people who are.
    ``stakeholders``: on call for what is broken and not in maintenance, owners, heads, users, in this order.
    ``supposed``: CIs that are not there but for the scenario.
    """

    services: tuple[ServiceOutcome, ...]
    costs: tuple[Cost, ...]
    groups: Mapping[str, Health]
    cannot_work: frozenset[str]
    limited: frozenset[str]
    people_total: int
    vips: frozenset[str]
    estimate: HeadCount
    stakeholders: tuple[Concerned, ...]
    supposed: tuple[CI, ...]
    health: Mapping[str, Health]
    maintained: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A CI of which the health differs between two outcomes."""

    ci_id: str
    before: Health
    after: Health


def try_out(graph: CompiledGraph, own: Mapping[int, Level], scenario: Scenario) -> Outcome:
    """What a scenario would do on top of the faults ``own`` that there are now. Nothing is stored.

    Raises:
        KeyError: the graph has no such CI.
        ModelError: what is to be added cannot be.
    """
    there, faults = len(graph), dict(own)
    graph = with_redundancy(graph, scenario.more)
    for ci_id in scenario.restore:
        faults.pop(graph.index[ci_id], None)
    for ci_id, health in scenario.fail.items():
        node = graph.index[ci_id]
        faults[node] = max(health, faults.get(node, Health.OK))
    for site in scenario.sites:
        faults |= dict.fromkeys(graph.standing_in(graph.index[site]), Health.DOWN)
    maintained = {graph.index[ci_id] for ci_id in scenario.maintenance}
    maintained.update(*(whole_of(graph, graph.index[ci_id]) for ci_id in scenario.whole))
    state = evaluate(graph, faults, maintained=maintained)
    return _outcome(state, tuple(graph.cis[there:]))


def whole_of(graph: CompiledGraph, node: int) -> frozenset[int]:
    """A CI with all below it that nothing else stands on; a site with all that stands in it."""
    if graph.plays(node, "site"):
        return frozenset({node, *graph.standing_in(node)})
    below = set(closure(node, lambda at: (need.provider for need in graph.needs[at])))
    shared = [at for at in below - {node} if not below.issuperset(graph.dependents[at])]
    while shared:
        at = shared.pop()
        if at in below:
            below.discard(at)
            shared += [need.provider for need in graph.needs[at] if need.provider in below and need.provider != node]
    return frozenset(below)


def links_between(graph: CompiledGraph, one: str, other: str) -> frozenset[str]:
    """The links that join two devices, by id.

    Raises:
        KeyError: the graph has no such CI.
        ModelError: nothing joins them.
    """
    ends = {graph.index[one], graph.index[other]}
    found = frozenset(graph.ids[cable.link] for cable in graph.network.cables if {cable.a, cable.b} == ends)
    if not found:
        where = " — ".join(graph.name(graph.index[end]) for end in (one, other))
        raise ModelError(where, "no link joins them", "name two devices that a link joins, or the link")
    return found


def _outcome(state: State, supposed: tuple[CI, ...]) -> Outcome:
    graph = state.spread.graph
    ids, business = graph.ids, graph.business
    hit = in_order(state, state.views.hit())
    costs = costs_of(state, hit)
    groups, people = state.views.groups(hit), state.views.people(hit)
    worst = {person: max(seen.values()) for person, seen in people.items()}
    services = tuple(
        ServiceOutcome(
            ci_id=ids[s],
            tier=business.tier(s),
            state=state.service(s),
            path=_names(graph, path_down(state, s)),
            cost=costs.get(s),
        )
        for s in hit
    )
    return Outcome(
        services=services,
        costs=together(costs.values()),
        groups={ids[group]: Health(max(seen.values())) for group, seen in sorted(groups.items())},
        cannot_work=of_state(graph, worst, Health.DOWN),
        limited=of_state(graph, worst, Health.DEGRADED),
        people_total=len(business.people),
        vips=vips_of(graph, worst),
        estimate=estimate_of(state, hit, groups),
        stakeholders=tuple(_concerned(state, hit, people, {one.ci_id: one.path[::-1] for one in services})),
        supposed=supposed,
        health={ids[node]: state.health(node) for node in sorted(state.spread.full)},
        maintained=frozenset(ids[node] for node in state.spread.in_maintenance()),
    )


def _concerned(
    state: State, hit: Iterable[int], people: Met, ways: Mapping[str, tuple[str, ...]]
) -> Iterable[Concerned]:
    graph, seen = state.spread.graph, set[tuple[str, tuple[str, ...]]]()
    broken = {node for node, level in state.spread.own.items() if level > graph.scale.ok}
    for root in sorted(broken - state.spread.in_maintenance()):
        for who in on_call(state, root, hit):
            if (who.person_id, who.because) not in seen:
                seen.add((who.person_id, who.because))
                yield Concerned(who=who, path=tuple(way_to(graph, who, ways, graph.ids[root])))
    for who in of_services(state, hit, people):
        yield Concerned(who=who, path=tuple(way_to(graph, who, ways, None)))


def path_down(state: State, node: int) -> tuple[int, ...]:
    """The shortest way from a CI down to a cause; where that is a cut in the network, to what was cut."""
    path = path_to_cause(state.spread, node)
    end = path[-1]
    cut = state.isolated.get(end) or ((state.narrowed[end],) if end in state.narrowed else ())
    return (*path, cut[0]) if cut and end not in state.spread.own else path


def _names(graph: CompiledGraph, path: Iterable[int]) -> tuple[str, ...]:
    return tuple(graph.ids[node] for node in path)


def compare(before: Outcome, after: Outcome) -> tuple[Change, ...]:
    """The CIs that are otherwise in one outcome than in another, the worst first."""
    ids = before.health.keys() | after.health.keys()
    pairs = ((ci, before.health.get(ci, Health.OK), after.health.get(ci, Health.OK)) for ci in ids)
    moved = [Change(ci_id=ci, before=one, after=other) for ci, one, other in pairs if one != other]
    return tuple(sorted(moved, key=lambda change: (-change.after, -change.before, change.ci_id)))
