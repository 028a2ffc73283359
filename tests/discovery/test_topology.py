"""Links from LLDP, bridge tables and ARP, on small networks drawn by hand."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.catalogue import Catalogue
from discovery.device import Device
from discovery.identify import identify, without_doubles
from discovery.knowledge import shipped
from discovery.mib.bridge import Bridge, Learned
from discovery.mib.interfaces import Interface
from discovery.mib.ip import Address, ArpEntry
from discovery.mib.lldp import NOTHING, Capability, Identifier, IdKind, Lldp, LocalPort, Neighbour
from discovery.mib.system import System
from discovery.run import map_topology
from discovery.topology import Topology

BRIDGES = frozenset({Capability.BRIDGE})


def interface(index: int, name: str, mac: str = "") -> Interface:
    return Interface(if_index=index, name=name, descr=name, type=6, mac=mac)


def by_name(name: str) -> Identifier:
    return Identifier(IdKind.INTERFACE_NAME, name)


def by_mac(mac: str) -> Identifier:
    return Identifier(IdKind.MAC, mac)


def hears(port: int, chassis: Identifier, far_port: Identifier, **more: object) -> Neighbour:
    return Neighbour(local_port=port, chassis=chassis, port=far_port, **more)  # type: ignore[arg-type]


def switch(
    number: int,
    *,
    ports: int = 4,
    chassis: Identifier | None = None,
    heard: Iterable[Neighbour] = (),
    learned: Iterable[tuple[int, str]] = (),
    arp: Iterable[tuple[str, str]] = (),
    name: str = "",
    object_id: str = "1.3.6.1.4.1.9.1.2495",
) -> Device:
    """A switch "swN" at 10.0.0.N with ports p1, p2, … whose ifIndex is 100 more than their LLDP number."""
    base = f"00:1b:54:00:{number:02x}:00"
    own = by_mac(base) if chassis is None else chassis
    return Device(
        host=f"10.0.0.{number}",
        port=161,
        credential="c",
        system=System(name=name or f"sw{number}", object_id=object_id),
        interfaces=tuple(interface(100 + n, f"p{n}", f"00:1b:54:00:{number:02x}:{n:02x}") for n in range(1, ports + 1)),
        addresses=(Address(address=f"10.0.0.{number}", if_index=None),),
        arp=tuple(ArpEntry(if_index=101, address=address, mac=mac) for address, mac in arp),
        bridge=Bridge(
            mac=base,
            ports={n: 100 + n for n in range(1, ports + 1)},
            learned=tuple(Learned(mac=mac, if_index=100 + port, vlan=None) for port, mac in learned),
        ),
        lldp=Lldp(
            chassis=own,
            ports=tuple(LocalPort(number=n, id=by_name(f"p{n}")) for n in range(1, ports + 1)) if own else (),
            neighbours=tuple(heard),
        ),
    )


def host(number: int, *macs: str, object_id: str = "1.3.6.1.4.1.8072.3.2.10", name: str = "") -> Device:
    """A server "srvN" at 10.0.1.N without LLDP, one port a MAC."""
    return Device(
        host=f"10.0.1.{number}",
        port=161,
        credential="c",
        system=System(name=name or f"srv{number}", object_id=object_id, engine_id=f"8000{number:08x}"),
        interfaces=tuple(interface(n, f"eth{n}", mac) for n, mac in enumerate(macs, 1)),
    )


def drawn(catalogue: Catalogue, *devices: Device) -> tuple[Topology, dict[str, str]]:
    """The topology, and the name of each key."""
    identities = identify(devices, shipped(), catalogue)
    found = {identities[device].key: (device, identities[device]) for device in devices}
    topology = map_topology(found, catalogue, shipped())
    names = {key: device.system.name for key, (device, _) in found.items()}
    return topology, names | {stranger.key: stranger.name or stranger.key for stranger in topology.strangers}


def links(catalogue: Catalogue, *devices: Device) -> set[tuple[str, str, str]]:
    """(one end, other end, seen by), an end as ``name port``, in order."""
    topology, names = drawn(catalogue, *devices)
    ends = [(sorted(f"{names[end.device]} {end.port}" for end in one.ends), one.seen_by) for one in topology.wires]
    assert len({tuple(pair) for pair, _ in ends}) == len(ends), "a link twice"
    return {(pair[0], pair[1], seen_by) for pair, seen_by in ends}


MAC_1, MAC_2 = "00:1b:54:00:01:00", "00:1b:54:00:02:00"
IOT, IOT_2, SERVER, VM = "2c:f7:f1:00:00:01", "2c:f7:f1:00:00:02", "b0:7b:25:00:00:01", "00:50:56:00:00:01"


# -- LLDP --------------------------------------------------------------------------------------------------------------


def test_both_ends_of_a_cable_are_one_link(catalogue: Catalogue) -> None:
    one = switch(1, heard=[hears(1, by_mac(MAC_2), by_name("p3"))])
    two = switch(2, heard=[hears(3, by_mac(MAC_1), by_name("p1"))])
    assert links(catalogue, one, two) == {("sw1 p1", "sw2 p3", "lldp")}


def test_one_end_suffices(catalogue: Catalogue) -> None:
    one = switch(1, heard=[hears(1, by_mac(MAC_2), by_name("p3"))])
    assert links(catalogue, one, switch(2)) == {("sw1 p1", "sw2 p3", "lldp")}


def test_port_ids_of_every_kind_mean_the_same_port(catalogue: Catalogue) -> None:
    port_3 = (by_name("p3"), by_mac("00:1b:54:00:02:03"), Identifier(IdKind.LOCAL, "103"))
    for far in port_3:
        one = switch(1, heard=[hears(1, by_mac(MAC_2), far)])
        two = switch(2, heard=[hears(3, by_mac(MAC_1), by_name("p1"))])
        assert links(catalogue, one, two) == {("sw1 p1", "sw2 p3", "lldp")}, far


def test_chassis_ids_of_every_kind_mean_the_same_device(catalogue: Catalogue) -> None:
    for chassis in (by_mac(MAC_2), Identifier(IdKind.ADDRESS, "10.0.0.2"), Identifier(IdKind.LOCAL, "two")):
        one = switch(1, heard=[hears(1, chassis, by_name("p3"))])
        assert links(catalogue, one, switch(2, chassis=chassis)) == {("sw1 p1", "sw2 p3", "lldp")}, chassis


def test_a_port_that_the_far_end_does_not_know_is_told_by_the_far_end_itself(catalogue: Catalogue) -> None:
    one = switch(1, heard=[hears(1, by_mac(MAC_2), Identifier(IdKind.LOCAL, "uplink A"))])
    two = switch(2, heard=[hears(3, by_mac(MAC_1), by_name("p1"))])
    assert links(catalogue, one, two) == {("sw1 p1", "sw2 p3", "lldp")}


def test_two_cables_between_the_same_two_stay_two(catalogue: Catalogue) -> None:
    one = switch(1, heard=[hears(n, by_mac(MAC_2), by_name(f"p{n}")) for n in (1, 2)])
    two = switch(2, heard=[hears(n, by_mac(MAC_1), by_name(f"p{n}")) for n in (1, 2)])
    assert links(catalogue, one, two) == {("sw1 p1", "sw2 p1", "lldp"), ("sw1 p2", "sw2 p2", "lldp")}


def test_two_devices_with_one_sys_name_are_told_apart(catalogue: Catalogue) -> None:
    one = switch(1, heard=[hears(1, by_mac(MAC_2), by_name("p1"), sys_name="twin")])
    assert links(catalogue, one, switch(2, name="twin"), switch(3, name="twin")) == {("sw1 p1", "twin p1", "lldp")}
    topology, names = drawn(catalogue, one, switch(2, name="twin"), switch(3, name="twin"))
    assert {end.device for end in topology.wires[0].ends} == {f"mac:{MAC_1}", f"mac:{MAC_2}"}
    assert sorted(names.values()) == ["sw1", "twin", "twin"]


def test_one_chassis_name_on_two_devices_is_settled_by_who_hears_back(catalogue: Catalogue) -> None:
    lab = Identifier(IdKind.LOCAL, "switch")
    one = switch(1, heard=[hears(1, lab, by_name("p2"))])
    two = switch(2, chassis=lab, heard=[hears(2, by_mac(MAC_1), by_name("p1"))])
    assert links(catalogue, one, two, switch(3, chassis=lab)) == {("sw1 p1", "sw2 p2", "lldp")}


def test_what_stays_ambiguous_is_no_link_but_a_doubt(catalogue: Catalogue) -> None:
    lab = Identifier(IdKind.LOCAL, "switch")
    one = switch(1, heard=[hears(1, lab, by_name("p2"))])
    topology, _ = drawn(catalogue, one, switch(2, chassis=lab), switch(3, chassis=lab))
    assert topology.wires == ()
    assert [(doubt.end.port, doubt.what, doubt.why) for doubt in topology.doubts] == [
        ("p1", "switch", "several_devices_match")
    ]


def test_a_neighbour_that_never_answers_is_a_device_of_its_own(catalogue: Catalogue) -> None:
    far = hears(1, by_mac(IOT), by_name("p1"), sys_name="ghost", addresses=("10.9.9.9",), capabilities=BRIDGES)
    assert links(catalogue, switch(1, heard=[far])) == {("ghost p1", "sw1 p1", "lldp")}
    topology, _ = drawn(catalogue, switch(1, heard=[far]), switch(2, heard=[far]))
    (ghost,) = topology.strangers  # two that hear it hear one
    assert (ghost.macs, ghost.addresses) == ((IOT,), ("10.9.9.9",))


def test_a_network_card_that_speaks_beside_its_host_is_not_a_second_neighbour(catalogue: Catalogue) -> None:
    system = hears(1, by_mac(SERVER), by_mac(SERVER), port_descr="eth0", sys_name="srv")
    card = hears(1, by_mac("b0:7b:25:00:00:99"), by_mac(SERVER))
    assert links(catalogue, switch(1, heard=[card, system])) == {("srv eth0", "sw1 p1", "lldp")}


def test_a_loop_is_no_link(catalogue: Catalogue) -> None:
    topology, _ = drawn(catalogue, switch(1, heard=[hears(1, by_mac(MAC_1), by_name("p2"))]))
    assert (topology.wires, topology.strangers, [doubt.why for doubt in topology.doubts]) == ((), (), ["hears_itself"])


def test_a_logical_unit_is_its_physical_port(catalogue: Catalogue) -> None:
    one = switch(1, heard=[hears(1, by_mac(MAC_2), by_name("p3.0"))])
    two = switch(2)
    unit = Interface(if_index=900, name="p3.0", type=53)
    two = Device(host=two.host, port=161, credential="c", system=two.system, lldp=two.lldp, bridge=two.bridge,
                 interfaces=(*two.interfaces, unit))  # fmt: skip
    assert links(catalogue, one, two) == {("sw1 p1", "sw2 p3", "lldp")}


# -- bridge tables -----------------------------------------------------------------------------------------------------


def uplinked(*, below: Iterable[tuple[int, str]], above: Iterable[tuple[int, str]] = ()) -> tuple[Device, Device]:
    """sw1 p1 on sw2 p3 by LLDP; ``below`` is what sw2 has learned, sw1 learns all of it through p1."""
    seen = list(below)
    one = switch(1, heard=[hears(1, by_mac(MAC_2), by_name("p3"))], learned=[*((1, mac) for _, mac in seen), *above])
    return one, switch(2, heard=[hears(3, by_mac(MAC_1), by_name("p1"))], learned=[*seen, *((3, m) for _, m in above)])


def test_a_mac_hangs_where_no_other_switch_hangs(catalogue: Catalogue) -> None:
    assert links(catalogue, *uplinked(below=[(2, IOT)])) == {
        ("sw1 p1", "sw2 p3", "lldp"),
        (f"mac:{IOT} {IOT}", "sw2 p2", "bridge"),
    }


def test_a_server_with_an_agent_is_linked_at_the_port_that_has_the_mac(catalogue: Catalogue) -> None:
    found = links(catalogue, *uplinked(below=[(2, SERVER)]), host(1, "b0:7b:25:00:00:00", SERVER))
    assert found == {("sw1 p1", "sw2 p3", "lldp"), ("srv1 eth2", "sw2 p2", "bridge")}


def test_a_server_on_two_switches_has_two_links(catalogue: Catalogue) -> None:
    one, two = uplinked(below=[(2, SERVER)], above=[(4, IOT)])
    found = links(catalogue, one, two, host(1, SERVER, IOT))
    assert found == {
        ("sw1 p1", "sw2 p3", "lldp"),
        ("srv1 eth1", "sw2 p2", "bridge"),
        ("srv1 eth2", "sw1 p4", "bridge"),
    }


def test_what_is_behind_a_host_is_no_device(catalogue: Catalogue) -> None:
    esxi = "1.3.6.1.4.1.6876.4.1"
    silent, speaking = host(1, SERVER, object_id=esxi), hears(2, by_mac(SERVER), by_mac(SERVER), sys_name="esx")
    for devices in (
        [*uplinked(below=[(2, SERVER), (2, VM)]), silent],  # a hypervisor without LLDP and its guest
        [switch(1, heard=[speaking], learned=[(2, SERVER), (2, VM)])],  # one with LLDP and without an agent
        [switch(1, learned=[(2, IOT), (2, VM)])],  # one with neither
    ):
        topology, _ = drawn(catalogue, *devices)
        assert not [stranger for stranger in topology.strangers if VM in stranger.macs]


def test_several_unknown_macs_at_a_port_are_several_devices(catalogue: Catalogue) -> None:
    topology, _ = drawn(catalogue, switch(1, learned=[(2, IOT), (2, IOT_2)]))
    assert [stranger.macs for stranger in topology.strangers] == [(IOT,), (IOT_2,)]
    assert len(topology.wires) == 2


def test_a_switch_without_lldp_is_found_by_what_both_have_learned(catalogue: Catalogue) -> None:
    one = switch(1, chassis=NOTHING, learned=[(1, MAC_2), (1, IOT)])
    two = switch(2, chassis=NOTHING, learned=[(3, MAC_1), (2, IOT)])
    assert links(catalogue, one, two) == {("sw1 p1", "sw2 p3", "bridge"), (f"mac:{IOT} {IOT}", "sw2 p2", "bridge")}


def test_three_switches_in_a_row_without_lldp_are_two_links(catalogue: Catalogue) -> None:
    mac_3 = "00:1b:54:00:03:00"
    one = switch(1, chassis=NOTHING, learned=[(1, MAC_2), (1, mac_3)])
    two = switch(2, chassis=NOTHING, learned=[(1, MAC_1), (2, mac_3)])
    three = switch(3, chassis=NOTHING, learned=[(1, MAC_1), (1, MAC_2)])
    assert links(catalogue, one, two, three) == {("sw1 p1", "sw2 p1", "bridge"), ("sw2 p2", "sw3 p1", "bridge")}


def test_a_mac_at_two_edge_ports_alike_is_a_device_without_a_link(catalogue: Catalogue) -> None:
    topology, _ = drawn(catalogue, switch(1, learned=[(2, IOT)]), switch(2, learned=[(2, IOT)]))
    assert [stranger.macs for stranger in topology.strangers] == [(IOT,)]
    assert (topology.wires, [doubt.why for doubt in topology.doubts]) == ((), ["several_ports_match"])


def test_behind_a_silent_switch_a_device_has_no_link(catalogue: Catalogue) -> None:
    silent = hears(2, by_mac(IOT_2), by_name("p1"), sys_name="silent", capabilities=BRIDGES)
    topology, _ = drawn(catalogue, switch(1, heard=[silent], learned=[(2, IOT), (2, IOT_2)]))
    assert {stranger.key for stranger in topology.strangers} == {f"mac:{IOT}", f"mac:{IOT_2}"}
    assert len(topology.wires) == 1


def test_docker_and_vrrp_macs_are_nobodys(catalogue: Catalogue) -> None:
    topology, _ = drawn(catalogue, switch(1, learned=[(2, "02:42:ac:11:00:02"), (3, "00:00:5e:00:01:0a")]))
    assert topology.strangers == ()


# -- ARP ---------------------------------------------------------------------------------------------------------------


def test_arp_gives_addresses_and_devices_that_no_bridge_table_shows(catalogue: Catalogue) -> None:
    one = switch(1, learned=[(2, IOT)], arp=[("10.0.5.1", IOT), ("10.0.5.2", IOT_2), ("10.0.0.2", MAC_2)])
    topology, _ = drawn(catalogue, one, switch(2))
    assert [(one.macs, one.addresses, one.seen_by) for one in topology.strangers] == [
        ((IOT,), ("10.0.5.1",), "bridge"),
        ((IOT_2,), ("10.0.5.2",), "arp"),
    ]


def test_an_address_that_two_macs_claim_identifies_neither(catalogue: Catalogue) -> None:
    topology, _ = drawn(catalogue, switch(1, arp=[("10.0.5.1", IOT), ("10.0.5.1", IOT_2), ("10.0.5.3", IOT_2)]))
    assert [one.addresses for one in topology.strangers] == [(), ("10.0.5.3",)]


def test_a_neighbours_address_in_arp_is_that_neighbour(catalogue: Catalogue) -> None:
    far = hears(1, Identifier(IdKind.LOCAL, "ghost"), by_name("p1"), addresses=("10.9.9.9",))
    topology, _ = drawn(catalogue, switch(1, heard=[far], arp=[("10.9.9.9", IOT)]))
    assert [stranger.key for stranger in topology.strangers] == ["lldp:local:ghost"]


# -- doubles -----------------------------------------------------------------------------------------------------------


def test_a_device_that_answers_at_two_addresses_is_one() -> None:
    one, again = switch(1), switch(1)
    again = Device(host="10.0.0.200", port=161, credential="c", system=again.system, interfaces=again.interfaces,
                   bridge=again.bridge, lldp=again.lldp)  # fmt: skip
    assert [device.host for device in without_doubles([again, one, switch(2)])] == ["10.0.0.1", "10.0.0.2"]


def test_clones_are_two(catalogue: Catalogue) -> None:
    """Two servers from one image share name, engine id and placeholder serial; their MACs tell them apart."""
    one, two = (host(n, mac, name="clone") for n, mac in ((1, SERVER), (2, IOT)))
    system = System(name="clone", object_id=one.system.object_id, engine_id="80001f8880")
    clones = [
        Device(host=one.host, port=161, credential="c", system=system, interfaces=one.interfaces) for one in (one, two)
    ]
    assert len(without_doubles(clones)) == 2
    identities = identify(clones, shipped(), catalogue)
    assert {identity.key for identity in identities.values()} == {"mgmt:10.0.1.1:161", "mgmt:10.0.1.2:161"}
    assert not {claim.kind for identity in identities.values() for claim in identity.claims} & {"engine_id", "serial"}
