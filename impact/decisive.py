"""Whose failure alone brings a CI down: those that surely do, and those that may, worked out for all CIs at once.

Whatever is not possible cannot. Hard needs and requirement groups are exact; where a rule is of another kind, whatever
touches one of its inputs is possible. In the network it is what every way to a device must pass, and what breaks
several devices or links at once that together cut it off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from impact.explain import closure
from impact.graph import CompiledGraph
from impact.needs import Need
from impact.reachability import Reachability
from impact.rules import KOfN, Rule, Worst
from impact.scale import EXCLUDED, Level
from impact.state import State

Failures: TypeAlias = "frozenset[int] | None"
"""CIs, each by its failure alone; ``None``: any may."""

NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Whose failure alone surely brings a CI down, whose may, and whose may change anything of it."""

    sure: frozenset[int] = NONE
    possible: Failures = NONE
    touching: Failures = NONE


NOTHING, ANYTHING = Bounds(), Bounds(NONE, None, None)
Known: TypeAlias = Mapping[int, Bounds]


def decisive(state: State, node: int) -> tuple[frozenset[int], Failures]:
    """Whose failure alone surely brings a CI down, and whose may; the CI itself among them.

    Args:
        state: what is with nothing broken.
        node: the CI, which is not down in that state.
    """
    graph = state.spread.graph
    net, providers = graph.network, partial(_providers, graph)
    below = closure(node, providers)
    devices, bundles = below & net.free_devices, below & net.bundles.ports
    ways = net.ways if devices else NONE
    plain = _Needs(graph, state.spread.plain).of(below.union(*(closure(way, providers) for way in ways)))
    if not devices:
        bounds = _Full(state, plain, dict.fromkeys(bundles, ANYTHING)).of(below)[node]
        return bounds.sure, bounds.possible
    cuts = _Cuts(state, plain)
    cut = cuts.of(devices, net.as_built) | dict.fromkeys(bundles, ANYTHING)
    bounds = _Full(state, plain, cut).of(below)[node]
    sites = graph.business.user_sites.get(node, NONE)
    if not sites or not sites <= net.sites.keys():
        return bounds.sure, bounds.possible
    # it is down, too, when it is for the users of all sites: then for those of the one that is the quickest to look at
    site = min(sites, key=lambda one: (len(net.sites[one]), one))
    there = cuts.of(devices & net.free_devices_of_site[site], net.as_built_of(site), net.sites[site])
    seen = {device: _either([cut[device], there.get(device, NOTHING)], sure=[]) for device in devices}
    return bounds.sure, _union([bounds.possible, _Full(state, plain, seen).of(below)[node].possible])


def _providers(graph: CompiledGraph, node: int) -> list[int]:
    return [need.provider for need in graph.needs[node]]


class _Needs:
    """Works out bounds over needs, providers first; in a circle as a least fixpoint."""

    def __init__(self, graph: CompiledGraph, base: Mapping[int, Level]) -> None:
        self.graph = graph
        self._base = base
        self._worst = graph.scale.worst

    def of(self, nodes: Iterable[int]) -> dict[int, Bounds]:
        """The bounds of these CIs, which must be all that they need themselves."""
        order, found = self.graph.order, dict[int, Bounds]()
        for node in sorted(nodes, key=order.rank.__getitem__):
            circle = order.circles.get(order.rank[node])
            if circle is None:
                found[node] = self._one(node, found)
            elif node not in found:
                found |= dict.fromkeys(circle, NOTHING)
                while moved := {one: now for one in circle if (now := self._one(one, found)) != found[one]}:
                    found |= moved
        return found

    def network(self, node: int) -> Bounds:  # noqa: ARG002 - plain values know no network
        return NOTHING

    def provider(self, need: Need, known: Known) -> Bounds:
        return known[need.provider]

    def _one(self, node: int, known: Known) -> Bounds:
        itself, needs = frozenset({node}), self.graph.needs[node]
        network = self.network(node)
        parts = [Bounds(itself, itself, itself), network]
        if needs:
            seen = [self._seen(need, known) for need in needs]
            if node not in self.graph.ruled:
                parts += seen
            else:
                for scoped in self.graph.rules_of(node):
                    parts.append(
                        self._ruled(
                            scoped.rule,
                            [(need, one) for need, one in zip(needs, seen, strict=True) if need.group == scoped.group],
                        )
                    )
        return _either(parts, sure=parts[:2] if node in self.graph.refused else parts)

    def _seen(self, need: Need, known: Known) -> Bounds:
        """Whose failure alone makes a dependent see the worst of this provider."""
        provider, sees = self.provider(need, known), need.sees
        at_worst = sees[self._worst] == self._worst
        if sees[self._base.get(need.provider, 0)] == self._worst:
            possible: Failures = None
        elif self._worst in (*sees[: self._worst], sees[-1]):
            possible = provider.touching
        else:
            possible = provider.possible if at_worst else NONE
        return Bounds(provider.sure if at_worst else NONE, possible, provider.touching)

    def _ruled(self, rule: Rule, inputs: Sequence[tuple[Need, Bounds]]) -> Bounds:
        touching = _union(one.touching for _, one in inputs)
        counted = [one for need, one in inputs if EXCLUDED not in need.sees]
        whole = all(set(need.sees) == {EXCLUDED} for need, _ in inputs if EXCLUDED in need.sees)
        least = _how_many(rule, len(counted)) if whole else None
        if least is None:
            return Bounds(NONE, touching, touching)
        if not least:
            return Bounds(NONE, NONE, touching)
        sure = _in_several([one.sure for one in counted], least)
        return Bounds(sure or NONE, _in_several([one.possible for one in counted], least), touching)


def _how_many(rule: Rule, count: int) -> int | None:
    """Of how many inputs exactly so many must be seen at the worst level; 0: it never says it, ``None``: who knows."""
    # by exact type: a rule that says something else of the same inputs may stand below one of these
    if type(rule) is KOfN and rule.at_most is None and count >= rule.k and rule.edge != rule.scale.worst:
        return count - rule.k + 1 if rule.result == rule.scale.worst else 0
    if type(rule) is Worst and rule.at_most is None:
        return min(rule.k, count)
    return None


class _Full(_Needs):
    """With what is cut off in the network; needs that carry none of it see the plain bounds of their provider."""

    def __init__(self, state: State, plain: Known, cut: Known) -> None:
        super().__init__(state.spread.graph, state.spread.full)
        self._plain = plain
        self._cut = cut

    def network(self, node: int) -> Bounds:
        return self._cut.get(node, NOTHING)

    def provider(self, need: Need, known: Known) -> Bounds:
        return (known if need.carries_network else self._plain)[need.provider]


class _Cuts:
    """Whose failure alone cuts a device off, from all anchors or from those of a site."""

    def __init__(self, state: State, plain: Known) -> None:
        self._net = net = state.spread.graph.network
        self._plain = plain
        worst = state.spread.graph.scale.worst
        standing = any(state.spread.plain.get(way) == worst for way in net.ways)
        self._as_built = not standing and all(plain[way].possible is not None for way in net.ways)
        self._several = self._broken_at_once() if self._as_built else []
        self._gone: dict[int, int] = {}
        """Device or link → by one bit each, which of those that break several take it out."""
        for place, (_, ways) in enumerate(self._several):
            for way in ways | net.bundles.held_back(ways).keys():
                self._gone[way] = self._gone.get(way, 0) | 1 << place

    def _broken_at_once(self) -> list[tuple[int, frozenset[int]]]:
        """What breaks more than one device or link, with these."""
        found: dict[int, set[int]] = {}
        for way in self._net.ways:
            for cause in self._plain[way].possible or NONE:
                found.setdefault(cause, set()).add(way)
        return [(cause, frozenset(ways)) for cause, ways in found.items() if len(ways) > 1]

    def of(
        self, devices: Iterable[int], as_built: Reachability, anchors: Iterable[int] | None = None
    ) -> dict[int, Bounds]:
        """Of devices that these anchors, all if unsaid, reach as it was built. Whatever happens may touch a device."""
        if not self._as_built:
            return dict.fromkeys(devices, ANYTHING)
        found = {}
        left = self._left(self._net.anchors if anchors is None else anchors)
        for device in devices:
            passed = [self._plain[way] for way in as_built.points_of(device)]
            reached = left.get(device, 0)
            together = [cause for place, (cause, _) in enumerate(self._several) if not reached >> place & 1]
            possible = _union([frozenset(together), *(way.possible for way in passed)])
            found[device] = Bounds(NONE.union(*(way.sure for way in passed)), possible, None)
        return found

    def _left(self, anchors: Iterable[int]) -> dict[int, int]:
        """Under which of what breaks several a device is still reached, a bit each."""
        found: dict[int, int] = {}
        every = (1 << len(self._several)) - 1
        for layer, residents in zip(self._net.layers, self._net.residents, strict=True) if self._several else ():
            left = layer.left(anchors, self._gone, every)
            for device in residents & left.keys():
                found[device] = found.get(device, 0) | left[device]
        return found


def _either(parts: Sequence[Bounds], sure: Sequence[Bounds]) -> Bounds:
    return Bounds(
        NONE.union(*(part.sure for part in sure)),
        _union(part.possible for part in parts),
        _union(part.touching for part in parts),
    )


def _union(some: Iterable[Failures]) -> Failures:
    found = set[int]()
    for one in some:
        if one is None:
            return None
        found |= one
    return frozenset(found)


def _in_several(some: Sequence[Failures], least: int) -> Failures:
    """What is in so many of these sets."""
    least -= sum(one is None for one in some)
    if least <= 0:
        return None
    counts = Counter(cause for one in some if one is not None for cause in one)
    return frozenset(cause for cause, count in counts.items() if count >= least)
