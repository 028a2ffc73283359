"""Ways over cables: who joins whom, what is reached, and what every way must pass.

Nodes are indices of CIs: devices and links (each link is a CI of its own). Only network devices forward; a server
with two ports is no bridge. A CI without a known link is in no way's hands: unknown topology counts as reachable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from impact.dominators import DominatorTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """One link with its two ends, all as CI indices. ``vlans``: those that it carries; ``None``: any."""

    link: int
    a: int
    a_port: int
    b: int
    b_port: int
    vlans: frozenset[int] | None = None

    def other(self, device: int) -> int:
        return self.b if device == self.a else self.a

    def port_of(self, device: int) -> int:
        return self.a_port if device == self.a else self.b_port


NOT_TIED: Mapping[int, Cable] = {}


@dataclass
class Cabling:
    """Cables between devices. ``sites`` maps a site to the anchors that stand in it."""

    cables: list[Cable]
    transit: frozenset[int]
    anchors: frozenset[int]
    hub: int | None
    sites: dict[int, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def at(self) -> dict[int, list[Cable]]:
        """The cables of each device."""
        found: dict[int, list[Cable]] = {}
        for cable in self.cables:
            found.setdefault(cable.a, []).append(cable)
            found.setdefault(cable.b, []).append(cable)
        return found

    @cached_property
    def by_port(self) -> dict[int, tuple[int, Cable]]:
        """Port → (its device, its cable)."""
        ports = {c.a_port: (c.a, c) for c in self.cables}
        ports.update({c.b_port: (c.b, c) for c in self.cables})
        return ports

    @cached_property
    def by_link(self) -> dict[int, Cable]:
        return {c.link: c for c in self.cables}

    def __contains__(self, device: int) -> bool:
        return device in self.at

    def reach(self, sources: Iterable[int], failed: Collection[int] = ()) -> set[int]:
        """Devices and links that a healthy way joins to one of the sources (healthy sources included)."""
        stack = [s for s in sources if s not in failed]
        seen = set(stack)
        while stack:
            device = stack.pop()
            for cable in self.at.get(device, ()):
                if cable.link in failed:
                    continue
                seen.add(cable.link)
                far = cable.other(device)
                if far not in failed and far not in seen:
                    seen.add(far)
                    if far in self.transit:
                        stack.append(far)
        return seen

    def left(self, sources: Iterable[int], gone: Mapping[int, int], every: int) -> dict[int, int]:
        """What is reached under many sets of failures at once.

        Args:
            sources: where ways begin.
            gone: device or link → the sets that it is in, a bit each.
            every: the bits of all sets.

        Returns:
            device → the sets under which a healthy way joins it to a source.
        """
        found = {source: every & ~gone.get(source, 0) for source in sources}
        queue = deque(found)
        while queue:
            device = queue.popleft()
            for cable in self.at.get(device, ()):
                far = cable.other(device)
                before = found.get(far, 0)
                more = found[device] & ~gone.get(cable.link, 0) & ~gone.get(far, 0) & ~before
                if more:
                    found[far] = before | more
                    if far in self.transit:
                        queue.append(far)
        return found

    def dominators(
        self, sources: Iterable[int], failed: Collection[int] = (), tied: Mapping[int, Cable] = NOT_TIED
    ) -> DominatorTree:
        """Which device or link every way from the sources to a node must pass.

        Args:
            sources: where ways begin.
            failed: devices and links that no way leads over.
            tied: links that carry nothing if one of them fails → the one of them that stands for all in the tree.
        """
        starts = sorted(s for s in sources if s not in failed)
        forwards = self.transit | set(starts)
        standing = {cable.link: cable for cable in tied.values()}

        def successors(node: int) -> list[int]:
            if node == DominatorTree.SOURCE:
                return starts
            cable = standing.get(node) or self.by_link.get(node)
            if cable is not None:
                return [end for end in (cable.a, cable.b) if end not in failed]
            if node not in forwards:
                return []
            return [tied.get(c.link, c).link for c in self.at.get(node, ()) if c.link not in failed]

        return DominatorTree(successors)

    @cached_property
    def ways(self) -> frozenset[int]:
        """Everything whose failure can cut off something else: what forwards, what is an anchor, every link."""
        return self.transit | self.anchors | self.by_link.keys()

    @cached_property
    def hub_dominators(self) -> DominatorTree:
        return self.dominators([self.hub] if self.hub is not None else [])

    def levels(self, sources: Iterable[int]) -> dict[int, int]:
        """Hops from the nearest source, over forwarding devices, with nothing failed."""
        frontier = list(sources)
        level = dict.fromkeys(frontier, 0)
        while frontier:
            following: list[int] = []
            for device in frontier:
                for cable in self.at.get(device, ()):
                    far = cable.other(device)
                    if far not in level:
                        level[far] = level[device] + 1
                        if far in self.transit:
                            following.append(far)
            frontier = following
        return level

    @cached_property
    def anchor_levels(self) -> dict[int, int]:
        return self.levels(self.anchors)

    @cached_property
    def hub_levels(self) -> dict[int, int]:
        return self.levels([self.hub] if self.hub is not None else [])

    def further(self, node: int, levels: dict[int, int]) -> Iterable[int]:
        """What lies one step further from the sources than this device or link."""
        cable = self.by_link.get(node)
        if cable is not None:
            low, high = sorted((cable.a, cable.b), key=lambda end: levels.get(end, -1))
            if low in levels and levels[low] < levels[high]:
                yield high
            return
        if node not in levels or not (node in self.transit or (node in self.anchors and levels[node] == 0)):
            return  # no way leads through what does not forward
        for near in self.at.get(node, ()):
            far = near.other(node)
            if levels.get(far, -1) > levels[node]:
                yield near.link
                yield far

    def upstream(self, device: int) -> Iterable[int]:
        """The next hops on the shortest ways from the hub to this device."""
        levels = self.hub_levels
        if device in levels:
            for cable in self.at.get(device, ()):
                far = cable.other(device)
                if levels.get(far, levels[device]) < levels[device] and far in self.transit:
                    yield far
