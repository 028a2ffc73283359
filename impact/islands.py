"""What is cut off, island by island, and what cut it off: what is broken where a way from outside would come in."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from impact.cabling import Cabling

Island = tuple[frozenset[int], frozenset[int]]
"""The devices that forward among themselves, and what is gone next to them."""


class Islands:
    """The islands among some cables when some of them, or devices, are gone."""

    def __init__(self, cabling: Cabling, sources: Iterable[int], gone: Collection[int]) -> None:
        self._cabling = cabling
        self._sources = tuple(sources)
        self._gone = gone
        self._islands: dict[int, Island] = {}
        self._outside: dict[frozenset[int], set[int]] = {}

    def cut_of(self, device: int) -> set[int]:
        """What cuts a device off that is not reached: gone, next to its island, and reached from outside of it.

        What is gone behind the island cuts nothing off.
        """
        near, border = self._next_to(device)
        islands = [self._island(one) for one in ({device} if device in self._cabling.transit else near)]
        inside = frozenset[int]().union(*(members for members, _ in islands))
        if inside not in self._outside:
            self._outside[inside] = self._cabling.reach(self._sources, inside)
        return self._outside[inside].intersection(border.union(*(gone for _, gone in islands)))

    def _next_to(self, device: int) -> tuple[set[int], set[int]]:
        """What forwards and is still cabled to a device; and what is gone."""
        near, border = set[int](), set[int]()
        for cable in self._cabling.at.get(device, ()):
            far = cable.other(device)
            if cable.link in self._gone:
                border.add(cable.link)
            elif far in self._gone:
                border.add(far)
            elif far in self._cabling.transit:
                near.add(far)
        return near, border

    def _island(self, start: int) -> Island:
        if start not in self._islands:
            members, border, stack = {start}, set[int](), [start]
            while stack:
                near, gone = self._next_to(stack.pop())
                border |= gone
                stack += near - members
                members |= near
            self._islands |= dict.fromkeys(members, (frozenset(members), frozenset(border)))
        return self._islands[start]
