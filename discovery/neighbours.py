"""Links by LLDP: who is meant by a neighbour's chassis id, which port by its port id, and both ends as one cable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from discovery.device import Device
from discovery.mib.lldp import Identifier, IdKind, Neighbour
from discovery.ports import carrier, interface_of_id, local_port_name
from discovery.topology import Doubt, End, Site, Stranger, Topology, Wire, merge_strangers, wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One row of a neighbour table, resolved as far as it goes.

    ``other`` is a device's key, or a stranger's where ``stranger`` is set. ``port`` is the far port, "" if unknown.
    """

    end: End
    row: Neighbour
    other: str
    port: str
    stranger: Stranger | None = None


def links_by_lldp(site: Site) -> Topology:
    """All links that a device reports from its own neighbour table."""
    heard: list[Heard] = []
    doubts: list[Doubt] = []
    for key, device in site.devices.items():
        for row in _one_a_port(device):
            found = _resolve(site, key, device, row)
            (heard if isinstance(found, Heard) else doubts).append(found)  # type: ignore[arg-type]
    wires: set[Wire] = set()
    for one in heard:
        far = _far_end(one, heard)
        if far is None:
            doubts.append(Doubt(end=one.end, what=one.other, why="port_unknown"))
        else:
            wires.add(wire(one.end, far, "lldp"))
    return Topology(
        wires=tuple(sorted(wires, key=lambda one: one.ends)),
        strangers=merge_strangers([one.stranger for one in heard if one.stranger is not None]),
        doubts=tuple(doubts),
    )


def _one_a_port(device: Device) -> Iterator[Neighbour]:
    """The rows without those that only repeat another.

    A host's network card often speaks LLDP besides its operating system: same port, same port id, no name.
    """
    named = {(row.local_port, row.port) for row in device.lldp.neighbours if row.sys_name and row.port}
    for row in device.lldp.neighbours:
        if row.sys_name or (row.local_port, row.port) not in named:
            yield row


def _resolve(site: Site, key: str, device: Device, row: Neighbour) -> Heard | Doubt:
    end = End(key, local_port_name(device, row.local_port))
    candidates = [one for one in _candidates(site, row) if one != key]
    if len(candidates) > 1:
        candidates = list(_that_hear_back(site, candidates, device, end)) or candidates
    if len(candidates) > 1:
        candidates = [one for one in candidates if _port_of(site.devices[one], row)] or candidates
    if len(candidates) > 1:
        return Doubt(end=end, what=row.chassis.value or row.sys_name, why="several_devices_match")
    if candidates:
        return Heard(end=end, row=row, other=candidates[0], port=_port_of(site.devices[candidates[0]], row))
    if row.chassis and row.chassis == device.lldp.chassis:
        return Doubt(end=end, what=row.chassis.value, why="hears_itself")
    stranger = _stranger(row)
    return Heard(end=end, row=row, other=stranger.key, port=_port_in_words(row), stranger=stranger)


def _candidates(site: Site, row: Neighbour) -> list[str]:
    """Devices that the row may mean: by chassis id, else by management address, else by name if they hear us back."""
    announced = [key for key, device in site.devices.items() if _same(device.lldp.chassis, row.chassis)]
    if announced:
        return announced
    if row.chassis.is_mac and (owners := site.by_mac.get(row.chassis.value)):
        return owners
    if row.chassis.kind == IdKind.ADDRESS and (owners := site.by_address.get(row.chassis.value)):
        return owners
    for address in row.addresses:
        if owners := site.by_address.get(address):
            return [key for key in owners if _may_be_named(site.devices[key], row)]
    named = site.by_name.get(row.sys_name, [])
    return named if len(named) == 1 and not row.chassis else []


def _same(own: Identifier, heard: Identifier) -> bool:
    """Whether two chassis ids are one; where an agent leaves the subtype out, the value decides."""
    if not own or own.value != heard.value:
        return False
    return own.kind == heard.kind or IdKind.OTHER in (own.kind, heard.kind)


def _may_be_named(device: Device, row: Neighbour) -> bool:
    """A management address may belong to somebody else's VRRP group: the name must not contradict it."""
    return not row.sys_name or not device.system.name or row.sys_name == device.system.name


def _that_hear_back(site: Site, candidates: Iterable[str], device: Device, end: End) -> Iterator[str]:
    """Those that hear us on some port, and name our port where they name one that we have."""
    for key in candidates:
        for row in site.devices[key].lldp.neighbours:
            if _same(device.lldp.chassis, row.chassis) and _port_of(device, row) in ("", end.port):
                yield key
                break


def _port_of(device: Device, row: Neighbour) -> str:
    """The name of the device's port that a neighbour row means; "" if it has no such port."""
    known = next((port for port in device.lldp.ports if row.port and port.id == row.port), None)
    if known is not None:
        return local_port_name(device, known.number)
    found = interface_of_id(device, row.port, row.port_descr)
    return carrier(device, found).name if found is not None else ""


def _far_end(one: Heard, heard: Iterable[Heard]) -> End | None:
    """The far port: as the other end itself calls it where it hears us back, else as we heard it."""
    if one.stranger is None:
        back = [other for other in heard if other.end.device == one.other and other.other == one.end.device]
        exact = [other for other in back if other.port == one.end.port]
        loose = [other for other in back if not other.port] if not one.port else []
        for found in (exact, loose):
            if len(found) == 1:
                return found[0].end
    words = one.port or _port_in_words(one.row)
    if not words and one.stranger is not None:
        words = f"to {one.end.device} {one.end.port}"
    return End(one.other, words) if words else None


def _port_in_words(row: Neighbour) -> str:
    """What to call a port of a device that we cannot ask: an interface name if one is told.

    Who gives a MAC or a number of its own as port id mostly gives the interface's name as description.
    """
    if row.port and row.port.kind == IdKind.INTERFACE_NAME:
        return row.port.value
    descr_is_name = row.port_descr and " " not in row.port_descr
    return row.port_descr if descr_is_name else row.port.value or row.port_descr


def _stranger(row: Neighbour) -> Stranger:
    """A neighbour that did not answer. Its key is its chassis id: a MAC as bridge tables and later runs would give."""
    if row.chassis.is_mac:
        key = f"mac:{row.chassis.value}"
    elif row.chassis:
        key = f"lldp:{row.chassis.kind.name.lower()}:{row.chassis.value}"
    else:
        key = f"lldp:name:{row.sys_name}"
    macs = [one.value for one in (row.chassis, row.port) if one.is_mac]
    own = [row.chassis.value] if row.chassis.kind == IdKind.ADDRESS else []
    return Stranger(
        key=key,
        seen_by="lldp",
        name=row.sys_name,
        descr=row.sys_descr,
        macs=tuple(sorted(set(macs))),
        addresses=tuple(sorted({*row.addresses, *own})),
        capabilities=row.capabilities,
        chassis_id=row.chassis.value,
        chassis_subtype=row.chassis.kind.name.lower() if row.chassis else "",
    )
