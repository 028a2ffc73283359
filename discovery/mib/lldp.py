"""Neighbours: LLDP-MIB, IEEE 802.1AB-2005, with the identifiers' subtypes of clause 9.5.

Three things go wrong in the field. ``lldpLocPortNum`` is not an ifIndex (some agents number bridge ports, some
their own way). A chassis id of subtype macAddress comes as six octets from most agents and as printed text from
some. Agents leave out columns, and one neighbour stands in the table twice under two time marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from discovery.mib.table import (
    Index,
    Row,
    Scalar,
    Varbinds,
    columns,
    inet_address,
    mac,
    number,
    octets,
    rows,
    text,
)

_LOCAL = "1.0.8802.1.1.2.1.3"
_LOC_CHASSIS_SUBTYPE, _LOC_CHASSIS, _LOC_CAPABILITIES = f"{_LOCAL}.1.0", f"{_LOCAL}.2.0", f"{_LOCAL}.6.0"
_LOC_PORT_ENTRY = f"{_LOCAL}.7.1"
_REM_ENTRY = "1.0.8802.1.1.2.1.4.1.1"
_MAN_ADDR_ENTRY = "1.0.8802.1.1.2.1.4.2.1"

GETS = (_LOC_CHASSIS_SUBTYPE, _LOC_CHASSIS, _LOC_CAPABILITIES)
WALKS = (*columns(_LOC_PORT_ENTRY, 2, 3, 4), _REM_ENTRY, *columns(_MAN_ADDR_ENTRY, 3))
"""lldpRemTable is walked whole: nearly all of its columns are needed. Of lldpRemManAddrTable the index says all."""


class Capability(IntEnum):
    """Bits of LldpSystemCapabilitiesMap, most significant bit of the first octet first."""

    OTHER = 0
    REPEATER = 1
    BRIDGE = 2
    WLAN_ACCESS_POINT = 3
    ROUTER = 4
    TELEPHONE = 5
    DOCSIS = 6
    STATION_ONLY = 7


class IdKind(IntEnum):
    """What an identifier is, chassis and port subtypes in one list (their numbers differ in the MIB)."""

    OTHER = 0
    MAC = 1
    ADDRESS = 2
    INTERFACE_NAME = 3
    INTERFACE_ALIAS = 4
    LOCAL = 5


_CHASSIS_KINDS = {
    2: IdKind.INTERFACE_ALIAS,
    4: IdKind.MAC,
    5: IdKind.ADDRESS,
    6: IdKind.INTERFACE_NAME,
    7: IdKind.LOCAL,
}
_PORT_KINDS = {1: IdKind.INTERFACE_ALIAS, 3: IdKind.MAC, 4: IdKind.ADDRESS, 5: IdKind.INTERFACE_NAME, 7: IdKind.LOCAL}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A chassis or port id with its value in one spelling: ``aa:bb:…`` for a MAC, dotted for an address, else text."""

    kind: IdKind
    value: str

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def is_mac(self) -> bool:
        return self.kind == IdKind.MAC


NOTHING = Identifier(IdKind.OTHER, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPort:
    """A row of lldpLocPortTable. ``number`` is lldpLocPortNum, which rows of the remote table refer to."""

    number: int
    id: Identifier
    descr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A row of lldpRemTable with its management addresses."""

    local_port: int
    chassis: Identifier
    port: Identifier
    port_descr: str = ""
    sys_name: str = ""
    sys_descr: str = ""
    capabilities: frozenset[Capability] = frozenset()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lldp:
    """What a device says of itself by LLDP and whom it hears."""

    chassis: Identifier = NOTHING
    capabilities: frozenset[Capability] = frozenset()
    ports: tuple[LocalPort, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


def parse(varbinds: Varbinds) -> Lldp:
    ports = tuple(
        LocalPort(number=index[0], id=_identifier(_PORT_KINDS, row.get(2), row.get(3)), descr=text(row.get(4)))
        for index, row in rows(varbinds, _LOC_PORT_ENTRY).items()
        if len(index) == 1
    )
    return Lldp(
        chassis=_identifier(_CHASSIS_KINDS, varbinds.get(_LOC_CHASSIS_SUBTYPE), varbinds.get(_LOC_CHASSIS)),
        capabilities=_capabilities(varbinds.get(_LOC_CAPABILITIES)),
        ports=ports,
        neighbours=_neighbours(varbinds),
    )


def _neighbours(varbinds: Varbinds) -> tuple[Neighbour, ...]:
    """One record a neighbour and port; of two rows that differ in time mark alone, the newer wins."""
    addresses = _management_addresses(varbinds)
    found: dict[tuple[int, Identifier, Identifier], Neighbour] = {}
    for index, row in rows(varbinds, _REM_ENTRY).items():  # in order of the time mark
        if len(index) == 3 and (neighbour := _neighbour(index, row, addresses.get(index, ()))):
            found[neighbour.local_port, neighbour.chassis, neighbour.port] = neighbour
    return tuple(found.values())


def _neighbour(index: Index, row: Row, addresses: tuple[str, ...]) -> Neighbour | None:
    """None for a row that names nobody (an agent that has heard a frame it could not read)."""
    chassis = _identifier(_CHASSIS_KINDS, row.get(4), row.get(5))
    name = text(row.get(9))
    if not chassis and not name:
        return None
    return Neighbour(
        local_port=index[1],
        chassis=chassis,
        port=_identifier(_PORT_KINDS, row.get(6), row.get(7)),
        port_descr=text(row.get(8)),
        sys_name=name,
        sys_descr=text(row.get(10)),
        capabilities=_capabilities(row.get(12)),
        addresses=addresses,
    )


def _management_addresses(varbinds: Varbinds) -> dict[Index, tuple[str, ...]]:
    """LldpRemManAddrTable by (time mark, local port, index); the address stands in the row's index."""
    found: dict[Index, list[str]] = {}
    for index in rows(varbinds, _MAN_ADDR_ENTRY):
        if len(index) > 5 and (address := inet_address(index[3], index[5 : 5 + index[4]])):
            found.setdefault(index[:3], []).append(address)
    return {index: tuple(addresses) for index, addresses in found.items()}


def _identifier(kinds: dict[int, IdKind], subtype: Scalar, value: Scalar) -> Identifier:
    """An id in one spelling. What does not look like its subtype is taken as text, and six odd octets as a MAC."""
    kind = kinds.get(number(subtype) or 0, IdKind.OTHER)
    raw = octets(value)
    if kind == IdKind.ADDRESS and (address := _network_address(raw)):
        return Identifier(IdKind.ADDRESS, address)
    is_odd = len(raw) == 6 and not text(raw).isascii()
    if (kind == IdKind.MAC or is_odd) and (address := mac(value)):
        return Identifier(IdKind.MAC, address)
    return Identifier(IdKind.OTHER if kind in (IdKind.MAC, IdKind.ADDRESS) else kind, text(value))


def _network_address(raw: bytes) -> str:
    """An address after its IANA family number, 1 for IPv4, 2 for IPv6; some send four bare octets or print it."""
    if raw and (address := inet_address(raw[0], raw[1:])):
        return address
    if len(raw) == 4:
        return inet_address(1, raw)
    printed = text(raw)
    parts = printed.split(".")
    return printed if len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts) else ""


def _capabilities(value: Scalar) -> frozenset[Capability]:
    raw = octets(value)
    return frozenset(bit for bit in Capability if raw and raw[0] & (0x80 >> bit))
