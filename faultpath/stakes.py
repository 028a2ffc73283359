"""What is at stake for services: the minutes that are left of what they were promised to be up, and what outages cost.

The engine knows rates and no clock; the log of health says how long services were in which state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from alerting.health_log import spans_of_services
from cmdb.model import CiId
from faultpath.graph_view import GraphView
from impact.costs import counted
from impact.graph import CompiledGraph
from ledger.engine import Ledger
from ticket_bridge.promises import Budget, Month, allowed_in, budget, cost_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """What is left to a service in a calendar month."""

    month: str  # 2026-03
    budget: Budget


def slas(ledger: Ledger, view: GraphView | None, ci_ids: Iterable[CiId], now: datetime) -> Mapping[CiId, Sla]:
    """What is left to these services in the month of a time; those that are promised nothing are left out."""
    if view is None:
        return {}
    promised = {}
    for ci_id in ci_ids:
        hours = view.hours(ci_id)
        month = Month.of(now, hours)
        known = view.cis.get(ci_id)
        allowed = allowed_in(month, known.attributes, hours) if known is not None else None
        if allowed is not None:
            promised[ci_id] = (month, allowed, hours)
    if not promised:
        return {}
    spans = spans_of_services(ledger, promised, min(month.start for month, _, _ in promised.values()), now)
    return {
        ci_id: Sla(
            # noon of a day in the middle: of the month in any zone
            month=(month.start + (month.end - month.start) / 2).strftime("%Y-%m"),
            budget=budget(month, allowed, hours, spans[ci_id], now),
        )
        for ci_id, (month, allowed, hours) in promised.items()
    }


def costs_so_far(
    ledger: Ledger, graph: CompiledGraph, hits: Iterable[CiId], began: datetime, now: datetime
) -> Mapping[str, Decimal]:
    """What these services and offerings have cost since a time, by currency; empty where none states a figure."""
    business = graph.business
    nodes = [graph.index[ci_id] for ci_id in hits if ci_id in graph.index]
    concerned = counted(nodes, business.rates, business.offerings, business.offered)
    spans = spans_of_services(ledger, (graph.ids[node] for node in concerned), began, now)
    found: dict[str, Decimal] = {}
    for node in concerned:
        rate = business.rates[node]
        found[rate.currency] = found.get(rate.currency, Decimal(0)) + cost_of(rate, spans[graph.ids[node]], now)
    return found
