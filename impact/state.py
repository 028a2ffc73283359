"""From faults to the health of everything: needs, then reachability, then needs again, then each site's view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from impact.bundles import Count
from impact.graph import CompiledGraph
from impact.model import Health
from impact.propagate import Levels, Propagation
from impact.scale import Level
from impact.viewpoints import Views


@dataclass
class State:
    """What a set of faults does.

    ``isolated`` and ``narrowed`` (lost redundancy) give the failed or now decisive elements by CI,
    ``bundles`` how those stand that lost links, by aggregate port.
    ``by_site`` holds the health of CIs as each site's people meet it; a site without an entry sees ``spread.full``.
    """

    spread: Propagation
    failed: frozenset[int] = frozenset()
    isolated: dict[int, tuple[int, ...]] = field(default_factory=dict)
    narrowed: dict[int, int] = field(default_factory=dict)
    bundles: dict[int, Count] = field(default_factory=dict)
    by_site: dict[int, Levels] = field(default_factory=dict)

    def health(self, node: int) -> Health:
        return Health(self.spread.full.get(node, Health.OK))

    @cached_property
    def views(self) -> Views:
        """How services and offerings are met, by the company and from each site."""
        return Views(business=self.spread.graph.business, full=self.spread.full, by_site=self.by_site)

    def service(self, service: int) -> Health:
        """The state of a service or an offering."""
        return Health(self.views.state(service))

    def sites_down(self, service: int) -> tuple[int, ...]:
        sites = self.spread.graph.business.user_sites.get(service, frozenset())
        return tuple(sorted(site for site in sites if self.views.at(site, service) == Health.DOWN))


def difference(one: State, other: State) -> frozenset[int]:
    """The CIs that are not in every respect in the same state: needs, reachability, any site's view."""
    if one is other:
        return frozenset()
    found: set[int] = set()
    pairs: list[tuple[Mapping[int, object], Mapping[int, object]]] = [
        (one.spread.own, other.spread.own),
        (one.spread.network, other.spread.network),
        (one.spread.plain, other.spread.plain),
        (one.spread.full, other.spread.full),
        (one.isolated, other.isolated),
        (one.narrowed, other.narrowed),
        (one.bundles, other.bundles),
    ]
    pairs += [
        (one.by_site.get(site, one.spread.full), other.by_site.get(site, other.spread.full))
        for site in one.by_site.keys() | other.by_site.keys()
    ]
    for before, after in pairs:
        found.update(node for node in before.keys() | after.keys() if before.get(node) != after.get(node))
    return frozenset(found)


def evaluate(
    graph: CompiledGraph,
    own: Mapping[int, Level],
    *,
    network_known: bool = True,
    maintained: Iterable[int] = (),
) -> State:
    """Work out what these faults do.

    Args:
        graph: the compiled graph.
        own: own health of the faulty CIs (links included).
        network_known: false while the hub is blind (its own first hop is gone): then nothing is said of reachability.
        maintained: the CIs in maintenance.
    """
    spread = Propagation(graph)
    spread.add(own, maintained=maintained)
    net = graph.network
    failed = frozenset(node for node, health in spread.plain.items() if health == graph.scale.worst)
    state = State(spread=spread, failed=failed)
    broken = frozenset(node for node in failed if node in net or node in net.by_link)
    # no way leads through a device that does not forward: alone, its failure changes nothing for anybody else
    if network_known and net.anchors and not broken.isdisjoint(net.ways):
        _network_effects(state, broken)
        _site_views(state, broken)
    return state


def _network_effects(state: State, broken: frozenset[int]) -> None:
    found = state.spread.graph.network.broken(broken)
    state.isolated, state.narrowed, state.bundles = found.isolated(), found.narrowed(), found.counts()
    scale = state.spread.graph.scale
    effects = {port: scale.at_risk if count.carries else scale.worst for port, count in state.bundles.items()}
    effects |= dict.fromkeys(state.narrowed, scale.at_risk) | dict.fromkeys(state.isolated, scale.worst)
    if effects:
        state.spread = _again(state.spread, effects)


def _site_views(state: State, broken: frozenset[int]) -> None:
    """SEMANTICS 3, users' way: hosts that no healthy way joins to a site's anchors are down for its people."""
    graph, net = state.spread.graph, state.spread.graph.network
    views: dict[frozenset[int], Levels] = {}
    for site in net.sites:
        # what is broken is down for everybody, and what is cut off from all anchors too
        lost = net.broken(broken, site).lost.difference(state.isolated)
        if not lost:
            continue
        if lost not in views:
            effects = state.spread.network | dict.fromkeys(lost, graph.scale.worst)
            views[lost] = _again(state.spread, effects).full
        state.by_site[site] = views[lost]


def _again(before: Propagation, network: Mapping[int, Level]) -> Propagation:
    """The same faults with these network effects."""
    spread = Propagation(before.graph)
    spread.add(before.own, network, before.maintained)
    return spread
