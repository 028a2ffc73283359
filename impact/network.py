"""The network of a graph: its cables in their VLANs, as it was built and with something broken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from impact.reachability import Reachability
from impact.vlans import Layered


@dataclass
class Network(Layered):
    """The cables of the estate."""

    def broken(self, broken: frozenset[int], site: int | None = None) -> Reachability:
        """What is reached from all anchors, or from those of a site, with these devices and links broken."""
        return Reachability(self, broken, site, self.as_built if site is None else self.as_built_of(site))

    @cached_property
    def as_built(self) -> Reachability:
        """From all anchors, with nothing broken."""
        return Reachability(self, frozenset())

    @cached_property
    def _as_built_of(self) -> dict[int, Reachability]:
        return {}

    def as_built_of(self, site: int) -> Reachability:
        """From the anchors of a site, with nothing broken."""
        if site not in self._as_built_of:
            self._as_built_of[site] = Reachability(self, frozenset(), site)
        return self._as_built_of[site]

    @cached_property
    def free_devices(self) -> frozenset[int]:
        """The devices among what the anchors reach with nothing failed."""
        return self.as_built.devices

    @cached_property
    def free_devices_of_site(self) -> dict[int, frozenset[int]]:
        """Site → the devices that its own anchors reach with nothing failed."""
        return {site: self.as_built_of(site).devices for site in self.sites}

    @cached_property
    def ways(self) -> frozenset[int]:
        """Everything whose failure can touch something else: what forwards, anchors, links, what is bundled."""
        return self.transit | self.anchors | self.by_link.keys() | self.bundles.ends

    def downstream(self, node: int, levels: dict[int, int]) -> Iterable[int]:
        """What lies one step further from the sources than this device or link; from anchors, in any of the VLANs.

        Beside it what lies behind the links that it holds back; not these, of which each may break by itself.
        """
        if len(self.layers) == 1 and not self.aggregates:
            yield from self.further(node, levels)
            return
        layers = (self, *self.layers) if levels is self.anchor_levels and len(self.layers) > 1 else (self,)
        links = {link for bundle in self.bundles.at(node) for link in bundle.links if bundle.needs > 1}
        for layer in layers:
            ranks = levels if layer is self else layer.anchor_levels
            for way in (node, *sorted(links - {node})):
                yield from layer.further(way, ranks)
        yield from (bundle.port for bundle in self.bundles.at(node))
