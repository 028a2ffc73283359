"""The compiled graph: one snapshot of the CMDB as integers and lists, ready for evaluation.

Built once per revision. CIs are indices here; `ids` and `index` translate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cmdb.model import CI, Relation, Snapshot
from impact.circles import Inside, bears_unknown, only_worsens
from impact.errors import ModelError
from impact.network import Cable, Network
from impact.order import Order
from impact.people import Business, Places, business_of
from impact.rule_reading import exact, points_of, rule_of
from impact.rules import KOfN, Number, Rule, Scoped, Worst
from impact.scale import OUTSIDE, Level, Profile, Seen, seen_of
from impact.vocabulary import RelationMeaning, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One edge from a dependent to a provider. ``sees`` is what the dependent sees of it, by its level."""

    provider: int
    sees: Seen
    carries_network: bool = True
    group: str | None = None
    weight: Number = 1
    drops: Mapping[Level, int] | None = None


class CompiledGraph:
    """One revision, compiled. See `compile_graph`."""

    def __init__(self, snapshot: Snapshot, vocabulary: Vocabulary) -> None:
        self.revision = snapshot.revision
        self.cis: list[CI] = sorted(snapshot.cis, key=lambda ci: ci.ci_id)
        self.ids = [ci.ci_id for ci in self.cis]
        self.index = {ci_id: i for i, ci_id in enumerate(self.ids)}
        self.profile: Profile = vocabulary.profile
        self.scale = vocabulary.profile.scale
        self.mistakes: list[ModelError] = []
        """What CIs and relations say of rules and cannot mean; there the default holds, and the graph is used."""
        self._vocabulary = vocabulary
        edges = _by_type(self, snapshot.relations)
        self.needs = _needs(self, edges, vocabulary.meanings)
        self.dependents = _dependents(self.needs)
        self.reached_dependents = _dependents([[n for n in needs if n.carries_network] for needs in self.needs])
        self._rules = _all_rules(self)
        self.network = _network(self, _Parts(edges, vocabulary))
        self.business = _business(self, _Parts(edges, vocabulary))
        self.brought_down: dict[int, frozenset[int]] = {}
        """What each CI's failure alone brings down, as far as it was asked; filled by `impact.roots`."""
        self._cones: dict[int, frozenset[int]] = {}
        self._scopes: dict[int, frozenset[int]] = {}
        self._standing: dict[int, frozenset[int]] = {}

    def plays(self, i: int, part: str) -> bool:
        return self._vocabulary.plays(self.cis[i].cls, part)

    def name(self, i: int) -> str:
        return self.cis[i].name

    def names(self, i: int) -> tuple[str, ...]:
        """What a condition may call a CI."""
        return (self.cis[i].ci_id, self.cis[i].name)

    def standing_in(self, site: int) -> list[int]:
        """What stands in a site and can fail there: not its people, nor what nothing depends on."""
        here = (i for i, place in self.business.places.items() if place == site)
        return [i for i in here if (self.dependents[i] or i in self.network) and not self.plays(i, "person")]

    # How a CI reduces what it needs

    @cached_property
    def order(self) -> Order:
        return Order([[need.provider for need in needs] for needs in self.needs])

    @property
    def ruled(self) -> Mapping[int, tuple[Scoped, ...]]:
        """The CIs whose needs do not simply combine by worst."""
        return self._rules

    def rules_of(self, i: int) -> tuple[Scoped, ...]:
        return self._rules.get(i, ())

    @cached_property
    def standing(self) -> list[int]:
        """CIs that may not be ok although nothing is broken: by their rules, by a map, or in a refused circle."""
        own = [i for i, rules in self._rules.items() if any(not self._rests(i, scoped) for scoped in rules)]
        bare = [i for i in self._rules if self.without_inputs and not self.needs[i]]
        mapped = [i for i, needs in enumerate(self.needs) if any(need.sees[0] > 0 for need in needs)]
        return sorted({*own, *bare, *mapped, *self.refused})

    def _rests(self, i: int, scoped: Scoped) -> bool:
        """Whether a rule surely says ok while all that it takes is ok."""
        if isinstance(scoped.rule, KOfN):
            seen = [need.sees[0] for need in self.needs[i] if need.group == scoped.group]
            return not any(seen) and (not seen or len(seen) >= scoped.rule.k)
        return isinstance(scoped.rule, Worst)

    @cached_property
    def refused(self) -> frozenset[int]:
        """CIs in a circle of needs that has no least fixpoint, or that the policy refuses: they are unknown."""
        if self.profile.policy.cycles == "refuse":
            return frozenset(member for circle in self.order.circles.values() for member in circle)
        return self._in_circles(lambda rules, inside: only_worsens(rules, inside, self.scale))

    @cached_property
    def _doubtful(self) -> frozenset[int]:
        """CIs in a circle where a member that stops to be unknown may make another better."""
        return self._in_circles(bears_unknown)

    def _in_circles(self, fine: Callable[[list[Rule], Inside], bool]) -> frozenset[int]:
        """The members of the circles in which not all are fine."""

        def all_fine(circle: frozenset[int]) -> bool:
            return all(
                fine(
                    [scoped.rule for scoped in self.rules_of(i)],
                    [(need.sees, need.drops) for need in self.needs[i] if need.provider in circle],
                )
                for i in circle
            )

        circles = [frozenset(circle) for circle in self.order.circles.values()]
        return frozenset[int]().union(*(circle for circle in circles if not all_fine(circle)))

    def refuses(self, i: int, own: Mapping[int, Level]) -> bool:
        """Whether a CI stands in a circle that cannot be worked out with this own health of its members."""
        if i in self._doubtful:
            circle = self.order.circles[self.order.rank[i]]
            return i in self.refused or any(own.get(member) == OUTSIDE for member in circle)
        return i in self.refused

    def refusal(self, i: int, own: Mapping[int, Level]) -> str | None:
        """The loop into which a CI's needs lead and that cannot be worked out, spelled; ``None`` if there is none."""
        return " -> ".join(self.name(node) for node in self.order.loop(i, lambda n: self.refuses(n, own))) or None

    @cached_property
    def without_inputs(self) -> Level | None:
        return self.profile.without_inputs

    def ignores_maintained(self, i: int) -> bool:
        return self._maintenance(i) == "ignore_input"

    def inherits(self, i: int) -> bool:
        return self._maintenance(i) == "inherit"

    def _maintenance(self, i: int) -> str:
        return str(self.cis[i].attributes.get("maintenance", self.profile.policy.maintenance))

    # Reach

    def prepare(self) -> None:
        """Work out now what every evaluation asks for: compiling is done beside the event loop, evaluating is not."""
        net = self.network
        _ = self.order, self.standing, self._doubtful
        _ = net.ways, net.free_devices, net.free_devices_of_site, net.anchor_levels, net.hub_levels
        _ = net.free_dominators, net.hub_dominators

    def cone(self, i: int) -> frozenset[int]:
        """Everything that a failure of this CI may touch: all needs and ways, redundancy ignored; not itself."""
        found = self._cones.get(i)
        if found is None:
            net = self.network
            found = frozenset((self._closure(i, net.anchor_levels) | self._closure(i, net.hub_levels)) - {i})
            self._cones[i] = found
        return found

    def stands_on(self, dependent: int, provider: int) -> bool:
        """Whether one CI needs another, directly or through others, ways of the network left aside."""
        found = self._standing.get(provider)
        if found is None:
            found = self._standing[provider] = frozenset(self._closure(provider, {}) - {provider})
        return dependent in found

    def _closure(self, start: int, levels: dict[int, int]) -> set[int]:
        """What a failure spreads to: over all needs, and behind on ways; what is only cut off passes on only that."""
        seen: dict[int, bool] = {start: True}  # node → whether its own function is touched, not just its connection
        stack = [(start, True)]
        while stack:
            node, plain = stack.pop()
            after = [(d, plain) for d in (self.dependents if plain else self.reached_dependents)[node]]
            after += [(d, False) for d in self.network.downstream(node, levels)]
            for found, touched in after:
                if found not in seen or (touched and not seen[found]):
                    seen[found] = touched
                    stack.append((found, touched))
        return set(seen)

    def scope(self, i: int) -> frozenset[int]:
        """Whom to ask before a CI is blamed: itself, all that it needs, and the ways from the hub to those."""
        found = self._scopes.get(i)
        if found is None:
            seen, stack = {i}, [i]
            while stack:
                node = stack.pop()
                for before in (*(n.provider for n in self.needs[node]), *self.network.upstream(node)):
                    if before not in seen:
                        seen.add(before)
                        stack.append(before)
            found = self._scopes[i] = frozenset(seen)
        return found


Edges = dict[str, list[tuple[int, int, Relation]]]


@dataclass(frozen=True, slots=True)
class _Parts:
    """Relations by the part that they play."""

    edges: Edges
    vocabulary: Vocabulary

    def of(self, part: str) -> list[tuple[int, int, Relation]]:
        return self.edges.get(self.vocabulary.relations.get(part, ""), [])


def compile_graph(snapshot: Snapshot, vocabulary: Vocabulary) -> CompiledGraph:
    """Compile a snapshot.

    Args:
        snapshot: CIs and relations of one revision; relations with a missing end are left out.
        vocabulary: which relations carry health and who plays which part; the scale and policy with it.
    """
    graph = CompiledGraph(snapshot, vocabulary)
    graph.prepare()
    return graph


def _by_type(graph: CompiledGraph, relations: Iterable[Relation]) -> Edges:
    edges: Edges = {}
    for relation in relations:
        start, end = graph.index.get(relation.from_id), graph.index.get(relation.to_id)
        if start is not None and end is not None:
            edges.setdefault(relation.type, []).append((start, end, relation))
    return edges


def _needs(graph: CompiledGraph, edges: Edges, meanings: Mapping[str, RelationMeaning]) -> list[list[Need]]:
    needs: list[list[Need]] = [[] for _ in graph.cis]
    for type_, meaning in meanings.items():
        for start, end, relation in edges.get(type_, ()):
            dependent, provider = (start, end) if meaning.dependent_is_from else (end, start)
            needs[dependent].append(_need(graph, provider, relation, meaning))
    return needs


def _need(graph: CompiledGraph, provider: int, relation: Relation, meaning: RelationMeaning) -> Need:
    said = relation.attributes
    group = said.get("group")
    need = Need(
        provider=provider,
        sees=meaning.sees,
        carries_network=meaning.carries_network,
        group=str(group) if group is not None else None,
        weight=graph.profile.policy.default_weight,
    )
    if not said.keys() & {"map", "weight", "drops"}:
        return need
    where = f"{relation.from_id} {relation.type} {relation.to_id}"
    try:
        drops = points_of(said["drops"], graph.profile, f"{where}: drops") if "drops" in said else None
        sees = seen_of(said["map"], graph.profile, f"{where}: map") if "map" in said else need.sees
        weight = exact(said["weight"], f"{where}: weight") if "weight" in said else need.weight
    except ModelError as error:
        graph.mistakes.append(error)
        return need
    return replace(need, sees=sees, weight=int(weight) if weight == int(weight) else weight, drops=drops)


def _dependents(needs: list[list[Need]]) -> list[list[int]]:
    dependents: list[list[int]] = [[] for _ in needs]
    for dependent, wanted in enumerate(needs):
        for need in wanted:
            dependents[need.provider].append(dependent)
    return dependents


def _all_rules(graph: CompiledGraph) -> dict[int, tuple[Scoped, ...]]:
    """The rules of each CI that has redundant needs, states how its needs combine, or leaves some of them out."""
    found = {}
    for i, ci in enumerate(graph.cis):
        grouped = any(need.group is not None for need in graph.needs[i])
        if (
            grouped
            or "rules" in ci.attributes
            or "requirements" in ci.attributes
            or (graph.needs[i] and graph.ignores_maintained(i))
        ):
            found[i] = tuple(_rules(graph, i))
    return found


def _rules(graph: CompiledGraph, i: int) -> Iterable[Scoped]:
    """Hard needs combine by worst unless ``rules`` says otherwise; a group needs one of its members unless stated."""
    attributes, where = graph.cis[i].attributes, graph.cis[i].name
    stated, groups = attributes.get("rules", ["worst"]), attributes.get("requirements", {})
    if not isinstance(stated, list):
        graph.mistakes.append(ModelError(f"{where}: rules", "is no list", "write a list of rules"))
        stated = ["worst"]
    if not isinstance(groups, Mapping):
        graph.mistakes.append(ModelError(f"{where}: requirements", "is no mapping", "write a rule for each group"))
        groups = {}
    for place, spec in enumerate(stated):
        yield Scoped(group=None, rule=_read_rule(graph, spec, f"{where}: rules.{place}", "worst"))
    known = {str(group): spec for group, spec in groups.items()}
    for group in sorted({*known, *(need.group for need in graph.needs[i] if need.group is not None)}):
        spec = known.get(group, "k_of_n")
        yield Scoped(group=group, rule=_read_rule(graph, spec, f"{where}: requirements.{group}", "k_of_n"))


def _read_rule(graph: CompiledGraph, spec: Any, where: str, default: str) -> Rule:
    try:
        return rule_of(spec, graph.profile, where)
    except ModelError as error:
        graph.mistakes.append(error)
        return rule_of(default, graph.profile, where)


def _network(graph: CompiledGraph, parts: _Parts) -> Network:
    device_of = {port: device for port, device, _ in parts.of("port_of")}
    cables = []
    for a_port, b_port, relation in parts.of("connects"):
        link = graph.index.get(str(relation.attributes.get("link", "")))
        if link is not None and a_port in device_of and b_port in device_of:
            cables.append(Cable(link=link, a=device_of[a_port], a_port=a_port, b=device_of[b_port], b_port=b_port))
    cables.sort(key=lambda cable: cable.link)
    ends = {end for cable in cables for end in (cable.a, cable.b)}
    places = _places(graph, parts)
    anchors = frozenset(i for i, ci in enumerate(graph.cis) if ci.attributes.get("anchor") is True)
    sites: dict[int, set[int]] = {}
    for anchor in anchors:
        site = places.site_of(anchor)
        if site is not None:
            sites.setdefault(site, set()).add(anchor)
    return Network(
        cables=cables,
        transit=frozenset(end for end in ends if graph.plays(end, "forwards")),
        anchors=anchors,
        hub=next((end for end in sorted(ends) if graph.plays(end, "hub")), None),
        sites={site: frozenset(those) for site, those in sites.items()},
    )


def _places(graph: CompiledGraph, parts: _Parts) -> Places:
    located = {thing: place for thing, place, _ in parts.of("located_in")}
    return Places(located=located, is_site=lambda i: graph.plays(i, "site"))


def _business(graph: CompiledGraph, parts: _Parts) -> Business:
    def pairs(part: str) -> list[tuple[int, int]]:
        return [(start, end) for start, end, _ in parts.of(part)]

    return business_of(
        [ci.attributes for ci in graph.cis], plays=graph.plays, pairs=pairs, places=_places(graph, parts)
    )
