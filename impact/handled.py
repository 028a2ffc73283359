"""Who counts as handled because what it needs is: maintenance and acknowledgement, passed on beside health.

How depends on the product; each way is a word of the policy, and for maintenance of a CI too:

- ``inherit``: a problem all of whose inputs that are a problem are handled;
- ``inherit_worst``: a problem all of whose inputs that hold it where it is are handled;
- ``inherit_if_ok``: a problem that would be none if the handled inputs were ok;
- ``inherit_if_down``: what would be a problem if the handled inputs were at the worst level and all others ok.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from impact.scale import HEIRS, Level

if TYPE_CHECKING:
    from impact.needs import Need
    from impact.propagate import Propagation

_IF_DOWN = "inherit_if_down"


def handled(
    spread: Propagation, given: Iterable[int], how: Callable[[int], str], words: Collection[str]
) -> frozenset[int]:
    """The CIs that are handled: those given, and their heirs.

    Args:
        spread: the state.
        given: what was put into maintenance, or acknowledged.
        how: the word that holds for a CI.
        words: all that hold for some CI.
    """
    found, rank = set(given), spread.graph.order.rank
    if not found or set(words).isdisjoint(HEIRS):
        return frozenset(found)
    ok = spread.graph.scale.ok
    candidates = {n for n, level in spread.full.items() if level > ok >= spread.own.get(n, 0) and how(n) in HEIRS}
    if _IF_DOWN in words:
        candidates |= {n for n in _above(spread, found) if how(n) == _IF_DOWN}
    for _, members in groupby(sorted(candidates, key=lambda n: (rank[n], n)), key=lambda n: rank[n]):
        _decide(spread, found, list(members), how)
    return frozenset(found)


def _above(spread: Propagation, nodes: Iterable[int]) -> set[int]:
    """All that needs any of them, directly or through others."""
    found, stack = set[int](), list(nodes)
    while stack:
        fresh = set(spread.graph.dependents[stack.pop()]) - found
        found |= fresh
        stack += fresh
    return found


def _decide(spread: Propagation, found: set[int], members: list[int], how: Callable[[int], str]) -> None:
    """Of those of one rank: all that inherit what they have might, until one is struck; the others might not."""
    heirs = [n for n in members if n not in found and how(n) != _IF_DOWN]
    found.update(heirs)
    while struck := {n for n in heirs if n in found and not _inherits(spread, n, found, how(n))}:
        found -= struck
    rest = [n for n in members if n not in found and how(n) == _IF_DOWN]
    while more := {n for n in rest if n not in found and _inherits(spread, n, found, _IF_DOWN)}:
        found |= more


def _inherits(spread: Propagation, node: int, found: set[int], how: str) -> bool:
    graph = spread.graph
    ok, worst = graph.scale.ok, graph.scale.worst
    if found.isdisjoint(need.provider for need in graph.needs[node]):
        return False
    if how == "inherit":
        bad = {need.provider for need in graph.needs[node] if spread.seen(need) > ok}
        return bool(bad) and bad <= found
    if how == "inherit_worst":
        via = spread.via(node)
        return bool(via) and found.issuperset(via)
    if how == "inherit_if_ok":
        return _supposed(spread, node, lambda n: n.sees[0] if n.provider in found else spread.seen(n)) <= ok
    return (
        not found.isdisjoint(need.provider for need in graph.needs[node])
        and _supposed(spread, node, lambda n: n.sees[worst if n.provider in found else 0]) > ok
    )


def _supposed(spread: Propagation, node: int, seen: Callable[[Need], Level]) -> Level:
    """What a CI's needs would make of it if it saw them so."""
    if node not in spread.graph.ruled:
        return max((seen(need) for need in spread.graph.needs[node]), default=0)
    said = []
    for scoped, pairs, _ in spread.reductions(node):
        said.append(scoped.rule.level([replace(one, level=seen(need)) for need, one in pairs]))
    return max((level for level in said if level is not None), default=0)
