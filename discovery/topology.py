"""How devices hang together: links between ports, and the devices that only others tell of.

Three kinds of witness, in this order. *LLDP*: a neighbour is matched by its chassis id, its management address, or by
hearing us back; a cable that both ends report is one link. *Bridge tables*: a MAC belongs where it is learned on a
port that leads to no other switch. *ARP*: an address and a MAC that no bridge table shows is a device without a link.
What stays ambiguous is left out and told; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from discovery.device import Device
from discovery.mib.lldp import Capability


@dataclass(frozen=True, slots=True, order=True)
class End:
    """A port of a device: the device's key and the port's name."""

    device: str
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A link, its ends in order. ``seen_by``: lldp or bridge."""

    a: End
    b: End
    seen_by: str

    @property
    def ends(self) -> tuple[End, End]:
        return (self.a, self.b)


def wire(one: End, other: End, seen_by: str) -> Wire:
    low, high = sorted((one, other))
    return Wire(a=low, b=high, seen_by=seen_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A device that others tell of and that did not answer itself. ``seen_by``: lldp, bridge or arp."""

    key: str
    seen_by: str
    name: str = ""
    descr: str = ""
    macs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    capabilities: frozenset[Capability] = frozenset()
    chassis_id: str = ""
    chassis_subtype: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A sighting that could not be resolved: at which port, of whom, and why (code)."""

    end: End
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    wires: tuple[Wire, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(slots=True, kw_only=True)
class Site:
    """The devices of a run by key, and who owns which value. A value that two devices own leads to both."""

    devices: dict[str, Device]
    by_mac: dict[str, list[str]] = field(default_factory=dict)
    by_address: dict[str, list[str]] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, device in self.devices.items():
            for mac in device.macs:
                self.by_mac.setdefault(mac, []).append(key)
            for address in device.own_addresses | {device.host}:
                self.by_address.setdefault(address, []).append(key)
            if device.system.name:
                self.by_name.setdefault(device.system.name, []).append(key)

    def owner_of_mac(self, mac: str) -> str | None:
        owners = self.by_mac.get(mac, [])
        return owners[0] if len(owners) == 1 else None


def merge_strangers(strangers: Sequence[Stranger]) -> tuple[Stranger, ...]:
    """One record a key: two witnesses of one neighbour add to each other."""
    found: dict[str, Stranger] = {}
    for one in strangers:
        known = found.get(one.key)
        found[one.key] = _joined(known, one) if known else one
    return tuple(found[key] for key in sorted(found))


def _joined(first: Stranger, second: Stranger) -> Stranger:
    return Stranger(
        key=first.key,
        seen_by=first.seen_by,
        name=first.name or second.name,
        descr=first.descr or second.descr,
        macs=tuple(sorted({*first.macs, *second.macs})),
        addresses=tuple(sorted({*first.addresses, *second.addresses})),
        capabilities=first.capabilities | second.capabilities,
        chassis_id=first.chassis_id or second.chassis_id,
        chassis_subtype=first.chassis_subtype or second.chassis_subtype,
    )
