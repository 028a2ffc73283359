"""Links by bridge tables, and devices that only bridge tables or ARP know.

A switch learns a MAC on the port through which it hears it, so a MAC shows on every switch on the way. It hangs where
it shows on a port that leads to no other switch. Behind a port with a known neighbour that is no switch (a server that
hosts virtual machines, a telephone) further MACs belong to that neighbour and are no devices of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from discovery.knowledge import Knowledge
from discovery.mib.lldp import Capability
from discovery.ports import interface_of_mac, port_name
from discovery.topology import Doubt, End, Site, Stranger, Topology, Wire, wire

_PASSES_ON = {Capability.BRIDGE, Capability.ROUTER, Capability.REPEATER, Capability.WLAN_ACCESS_POINT}


class Learned:
    """The bridge and ARP tables of a run beside what LLDP has shown already.

    ``switches`` are the keys of the devices whose tables count: a host's bridge knows its own virtual machines only.
    """

    def __init__(self, site: Site, lldp: Topology, switches: Iterable[str], knowledge: Knowledge) -> None:
        self._site = site
        self._knowledge = knowledge
        self._switches = frozenset(switches)
        self._strangers = {stranger.key: stranger for stranger in lldp.strangers}
        self._wired: dict[End, set[str]] = defaultdict(set)
        self._partners: dict[str, set[str]] = defaultdict(set)
        for one in lldp.wires:
            for near, far in (one.ends, one.ends[::-1]):
                self._wired[near].add(far.device)
                self._partners[near.device].add(far.device)
        self._macs = self._macs_by_port()
        self._known = {mac for stranger in lldp.strangers for mac in stranger.macs}
        self._doubts: list[Doubt] = []

    def topology(self) -> Topology:
        """What the tables add to what LLDP has shown."""
        wires: set[Wire] = {*self._between_switches()}
        strangers: dict[str, Stranger] = {}
        for mac, ends in self._sightings().items():
            owner = self._site.owner_of_mac(mac)
            if owner is not None:
                wires.update(self._wire_of_device(owner, mac, ends))
            elif mac not in self._site.by_mac and mac not in self._known:
                place = self._place_of_stranger(mac, ends)
                if place is not None:
                    strangers[mac] = Stranger(key=f"mac:{mac}", seen_by="bridge", macs=(mac,))
                    wires.update(wire(end, End(f"mac:{mac}", mac), "bridge") for end in place)
        found = self._with_arp(strangers)
        return Topology(
            wires=tuple(sorted(wires, key=lambda one: one.ends)),
            strangers=tuple(found[mac] for mac in sorted(found)),
            doubts=tuple(self._doubts),
        )

    def _macs_by_port(self) -> Mapping[End, set[str]]:
        """What each port of each switch has learned, without the switch's own MACs and without made-up ones."""
        found: dict[End, set[str]] = defaultdict(set)
        for key in self._switches:
            device = self._site.devices[key]
            for entry in device.bridge.learned:
                if entry.mac not in device.macs and not self._knowledge.is_unspecific(entry.mac):
                    found[End(key, port_name(device, entry.if_index))].add(entry.mac)
        return found

    def _sightings(self) -> dict[str, list[End]]:
        found: dict[str, list[End]] = defaultdict(list)
        for end in sorted(self._macs):
            for mac in self._macs[end]:
                found[mac].append(end)
        return dict(sorted(found.items()))

    def _leads_on(self, end: End) -> bool:
        """Whether another switch hangs at this port."""
        if any(self._passes_on(key) for key in self._wired.get(end, ())):
            return True
        return bool(self._switches_behind(end))

    def _passes_on(self, key: str) -> bool:
        if key in self._switches:
            return True
        stranger = self._strangers.get(key)
        return stranger is not None and bool(stranger.capabilities & _PASSES_ON)

    def _owners_behind(self, end: End) -> set[str]:
        """Devices of the run of which a MAC is learned at this port."""
        return {owner for mac in self._macs.get(end, ()) if (owner := self._site.owner_of_mac(mac)) is not None}

    def _switches_behind(self, end: End) -> set[str]:
        return self._owners_behind(end) & self._switches

    def _holders(self, end: End) -> set[str]:
        """Who hangs at this port by LLDP; at a LAG, whoever LLDP shows at its members and the LAG has learned."""
        return self._wired.get(end, set()) | (self._owners_behind(end) & self._partners.get(end.device, set()))

    def _between_switches(self) -> Iterable[Wire]:
        """Two switches without LLDP are neighbours if each hears the other where it hears no third one in common."""
        behind_ports = {end: self._switches_behind(end) for end in self._macs if not self._wired.get(end)}
        seen = {end: behind for end, behind in behind_ports.items() if behind}
        for end, behind in seen.items():
            for other in behind - self._partners.get(end.device, set()):
                back = [far for far, heard in seen.items() if far.device == other and end.device in heard]
                if len(back) == 1 and not (behind & seen[back[0]]):
                    yield wire(end, back[0], "bridge")

    def _wire_of_device(self, owner: str, mac: str, ends: list[End]) -> Iterable[Wire]:
        """The link of a device that answers SNMP and does not speak LLDP (at this port)."""
        interface = interface_of_mac(self._site.devices[owner], mac)
        if owner in self._switches or interface is None:
            return
        near = End(owner, port_name(self._site.devices[owner], interface.if_index))
        edges = [end for end in ends if not self._leads_on(end) and owner not in self._holders(end)]
        free = [end for end in edges if not self._holders(end)]
        place = self._closest(free, mac)
        if near not in self._wired and place is not None:
            yield wire(place, near, "bridge")

    def _place_of_stranger(self, mac: str, ends: list[End]) -> list[End] | None:
        """Where a MAC without an agent hangs: a port, nowhere that can be told, or None if it is no device."""
        edges = [end for end in ends if not self._leads_on(end)]
        if any(self._holders(end) for end in edges):
            return None
        if not edges:
            return None if self._knowledge.is_virtual(mac) else []
        if self._is_guest(mac, edges):
            return None
        place = self._closest(edges, mac)
        return [place] if place is not None else []

    def _is_guest(self, mac: str, edges: list[End]) -> bool:
        """Whether it shares its port with a machine: somebody that answers SNMP, or a MAC that is not made up."""
        others = {other for end in edges for other in self._macs[end]} - {mac}
        if any(self._site.owner_of_mac(other) for other in others):
            return True
        return self._knowledge.is_virtual(mac) and any(not self._knowledge.is_virtual(other) for other in others)

    def _closest(self, ends: list[End], mac: str) -> End | None:
        """Of several ports the one with the fewest MACs behind it; None, and a doubt, if two are alike."""
        ranked = sorted(ends, key=lambda end: (len(self._macs[end]), end))
        if len(ranked) > 1 and len(self._macs[ranked[0]]) == len(self._macs[ranked[1]]):
            self._doubts.append(Doubt(end=ranked[0], what=mac, why="several_ports_match"))
            return None
        return ranked[0] if ranked else None

    def _with_arp(self, strangers: Mapping[str, Stranger]) -> dict[str, Stranger]:
        """Addresses for the MACs found, and the devices that ARP alone shows."""
        addresses: dict[str, set[str]] = defaultdict(set)
        claimed: dict[str, set[str]] = defaultdict(set)
        for device in self._site.devices.values():
            for entry in device.arp:
                addresses[entry.mac].add(entry.address)
                claimed[entry.address].add(entry.mac)
        found = dict(strangers)
        for mac, at in addresses.items():
            own = tuple(sorted(address for address in at if len(claimed[address]) == 1))
            seen = strangers.get(mac)
            if seen is not None:
                found[mac] = Stranger(key=seen.key, seen_by=seen.seen_by, macs=seen.macs, addresses=own)
            elif self._is_new_by_arp(mac, at):
                found[mac] = Stranger(key=f"mac:{mac}", seen_by="arp", macs=(mac,), addresses=own)
        return found

    def _is_new_by_arp(self, mac: str, addresses: set[str]) -> bool:
        """Whether nobody accounts for this MAC: no device or neighbour has it or its address, no table shows it."""
        if mac in self._site.by_mac or mac in self._known or self._knowledge.is_unspecific(mac):
            return False
        taken = {address for stranger in self._strangers.values() for address in stranger.addresses}
        if addresses & (taken | self._site.by_address.keys()):
            return False
        return all(mac not in learned for learned in self._macs.values())
