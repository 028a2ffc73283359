"""What hangs on the network of an estate: hypervisors, servers, storage and IoT devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from examples.estate.hardware import KINDS
from examples.estate.model import Cluster, Iot, Room
from examples.estate.names import PLACEHOLDER_SERIALS
from examples.estate.network import ServerRoom, SiteNetwork
from examples.estate.yard import Draft, Yard


@dataclass(slots=True)
class Machines:
    """``clusters[0]`` stands behind the big switch. ``crm_server`` does not."""

    crm_server: Draft
    clusters: list[Cluster] = field(default_factory=list)
    servers: list[Draft] = field(default_factory=list)
    storage: list[Draft] = field(default_factory=list)
    plcs: list[Draft] = field(default_factory=list)


def build_machines(yard: Yard, networks: Sequence[SiteNetwork]) -> Machines:
    """All machines; the big switch gets a whole cluster, three servers and some IoT devices."""
    servers = list(_servers(yard, networks))
    machines = Machines(crm_server=servers[0], servers=servers)
    machines.clusters.extend(_clusters(yard, networks))
    machines.storage.extend(_storage(yard, networks[0]))
    _placeholder_serials(yard, servers)
    _build_iot(yard, networks)
    machines.plcs.extend(box for box in yard.devices.values() if box.kind.cls == "LinePlc")
    for network in networks:
        _cool(yard, network)
    return machines


def _stand(yard: Yard, draft: Draft, room: ServerRoom, switches: Sequence[Draft], *, dual_fed: float) -> None:
    """Agent, power and cables of a machine in a server room."""
    yard.give_agent(draft, v3=0.2)
    draft.feeds = room.pdus if yard.chance(dual_fed) else (yard.pick(room.pdus),)
    for switch in switches:
        yard.wire(switch, draft)


def _home(yard: Yard, network: SiteNetwork, *, dual: float) -> tuple[ServerRoom, list[Draft]]:
    """A server room, and one or two of the site's server switches other than the big one."""
    switches = [switch for switch in network.server_switches if switch is not network.big_switch]
    chosen = yard.rng.sample(switches, 2 if yard.chance(dual) and len(switches) > 1 else 1)
    room = next(room for room in network.server_rooms if chosen[0] in room.switches)
    return room, chosen


# -- servers and hypervisors -----------------------------------------------------------------------------------------


def _servers(yard: Yard, networks: Sequence[SiteNetwork]) -> Iterator[Draft]:
    """20 for each size; the first is the CRM's, at headquarters; three hang on the big switch."""
    headquarters = networks[0]
    numbers = yard.rng.sample(range(1, 20 * yard.size + 1), 20 * yard.size)
    for number in range(20 * yard.size):
        network = headquarters if number < 8 else yard.pick((headquarters, *networks))
        room, switches = _home(yard, network, dual=0.35)
        if 5 <= number < 8 and headquarters.big_switch:
            room, switches = headquarters.server_rooms[0], [headquarters.big_switch]
        kind = yard.kind("server", room.room.site, KINDS["server"])
        server = yard.place(f"srv-{numbers[number]:02d}", "server", kind, room.room, hostname=True)
        server.pinged = True
        if yard.chance(0.4):
            yard.speak_lldp(server)
        _stand(yard, server, room, switches, dual_fed=0.6)
        yield server


def _clusters(yard: Yard, networks: Sequence[SiteNetwork]) -> Iterator[Cluster]:
    """8 hypervisors for each size: two behind the big switch, the rest in two clusters for each size."""
    first = [_hypervisor(yard, networks[0], number, big=True) for number in (1, 2)]
    yield _cluster(1, first, k=1)
    rest = 8 * yard.size - 2
    number = 3
    for index in range(2 * yard.size):
        left = 2 * yard.size - index
        count = rest if left == 1 else min(rest - 2 * (left - 1), yard.pick((2, 3, 4)))
        network = networks[0] if index == 0 else yard.pick(networks)
        members = [_hypervisor(yard, network, number + n, big=False) for n in range(count)]
        yield _cluster(index + 2, members, k=count - 1 if count < 4 else yard.pick((2, 3)))
        number += count
        rest -= count


def _cluster(number: int, members: list[Draft], *, k: int) -> Cluster:
    keys = tuple(member.key for member in members)
    return Cluster(key=f"cluster-{number}", name=f"Cluster {number}", members=keys, k=k)


def _hypervisor(yard: Yard, network: SiteNetwork, number: int, *, big: bool) -> Draft:
    room, switches = _home(yard, network, dual=0.7)
    if big and network.big_switch:
        room, switches = network.server_rooms[0], [network.big_switch]
    kind = yard.kind("hypervisor", room.room.site, KINDS["hypervisor"])
    hypervisor = yard.place(f"hv-{number:02d}", "hypervisor", kind, room.room, hostname=True)
    hypervisor.pinged = True
    if yard.chance(0.6):
        yard.speak_lldp(hypervisor)
    _stand(yard, hypervisor, room, switches, dual_fed=0.85)
    return hypervisor


def _storage(yard: Yard, network: SiteNetwork) -> Iterator[Draft]:
    for number in range(2 * yard.size):
        room, switches = _home(yard, network, dual=1.0)
        array = yard.place(f"stor-{number + 1}", "storage", KINDS["storage"][0], room.room, hostname=True)
        yard.speak_lldp(array)
        _stand(yard, array, room, switches, dual_fed=1.0)
        yield array


def _placeholder_serials(yard: Yard, servers: Sequence[Draft]) -> None:
    """Boards whose maker never wrote a number: they must not be taken for one another."""
    for server in yard.rng.sample(servers, 5):
        server.serial = yard.pick(PLACEHOLDER_SERIALS)
    for server in yard.rng.sample(servers, 2):
        server.serial = PLACEHOLDER_SERIALS[0]


# -- IoT -------------------------------------------------------------------------------------------------------------

# kind of device → how many at size 1 (the server rooms' cooling units come on top of the first), report interval
_IOT = (("cooling", 4, 30), ("cold-chain", 30, 60), ("door", 20, 60), ("plc", 20, 15))


def _build_iot(yard: Yard, networks: Sequence[SiteNetwork]) -> None:
    """80 for each size: one or two cooling units for each server room, the rest on the floors."""
    rooms = [(network, room) for network in networks for room in network.server_rooms]
    for network, room in rooms:
        switches = [switch for switch in network.server_switches if switch is not network.big_switch]
        room.cooling.append(_iot(yard, "cooling", room.room, yard.pick(switches), 30))
    twice = yard.rng.sample(rooms, 2)
    for network, room in twice:
        room.cooling.append(_iot(yard, "cooling", room.room, yard.pick(network.server_switches), 30))
    left = 80 * yard.size - len(rooms) - len(twice)
    _on_the_big_switch(yard, networks[0], 6)
    for number in range(left - 6):
        _on_a_floor(yard, networks, _IOT[_share(number)])


def _share(number: int) -> int:
    """Which kind is the next one, so that any run of 74 has each in its proportion."""
    place = number * 31 % 74
    for index, (_, count, _) in enumerate(_IOT):
        if place < count:
            return index
        place -= count
    return 1


def _on_the_big_switch(yard: Yard, network: SiteNetwork, count: int) -> None:
    room = network.server_rooms[0].room
    for _ in range(count):
        kind, interval_s = yard.pick((("cold-chain", 60), ("door", 60)))
        _iot(yard, kind, room, network.big_switch or network.server_switches[0], interval_s)


def _on_a_floor(yard: Yard, networks: Sequence[SiteNetwork], what: tuple[str, int, int]) -> None:
    """PLCs stand in the plant of the second site, the rest anywhere."""
    kind, _, interval_s = what
    network = networks[1] if kind == "plc" else yard.pick(networks)
    switch = yard.pick(network.floor_switches)
    room = next(room for room in yard.rooms if room.key == switch.room)
    _iot(yard, kind, room, switch, interval_s)


def _iot(yard: Yard, kind: str, room: Room, switch: Draft, interval_s: int) -> Draft:
    number = sum(box.role == "iot" and box.key.startswith(kind) for box in yard.devices.values()) + 1
    box = yard.place(f"{kind}-{number:02d}", "iot", yard.pick(KINDS[kind]), room)
    box.iot = Iot(mqtt_id=f"{box.kind.cls.lower()}-{box.serial[-6:].lower()}", report_interval_s=interval_s)
    yard.wire(switch, box)
    return box


def _cool(yard: Yard, network: SiteNetwork) -> None:
    """What computes in a server room is cooled by all cooling units of that room."""
    for room in network.server_rooms:
        for box in yard.devices.values():
            if box.room == room.room.key and box.role in ("server", "hypervisor", "storage"):
                box.cooled_by = tuple(unit.key for unit in room.cooling)
