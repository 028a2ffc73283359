"""Addresses and neighbours of IP: IP-MIB, RFC 4293.

ipAddrTable and ipNetToMediaTable are the old ones (RFC 1213, IPv4 only), ipAddressTable and ipNetToPhysicalTable the
new ones. Agents have either, both or a part of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from discovery.mib.table import Index, Varbinds, columns, inet_address, ipv4_of_index, mac, number, rows

_ADDR_ENTRY = "1.3.6.1.2.1.4.20.1"
_ADDRESS_ENTRY = "1.3.6.1.2.1.4.34.1"
_MEDIA_ENTRY = "1.3.6.1.2.1.4.22.1"
_PHYSICAL_ENTRY = "1.3.6.1.2.1.4.35.1"

ADDRESS_WALKS = (*columns(_ADDR_ENTRY, 2), *columns(_ADDRESS_ENTRY, 3, 4))
"""ipAdEntIfIndex; ipAddressIfIndex and ipAddressType (the index carries the address itself)."""
ARP_WALKS = (*columns(_MEDIA_ENTRY, 2, 4), *columns(_PHYSICAL_ENTRY, 4, 6))
"""PhysAddress and Type of both tables (the index carries interface and address)."""

_INVALID, _LOCAL = 2, 5  # ipNetToMediaType, ipNetToPhysicalType
_UNICAST = 1  # ipAddressType


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of the device itself. ``if_index`` is None where the agent does not tell."""

    address: str
    if_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpEntry:
    """Whom the device has spoken to on a segment: an address (v4 or v6) and its MAC."""

    if_index: int
    address: str
    mac: str


def parse_addresses(varbinds: Varbinds) -> tuple[Address, ...]:
    """The device's own unicast addresses, without loopback, link-local and unspecified ones of either family.

    Addresses in 127/8 stay when they are not 127.0.0.1: some devices number inner ports with them, and so does a
    laboratory on one machine. Whoever binds on addresses must look at all devices first.
    """
    found: dict[str, int | None] = {}
    for index, row in rows(varbinds, _ADDR_ENTRY).items():
        found[ipv4_of_index(index)] = number(row.get(2))
    for index, row in rows(varbinds, _ADDRESS_ENTRY).items():
        if number(row.get(4)) in (None, _UNICAST):
            found.setdefault(_address_of(index), number(row.get(3)))
    return tuple(Address(address=address, if_index=found[address]) for address in found if _is_usable(address))


def _address_of(index: Index) -> str:
    """From ``type, length, octets…``; a few agents leave the length out."""
    kind, rest = (index[0], index[1:]) if index else (0, ())
    if rest and rest[0] == len(rest) - 1:
        rest = rest[1:]
    return inet_address(kind, rest)


def _is_usable(address: str) -> bool:
    if not address or address == "127.0.0.1":
        return False
    parsed = ip_address(address)
    return not (parsed.is_unspecified or parsed.is_link_local or parsed.is_multicast or address == "::1")


def parse_arp(varbinds: Varbinds) -> tuple[ArpEntry, ...]:
    """Neighbours by ARP and neighbour discovery, without the device's own (local) and invalid entries."""
    found: dict[tuple[int, str], str] = {}
    for index, row in rows(varbinds, _MEDIA_ENTRY).items():
        if number(row.get(4)) != _INVALID and len(index) >= 5:
            found[index[0], ipv4_of_index(index[-4:])] = mac(row.get(2))
    for index, row in rows(varbinds, _PHYSICAL_ENTRY).items():
        if number(row.get(6)) not in (_INVALID, _LOCAL) and len(index) > 2:
            found.setdefault((index[0], _address_of(index[1:])), mac(row.get(4)))
    return tuple(
        ArpEntry(if_index=if_index, address=address, mac=physical)
        for (if_index, address), physical in found.items()
        if physical and _is_usable(address)
    )
