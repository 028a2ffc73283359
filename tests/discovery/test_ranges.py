"""Ranges as people write them, and what they cover."""

from __future__ import annotations

import pytest

from discovery.errors import RangeError
from discovery.ranges import SNMP_PORT, parse_range, places_of, printed, ranges_of


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("10.0.0.7", [("10.0.0.7", SNMP_PORT)]),
        ("10.0.0.7:1161", [("10.0.0.7", 1161)]),
        ("10.0.0.0/30", [("10.0.0.1", SNMP_PORT), ("10.0.0.2", SNMP_PORT)]),
        ("10.0.0.9/30:16100", [("10.0.0.9", 16100), ("10.0.0.10", 16100)]),
        ("127.0.0.1:20000-20002", [("127.0.0.1", 20000), ("127.0.0.1", 20001), ("127.0.0.1", 20002)]),
        ("[2001:db8::4/127]:161", [("2001:db8::4", 161), ("2001:db8::5", 161)]),
        ("[2001:db8::4]", [("2001:db8::4", 161)]),
    ],
)
def test_a_range_names_its_places(text: str, places: list[tuple[str, int]]) -> None:
    assert list(parse_range(text).places()) == places


@pytest.mark.parametrize(
    "text", ["", "fritz", "10.0.0.0/33", "10.0.0.1:0", "10.0.0.1:70000", "10.0.0.1:9-8", "[::1", "a:b"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(RangeError):
        parse_range(text)


def test_a_large_range_may_be_crawled_and_not_swept() -> None:
    with pytest.raises(RangeError, match="crawled"):
        parse_range("10.0.0.0/8")
    crawled = parse_range("10.0.0.0/8", swept=False)
    assert places_of([crawled], "10.200.3.4") == (("10.200.3.4", SNMP_PORT),)


def test_excluded_networks_are_never_places() -> None:
    one = parse_range("10.0.0.0/29", excluded=["10.0.0.4/31"])
    assert [host for host, _ in one.places()] == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.6"]
    assert places_of([one], "10.0.0.4") == ()
    assert ranges_of([one], ("10.0.0.5", SNMP_PORT)) == ()


def test_an_address_alone_names_no_agent_among_many_ports() -> None:
    assert places_of([parse_range("127.0.0.1:20000-20100")], "127.0.0.1") == ()


def test_addresses_are_printed_as_claims_are() -> None:
    assert printed(("10.0.0.1", 161)) == "10.0.0.1:161"
    assert printed(("2001:db8::1", 161)) == "[2001:db8::1]:161"
    assert str(parse_range("[2001:db8::/126]:161")) == "[2001:db8::/126]:161"
