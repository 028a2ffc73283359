"""What one set of broken devices and links does to the ways: who is cut off, and for whom something became decisive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from impact.bundles import Count
from impact.cabling import Cable
from impact.dominators import DominatorTree
from impact.islands import Islands
from impact.vlans import Layered


class Reachability:
    """Seen from all anchors, or from those of a site. What is not touched is taken from the network as it was built."""

    def __init__(
        self, net: Layered, broken: frozenset[int], site: int | None = None, as_built: Reachability | None = None
    ) -> None:
        """Look at a network.

        Args:
            net: its cables.
            broken: devices and links.
            site: whose anchors are meant; all if unsaid.
            as_built: the same with nothing broken; this itself if unsaid.
        """
        self._net = net
        self._as_built = as_built or self
        self._site = site
        self._sources = net.anchors if site is None else net.sites[site]
        self.broken = broken
        self._held = net.bundles.held_back(broken)
        self._gone = broken | self._held.keys()
        self._reached: dict[int, set[int]] = {}
        self._trees: dict[int, DominatorTree] = {}
        self._islands_in: dict[int, Islands] = {}
        self._cut_by: dict[int, frozenset[int]] = {}

    @cached_property
    def _touched(self) -> frozenset[int]:
        """The layers, by place, in which something is otherwise than as it was built."""
        net = self._net
        if len(net.layers) == 1 or self._as_built is self:
            return frozenset(range(len(net.layers)))
        moved = self._gone.union(*(bundle.links for node in self._gone for bundle in net.bundles.at(node)))
        return frozenset(
            place
            for place, layer in enumerate(net.layers)
            if any(node in layer or node in layer.by_link for node in moved)
        )

    # Who is reached

    def _reach(self, place: int) -> set[int]:
        if place not in self._touched:
            return self._as_built._reach(place)  # noqa: SLF001 - the same, with nothing broken
        if place not in self._reached:
            self._reached[place] = self._net.layers[place].reach(self._sources, self._gone)
        return self._reached[place]

    @cached_property
    def devices(self) -> frozenset[int]:
        """The devices that are reached in a VLAN in which they live."""
        net = self._net
        return frozenset().union(*(net.residents[place] & self._reach(place) for place in range(len(net.layers))))

    @cached_property
    def lost(self) -> frozenset[int]:
        """The devices that are reached no more; not those that are broken themselves."""
        return self._as_built.devices - self.devices - self.broken

    def isolated(self) -> dict[int, tuple[int, ...]]:
        """The devices that are reached no more, each with the broken devices and links that cut it off."""
        return {device: self._cut_of(device) for device in sorted(self.lost)}

    def _cut_of(self, device: int) -> tuple[int, ...]:
        border = set[int]()
        for place in self._net.layers_of(device):
            if device in self._as_built._reach(place):  # noqa: SLF001
                border |= self._islands(place).cut_of(device)
        named = [self._held.get(node, frozenset({node})) for node in border]
        return tuple(sorted(frozenset[int]().union(*named)))

    def _islands(self, place: int) -> Islands:
        if place not in self._islands_in:
            self._islands_in[place] = Islands(self._net.layers[place], self._sources, self._gone)
        return self._islands_in[place]

    def counts(self) -> dict[int, Count]:
        """How the bundles stand that lost links, by aggregate port."""
        return self._net.bundles.counts(self.broken, self._held)

    # What every way must pass

    @cached_property
    def _fates(self) -> dict[int, frozenset[int]]:
        return self._net.bundles.fates(self.broken) if self._net.bundles.binding else {}

    @cached_property
    def _tied(self) -> dict[int, Cable]:
        return self._net.bundles.tied(self._fates)

    @cached_property
    def _heavy(self) -> frozenset[int]:
        """What takes more with it than the ways over itself."""
        return frozenset(self._fates.keys() - self._tied.keys())

    def _tree(self, place: int) -> DominatorTree:
        if place not in self._touched:
            return self._as_built._tree(place)  # noqa: SLF001
        if place not in self._trees:
            self._trees[place] = self._net.layers[place].dominators(self._sources, self._gone, self._tied)
        return self._trees[place]

    def _lost_with(self, node: int) -> frozenset[int]:
        """What would be lost if this failed, too."""
        if node not in self._cut_by:
            more = Reachability(self._net, self.broken | {node}, self._site, self._as_built)
            self._cut_by[node] = self.devices - more.devices - {node}
        return self._cut_by[node]

    def is_point(self, node: int, device: int) -> bool:
        """Whether a device that is reached would not be if this failed, too."""
        if node in self._heavy:
            return device in self._lost_with(node)
        tied = self._tied.get(node)
        stands = node if tied is None else tied.link
        return all(self._tree(place).dominates(stands, device) for place in self._places(device))

    def _places(self, device: int) -> Iterable[int]:
        return (place for place in self._net.layers_of(device) if device in self._reach(place))

    def points_of(self, device: int) -> Iterator[int]:
        """What each way to a device must pass, the nearest first; nothing for one that is not reached."""
        place = next(iter(self._places(device)), None)
        if place is None:
            return
        for node in self._tree(place).chain(device):
            for one in self._together.get(node, (node,)):
                if one not in self._heavy and self.is_point(one, device):
                    yield one
        yield from (node for node in sorted(self._heavy) if node != device and device in self._lost_with(node))

    @cached_property
    def _together(self) -> dict[int, list[int]]:
        """The one that stands for links that are tied → all of them."""
        found: dict[int, list[int]] = {}
        for link, cable in self._tied.items():
            found.setdefault(cable.link, []).append(link)
        return found

    def narrowed(self) -> dict[int, int]:
        """The devices for which something became decisive that was not → that."""
        touched = frozenset[int]().union(*(self._net.residents[place] for place in self._touched))
        devices = self._as_built.devices & self.devices & touched - self.broken
        new = self._new_point_alone if len(self._net.layers) == 1 and not self._net.bundles.binding else self._new_point
        return {device: point for device in devices if (point := new(device)) is not None}

    def _new_point(self, device: int) -> int | None:
        before = self._as_built
        return next((node for node in self.points_of(device) if not before.is_point(node, device)), None)

    def _new_point_alone(self, device: int) -> int | None:
        """The same where there is one layer and nothing is held back: without asking for what is not there."""
        now, before = self._tree(0), self._as_built._tree(0)  # noqa: SLF001
        return next((node for node in now.chain(device) if not before.dominates(node, device)), None)

    @cached_property
    def cuts(self) -> dict[int, int]:
        """What is a single point of failure of the network → how many devices it would cut off."""
        found = {node: len(self._lost_with(node)) for node in self._heavy}
        several = []
        alone: list[list[int]] = [[] for _ in self._net.layers]
        for device in self.devices:
            first, *more = self._places(device)
            if more:
                several.append(device)
            else:
                alone[first].append(device)
        for place, devices in enumerate(alone):
            for node, count in self._tree(place).behind(devices).items():
                for one in self._together.get(node, (node,)):
                    if one not in self._heavy:
                        found[one] = found.get(one, 0) + count
        for device in several:
            for node in self.points_of(device):
                if node not in self._heavy:
                    found[node] = found.get(node, 0) + 1
        return {node: count for node, count in found.items() if count}

    def prepare(self) -> None:
        """Work out now what every other set of failures is compared with."""
        for place in range(len(self._net.layers)):
            self._tree(place)
        _ = self.devices, self.cuts
