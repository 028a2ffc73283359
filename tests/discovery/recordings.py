"""Recorded devices (../shared/recordings, LibreNMS's test data): read where they lie, never copied.

Run as a program it discovers all of them over real UDP and prints what was recognised.
"""

from __future__ import annotations

import asyncio
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cmdb.catalogue import Catalogue
from collectors.snmp.gufo import open_session
from collectors.snmp.session import CommunityV2c
from discovery.ranges import parse_range
from discovery.run import DiscoveryResult, discover
from discovery.sweep import Plan
from examples.estate import ber
from examples.estate.agent import Agent, Table
from examples.estate.ber import Oid
from tests.discovery.agents import serving

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "devices.tar.xz"
COMMUNITY = "public"

_UNSIGNED = {"65": ber.COUNTER32, "66": ber.GAUGE32, "67": ber.TIME_TICKS, "70": ber.COUNTER64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One device: its objects, and what LibreNMS makes of it."""

    name: str
    lines: bytes
    expected: dict[str, Any]

    def agent(self) -> Agent:
        table = Table(parse(self.lines.splitlines()).items())
        return Agent(lambda: table, community=COMMUNITY)

    @property
    def lldp_links(self) -> list[dict[str, Any]]:
        return [link for link in self.expected.get("links", []) if link["protocol"] == "lldp"]


def recordings() -> Iterator[Recording]:
    """All devices, by name. Recordings of one VLAN (``NAME@VLAN``) are left out."""
    lines: dict[str, bytes] = {}
    expected: dict[str, bytes] = {}
    with tarfile.open(ARCHIVE, "r:xz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                path = Path(member.name)
                {".snmprec": lines, ".json": expected}.get(path.suffix, {})[path.stem] = stream.read()
    for name in sorted(expected):
        if "@" not in name and name in lines:
            yield Recording(name=name, lines=lines[name], expected=json.loads(expected[name]))


def parse(lines: Iterable[bytes]) -> dict[Oid, bytes]:
    """The objects of one snmprec file, encoded. Repeated: the last wins; malformed: skipped."""
    rows: dict[Oid, bytes] = {}
    for line in lines:
        parts = line.split(b"|", 2)
        try:
            name = ber.parse_oid(parts[0].decode())
            value = _value(parts[1].decode(), parts[2])
        except (ValueError, IndexError):
            continue
        if len(name) > 1 and max(name) <= ber.MAX_SUB_ID and len(value) < 1200:
            rows[name] = value
    return rows


def _value(tag: str, raw: bytes) -> bytes:
    """One value. Raises ``ValueError`` if it is not of its type."""
    kind = tag.rstrip("xe")
    content = bytes.fromhex(raw.decode().removeprefix("0x")) if tag.endswith("x") else raw
    if tag == "4e":
        content = raw.decode("unicode_escape").encode("latin-1")
    if kind == "4":
        return ber.octets(content)
    if kind == "64":
        return ber.tlv(ber.IP_ADDRESS, content) if tag == "64x" else ber.ip_address(raw.decode())
    text = raw.decode()
    if kind == "2":
        return ber.integer(int(text))
    if kind == "6":
        return ber.oid(ber.parse_oid(text))
    if kind in _UNSIGNED:
        return ber.unsigned(_UNSIGNED[kind], int(text))
    if kind == "5":
        return ber.NULL_TLV
    raise ValueError(f"tag {tag}")


# What LibreNMS's device types are in our classes; types that are not here have no class of ours.
_FAMILIES = {
    "network": "NetworkDevice",
    "wireless": "NetworkDevice",
    "loadbalancer": "NetworkDevice",
    "firewall": "NetworkDevice",
    "power": "PowerDevice",
    "server": "ComputeHost",
    "storage": "StorageArray",
}


@dataclass(slots=True)
class Score:
    """How much of what is expected was recognised."""

    catalogue: Catalogue
    devices: int = 0
    answered: int = 0
    links_expected: int = 0
    links_found: int = 0
    vendor: int = 0
    typed: int = 0
    right_class: int = 0
    wrong_class: int = 0
    serial_in_entity: int = 0
    serial_right: int = 0

    def add(self, recording: Recording, result: DiscoveryResult) -> None:
        self.devices += 1
        if not result.devices:
            return
        self.answered += 1
        seen = result.observations[0]
        self.vendor += "vendor" in seen.attributes
        self._add_class(recording.expected["os"]["type"], seen.cls)
        serial = recording.expected["os"]["serial"]
        if serial and serial in {part.serial for part in result.devices[0].parts}:
            self.serial_in_entity += 1
            self.serial_right += seen.attributes.get("serial") == serial
        ports = {end.port for one in result.topology.wires if one.seen_by == "lldp" for end in one.ends}
        for link in recording.lldp_links:
            self.links_expected += 1
            names = {link["ifName"], link["ifDescr"], str(link["ifName"]).rpartition(".")[0]}
            self.links_found += not names.isdisjoint(ports)

    def _add_class(self, kind: str | None, cls: str) -> None:
        family = _FAMILIES.get(kind or "")
        if family is not None:
            self.typed += 1
            self.right_class += self.catalogue.is_a(cls, family)
            self.wrong_class += not self.catalogue.is_a(cls, family) and self.catalogue.refined(cls, family) is None

    def text(self) -> str:
        return (
            f"{self.answered} of {self.devices} devices answered; "
            f"LLDP links {self.links_found} of {self.links_expected}; vendor {self.vendor} of {self.answered}; "
            f"class right {self.right_class}, left open {self.typed - self.right_class - self.wrong_class}, "
            f"wrong {self.wrong_class} of {self.typed}; "
            f"serial number {self.serial_right} of {self.serial_in_entity} that ENTITY-MIB has"
        )


async def _score_all() -> Score:
    score = Score(Catalogue.load())
    everything = list(recordings())
    for start in range(0, len(everything), 200):
        part = everything[start : start + 200]
        with serving((one.agent(), "127.0.0.1", 0) for one in part) as places:
            for one, (host, port) in zip(part, places, strict=True):
                score.add(one, await _discover(f"{host}:{port}", score.catalogue))
    return score


async def _discover(where: str, catalogue: Catalogue) -> DiscoveryResult:
    plan = Plan(
        ranges=(parse_range(where, credentials=["public"], allow_v2c=True),),
        credentials={"public": CommunityV2c(community=COMMUNITY)},
        timeout_s=5.0,
    )
    return await discover(plan, sessions=open_session, catalogue=catalogue, at=datetime.now(UTC))


if __name__ == "__main__":
    print(asyncio.run(_score_all()).text())  # noqa: T201
