"""Which interface a name, a MAC or a number means: every protocol has its own way to call a port."""

from __future__ import annotations

from collections.abc import Callable

from discovery.device import Device
from discovery.mib.interfaces import Interface
from discovery.mib.lldp import Identifier, IdKind, LocalPort


def interface_of_id(device: Device, port: Identifier, descr: str = "") -> Interface | None:
    """The interface that an LLDP port id means, with the port's description as second witness.

    Text is tried as name, description and alias before digits are tried as ifIndex: many switches call port 23 "23".
    """
    if port.is_mac and (found := _only(device, lambda one: one.mac == port.value)):
        return found
    if port.kind == IdKind.ADDRESS:
        owned = [address.if_index for address in device.addresses if address.address == port.value]
        return device.by_index.get(owned[0]) if len(owned) == 1 and owned[0] is not None else None
    for text in (port.value, descr):
        if text and (found := _by_text(device, text)):
            return found
    if port.value.isdecimal() and port.kind not in (IdKind.INTERFACE_NAME, IdKind.INTERFACE_ALIAS):
        return device.by_index.get(int(port.value))
    return None


def _by_text(device: Device, text: str) -> Interface | None:
    return (
        _only(device, lambda one: one.name == text)
        or _only(device, lambda one: one.descr == text)
        or _only(device, lambda one: one.alias == text)
    )


def _only(device: Device, fits: Callable[[Interface], bool]) -> Interface | None:
    """The one that fits; of several the only physical one, since VLAN and LAG interfaces copy names and MACs."""
    found = [one for one in device.interfaces if fits(one)]
    if len(found) > 1:
        found = [one for one in found if one.is_physical]
    return found[0] if len(found) == 1 else None


def local_port_name(device: Device, number: int) -> str:
    """The name of the port that LLDP numbers so: by lldpLocPortTable, else as ifIndex, else as bridge port.

    IEEE 802.1AB-2005 lets agents number ports as they like. An ifIndex that is no physical port is taken for a
    bridge port number that happens to be one.
    """
    row = next((port for port in device.lldp.ports if port.number == number), None)
    if row is not None and (found := interface_of_id(device, row.id, row.descr)):
        return carrier(device, found).name
    plain = device.by_index.get(number)
    bridged = device.by_index.get(device.bridge.ports.get(number, -1))
    found = plain if plain is not None and plain.is_physical else bridged or plain
    if found is not None:
        return carrier(device, found).name
    return _own_words(row) or f"port {number}"


def _own_words(row: LocalPort | None) -> str:
    return row.id.value or row.descr if row is not None else ""


def port_name(device: Device, if_index: int) -> str:
    """The name of the port with this ifIndex; ``ifN`` where the interface table has no such row."""
    found = device.by_index.get(if_index)
    return carrier(device, found).name if found is not None else f"if{if_index}"


def interface_of_mac(device: Device, mac: str) -> Interface | None:
    """The interface that has this MAC: the physical one if a VLAN or a bridge copies it."""
    having = [one for one in device.interfaces if one.mac == mac]
    return next((one for one in having if one.is_physical), having[0] if having else None)


def carrier(device: Device, interface: Interface) -> Interface:
    """The physical port under a logical unit: Junos says ``ge-0/0/0.0``, its neighbour means ``ge-0/0/0``."""
    parent, dot, unit = interface.name.rpartition(".")
    if not dot or not unit.isdecimal() or interface.is_physical:
        return interface
    return next((one for one in device.interfaces if one.name == parent and one.is_physical), interface)
