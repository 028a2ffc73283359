"""Every CI by what its failure alone would do to the business, the gravest first. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from impact.failures import Failure, Failures
from impact.graph import CompiledGraph
from impact.model import Health

PRIORITIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What one CI's failure alone would do. ``services``: id, tier and state, the gravest first; people are counts.

    ``by_priority``: how many services it would hit at each priority, P1 first: tier and state as in the table of
    docs/explanation/semantics.md.
    """

    ci_id: str
    services: tuple[tuple[str, int, Health], ...]
    by_priority: tuple[int, ...]
    cannot_work: int
    limited: int


def rank(graph: CompiledGraph, limit: int) -> list[Ranked]:
    """The ``limit`` CIs whose failure alone would hurt most; those that would hurt no service are left out.

    More services of a higher priority come first, then more people who cannot work, then more who are limited, then by
    id. Takes about a millisecond for each CI that something of the business stands on; run it outside of the loop.
    """
    failures = Failures(graph)
    tried = ((node, failures.alone(node)) for node in failures.of_business())
    found = [_ranked(graph, node, failure) for node, failure in tried if failure.hit]
    found.sort(key=lambda one: ([-count for count in one.by_priority], -one.cannot_work, -one.limited, one.ci_id))
    return found[:limit]


def _ranked(graph: CompiledGraph, node: int, failure: Failure) -> Ranked:
    business, names = graph.business, graph.ids
    counts = [0] * PRIORITIES
    for one, state in failure.hit.items():
        counts[min(PRIORITIES, business.tier(one) + Health.DOWN - state) - 1] += 1
    return Ranked(
        ci_id=names[node],
        services=tuple((names[one], business.tier(one), state) for one, state in failure.hit.items()),
        by_priority=tuple(counts),
        cannot_work=failure.cannot_work,
        limited=failure.limited,
    )
