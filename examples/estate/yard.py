"""Where an estate is put together: hands out addresses, MACs, serials, credentials and ports, and lays cables."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeVar

from examples.estate.hardware import Kind
from examples.estate.model import (
    CHASSIS_LOCAL,
    CHASSIS_MAC,
    CHASSIS_NETWORK_ADDRESS,
    PORT_IF_NAME,
    PORT_LOCAL,
    PORT_MAC,
    Address,
    CommunityV2c,
    Credential,
    Device,
    End,
    Iot,
    Link,
    Lldp,
    Port,
    Room,
    SeenBy,
    Site,
    UserV3,
)

T = TypeVar("T")

SNMP_PORT = 16100
"""Unprivileged, so that an ordinary user can run the agents."""

SITE_STRIDE = 64
"""The third octets of site n start at n times this: a site has room for 64 blocks of 200 addresses."""

ADDRESSES_PER_BLOCK = 200


@dataclass(slots=True, kw_only=True)
class Draft:
    """A device while the estate is put together; what is decided later is set later."""

    key: str
    role: str
    kind: Kind
    name: str
    site: str
    room: str
    ip: str
    mac: str
    serial: str
    sys_name: str
    fqdn: str | None
    mgmt: Address | None = None
    credential: Credential | None = None
    chassis_subtype: int = 0  # 0: does not speak LLDP
    port_subtype: int = PORT_IF_NAME
    forwarding_table: Literal["", "dot1d", "q-bridge"] = ""
    arp_table: bool = False
    anchor: bool = False
    feeds: tuple[str, ...] = ()
    cooled_by: tuple[str, ...] = ()
    owner_team: str | None = None
    pinged: bool = False
    iot: Iot | None = None
    ports: list[Port] = field(default_factory=list)

    def add_port(self) -> Port:
        """The next free port. Its MAC follows the device's own; a switch's own is its bridge address, no port's."""
        n = len(self.ports) + self.kind.first_port
        step = len(self.ports) + (1 if self.forwarding_table else 0)
        port = Port(
            if_index=self.kind.if_index + n,
            if_name=self.kind.if_name.format(n=n),
            mac=_mac_plus(self.mac, step),
            speed_mbps=self.kind.speed_mbps,
        )
        self.ports.append(port)
        return port

    def freeze(self) -> Device:
        """The finished device."""
        return Device(
            key=self.key,
            cls=self.kind.cls,
            role=self.role,
            name=self.name,
            site=self.site,
            room=self.room,
            vendor=self.kind.vendor,
            model=self.kind.model,
            serial=self.serial,
            sys_name=self.sys_name,
            sys_descr=self.kind.sys_descr.format(self.sys_name),
            sys_object_id=self.kind.sys_object_id,
            fqdn=self.fqdn,
            ip=self.ip,
            mgmt=self.mgmt,
            mac=self.mac,
            ports=tuple(self.ports),
            credential=self.credential,
            engine_id=_engine_id(self.kind, self.mac) if self.mgmt else b"",
            lldp=self._lldp(),
            forwarding_table=self.forwarding_table,
            arp_table=self.arp_table,
            anchor=self.anchor,
            feeds=self.feeds,
            cooled_by=self.cooled_by,
            owner_team=self.owner_team,
            pinged=self.pinged,
            iot=self.iot,
        )

    def _lldp(self) -> Lldp | None:
        if not self.chassis_subtype:
            return None
        chassis_id = {
            CHASSIS_MAC: bytes.fromhex(self.mac.replace(":", "")),
            CHASSIS_NETWORK_ADDRESS: bytes([1, *map(int, self.ip.split("."))]),
            CHASSIS_LOCAL: self.name.encode(),
        }[self.chassis_subtype]
        return Lldp(chassis_subtype=self.chassis_subtype, chassis_id=chassis_id, port_subtype=self.port_subtype)


def _mac_plus(mac: str, step: int) -> str:
    number = int(mac.replace(":", ""), 16) + step
    return ":".join(f"{byte:02x}" for byte in number.to_bytes(6))


def _engine_id(kind: Kind, mac: str) -> bytes:
    """SnmpEngineID in MAC format (RFC 3411, 5): enterprise with the first bit set, 3, the MAC."""
    enterprise = int(kind.sys_object_id.split(".")[6])
    return (enterprise | 1 << 31).to_bytes(4) + b"\x03" + bytes.fromhex(mac.replace(":", ""))


class Yard:
    """The estate under construction. Everything random comes from ``rng``, in a fixed order."""

    def __init__(self, rng: Random, *, size: int, block: int, one_address: bool) -> None:
        self.rng = rng
        self.size = size
        self.block = block
        self.one_address = one_address
        self.domain = ""
        self.sites: list[Site] = []
        self.site_codes: dict[str, str] = {}
        self.rooms: list[Room] = []
        self.devices: dict[str, Draft] = {}
        self.links: list[Link] = []
        self._name_style = rng.randrange(3)
        self._v3_users = tuple(self._new_user(name) for name in ("netops", "sysmon"))
        self._communities: dict[str, CommunityV2c] = {}
        self._site_hosts: dict[str, itertools.count[int]] = {}
        self._agents = itertools.count()
        self._boxes_of: dict[str, itertools.count[int]] = {}
        self._kind_of: dict[tuple[str, str], Kind] = {}

    # -- drawing -----------------------------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def pick(self, things: Sequence[T]) -> T:
        return things[self.rng.randrange(len(things))]

    def kind(self, role: str, site: str, kinds: Sequence[Kind]) -> Kind:
        """One make for a role at a site, as companies buy; drawn when first asked for."""
        if (role, site) not in self._kind_of:
            self._kind_of[role, site] = self.pick(kinds)
        return self._kind_of[role, site]

    # -- places ------------------------------------------------------------------------------------------------------

    def add_site(self, key: str, code: str, name: str) -> Site:
        site = Site(key=key, name=name)
        self.sites.append(site)
        self.site_codes[key] = code
        self._site_hosts[key] = itertools.count()
        self._communities[key] = CommunityV2c(community=f"ro-{code}-{self.rng.randrange(16**6):06x}")
        return site

    def add_room(self, site: str, name: str, kind: Literal["server", "plant", "office"]) -> Room:
        room = Room(key=f"room-{len(self.rooms) + 1:02d}", name=f"{self._site(site).name} {name}", site=site, kind=kind)
        self.rooms.append(room)
        return room

    def _site(self, key: str) -> Site:
        return next(site for site in self.sites if site.key == key)

    # -- boxes -------------------------------------------------------------------------------------------------------

    def place(self, key: str, role: str, kind: Kind, room: Room, *, hostname: bool = False) -> Draft:
        """A new box in a room. With ``hostname`` it has a name in the DNS and reports it as its sysName."""
        name = self._name(key, room.site)
        fqdn = f"{name.lower()}.{self.domain}" if hostname else None
        draft = Draft(
            key=key,
            role=role,
            kind=kind,
            name=name,
            site=room.site,
            room=room.key,
            ip=self._next_ip(room.site),
            mac=self._next_mac(kind.oui),
            serial=self._serial(kind),
            sys_name=fqdn or name,
            fqdn=fqdn,
        )
        self.devices[key] = draft
        return draft

    def give_agent(self, draft: Draft, *, v3: float) -> None:
        """An SNMP agent: v3 with this probability, else v2c with its site's community."""
        number = next(self._agents)
        where = ("127.0.0.1", SNMP_PORT + number) if self.one_address else (draft.ip, SNMP_PORT)
        draft.mgmt = Address(host=where[0], port=where[1])
        draft.credential = self.pick(self._v3_users) if self.chance(v3) else self._communities[draft.site]

    def speak_lldp(self, draft: Draft, chassis_subtype: int | None = None) -> None:
        """LLDP on, naming the chassis and its ports in one of the usual ways."""
        kinds = (CHASSIS_MAC, CHASSIS_MAC, CHASSIS_NETWORK_ADDRESS, CHASSIS_LOCAL)
        draft.chassis_subtype = chassis_subtype or self.pick(kinds)
        draft.port_subtype = self.pick((PORT_IF_NAME, PORT_IF_NAME, PORT_MAC, PORT_LOCAL))

    def _name(self, key: str, site: str) -> str:
        code = self.site_codes[site]
        return (f"{code}-{key}", f"{key}-{code}", f"{code.upper()}-{key.upper()}")[self._name_style]

    def _next_ip(self, site: str) -> str:
        number = next(self._site_hosts[site])
        first = 10 if self.one_address else 127
        place = [s.key for s in self.sites].index(site)
        third = place * SITE_STRIDE + 1 + number // ADDRESSES_PER_BLOCK
        return f"{first}.{self.block}.{third}.{number % ADDRESSES_PER_BLOCK + 10}"

    def _next_mac(self, oui: str) -> str:
        """256 addresses for each box, under its maker's OUI."""
        number = next(self._boxes_of.setdefault(oui, itertools.count(self.rng.randrange(2**12))))
        return _mac_plus(f"{oui}:00:00:00", number * 256)

    def _serial(self, kind: Kind) -> str:
        return f"{kind.vendor[:2].upper()}{self.rng.randrange(36**7, 36**8):X}"

    def _new_user(self, name: str) -> UserV3:
        auth, priv = (f"{name}-{what}-{self.rng.randrange(16**8):08x}" for what in ("auth", "priv"))
        return UserV3(user=name, auth_password=auth, priv_password=priv)

    # -- cables ------------------------------------------------------------------------------------------------------

    def wire(self, a: Draft, b: Draft, *, seen_by: SeenBy | None = None) -> Link:
        """A cable between the next free ports. A forwarding table is at ``a``."""
        if seen_by is None:
            seen_by = "lldp" if a.chassis_subtype and b.chassis_subtype else "bridge"
        ends = End(device=a.key, port=a.add_port().if_name), End(device=b.key, port=b.add_port().if_name)
        key = "--".join(f"{end.device}/{end.port}" for end in ends)
        link = Link(key=key, a=ends[0], b=ends[1], seen_by=seen_by)
        self.links.append(link)
        return link
