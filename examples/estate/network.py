"""The wires of an estate: sites and rooms, power, switches, firewalls, and the stage that the hub stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from examples.estate.hardware import GHOST, HUB, KINDS, STAGE_SERVER
from examples.estate.model import CHASSIS_LOCAL, CHASSIS_MAC, CHASSIS_NETWORK_ADDRESS, Room
from examples.estate.names import CITIES
from examples.estate.yard import Draft, Yard

# How an access switch hangs on the rest: on both distribution switches or on one, behind another access switch,
# or in a ring of two access switches on two distribution switches.
Uplink = Literal["dual", "single", "chain", "ring"]


@dataclass(slots=True)
class ServerRoom:
    """A room with two PDUs, each on a UPS of its own, and the access switches for what stands in it."""

    room: Room
    pdus: tuple[str, str]
    switches: list[Draft] = field(default_factory=list)
    cooling: list[Draft] = field(default_factory=list)

    @property
    def both_feeds(self) -> tuple[str, ...]:
        return self.pdus


@dataclass(slots=True)
class SiteNetwork:
    """What is built at one site. ``big_switch`` is the access switch of scene 4, at the first site."""

    site: str
    server_rooms: list[ServerRoom] = field(default_factory=list)
    other_rooms: list[Room] = field(default_factory=list)
    cores: list[Draft] = field(default_factory=list)
    firewalls: list[Draft] = field(default_factory=list)
    distribution: list[Draft] = field(default_factory=list)
    floor_switches: list[Draft] = field(default_factory=list)
    big_switch: Draft | None = None

    @property
    def server_switches(self) -> list[Draft]:
        return [switch for room in self.server_rooms for switch in room.switches]

    @property
    def access(self) -> list[Draft]:
        return [*self.server_switches, *self.floor_switches]


def build_network(yard: Yard) -> list[SiteNetwork]:
    """All sites with their rooms, power and network; the first has the cores."""
    cities = yard.rng.sample(CITIES, 3)
    networks = [_build_rooms(yard, place, *city) for place, city in enumerate(cities)]
    _build_cores(yard, networks[0])
    for network in networks:
        _build_firewalls(yard, network)
    _build_wan(yard, networks)
    for place, network in enumerate(networks):
        _build_distribution(yard, network, count=2 * yard.size if place == 0 else yard.size)
        _build_access(yard, network, count=12 * yard.size if place == 0 else 6 * yard.size)
    _make_untidy(yard, networks)
    for network in networks:
        _manage_power(yard, network)
    return networks


# -- rooms and power -------------------------------------------------------------------------------------------------


def _build_rooms(yard: Yard, place: int, code: str, city: str) -> SiteNetwork:
    site = yard.add_site(f"site-{'abc'[place]}", code, city)
    network = SiteNetwork(site=site.key)
    for number in range(1, 3 if place == 0 else 2):
        room = yard.add_room(site.key, f"server room {number}", "server")
        network.server_rooms.append(_power_room(yard, room))
    network.other_rooms.append(yard.add_room(site.key, "offices", "office"))
    if place:
        network.other_rooms.append(yard.add_room(site.key, "production hall" if place == 1 else "cold store", "plant"))
    return network


def _power_room(yard: Yard, room: Room) -> ServerRoom:
    """Two UPS and two PDUs: no power device's own way to the hub may depend on that power device."""
    pdus = []
    for side in "ab":
        ups = yard.place(f"ups-{room.key[-2:]}{side}", "ups", yard.kind("ups", room.site, KINDS["ups"]), room)
        pdu = yard.place(f"pdu-{room.key[-2:]}{side}", "pdu", yard.kind("pdu", room.site, KINDS["pdu"]), room)
        pdu.feeds = (ups.key,)
        pdus.append(pdu.key)
        for box in (ups, pdu):
            yard.give_agent(box, v3=0.1)
    return ServerRoom(room=room, pdus=(pdus[0], pdus[1]))


def _manage_power(yard: Yard, network: SiteNetwork) -> None:
    """The management ports of UPS and PDUs hang on dual-fed switches: all switches in server rooms are."""
    for room in network.server_rooms:
        for box in [box for box in yard.devices.values() if box.role in ("ups", "pdu") and box.room == room.room.key]:
            yard.wire(yard.pick(room.switches or network.server_switches), box)


# -- switches --------------------------------------------------------------------------------------------------------


def _switch(yard: Yard, key: str, role: str, room: Room, feeds: tuple[str, ...]) -> Draft:
    switch = yard.place(key, role, yard.kind(role, room.site, KINDS[role]), room)
    yard.give_agent(switch, v3=0.25 if role == "access" else 0.6)
    yard.speak_lldp(switch)
    switch.forwarding_table = "q-bridge" if yard.chance(0.3) else "dot1d"
    switch.feeds = feeds
    return switch


def _build_cores(yard: Yard, network: SiteNetwork) -> None:
    for number, room in enumerate(network.server_rooms, start=1):
        core = _switch(yard, f"core-{number}", "core", room.room, room.both_feeds)
        core.anchor = True
        core.arp_table = True
        network.cores.append(core)
    yard.wire(*network.cores)


def _build_firewalls(yard: Yard, network: SiteNetwork) -> None:
    """A pair or a single one. Those of the other sites are what their people reach things through."""
    letter = network.site[-1]
    for number in range(1, 3 if yard.chance(0.6) else 2):
        room = network.server_rooms[(number - 1) % len(network.server_rooms)]
        kind = yard.kind("firewall", network.site, KINDS["firewall"])
        firewall = yard.place(f"fw-{letter}{number}", "firewall", kind, room.room)
        yard.give_agent(firewall, v3=0.6)
        yard.speak_lldp(firewall)
        firewall.feeds = room.both_feeds
        firewall.anchor = letter != "a"
        firewall.arp_table = letter != "a"
        network.firewalls.append(firewall)
        for core in network.cores:
            yard.wire(core, firewall)


def _build_wan(yard: Yard, networks: list[SiteNetwork]) -> None:
    """Lines to the first site's firewalls. Providers let no LLDP through: only the company's own list has them."""
    headquarters = networks[0].firewalls
    for network in networks[1:]:
        meshed = yard.chance(0.5)
        for number, firewall in enumerate(network.firewalls):
            one = headquarters[number % len(headquarters)]
            for far in headquarters if meshed else [one]:
                yard.wire(far, firewall, seen_by="imported")


def _build_distribution(yard: Yard, network: SiteNetwork, *, count: int) -> None:
    already = sum(box.role == "distribution" for box in yard.devices.values())
    for number in range(count):
        room = network.server_rooms[number % len(network.server_rooms)]
        switch = _switch(yard, f"dist-{already + number + 1}", "distribution", room.room, room.both_feeds)
        network.distribution.append(switch)
        for upper in network.cores or network.firewalls:
            yard.wire(upper, switch)


def _build_access(yard: Yard, network: SiteNetwork, *, count: int) -> None:
    already = sum(box.role == "access" for box in yard.devices.values())
    keys = [f"acc-{already + number + 1:02d}" for number in range(count)]
    in_rooms = (yard.rng.randint(4, 5) if network.cores else 2) * yard.size
    if network.cores:
        network.big_switch = _server_switch(
            yard, network, keys.pop(yard.rng.randrange(count)), network.server_rooms[0], "single"
        )
        in_rooms -= 1
    for number in range(in_rooms):
        room = network.server_rooms[(number + 1) % len(network.server_rooms)]
        _server_switch(yard, network, keys.pop(0), room, yard.pick(("dual", "dual", "single")))
    while keys:
        _floor_switches(yard, network, keys)


def _server_switch(yard: Yard, network: SiteNetwork, key: str, room: ServerRoom, uplink: Uplink) -> Draft:
    switch = _switch(yard, key, "access", room.room, room.both_feeds)
    room.switches.append(switch)
    _hang(yard, network, switch, uplink)
    return switch


def _floor_switches(yard: Yard, network: SiteNetwork, keys: list[str]) -> None:
    """One more switch outside of the server rooms, or two in a ring; on the mains."""
    uplink: Uplink = yard.pick(("dual", "dual", "single", "chain", "ring"))
    if uplink == "chain" and not network.floor_switches:
        uplink = "single"
    if uplink == "ring" and len(keys) < 2:
        uplink = "dual"
    above = network.floor_switches[-1] if network.floor_switches else None
    new = [
        _switch(yard, keys.pop(0), "access", yard.pick(network.other_rooms), ()) for _ in range(1 + (uplink == "ring"))
    ]
    if uplink == "chain" and above:
        yard.wire(above, new[0])
    elif uplink == "ring":
        _close_ring(yard, network, new)
    else:
        _hang(yard, network, new[0], uplink)
    network.floor_switches.extend(new)


def _close_ring(yard: Yard, network: SiteNetwork, pair: list[Draft]) -> None:
    for number, switch in enumerate(pair):
        yard.wire(network.distribution[number % len(network.distribution)], switch)
    yard.wire(*pair)


def _hang(yard: Yard, network: SiteNetwork, switch: Draft, uplink: Uplink) -> None:
    """On two neighbouring distribution switches, where there are two, or on one."""
    first = yard.rng.randrange(len(network.distribution))
    for number in range(2 if uplink == "dual" and len(network.distribution) > 1 else 1):
        yard.wire(network.distribution[(first + number) % len(network.distribution)], switch)


# -- untidiness and stage --------------------------------------------------------------------------------------------


def _make_untidy(yard: Yard, networks: list[SiteNetwork]) -> None:
    """Each kind of chassis id, two switches with one sysName, and a neighbour that never answers."""
    floor = [switch for network in networks for switch in network.floor_switches]
    for switch, subtype in zip(floor, (CHASSIS_MAC, CHASSIS_NETWORK_ADDRESS, CHASSIS_LOCAL), strict=False):
        switch.chassis_subtype = subtype
    twins = yard.rng.sample(floor, 2)
    twins[1].sys_name = twins[0].sys_name
    host = yard.pick(floor)
    ghost = yard.place("ghost-1", "ghost", GHOST, _room(yard, host))
    yard.speak_lldp(ghost, CHASSIS_MAC)
    yard.wire(host, ghost)


def _room(yard: Yard, draft: Draft) -> Room:
    return next(room for room in yard.rooms if room.key == draft.room)


def build_stage(yard: Yard, network: SiteNetwork) -> tuple[Draft, Draft, Draft]:
    """The hub, the broker and the monitoring, each on its own cable to the first core; no protocol shows them."""
    core = network.cores[0]
    room = _room(yard, core)
    kinds = (("hub", HUB), ("broker", STAGE_SERVER), ("monitoring", STAGE_SERVER))
    hub, broker, monitoring = (yard.place(role, role, kind, room) for role, kind in kinds)
    for box in (hub, broker, monitoring):
        yard.wire(core, box, seen_by="imported")
    return hub, broker, monitoring
