"""What one agent answered, as records: the input of identification and topology."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from discovery.mib.bridge import Bridge
from discovery.mib.entity import Part
from discovery.mib.interfaces import Interface
from discovery.mib.ip import Address, ArpEntry
from discovery.mib.lldp import Lldp
from discovery.mib.system import System
from discovery.mib.ups import Ups
from discovery.ranges import printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A table that could not be read, and why: the device is known, but not the whole of it."""

    table: str
    why: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Device:
    """One agent. ``host`` and ``port`` are where it answered, ``credential`` is the name of what it accepted."""

    host: str
    port: int
    credential: str
    system: System
    interfaces: tuple[Interface, ...] = ()
    addresses: tuple[Address, ...] = ()
    arp: tuple[ArpEntry, ...] = ()
    parts: tuple[Part, ...] = ()
    bridge: Bridge = field(default_factory=lambda: Bridge(ports={}))
    lldp: Lldp = field(default_factory=Lldp)
    ups: Ups | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def mgmt_address(self) -> str:
        return printed((self.host, self.port))

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        return frozenset(address.address for address in self.addresses)

    @cached_property
    def by_index(self) -> dict[int, Interface]:
        return {interface.if_index: interface for interface in self.interfaces}

    @cached_property
    def macs(self) -> frozenset[str]:
        """All MACs that are its own: of its interfaces, its bridge and its chassis."""
        own = {interface.mac for interface in self.interfaces} | {self.bridge.mac, self.chassis_mac}
        return frozenset(own - {""})

    @property
    def chassis_mac(self) -> str:
        """The chassis id that it announces by LLDP, where that is a MAC."""
        return self.lldp.chassis.value if self.lldp.chassis.is_mac else ""
