"""What is alive, which port is up, what can be reached and what runs, when given things are broken.

Pure functions of an :class:`~examples.estate.model.Estate` and a :class:`Broken`. The running estate and the truth file
both stand on them, so that what the estate sends and what the truth expects cannot drift apart.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, fields
from functools import reduce

from examples.estate.model import Application, End, Estate


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Everything that is broken at one moment, by key. ``codes`` are (device, fault code)."""

    dead: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()
    hung: frozenset[str] = frozenset()
    on_battery: frozenset[str] = frozenset()
    crashed: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    codes: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: Broken) -> Broken:
        """Both at once."""
        return Broken(**{field.name: getattr(self, field.name) | getattr(other, field.name) for field in fields(self)})


NOTHING_BROKEN = Broken()


def all_of(*broken: Broken) -> Broken:
    """Everything in ``broken`` at once."""
    return reduce(Broken.__or__, broken, NOTHING_BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What follows from what is broken. ``alive``: powered and not dead. ``reachable``: alive, with a way to the hub.

    ``answering``: agents that the hub gets an answer from. ``publishing``: IoT devices that keep their session.
    ``running``: clusters, virtual machines and applications, as used from where the hub hangs.
    """

    broken: Broken
    alive: frozenset[str]
    reachable: frozenset[str]
    answering: frozenset[str]
    publishing: frozenset[str]
    running: frozenset[str]


def settle(estate: Estate, broken: Broken) -> State:
    """The state that the estate is in once everything has followed from ``broken``."""
    alive = frozenset(key for key in estate.device if is_alive(estate, broken, key))
    reachable = reach(estate, broken, alive, estate.hub)
    return State(
        broken=broken,
        alive=alive,
        reachable=reachable,
        answering=frozenset(
            d.key for d in estate.devices if d.mgmt and d.key in reachable and d.key not in broken.hung
        ),
        publishing=frozenset(d.key for d in estate.devices if d.iot and d.key in reachable),
        running=running(estate, broken, reachable),
    )


def is_alive(estate: Estate, broken: Broken, key: str) -> bool:
    """Not dead, and fed: by the mains if it has no feeds, else by one that lives. A UPS on battery still feeds."""
    if key in broken.dead:
        return False
    feeds = estate.device[key].feeds
    return not feeds or any(is_alive(estate, broken, feed) for feed in feeds)


def port_up(estate: Estate, state: State, end: End) -> bool:
    """A port is up while its link is whole and both devices live (IF-MIB::ifOperStatus). An unused port is down."""
    link = next((link for link in estate.links_of[end.device] if link.at(end.device) == end), None)
    return link is not None and link_up(estate, state, link.key)


def link_up(estate: Estate, state: State, link: str) -> bool:
    """Both ports of a link are up or down together."""
    return link not in state.broken.cut and all(end.device in state.alive for end in estate.link[link].ends)


def reach(estate: Estate, broken: Broken, alive: frozenset[str], start: str) -> frozenset[str]:
    """The living devices that a packet from ``start`` gets to; only forwarding devices pass it on."""
    if start not in alive:
        return frozenset()
    found = {start}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        if here != start and not estate.device[here].forwards:
            continue
        for link in estate.links_of[here]:
            there = link.other(here).device
            if link.key not in broken.cut and there in alive and there not in found:
                found.add(there)
                queue.append(there)
    return frozenset(found)


def running(estate: Estate, broken: Broken, reachable: frozenset[str]) -> frozenset[str]:
    """Clusters with enough hypervisors, their virtual machines, and the applications that have all they need.

    Failover takes no time.
    """
    clusters = {c.key for c in estate.clusters if len(reachable.intersection(c.members)) >= c.k}
    vms = {vm.key for vm in estate.vms if vm.cluster in clusters}
    hosts = reachable | vms
    applications = {a.key for a in estate.applications if _runs(estate, a, broken, hosts)}
    return frozenset(clusters | vms | applications)


def _runs(estate: Estate, application: Application, broken: Broken, hosts: frozenset[str]) -> bool:
    return (
        application.key not in broken.crashed
        and len(hosts.intersection(application.runs_on)) >= application.k
        and hosts.issuperset(application.stored_on)
        and all(_runs(estate, estate.application[key], broken, hosts) for key in application.depends_on)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One alert that the simulated monitoring has firing.

    ``alertname`` is InstanceDown, ServiceProbeFailed, ProcessDown or DiskFull, all of severity critical. ``about`` is
    the device, virtual machine or application; ``host`` the machine named as instance.
    """

    alertname: str
    about: str
    host: str


def posted(estate: Estate, state: State) -> tuple[Posted, ...]:
    """The alerts that the monitoring has firing, as seen from where it stands; none if it cannot get them out."""
    if estate.monitoring not in state.reachable:
        return ()
    return (*_failed_pings(estate, state), *_failed_probes(estate, state), *_reports_from_hosts(estate, state))


def _failed_pings(estate: Estate, state: State) -> list[Posted]:
    pinged = [device.key for device in estate.devices if device.pinged]
    silent = [key for key in pinged if key not in state.reachable]
    silent += [vm.key for vm in estate.vms if vm.key not in state.running]
    return [Posted(alertname="InstanceDown", about=key, host=key) for key in silent]


def _failed_probes(estate: Estate, state: State) -> list[Posted]:
    failed = [a for a in estate.applications if a.probed and a.key not in state.running]
    return [Posted(alertname="ServiceProbeFailed", about=a.key, host=a.runs_on[0]) for a in failed]


def _reports_from_hosts(estate: Estate, state: State) -> list[Posted]:
    up = state.reachable | state.running
    crashed = [estate.application[key] for key in sorted(state.broken.crashed)]
    alerts = [
        Posted(alertname="ProcessDown", about=a.key, host=a.runs_on[0])
        for a in crashed
        if a.watched and a.runs_on[0] in up
    ]
    full = sorted(state.broken.full & up)
    return alerts + [Posted(alertname="DiskFull", about=key, host=key) for key in full]
