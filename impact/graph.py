"""The compiled graph: one snapshot of the CMDB as integers and lists, ready for evaluation.

Built once per revision. CIs are indices here; `ids` and `index` translate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cmdb.catalogue.catalogue import Catalogue
from cmdb.model import CI, Relation, Snapshot
from impact.model import Health
from impact.network import Cable, Network

HealthMap = tuple[Health, Health, Health, Health]
AS_IS: HealthMap = (Health.OK, Health.AT_RISK, Health.DEGRADED, Health.DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationMeaning:
    """What a relation type does to health: ``sees[h]`` is what the dependent sees of a provider at ``h``.

    ``carries_network`` is false where being cut off from the network does not matter to the dependent (power).
    ``dependent_is_from`` says which end depends.
    """

    sees: HealthMap
    carries_network: bool = True
    dependent_is_from: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One edge from a dependent to a provider."""

    provider: int
    sees: HealthMap
    carries_network: bool
    group: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """k of n members of a group must not be down; else the dependent is at ``result``."""

    k: int = 1
    result: Health = Health.DOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who uses what: the person's site (or ``None``), department and the offerings' services."""

    index: int
    site: int | None
    vip: bool
    services: frozenset[int]


@dataclass
class Business:
    """The upper storeys of the graph, resolved to services and persons."""

    tiers: dict[int, int] = field(default_factory=dict)  # service → tier
    people: list[Person] = field(default_factory=list)
    user_sites: dict[int, frozenset[int]] = field(default_factory=dict)  # service → sites of its users
    heads: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # service → [(person, department)]
    owners: dict[int, list[int]] = field(default_factory=dict)  # CI → owning Person or Team
    on_call: dict[int, list[int]] = field(default_factory=dict)  # team → persons
    default_team: int | None = None

    @cached_property
    def services_of(self) -> dict[int, frozenset[int]]:
        """Person → the services that they use."""
        return {person.index: person.services for person in self.people}

    @cached_property
    def vips(self) -> frozenset[int]:
        return frozenset(person.index for person in self.people if person.vip)

    @cached_property
    def users_of(self) -> dict[int, list[Person]]:
        """Service → the persons who use it."""
        found: dict[int, list[Person]] = {}
        for person in self.people:
            for service in person.services:
                found.setdefault(service, []).append(person)
        return found


class CompiledGraph:
    """One revision, compiled. See `compile_graph`."""

    def __init__(
        self, snapshot: Snapshot, meanings: Mapping[str, RelationMeaning], chain: Callable[[str], tuple[str, ...]]
    ) -> None:
        self.revision = snapshot.revision
        self.cis: list[CI] = sorted(snapshot.cis, key=lambda ci: ci.ci_id)
        self.ids = [ci.ci_id for ci in self.cis]
        self.index = {ci_id: i for i, ci_id in enumerate(self.ids)}
        self._chain = chain
        edges = _by_type(self, snapshot.relations)
        self.needs = _needs(self, edges, meanings)
        self.dependents = _dependents(self.needs)
        self.reached_dependents = _dependents([[n for n in needs if n.carries_network] for needs in self.needs])
        self.requirements = [_requirements(ci.attributes.get("requirements")) for ci in self.cis]
        self.network = _network(self, edges)
        self.business = _business(self, edges)
        self.brought_down: dict[int, frozenset[int]] = {}
        """What each CI's failure alone brings down, as far as it was asked; filled by `impact.roots`."""
        self._cones: dict[int, frozenset[int]] = {}
        self._scopes: dict[int, frozenset[int]] = {}
        self._standing: dict[int, frozenset[int]] = {}

    def is_a(self, i: int, cls: str) -> bool:
        return cls in self._chain(self.cis[i].cls)

    def name(self, i: int) -> str:
        return self.cis[i].name

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


def meanings_of(catalogue: Catalogue) -> dict[str, RelationMeaning]:
    """The relation types of a catalogue that carry health."""
    return {
        name: RelationMeaning(
            sees=tuple(Health[relation.impact.get(word, "ok").upper()] for word in _WORDS),  # type: ignore[arg-type]  # four words, four values
            carries_network=relation.isolation_carried,
            dependent_is_from=relation.dependent == "from",
        )
        for name, relation in catalogue.relations.items()
        if relation.impact is not None
    }


_WORDS = ("ok", "at_risk", "degraded", "down")
Edges = dict[str, list[tuple[int, int, Relation]]]


def compile_graph(
    snapshot: Snapshot, meanings: Mapping[str, RelationMeaning], chain: Callable[[str], tuple[str, ...]]
) -> CompiledGraph:
    """Compile a snapshot.

    Args:
        snapshot: CIs and relations of one revision; relations with a missing end are left out.
        meanings: relation types that carry health; all others carry none.
        chain: the class chain of a class name, e.g. ``("CI", "Hardware", "NetworkDevice", "Switch")``.
    """
    return CompiledGraph(snapshot, meanings, chain)


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
            group = relation.attributes.get("group")
            needs[dependent].append(
                Need(
                    provider=provider,
                    sees=meaning.sees,
                    carries_network=meaning.carries_network,
                    group=str(group) if group else None,
                )
            )
    return needs


def _dependents(needs: list[list[Need]]) -> list[list[int]]:
    dependents: list[list[int]] = [[] for _ in needs]
    for dependent, wanted in enumerate(needs):
        for need in wanted:
            dependents[need.provider].append(dependent)
    return dependents


def _requirements(value: Any) -> dict[str, Requirement]:
    if not isinstance(value, Mapping):
        return {}
    return {
        group: Requirement(k=int(rule.get("k", 1)), result=Health[str(rule.get("result", "down")).upper()])
        for group, rule in value.items()
    }


def _network(graph: CompiledGraph, edges: Edges) -> Network:
    device_of = {port: device for port, device, _ in edges.get("PORT_OF", ())}
    cables = []
    for a_port, b_port, relation in edges.get("CONNECTS_TO", ()):
        link = graph.index.get(str(relation.attributes.get("link", "")))
        if link is not None and a_port in device_of and b_port in device_of:
            cables.append(Cable(link=link, a=device_of[a_port], a_port=a_port, b=device_of[b_port], b_port=b_port))
    cables.sort(key=lambda cable: cable.link)
    ends = {end for cable in cables for end in (cable.a, cable.b)}
    located = {thing: place for thing, place, _ in edges.get("LOCATED_IN", ())}
    anchors = frozenset(i for i, ci in enumerate(graph.cis) if ci.attributes.get("anchor") is True)
    sites: dict[int, set[int]] = {}
    for anchor in anchors:
        site = _site_of(graph, located, anchor)
        if site is not None:
            sites.setdefault(site, set()).add(anchor)
    return Network(
        cables=cables,
        transit=frozenset(end for end in ends if graph.is_a(end, "NetworkDevice")),
        anchors=anchors,
        hub=next((end for end in sorted(ends) if graph.is_a(end, "MonitoringHub")), None),
        sites={site: frozenset(those) for site, those in sites.items()},
    )


def _site_of(graph: CompiledGraph, located: Mapping[int, int], thing: int) -> int | None:
    """The Site in which a thing stands, through rooms; bounded, since places could be written in a circle."""
    place: int | None = thing
    for _ in range(8):
        if place is None or graph.is_a(place, "Site"):
            return place
        place = located.get(place)
    return None


def _business(graph: CompiledGraph, edges: Edges) -> Business:
    business = Business()
    services_of: dict[int, set[int]] = {}
    for offering, service, _ in edges.get("PART_OF", ()):
        services_of.setdefault(offering, set()).add(service)
    for i, ci in enumerate(graph.cis):
        if graph.is_a(i, "BusinessService"):
            business.tiers[i] = int(str(ci.attributes.get("tier", 4)))
        if ci.cls == "Team" and ci.attributes.get("default_team") is True:
            business.default_team = i
    for owner, owned, _ in edges.get("OWNS", ()):
        business.owners.setdefault(owned, []).append(owner)
    for person, team, _ in edges.get("ON_CALL_FOR", ()):
        business.on_call.setdefault(team, []).append(person)
    _people(graph, edges, business, services_of)
    return business


def _people(graph: CompiledGraph, edges: Edges, business: Business, services_of: Mapping[int, set[int]]) -> None:
    uses: dict[int, set[int]] = {}
    for user, offering, _ in edges.get("USES", ()):
        uses.setdefault(user, set()).update(services_of.get(offering, ()))
    located = {thing: place for thing, place, _ in edges.get("LOCATED_IN", ())}
    groups = _all_groups(edges)
    sites_of: dict[int, set[int]] = {}
    for user in sorted({*uses, *(i for i, ci in enumerate(graph.cis) if ci.cls == "Person")}):
        sources = (user, *groups.get(user, ()))
        homes = (_site_of(graph, located, home) for home in sources if home in located)
        site = next((home for home in homes if home is not None), None)
        services = frozenset[int]().union(*(uses.get(source, ()) for source in sources))
        if graph.cis[user].cls == "Person":
            vip = graph.cis[user].attributes.get("vip") is True
            business.people.append(Person(index=user, site=site, vip=vip, services=services))
        if site is not None:
            for service in services:
                sites_of.setdefault(service, set()).add(site)
    business.user_sites = {service: frozenset(sites) for service, sites in sites_of.items()}
    for head, department, _ in edges.get("HEAD_OF", ()):
        for service in uses.get(department, ()):
            business.heads.setdefault(service, []).append((head, department))


def _all_groups(edges: Edges) -> dict[int, list[int]]:
    """The groups that somebody is in, and those that these are in, nearest first."""
    direct: dict[int, list[int]] = {}
    for member, group, _ in edges.get("MEMBER_OF", ()):
        direct.setdefault(member, []).append(group)
    found: dict[int, list[int]] = {}
    for member, nearest in direct.items():
        groups = dict.fromkeys(nearest)
        frontier = list(groups)
        while frontier:
            frontier = [above for group in frontier for above in direct.get(group, ()) if above not in groups]
            groups |= dict.fromkeys(frontier)
        found[member] = [group for group in groups if group != member]
    return found
