"""The hub's graph beside the company's own inventory: which CI is which thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from faultpath.demo.truth import End, Truth

_UNSEEN = frozenset({"none"})
_DEVICE_CLASSES = frozenset({"Hardware"})


@dataclass
class Inventory:
    """CIs by what identifies them, read from an export of the graph (`GET /graph/export`)."""

    revision: int
    device_by_address: dict[str, str] = field(default_factory=dict)
    device_by_mac: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    link_by_ends: dict[frozenset[tuple[str, str]], str] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, export: dict[str, Any]) -> Inventory:
        found = cls(revision=export["revision"])
        ports: dict[str, str] = {}
        for ci in export["cis"]:
            attributes = ci["attributes"]
            found.names[ci["id"]] = ci["name"]
            found.by_name.setdefault(ci["name"], []).append(ci["id"])
            if address := attributes.get("mgmt_address"):
                found.device_by_address[address] = ci["id"]
            if (mac := attributes.get("mac")) and ci["cls"] != "Port":
                found.device_by_mac[str(mac).lower()] = ci["id"]
            if email := attributes.get("email"):
                found.emails[ci["id"]] = str(email)
            if ci["cls"] == "Port":
                ports[ci["id"]] = str(attributes.get("if_name") or ci["name"])
            elif ci["cls"] == "Link":
                found.links.add(ci["id"])
        found._join(export["relations"], ports)
        return found

    def _join(self, relations: list[dict[str, Any]], ports: dict[str, str]) -> None:
        device_of = {r["from"]: r["to"] for r in relations if r["type"] == "PORT_OF"}
        ends: dict[str, set[tuple[str, str]]] = {}
        for relation in relations:
            if relation["type"] == "ENDS_AT" and relation["to"] in device_of:
                port = relation["to"]
                ends.setdefault(relation["from"], set()).add((device_of[port], ports[port]))
        self.link_by_ends = {frozenset(pair): link for link, pair in ends.items()}

    def device(self, *, address: str | None, mac: str | None, name: str) -> str | None:
        """The CI of a thing: by management address, by MAC, or by a name that only one has."""
        if address and address in self.device_by_address:
            return self.device_by_address[address]
        if mac and mac.lower() in self.device_by_mac:
            return self.device_by_mac[mac.lower()]
        same = self.by_name.get(name, [])
        return same[0] if len(same) == 1 else None

    def link(self, a: End, b: End, truth: Truth) -> str | None:
        """The CI of a link. An end whose port no protocol tells is matched by its device alone."""
        devices = {one.key: one for one in truth.devices}
        found = [
            self.device(address=d.mgmt_address, mac=d.mac, name=d.name) if (d := devices.get(end.device)) else None
            for end in (a, b)
        ]
        if None in found:
            return None
        exact = frozenset((str(device), end.port) for device, end in zip(found, (a, b), strict=True))
        if exact in self.link_by_ends:
            return self.link_by_ends[exact]
        near = {(found[0], a.port), (found[1], b.port)}
        for ends, link in self.link_by_ends.items():
            if {device for device, _ in ends} == set(found) and near & ends:
                return link
        return None


def visible(truth: Truth, inventory: Inventory) -> dict[str, list[str]]:
    """What discovery missed, and what it has that is not there. Empty lists are good."""
    devices = [one for one in truth.devices if one.seen_by not in _UNSEEN]
    matched = {one.key: inventory.device(address=one.mgmt_address, mac=one.mac, name=one.name) for one in devices}
    links = [one for one in truth.links if one.seen_by not in _UNSEEN]
    joined = {one.key: inventory.link(one.a, one.b, truth) for one in links}
    real = {inventory.link(one.a, one.b, truth) for one in truth.links}
    return {
        "devices missed": sorted(key for key, ci in matched.items() if ci is None),
        "links missed": sorted(key for key, ci in joined.items() if ci is None),
        "links that are not there": sorted(inventory.names[ci] for ci in inventory.links - real),
    }
