"""Interfaces: ifTable and ifXTable of IF-MIB, RFC 2863."""

from __future__ import annotations

from dataclasses import dataclass

from discovery.mib.table import Varbinds, columns, mac, number, rows, text

_IF_ENTRY = "1.3.6.1.2.1.2.2.1"
_IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1"
_DESCR, _TYPE, _PHYS_ADDRESS = 2, 3, 6
_NAME, _ALIAS = 1, 18

WALKS = (*columns(_IF_ENTRY, _DESCR, _TYPE, _PHYS_ADDRESS), *columns(_IFX_ENTRY, _NAME, _ALIAS))
"""ifIndex is not walked: it is the row's index, and many agents leave the column out. Neither are states,
counters and speeds: the speed of a copper port goes with its state."""

ETHERNET_TYPES = frozenset({6, 7, 26, 62, 69, 117})
"""ethernetCsmacd and what old agents say instead of it (IANAifType-MIB)."""
PHYSICAL_TYPES = ETHERNET_TYPES | {18, 30, 37, 39, 49, 56, 71, 94, 96, 97, 169, 171, 188, 195, 196, 205, 238, 250}
"""Types that a plug or an antenna stands for: Ethernet, E1, DS3, ATM, SONET, Fibre Channel, 802.11, DSL, PON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One interface. ``name`` is never empty: ifName, else ifDescr, else ``ifN``; made unique in its device."""

    if_index: int
    name: str
    descr: str = ""
    alias: str = ""
    type: int | None = None
    mac: str = ""

    @property
    def is_physical(self) -> bool:
        """Whether a cable can be plugged in (as far as the agent tells): a port, and not a VLAN, tunnel or loopback."""
        return self.type in PHYSICAL_TYPES if self.type is not None else bool(self.mac)


def parse(varbinds: Varbinds) -> tuple[Interface, ...]:
    """All interfaces that either table names, by ifIndex."""
    plain, extended = rows(varbinds, _IF_ENTRY), rows(varbinds, _IFX_ENTRY)
    found: list[Interface] = []
    taken: set[str] = set()
    for index in sorted(set(plain) | set(extended)):
        row, more = plain.get(index, {}), extended.get(index, {})
        if len(index) != 1:
            continue
        name = text(more.get(_NAME)) or text(row.get(_DESCR)) or f"if{index[0]}"
        if name in taken:  # some agents give all ports one name, e.g. "Ethernet Interface"
            name = f"{name}#{index[0]}"
        taken.add(name)
        found.append(
            Interface(
                if_index=index[0],
                name=name,
                descr=text(row.get(_DESCR)),
                alias=text(more.get(_ALIAS)),
                type=number(row.get(_TYPE)),
                mac=mac(row.get(_PHYS_ADDRESS)),
            )
        )
    return tuple(found)
