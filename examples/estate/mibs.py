"""What a device of the estate answers to SNMP: each MIB that such a device carries, as rows for its agent.

Sources: SNMPv2-MIB (RFC 3418), SNMP-FRAMEWORK-MIB (RFC 3411), IF-MIB (RFC 2863), IP-MIB (RFC 4293 and the older table
of RFC 1213), ENTITY-MIB (RFC 6933), UPS-MIB (RFC 1628); what only switches show is in ``layer2.py``.

A table is made for one :class:`~examples.estate.view.View`; when the view changes (a port goes down, the mains fail) it
is made anew. What changes by the second (sysUpTime, octet counters) is a function in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from examples.estate import ber, layer2
from examples.estate.agent import Row, Table, Value
from examples.estate.ber import COUNTER32, COUNTER64, GAUGE32, TIME_TICKS, Oid, integer, octets, parse_oid, unsigned
from examples.estate.model import Device, Port
from examples.estate.view import View, mac_bytes

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_UP_TIME: Oid = (*SYSTEM, 3, 0)
INTERFACES: Oid = (1, 3, 6, 1, 2, 1, 2)
IF_ENTRY: Oid = (*INTERFACES, 2, 1)
IF_X_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
IP_ADDR_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 4, 20, 1)
IP_ADDRESS_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 4, 34, 1)
ENT_PHYSICAL_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
UPS: Oid = (1, 3, 6, 1, 2, 1, 33, 1)
ENGINE: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1)

UP, DOWN = 1, 2  # IF-MIB::ifOperStatus
ETHERNET, L3_VLAN = 6, 136  # IANAifType: ethernetCsmacd, l3ipvlan
CHASSIS, POWER_SUPPLY = 3, 6  # ENTITY-MIB::PhysicalClass
OUTPUT_NORMAL, OUTPUT_BATTERY = 3, 5  # UPS-MIB::upsOutputSource
ON_BATTERY_ALARM: Oid = (*UPS, 6, 3, 2)  # UPS-MIB::upsAlarmOnBattery
RUNTIME_MINUTES = 42

# sysServices, RFC 3418: the sum of 2^(layer - 1) over the layers that a device serves.
_SERVICES = {"Switch": 2, "Firewall": 76, "Router": 78, "NetworkDevice": 2}
_END_SYSTEM = 72

# These answer the newer table of addresses too; the others still carry the old one only.
_RFC4293_VENDORS = frozenset({"Cisco", "Juniper Networks", "HPE Aruba", "Palo Alto Networks"})
# Agents on a plain net-snmp carry no ENTITY-MIB for the box in real life; these do by their vendor's own agent.
_POWER_SUPPLIES = 2


def table(view: View) -> Table:
    """All that the device answers."""
    return Table(
        [*_system(view), *_interfaces(view), *_addresses(view), *_entity(view), *_ups(view), *layer2.rows(view)]
    )


def own_if_index(device: Device) -> int:
    """The interface that carries the device's own address: a switch's VLAN interface, else its first port."""
    return layer2.vlan_if_index(device) if layer2.is_switch(device) else device.ports[0].if_index


# -- SNMPv2-MIB, SNMP-FRAMEWORK-MIB ---------------------------------------------------------------------------------


def _system(view: View) -> Iterator[Row]:
    device = view.device
    yield (*SYSTEM, 1, 0), octets(device.sys_descr)
    yield (*SYSTEM, 2, 0), ber.oid(parse_oid(device.sys_object_id or "0.0"))
    yield SYS_UP_TIME, lambda: unsigned(TIME_TICKS, view.up_time())
    yield (*SYSTEM, 4, 0), octets(f"it@{view.estate.domain}")
    yield (*SYSTEM, 5, 0), octets(device.sys_name)
    yield (*SYSTEM, 6, 0), octets(f"{device.site} {device.room}")
    yield (*SYSTEM, 7, 0), integer(_SERVICES.get(device.cls, _END_SYSTEM))
    if device.engine_id:
        yield (*ENGINE, 1, 0), octets(device.engine_id)
        yield (*ENGINE, 3, 0), lambda: integer(view.up_time() // 100)


# -- IF-MIB ---------------------------------------------------------------------------------------------------------


def _interfaces(view: View) -> Iterator[Row]:
    ports = view.device.ports
    has_vlan = layer2.is_switch(view.device)
    yield (*INTERFACES, 1, 0), integer(len(ports) + has_vlan)
    for port in ports:
        yield from _interface(view, port, ETHERNET)
    if has_vlan:
        yield from _interface(view, _vlan_interface(view.device), L3_VLAN)


def _vlan_interface(device: Device) -> Port:
    return Port(if_index=layer2.vlan_if_index(device), if_name="Vlan1", mac=device.mac, speed_mbps=1000)


def _interface(view: View, port: Port, if_type: int) -> Iterator[Row]:
    is_up = if_type == L3_VLAN or port.if_name in view.ports_up
    bits = port.speed_mbps * 1_000_000
    zero = unsigned(COUNTER32, 0)
    columns: dict[int, Value] = {
        1: integer(port.if_index),
        2: octets(port.if_name),
        3: integer(if_type),
        4: integer(1500),
        5: unsigned(GAUGE32, min(bits, 0xFFFFFFFF)),
        6: octets(mac_bytes(port.mac)),
        7: integer(UP),
        8: integer(UP if is_up else DOWN),
        9: unsigned(TIME_TICKS, 0),
        10: _octet_counter(view, port, COUNTER32, "in"),
        13: zero,
        14: zero,
        16: _octet_counter(view, port, COUNTER32, "out"),
        19: zero,
        20: zero,
    }
    extended: dict[int, Value] = {
        1: octets(port.if_name),
        6: _octet_counter(view, port, COUNTER64, "in"),
        10: _octet_counter(view, port, COUNTER64, "out"),
        15: unsigned(GAUGE32, port.speed_mbps),
        17: integer(1 if if_type == ETHERNET else 2),
        18: octets(""),
    }
    for number, value in columns.items():
        yield (*IF_ENTRY, number, port.if_index), value
    for number, value in extended.items():
        yield (*IF_X_ENTRY, number, port.if_index), value


def _octet_counter(view: View, port: Port, tag: int, way: str) -> Value:
    """Counts a steady load of up to 2 % of the line, drawn from the port's name, while the port is up."""
    if port.if_name not in view.ports_up:
        return unsigned(tag, 0)
    load = crc32(f"{view.device.key} {port.if_name} {way}".encode()) % 2500  # octets a tick and Gbit/s
    return lambda: unsigned(tag, view.up_time() * load * port.speed_mbps // 1000)


# -- IP-MIB ---------------------------------------------------------------------------------------------------------


def _addresses(view: View) -> Iterator[Row]:
    device = view.device
    index = tuple(int(part) for part in device.ip.split("."))
    if_index = integer(own_if_index(device))
    yield (*IP_ADDR_ENTRY, 1, *index), ber.ip_address(device.ip)
    yield (*IP_ADDR_ENTRY, 2, *index), if_index
    yield (*IP_ADDR_ENTRY, 3, *index), ber.ip_address("255.255.255.0")
    yield (*IP_ADDR_ENTRY, 4, *index), integer(1)
    if device.vendor in _RFC4293_VENDORS:
        yield from _new_address_row((1, 4, *index), if_index)  # InetAddressType ipv4, 4 octets


def _new_address_row(index: Oid, if_index: bytes) -> Iterator[Row]:
    yield (*IP_ADDRESS_ENTRY, 3, *index), if_index
    yield (*IP_ADDRESS_ENTRY, 4, *index), integer(1)  # ipAddressType unicast
    yield (*IP_ADDRESS_ENTRY, 5, *index), ber.oid((0, 0))
    yield (*IP_ADDRESS_ENTRY, 6, *index), integer(2)  # ipAddressOrigin manual
    yield (*IP_ADDRESS_ENTRY, 7, *index), integer(1)  # ipAddressStatus preferred


# -- ENTITY-MIB -----------------------------------------------------------------------------------------------------


def _entity(view: View) -> Iterator[Row]:
    device = view.device
    chassis = {
        2: octets(f"{device.vendor} {device.model}"),
        4: integer(0),
        5: integer(CHASSIS),
        7: octets("Chassis"),
        11: octets(device.serial),
        12: octets(device.vendor),
        13: octets(device.model),
    }
    yield from _part(1, chassis)
    for number in range(1, 1 + _POWER_SUPPLIES if device.forwards else 1):
        yield from _part(number + 1, _power_supply(number))


def _power_supply(number: int) -> dict[int, bytes]:
    """A part that tells neither maker nor serial number, as many do."""
    blank = octets("")
    named = {2: octets("Power supply"), 7: octets(f"PSU {number}"), 11: blank, 12: blank, 13: blank}
    return {**named, 4: integer(1), 5: integer(POWER_SUPPLY)}


def _part(index: int, columns: dict[int, bytes]) -> Iterator[Row]:
    """One row of entPhysicalTable; entPhysicalVendorType, ParentRelPos and IsFRU are the same for all."""
    for number, value in {**columns, 3: ber.oid((0, 0)), 6: integer(index), 16: integer(1)}.items():
        yield (*ENT_PHYSICAL_ENTRY, number, index), value


# -- UPS-MIB --------------------------------------------------------------------------------------------------------


def _ups(view: View) -> Iterator[Row]:
    device = view.device
    if device.cls != "Ups":
        return
    yield (*UPS, 1, 1, 0), octets(device.vendor)
    yield (*UPS, 1, 2, 0), octets(device.model)
    yield (*UPS, 1, 5, 0), octets(device.name)
    yield (*UPS, 2, 1, 0), integer(2)  # upsBatteryStatus batteryNormal
    yield (*UPS, 2, 2, 0), integer(1 if view.on_battery else 0)
    yield (*UPS, 2, 3, 0), integer(RUNTIME_MINUTES)
    yield (*UPS, 2, 4, 0), integer(100)
    yield (*UPS, 3, 2, 0), integer(1)
    yield (*UPS, 4, 1, 0), integer(OUTPUT_BATTERY if view.on_battery else OUTPUT_NORMAL)
    yield (*UPS, 4, 2, 0), integer(500)  # upsOutputFrequency in 0.1 Hz
    yield (*UPS, 4, 3, 0), integer(1)
    yield (*UPS, 6, 1, 0), unsigned(GAUGE32, 1 if view.on_battery else 0)
    if view.on_battery:
        yield (*UPS, 6, 2, 1, 2, 1), ber.oid(ON_BATTERY_ALARM)
        yield (*UPS, 6, 2, 1, 3, 1), unsigned(TIME_TICKS, view.up_time())
