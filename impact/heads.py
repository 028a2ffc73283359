"""People known as a number only, each counted once where numbered groups stand in each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def numbers_alone(numbers: Mapping[int, int], above: Mapping[int, Collection[int]]) -> dict[int, int]:
    """How many people each group has beside those of the numbered groups that stand in it.

    Args:
        numbers: how many people each group says it has.
        above: the groups that a group stands in, directly or through others.

    A group that says less than those in it has none beside them. Groups that stand in each other in a circle keep
    their numbers.
    """
    inside: dict[int, list[int]] = {group: [] for group in numbers}
    for group in numbers:
        for whole in above.get(group, ()):
            if whole in inside and group not in above.get(whole, ()):
                inside[whole].append(group)
    alone: dict[int, int] = {}
    for group in sorted(numbers, key=lambda one: (len(inside[one]), one)):  # who has none in it first
        alone[group] = max(0, numbers[group] - sum(alone[one] for one in inside[group]))
    return alone
