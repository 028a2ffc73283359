"""Every CI by what its failure alone would do to the business, the gravest first. Nothing is stored.

The same as `impact.assess.Assessor.what_if` for each of them, worked out on arrays: what a CI changes is tried and
taken back, what a set of broken devices does to the network is worked out once, and people are counted once for each
distinct set of services that are hit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from impact.arrays.build import build
from impact.arrays.evaluate import Evaluation
from impact.arrays.lenses import CODES
from impact.arrays.parts import parts_of
from impact.arrays.reach import Reach
from impact.arrays.ways import Ways
from impact.graph import CompiledGraph
from impact.model import Health
from impact.rows import Array
from impact.scale import Level
from impact.viewpoints import Views

States: TypeAlias = dict[int, Level]
PRIORITIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What one CI's failure alone would do. ``services``: id, tier and state, the gravest first; people are counts.

    ``by_priority``: how many services it would hit at each priority, P1 first: tier and state as in the table of
    docs/explanation/semantics.md.
    """

    ci_id: str
    services: tuple[tuple[str, int, Health], ...]
    by_priority: tuple[int, ...]
    cannot_work: int
    limited: int


def rank(graph: CompiledGraph, limit: int) -> list[Ranked]:
    """The ``limit`` CIs whose failure alone would hurt most; those that would hurt no service are left out.

    More services of a higher priority come first, then more people who cannot work, then more who are limited, then by
    id. Takes about a millisecond for each CI that something of the business stands on; run it outside of the loop.
    """
    found = [one for one in _Ranking(graph).all() if one.services]
    found.sort(key=lambda one: ([-count for count in one.by_priority], -one.cannot_work, -one.limited, one.ci_id))
    return found[:limit]


@dataclass(frozen=True, slots=True)
class _Network:
    """What a set of broken devices and links does: effects by CI, and for each site what is lost to its people."""

    effects: States
    lost: Mapping[int, frozenset[int]]


class _Ranking:
    def __init__(self, graph: CompiledGraph) -> None:
        self.graph = graph
        self.arrays = build(parts_of(graph))
        self.evaluation = Evaluation(self.arrays)
        self._services = np.zeros(self.arrays.n, np.bool_)
        self._services[self.arrays.place[[*graph.business.tiers, *graph.business.offerings]]] = True
        net = graph.network
        self._wired = frozenset(net.at) | net.by_link.keys()
        self._hit_always = self._places_of_hit()
        self._down_always = self._down(np.arange(self.arrays.n))
        self._ways = Ways(graph.network)
        self._networks: dict[frozenset[int], _Network] = {}
        self._people: dict[tuple[tuple[int, Level], ...], tuple[int, int]] = {}

    def all(self) -> Iterator[Ranked]:
        """Every CI that matters; the others change nothing, and what is hit without them is no doing of theirs."""
        carries = self._what_carries()
        for node in range(len(self.graph.cis)):
            if carries[self.arrays.place[node]] or self._hit_always.size:
                yield self._one(node)

    def _what_carries(self) -> Sequence[bool]:
        """By place, whether a service or a way of the network stands on it."""
        carries = np.zeros(self.arrays.n, np.bool_)
        ways = self.arrays.place[sorted(self.graph.network.ways)]
        carries[Reach(self.arrays).stands_on(np.concatenate((np.flatnonzero(self._services), ways)))] = True
        found: list[bool] = carries.tolist()
        return found

    def _one(self, node: int) -> Ranked:
        place, worst = int(self.arrays.place[node]), self.graph.scale.worst
        with self.evaluation.supposed({place: Health.DOWN}) as changed:
            touched = changed()
            broken = frozenset((self._down_always - self._numbers(touched)) | self._down(touched))
            network = self._network_of(broken & self._wired)
            if network is not None and network.effects:
                self.evaluation.put({}, self._at_places(network.effects))
            states = self._states(changed())
        views: dict[frozenset[int], States] = {}
        for lost in set(network.lost.values()) if network is not None else ():
            effects = (network.effects if network is not None else {}) | dict.fromkeys(lost, worst)
            with self.evaluation.supposed({place: Health.DOWN}, self._at_places(effects)) as changed:
                views[lost] = self._states(changed())
        by_site = {site: views[lost] for site, lost in network.lost.items()} if network is not None else {}
        return self._ranked(node, states, by_site)

    # Reading the arrays

    def _numbers(self, places: Array) -> set[int]:
        return set(self.arrays.number[places].tolist())

    def _at_places(self, levels: States) -> States:
        return {int(self.arrays.place[node]): level for node, level in levels.items()}

    def _down(self, places: Array) -> set[int]:
        codes = self.evaluation.plain.take(places) & CODES
        return self._numbers(places[codes == self.arrays.lenses.codes.of(self.graph.scale.worst)])

    def _places_of_hit(self) -> Array:
        services = np.flatnonzero(self._services)
        return services[self.evaluation.levels(services) > Health.OK]

    def _states(self, changed: Array) -> States:
        """The services that are not ok, by number."""
        places = np.union1d(changed[self._services[changed]], self._hit_always)
        levels = self.evaluation.levels(places).tolist()
        return {
            node: level for node, level in zip(self.arrays.number[places].tolist(), levels, strict=True) if level > 0
        }

    # The network

    def _network_of(self, broken: frozenset[int]) -> _Network | None:
        net = self.graph.network
        if not net.anchors or broken.isdisjoint(net.ways):
            return None
        if broken not in self._networks:
            self._networks[broken] = _network(self.graph, self._ways, broken)
        return self._networks[broken]

    # The business

    def _ranked(self, node: int, states: States, by_site: Mapping[int, States]) -> Ranked:
        business, names = self.graph.business, self.graph.ids
        views = Views(business=business, full=states, by_site=by_site)
        hit = {one: Health(views.state(one)) for one in views.hit()}
        order = sorted(hit, key=lambda s: (-hit[s], business.tier(s), self.graph.name(s)))
        counts = [0] * PRIORITIES
        for one in order:
            counts[min(PRIORITIES, business.tier(one) + Health.DOWN - hit[one]) - 1] += 1
        cannot_work, limited = self._count(views, hit)
        return Ranked(
            ci_id=names[node],
            services=tuple((names[s], business.tier(s), hit[s]) for s in order),
            by_priority=tuple(counts),
            cannot_work=cannot_work,
            limited=limited,
        )

    def _count(self, views: Views, hit: Mapping[int, Health]) -> tuple[int, int]:
        """How many people cannot work, and are limited; each once, at their worst."""
        key = tuple(sorted(views.full.items())) if not views.by_site else None
        if key is not None and key in self._people:
            return self._people[key]
        levels = [max(met.values()) for met in views.people(hit).values()]
        found = levels.count(Health.DOWN), levels.count(Health.DEGRADED)
        if key is not None:
            self._people[key] = found
        return found


def _network(graph: CompiledGraph, ways: Ways, broken: frozenset[int]) -> _Network:
    """As `impact.state` has it: isolated is down, lost redundancy or a lost link a risk, sites see what they reach."""
    isolated, scale = ways.isolated(broken), graph.scale
    lost = {site: those - isolated for site, those in ways.lost_to_sites(broken).items()}
    counts = ways.counts(broken)
    effects = {port: scale.at_risk if count.carries else scale.worst for port, count in counts.items()}
    effects |= dict.fromkeys(ways.narrowed(broken), scale.at_risk) | dict.fromkeys(isolated, scale.worst)
    return _Network(effects, {site: those for site, those in lost.items() if those})
