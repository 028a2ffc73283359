"""Reachability over cables as arrays: who is cut off from every anchor when these devices and links are broken."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass

import numpy as np

from impact.arrays.reach import Marks
from impact.cabling import Cabling
from impact.rows import Array, Ints32, rows_of, tabled


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether each device, (d,), and each cable, (c,), is joined to an anchor by a healthy way."""

    devices: Array
    cables: Array


class Cables:
    """The cables of an estate, in whatever numbers its CIs are given.

    ``devices``: (d,) the CIs with cables and the anchors, sorted. ``links``: (c,) the CI of each cable.
    """

    def __init__(self, ends: Array, links: Array, transit: Collection[int], anchors: Collection[int]) -> None:
        """Take the cables in.

        Args:
            ends: shape (c, 2), the two devices of each cable.
            links: shape (c,), the CI that the cable itself is.
            transit: the devices that forward.
            anchors: the devices through which users come.
        """
        self.links = np.asarray(links, np.int32)
        sources = np.fromiter(anchors, np.int32, len(anchors))
        self.devices: Ints32 = np.unique(np.concatenate((np.asarray(ends, np.int32).ravel(), sources)))
        low, high = (np.searchsorted(self.devices, np.asarray(ends, np.int32)[:, side]) for side in (0, 1))
        cables = np.arange(len(self.links))
        ports = np.concatenate((low, high))
        self._start, at = tabled(ports, np.arange(2 * len(cables)), len(self.devices))
        self._far = np.concatenate((high, low))[at]
        self._cable = np.concatenate((cables, cables))[at]
        forwards = np.fromiter(transit, np.int32, len(transit))
        self._forwards = np.isin(self.devices, forwards)
        self._sources = np.searchsorted(self.devices, sources)
        self._by_link = np.argsort(self.links, kind="stable")
        self._marks = Marks(len(self.devices))
        self.free = self.reach(())
        """What is reached with nothing broken."""

    def seen_from(self, anchors: Collection[int]) -> Cables:
        """The same cables from other anchors; these must be among the devices."""
        other = copy(self)
        other._sources = np.searchsorted(self.devices, np.fromiter(anchors, np.int32, len(anchors)))  # noqa: SLF001
        other.free = other.reach(())
        return other

    def reach(self, broken: Collection[int]) -> Reached:
        """What the anchors reach although these CIs, devices or links, are broken. The cost grows with the network."""
        cut, dead = self._cut(broken), self._dead(broken)
        seen = np.zeros(len(self.devices), np.bool_)
        live = np.zeros(len(self.links), np.bool_)
        frontier: Array = self._sources[~dead[self._sources]]
        seen[frontier] = True
        self._marks.clear()
        while frontier.size:
            ports, _ = rows_of(self._start, frontier)
            ports = ports[~cut.take(self._cable.take(ports))]
            live[self._cable.take(ports)] = True
            far = self._far.take(ports)
            far = far[~(dead.take(far) | seen.take(far))]
            seen[far] = True
            frontier = self._marks.fresh(far[self._forwards.take(far)])
        return Reached(seen, live)

    def isolated(self, broken: Collection[int]) -> Ints32:
        """The devices that these faults cut off from every anchor; not those that are broken themselves."""
        lost = self.free.devices & ~self.reach(broken).devices & ~self._dead(broken)
        found: Ints32 = self.devices[lost]
        return found

    def _dead(self, broken: Collection[int]) -> Array:
        dead = np.zeros(len(self.devices) + 1, np.bool_)
        dead[_places(self.devices, np.fromiter(broken, np.int32, len(broken)))] = True
        return dead[:-1]

    def _cut(self, broken: Collection[int]) -> Array:
        cut = np.zeros(len(self.links) + 1, np.bool_)
        wanted = np.fromiter(broken, np.int32, len(broken))
        first, last = (np.searchsorted(self.links, wanted, side, sorter=self._by_link) for side in ("left", "right"))
        for begin, end in zip(first.tolist(), last.tolist(), strict=True):
            cut[self._by_link[begin:end]] = True
        return cut[:-1]


def _places(where: Array, wanted: Array) -> Array:
    """Where each of these stands; the end for those that do not."""
    at = np.searchsorted(where, wanted)
    known = where.take(at, mode="clip") == wanted if where.size else np.zeros(wanted.shape, np.bool_)
    return np.where(known, at, len(where))


def cables_of(network: Cabling) -> Cables:
    """The cables of a compiled graph, in its numbers."""
    return Cables(
        np.array([(cable.a, cable.b) for cable in network.cables], np.int32).reshape(-1, 2),
        np.array([cable.link for cable in network.cables], np.int32),
        network.transit,
        network.anchors,
    )
