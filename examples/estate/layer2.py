"""What a device tells of the network around it.

Sources: LLDP-MIB (IEEE 802.1AB-2005), BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363), and the ARP table of RFC 1213.
``lldpLocPortNum`` and ``dot1dBasePort`` count a device's ports from 1; they are not its ifIndex, as in real devices.
"""

from __future__ import annotations

from collections.abc import Iterator

from examples.estate import ber
from examples.estate.agent import Row
from examples.estate.ber import Oid, integer, octets, unsigned
from examples.estate.forwarding import ROUTING_CLASSES
from examples.estate.model import CHASSIS_MAC, PORT_IF_NAME, PORT_MAC, Device, Lldp, Port
from examples.estate.view import View, mac_bytes

LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
LLDP_LOC_PORT: Oid = (*LLDP, 3, 7, 1)
LLDP_LOC_MAN_ADDR: Oid = (*LLDP, 3, 8, 1)
LLDP_REM: Oid = (*LLDP, 4, 1, 1)
LLDP_REM_MAN_ADDR: Oid = (*LLDP, 4, 2, 1)
BRIDGE: Oid = (1, 3, 6, 1, 2, 1, 17)
BASE_PORT_ENTRY: Oid = (*BRIDGE, 1, 4, 1)
TP_FDB_ENTRY: Oid = (*BRIDGE, 4, 3, 1)
Q_FDB_ENTRY: Oid = (*BRIDGE, 7, 1, 2, 2, 1)
ARP_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 4, 22, 1)

LEARNED, SELF = 3, 4  # dot1dTpFdbStatus
ARP_DYNAMIC, ARP_STATIC = 3, 4  # ipNetToMediaType
VLAN = 1
IPV4 = 1  # IANA address family
IF_INDEX_NUMBERING = 2  # LldpManAddrIfSubtype

# LldpSystemCapabilitiesMap: bit 0 is the highest of the octet.
_BRIDGE_BIT, _ROUTER_BIT, _STATION_BIT = 0x20, 0x08, 0x01


def is_switch(device: Device) -> bool:
    """Whether it bridges, has a VLAN interface and shows the bridge MIB."""
    return device.forwards and device.cls not in ROUTING_CLASSES


def vlan_if_index(device: Device) -> int:
    """The ifIndex of a switch's VLAN interface: behind all its ports."""
    return max(port.if_index for port in device.ports) + 1000


def rows(view: View) -> Iterator[Row]:
    """All rows of the MIBs named above that the device carries."""
    if view.device.lldp is not None:
        yield from _lldp_local(view, view.device.lldp)
        yield from _lldp_remote(view)
    if is_switch(view.device):
        yield from _bridge_base(view)
        yield from _learned(view)
    if view.device.arp_table:
        yield from _arp(view)


# -- LLDP-MIB -------------------------------------------------------------------------------------------------------


def _capabilities(device: Device) -> bytes:
    if device.cls in ROUTING_CLASSES:
        return bytes((_ROUTER_BIT,))
    if device.role in ("core", "distribution"):
        return bytes((_BRIDGE_BIT | _ROUTER_BIT,))
    return bytes((_BRIDGE_BIT if device.forwards else _STATION_BIT,))


def _port_id(lldp: Lldp, port: Port) -> bytes:
    if lldp.port_subtype == PORT_MAC:
        return mac_bytes(port.mac)
    return (port.if_name if lldp.port_subtype == PORT_IF_NAME else str(port.if_index)).encode()


def _address_index(device: Device) -> Oid:
    """(family, length, octets) of the device's address, as it stands in an index."""
    return (IPV4, 4, *(int(part) for part in device.ip.split(".")))


def _lldp_local(view: View, lldp: Lldp) -> Iterator[Row]:
    device = view.device
    yield (*LLDP, 3, 1, 0), integer(lldp.chassis_subtype)
    yield (*LLDP, 3, 2, 0), octets(lldp.chassis_id)
    yield (*LLDP, 3, 3, 0), octets(device.sys_name)
    yield (*LLDP, 3, 4, 0), octets(device.sys_descr)
    yield (*LLDP, 3, 5, 0), octets(_capabilities(device))
    yield (*LLDP, 3, 6, 0), octets(_capabilities(device))
    for number, port in enumerate(device.ports, 1):
        yield (*LLDP_LOC_PORT, 2, number), integer(lldp.port_subtype)
        yield (*LLDP_LOC_PORT, 3, number), octets(_port_id(lldp, port))
        yield (*LLDP_LOC_PORT, 4, number), octets(port.if_name)
    index = _address_index(device)
    yield (*LLDP_LOC_MAN_ADDR, 3, *index), integer(5)
    yield (*LLDP_LOC_MAN_ADDR, 4, *index), integer(IF_INDEX_NUMBERING)
    yield (*LLDP_LOC_MAN_ADDR, 5, *index), integer(device.ports[0].if_index)


def _lldp_remote(view: View) -> Iterator[Row]:
    for number, own in enumerate(view.device.ports, 1):
        if own.if_name in view.heard:
            there, port = view.heard[own.if_name]
            # TimeMark and lldpRemIndex: any numbers that stay while the neighbour does.
            yield from _neighbour((1000 + number, number, number), there, port)


def _neighbour(index: Oid, there: Device, port: Port) -> Iterator[Row]:
    lldp = there.lldp or Lldp(chassis_subtype=CHASSIS_MAC, chassis_id=mac_bytes(there.mac), port_subtype=PORT_MAC)
    columns = {
        4: integer(lldp.chassis_subtype),
        5: octets(lldp.chassis_id),
        6: integer(lldp.port_subtype),
        7: octets(_port_id(lldp, port)),
        8: octets(port.if_name),
        9: octets(there.sys_name),
        10: octets(there.sys_descr),
        11: octets(_capabilities(there)),
        12: octets(_capabilities(there)),
    }
    for number, value in columns.items():
        yield (*LLDP_REM, number, *index), value
    address = (*index, *_address_index(there))
    yield (*LLDP_REM_MAN_ADDR, 3, *address), integer(IF_INDEX_NUMBERING)
    yield (*LLDP_REM_MAN_ADDR, 4, *address), integer(there.ports[0].if_index)
    yield (*LLDP_REM_MAN_ADDR, 5, *address), ber.oid((0, 0))


# -- BRIDGE-MIB, Q-BRIDGE-MIB -----------------------------------------------------------------------------------------


def _bridge_base(view: View) -> Iterator[Row]:
    device = view.device
    yield (*BRIDGE, 1, 1, 0), octets(mac_bytes(device.mac))
    yield (*BRIDGE, 1, 2, 0), integer(len(device.ports))
    yield (*BRIDGE, 1, 3, 0), integer(2)  # dot1dBaseType transparent-only
    for number, port in enumerate(device.ports, 1):
        yield (*BASE_PORT_ENTRY, 1, number), integer(number)
        yield (*BASE_PORT_ENTRY, 2, number), integer(port.if_index)


def _learned(view: View) -> Iterator[Row]:
    device = view.device
    if not device.forwarding_table:
        return
    numbers = {port.if_name: number for number, port in enumerate(device.ports, 1)}
    learned = {mac: numbers[port] for mac, port in view.forwarding.learned(device.key).items()}
    for mac, number in {**learned, device.mac: 0}.items():  # port 0: the bridge itself
        yield from _fdb_entry(device, tuple(mac_bytes(mac)), number)


def _fdb_entry(device: Device, mac: Oid, number: int) -> Iterator[Row]:
    status = integer(LEARNED if number else SELF)
    if device.forwarding_table == "dot1d":
        yield (*TP_FDB_ENTRY, 1, *mac), octets(bytes(mac))
        yield (*TP_FDB_ENTRY, 2, *mac), integer(number)
        yield (*TP_FDB_ENTRY, 3, *mac), status
    else:
        yield (*Q_FDB_ENTRY, 2, VLAN, *mac), unsigned(ber.GAUGE32, number)
        yield (*Q_FDB_ENTRY, 3, VLAN, *mac), status


# -- RFC 1213 -------------------------------------------------------------------------------------------------------


def _arp(view: View) -> Iterator[Row]:
    """ipNetToMediaTable: the hosts of the device's site and itself, on the interface that carries its address."""
    device = view.device
    if_index = vlan_if_index(device) if is_switch(device) else device.ports[0].if_index
    known = {ip: (mac, ARP_DYNAMIC) for ip, (mac, _) in view.forwarding.resolved(device).items()}
    known[device.ip] = (device.mac, ARP_STATIC)
    for ip, (mac, kind) in known.items():
        index = (if_index, *(int(part) for part in ip.split(".")))
        yield (*ARP_ENTRY, 1, *index), integer(if_index)
        yield (*ARP_ENTRY, 2, *index), octets(mac_bytes(mac))
        yield (*ARP_ENTRY, 3, *index), ber.ip_address(ip)
        yield (*ARP_ENTRY, 4, *index), integer(kind)
