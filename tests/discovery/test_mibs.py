"""Tables to records, on the oddities that real agents show."""

from __future__ import annotations

import pytest

from discovery.mib import bridge, entity, interfaces, ip, lldp, system, ups
from discovery.mib.lldp import Capability, Identifier, IdKind
from discovery.mib.table import Scalar, mac, text

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
LOC, REM, MAN = "1.0.8802.1.1.2.1.3.7.1", "1.0.8802.1.1.2.1.4.1.1", "1.0.8802.1.1.2.1.4.2.1"
ENT = "1.3.6.1.2.1.47.1.1.1.1"
MAC = bytes.fromhex("001b54aabbcc")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (MAC, "00:1b:54:aa:bb:cc"),
        (b"0:1b:54:aa:bb:cc", "00:1b:54:aa:bb:cc"),
        (b"00-1B-54-AA-BB-CC", "00:1b:54:aa:bb:cc"),
        (b"001b.54aa.bbcc", "00:1b:54:aa:bb:cc"),
        ("00 1B 54 AA BB CC ", "00:1b:54:aa:bb:cc"),
        (bytes(6), ""),
        (b"\xff" * 6, ""),
        (b"\x01\x00\x5e\x00\x00\x01", ""),  # a group address is nobody's own
        (b"", ""),
        (b"switch", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_mac_has_one_spelling(value: Scalar, printed: str) -> None:
    assert mac(value) == printed


def test_text_loses_what_agents_pad_it_with() -> None:
    assert text(b"sw-1\0\0garbage") == "sw-1"
    assert text(b" Cisco IOS\r\nVersion 17 ") == "Cisco IOS Version 17"
    assert text(b"\xff\xfe") == "\ufffd\ufffd"


def test_system() -> None:
    seen = system.parse(
        {system.SYS_NAME: b"sw", system.SYS_OBJECT_ID: ".1.3.6.1.4.1.9.1.1", system.ENGINE_ID: b"\x80" * 9}
    )
    assert (seen.name, seen.object_id, seen.engine_id, seen.services) == ("sw", "1.3.6.1.4.1.9.1.1", "80" * 9, None)
    assert system.parse({system.ENGINE_ID: bytes(8)}).engine_id == ""
    assert system.parse({}) == system.System()


def test_interfaces_have_unique_names_and_either_table_suffices() -> None:
    found = interfaces.parse(
        {
            f"{IF}.2.1": b"Ethernet Interface",
            f"{IF}.2.2": b"Ethernet Interface",
            f"{IF}.3.2": 6,
            f"{IF}.6.2": MAC,
            f"{IFX}.1.7": b"xe-0/0/1",
            f"{IFX}.18.7": b"to core",
            f"{IF}.3.9": 24,
            f"{IF}.2.x": b"broken",
        }
    )
    assert [(one.if_index, one.name) for one in found] == [
        (1, "Ethernet Interface"),
        (2, "Ethernet Interface#2"),
        (7, "xe-0/0/1"),
        (9, "if9"),
    ]
    assert [one.is_physical for one in found] == [False, True, False, False]
    assert (found[1].mac, found[2].alias) == ("00:1b:54:aa:bb:cc", "to core")


def test_addresses_of_both_tables_without_those_that_tell_nothing() -> None:
    found = ip.parse_addresses(
        {
            "1.3.6.1.2.1.4.20.1.2.10.0.0.1": 3,
            "1.3.6.1.2.1.4.20.1.2.127.0.0.1": 1,
            "1.3.6.1.2.1.4.34.1.3.1.4.10.0.0.1": 3,
            "1.3.6.1.2.1.4.34.1.3.1.4.10.0.0.255": 3,
            "1.3.6.1.2.1.4.34.1.4.1.4.10.0.0.255": 3,  # broadcast
            "1.3.6.1.2.1.4.34.1.3.2.16." + ".".join(map(str, bytes.fromhex("20010db8" + "00" * 11 + "01"))): 3,
            "1.3.6.1.2.1.4.34.1.3.2.16." + ".".join(map(str, bytes.fromhex("fe80" + "00" * 13 + "01"))): 3,
        }
    )
    assert [(one.address, one.if_index) for one in found] == [("10.0.0.1", 3), ("2001:db8::1", 3)]


def test_arp_of_both_tables_without_own_and_invalid_entries() -> None:
    old, new = "1.3.6.1.2.1.4.22.1", "1.3.6.1.2.1.4.35.1"
    found = ip.parse_arp(
        {
            f"{old}.2.5.10.0.0.7": MAC,
            f"{old}.4.5.10.0.0.7": 3,
            f"{old}.2.5.10.0.0.8": MAC,
            f"{old}.4.5.10.0.0.8": 2,  # invalid
            f"{new}.4.5.1.4.10.0.0.9": MAC,
            f"{new}.6.5.1.4.10.0.0.9": 5,  # local
            f"{new}.4.5.1.4.10.0.0.10": MAC,
        }
    )
    assert [(one.if_index, one.address, one.mac) for one in found] == [
        (5, "10.0.0.7", "00:1b:54:aa:bb:cc"),
        (5, "10.0.0.10", "00:1b:54:aa:bb:cc"),
    ]


def test_lldp_ids_of_the_three_common_kinds_in_one_spelling() -> None:
    def heard(subtype: int, value: bytes) -> Identifier:
        return lldp.parse({f"{REM}.4.0.3.1": subtype, f"{REM}.5.0.3.1": value}).neighbours[0].chassis

    assert heard(4, MAC) == heard(4, b"00:1B:54:AA:BB:CC") == Identifier(IdKind.MAC, "00:1b:54:aa:bb:cc")
    assert heard(5, b"\x01\x0a\x00\x00\x07") == heard(5, b"10.0.0.7") == Identifier(IdKind.ADDRESS, "10.0.0.7")
    assert heard(5, b"\x02" + bytes(15) + b"\x01") == Identifier(IdKind.ADDRESS, "::1")
    assert heard(7, b"acc-07") == Identifier(IdKind.LOCAL, "acc-07")
    assert heard(4, b"switch") == Identifier(IdKind.OTHER, "switch")  # six letters are no MAC


def test_an_lldp_neighbour_with_its_management_address_and_without_its_doubles() -> None:
    found = lldp.parse(
        {
            f"{REM}.4.100.3.1": 4,
            f"{REM}.5.100.3.1": MAC,
            f"{REM}.6.100.3.1": 5,
            f"{REM}.7.100.3.1": b"Gi1/0/1",
            f"{REM}.9.100.3.1": b"old name",
            f"{REM}.4.200.3.2": 4,
            f"{REM}.5.200.3.2": MAC,
            f"{REM}.6.200.3.2": 5,
            f"{REM}.7.200.3.2": b"Gi1/0/1",
            f"{REM}.9.200.3.2": b"sw-2",
            f"{REM}.12.200.3.2": b"\x28\x00",
            f"{MAN}.3.200.3.2.1.4.10.0.0.2": 2,
            f"{REM}.8.300.4.1": b"a frame without a sender",
        }
    )
    (one,) = found.neighbours
    assert (one.local_port, one.sys_name, one.addresses) == (3, "sw-2", ("10.0.0.2",))
    assert one.port == Identifier(IdKind.INTERFACE_NAME, "Gi1/0/1")
    assert one.capabilities == {Capability.BRIDGE, Capability.ROUTER}


def test_the_part_that_stands_for_the_box() -> None:
    def serial(*parts: tuple[int, int | None, int | None, bytes]) -> str:
        binds: dict[str, Scalar] = {}
        for index, inside, kind, number in parts:
            binds |= {f"{ENT}.4.{index}": inside, f"{ENT}.5.{index}": kind, f"{ENT}.11.{index}": number}
        found = entity.chassis(entity.parse(binds))
        return found.serial if found else "no part"

    assert serial((1, 0, 11, b""), (2, 1, 3, b"A"), (3, 1, 3, b"B")) == "A"
    assert serial((9, None, None, b"BOX"), (10, None, None, b"PSU")) == "BOX"
    assert serial((1, 0, 3, b""), (101, 1, 5, b"BOARD"), (201, 101, 9, b"OTHER")) == "BOARD"
    assert serial((1, 0, 3, b""), (2, 1, 9, b"X"), (3, 1, 9, b"Y")) == ""
    assert serial() == "no part"


def test_bridge_tables_speak_of_ports_not_of_interfaces() -> None:
    fdb, qfdb = "1.3.6.1.2.1.17.4.3.1", "1.3.6.1.2.1.17.7.1.2.2.1"
    found = bridge.parse(
        {
            bridge.BASE_ADDRESS: MAC,
            "1.3.6.1.2.1.17.1.4.1.2.1": 10101,
            "1.3.6.1.2.1.17.1.4.1.2.2": 10102,
            f"{fdb}.2.0.12.41.1.1.1": 1,
            f"{fdb}.3.0.12.41.1.1.1": 3,
            f"{fdb}.2.0.27.84.170.187.204": 0,
            f"{fdb}.3.0.27.84.170.187.204": 4,  # self
            f"{qfdb}.2.20.0.12.41.2.2.2": 2,
            f"{qfdb}.3.20.0.12.41.2.2.2": 3,
        }
    )
    assert [(one.mac, one.if_index, one.vlan) for one in found.learned] == [
        ("00:0c:29:01:01:01", 10101, None),
        ("00:0c:29:02:02:02", 10102, 20),
    ]


def test_a_ups_is_known_by_its_mib() -> None:
    assert ups.parse({}) is None
    assert ups.parse({ups.OUTPUT_SOURCE: 3}) == ups.Ups()
    assert ups.parse({ups.MANUFACTURER: b"APC", ups.MODEL: b"SRT"}) == ups.Ups(maker="APC", model="SRT")
