"""How urgent, and whether at all: the tables of incidents/policy.yaml applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from alerting.model import Severity
from impact.model import Health, Reason, RootImpact, ServiceHit
from ticket_bridge.incidents.hours import within
from ticket_bridge.incidents.policy import NO_IMPACT, opens, priority
from ticket_bridge.settings import IncidentPolicy, MailSettings, NoticePolicy

POLICY = IncidentPolicy.load()
DOWN, DEGRADED, AT_RISK = Health.DOWN, Health.DEGRADED, Health.AT_RISK


def hit(state: Health, tier: int, service: str = "svc") -> ServiceHit:
    return ServiceHit(ci_id=service, tier=tier, state=state, path=(), reason=Reason(code="via"))


def impact(*services: ServiceHit, cannot_work: int = 0, everybody: int = 100, vip: bool = False) -> RootImpact:
    people = frozenset(f"p{number}" for number in range(cannot_work))
    return replace(NO_IMPACT, services=services, cannot_work=people, people_total=everybody, vip_cannot_work=vip)


def how_urgent(
    found: RootImpact,
    severity: Severity = Severity.CRITICAL,
    *,
    proven: bool = True,
    closed: frozenset[str] = frozenset(),
) -> tuple[int, Reason]:
    return priority(POLICY, found, severity=severity, proven=proven, in_hours=lambda ci: ci not in closed)


@pytest.mark.parametrize(
    ("state", "by_tier"), [(DOWN, (1, 2, 3, 4)), (DEGRADED, (2, 3, 4, 5)), (AT_RISK, (3, 4, 5, 5))]
)
def test_the_table(state: Health, by_tier: tuple[int, ...]) -> None:
    assert tuple(how_urgent(impact(hit(state, tier)))[0] for tier in (1, 2, 3, 4)) == by_tier


def test_the_worst_pair_counts_and_is_named() -> None:
    value, why = how_urgent(impact(hit(DOWN, 4, "fax"), hit(DEGRADED, 1, "crm")))
    assert value == 2
    assert why.args["service"] == "crm"


def test_at_most_one_step_up() -> None:
    assert how_urgent(impact(hit(DOWN, 3), cannot_work=24))[0] == 3
    assert how_urgent(impact(hit(DOWN, 3), cannot_work=25))[0] == 2
    value, why = how_urgent(impact(hit(DOWN, 3), cannot_work=25, vip=True))
    assert (value, why.args["steps"]) == (2, ("many_people",))
    assert how_urgent(impact(hit(DOWN, 3), cannot_work=1, vip=True))[0] == 2
    assert how_urgent(impact(hit(DOWN, 1), cannot_work=100))[0] == 1


def test_outside_of_its_hours_a_service_counts_one_step_less() -> None:
    found = impact(hit(DOWN, 1, "shop"), hit(DEGRADED, 2, "crm"))
    assert how_urgent(found, closed=frozenset({"shop"}))[0] == 2
    assert how_urgent(found, closed=frozenset({"shop"}))[1].args["steps"] == ("outside_hours",)


def test_without_a_service_the_severity_counts() -> None:
    assert [how_urgent(impact(), severity)[0] for severity in reversed(Severity)] == [3, 4, 5, 5, 5]


def test_what_is_unproven_is_never_more_urgent_than_three() -> None:
    assert how_urgent(impact(hit(DOWN, 1)), proven=False)[0] == 3
    assert how_urgent(impact(hit(DOWN, 4)), proven=False)[0] == 4


@pytest.mark.parametrize(
    ("services", "severity", "why"),
    [
        ((hit(DEGRADED, 4),), Severity.INFO, "opens_service_hit"),
        ((hit(AT_RISK, 1),), Severity.MINOR, None),
        ((replace(hit(DEGRADED, 4), lost_redundancy=True),), Severity.INFO, "opens_service_hit"),
        ((hit(AT_RISK, 1),), Severity.MAJOR, "opens_service_at_risk"),
        ((replace(hit(AT_RISK, 4), lost_redundancy=True),), Severity.WARNING, "opens_lost_redundancy"),
        ((hit(Health.UNKNOWN, 1),), Severity.CRITICAL, None),
        ((), Severity.CRITICAL, None),
    ],
)
def test_when_an_incident_opens(services: tuple[ServiceHit, ...], severity: Severity, why: str | None) -> None:
    found = opens(POLICY, bound=True, severity=severity, impact=impact(*services))
    assert (found.code if found else None) == why


MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "inside"),
    [
        ("24x7", True),
        ("whenever", True),
        ("Mon-Fri 08:00-18:00", True),
        ("Tue-Fri 08:00-18:00", False),
        ("Mon-Fri 08:00-18:00 Asia/Shanghai", False),  # 20:00 there
        ("Mon-Fri 08:00-21:00 Asia/Shanghai", True),
        ("Sun 22:00-13:00", True),  # begun on Sunday, past midnight
        ("Mon 22:00-13:00", False),
        ("Sat-Mon 11:00-00:00", True),
        ("Mon-Fri 08:00-18:00 Nowhere/Land", True),
        ("Mon-Fri 08:00-99:00", True),
    ],
)
def test_service_hours(hours: str, inside: bool) -> None:
    assert within(hours, MONDAY_NOON) is inside


def test_settings_are_checked_and_replaced_key_by_key() -> None:
    assert IncidentPolicy.load({"people_share": 0.5}).people_share == 0.5
    assert IncidentPolicy.load({"people_share": 0.5}).priority == POLICY.priority
    with pytest.raises(ValidationError, match="extra"):
        IncidentPolicy.load({"peopel_share": 0.5})
    with pytest.raises(ValidationError):
        NoticePolicy.load({"who_is_told": [{"role": "boss", "happenings": ["open"], "least_state": "any"}]})
    assert "hunter2" not in repr(MailSettings(password="hunter2"))
