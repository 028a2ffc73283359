"""What the failure of one CI alone does, worked out on arrays: quick however large the estate and the cone are.

The same as `impact.assess.Assessor.what_if`, without the ways to everybody. What a CI changes is tried and taken back,
what a set of broken devices does to the network is worked out once, and people are counted once for each distinct set
of services that are hit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

import numpy as np

from impact.arrays.build import build
from impact.arrays.evaluate import Evaluation
from impact.arrays.lenses import CODES
from impact.arrays.parts import parts_of
from impact.arrays.reach import Reach
from impact.arrays.users import Users
from impact.arrays.ways import Ways
from impact.graph import CompiledGraph
from impact.model import Health
from impact.rows import Array
from impact.scale import Level
from impact.viewpoints import Views

States: TypeAlias = dict[int, Level]
Counts: TypeAlias = tuple[int, int]
"""How many people cannot work, and are limited."""

KEPT = 10_000
"""So many sets of services that are hit are remembered with whom they hit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What one CI's failure alone would do, by numbers.

    ``hit``: services, and offerings with trouble of their own, with their state, the gravest first. People are counts.
    ``changed``, ``levels``: (k,) the CIs that would be otherwise than they are with nothing broken, the worst first.
    """

    hit: Mapping[int, Health]
    cannot_work: int
    limited: int
    changed: Array
    levels: Array


class Failures:
    """Answers one question at a time, from any thread. The arrays are built when they are first needed."""

    def __init__(self, graph: CompiledGraph) -> None:
        self.graph = graph
        self._lock = Lock()
        self._trials: _Trials | None = None

    def prepare(self) -> None:
        """Build the arrays: some seconds for a million CIs."""
        with self._lock:
            self._ready()

    def calm(self) -> States:
        """The CIs that are not ok although nothing is broken, as `impact.propagate.calm_of` has it."""
        with self._lock:
            return self._ready().calm()

    def alone(self, node: int) -> Failure:
        """What the failure of a CI would do."""
        with self._lock:
            return self._ready().one(node)

    def of_business(self) -> list[int]:
        """The CIs that a service or a way of the network stands on; the failure of another changes nothing for anybody.

        All of them, where services are hit with nothing broken.
        """
        with self._lock:
            return self._ready().what_carries()

    def _ready(self) -> _Trials:
        if self._trials is None:
            self._trials = _Trials(self.graph)
        return self._trials


@dataclass(frozen=True, slots=True)
class _Network:
    """What a set of broken devices and links does: effects by CI, and for each site what is lost to its people."""

    effects: States
    lost: Mapping[int, frozenset[int]]


class _Trials:
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
        self._users = Users(graph.business, len(graph), graph.name)
        self._people: dict[tuple[tuple[int, Level], ...], tuple[Mapping[int, Health], Counts]] = {}

    def calm(self) -> States:
        places = np.flatnonzero(self.evaluation.plain & CODES)
        levels = self.evaluation.levels(places).tolist()
        return dict(zip(self.arrays.number[places].tolist(), levels, strict=True))

    def what_carries(self) -> list[int]:
        if self._hit_always.size:
            return list(range(len(self.graph)))
        ways = self.arrays.place[sorted(self.graph.network.ways)]
        carrying = Reach(self.arrays).stands_on(np.concatenate((np.flatnonzero(self._services), ways)))
        found: list[int] = np.unique(self.arrays.number[carrying]).tolist()
        return found

    def one(self, node: int) -> Failure:
        place, worst = int(self.arrays.place[node]), self.graph.scale.worst
        with self.evaluation.supposed({place: Health.DOWN}) as changed:
            touched = changed()
            broken = frozenset((self._down_always - self._numbers(touched)) | self._down(touched))
            network = self._network_of(broken & self._wired)
            if network is not None and network.effects:
                self.evaluation.put({}, self._at_places(network.effects))
            moved = changed()
            states = self._states(moved)
            levels = self.evaluation.levels(moved)
        views: dict[frozenset[int], States] = {}
        for lost in set(network.lost.values()) if network is not None else ():
            effects = (network.effects if network is not None else {}) | dict.fromkeys(lost, worst)
            with self.evaluation.supposed({place: Health.DOWN}, self._at_places(effects)) as changed:
                views[lost] = self._states(changed())
        by_site = {site: views[lost] for site, lost in network.lost.items()} if network is not None else {}
        return self._failure(states, by_site, self.arrays.number[moved], levels)

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

    def _failure(self, states: States, by_site: Mapping[int, States], changed: Array, levels: Array) -> Failure:
        hit, counts = self._met_alike(states) if not by_site else self._met(states, by_site)
        worst_first = np.lexsort((changed, -levels.astype(np.int16)))
        return Failure(
            hit=hit,
            cannot_work=counts[0],
            limited=counts[1],
            changed=changed[worst_first],
            levels=levels[worst_first],
        )

    def _met_alike(self, states: States) -> tuple[Mapping[int, Health], Counts]:
        """What is hit, and how many people, where those of all sites meet the same."""
        key = tuple(sorted(states.items()))
        found = self._people.get(key)
        if found is None:
            found = self._users.hit(states), self._users.counts(states)
            if len(self._people) < KEPT:
                self._people[key] = found
        return found

    def _met(self, states: States, by_site: Mapping[int, States]) -> tuple[Mapping[int, Health], Counts]:
        business = self.graph.business
        views = Views(business=business, full=states, by_site=by_site)
        hit = {one: Health(views.state(one)) for one in views.hit()}
        levels = [max(met.values()) for met in views.people(hit).values()]
        order = sorted(hit, key=lambda s: (-hit[s], business.tier(s), self.graph.name(s)))
        return {one: hit[one] for one in order}, (levels.count(Health.DOWN), levels.count(Health.DEGRADED))


def _network(graph: CompiledGraph, ways: Ways, broken: frozenset[int]) -> _Network:
    """As `impact.state` has it: isolated is down, lost redundancy or a lost link a risk, sites see what they reach."""
    isolated, scale = ways.isolated(broken), graph.scale
    lost = {site: those - isolated for site, those in ways.lost_to_sites(broken).items()}
    counts = ways.counts(broken)
    effects = {port: scale.at_risk if count.carries else scale.worst for port, count in counts.items()}
    effects |= dict.fromkeys(ways.narrowed(broken), scale.at_risk) | dict.fromkeys(isolated, scale.worst)
    return _Network(effects, {site: those for site, those in lost.items() if those})
