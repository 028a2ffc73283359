"""The assessment: complaints and the hub's own evidence in; health, roots, services and people out.

judge (who is at fault) → explain (which faults are roots) → evaluate (what it does) → impact_of (whom it hurts)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from impact.business import impact_of
from impact.graph import CompiledGraph
from impact.model import Assessment, Complaint, DeviceSigns, Health, HealthOf, Reason, Root, RootImpact, Signs
from impact.roots import Explained, explain
from impact.state import State, difference, evaluate
from impact.verdict import Fault, Verdicts, judge

FEW_ROOTS = 4
"""Up to here every service is tried without each root; beyond, only those in the root's cone. For what is a way it is
always every service: people may see one over ways on which it does not stand itself."""


class Assessor:
    """Assesses one compiled graph.

    Keeps what a fault does alone, since that is asked again and again, and of the newest assessment whatever a change
    elsewhere leaves as it was: under a stream of alerts most of one assessment is that of the one before. What is kept
    is never different from what would be worked out anew.
    """

    def __init__(self, graph: CompiledGraph) -> None:
        self.graph = graph
        self._alone: dict[tuple[int, Health], frozenset[int]] = {}
        self._last: _Last | None = None

    def assess(self, complaints: Iterable[Complaint], signs: Signs, now: datetime, *, position: int = 0) -> Assessment:
        """Judge everything that complains.

        Args:
            complaints: the active alerts that are bound to a CI.
            signs: what the hub itself has seen.
            now: the hub's clock.
            position: inbox position up to which the complaints are merged; it is carried through.
        """
        verdicts = judge(self.graph, complaints, signs, now)
        last = self._last
        if last is not None and last.devices == signs.devices and last.verdicts == verdicts:
            return replace(last.assessment, position=position)
        found = explain(self.graph, verdicts, signs)
        state = self._state(verdicts, found)
        change = difference(last.state, state) if last is not None else None
        impacts = self._impacts(state, verdicts, found, change)
        shown = self._shown(state, verdicts, found, change)
        ids = self.graph.ids
        assessment = Assessment(
            revision=self.graph.revision,
            position=position,
            health={ids[node]: shown[node] for node in sorted(shown)},
            roots=_roots(self.graph, found),
            impacts={ids[node]: kept.impact for node, kept in impacts.items()},
            pending=frozenset(verdicts.pending) | found.adrift,
            ask=frozenset(ids[node] for node in verdicts.ask),
        )
        self._last = _Last(
            devices=signs.devices, verdicts=verdicts, found=found, state=state, impacts=impacts, shown=shown,
            assessment=assessment,
        )  # fmt: skip
        return assessment

    def what_if(self, ci_id: str) -> RootImpact:
        """What the failure of one CI alone would do. Nothing is stored.

        Raises:
            KeyError: the graph has no such CI.
        """
        node = self.graph.index[ci_id]
        state = evaluate(self.graph, {node: Health.DOWN})
        return impact_of(self.graph, state, node, state.views.hit())[0]

    def _state(self, verdicts: Verdicts, found: Explained) -> State:
        own = {fault.node: fault.effect for fault in (*verdicts.faults.values(), *found.roots.values())}
        last = self._last
        if last is not None and last.state.spread.own == own and last.verdicts.blind == verdicts.blind:
            return last.state
        return evaluate(self.graph, own, network_known=not verdicts.blind)

    def _impacts(
        self, state: State, verdicts: Verdicts, found: Explained, change: frozenset[int] | None
    ) -> dict[int, _Kept]:
        """What each root does; kept if nothing that it was worked out from is different now."""
        before = self._last.impacts if self._last is not None and change is not None else {}
        impacts = {}
        for node, services in self._services(state, verdicts, found).items():
            kept = before.get(node)
            if kept is None or kept.services != services or not kept.seen.isdisjoint(change or ()):
                impact, seen = impact_of(self.graph, state, node, services)
                kept = _Kept(services=services, impact=impact, seen=seen)
            impacts[node] = kept
        return impacts

    def _services(self, state: State, verdicts: Verdicts, found: Explained) -> dict[int, list[int]]:
        """Each root's services: those that it alone would hit, or that would be better without it."""
        hit = frozenset(state.views.hit())
        few = len(found.roots) <= FEW_ROOTS
        services: dict[int, list[int]] = {}
        for node, fault in found.roots.items():
            alone = self._hit_alone(node, fault.effect, blind=verdicts.blind)
            # an offering that its own fault breaks is carried while its service is as bad for another reason, too
            services[node] = sorted(one for one in alone if state.service(one) > Health.OK)
            everywhere = few or node in self.graph.network.ways
            rest = (hit if everywhere else hit & self.graph.cone(node)) - alone
            if rest:
                without = self._without(node, verdicts, found)
                better = [s for s in rest if without.service(s) < state.service(s)]
                services[node] += sorted(better)
        self._share_the_rest(sorted(hit), services)
        return services

    def _share_the_rest(self, hit: list[int], services: dict[int, list[int]]) -> None:
        """What no root hits alone, and none would save alone, is carried by all that have a part in it (ADR 9)."""
        carried = {service for those in services.values() for service in those}
        for service in hit:
            if service not in carried:
                part = [node for node in services if service in self.graph.cone(node)]
                for node in part or services:
                    services[node].append(service)

    def _hit_alone(self, node: int, effect: Health, *, blind: bool) -> frozenset[int]:
        if blind:
            return frozenset()
        key = (node, effect)
        if key not in self._alone:
            state = evaluate(self.graph, {node: effect})
            self._alone[key] = frozenset(state.views.hit())
        return self._alone[key]

    def _without(self, node: int, verdicts: Verdicts, found: Explained) -> State:
        gone = {key for key, root in found.given.items() if root == node}
        own = {
            fault.node: fault.effect
            for fault in (*verdicts.faults.values(), *found.roots.values())
            if fault.node != node and not (fault.keys and fault.keys <= gone)
        }
        return evaluate(self.graph, own, network_known=not verdicts.blind)

    def _shown(
        self, state: State, verdicts: Verdicts, found: Explained, change: frozenset[int] | None
    ) -> dict[int, HealthOf]:
        """Health with its reason for every CI that is not ok, by node; kept if neither it nor a need changed."""
        faults = verdicts.faults | found.roots
        before: dict[int, HealthOf] = {}
        if self._last is not None and change is not None:
            former = self._last.verdicts.faults | self._last.found.roots
            moved = {node for node in faults.keys() | former.keys() if faults.get(node) != former.get(node)}
            stale = change.union(moved, self._last.verdicts.unknown ^ verdicts.unknown)
            after = {dependent for node in change for dependent in self.graph.dependents[node]}
            before = {node: one for node, one in self._last.shown.items() if node not in stale and node not in after}
        shown: dict[int, HealthOf] = {}
        for node in state.spread.full.keys() | verdicts.unknown:
            one = before.get(node) or _health_of(self.graph, state, verdicts, faults, node)
            if one is not None:
                shown[node] = one
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What a root does, and the nodes whose state it was worked out from."""

    services: list[int]
    impact: RootImpact
    seen: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    """The newest assessment with what led to it. Nothing in it is changed any more."""

    devices: Mapping[str, DeviceSigns]
    verdicts: Verdicts
    found: Explained
    state: State
    impacts: dict[int, _Kept]
    shown: dict[int, HealthOf]
    assessment: Assessment


def _roots(graph: CompiledGraph, found: Explained) -> tuple[Root, ...]:
    explained: dict[int, set[str]] = {node: set() for node in found.roots}
    for key, node in found.given.items():
        explained.setdefault(node, set()).add(key)
    return tuple(
        Root(
            ci_id=graph.ids[fault.node],
            confirmed=fault.confirmed,
            proven=fault.proven,
            severity=fault.severity,
            effect=fault.effect,
            own=frozenset(fault.keys),
            explains=frozenset(explained[fault.node]),
            evidence=tuple(fault.evidence),
            since=fault.since,
        )
        for fault in found.roots.values()
    )


def _health_of(
    graph: CompiledGraph, state: State, verdicts: Verdicts, faults: Mapping[int, Fault], node: int
) -> HealthOf | None:
    """Health with its reason; ``None`` for a CI that is ok."""
    spread = state.spread
    full = state.health(node)
    own = faults[node].effect if node in faults else Health.OK
    propagated = Health(max(spread.needed(node), spread.network.get(node, Health.OK)))
    if node in verdicts.unknown and full == Health.OK:
        propagated = Health.UNKNOWN
    elif full == Health.OK:
        return None
    return HealthOf(
        ci_id=graph.ids[node],
        own=own,
        propagated=propagated,
        reason=_why(graph, state, faults.get(node), node, full),
        via=tuple(graph.ids[provider] for provider in spread.via(node)),
    )


def _why(graph: CompiledGraph, state: State, fault: Fault | None, node: int, health: Health) -> Reason:
    if fault is not None and fault.effect == health and fault.evidence:
        return fault.evidence[0]
    if node in state.isolated:
        cut = tuple(graph.name(c) for c in state.isolated[node])
        return Reason(code="isolated", args={"cut": cut})
    via = state.spread.via(node)
    thin = state.spread.thin_groups(node)
    if thin and health == Health.AT_RISK:
        return Reason(code="group_at_edge", args={"group": thin[0]})
    if via:
        return Reason(code="via", args={"ci": graph.name(via[0])})
    return _of_the_network(graph, state, node)


def _of_the_network(graph: CompiledGraph, state: State, node: int) -> Reason:
    if node in state.bundles:
        count = state.bundles[node]
        return Reason(code="links_lost", args={"up": count.up, "of": count.members, "needs": count.needs})
    if node in state.narrowed:
        return Reason(code="lost_redundancy", args={"through": graph.name(state.narrowed[node])})
    return Reason(code="unreachable")
