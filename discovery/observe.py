"""Devices and topology as observations for the reconciler: the last pure step of a run.

Native keys are those of identification and topology, so that a run that finds the same says the same. Nothing that
changes by itself (uptime, counters, states, speeds) is observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from cmdb.catalogue import Catalogue
from cmdb.model import Claim, Observation, ObservedRelation, ScopedClaim, Value
from discovery.device import Device
from discovery.identify import Identity
from discovery.mib.interfaces import Interface
from discovery.mib.lldp import Capability
from discovery.topology import End, Stranger, Topology, Wire

SOURCE = "discovery:snmp"


class Observer:
    """Turns one run's findings into observations, devices first, then ports, then links."""

    def __init__(self, catalogue: Catalogue, at: datetime) -> None:
        self._catalogue = catalogue
        self._at = at
        self._names: dict[str, str] = {}

    def observe(self, found: Mapping[str, tuple[Device, Identity]], topology: Topology) -> tuple[Observation, ...]:
        ports = _ports(found, topology.wires)
        self._names = {key: identity.name for key, (_, identity) in found.items()}
        self._names |= {stranger.key: _stranger_name(stranger) for stranger in topology.strangers}
        return (
            *(self._device(identity) for _, identity in found.values()),
            *(self._stranger(stranger) for stranger in topology.strangers),
            *self._ports(ports, topology.wires),
            *(self._link(one) for one in topology.wires),
        )

    def _device(self, identity: Identity) -> Observation:
        return Observation(
            source=SOURCE,
            native_key=identity.key,
            cls=identity.cls,
            name=identity.name,
            observed_at=self._at,
            attributes=identity.attributes,
            claims=identity.claims,
        )

    def _stranger(self, stranger: Stranger) -> Observation:
        """A device that others tell of. Without a MAC or an address, its chassis id is all that names it."""
        raw = [("bridge_mac", mac) for mac in stranger.macs if mac == stranger.chassis_id]
        raw += [("mac", mac) for mac in stranger.macs]
        raw += [("address", address) for address in stranger.addresses]
        claims = [self._catalogue.normal(Claim(kind=kind, value=value)) for kind, value in raw]
        if not any(claims):
            claims = [Claim(kind="key", value=f"{SOURCE}|{stranger.key}")]
        attributes: dict[str, Value] = {
            "sys_name": stranger.name,
            "sys_descr": stranger.descr,
            "mac": stranger.macs[0] if stranger.macs else "",
            "macs": list(stranger.macs),
            "addresses": list(stranger.addresses),
            "chassis_id": stranger.chassis_id,
            "chassis_subtype": stranger.chassis_subtype,
        }
        return Observation(
            source=SOURCE,
            native_key=stranger.key,
            cls=_stranger_class(stranger),
            name=_stranger_name(stranger),
            observed_at=self._at,
            attributes={name: value for name, value in attributes.items() if value},
            claims=tuple(claim for claim in claims if claim is not None),
        )

    def _ports(self, ports: Mapping[End, Interface | None], wires: Iterable[Wire]) -> Iterator[Observation]:
        wired: dict[End, list[Wire]] = {}
        for one in wires:
            wired.setdefault(one.a, []).append(one)
        for end, interface in ports.items():
            attributes: dict[str, Value] = {"if_name": end.port, **_port_attributes(interface)}
            connections = (
                ObservedRelation(type="CONNECTS_TO", to=port_key(one.b), attributes={"link": link_key(one)})
                for one in wired.get(end, ())
            )
            yield Observation(
                source=SOURCE,
                native_key=port_key(end),
                cls="Port",
                name=end.port,
                observed_at=self._at,
                attributes=attributes,
                scoped_claims=(ScopedClaim(kind="port", refs=(end.device,), value=end.port),),
                relations=(ObservedRelation(type="PORT_OF", to=end.device), *connections),
            )

    def _link(self, one: Wire) -> Observation:
        keys = tuple(port_key(end) for end in one.ends)
        title = " ↔ ".join(f"{self._names.get(end.device, end.device)} {end.port}" for end in one.ends)
        return Observation(
            source=SOURCE,
            native_key=link_key(one),
            cls="Link",
            name=title,
            observed_at=self._at,
            attributes={"seen_by": one.seen_by},
            scoped_claims=(ScopedClaim(kind="link", refs=keys),),
            relations=tuple(ObservedRelation(type="ENDS_AT", to=key) for key in keys),
        )


def port_key(end: End) -> str:
    return f"{end.device}|{end.port}"


def link_key(one: Wire) -> str:
    return f"{port_key(one.a)} <-> {port_key(one.b)}"


def _ports(found: Mapping[str, tuple[Device, Identity]], wires: Iterable[Wire]) -> dict[End, Interface | None]:
    """All physical ports of the devices that answered, and every other port at which a link ends."""
    named: dict[End, Interface | None] = {}
    every: dict[End, Interface] = {}
    for key, (device, _) in found.items():
        for interface in device.interfaces:
            every[End(key, interface.name)] = interface
            if interface.is_physical:
                named[End(key, interface.name)] = interface
    for one in wires:
        for end in one.ends:
            named.setdefault(end, every.get(end))
    return named


def _port_attributes(interface: Interface | None) -> dict[str, Value]:
    if interface is None:
        return {}
    known: dict[str, Value | None] = {
        "if_index": interface.if_index,
        "if_descr": interface.descr,
        "if_alias": interface.alias,
        "if_type": interface.type,
        "mac": interface.mac,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _stranger_name(stranger: Stranger) -> str:
    candidates = (stranger.name, stranger.chassis_id, *stranger.addresses, *stranger.macs, stranger.key)
    return next(candidate for candidate in candidates if candidate)


def _stranger_class(stranger: Stranger) -> str:
    """By its LLDP capabilities, in doubt the more general class."""
    announced = stranger.capabilities
    if Capability.TELEPHONE in announced or Capability.STATION_ONLY in announced:
        return "Hardware"
    bridges, routes = Capability.BRIDGE in announced, Capability.ROUTER in announced
    if Capability.WLAN_ACCESS_POINT in announced or (bridges and routes):
        return "NetworkDevice"
    if routes:
        return "Router"
    return "Switch" if bridges else "Hardware"
