"""What holds for every company that is drawn: counts, wiring, names, untidiness, and that a seed is a seed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from examples.estate.export import access_file, fault_code_file, identity, model_file, write_all
from examples.estate.generate import generate
from examples.estate.model import CHASSIS_LOCAL, CHASSIS_MAC, CHASSIS_NETWORK_ADDRESS, CommunityV2c, Estate, UserV3
from examples.estate.names import PLACEHOLDER_SERIALS
from examples.estate.physics import NOTHING_BROKEN, Broken, all_of, link_up, settle
from examples.estate.signals import signals_of

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(1, 31)


@pytest.fixture(scope="module", params=SEEDS)
def estate(request: pytest.FixtureRequest) -> Estate:
    return generate(request.param)


def dead(*keys: str) -> Broken:
    return Broken(dead=frozenset(keys))


def behind(estate: Estate, key: str) -> set[str]:
    """Devices that die with a device or are cut off by it."""
    return set(estate.device) - settle(estate, dead(key)).reachable - {key}


# -- determinism -----------------------------------------------------------------------------------------------------


def digest_elsewhere(seed: int, hash_seed: str) -> str:
    """A digest of an estate, drawn in another process with another order of sets."""
    script = f"""
import hashlib
from examples.estate.generate import generate
print(hashlib.sha256(repr(generate({seed})).encode()).hexdigest())
"""
    env = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_seed_gives_the_same_estate_everywhere() -> None:
    here = hashlib.sha256(repr(generate(7)).encode()).hexdigest()
    assert {digest_elsewhere(7, "1"), digest_elsewhere(7, "2")} == {here}


def wiring(estate: Estate) -> frozenset[frozenset[str]]:
    """Who is joined to whom among the network gear."""
    gear = {device.key for device in estate.devices if device.forwards}
    pairs = [frozenset(end.device for end in link.ends) for link in estate.links]
    return frozenset(pair for pair in pairs if pair <= gear)


def test_other_seeds_give_other_topologies_names_and_tiers() -> None:
    estates = [generate(seed) for seed in SEEDS]
    assert len({wiring(estate) for estate in estates}) == len(estates)
    assert len({tuple(service.tier for service in estate.services) for estate in estates}) > 10
    assert len({tuple(site.name for site in estate.sites) for estate in estates}) > 10
    assert len({len(estate.device) for estate in estates}) > 1  # firewalls, single or in pairs


def test_the_block_changes_addresses_and_nothing_else() -> None:
    one, other = generate(3, block=77), generate(3, block=78)
    assert {device.ip.split(".")[1] for device in other.devices} == {"78"}
    assert [replace(d, ip="", mgmt=None, lldp=None) for d in one.devices] == [
        replace(d, ip="", mgmt=None, lldp=None) for d in other.devices
    ]
    assert one.links == other.links


def test_all_agents_on_one_address() -> None:
    estate = generate(3, one_address=True)
    agents = [device.mgmt for device in estate.devices if device.mgmt]
    assert {agent.host for agent in agents} == {"127.0.0.1"}
    assert len({agent.port for agent in agents}) == len(agents)
    assert not any(device.ip.startswith("127.") for device in estate.devices)
    (only,) = access_file(estate)["ranges"]
    assert only["range"] == f"127.0.0.1:16100-{16100 + len(agents) - 1}"


# -- counts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 5])
def test_counts_follow_the_size(size: int) -> None:
    estate = generate(11, size)
    roles = Counter(device.role for device in estate.devices)
    wanted = {"distribution": 4, "access": 24, "hypervisor": 8, "server": 20, "storage": 2, "iot": 80}
    assert {role: roles[role] for role in wanted} == {role: count * size for role, count in wanted.items()}
    assert (len(estate.sites), roles["core"]) == (3, 2)
    counted = (estate.vms, estate.services, estate.departments, estate.people)
    assert [len(things) for things in counted] == [120 * size, 12 * size, 9 * size, 400 * size]


def test_what_is_there_at_size_1(estate: Estate) -> None:
    firewalls = Counter(device.site for device in estate.devices if device.role == "firewall")
    assert len(firewalls) == 3
    assert set(firewalls.values()) <= {1, 2}
    assert {service.tier for service in estate.services} == {1, 2, 3, 4}
    assert {device.cls for device in estate.devices if device.iot} == {
        "CoolingUnit", "ColdChainSensor", "DoorController", "LinePlc",
    }  # fmt: skip
    assert {person.language for person in estate.people} == {"en", "zh"}
    assert sum(person.vip for person in estate.people) == 3
    assert {type(device.credential) for device in estate.devices if device.mgmt} == {CommunityV2c, UserV3}
    assert {department.site for department in estate.departments} == {site.key for site in estate.sites}


# -- consistency -----------------------------------------------------------------------------------------------------


def test_names_numbers_and_addresses_are_unique(estate: Estate) -> None:
    devices = estate.devices
    macs = [port.mac for device in devices for port in device.ports]
    macs += [device.mac for device in devices if device.mac not in {port.mac for port in device.ports}]
    lists: list[Sequence[object]] = [
        [device.key for device in devices],
        [device.name for device in devices],
        [device.ip for device in devices],
        [str(device.mgmt) for device in devices if device.mgmt],
        [device.engine_id for device in devices if device.engine_id],
        [device.iot.mqtt_id for device in devices if device.iot],
        [device.serial for device in devices if device.serial not in PLACEHOLDER_SERIALS],
        [(device.lldp.chassis_subtype, device.lldp.chassis_id) for device in devices if device.lldp],
        macs,
        [person.email for person in estate.people],
        [vm.name for vm in estate.vms] + [a.name for a in estate.applications] + [s.name for s in estate.services],
    ]
    for values in lists:
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_cables_go_from_port_to_port(estate: Estate) -> None:
    ends = [end for link in estate.links for end in link.ends]
    assert len(set(ends)) == len(ends)
    for end in ends:
        assert estate.device[end.device].port(end.port)
    for device in estate.devices:
        assert len({port.if_index for port in device.ports}) == len({port.if_name for port in device.ports})


def test_cables_are_seen_as_they_say(estate: Estate) -> None:
    for link in estate.links:
        a, b = (estate.device[end.device] for end in link.ends)
        if link.seen_by == "lldp":
            assert a.lldp
            assert b.lldp
        if link.seen_by == "bridge":
            assert a.forwarding_table
            assert not b.lldp


def test_references_lead_somewhere(estate: Estate) -> None:
    offerings = {offering.key for offering in estate.offerings}
    services = [service.key for service in estate.services]
    hosts = estate.device.keys() | estate.vm.keys()
    for application in estate.applications:
        assert hosts >= {*application.runs_on, *application.stored_on}
        assert estate.application.keys() >= set(application.depends_on)
    for number, service in enumerate(estate.services):
        assert (estate.application.keys() | estate.device.keys()) >= set(service.depends_on)
        assert set(services[:number]) >= set(service.integrates_with)  # never in a circle
        assert service.owner in estate.person
    assert offerings.issuperset(offering for department in estate.departments for offering in department.uses)
    assert offerings.issuperset(offering for person in estate.people for offering in person.uses)
    assert all(team.on_call and set(team.on_call) <= set(team.members) for team in estate.teams)
    assert sum(team.default for team in estate.teams) == 1


def test_nothing_broken_says_nothing(estate: Estate) -> None:
    state = settle(estate, NOTHING_BROKEN)
    assert state.reachable == set(estate.device)
    assert state.running >= estate.vm.keys() | estate.application.keys()
    assert signals_of(estate, state).nothing


# -- invariants ------------------------------------------------------------------------------------------------------


def test_a_power_devices_way_to_the_hub_does_not_depend_on_it(estate: Estate) -> None:
    for device in estate.devices:
        if device.cls in ("Ups", "Pdu"):
            (link,) = estate.links_of[device.key]
            assert link.other(device.key).device in settle(estate, dead(device.key)).reachable


def test_network_gear_is_fed_twice_or_by_the_mains(estate: Estate) -> None:
    assert {len(device.feeds) for device in estate.devices if device.forwards} <= {0, 2}


def test_the_ghost_is_a_leaf_that_nobody_owns_or_lists(estate: Estate) -> None:
    (ghost,) = (device for device in estate.devices if device.role == "ghost")
    assert len(estate.links_of[ghost.key]) == 1
    assert (ghost.owner_team, ghost.mgmt) == (None, None)
    assert ghost.key not in {ci["key"] for ci in model_file(estate)["cis"]}


def test_untidiness(estate: Estate) -> None:
    lldp = [device.lldp for device in estate.devices if device.lldp]
    assert {one.chassis_subtype for one in lldp} >= {CHASSIS_MAC, CHASSIS_NETWORK_ADDRESS, CHASSIS_LOCAL}
    (twins,) = ([d for d in estate.devices if d.sys_name == name] for name, n in sys_names(estate).items() if n > 1)
    assert {(twin.cls, twin.role) for twin in twins} == {("Switch", "access")}
    assert any(device.cls == "Server" and device.mgmt and not device.lldp for device in estate.devices)
    assert max(Counter(d.serial for d in estate.devices if d.serial in PLACEHOLDER_SERIALS).values()) > 1


def sys_names(estate: Estate) -> Counter[str]:
    return Counter(device.sys_name for device in estate.devices)


def test_scene_1_stands_on_one_server(estate: Estate) -> None:
    crm = next(service for service in estate.services if service.name == "CRM")
    hosts = {host for key in ("crm-app", "crm-db") for host in estate.application[key].runs_on}
    assert crm.depends_on == ("crm-app",)
    assert hosts == {estate.scenes.crm_server}
    sales = next(department for department in estate.departments if department.name == "Sales")
    users = {person for person, used in estate.services_used.items() if crm.key in used}
    assert users == {person.key for person in estate.people if person.department == sales.key}


def test_scene_2_cools_servers(estate: Estate) -> None:
    cooled = [device for device in estate.devices if estate.scenes.cooling_unit in device.cooled_by]
    assert any(device.cls == "Server" for device in cooled)


def test_scene_3_is_the_core_on_which_the_hub_does_not_hang(estate: Estate) -> None:
    (cable,) = estate.links_of[estate.hub]
    assert {cable.other(estate.hub).device, estate.scenes.core} == {"core-1", "core-2"}
    assert estate.scenes.core == "core-2"
    assert behind(estate, "core-2") == set()


def test_scene_4_has_forty_things_behind_it(estate: Estate) -> None:
    lost = behind(estate, estate.scenes.access_switch)
    vms = {vm.key for vm in estate.vms} - settle(estate, dead(estate.scenes.access_switch)).running
    assert len(lost) + len(vms) >= 40
    assert {"Hypervisor", "Server"} <= {estate.device[key].cls for key in lost}
    assert any(estate.device[key].iot for key in lost)
    assert {estate.scenes.disk_host, estate.scenes.crm_server}.isdisjoint(lost)


# -- physics ---------------------------------------------------------------------------------------------------------


def test_two_failures_at_once_are_both_failures(estate: Estate) -> None:
    both = all_of(dead("core-2"), Broken(hung=frozenset({"core-1"})))
    state = settle(estate, both)
    assert "core-1" in state.reachable - state.answering
    assert "core-2" not in state.alive


def test_a_port_is_down_when_its_cable_is_cut_and_both_go_on(estate: Estate) -> None:
    link = next(link for link in estate.links if {end.device for end in link.ends} == {"core-1", "core-2"})
    state = settle(estate, Broken(cut=frozenset({link.key})))
    assert not link_up(estate, state, link.key)
    assert state.alive == set(estate.device)


def test_one_pdu_is_enough_for_what_has_two(estate: Estate) -> None:
    pdu = next(device.key for device in estate.devices if device.cls == "Pdu")
    state = settle(estate, dead(pdu))
    for device in estate.devices:
        if pdu in device.feeds:
            assert (device.key in state.alive) == (len(device.feeds) > 1)


# -- files -----------------------------------------------------------------------------------------------------------


def test_files_can_be_read_without_anchors(tmp_path: Path) -> None:
    estate = generate(1)
    write_all(estate, tmp_path)
    for name in ("model.yaml", "fault-codes.yaml"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert not any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(text))
    assert yaml.safe_load((tmp_path / "model.yaml").read_text(encoding="utf-8"))["faultpath_model"] == 1
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["scenes"].keys() == set("1234")
    assert {model["model"] for model in fault_code_file(estate)["models"]} == estate.fault_model.keys()


def test_every_agent_lies_in_a_range_with_its_credential(estate: Estate) -> None:
    access = access_file(estate)
    assert len(access["credentials"]) == len({device.credential for device in estate.devices if device.credential})
    assert len(access["ranges"]) == 3


def test_no_placeholder_identifies_anything(estate: Estate) -> None:
    for device in estate.devices:
        if device.role != "ghost":
            assert identity(device)
            assert not any(word in str(identity(device)) for word in PLACEHOLDER_SERIALS)
