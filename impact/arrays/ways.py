"""What one set of broken devices and links after the other does to the ways from the anchors.

As `impact.reachability` works it out, for many sets: dominators are found over what forwards alone, and only where
that is hurt. Who does not forward hangs on what it is cabled to. Each VLAN is looked at by itself, and only if touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from impact.arrays.cables import Cables, cables_of
from impact.bundles import Count
from impact.cabling import Cable, Cabling
from impact.network import Network

Points = frozenset[int]
"""Devices and links that every way to something must pass, itself left out."""


class Ways:
    """The ways of one network."""

    def __init__(self, network: Network) -> None:
        self._net = network
        self._layers = [_Layer(layer) for layer in network.layers]
        self._reach = _Reach(network, network.anchors)
        self._reach_of = {site: _Reach(network, anchors) for site, anchors in network.sites.items()}
        self._tied_as_built = bool(network.bundles.fates(frozenset()))

    def isolated(self, broken: frozenset[int]) -> frozenset[int]:
        """The devices that are cut off from every anchor."""
        return self._reach.lost(broken, self._gone(broken))

    def lost_to_sites(self, broken: frozenset[int]) -> Mapping[int, frozenset[int]]:
        """The devices that are cut off from the anchors of each site."""
        gone = self._gone(broken)
        return {site: reach.lost(broken, gone) for site, reach in self._reach_of.items()}

    def counts(self, broken: frozenset[int]) -> Mapping[int, Count]:
        """How the bundles stand that lost links, by aggregate port."""
        bundles = self._net.bundles
        return bundles.counts(broken, bundles.held_back(broken))

    def _gone(self, broken: frozenset[int]) -> frozenset[int]:
        return broken.union(self._net.bundles.held_back(broken))

    def narrowed(self, broken: frozenset[int]) -> list[int]:
        """The devices that are still reached, over a point that was not decisive before; sorted."""
        if self._tied_as_built or (self._net.bundles.binding and self._net.bundles.fates(broken)):
            return sorted(
                self._net.broken(broken).narrowed()
            )  # one link takes others with it: rare, and not for arrays
        gone = self._gone(broken)
        moved = set[int]().union(*(layer.moved(gone) for layer in self._layers)) - broken
        return sorted(device for device in moved if self._is_narrowed(device, gone))

    def _is_narrowed(self, device: int, gone: frozenset[int]) -> bool:
        layers = [self._layers[place] for place in self._net.layers_of(device)]
        before = _common(layer.points(device) for layer in layers)
        now = _common(layer.points(device, gone) for layer in layers)
        return before is not None and now is not None and not now <= before


def _common(some: Iterable[Points | None]) -> Points | None:
    """What all ways have in common, over the VLANs in which there are any."""
    found: Points | None = None
    for points in some:
        if points is not None:
            found = points if found is None else found & points
    return found


class _Reach:
    """Who is joined to some anchors in a VLAN of theirs."""

    def __init__(self, net: Network, anchors: frozenset[int]) -> None:
        self._net = net
        self._layers = [cables_of(layer).seen_from(anchors) for layer in net.layers]
        self._free = [self._devices(place, layer, frozenset()) for place, layer in enumerate(self._layers)]
        self._devices_free = frozenset[int]().union(*self._free)

    def lost(self, broken: frozenset[int], gone: frozenset[int]) -> frozenset[int]:
        """The devices that are reached no more; not those that are broken themselves."""
        if len(self._layers) == 1:
            return frozenset(self._layers[0].isolated(gone).tolist()).difference(broken)
        reached = (
            self._devices(place, layer, gone) if self._touches(place, gone) else self._free[place]
            for place, layer in enumerate(self._layers)
        )
        return self._devices_free.difference(broken, *reached)

    def _devices(self, place: int, layer: Cables, gone: frozenset[int]) -> frozenset[int]:
        return self._net.residents[place].intersection(layer.devices[layer.reach(gone).devices].tolist())

    def _touches(self, place: int, gone: frozenset[int]) -> bool:
        layer = self._net.layers[place]
        return any(node in layer or node in layer.by_link for node in gone)


class _Layer:
    """What all ways to the devices of one VLAN have in common."""

    def __init__(self, network: Cabling) -> None:
        self._net = network
        self._forwards = network.transit | network.anchors
        trunks = [cable for cable in network.cables if {cable.a, cable.b} <= self._forwards]
        self._core = Cabling(cables=trunks, transit=network.transit, anchors=network.anchors, hub=None)
        self._free = self._points(frozenset())
        self._free_of_edge: dict[int, Points | None] = {}
        self._hurt: dict[frozenset[int], dict[int, Points | None]] = {frozenset(): {}}

    def moved(self, gone: frozenset[int]) -> set[int]:
        """The devices of which the points, or whether they are reached, may be otherwise."""
        hurt = self._hurt_by(gone)
        return {node for node in hurt if node in self._net} | self._edge_of(hurt.keys() | gone)

    def points(self, device: int, gone: frozenset[int] = frozenset()) -> Points | None:
        """What every way to a device must pass; ``None`` if none is left."""
        if device not in self._forwards:
            return self._points_of_edge(device, gone, self._hurt_by(gone)) if gone else self._edge_before(device)
        hurt = self._hurt_by(gone) if gone else {}
        return hurt[device] if device in hurt else self._free.get(device)

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
