"""What a switch has learned: BRIDGE-MIB, RFC 4188, and Q-BRIDGE-MIB, RFC 4363."""

from __future__ import annotations

from dataclasses import dataclass

from discovery.mib.table import Varbinds, columns, mac, mac_of_index, number, rows

BASE_ADDRESS = "1.3.6.1.2.1.17.1.1.0"
_BASE_PORT_ENTRY = "1.3.6.1.2.1.17.1.4.1"
_TP_FDB_ENTRY = "1.3.6.1.2.1.17.4.3.1"
_Q_FDB_ENTRY = "1.3.6.1.2.1.17.7.1.2.2.1"
_LEARNED = 3  # dot1dTpFdbStatus, dot1qTpFdbStatus; self(4) is the bridge, mgmt(5) was typed in

GETS = (BASE_ADDRESS,)
WALKS = (*columns(_BASE_PORT_ENTRY, 2), *columns(_TP_FDB_ENTRY, 2, 3), *columns(_Q_FDB_ENTRY, 2, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A MAC behind a port. ``vlan`` is the filtering database's id (mostly the VLAN's), None without Q-BRIDGE."""

    mac: str
    if_index: int
    vlan: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """``ports`` maps a bridge port number to its ifIndex; the two are often not equal."""

    mac: str = ""
    ports: dict[int, int]
    learned: tuple[Learned, ...] = ()


def parse(varbinds: Varbinds) -> Bridge:
    ports = {
        index[0]: if_index
        for index, row in rows(varbinds, _BASE_PORT_ENTRY).items()
        if len(index) == 1 and (if_index := number(row.get(2))) is not None
    }
    learned = {
        (entry.mac, entry.if_index): entry for entry in (*_transparent(varbinds, ports), *_per_vlan(varbinds, ports))
    }
    return Bridge(mac=mac(varbinds.get(BASE_ADDRESS)), ports=ports, learned=tuple(learned.values()))


def _transparent(varbinds: Varbinds, ports: dict[int, int]) -> list[Learned]:
    """dot1dTpFdbTable, indexed by MAC."""
    return [
        Learned(mac=address, if_index=ports.get(port, port), vlan=None)
        for index, row in rows(varbinds, _TP_FDB_ENTRY).items()
        if (address := mac_of_index(index)) and (port := number(row.get(2))) and number(row.get(3)) in (None, _LEARNED)
    ]


def _per_vlan(varbinds: Varbinds, ports: dict[int, int]) -> list[Learned]:
    """dot1qTpFdbTable, indexed by filtering database and MAC."""
    return [
        Learned(mac=address, if_index=ports.get(port, port), vlan=index[0])
        for index, row in rows(varbinds, _Q_FDB_ENTRY).items()
        if (address := mac_of_index(index[1:]))
        and (port := number(row.get(2)))
        and number(row.get(3)) in (None, _LEARNED)
    ]
