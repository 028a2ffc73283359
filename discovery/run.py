"""One discovery run: sweep the declared ranges, read who answers, follow neighbours, and say what was found.

The run ends with observations for the reconciler and with a list of what could not be reached and why. It writes
nothing itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from cmdb.catalogue import Catalogue
from cmdb.model import Observation
from collectors.snmp.session import SessionFactory
from discovery.device import Device
from discovery.identify import Identity, identify, without_doubles
from discovery.knowledge import Knowledge, shipped
from discovery.learned import Learned
from discovery.memory import lost_of, with_unseen, without_lost, worth_taking
from discovery.neighbours import links_by_lldp
from discovery.observe import Observer
from discovery.ranges import Place, places_of, printed
from discovery.read import Answered, read_device
from discovery.sweep import NoEntry, Plan, Sweep
from discovery.topology import Doubt, Site, Topology
from discovery.unreached import Unreached, unreached_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run is. ``phase``: sweep, read or crawl; ``done`` of ``total`` places asked or devices read."""

    phase: str
    done: int
    total: int
    devices: int
    current: str = ""


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryResult:
    """What a run found.

    ``remembered`` is the credential's name for each address that answered, for the next run's plan. ``silent`` counts
    swept addresses at which nobody is known to be. ``complete`` is false when a device known before, or a table of a
    device, could not be read: such a run must expire nothing.
    """

    observations: tuple[Observation, ...]
    devices: tuple[Device, ...]
    topology: Topology
    unreached: tuple[Unreached, ...]
    doubts: tuple[Doubt, ...]
    remembered: dict[str, str]
    asked: int
    silent: int
    complete: bool


async def discover(
    plan: Plan,
    *,
    sessions: SessionFactory,
    catalogue: Catalogue,
    at: datetime,
    report: Report | None = None,
    known: Iterable[Observation] = (),
    knowledge: Knowledge | None = None,
) -> DiscoveryResult:
    """Run once. Never raises for what the network does; cancelling it closes every socket.

    ``at`` is the time that the observations carry. ``known`` is what the graph keeps of earlier runs of this source:
    what is silent now is not forgotten at once (`discovery.memory`).
    """
    crawl = _Crawl(plan, sessions, report or (lambda _: None))
    await crawl.run()
    return _conclude(crawl, catalogue, knowledge or shipped(), tuple(known), at)


@dataclass(slots=True)
class _Crawl:
    """The part that does I/O. ``answers`` holds how each place that was asked answered."""

    plan: Plan
    sessions: SessionFactory
    report: Report
    devices: list[Device] = field(default_factory=list)
    answers: dict[Place, NoEntry | None] = field(default_factory=dict)

    async def run(self) -> None:
        places = {place for one in self.plan.ranges if one.swept for place in one.places()}
        phase = "sweep"
        while places:
            found = await self._round(phase, sorted(places))
            places = self._named_by(found) - self.answers.keys()
            phase = "crawl"

    async def _round(self, phase: str, places: list[Place]) -> list[Device]:
        """Ask places; read each that answers while the others are still being asked."""
        gate = asyncio.Semaphore(self.plan.read_at_once)
        found: list[Device] = []
        done = 0
        answers = Sweep(self.plan, self.sessions).ask(places)
        async with aclosing(answers), asyncio.TaskGroup() as reading:
            async for answer in answers:
                done += 1
                self.answers[answer.host, answer.port] = answer if isinstance(answer, NoEntry) else None
                if isinstance(answer, Answered):
                    reading.create_task(self._read(answer, gate, found))
                self.report(Progress(phase=phase, done=done, total=len(places), devices=len(self.devices)))
        return found

    async def _read(self, agent: Answered, gate: asyncio.Semaphore, found: list[Device]) -> None:
        try:
            async with gate:
                device = await read_device(agent)
        finally:
            agent.session.close()
        found.append(device)
        self.devices.append(device)
        asked = sum(answer is None for answer in self.answers.values())
        self.report(
            Progress(
                phase="read",
                done=len(self.devices),
                total=asked,
                devices=len(self.devices),
                current=device.system.name or device.mgmt_address,
            )
        )

    def _named_by(self, devices: Iterable[Device]) -> set[Place]:
        """Places inside of the declared ranges that neighbours of these devices announce as their own."""
        return {
            place
            for device in devices
            for row in device.lldp.neighbours
            for address in row.addresses
            for place in places_of(self.plan.ranges, address)
        }


def _conclude(
    crawl: _Crawl, catalogue: Catalogue, knowledge: Knowledge, known: tuple[Observation, ...], at: datetime
) -> DiscoveryResult:
    """From records to observations; no I/O."""
    plan = crawl.plan
    answered = without_doubles(crawl.devices)
    devices = worth_taking(answered, known)
    identities = identify(devices, knowledge, catalogue)
    found = {identities[device].key: (device, identities[device]) for device in devices}
    seen = map_topology(found, catalogue, knowledge)
    topology = without_lost(seen, lost_of(known, devices))
    failed = {place: answer for place, answer in crawl.answers.items() if answer is not None}
    lost = plan.remembered.keys() & {printed(place) for place in failed}
    observed = Observer(catalogue, at).observe(found, topology)
    return DiscoveryResult(
        observations=with_unseen(observed, known, at),
        devices=devices,
        topology=topology,
        unreached=unreached_of(plan, answered, seen, failed),
        doubts=topology.doubts,
        remembered={device.mgmt_address: device.credential for device in crawl.devices},
        asked=len(crawl.answers),
        silent=sum(answer.why == "timeout" for answer in failed.values()),
        complete=not lost and not any(device.gaps for device in answered),
    )


def map_topology(found: dict[str, tuple[Device, Identity]], catalogue: Catalogue, knowledge: Knowledge) -> Topology:
    """All links and all devices known from others, from the records of one run."""
    site = Site(devices={key: device for key, (device, _) in found.items()})
    lldp = links_by_lldp(site)
    switches = [
        key
        for key, (device, identity) in found.items()
        if device.bridge.learned and not catalogue.is_a(identity.cls, "ComputeHost")
    ]
    learned = Learned(site, lldp, switches, knowledge).topology()
    return Topology(
        wires=(*lldp.wires, *learned.wires),
        strangers=(*lldp.strangers, *learned.strangers),
        doubts=(*lldp.doubts, *learned.doubts),
    )


__all__ = ["DiscoveryResult", "Progress", "Report", "Unreached", "discover", "map_topology"]
