"""Dominator trees, after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property


class DominatorTree:
    """Immediate dominators of everything a source reaches. ``SOURCE`` stands before all real sources."""

    SOURCE = -1

    def __init__(self, successors: Callable[[int], list[int]]) -> None:
        order, predecessors = _postorder(successors, self.SOURCE)
        self._number = {node: number for number, node in enumerate(order)}
        self.parent = {self.SOURCE: self.SOURCE}
        changed = True
        while changed:
            changed = False
            for node in reversed(order[:-1]):
                done = [p for p in predecessors[node] if p in self.parent]
                best = done[0]
                for other in done[1:]:
                    best = self._meet(best, other)
                if self.parent.get(node) != best:
                    self.parent[node] = best
                    changed = True

    def __contains__(self, node: int) -> bool:
        return node in self.parent

    def _meet(self, a: int, b: int) -> int:
        number, parent = self._number, self.parent
        while a != b:
            while number[a] < number[b]:
                a = parent[a]
            while number[b] < number[a]:
                b = parent[b]
        return a

    @cached_property
    def _span(self) -> dict[int, tuple[int, int]]:
        """Entry and exit numbers of each node in the tree, so that dominance is two comparisons."""
        children: dict[int, list[int]] = {}
        for node, parent in self.parent.items():
            if node != parent:
                children.setdefault(parent, []).append(node)
        entry: dict[int, int] = {}
        span: dict[int, tuple[int, int]] = {}
        stack: list[tuple[int, bool]] = [(self.SOURCE, False)]
        clock = 0
        while stack:
            node, leaving = stack.pop()
            clock += 1
            if leaving:
                span[node] = (entry[node], clock)
            else:
                entry[node] = clock
                stack.append((node, True))
                stack.extend((child, False) for child in children.get(node, ()))
        return span

    def dominates(self, dominator: int, node: int) -> bool:
        """Whether every way from the source to ``node`` passes ``dominator``."""
        outer, inner = self._span.get(dominator), self._span.get(node)
        return outer is not None and inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1]

    def behind(self, nodes: Iterable[int]) -> dict[int, int]:
        """How many of some nodes each of the others strictly dominates; those that dominate none are left out."""
        found = dict.fromkeys(self.parent, 0)
        for node in nodes:
            found[node] += 1
        counted = dict(found)
        for node in sorted(self.parent, key=lambda one: self._span[one], reverse=True):  # children before parents
            if node != self.SOURCE:
                found[self.parent[node]] += found[node]
        return {
            node: count - counted[node]
            for node, count in found.items()
            if count > counted[node] and node != self.SOURCE
        }

    def chain(self, node: int) -> Iterator[int]:
        """The strict dominators of a node, nearest first."""
        while (node := self.parent[node]) != self.SOURCE:
            yield node


def _postorder(successors: Callable[[int], list[int]], source: int) -> tuple[list[int], dict[int, list[int]]]:
    order: list[int] = []
    predecessors: dict[int, list[int]] = {}
    seen = {source}
    stack = [(source, iter(successors(source)))]
    while stack:
        node, following = stack[-1]
        for after in following:
            predecessors.setdefault(after, []).append(node)
            if after not in seen:
                seen.add(after)
                stack.append((after, iter(successors(after))))
                break
        else:
            order.append(node)
            stack.pop()
    return order, predecessors
