"""The compiled graph: one revision of the CMDB, ready for evaluation.

CIs are numbers here; `ids` and `index` translate. The columns of the graph are held, and what an evaluation asks for is
made of them when it is first asked for, so that a large estate costs no more than what is looked at. What a newer
revision leaves as it was is taken over from the former one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import TypeAlias

import numpy as np

from cmdb.columns.columns import Columns
from cmdb.columns.fill import columns_of
from cmdb.model import Snapshot
from impact.circles import Inside, bears_unknown, only_worsens
from impact.errors import ModelError
from impact.layers import order_of
from impact.needs import OF_A_CI, OF_A_NEED, Need, Needs
from impact.order import Order
from impact.people import Business, business_of
from impact.renewal import Changes, step_since
from impact.rows import Ints32
from impact.rules import KOfN, Rule, Scoped, Worst
from impact.scale import HEIRS, OUTSIDE, Level, Profile
from impact.views import Index, Listed, Rows
from impact.vocabulary import Vocabulary
from impact.wiring import network_of, places_of

MADE_AT_ONCE = 50_000
"""The rows of an estate of so many CIs are all made while it is compiled; of a larger one, those that are asked for."""

NeedColumns: TypeAlias = tuple[Ints32, Ints32, Ints32, Callable[[int], Need]]
"""Dependents, providers and numbers of what is said of each, (k,) each; and what such a number comes to."""


class CompiledGraph:
    """One revision, compiled. See `compile_graph`."""

    def __init__(self, columns: Columns, vocabulary: Vocabulary, before: CompiledGraph | None = None) -> None:
        self.columns = columns
        self.revision = columns.revision
        self.profile: Profile = vocabulary.profile
        self.scale = vocabulary.profile.scale
        self.ids = Listed(len(columns), columns.id_of)
        self.cis = Listed(len(columns), columns.ci)
        self.index = Index(columns)
        self.vocabulary = vocabulary
        self._reads = reads = Needs(columns, vocabulary)
        self.needs: Rows[list[Need]] = Rows(reads.of)
        self.dependents: Rows[list[int]] = Rows(reads.dependents)
        self.reached_dependents: Rows[list[int]] = Rows(lambda i: reads.dependents(i, reached=True))
        self._rules: Rows[tuple[Scoped, ...]] = Rows(lambda i: self.rules_with(i, self._used(i)))
        self.calm: Mapping[int, Level] | None = None
        """The CIs that are not ok although nothing is broken, once it was worked out; by `impact.propagate`."""
        self.unsettled: frozenset[int] = frozenset()
        """Of a graph that was renewed, the CIs of which that may be otherwise than before."""
        self._former: Columns | None = None
        self.brought_down: dict[int, frozenset[int]] = {}
        """What each CI's failure alone brings down, as far as it was asked; filled by `impact.roots`."""
        self._cones: dict[int, frozenset[int]] = {}
        self._scopes: dict[int, frozenset[int]] = {}
        self._standing: dict[int, frozenset[int]] = {}
        step = step_since(columns, before.columns) if before is not None and before.vocabulary is vocabulary else None
        if before is None or step is None:
            self._compile()
        else:
            self._renew(before, Changes(step, columns, before.columns, vocabulary))

    def _compile(self) -> None:
        columns = self.columns
        self.stated_maintenance = _stated_maintenance(columns, columns.mentioning("maintenance"))
        """What CIs say of maintenance, by number."""
        self.stated = _stated_rules(columns, {i for name in OF_A_CI for i in columns.mentioning(name)})
        """The CIs that say themselves how what they need combines."""
        self.ruled = self._all_ruled()
        """The CIs whose needs do not simply combine by worst."""
        self.network = network_of(columns, self.vocabulary)
        self.business = self._resolved()

    def _renew(self, before: CompiledGraph, changes: Changes) -> None:
        """Take over from a former revision what the changes leave as it was."""
        moved, touched = changes.step.cis, changes.dependents(self._reads)
        kept = {i: word for i, word in before.stated_maintenance.items() if i not in moved}
        self.stated_maintenance = kept | _stated_maintenance(self.columns, moved)
        self.stated = (before.stated - moved) | _stated_rules(self.columns, moved)
        self.ruled = (before.ruled - touched).union(i for i in touched if self._is_ruled(i))
        moves = changes.moves_network(before.network)
        self.network = network_of(self.columns, self.vocabulary) if moves else before.network
        self.business = self._resolved() if changes.moves_people(before.business) else before.business
        ends = changes.ends(self._reads)
        order = before.order.extended(len(self), ends, self._providers, self.dependents.__getitem__)
        if order is not None:
            self.order = order
        self._former = before.columns
        self.unsettled = touched | before.refused | self.refused

    def renews(self, before: CompiledGraph) -> bool:
        """Whether this one was made by renewing that one."""
        return self._former is before.columns

    def _resolved(self) -> Business:
        columns, vocabulary = self.columns, self.vocabulary
        return business_of(
            columns.attributes_of,
            players=lambda part: columns.of_classes(vocabulary.players(part)),
            numbered=columns.mentioning("head_count"),
            pairs=lambda part: [(edge.start, edge.end) for edge in columns.of_type(vocabulary.relation(part))],
            places=places_of(columns, vocabulary),
            default=lambda i, name: vocabulary.default(columns.class_of(i), name),
        )

    def __len__(self) -> int:
        """How many numbers there are, those of CIs that are gone among them."""
        return len(self.columns)

    def plays(self, i: int, part: str) -> bool:
        return self.vocabulary.plays(self.columns.class_of(i), part)

    def name(self, i: int) -> str:
        return self.columns.name_of(i)

    def names(self, i: int) -> tuple[str, ...]:
        """What a condition may call a CI."""
        return (self.columns.id_of(i), self.columns.name_of(i))

    def standing_in(self, site: int) -> list[int]:
        """What stands in a site and can fail there: not its people, nor what nothing depends on."""
        here = (i for i, place in self.business.places.items() if place == site)
        return [i for i in here if (self.dependents[i] or i in self.network) and not self.plays(i, "person")]

    @cached_property
    def mistakes(self) -> list[ModelError]:
        """What CIs and relations say of rules and cannot mean; there the default holds, and the graph is used."""
        anew = Needs(self.columns, self.vocabulary)
        for edge in {
            (e.start, e.type, e.end): e for name in OF_A_NEED for e in self.columns.speaking_of(name)
        }.values():
            anew.read(edge)
        for i in sorted(self.stated):
            list(anew.rules(i, self._used(i)))
        return anew.mistakes

    # How a CI reduces what it needs

    @cached_property
    def order(self) -> Order:
        none = np.zeros(0, np.int32)
        ends = [(none, none), *((dependent, provider) for dependent, provider, _, _ in self.need_columns())]
        dependent, provider = (np.concatenate(some) for some in zip(*ends, strict=True))
        return order_of(len(self), dependent, provider, self._providers)

    def _providers(self, i: int) -> list[int]:
        return [need.provider for need in self.needs[i]]

    def need_columns(self) -> Iterator[NeedColumns]:
        """All needs, by type of relation."""
        for name, meaning in self.vocabulary.meanings.items():
            start, end, about = self.columns.ends_of(name)
            dependent, provider = (start, end) if meaning.dependent_is_from else (end, start)
            yield dependent, provider, about, partial(self._reads.said, name)

    def rules_of(self, i: int) -> tuple[Scoped, ...]:
        return self._rules[i] if i in self.ruled else ()

    def rules_with(self, i: int, groups: Iterable[str | None]) -> tuple[Scoped, ...]:
        """The rules of a CI that has redundant needs in these groups."""
        return tuple(self._reads.rules(i, groups))

    def _used(self, i: int) -> set[str | None]:
        return {need.group for need in self.needs[i]}

    def _all_ruled(self) -> frozenset[int]:
        """The CIs that have redundant needs, state how their needs combine, or leave some of them out."""
        grouped = self._reads.saying(lambda need: need.group is not None)
        ignoring: Iterable[int] = self.stated_maintenance
        if self.profile.policy.maintenance == "ignore_input":
            ignoring = range(len(self))
        leaving = (i for i in ignoring if self.ignores_maintained(i) and self.needs[i])
        return self.stated.union(grouped, leaving)

    def _is_ruled(self, i: int) -> bool:
        needs = self.needs[i]
        grouped = any(need.group is not None for need in needs)
        return grouped or i in self.stated or (bool(needs) and self.ignores_maintained(i))

    @cached_property
    def standing(self) -> frozenset[int]:
        """CIs that may not be ok although nothing is broken: by their rules, by a map, or in a refused circle."""
        raised = self._reads.saying(lambda need: need.sees[0] != 0)
        candidates = self.stated.union(raised, self.ruled if self.without_inputs else ())
        return self.refused.union(i for i in candidates if self._stands(i))

    def _stands(self, i: int) -> bool:
        needs = self.needs[i]
        if any(need.sees[0] > 0 for need in needs) or any(not self._rests(i, scoped) for scoped in self.rules_of(i)):
            return True
        return bool(self.without_inputs) and not needs and i in self.ruled

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
        return self.maintenance(i) == "ignore_input"

    def maintenance(self, i: int) -> str:
        """What maintenance of its needs does to a CI."""
        return self.stated_maintenance.get(i, self.profile.policy.maintenance)

    @cached_property
    def maintenance_words(self) -> frozenset[str]:
        """All that maintenance may do to some CI of this graph."""
        return frozenset({self.profile.policy.maintenance, *self.stated_maintenance.values()})

    @cached_property
    def passing(self) -> frozenset[int]:
        """The CIs that may inherit maintenance and are needed by others that leave out what is in it."""
        words = self.maintenance_words
        if "ignore_input" not in words or words.isdisjoint(HEIRS):
            return frozenset()
        by_default = self.profile.policy.maintenance == "ignore_input"
        leaving = (
            i for i in (range(len(self)) if by_default else self.stated_maintenance) if self.ignores_maintained(i)
        )
        needed = {need.provider for i in leaving for need in self.needs[i]}
        return frozenset(i for i in needed if self.maintenance(i) in HEIRS)

    # Reach

    def prepare(self) -> None:
        """Work out now what every evaluation asks for: compiling is done beside the event loop, evaluating is not."""
        net = self.network
        if len(self) <= MADE_AT_ONCE:
            for i in range(len(self)):
                _ = self.needs[i], self.dependents[i], self.reached_dependents[i]
        _ = self.order, self._doubtful, self.passing
        _ = net.ways, net.free_devices, net.free_devices_of_site, net.anchor_levels, net.hub_levels
        _ = net.hub_dominators
        net.as_built.prepare()

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


def compile_graph(
    graph: Snapshot | Columns, vocabulary: Vocabulary, before: CompiledGraph | None = None
) -> CompiledGraph:
    """Compile a graph.

    Args:
        graph: CIs and relations of one revision; relations with a missing end are left out.
        vocabulary: which relations carry health and who plays which part; the scale and policy with it.
        before: a former revision. What it has is taken over if the graph is its columns with changes laid over them.
    """
    compiled = CompiledGraph(columns_of(graph) if isinstance(graph, Snapshot) else graph, vocabulary, before)
    compiled.prepare()
    return compiled


def _stated_maintenance(columns: Columns, some: Iterable[int]) -> dict[int, str]:
    """What some CIs say of maintenance, by number."""
    said = ((i, columns.attributes_of(i).get("maintenance")) for i in some)
    return {i: str(word) for i, word in said if word is not None}


def _stated_rules(columns: Columns, some: Iterable[int]) -> frozenset[int]:
    """Those of some CIs that say how what they need combines."""
    return frozenset(i for i in some if not columns.attributes_of(i).keys().isdisjoint(OF_A_CI))
