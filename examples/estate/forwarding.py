"""Which MAC address a switch has learned at which port, and which addresses a router has resolved, when all is well.

Frames take the spanning tree (IEEE 802.1D: redundant links are blocked), so a MAC is learned along one way through all
switches of its network. Firewalls and routers end it. What hangs on a link that nothing shows is never learned.
Tables of the healthy estate are kept while something is broken: real entries age out late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import cached_property

from examples.estate.model import Device, Estate, Link

ROUTING_CLASSES = frozenset({"Firewall", "Router"})


class Forwarding:
    """The learned tables of all switches of one estate."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    @cached_property
    def _bridges(self) -> frozenset[str]:
        devices = self._estate.devices
        return frozenset(d.key for d in devices if d.forwards and d.cls not in ROUTING_CLASSES)

    @cached_property
    def _tree(self) -> Mapping[str, Mapping[str, str]]:
        """Spanning tree by bridge: neighbouring bridge → own port. Cores come first, so they are the tree's roots."""
        tree: dict[str, dict[str, str]] = {key: {} for key in self._bridges}
        cores_first = sorted(self._estate.devices, key=lambda d: d.role != "core")
        seen: set[str] = set()
        for root in (d.key for d in cores_first if d.key in self._bridges):
            queue = deque(() if root in seen else (root,))
            seen.add(root)
            while queue:
                here = queue.popleft()
                for link, there in self._bridge_links(here):
                    if there in seen:
                        continue
                    seen.add(there)
                    queue.append(there)
                    tree[here][there] = link.at(here).port
                    tree[there][here] = link.at(there).port
        return tree

    def _bridge_links(self, key: str) -> Iterator[tuple[Link, str]]:
        for link in self._estate.links_of[key]:
            there = link.other(key).device
            if there in self._bridges:
                yield link, there

    @cached_property
    def _ways(self) -> Mapping[str, Mapping[str, str]]:
        """By bridge: other bridge of its network → own port that leads there."""
        ways: dict[str, dict[str, str]] = {key: {} for key in self._bridges}
        for goal in self._bridges:
            queue = deque((goal,))
            seen = {goal}
            while queue:
                here = queue.popleft()
                for there in self._tree[here]:
                    if there not in seen:
                        seen.add(there)
                        ways[there][goal] = self._tree[there][here]
                        queue.append(there)
        return ways

    @cached_property
    def _stations(self) -> tuple[tuple[str, str, str, str], ...]:
        """(bridge, its port, MAC, device) of each interface that sends frames of its own into a bridge."""
        found = []
        for link in self._estate.links:
            if link.seen_by == "imported":
                continue
            for here, there in (link.ends, link.ends[::-1]):
                device = self._estate.device[there.device]
                if here.device in self._bridges and device.key not in self._bridges:
                    found.append((here.device, here.port, device.port(there.port).mac, device.key))
        return tuple(found)

    def learned(self, switch: str) -> dict[str, str]:
        """MAC → the port's if_name at which this switch has learned it; the other switches' own addresses with it."""
        ways = self._ways[switch]
        table = {self._estate.device[other].mac: port for other, port in ways.items()}
        for bridge, port, mac, _ in self._stations:
            if bridge == switch:
                table[mac] = port
            elif bridge in ways:
                table[mac] = ways[bridge]
        return table

    def resolved(self, device: Device) -> dict[str, tuple[str, str]]:
        """IP → (MAC, device) of the hosts and switches of a router's own site."""
        table: dict[str, tuple[str, str]] = {}
        for _, _, mac, key in self._stations:
            host = self._estate.device[key]
            if host.site == device.site and key != device.key:
                table.setdefault(host.ip, (mac, key))
        for other in self._estate.devices:
            if other.key in self._bridges and other.site == device.site and other.key != device.key:
                table[other.ip] = (other.mac, other.key)
        return table
