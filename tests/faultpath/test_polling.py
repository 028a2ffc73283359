"""Who is polled, and with what: never more than the declared ranges allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from alerting.binding import GraphIndex
from cmdb.catalogue import Catalogue
from cmdb.columns.fill import columns_of
from cmdb.model import CI, Snapshot
from collectors.snmp.reading import PollTarget
from collectors.snmp.session import CommunityV2c, Credential, UserV3
from discovery.ranges import Range, parse_range
from faultpath.graph_view import GraphView
from faultpath.polling import poll_targets

CREDENTIALS: Mapping[str, Credential] = {
    "public": CommunityV2c(community="public"),
    "other": CommunityV2c(community="other"),
    "ops": UserV3(user="ops"),
}
ADDRESS = "10.0.0.7:161"


def target(ranges: Sequence[Range], remembered: str | None = None, address: str = ADDRESS) -> PollTarget | None:
    """How the one switch of a graph is polled; ``None`` if it is not."""
    switch = CI(ci_id="SW", cls="Switch", name="sw", attributes={"mgmt_address": address})
    columns = columns_of(Snapshot(revision=1, cis=(switch,), relations=()))
    opened = {address: remembered} if remembered else {}
    view = GraphView(columns, Catalogue.load().is_a)
    return next(poll_targets(view, GraphIndex(columns), CREDENTIALS, opened, ranges), None)


def declared(text: str, *credentials: str, allow_v2c: bool = False, excluded: Sequence[str] = ()) -> Range:
    return parse_range(text, credentials=credentials, allow_v2c=allow_v2c, excluded=excluded)


def test_what_opened_a_device_is_used_again_where_its_range_allows_it() -> None:
    found = target([declared("10.0.0.0/24", "ops", "public", allow_v2c=True)], "public")
    assert found is not None
    assert (found.credential, found.answered_before) == (CREDENTIALS["public"], True)


@pytest.mark.parametrize(
    "ranges",
    [
        pytest.param([], id="withdrawn"),
        pytest.param([declared("10.0.1.0/24", "public", allow_v2c=True)], id="of another network"),
        pytest.param([declared("10.0.0.7:1161", "public", allow_v2c=True)], id="of another port"),
        pytest.param([declared("10.0.0.0/24", "public", allow_v2c=True, excluded=["10.0.0.7"])], id="excluded"),
        pytest.param([declared("10.0.0.0/24", "public")], id="without v2c"),
        pytest.param([declared("10.0.0.0/24", "gone")], id="of a credential that is gone"),
    ],
)
def test_a_device_is_left_alone_that_no_range_allows_any_more(ranges: list[Range]) -> None:
    assert target(ranges, "public") is None


def test_a_credential_that_its_range_no_longer_names_gives_way_to_one_that_it_names() -> None:
    found = target([declared("10.0.0.0/24", "public", "ops", allow_v2c=False)], "public")
    assert found is not None
    # whether the device knows that user is not known: its silence is no evidence
    assert (found.credential, found.answered_before) == (CREDENTIALS["ops"], False)


def test_one_range_does_not_lend_its_v2c_to_the_credentials_of_another() -> None:
    ranges = [declared("10.0.0.0/24", "public"), declared("10.0.0.0/16", "other", allow_v2c=True)]
    found = target(ranges, "public")
    assert found is not None
    assert found.credential == CREDENTIALS["other"]


def test_an_address_of_ipv6_is_found_in_its_range() -> None:
    found = target([declared("[2001:db8::/120]:161", "ops")], "ops", "[2001:db8::7]:161")
    assert found is not None
    assert (found.host, found.answered_before) == ("2001:db8::7", True)
