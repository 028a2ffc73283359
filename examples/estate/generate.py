"""An estate from a seed and a size. The same seed, size and block give the same estate, on every machine."""

from __future__ import annotations

from random import Random

from examples.estate.hardware import FAULT_CATALOGUE
from examples.estate.machines import Machines, build_machines
from examples.estate.model import Application, Estate, Scenes, Service
from examples.estate.names import COMPANIES
from examples.estate.network import SiteNetwork, build_network, build_stage
from examples.estate.people import build_staff
from examples.estate.software import Software, build_software
from examples.estate.yard import Draft, Yard

COOLING_CODE = "E4"
"""The fault code of scene 2; each make of cooling unit knows it."""

SPARE_PORTS = 2


def generate(seed: int, size: int = 1, *, block: int = 77, one_address: bool = False) -> Estate:
    """Draw an estate.

    Args:
        seed: names, addresses, wiring, redundancy, who uses what and what runs where follow from it.
        size: 1 is a company of 400 people; the counts grow with it.
        block: second octet of all addresses, 127.<block>.y.z, so that two estates can run side by side.
        one_address: all agents on 127.0.0.1, each on its own port, where a system has no other loopback address.
    """
    rng = Random(f"{seed}/{size}")
    yard = Yard(rng, size=size, block=block, one_address=one_address)
    yard.domain = f"{yard.pick(COMPANIES)}.example"
    networks = build_network(yard)
    hub, broker, monitoring = build_stage(yard, networks[0])
    machines = build_machines(yard, networks)
    software = build_software(yard, machines)
    staff = build_staff(yard, software)
    scenes = _scenes(yard, networks[0], machines, software)
    _add_spare_ports(yard)
    return Estate(
        seed=seed,
        size=size,
        block=block,
        domain=yard.domain,
        sites=tuple(yard.sites),
        rooms=tuple(yard.rooms),
        devices=tuple(draft.freeze() for draft in yard.devices.values()),
        links=tuple(yard.links),
        clusters=tuple(machines.clusters),
        vms=tuple(software.vms),
        applications=tuple(software.applications),
        services=tuple(software.services),
        offerings=tuple(software.offerings),
        departments=tuple(staff.departments),
        people=tuple(staff.people),
        teams=tuple(staff.teams),
        fault_catalogue=FAULT_CATALOGUE,
        scenes=scenes,
        hub=hub.key,
        broker=broker.key,
        monitoring=monitoring.key,
    )


def _add_spare_ports(yard: Yard) -> None:
    """Each switch and firewall has ports that nothing is plugged into."""
    for draft in yard.devices.values():
        if draft.role in ("core", "distribution", "access", "firewall"):
            for _ in range(SPARE_PORTS):
                draft.add_port()


# -- scenes ----------------------------------------------------------------------------------------------------------


def _scenes(yard: Yard, headquarters: SiteNetwork, machines: Machines, software: Software) -> Scenes:
    big = headquarters.big_switch or headquarters.access[0]
    return Scenes(
        crm_server=machines.crm_server.key,
        cooling_unit=_cooling_unit(yard, headquarters).key,
        cooling_code=COOLING_CODE,
        core=headquarters.cores[1].key,
        access_switch=big.key,
        disk_host=_disk_host(yard, big, machines, software).key,
    )


def _cooling_unit(yard: Yard, headquarters: SiteNetwork) -> Draft:
    """One of a server room in which servers stand."""
    occupied = {box.room for box in yard.devices.values() if box.role == "server"}
    return yard.pick([unit for room in headquarters.server_rooms if room.room.key in occupied for unit in room.cooling])


def _disk_host(yard: Yard, big: Draft, machines: Machines, software: Software) -> Draft:
    """A server that shares no service with what stands behind the big switch; one with services if there is any."""
    behind = {link.b.device for link in yard.links if link.a.device == big.key}
    vms = {vm.key for vm in software.vms if vm.cluster == machines.clusters[0].key}
    hit = _services_on(behind | vms, software)
    apart = [s for s in machines.servers if s.key not in behind and not _services_on({s.key}, software) & hit]
    serving = [s for s in apart if _services_on({s.key}, software) and s is not machines.crm_server]
    return yard.pick(serving or apart)


def _services_on(hosts: set[str], software: Software) -> set[str]:
    """The services that something on these hosts can hurt, directly or through others."""
    hurt: set[str] = set(hosts)
    growing = True
    while growing:
        items: list[Application | Service] = [*software.applications, *software.services]
        new = {item.key for item in items if hurt.intersection(_needs(item))} - hurt
        hurt |= new
        growing = bool(new)
    return hurt & {service.key for service in software.services}


def _needs(item: Application | Service) -> tuple[str, ...]:
    if isinstance(item, Application):
        return (*item.runs_on, *item.depends_on, *item.stored_on)
    return (*item.depends_on, *item.integrates_with)
