"""What the devices answer, against the model they are drawn from: nothing missing, nothing that is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from examples.estate import ber, layer2, mibs
from examples.estate.agent import Table
from examples.estate.ber import Oid
from examples.estate.device import SnmpDevice
from examples.estate.forwarding import Forwarding
from examples.estate.generate import generate
from examples.estate.model import Device, Estate, Link
from examples.estate.physics import NOTHING_BROKEN, Broken, settle
from examples.estate.view import mac_bytes


@pytest.fixture(scope="module", params=[1, 2, 3, 4])
def estate(request: pytest.FixtureRequest) -> Estate:
    return generate(request.param)


@pytest.fixture(scope="module")
def forwarding(estate: Estate) -> Forwarding:
    return Forwarding(estate)


def running(estate: Estate, key: str, broken: Broken = NOTHING_BROKEN) -> SnmpDevice:
    return SnmpDevice(estate, estate.device[key], Forwarding(estate), settle(estate, broken), boots=1)


def values(table: Table, prefix: Oid) -> dict[Oid, object]:
    """All values under a prefix, by the rest of their names, read as a client does."""
    found: dict[Oid, object] = {}
    name = prefix
    for _ in range(len(table) + 1):
        name, bind = table.successor(name)
        reader = ber.Reader(bind).sequence()
        reader.oid()
        tag, content = reader.value()
        if name[: len(prefix)] != prefix or tag >= 0x80:
            return found
        found[name[len(prefix) :]] = ber.decode_value(tag, content)
    raise AssertionError("the table has no end")


def managed(estate: Estate) -> Iterator[Device]:
    return (device for device in estate.devices if device.mgmt)


def lldp_neighbours(device: SnmpDevice) -> dict[str, tuple[object, object]]:
    """Own if_name → (neighbour's chassis id, its port id), as a crawler joins the tables."""
    table = device.table()
    names = {index[0]: name for index, name in values(table, (*layer2.LLDP_LOC_PORT, 4)).items()}
    chassis, ports = values(table, (*layer2.LLDP_REM, 5)), values(table, (*layer2.LLDP_REM, 7))
    return {str(names[index[1]], "ascii"): (chassis[index], ports[index]) for index in chassis}  # type: ignore[call-overload]


def test_each_lldp_link_is_named_by_both_ends_and_no_other_is(estate: Estate) -> None:
    state = settle(estate, NOTHING_BROKEN)
    expected, found = set(), set()
    for link in estate.links:
        for own, other in (link.ends, link.ends[::-1]):
            if link.seen_by == "lldp" and own.device in state.answering:
                there = estate.device[other.device]
                assert there.lldp is not None
                expected.add((own.device, own.port, there.lldp.chassis_id, other.port))
    for device in managed(estate):
        for port, (chassis, port_id) in lldp_neighbours(running(estate, device.key)).items():
            there = next(d for d in estate.devices if d.lldp and d.lldp.chassis_id == chassis)
            assert there.lldp is not None
            ids = {layer2._port_id(there.lldp, p): p.if_name for p in there.ports}
            found.add((device.key, port, chassis, ids[port_id]))  # type: ignore[index]
    assert found == expected


def test_the_three_kinds_of_chassis_id_are_there(estate: Estate) -> None:
    kinds = {values(running(estate, d.key).table(), (*layer2.LLDP, 3, 1))[0,] for d in managed(estate) if d.lldp}
    assert kinds >= {4, 5, 7}


def bridge_links(estate: Estate) -> Iterator[Link]:
    return (link for link in estate.links if link.seen_by == "bridge")


def fdb(device: SnmpDevice) -> dict[bytes, tuple[str, int]]:
    """MAC → (if_name, status) from whichever of the two tables the switch has."""
    table = device.table()
    by_base = {i[0]: n for i, n in values(table, (*layer2.BASE_PORT_ENTRY, 2)).items()}
    names = {port.if_index: port.if_name for port in device.device.ports}
    ports = values(table, (*layer2.TP_FDB_ENTRY, 2)) | values(table, (*layer2.Q_FDB_ENTRY, 2))
    status = values(table, (*layer2.TP_FDB_ENTRY, 3)) | values(table, (*layer2.Q_FDB_ENTRY, 3))
    return {
        bytes(index[-6:]): (names[by_base[number]] if number else "", status[index])  # type: ignore[index, misc]
        for index, number in ports.items()
    }


def test_what_speaks_no_lldp_is_learned_at_its_edge_port(estate: Estate) -> None:
    for link in bridge_links(estate):
        host = estate.device[link.b.device]
        mac = mac_bytes(host.port(link.b.port).mac)
        assert fdb(running(estate, link.a.device))[mac] == (link.a.port, layer2.LEARNED), link.key


def test_a_learned_mac_leads_from_switch_to_switch_to_its_owner(estate: Estate, forwarding: Forwarding) -> None:
    """From any switch, following the ports ends at the device that has the MAC, without going in circles."""
    at = {(end.device, end.port): link for link in estate.links for end in link.ends}
    owner = {d.mac: d.key for d in estate.devices} | {p.mac: d.key for d in estate.devices for p in d.ports}
    switches = {d.key for d in estate.devices if d.forwarding_table}
    for switch in switches:
        for mac in forwarding.learned(switch):
            here, seen = switch, set[str]()
            while here != owner[mac]:
                assert here in switches, f"{mac} from {switch} ends at {here}"
                assert here not in seen, f"{mac} from {switch} goes in circles"
                seen.add(here)
                here = at[here, forwarding.learned(here)[mac]].other(here).device


def test_what_nothing_shows_is_in_no_table(estate: Estate) -> None:
    hidden = set()
    for link in estate.links:
        if link.seen_by == "imported" and not estate.device[link.b.device].forwards:
            hidden.add(mac_bytes(estate.device[link.b.device].port(link.b.port).mac))
    assert hidden
    for device in managed(estate):
        table = running(estate, device.key).table()
        assert not hidden & set(values(table, (*layer2.ARP_ENTRY, 2)).values())
        if device.forwarding_table:
            assert not hidden & fdb(running(estate, device.key)).keys()


def test_arp_gives_the_address_of_each_device_behind_a_bridge(estate: Estate) -> None:
    known: dict[object, set[object]] = {}
    for device in managed(estate):
        if device.arp_table:
            table = running(estate, device.key).table()
            ips, macs = values(table, (*layer2.ARP_ENTRY, 3)), values(table, (*layer2.ARP_ENTRY, 2))
            for index, ip in ips.items():
                known.setdefault(ip, set()).add(macs[index])
    for link in bridge_links(estate):
        host = estate.device[link.b.device]
        macs_of_host = {mac_bytes(port.mac) for port in host.ports}
        found = known[bytes(int(part) for part in host.ip.split("."))]
        assert found <= macs_of_host
        assert len(found) == 1


def test_serial_numbers_are_told_as_the_model_has_them(estate: Estate) -> None:
    told = {}
    for device in managed(estate):
        told[device.key] = values(running(estate, device.key).table(), (*mibs.ENT_PHYSICAL_ENTRY, 11))[1,]
    assert told == {device.key: device.serial.encode() for device in managed(estate)}
    assert len(set(told.values())) < len(told), "no placeholder serial number stands twice"


def test_a_cut_link_is_down_at_both_ends_and_its_neighbours_are_gone(estate: Estate) -> None:
    link = next(li for li in estate.links if li.seen_by == "lldp" and estate.device[li.b.device].role == "access")
    broken = Broken(cut=frozenset({link.key}))
    for own in link.ends:
        device = running(estate, own.device)
        port = device.device.port(own.port)
        assert values(device.table(), (*mibs.IF_ENTRY, 8))[port.if_index,] == mibs.UP
        assert own.port in lldp_neighbours(device)
        other_ports = len(lldp_neighbours(device)) - 1
        device.enter(settle(estate, broken))
        assert values(device.table(), (*mibs.IF_ENTRY, 8))[port.if_index,] == mibs.DOWN
        assert own.port not in lldp_neighbours(device)
        assert len(lldp_neighbours(device)) == other_ports
        device.enter(settle(estate, NOTHING_BROKEN))
        assert values(device.table(), (*mibs.IF_ENTRY, 8))[port.if_index,] == mibs.UP


def test_a_port_that_nothing_is_plugged_into_is_down(estate: Estate) -> None:
    device = running(estate, "core-1")
    wired = {link.at("core-1").port for link in estate.links_of["core-1"]}
    spare = [port for port in device.device.ports if port.if_name not in wired]
    status = values(device.table(), (*mibs.IF_ENTRY, 8))
    assert spare
    assert {status[port.if_index,] for port in spare} == {mibs.DOWN}


def test_a_ups_tells_what_feeds_it(estate: Estate) -> None:
    ups = next(device.key for device in estate.devices if device.cls == "Ups")
    device = running(estate, ups)
    assert values(device.table(), (*mibs.UPS, 4, 1)) == {(0,): mibs.OUTPUT_NORMAL}
    device.enter(settle(estate, Broken(on_battery=frozenset({ups}))))
    assert values(device.table(), (*mibs.UPS, 4, 1)) == {(0,): mibs.OUTPUT_BATTERY}
    assert values(device.table(), (*mibs.UPS, 6, 1)) == {(0,): 1}


def test_time_and_octets_go_on_and_start_anew() -> None:
    estate = generate(1)
    device = running(estate, "core-1")
    port = next(port for port in device.device.ports if port.if_name in device.look.ports_up)

    def now() -> tuple[int, int]:
        up_time, octets = values(device.table(), mibs.SYS_UP_TIME[:-1]), values(device.table(), (*mibs.IF_X_ENTRY, 6))
        return up_time[0,], octets[port.if_index,]  # type: ignore[return-value]

    first = now()
    time.sleep(0.03)
    second = now()
    assert second[0] > first[0]
    assert second[1] > first[1]
    device.restart()
    assert now()[0] < 100


def test_two_devices_share_a_name_and_servers_speak_no_lldp(estate: Estate) -> None:
    """The untidiness that a discovery must cope with is there."""
    names = [values(running(estate, d.key).table(), (*mibs.SYSTEM, 5))[0,] for d in managed(estate)]
    assert len(set(names)) == len(names) - 1
    assert any(d.cls == "Server" and not d.lldp for d in managed(estate))
