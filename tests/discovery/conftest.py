"""What the tests of discovery share: one catalogue, and one way to run a discovery against local agents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime

import pytest

from cmdb.catalogue import Catalogue
from cmdb.model import Observation
from collectors.snmp.gufo import open_session
from collectors.snmp.session import CommunityV2c, Credential
from discovery.ranges import Range, parse_range
from discovery.run import DiscoveryResult, Report, discover
from discovery.sweep import Plan

AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
PUBLIC: Mapping[str, Credential] = {"public": CommunityV2c(community="public")}

Discover = Callable[..., Awaitable[DiscoveryResult]]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def run(catalogue: Catalogue) -> Discover:
    """Discover over real UDP; ranges as texts mean community "public"."""

    async def go(
        ranges: Iterable[Range | str],
        credentials: Mapping[str, Credential] = PUBLIC,
        *,
        remembered: Mapping[str, str] | None = None,
        known: Iterable[Observation] = (),
        at: datetime = AT,
        report: Report | None = None,
        timeout_s: float = 1.0,
    ) -> DiscoveryResult:
        declared = tuple(
            parse_range(one, credentials=["public"], allow_v2c=True) if isinstance(one, str) else one for one in ranges
        )
        plan = Plan(ranges=declared, credentials=credentials, remembered=remembered or {}, timeout_s=timeout_s)
        return await discover(plan, sessions=open_session, catalogue=catalogue, at=at, report=report, known=known)

    return go
