"""Ways through the network as a hub knows it: who is cut off, who hangs on one thing, what lies behind what.

Nodes are devices and links, each by its key; only forwarding devices and links let anything through (semantics, 3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from examples.estate.model import Estate


class Ways:
    """The network of an estate, with nothing failed unless a method is told what has."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.hub = estate.hub
        self._next: dict[str, tuple[str, ...]] = {
            device: tuple(link.key for link in links) for device, links in estate.links_of.items() if links
        }
        self._next |= {link.key: tuple(end.device for end in link.ends) for link in estate.links}
        self.anchors = frozenset(device.key for device in estate.devices if device.anchor)
        self.devices = frozenset(key for key in self._next if key in estate.device)

    def anchors_of(self, site: str) -> frozenset[str]:
        return frozenset(key for key in self.anchors if self.estate.device[key].site == site)

    def neighbours(self, device: str) -> list[tuple[str, str]]:
        """(link, device at its other end) of each link."""
        return [(link.key, link.other(device).device) for link in self.estate.links_of[device]]

    def _passes(self, node: str) -> bool:
        return node in self.estate.link or self.estate.device[node].forwards

    def levels(self, starts: Iterable[str], failed: Collection[str] = ()) -> dict[str, int]:
        """Hops from the nearest of ``starts``; what no healthy way joins to them is left out."""
        levels = {start: 0 for start in sorted(starts) if start not in failed}
        queue = deque(levels)
        while queue:
            here = queue.popleft()
            if levels[here] and not self._passes(here):
                continue
            for there in self._next[here]:
                if there not in levels and there not in failed:
                    levels[there] = levels[here] + 1
                    queue.append(there)
        return levels

    def single_points(self, starts: Iterable[str], failed: Collection[str] = ()) -> dict[str, frozenset[str]]:
        """For each node that is joined to ``starts``: all without which it would not be, itself among them.

        These are the dominators in the graph whose root has an edge to each start: the largest sets for which a node's
        set is the node itself and what the sets of all nodes before it have in common.
        """
        levels = self.levels(starts, failed)
        points = {node: frozenset({node}) for node, level in levels.items() if not level}
        order = [node for node, level in levels.items() if level]
        before = {node: [p for p in self._next[node] if p in levels and self._lets_on(p, levels)] for node in order}
        changing = True
        while changing:
            changing = False
            for node in order:
                common = frozenset.intersection(*(points[p] for p in before[node] if p in points)) | {node}
                changing |= points.get(node) != common
                points[node] = common
        return points

    def _lets_on(self, node: str, levels: dict[str, int]) -> bool:
        return not levels[node] or self._passes(node)

    def behind(self, node: str) -> set[str]:
        """What lies further from the anchors than ``node``, or further from the hub, on ways through it."""
        found: set[str] = set()
        for starts in (self.anchors, {self.hub}):
            found |= self._further(node, self.levels(starts))
        return found

    def _further(self, node: str, levels: dict[str, int]) -> set[str]:
        found: set[str] = set()
        queue = deque([node] if node in levels and self._passes(node) else [])
        while queue:
            here = queue.popleft()
            for there in self._next[here]:
                if levels.get(there, -1) > levels[here] and there not in found:
                    found.add(there)
                    if self._passes(there):
                        queue.append(there)
        return found
