"""Silence deletes nothing: devices that do not answer, cables that are cut, MACs that are forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cmdb.catalogue import Catalogue
from cmdb.model import Observation
from discovery.device import Device, Gap
from discovery.identify import identify
from discovery.knowledge import shipped
from discovery.memory import KEEP_UNSEEN, lost_of, with_unseen, without_lost, worth_taking
from discovery.observe import Observer
from discovery.run import map_topology
from tests.discovery.conftest import AT
from tests.discovery.test_topology import BRIDGES, IOT, MAC_1, MAC_2, by_mac, by_name, hears, host, switch

LATER = AT + timedelta(days=1)


def observed(
    catalogue: Catalogue, devices: Iterable[Device], *, known: Sequence[Observation] = (), at: datetime = AT
) -> tuple[Observation, ...]:
    """What a run concludes that has read these devices."""
    taken = worth_taking(devices, known)
    identities = identify(taken, shipped(), catalogue)
    found = {identities[device].key: (device, identities[device]) for device in taken}
    topology = without_lost(map_topology(found, catalogue, shipped()), lost_of(known, taken))
    return with_unseen(Observer(catalogue, at).observe(found, topology), known, at)


def facts(observations: Iterable[Observation]) -> set[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    """Observations without their times."""
    return {
        (seen.native_key, seen.cls, repr(sorted(seen.attributes.items())),
         tuple(sorted((one.type, one.to) for one in seen.relations)))
        for seen in observations
    }  # fmt: skip


ONE = switch(1, heard=[hears(1, by_mac(MAC_2), by_name("p3"))], learned=[(2, IOT)])
TWO = switch(2, heard=[hears(3, by_mac(MAC_1), by_name("p1"))])


def test_a_second_look_at_the_same_is_the_same(catalogue: Catalogue) -> None:
    first = observed(catalogue, [ONE, TWO])
    assert facts(observed(catalogue, [ONE, TWO], known=first, at=LATER)) == facts(first)


def test_a_device_that_does_not_answer_stays_as_it_was(catalogue: Catalogue) -> None:
    """Its neighbour still hears of it, and must not make a poorer thing of it."""
    first = observed(catalogue, [ONE, TWO])
    assert facts(observed(catalogue, [ONE], known=first, at=LATER)) == facts(first)


def test_a_device_read_in_part_stays_as_it_was(catalogue: Catalogue) -> None:
    first = observed(catalogue, [ONE, TWO])
    cut_off = Device(
        host=TWO.host, port=161, credential="c", system=TWO.system, gaps=(Gap(table="interfaces", why="timeout"),)
    )
    assert facts(observed(catalogue, [ONE, cut_off], known=first, at=LATER)) == facts(first)
    assert len(observed(catalogue, [cut_off])) == 1  # nothing better is known: take what there is


def test_a_cut_cable_and_a_forgotten_mac_stay(catalogue: Catalogue) -> None:
    first = observed(catalogue, [ONE, TWO])
    quiet = observed(catalogue, [switch(1), switch(2)], known=first, at=LATER)
    assert facts(quiet) == facts(first)


def test_what_was_not_seen_for_long_goes(catalogue: Catalogue) -> None:
    first = observed(catalogue, [ONE, TWO])
    at = AT + KEEP_UNSEEN + timedelta(hours=1)
    late = observed(catalogue, [switch(1), switch(2)], known=first, at=at)
    assert facts(late) == facts(observed(catalogue, [switch(1), switch(2)], at=at))


def test_its_age_counts_from_when_it_was_seen_last(catalogue: Catalogue) -> None:
    known = observed(catalogue, [ONE, TWO])
    for day in range(1, 10):
        known = observed(catalogue, [switch(1), switch(2)], known=known, at=AT + timedelta(days=day))
    assert not [seen for seen in known if seen.cls == "Link"]


def test_a_port_with_a_new_neighbour_has_lost_the_old_one(catalogue: Catalogue) -> None:
    first = observed(catalogue, [ONE, TWO])
    moved = switch(
        1, heard=[hears(2, by_mac(MAC_2), by_name("p3"))]
    )  # the cable is in p2 now, where the IoT device was
    found = observed(catalogue, [moved, switch(2)], known=first, at=LATER)
    assert [seen.name for seen in found if seen.cls == "Link"] == ["sw1 p2 ↔ sw2 p3"]
    assert not [seen for seen in found if IOT in seen.native_key]


def test_a_device_read_whole_has_no_other_ports_than_it_says(catalogue: Catalogue) -> None:
    first = observed(catalogue, [switch(1, ports=4)])
    found = observed(catalogue, [switch(1, ports=2)], known=first, at=LATER)
    assert sorted(seen.name for seen in found if seen.cls == "Port") == ["p1", "p2"]


def test_a_device_known_from_others_that_answers_now_is_one_by_its_claims(catalogue: Catalogue) -> None:
    ghost = hears(1, by_mac(MAC_2), by_name("p3"), sys_name="sw2", capabilities=BRIDGES)
    first = observed(catalogue, [switch(1, heard=[ghost])])
    found = observed(catalogue, [switch(1, heard=[ghost]), TWO], known=first, at=LATER)
    assert sorted(seen.name for seen in found if seen.cls not in ("Port", "Link")) == ["sw1", "sw2"]
    assert len([seen for seen in found if seen.cls == "Link"]) == 1


def test_a_silent_server_is_not_seen_again_by_its_mac(catalogue: Catalogue) -> None:
    access, server = switch(1, learned=[(2, IOT)]), host(7, IOT)
    first = observed(catalogue, [access, server])
    assert facts(observed(catalogue, [access], known=first, at=LATER)) == facts(first)
