"""Bundles: several links that a device takes as one (link aggregation, IEEE 802.1AX).

A link of a bundle that is lost takes capacity; a bundle with fewer links than it needs carries nothing at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from impact.cabling import Cable, Cabling


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The links of one aggregate port. Those of ``members`` whose link is not known count as up.

    ``needs``: how many links must be up so that it carries anything; never more than it has.
    """

    port: int
    device: int
    links: tuple[int, ...]
    members: int
    needs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How a bundle stands that has lost links: ``up`` of ``members``."""

    up: int
    members: int
    needs: int

    @property
    def carries(self) -> bool:
        return self.up >= self.needs


class Bundles:
    """The bundles of a network, and which links they hold back."""

    def __init__(self, bundles: Iterable[Bundle], cabling: Cabling) -> None:
        self.all = tuple(bundles)
        self._cabling = cabling
        self._by_link = by_link = cabling.by_link
        self._at: dict[int, list[Bundle]] = {}
        """Link, or device at one of their ends → bundles."""
        for bundle in self.all:
            ends = {end for link in bundle.links for end in (by_link[link].a, by_link[link].b)}
            for node in (*bundle.links, *ends):
                self._at.setdefault(node, []).append(bundle)
        self.binding = tuple(bundle for bundle in self.all if bundle.needs > 1)
        """Those that may go down with links left."""

    @cached_property
    def ports(self) -> frozenset[int]:
        return frozenset(bundle.port for bundle in self.all)

    @property
    def ends(self) -> frozenset[int]:
        """Their links, and the devices that these join."""
        return frozenset(self._at)

    def at(self, node: int) -> Iterable[Bundle]:
        """The bundles of which this link, or a link of this device, is one."""
        return self._at.get(node, ())

    def held_back(self, broken: Collection[int]) -> dict[int, frozenset[int]]:
        """The links that carry nothing although they are not broken, since too few are left beside them.

        Args:
            broken: devices and links.

        Returns:
            link → what is broken that took too many.
        """
        found: dict[int, frozenset[int]] = {}
        if not self.binding:
            return found
        queue = deque(bundle for node in sorted(broken) for bundle in self.at(node))
        while queue:
            bundle = queue.popleft()
            why = {link: self._why_lost(link, broken, found) for link in bundle.links}
            lost = [causes for causes in why.values() if causes]
            if bundle.device in broken or bundle.members - len(lost) >= bundle.needs:
                continue
            for link, causes in why.items():
                if not causes:
                    found[link] = frozenset().union(*lost)
                    queue.extend(other for other in self.at(link) if other is not bundle)
        return found

    def counts(self, broken: Collection[int], held: Mapping[int, frozenset[int]]) -> dict[int, Count]:
        """By aggregate port, how the bundles stand that lost links; not those of a broken device."""
        touched = {bundle.port: bundle for node in (*broken, *held) for bundle in self.at(node)}
        found = {}
        for port, bundle in sorted(touched.items()):
            lost = sum(bool(self._why_lost(link, broken, held)) for link in bundle.links)
            if lost and bundle.device not in broken:
                found[port] = Count(up=bundle.members - lost, members=bundle.members, needs=bundle.needs)
        return found

    def _why_lost(self, link: int, broken: Collection[int], held: Mapping[int, frozenset[int]]) -> frozenset[int]:
        cable = self._by_link[link]
        return frozenset(node for node in (link, cable.a, cable.b) if node in broken) or held.get(link, frozenset())

    def fates(self, broken: frozenset[int]) -> dict[int, frozenset[int]]:
        """What would hold links back if it failed, too: device or link → these links, its own left aside."""
        held = self.held_back(broken)
        found = {}
        for node in sorted(self._decisive(broken, held)):
            cable = self._by_link.get(node)
            own = {node} if cable is not None else {one.link for one in self._cabling.at[node]}
            more = self.held_back(broken | {node}).keys() - held.keys() - own
            if more:
                found[node] = frozenset(more)
        return found

    def _decisive(self, broken: frozenset[int], held: Mapping[int, frozenset[int]]) -> set[int]:
        found = set[int]()
        for bundle in self.binding:
            up = [link for link in bundle.links if not self._why_lost(link, broken, held)]
            spare = bundle.members - (len(bundle.links) - len(up)) - bundle.needs
            far = [self._by_link[link].other(bundle.device) for link in up]
            if up and spare >= 0 and bundle.device not in broken:
                found.update(up if spare == 0 else (), (end for end in set(far) if far.count(end) > spare))
        return found

    def tied(self, fates: Mapping[int, frozenset[int]]) -> dict[int, Cable]:
        """Links between the same two devices of which each holds back the others → the one that stands for all."""
        found: dict[int, Cable] = {}
        for link, others in fates.items():
            together = others | {link}
            if link not in self._by_link or any(fates.get(one, frozenset()) | {one} != together for one in together):
                continue
            cables = [self._by_link[one] for one in sorted(together)]
            if len({frozenset((cable.a, cable.b)) for cable in cables}) == 1:
                found[link] = cables[0]
        return found
