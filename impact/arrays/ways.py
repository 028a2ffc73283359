"""What one set of broken devices and links after the other does to the ways from the anchors.

As `impact.state` works it out, for many sets: dominators are found over what forwards alone, and only where that is
hurt. Who does not forward hangs on what it is cabled to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from impact.arrays.cables import cables_of
from impact.network import Cable, Network

Points = frozenset[int]
"""Devices and links that every way to something must pass, itself left out."""


class Ways:
    """The ways of one network."""

    def __init__(self, network: Network) -> None:
        self._net = network
        self._forwards = network.transit | network.anchors
        trunks = [cable for cable in network.cables if {cable.a, cable.b} <= self._forwards]
        self._core = Network(cables=trunks, transit=network.transit, anchors=network.anchors, hub=None)
        self._cables = cables_of(network)
        self._sites = {site: self._cables.seen_from(anchors) for site, anchors in network.sites.items()}
        self._free = self._points(frozenset())
        self._free_of_edge: dict[int, Points | None] = {}
        self._hurt: dict[frozenset[int], dict[int, Points | None]] = {frozenset(): {}}

    def isolated(self, broken: frozenset[int]) -> frozenset[int]:
        """The devices that are cut off from every anchor."""
        return frozenset(self._cables.isolated(broken).tolist())

    def lost_to_sites(self, broken: frozenset[int]) -> Mapping[int, frozenset[int]]:
        """The devices that are cut off from the anchors of each site."""
        return {site: frozenset(cables.isolated(broken).tolist()) for site, cables in self._sites.items()}

    def narrowed(self, broken: frozenset[int]) -> list[int]:
        """The devices that are still reached, over a point that was not decisive before; sorted."""
        hurt = self._hurt_by(broken)
        found = [
            node
            for node, points in hurt.items()
            if points is not None and node in self._net and not points <= self._free[node]
        ]
        for device in self._edge_of(hurt.keys() | broken):
            before = self._edge_before(device)
            now = self._points_of_edge(device, broken, hurt) if device not in broken else None
            if now is not None and before is not None and not now <= before:
                found.append(device)
        return sorted(found)

    # What forwards

    def _points(self, broken: frozenset[int]) -> dict[int, Points]:
        """Of each device that forwards and is reached."""
        tree = self._core.dominators(self._net.anchors, broken)
        return {node: frozenset(tree.chain(node)) for node in self._forwards if node in tree}

    def _hurt_by(self, broken: frozenset[int]) -> dict[int, Points | None]:
        """The devices that forward and hang on other points than before; ``None`` for those that are not reached."""
        trunk = frozenset(node for node in broken if node in self._forwards or node in self._core.by_link)
        if trunk not in self._hurt:
            now = self._points(trunk)
            self._hurt[trunk] = {node: now.get(node) for node, was in self._free.items() if now.get(node) != was}
        return self._hurt[trunk]

    # What does not

    def _edge_of(self, touched: frozenset[int] | set[int]) -> set[int]:
        """The devices that do not forward and are cabled to these, or by them."""
        found: set[int] = set()
        for node in touched:
            cable = self._net.by_link.get(node)
            ends = [cable.a, cable.b] if cable is not None else [one.other(node) for one in self._net.at.get(node, ())]
            found.update(ends)
        return found - self._forwards

    def _edge_before(self, device: int) -> Points | None:
        if device not in self._free_of_edge:
            self._free_of_edge[device] = self._points_of_edge(device, frozenset(), {})
        return self._free_of_edge[device]

    def _points_of_edge(self, device: int, broken: frozenset[int], hurt: Mapping[int, Points | None]) -> Points | None:
        """What all its ways have in common; ``None`` if none is left."""
        common: Points | None = None
        for cable, points in self._ways_to(device, broken, hurt):
            through = points | {cable.other(device), cable.link}
            common = through if common is None else common & through
        return common

    def _ways_to(
        self, device: int, broken: frozenset[int], hurt: Mapping[int, Points | None]
    ) -> Iterator[tuple[Cable, Points]]:
        for cable in self._net.at.get(device, ()):
            far = cable.other(device)
            points = hurt[far] if far in hurt else self._free.get(far)
            if points is not None and cable.link not in broken:
                yield cable, points
