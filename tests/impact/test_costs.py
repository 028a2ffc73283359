"""What outages cost by the minute: exact sums, nothing counted twice, and nothing made of what is not said."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from impact.assess import Assessor
from impact.model import Cost, Health, RootImpact
from impact.whatif import Scenario, try_out
from tests.impact.kit import Graph


def shop() -> Graph:
    g = Graph()
    g.ci("BusinessService", "CRM", cost_per_minute=0.1, cost_currency="EUR")
    g.ci("BusinessService", "Orders", cost_per_minute=0.2, cost_currency="EUR", degraded_cost_percent=10)
    g.ci("BusinessService", "Web")
    g.ci("Offering", "crm-desk", cost_per_minute=7)
    g.ci("Offering", "web-cn", cost_per_minute=30, cost_currency="CNY")
    g.ci("Offering", "web-eu", cost_per_minute=5, cost_currency="EUR")
    g.rel("crm-desk", "PART_OF", "CRM")
    g.rel("web-cn", "PART_OF", "Web")
    g.rel("web-eu", "PART_OF", "Web")
    g.ci("Server", "db")
    for service in ("CRM", "Orders", "Web"):
        g.rel(service, "RUNS_ON", "db")
    return g


def costs(impact: RootImpact) -> dict[str, str]:
    return {cost.currency: str(cost.per_minute) for cost in impact.costs}


def test_figures_are_summed_exactly_by_currency_and_a_services_own_stands_for_its_offerings() -> None:
    impact = Assessor(shop().compile()).what_if("db")
    assert costs(impact) == {"EUR": "5.3", "CNY": "30"}
    assert {hit.ci_id: hit.cost for hit in impact.services} == {
        "CRM": Cost(per_minute=Decimal("0.1"), currency="EUR"),
        "Orders": Cost(per_minute=Decimal("0.2"), currency="EUR"),
        "Web": None,
    }
    assert {hit.ci_id for hit in impact.offerings if hit.cost} == {"web-cn", "web-eu"}


def test_limited_costs_the_stated_share_or_the_catalogues_and_a_risk_nothing() -> None:
    graph = shop().compile()
    limited = try_out(graph, {}, Scenario(fail={"db": Health.DEGRADED}))
    assert {cost.currency: cost.per_minute for cost in limited.costs} == {
        "EUR": Decimal("0.05") + Decimal("0.02") + Decimal("2.5"),
        "CNY": Decimal(15),
    }
    assert try_out(graph, {}, Scenario(fail={"db": Health.AT_RISK})).costs == ()


def test_what_states_no_figure_has_no_cost_rather_than_none_to_pay() -> None:
    g = shop()
    g.ci("BusinessService", "CRM")
    g.ci("BusinessService", "Orders", cost_per_minute=True)  # no number: the import refuses it, a store might hold it
    g.ci("Offering", "web-cn")
    g.ci("Offering", "web-eu")
    found = Assessor(g.compile()).what_if("db")
    assert costs(found) == {"": "7"}
    assert all(hit.cost is None for hit in found.services)


def test_an_offering_with_a_fault_of_its_own_costs_its_own_figure() -> None:
    assert costs(Assessor(shop().compile()).what_if("crm-desk")) == {"": "7"}


@pytest.mark.parametrize("seed", range(100))
def test_sums_are_those_that_one_adds_by_hand(seed: int) -> None:
    draw, g = Random(seed), Graph()
    g.ci("Server", "db")
    cents: dict[str, int] = {}
    for n in range(draw.randint(1, 6)):
        if draw.random() < 0.7:
            cents[f"s{n}"] = draw.randint(0, 500)
        figure = {"cost_per_minute": cents[f"s{n}"] / 100} if f"s{n}" in cents else {}
        g.ci("BusinessService", f"s{n}", **figure)
        g.rel(f"s{n}", "RUNS_ON", "db")
        for m in range(draw.randint(0, 2)):
            of = {f"s{n}", f"s{draw.randrange(n + 1)}"}
            cost = draw.randint(0, 500)
            g.ci("Offering", f"o{n}{m}", cost_per_minute=cost / 100)
            g.rel(f"o{n}{m}", "PART_OF", *sorted(of))
            if not of & cents.keys():
                cents[f"o{n}{m}"] = cost
    found = Assessor(g.compile()).what_if("db").costs
    assert sum((one.per_minute for one in found), Decimal(0)) == Decimal(sum(cents.values())) / 100
