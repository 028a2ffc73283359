"""What outages cost by the minute: rates that services and offerings state, and what counts of them together.

A service's figure stands for all of it: the figures of its offerings count where it has none. Figures are exact
decimals; what states none costs nothing that is known, which is not nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from impact.model import Cost, Health
from impact.scale import Level

Attributes: TypeAlias = Callable[[int], Mapping[str, Any]]
"""Those of a CI."""

Default: TypeAlias = Callable[[int, str], float | None]
"""The number of an attribute that holds for a CI which says none."""

PER_MINUTE, CURRENCY, LIMITED_PERCENT = "cost_per_minute", "cost_currency", "degraded_cost_percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a minute costs in which it is down, and in which it is degraded."""

    down: Decimal
    degraded: Decimal
    currency: str

    def at(self, level: Level) -> Cost | None:
        """By the minute, at a level; ``None`` where it costs nothing."""
        if level < Health.DEGRADED:
            return None
        return Cost(per_minute=self.down if level == Health.DOWN else self.degraded, currency=self.currency)


def rates_of(hits: Iterable[int], attributes: Attributes, default: Default) -> dict[int, Rate]:
    """The rates that services and offerings state."""
    found = {}
    for hit in hits:
        said = attributes(hit)
        down = _number(said.get(PER_MINUTE))
        if down is not None:
            percent = _number(said.get(LIMITED_PERCENT, default(hit, LIMITED_PERCENT))) or Decimal(0)
            share = min(percent, Decimal(100)) / 100
            found[hit] = Rate(down=down, degraded=down * share, currency=str(said.get(CURRENCY, "")))
    return found


def _number(said: object) -> Decimal | None:
    if not isinstance(said, (int, float)) or isinstance(said, bool) or said < 0:
        return None
    return Decimal(str(said))


def counted(
    hits: Collection[int],
    rates: Mapping[int, Rate],
    offerings: Mapping[int, Iterable[int]],
    offered: Mapping[int, Iterable[int]],
) -> list[int]:
    """Of which services and offerings the figure counts while these are hit.

    Args:
        hits: services and offerings.
        rates: what each states.
        offerings: offering → the services that it is part of.
        offered: service or offering → what people use of it.
    """
    own = {hit for hit in hits if hit in rates and hit not in offerings}
    used = {one for hit in hits for one in offered.get(hit, ()) if one in offerings and one in rates}
    return sorted(own.union(one for one in used if own.isdisjoint(offerings[one])))


def together(costs: Iterable[Cost]) -> tuple[Cost, ...]:
    """One sum for each currency."""
    sums: dict[str, Decimal] = {}
    for cost in costs:
        sums[cost.currency] = sums.get(cost.currency, Decimal(0)) + cost.per_minute
    return tuple(Cost(per_minute=sums[currency], currency=currency) for currency in sorted(sums))
