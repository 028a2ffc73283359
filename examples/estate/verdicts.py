"""Who is at fault: from signals to causes, and to the one that explains the rest (semantics, 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from examples.estate.model import Estate
from examples.estate.rules import Evaluation, Health, Need, Severity, dependents_of, needs_of
from examples.estate.signals import Signals
from examples.estate.ways import Ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One fault: a device, a link, a virtual machine or an application, and what is true of it."""

    key: str
    effect: Health
    severity: Severity
    confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is concluded from the signals of one moment.

    ``own`` is own health, ``network`` what isolation and lost ways do, ``failed`` what lets nothing through.
    ``lost_way``: who hangs on a single thing now and did not before. ``blind``: the hub's first hop and all behind it
    are silent, so that nothing is known of anything else.
    """

    roots: tuple[Cause, ...]
    own: Mapping[str, Health]
    network: Mapping[str, Health]
    failed: frozenset[str]
    lost_way: frozenset[str]
    blind: bool


@dataclass(kw_only=True)
class Known:
    """What a hub knows of an estate that it has discovered and imported."""

    estate: Estate
    ways: Ways
    needs: dict[str, tuple[Need, ...]]
    dependents: dict[str, tuple[str, ...]]
    single_points: dict[str, frozenset[str]]
    hub_single_points: dict[str, frozenset[str]]
    cones: dict[str, frozenset[str]] = field(default_factory=dict)


def know(estate: Estate) -> Known:
    ways = Ways(estate)
    needs = needs_of(estate)
    return Known(
        estate=estate,
        ways=ways,
        needs=needs,
        dependents=dependents_of(needs),
        single_points=ways.single_points(ways.anchors),
        hub_single_points=ways.single_points({ways.hub}),
    )


def judge(known: Known, signals: Signals) -> Verdict:
    """The verdict on one moment, after the hub asked all that it asks."""
    blind = _is_blind(known, signals)
    causes = {cause.key: cause for cause in _causes(known, signals, blind=blind)}
    own = {cause.key: cause.effect for cause in causes.values()}
    failed, network, lost_way = _network_effects(known, own, blind=blind)
    unknown = {key for key in signals.silent if key not in own}
    for key in _posted_software(known, signals):
        evaluation = Evaluation(known.needs, own, network)
        if key in own or evaluation.from_needs(key) is Health.DOWN or _stands_on(known, key, unknown):
            continue
        causes[key] = Cause(key=key, effect=Health.DOWN, severity=Severity.CRITICAL)
        own[key] = Health.DOWN
    roots = tuple(_unexplained(known, list(causes.values())))
    return Verdict(roots=roots, own=own, network=network, failed=failed, lost_way=lost_way, blind=blind)


# -- causes ----------------------------------------------------------------------------------------------------------


def _causes(known: Known, signals: Signals, *, blind: bool) -> Iterator[Cause]:
    for device in sorted(signals.silent):
        yield from _of_silence(known, signals, device, blind=blind)
    for device, link in sorted(signals.ports_down):
        yield from _of_port_down(known, signals, device, link)
    for device in sorted(signals.on_battery):
        yield Cause(key=device, effect=Health.AT_RISK, severity=Severity.MAJOR)
    for device, code in signals.codes:
        yield Cause(key=device, effect=Health[code.effect.upper()], severity=Severity[code.severity.upper()])
    for alert in signals.posted:
        if alert.alertname == "DiskFull":
            yield Cause(key=alert.about, effect=Health.AT_RISK, severity=Severity.CRITICAL)
        elif alert.alertname == "ProcessDown":
            yield Cause(key=alert.about, effect=Health.DOWN, severity=Severity.CRITICAL)


def _is_blind(known: Known, signals: Signals) -> bool:
    """The hub's first hop is silent and nothing behind it answers."""
    first_hops = {device for _, device in known.ways.neighbours(known.ways.hub)}
    return bool(first_hops & signals.silent) and not signals.answering


def _of_silence(known: Known, signals: Signals, device: str, *, blind: bool) -> Iterator[Cause]:
    """What the silence of a device means, in the order of the rules."""
    if blind:
        if device in {hop for _, hop in known.ways.neighbours(known.ways.hub)}:
            yield Cause(key=device, effect=Health.DOWN, severity=Severity.CRITICAL, confirmed=False)
        return
    neighbours = known.ways.neighbours(device)
    if cut := _cut_links(known, signals, device):
        yield from (Cause(key=link, effect=Health.DOWN, severity=Severity.MAJOR, confirmed=False) for link in cut)
    elif _shows_life(known, signals, device):
        yield Cause(key=device, effect=Health.AT_RISK, severity=Severity.WARNING)
    elif any(neighbour in signals.answering for _, neighbour in neighbours):
        yield Cause(key=device, effect=Health.DOWN, severity=Severity.CRITICAL)
    elif not neighbours:
        yield Cause(key=device, effect=Health.DOWN, severity=Severity.CRITICAL, confirmed=False)
    # else all neighbours are silent: it is unreachable, which is not a fault


def _shows_life(known: Known, signals: Signals, device: str) -> bool:
    """A neighbour's port to it is up, or something answers that can only be reached through it."""
    port_is_up = bool(_neighbours_by_port(known, signals, device)[0])
    return port_is_up or any(device in known.hub_single_points[other] for other in signals.answering)


def _cut_links(known: Known, signals: Signals, device: str) -> list[str]:
    """The links that read down, if only things that forward nothing still see a living port of the device.

    Then it lives, but no way is left over which it could answer.
    """
    up, down = _neighbours_by_port(known, signals, device)
    forwards = known.estate.device
    if not up or any(forwards[neighbour].forwards for _, neighbour in up):
        return []
    return sorted(link for link, neighbour in down if forwards[neighbour].forwards)


def _neighbours_by_port(
    known: Known, signals: Signals, device: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The (link, neighbour) whose port to the device reads up, and those where it reads down."""
    asked = [
        (link, neighbour)
        for link, neighbour in known.ways.neighbours(device)
        if neighbour in signals.answering and known.estate.device[neighbour].mgmt
    ]
    down = [(link, neighbour) for link, neighbour in asked if (neighbour, link) in signals.ports_down]
    return [pair for pair in asked if pair not in down], down


def _of_port_down(known: Known, signals: Signals, device: str, link: str) -> Iterator[Cause]:
    """Both ends answer: the link. The other end is silent: its symptom. It never answers: it is suspected."""
    other = known.estate.link[link].other(device).device
    if other in signals.answering:
        yield Cause(key=link, effect=Health.DOWN, severity=Severity.MAJOR)
    elif other not in signals.silent:
        yield Cause(key=other, effect=Health.DOWN, severity=Severity.MAJOR, confirmed=False)


def _posted_software(known: Known, signals: Signals) -> list[str]:
    """Virtual machines and applications posted as not answering, providers before those that need them."""
    order = [*known.estate.vm, *known.estate.application]
    about = {alert.about for alert in signals.posted if alert.alertname in ("InstanceDown", "ServiceProbeFailed")}
    return [key for key in order if key in about]


def _stands_on(known: Known, key: str, unknown: set[str]) -> bool:
    """Whether anything that it needs, directly or not, is unknown."""
    providers = {provider for need in known.needs.get(key, ()) for provider in need.providers}
    return bool(providers & unknown) or any(_stands_on(known, provider, unknown) for provider in providers)


# -- the network -----------------------------------------------------------------------------------------------------


def _network_effects(
    known: Known, own: Mapping[str, Health], *, blind: bool
) -> tuple[frozenset[str], dict[str, Health], frozenset[str]]:
    """What lets nothing through, what that does to each node, and who hangs on a single thing for it."""
    if blind:
        return frozenset(), {}, frozenset()
    failed = _failed(known, own)
    points = known.ways.single_points(known.ways.anchors, failed)
    isolated = {node for node in known.single_points if node not in points and node not in failed}
    lost_way = {node for node, now in points.items() if now - known.single_points[node]}
    network = dict.fromkeys(isolated, Health.DOWN) | dict.fromkeys(lost_way, Health.AT_RISK)
    return failed, network, frozenset(lost_way)


def _failed(known: Known, own: Mapping[str, Health]) -> frozenset[str]:
    """Links and devices that are down by themselves or by what feeds them."""
    evaluation = Evaluation(known.needs, own, {})
    nodes = known.single_points
    return frozenset(node for node in nodes if evaluation.without_network(node) is Health.DOWN)


def cut_off(known: Known, verdict: Verdict, site: str) -> frozenset[str]:
    """The hosts that no healthy way joins to what the people of a site reach things through, by this fault."""
    if verdict.blind:
        return frozenset()
    anchors = known.ways.anchors_of(site)
    return known.ways.devices & (known.ways.levels(anchors).keys() - known.ways.levels(anchors, verdict.failed).keys())


# -- explanation -----------------------------------------------------------------------------------------------------


def cone(known: Known, key: str) -> frozenset[str]:
    """What lies behind a thing on network ways, and all that needs any of it, redundancy ignored; itself among it.

    Ways are followed first, then needs. Not ways again: what hangs on a switch that a PDU helps to feed is not the
    PDU's, else a UPS that is managed over such a switch would be explained by its own PDU.
    """
    if key not in known.cones:
        found = {key}
        if key in known.single_points:
            found |= known.ways.behind(key)
        queue = list(found)
        while queue:
            new = set(known.dependents.get(queue.pop(), ())) - found
            found |= new
            queue.extend(new)
        known.cones[key] = frozenset(found)
    return known.cones[key]


def _unexplained(known: Known, causes: Sequence[Cause]) -> Iterator[Cause]:
    """The causes that lie in no other one's cone. One at risk explains what is at risk at most."""
    for cause in causes:
        others = (other for other in causes if other is not cause)
        if not any(_explains(known, other, cause) for other in others):
            yield cause


def _explains(known: Known, cause: Cause, other: Cause) -> bool:
    strong_enough = cause.effect >= Health.DEGRADED or other.effect <= cause.effect
    return strong_enough and other.key in cone(known, cause.key)
