"""The whole estate over real UDP: all that its truth file marks as visible, nothing else, and the same again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from cmdb.catalogue import Catalogue
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.model import CI, Observation, Snapshot
from cmdb.reconcile import Reconciler
from collectors.snmp.session import AuthProtocol, CommunityV2c, Credential, PrivProtocol, UserV3
from discovery.observe import SOURCE
from discovery.ranges import Range, parse_range
from discovery.run import DiscoveryResult, Progress
from examples.estate.export import access_file
from examples.estate.generate import generate
from examples.estate.model import Estate
from examples.estate.truth import seen_by
from ledger.clock import SystemClock
from tests.discovery.agents import estate_agents, serving
from tests.discovery.conftest import Discover
from tests.places import the_one_address

FIRST_BLOCK, LAST_BLOCK = 100, 160
Place = tuple[str, str]


@contextmanager
def running(seed: int, *, one_address: bool) -> Iterator[Estate]:
    """The agents of an estate in the first block of addresses that nobody has taken."""
    for block in range(FIRST_BLOCK, LAST_BLOCK):
        estate = generate(seed, block=block, one_address=one_address)
        if one_address:
            estate = _shifted(estate, 100 * (block - FIRST_BLOCK))
        try:
            with the_one_address() if one_address else nullcontext(), serving(estate_agents(estate)):
                yield estate
                return
        except OSError:
            continue
    pytest.fail("no free block of loopback addresses")


def _shifted(estate: Estate, ports: int) -> Estate:
    """The same estate with its agents on other ports: the one address has no blocks."""
    devices = (
        replace(one, mgmt=replace(one.mgmt, port=one.mgmt.port + ports)) if one.mgmt else one for one in estate.devices
    )
    return replace(estate, devices=tuple(devices))


def access(estate: Estate) -> tuple[list[Range], dict[str, Credential]]:
    """Ranges and credentials as the company hands them out."""
    file = access_file(estate)
    ranges = [
        parse_range(one["range"], credentials=one["credentials"], allow_v2c=one["allow_v2c"]) for one in file["ranges"]
    ]
    return ranges, {one["name"]: _credential(one) for one in file["credentials"]}


def _credential(entry: Mapping[str, str]) -> Credential:
    if entry["kind"] == "v2c":
        return CommunityV2c(community=entry["community"])
    return UserV3(
        user=entry["user"],
        auth=AuthProtocol(entry["auth"]),
        auth_secret=entry["auth_secret"],
        priv=PrivProtocol(entry["priv"]),
        priv_secret=entry["priv_secret"],
    )


class Seen:
    """A graph in the estate's own words."""

    def __init__(self, graph: Snapshot, estate: Estate, catalogue: Catalogue) -> None:
        self._estate = estate
        self._owner = {relation.from_id: relation.to_id for relation in graph.relations if relation.type == "PORT_OF"}
        self._cis = {ci.ci_id: ci for ci in graph.cis}
        self._macs = {port.mac: device.key for device in estate.devices for port in device.ports}
        self._macs |= {device.mac: device.key for device in estate.devices}
        self.hardware = [ci for ci in graph.cis if catalogue.is_a(ci.cls, "Hardware")]
        self.devices = Counter(self._key(ci) for ci in self.hardware)
        ends: dict[str, list[Place]] = {}
        for relation in graph.relations:
            if relation.type == "ENDS_AT":
                ends.setdefault(relation.from_id, []).append(self._place(relation.to_id))
        seen_by = {ci.ci_id: ci.attributes["seen_by"] for ci in graph.cis if ci.cls == "Link"}
        self.links = Counter((frozenset(places), seen_by[link]) for link, places in ends.items())
        self.joined = {
            frozenset((self._place(relation.from_id), self._place(relation.to_id)))
            for relation in graph.relations
            if relation.type == "CONNECTS_TO" and self._cis[str(relation.attributes["link"])].cls == "Link"
        }

    def _key(self, ci: CI) -> str:
        return self._macs.get(str(ci.attributes.get("mac")), f"nobody: {ci.name}")

    def _place(self, port_id: str) -> Place:
        """Device and if_name; a port of a device without an agent is known by its MAC only."""
        device = self._estate.device[self._key(self._cis[self._owner[port_id]])]
        name = self._cis[port_id].name
        return device.key, next((port.if_name for port in device.ports if port.mac == name), name)


def wanted_links(estate: Estate) -> Counter[tuple[frozenset[Place], str]]:
    return Counter(
        (frozenset((end.device, end.port) for end in link.ends), link.seen_by)
        for link in estate.links
        if link.seen_by != "imported"
    )


@pytest.mark.parametrize(("seed", "one_address"), [(1, False), (23, False), (5, True)])
async def test_all_that_is_visible_is_found_and_nothing_else(
    run: Discover, catalogue: Catalogue, tmp_path: Path, seed: int, one_address: bool
) -> None:
    store = SqliteGraphStore(tmp_path / "graph.db")
    reconciler = Reconciler(store, catalogue, SystemClock())
    steps: list[Progress] = []
    with running(seed, one_address=one_address) as estate:
        ranges, credentials = access(estate)
        started, worked = time.monotonic(), time.process_time()
        first: DiscoveryResult = await run(ranges, credentials, report=steps.append)
        took_s, worked_s = time.monotonic() - started, time.process_time() - worked
        revision = reconciler.submit(SOURCE, first.observations, complete=first.complete, run_id="1").revision
        second: DiscoveryResult = await run(ranges, credentials, remembered=first.remembered, known=_kept(store))
    graph = Seen(store.snapshot(), estate, catalogue)
    assert graph.devices == Counter(device.key for device in estate.devices if seen_by(estate, device) != "none")
    assert graph.links == wanted_links(estate)
    assert graph.joined == {places for places, _ in graph.links}
    assert took_s < 10 or (took_s < 60 and worked_s < 10)  # others may have the processor
    _assert_classes(graph, estate, catalogue)
    _assert_progress(steps, first)
    assert second.observations == first.observations
    again = reconciler.submit(SOURCE, second.observations, complete=second.complete, run_id="2")
    assert (again.revision, again.created, again.updated) == (revision, (), ())
    store.close()


def _kept(store: SqliteGraphStore) -> list[Observation]:
    return [kept.observation for kept in store.observations(source=SOURCE)]


def _assert_classes(graph: Seen, estate: Estate, catalogue: Catalogue) -> None:
    """An agent's own answers tell its class; of the others at least no wrong one is said."""
    for ci in graph.hardware:
        device = estate.device[graph._key(ci)]
        if device.mgmt:
            assert (device.key, ci.cls) == (device.key, device.cls)
        else:
            assert catalogue.refined(ci.cls, device.cls), (device.key, ci.cls, device.cls)


def _assert_progress(steps: list[Progress], result: DiscoveryResult) -> None:
    assert {step.phase for step in steps} >= {"sweep", "read"}
    last_sweep = [step for step in steps if step.phase == "sweep"][-1]
    assert last_sweep.done == last_sweep.total
    assert max(step.devices for step in steps) == len(result.devices)
    assert {step.current for step in steps if step.phase == "read"} >= {one.system.name for one in result.devices}


async def test_a_run_says_whom_it_could_not_reach_and_why(run: Discover) -> None:
    with running(3, one_address=False) as estate:
        ranges, credentials = access(estate)
        ghost = next(device for device in estate.devices if device.role == "ghost")
        inside = await run(ranges, credentials)
        outside = await run([one for one in ranges if not one.covers(ghost.ip)], credentials)
    assert [(one.address, one.name, one.reason.code) for one in inside.unreached] == [
        (f"{ghost.ip}:16100", ghost.sys_name, "timeout")
    ]
    told = {one.address: one.reason.code for one in outside.unreached}
    assert set(told.values()) <= {"outside_ranges"}
    assert inside.complete
