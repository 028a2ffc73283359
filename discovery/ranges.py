"""Declared ranges: where discovery may ask, and with which credentials. Nothing outside of them is ever asked.

Written ``10.0.0.0/24`` (port 161), ``10.0.0.7:1161``, ``127.0.0.1:20000-20100``, ``[2001:db8::/120]:161``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from discovery.errors import RangeError

Network: TypeAlias = IPv4Network | IPv6Network
Place: TypeAlias = tuple[str, int]
"""An IP address and a UDP port."""

SNMP_PORT = 161
MAX_SWEPT = 65_536
"""Addresses times ports that one range may sweep: a /16. Larger ones are for crawling only."""

_FORM = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:./]+)\]|(?P<plain>[^\[\]]+?))(?::(?P<first>\d+)(?:-(?P<last>\d+))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A network, the UDP ports at which its agents listen, and what may be tried there.

    ``credentials`` are names, tried in this order but v3 before v2c; v2c only where ``allow_v2c``. ``swept`` false:
    addresses are asked only when a neighbour names them. ``excluded`` networks are never asked.
    """

    network: Network
    first_port: int = SNMP_PORT
    last_port: int = SNMP_PORT
    credentials: tuple[str, ...] = ()
    allow_v2c: bool = False
    swept: bool = True
    excluded: tuple[Network, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.first_port <= self.last_port < 65536:
            raise RangeError(f"{self}: the ports {self.first_port}-{self.last_port} are no range; use 1 to 65535")
        if self.swept and self.size > MAX_SWEPT:
            raise RangeError(
                f"{self}: {self.size} addresses and ports are too many to sweep (at most {MAX_SWEPT}); "
                "declare smaller ranges, or let it be crawled only"
            )

    def __str__(self) -> str:
        network = f"[{self.network}]" if self.network.version == 6 else str(self.network)
        ports = str(self.first_port) if self.first_port == self.last_port else f"{self.first_port}-{self.last_port}"
        return f"{network}:{ports}"

    @property
    def size(self) -> int:
        return self.network.num_addresses * len(self.ports)

    @property
    def ports(self) -> range:
        return range(self.first_port, self.last_port + 1)

    @property
    def names_one_place(self) -> bool:
        """Whether it was declared for one agent, which is then expected to answer."""
        return self.size == 1

    def covers(self, host: str) -> bool:
        address = ip_address(host)
        if address not in self.network:
            return False
        return not any(address in network for network in self.excluded)

    def places(self) -> Iterator[Place]:
        """Every address and port, lowest first, without network and broadcast address."""
        single = self.network.num_addresses == 1
        for address in [self.network.network_address] if single else self.network.hosts():
            if self.covers(str(address)):
                yield from ((str(address), port) for port in self.ports)


def parse_range(
    text: str,
    *,
    credentials: Sequence[str] = (),
    allow_v2c: bool = False,
    swept: bool = True,
    excluded: Sequence[str] = (),
) -> Range:
    """A range from its written form.

    Raises:
        RangeError: not an address or network, a bad port, or too large to be swept.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise RangeError(f"{text!r} is no range; write 10.0.0.0/24, 10.0.0.7:1161 or [2001:db8::/120]:161")
    first = int(match["first"] or SNMP_PORT)
    return Range(
        network=_network(match["six"] or match["plain"]),
        first_port=first,
        last_port=int(match["last"] or first),
        credentials=tuple(credentials),
        allow_v2c=allow_v2c,
        swept=swept,
        excluded=tuple(_network(one) for one in excluded),
    )


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise RangeError(f"{text!r} is no address or network: {error}") from error


def printed(place: Place) -> str:
    """``address:port`` as management addresses are written, ``[address]:port`` for IPv6."""
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def ranges_of(ranges: Sequence[Range], place: Place) -> tuple[Range, ...]:
    """The declared ranges that hold a place."""
    host, port = place
    return tuple(one for one in ranges if port in one.ports and one.covers(host))


def places_of(ranges: Sequence[Range], host: str) -> tuple[Place, ...]:
    """Where an agent at this address may listen: the single-port ranges that cover it.

    Ranges of many ports stand for many agents behind one address; an address alone names none of them.
    """
    found = {(host, one.first_port) for one in ranges if one.first_port == one.last_port and one.covers(host)}
    return tuple(sorted(found))
