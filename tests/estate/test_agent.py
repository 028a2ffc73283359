"""The responder against net-snmp's own clients and against what it must not answer."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator

import pytest

from examples.estate import ber
from examples.estate.agent import Agent, Endpoint, Table
from examples.estate.usm import Engine, UsmUser, localised_key, password_key

ENGINE_ID = bytes.fromhex("80001f8804") + b"estate-1"
USER = UsmUser("reader", "auth-password-1", "priv-password-1")
SYS = (1, 3, 6, 1, 2, 1, 1)
IF_DESCR = (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)
HC_IN = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6)
net_snmp = pytest.mark.skipif(shutil.which("snmpbulkwalk") is None, reason="net-snmp's clients are not installed")


def rows() -> list[tuple[ber.Oid, bytes]]:
    out: list[tuple[ber.Oid, bytes]] = [((*SYS, 1, 0), ber.octets("a test device"))]
    out.append(((*SYS, 5, 0), ber.octets("device-1")))
    out += [((*IF_DESCR, n), ber.octets(f"port {n}")) for n in range(1, 301)]
    out += [((*HC_IN, n), ber.unsigned(ber.COUNTER64, 2**63 + n)) for n in range(1, 4)]
    return out


def table() -> Table:
    return Table([*rows(), ((*SYS, 3, 0), lambda: ber.unsigned(ber.TIME_TICKS, 4711))])


def v2c(agent: Agent, kind: int, names: list[ber.Oid], first: int = 0, second: int = 0) -> list[tuple[ber.Oid, object]]:
    binds = ber.sequence(*(ber.varbind(name, ber.NULL_TLV) for name in names))
    pdu = ber.sequence(ber.integer(7), ber.integer(first), ber.integer(second), binds, tag=kind)
    reply = agent.answer(ber.sequence(ber.integer(1), ber.octets("public"), pdu))
    assert reply is not None
    return decoded(reply)


def decoded(reply: bytes) -> list[tuple[ber.Oid, object]]:
    message = ber.Reader(reply).sequence()
    assert (message.integer(), message.octets()) == (1, b"public")
    _, pdu = message.inner(ber.RESPONSE)
    assert (pdu.integer(), pdu.integer(), pdu.integer()) == (7, 0, 0)
    binds = pdu.sequence()
    out: list[tuple[ber.Oid, object]] = []
    while not binds.done:
        bind = binds.sequence()
        name = bind.oid()
        tag, content = bind.value()
        out.append((name, tag if tag >= 0x80 else ber.decode_value(tag, content)))
    return out


async def client(command: str, *args: str) -> str:
    process = await asyncio.create_subprocess_exec(
        command, *args, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await asyncio.wait_for(process.communicate(), 20)
    return out.decode()


def walked(out: str) -> int:
    """How many rows a walk has printed."""
    lines = out.splitlines()
    return sum(line.startswith(".1.3.6.1.2.1") and "No more variables" not in line for line in lines)


@pytest.fixture
async def v2c_at() -> AsyncIterator[str]:
    endpoint = await Endpoint.open(Agent(table, community="public"), "127.0.0.1", 0)
    yield f"127.0.0.1:{endpoint.address[1]}"
    endpoint.close()


@pytest.fixture
async def v3_at() -> AsyncIterator[str]:
    endpoint = await Endpoint.open(Agent(table, engine=Engine(ENGINE_ID, [USER])), "127.0.0.1", 0)
    yield f"127.0.0.1:{endpoint.address[1]}"
    endpoint.close()


V2C = ["-v2c", "-c", "public", "-On", "-t1", "-r1"]
V3 = ["-v3", "-l", "authPriv", "-u", "reader", "-a", "SHA", "-A", "auth-password-1"]
V3 += ["-x", "AES", "-X", "priv-password-1", "-On", "-t1", "-r1"]


@net_snmp
@pytest.mark.parametrize("command", ["snmpwalk", "snmpbulkwalk"])
async def test_net_snmp_walks_every_row_over_v2c(v2c_at: str, command: str) -> None:
    out = await client(command, *V2C, v2c_at, "1.3.6.1")
    assert walked(out) == len(rows()) + 1
    assert '.1.3.6.1.2.1.2.2.1.2.300 = STRING: "port 300"' in out
    assert f".1.3.6.1.2.1.31.1.1.1.6.3 = Counter64: {2**63 + 3}" in out
    assert "Timeticks: (4711)" in out


@net_snmp
@pytest.mark.parametrize("command", ["snmpwalk", "snmpbulkwalk"])
async def test_net_snmp_walks_every_row_over_v3_auth_priv(v3_at: str, command: str) -> None:
    out = await client(command, *V3, v3_at, "1.3.6.1")
    assert walked(out) == len(rows()) + 1
    assert '.1.3.6.1.2.1.1.1.0 = STRING: "a test device"' in out


@net_snmp
async def test_net_snmp_gets_and_is_told_what_is_not_there(v2c_at: str, v3_at: str) -> None:
    for flags, at in ((V2C, v2c_at), (V3, v3_at)):
        out = await client("snmpget", *flags, at, "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.2.2.1.2.999", "1.3.6.1.9.9.9.0")
        assert '= STRING: "device-1"' in out
        assert "No Such Instance" in out
        assert "No Such Object" in out


@net_snmp
async def test_wrong_secrets_are_refused_in_the_words_of_the_rfc(v3_at: str) -> None:
    wrong = [part.replace("auth-password-1", "other-password") for part in V3]
    assert "Authentication failure" in await client("snmpget", *wrong, v3_at, "1.3.6.1.2.1.1.5.0")
    unknown = [part.replace("reader", "stranger") for part in V3]
    assert "Unknown user name" in await client("snmpget", *unknown, v3_at, "1.3.6.1.2.1.1.5.0")
    wrong = [part.replace("priv-password-1", "other-password") for part in V3]
    assert "device-1" not in await client("snmpget", *wrong, v3_at, "1.3.6.1.2.1.1.5.0")
    open_level = ["-v3", "-l", "noAuthNoPriv", "-u", "reader", "-t1", "-r0"]
    assert "Unsupported security level" in await client("snmpget", *open_level, v3_at, "1.3.6.1.2.1.1.5.0")


@net_snmp
async def test_a_set_is_refused(v2c_at: str) -> None:
    out = await client("snmpset", *V2C, v2c_at, "1.3.6.1.2.1.1.5.0", "s", "new")
    assert "noAccess" in out


def test_keys_are_those_of_the_rfc() -> None:
    """RFC 3414, A.3.2: the password ``maplesyrup`` at engine 00…02."""
    assert password_key("maplesyrup").hex() == "9fb5cc0381497b3793528939ff788d5d79145211"
    assert localised_key("maplesyrup", bytes(11) + b"\x02").hex() == "6695febc9288e36282235fc7151f128497b38f3f"
    assert hashlib.sha1(b"").digest_size == 20


def test_a_silent_agent_and_a_wrong_community_get_nothing() -> None:
    agent = Agent(table, community="public")
    binds = ber.sequence(ber.varbind((*SYS, 5, 0), ber.NULL_TLV))
    pdu = ber.sequence(ber.integer(7), ber.integer(0), ber.integer(0), binds, tag=ber.GET)
    right = ber.sequence(ber.integer(1), ber.octets("public"), pdu)
    assert agent.answer(ber.sequence(ber.integer(1), ber.octets("private"), pdu)) is None
    assert agent.answer(right) is not None
    agent.silent = True
    assert agent.answer(right) is None
    assert Agent(table, engine=Engine(ENGINE_ID, [USER])).answer(right) is None


def test_what_is_cut_short_or_overlong_is_counted_not_answered() -> None:
    agent = Agent(table, community="public")
    binds = ber.sequence(ber.varbind((*SYS, 5, 0), ber.NULL_TLV))
    pdu = ber.sequence(ber.integer(7), ber.integer(0), ber.integer(0), binds, tag=ber.GET)
    right = ber.sequence(ber.integer(1), ber.octets("public"), pdu)
    bad = [right[:size] for size in range(len(right))]
    bad += [right + b"\0", b"\x30\x80" + right[2:], b"\x30\x85" + b"\xff" * 9]
    for datagram in bad:
        assert agent.answer(datagram) is None
    assert agent.malformed == len(bad)


def test_v3_survives_every_single_byte_changed() -> None:
    """No altered message is answered as genuine: each gets a report or nothing."""
    engine = Engine(ENGINE_ID, [USER])
    agent = Agent(table, engine=engine)
    binds = ber.sequence(ber.varbind((*SYS, 5, 0), ber.NULL_TLV))
    pdu = ber.sequence(ber.integer(7), ber.integer(0), ber.integer(0), binds, tag=ber.GET)
    genuine = engine.notification(USER, pdu)
    answer = agent.answer(genuine)
    assert answer is not None
    for place in range(len(genuine)):
        altered = genuine[:place] + bytes((genuine[place] ^ 0x55,)) + genuine[place + 1 :]
        reply = agent.answer(altered)
        assert reply is None or len(reply) != len(answer)


def test_bulk_keeps_to_its_limits() -> None:
    agent = Agent(table, community="public")
    five = v2c(agent, ber.GET_BULK, [IF_DESCR], 0, 5)
    assert [name[-1] for name, _ in five] == [1, 2, 3, 4, 5]
    mixed = v2c(agent, ber.GET_BULK, [(*SYS, 4), IF_DESCR, HC_IN], 1, 2)
    assert [name[-2:] for name, _ in mixed] == [(5, 0), (2, 1), (6, 1), (2, 2), (6, 2)]
    many = v2c(agent, ber.GET_BULK, [IF_DESCR], 0, 1000)
    assert 20 < len(many) < 100
    end = v2c(agent, ber.GET_BULK, [(*HC_IN, 2)], 0, 10)
    assert [value for _, value in end] == [2**63 + 3, 0x82]
    assert v2c(agent, ber.GET_BULK, [(*HC_IN, 9), (*HC_IN, 9)], 0, 10) == [((*HC_IN, 9), 0x82)] * 2


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Table([((1, 3, 1), ber.octets("a")), ((1, 3, 1), ber.octets("b"))])


@pytest.mark.parametrize("value", [0, 1, -1, 127, 128, -128, -129, 2**31 - 1, -(2**31)])
def test_integers_round_trip(value: int) -> None:
    assert ber.Reader(ber.integer(value)).integer() == value


@pytest.mark.parametrize("value", [0, 127, 128, 255, 256, 2**32 - 1])
def test_unsigned_numbers_keep_their_sign_bit_clear(value: int) -> None:
    tag, content = ber.Reader(ber.unsigned(ber.GAUGE32, value)).value()
    assert (tag, int.from_bytes(content, "big", signed=True)) == (ber.GAUGE32, value)


@pytest.mark.parametrize("name", [(0, 0), (1, 3, 6, 1), (2, 999, 3), (1, 3, 127, 128, 16383, 16384, 2**32 - 1)])
def test_names_round_trip(name: ber.Oid) -> None:
    assert ber.Reader(ber.oid(name)).oid() == name
