"""Whether needs in a circle can be worked out as a least fixpoint: asked of each member, about its needs inside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from impact.rules import Number, Rule, Worst, rising
from impact.scale import OUTSIDE, Level, Scale, Seen, rises

Inside: TypeAlias = Collection[tuple[Seen, Mapping[Level, Number] | None]]
"""Of each need of a member that leads to another of the same circle, its map and its points."""


def only_worsens(rules: Iterable[Rule], inside: Inside, scale: Scale) -> bool:
    """Whether a member never gets better because another gets worse: without that there is no least fixpoint."""
    return all(rule.monotone for rule in rules) and all(
        rises(sees) and (drops is None or rising(drops, scale)) for sees, drops in inside
    )


def bears_unknown(rules: Iterable[Rule], inside: Inside) -> bool:
    """Whether a member never gets better because another stops to be unknown: with other rules what counts changes."""
    return all(isinstance(rule, Worst) for rule in rules) and all(
        sees[OUTSIDE] <= max(sees[0], OUTSIDE) for sees, _ in inside
    )
