"""Roots: which of the faults explain the others, and which silent provider is suspected behind many complaints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from impact.graph import CompiledGraph
from impact.model import Arg, Health, Reason, Signs
from impact.state import evaluate
from impact.verdict import CRITICAL, Fault, Verdicts

LEAST_COMPLAINING = 3
"""Fewer complaints than this say nothing about a common provider."""


@dataclass
class Explained:
    """Roots by CI, and which root each complaint was given to. ``adrift`` are complaints without a root yet."""

    roots: dict[int, Fault] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    adrift: set[str] = field(default_factory=set)


def explain(graph: CompiledGraph, verdicts: Verdicts, signs: Signs) -> Explained:
    """Give every judged complaint to a root. Neither arrival order nor senders' clocks matter."""
    faults = dict(verdicts.faults)
    independent = _independence(graph, faults, signs)
    heads = _heads(graph, faults, independent)
    suspect = _suspect(graph, verdicts, heads, signs)
    if suspect is not None:
        faults[suspect.node] = suspect
        heads = _heads(graph, faults, independent)
    found = Explained(roots={node: faults[node] for node, head in heads.items() if head == node})
    for node, fault in faults.items():
        found.given.update(dict.fromkeys(fault.keys, heads[node]))
    loose = dict(verdicts.symptoms)
    if suspect is not None:
        loose.update(verdicts.pending)
    for key, node in loose.items():
        head = _home(graph, node, found.roots)
        if head is None:
            found.adrift.add(key)
        else:
            found.given[key] = head
    return found


def _explains(graph: CompiledGraph, root: Fault, fault: Fault) -> bool:
    if fault.node not in graph.cone(root.node):
        return False
    if root.effect >= Health.DEGRADED:
        return True
    return root.effect == Health.AT_RISK and fault.effect <= Health.AT_RISK


def _independence(graph: CompiledGraph, faults: Mapping[int, Fault], signs: Signs) -> set[tuple[int, int]]:
    """Pairs (root, fault) where the root was still healthy after the fault had begun, and only fell later.

    Seen by the hub itself: the root answered, or its port was read up. Or known from before a restart: when the fault
    was confirmed, all that it stands on had answered.
    """
    pairs = set()
    for node, root in faults.items():
        well_at = _seen_well(graph, node, signs)
        device = signs.devices.get(graph.ids[node])
        was_asked = device is not None and device.pollable and device.silent_since is not None
        for other, fault in faults.items():
            if other == node or not fault.confirmed or root.since <= fault.since:
                continue
            seen = well_at is not None and fault.since <= well_at
            told = fault.confirmed_at is not None and fault.confirmed_at < root.since
            if seen or (told and was_asked and node in graph.scope(other)):
                pairs.add((node, other))
    return pairs


def _seen_well(graph: CompiledGraph, node: int, signs: Signs) -> datetime | None:
    """When a device that is silent now last answered; when a link whose port is down now was last read up."""
    cable = graph.network.by_link.get(node)
    if cable is not None:
        ends = (signs.ports.get(graph.ids[port]) for port in (cable.a_port, cable.b_port))
        return max((end.was_up_at for end in ends if end is not None and end.was_up_at is not None), default=None)
    device = signs.devices.get(graph.ids[node])
    return device.last_answer if device is not None and device.silent_since is not None else None


def _heads(graph: CompiledGraph, faults: Mapping[int, Fault], independent: set[tuple[int, int]]) -> dict[int, int]:
    """For each fault the fault that is its root (itself, if nothing explains it)."""
    present = frozenset(faults)
    upper: dict[int, list[int]] = {}
    for other in faults:
        for below in present & graph.cone(other):
            upper.setdefault(below, []).append(other)

    def above(node: int) -> int | None:
        fault = faults[node]
        best: tuple[int, int] | None = None
        for other in upper.get(node, ()):
            root = faults[other]
            if (other, node) in independent or not _explains(graph, root, fault):
                continue
            rank = (-len(graph.cone(other)), other)
            mutual = _explains(graph, fault, root) and (node, other) not in independent
            if mutual and _comes_first(graph, node, other):
                continue
            if best is None or rank < best:
                best = rank
        return best[1] if best else None

    heads: dict[int, int] = {}
    for node in faults:
        trail, at = [node], node
        while (up := above(at)) is not None and up not in trail:
            trail.append(up)
            at = up
        heads[node] = at
    return heads


def _comes_first(graph: CompiledGraph, one: int, other: int) -> bool:
    """Which of two that explain each other is the cause: what the other stands on, else what has the larger cone.

    A power supply is managed over a switch that it helps to feed; the supply comes first.
    """
    if graph.stands_on(other, one) != graph.stands_on(one, other):
        return graph.stands_on(other, one)
    return (-len(graph.cone(one)), one) < (-len(graph.cone(other)), other)


def _home(graph: CompiledGraph, node: int, roots: Mapping[int, Fault]) -> int | None:
    """The root in whose cone a symptom sits. A port's alert belongs to its device, its link or the far device."""
    places = [node]
    end = graph.network.by_port.get(node)
    if end is not None:
        near, cable = end
        places = [cable.other(near), cable.link, near]
    matching = [r for r in roots if any(place == r or place in graph.cone(r) for place in places)]
    return min(matching, key=lambda r: (r not in places, -roots[r].effect, roots[r].since, r)) if matching else None


def _suspect(graph: CompiledGraph, verdicts: Verdicts, heads: Mapping[int, int], signs: Signs) -> Fault | None:
    """A provider that says nothing, while most of those that its failure alone would bring down complain."""
    complaining = {node for node in heads.values() if verdicts.faults[node].effect == Health.DOWN}
    complaining |= set(verdicts.pending.values()) | verdicts.unknown
    if len(complaining) < LEAST_COMPLAINING or verdicts.blind:
        return None
    since = _earliest(verdicts)
    best: tuple[int, bool, int, int] | None = None
    found: tuple[int, int, int] | None = None
    for node, count in _shared_providers(graph, complaining):
        if node in verdicts.faults or node in complaining or _vouched(graph, signs, node, since):
            continue
        if graph.ids[node] in signs.asking and not _heard(graph, signs, node):
            continue  # the first question since the start is on its way to it
        brought = _brings_down(graph, node)
        hit = len(complaining & brought)
        watched = hit + len({b for b in brought - complaining if _watched(graph, signs, b)})
        if hit < LEAST_COMPLAINING or hit * 2 <= watched:
            continue
        rank = (-hit, not _watched(graph, signs, node), len(brought), node)
        if best is None or rank < best:
            best, found = rank, (node, hit, watched)
        if count < -(best[0]):
            break
    if found is None:
        return None
    node, hit, watched = found
    args: dict[str, Arg] = {
        "device": graph.name(node),
        "complaining": hit,
        "watched": watched,
        "share": round(hit / watched, 2),
    }
    return Fault(
        node=node,
        effect=Health.DOWN,
        severity=CRITICAL,
        confirmed=False,
        since=since,
        evidence=[Reason(code="suspected_share", args=args)],
        suspected_share=hit / watched,
    )


def _earliest(verdicts: Verdicts) -> datetime:
    times = [fault.since for fault in verdicts.faults.values()]
    return min([*times, *verdicts.waiting_since])


def _shared_providers(graph: CompiledGraph, complaining: Iterable[int]) -> list[tuple[int, int]]:
    """Providers by the number of complaining CIs that stand on them, most first; at most 32 are looked at."""
    counts: dict[int, int] = {}
    for node in complaining:
        for provider in graph.scope(node):
            if provider != node:
                counts[provider] = counts.get(provider, 0) + 1
    shared = [(node, count) for node, count in counts.items() if count >= LEAST_COMPLAINING]
    return sorted(shared, key=lambda pair: (-pair[1], pair[0]))[:32]


def _vouched(graph: CompiledGraph, signs: Signs, node: int, since: datetime) -> bool:
    device = signs.devices.get(graph.ids[node])
    return (
        device is not None
        and device.silent_since is None
        and device.last_answer is not None
        and (device.last_answer >= since)
    )


def _heard(graph: CompiledGraph, signs: Signs, node: int) -> bool:
    device = signs.devices.get(graph.ids[node])
    return device is not None and (device.last_answer is not None or device.silent_since is not None)


def _watched(graph: CompiledGraph, signs: Signs, node: int) -> bool:
    return _heard(graph, signs, node) or graph.ids[node] in signs.asking


def _brings_down(graph: CompiledGraph, node: int) -> frozenset[int]:
    found = graph.brought_down.get(node)
    if found is None:
        full = evaluate(graph, {node: Health.DOWN}).spread.full
        found = frozenset(other for other, health in full.items() if health == Health.DOWN and other != node)
        graph.brought_down[node] = found
    return found
