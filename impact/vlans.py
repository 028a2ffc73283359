"""VLANs: the cables of each as a layer of its own, and which of them are bundled.

A VLAN has the cables whose ports carry it; a port that states none carries all. Ways begin at anchors, which route:
each VLAN begins at each of them. A device is reached if it is in one of the VLANs in which it lives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from impact.bundles import Bundle, Bundles
from impact.cabling import Cabling


@dataclass
class Layered(Cabling):
    """Cables that carry VLANs. ``lives``: the VLANs that devices state; the others live in all that reach them."""

    lives: Mapping[int, frozenset[int]] = field(default_factory=dict)
    aggregates: tuple[Bundle, ...] = ()

    @cached_property
    def bundles(self) -> Bundles:
        return Bundles(self.aggregates, self)

    # VLANs

    @cached_property
    def layers(self) -> tuple[Cabling, ...]:
        """The cables of each VLAN, once for all that have the same; these themselves where no port states any."""
        return tuple(self._layers[0])

    @cached_property
    def _layers(self) -> tuple[list[Cabling], dict[int | None, int]]:
        """The layers, and the place of each VLAN that is stated among them; of ``None`` any other."""
        stating = [cable for cable in self.cables if cable.vlans is not None]
        if not stating:
            return [self], {None: 0}
        carried: dict[int | None, set[int]] = {None: set()}
        for cable in stating:
            for vlan in cable.vlans or ():
                carried.setdefault(vlan, set()).add(cable.link)
        places: dict[frozenset[int], int] = {}
        of = {vlan: places.setdefault(frozenset(links), len(places)) for vlan, links in carried.items()}
        silent = [cable for cable in self.cables if cable.vlans is None]
        layers = [
            Cabling(
                cables=sorted([*silent, *(self.by_link[link] for link in links)], key=lambda cable: cable.link),
                transit=self.transit,
                anchors=self.anchors,
                hub=None,
                sites=self.sites,
            )
            for links in places
        ]
        return layers, of

    def layers_of(self, device: int) -> Iterable[int]:
        """The layers in which a device lives, by place."""
        layers, of = self._layers
        if len(layers) == 1:
            return (0,)
        stated = self.lives.get(device)
        if stated is not None:
            return sorted({of.get(vlan, of[None]) for vlan in stated})
        return [place for place, layer in enumerate(layers) if device in layer]

    @cached_property
    def residents(self) -> tuple[frozenset[int], ...]:
        """The devices that live in each layer."""
        found: list[set[int]] = [set() for _ in self.layers]
        for device in self.at:
            for place in self.layers_of(device):
                found[place].add(device)
        return tuple(map(frozenset, found))
