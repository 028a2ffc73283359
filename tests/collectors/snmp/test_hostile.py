"""What strangers send to the trap port: nothing breaks, all is counted with a reason, no community is kept."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import Iterator

import pytest

from collectors.snmp.header import blanked
from tests.collectors.snmp.test_traps import IF_INDEX, LINK_DOWN, Desk, desk

SENDER = ("127.0.0.1", 50_123)

# As net-snmp 5.9 sends them, with the community "traps" and the user "estate".
TRAPS = {
    "v1": (
        "304802010004057472617073a43c06072b06010401bf0840040a0102030201020201004301373022300f060a2b060102010202010107"
        "020107300f06082b060102010105000403737731"
    ),
    "v1, enterprise": (
        "304802010004057472617073a43c06072b06010401bf0840040a0102030201060201094301373022300f060a2b060102010202010107"
        "020107300f06082b060102010105000403737731"
    ),
    "v2c": (
        "306602010104057472617073a75a020429c48742020100020100304c300f06082b06010201010300430303dc6f3017060a2b06010603"
        "010104010006092b0601060301010503300f060a2b060102010202010107020107300f06082b060102010105000403737731"
    ),
    "v2c, inform": (
        "306602010104057472617073a65a0204467afbdf020100020100304c300f06082b06010201010300430303dc6f3017060a2b06010603"
        "010104010006092b0601060301010503300f060a2b060102010202010107020107300f06082b060102010105000403737731"
    ),
    "v3, open": (
        "3081ab020103301102041bbcda0c020300ffe30401000201030420301e04088000000001020304020101020303dc7104066573746174"
        "65040004003071041180001f88802507d4311e47066b000000000400a75a02042225f4fb020100020100304c300f06082b0601020101"
        "0300430303dc713017060a2b06010603010104010006092b0601060301010503300f060a2b060102010202010107020107300f06082b"
        "060102010105000403737731"
    ),
    "v3, who are you": (
        "304f02010330110204566d1618020300ffe30401040201030410300e04000201000201000400040004003025041180001f88802507d4"
        "311e47066b000000000400a00e020404a494760201000201003000"
    ),
}
TELLING = bytes.fromhex(
    "0001020304050607092430404143467f80818284a0a4a6a7ff"
)  # tags, lengths and numbers of the protocol


def mutants(count: int) -> Iterator[bytes]:
    """Real traps with one to four octets changed, the same in each run. None is added: most stay readable outside."""
    dice = random.Random(2026)
    seeds = [bytes.fromhex(text) for text in TRAPS.values()]
    for _ in range(count):
        mutant = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(mutant))
            mutant[place] = dice.choice([dice.choice(TELLING), mutant[place] ^ (1 << dice.randrange(8))])
        yield bytes(mutant)


async def test_no_mutant_of_a_trap_gets_past_the_counts() -> None:
    async with desk(refused_per_s=1e6) as it:
        for number, mutant in enumerate(mutants(2_000), 1):
            before = len(it.receiver._waiting)
            it.receiver._take(mutant, SENDER)
            assert len(it.receiver._waiting) == before + 1 or claims_v3(mutant), mutant.hex()
            if number % 100 == 0:
                await it.until_all_is_kept()
        reasons = {name for name in it.receiver.counts if name.startswith("refused:")}
        assert reasons >= {"refused:malformed_message", "refused:unknown_community", "refused:unknown_user"}
        assert all(body.get("why") for body in it.bodies if body.get("refused") == "malformed_message")
        assert not [body for body in it.bodies if b"traps" in bytes.fromhex(body.get("raw", ""))]


def claims_v3(mutant: bytes) -> bool:
    """Such a message may be a step of the protocol, which is answered and not kept."""
    return b"\x02\x01\x03" in mutant[:6]


async def test_a_trap_of_v1_of_an_unknown_kind_is_refused_with_that_reason() -> None:
    trap = bytes.fromhex(TRAPS["v1"].replace("020102020100", "020111020100"))  # generic-trap 17; RFC 1157 ends at 6
    async with desk() as it:
        post(it, trap)
        (body,) = await it.until_kept()
        assert (body["refused"], body["why"]) == ("malformed_message", "a trap of v1 of the generic kind 17")
        assert it.receiver.counts["refused:malformed_message"] == 1
        assert await it.send("snmpinform", ["-v2c", "-c", "traps", "-t", "1", "-r", "0"]) == 0


@pytest.mark.parametrize(
    ("varbind", "why"),
    [("02820bb8" + "7f" * 3_000, "ValueError"), ("0488" + "ff" * 8, "MalformedMessageError|OverflowError|EndOf")],
    ids=["a number of 7,000 digits", "a length past the machine's"],
)
async def test_a_value_that_trips_the_decoder_is_refused(varbind: str, why: str) -> None:
    head = "06082b06010201010300" + varbind
    kind = "3017060a2b06010603010104010006092b0601060301010503"
    pdu = tlv(
        0xA7, bytes.fromhex("020101020100020100") + tlv(0x30, bytes.fromhex(kind) + tlv(0x30, bytes.fromhex(head)))
    )
    async with desk() as it:
        post(it, tlv(0x30, bytes.fromhex("02010104057472617073") + pdu))
        (body,) = await it.until_kept()
        assert body["refused"] == "malformed_message"
        assert body["why"].split(":")[0] in why.split("|")


@pytest.mark.parametrize(("place", "octet"), [(62, 0x88), (99, 0x80)], ids=["OverflowError", "IndexError"])
async def test_a_message_of_v3_that_trips_the_decoder_is_refused(place: int, octet: int) -> None:
    trap = bytearray.fromhex(TRAPS["v3, open"])
    trap[place] = octet
    async with desk() as it:
        post(it, bytes(trap))
        await it.until(lambda: it.receiver.counts["refused:malformed_message"])


# GetRequest of v2c for sysUpTime.0, sent to the trap port by mistake: it carries the community of somebody's agent.
ASK = "302a0201010409{}a01a02020100020100020100300e300c06082b060102010103000500"
OURS, THEIRS = b"our-traps".hex(), b"the-devic".hex()
ASKING = {
    "whole": ASK.format(THEIRS),
    "whole, ours": ASK.format(OURS),
    "cut off": ASK.format(THEIRS)[:60],
    "cut off in the community": ASK.format(THEIRS)[:26],
    "cut off in the community, ours": ASK.format(OURS)[:26],
    "with more behind it": ASK.format(THEIRS) + "00",
    "of a version that is none": ASK.format(THEIRS).replace("020101", "020107", 1),
    "in no frame, ours": "31" + ASK.format(OURS)[2:],
}


@pytest.mark.parametrize("message", ASKING.values(), ids=ASKING.keys())
async def test_what_is_set_aside_holds_no_community(message: str) -> None:
    async with desk(communities=frozenset({"our-traps"})) as it:
        post(it, bytes.fromhex(message))
        (body,) = await it.until_kept()
        assert body["refused"] == "malformed_message"
        assert len(body["raw"]) == len(message)
        said = json.dumps(body) + bytes.fromhex(body["raw"]).decode("latin-1")
        assert not [word for word in ("our-t", "the-d", OURS[:10], THEIRS[:10]) if word in said]


def test_only_the_community_is_blanked() -> None:
    ask = bytes.fromhex(ASK.format(THEIRS))
    assert blanked(ask) == ask.replace(b"the-devic", bytes(9))
    for other in (b"", b"\x30", b"GET / HTTP/1.0", bytes.fromhex(TRAPS["v3, open"])):
        assert blanked(other) == other


async def test_the_community_that_a_proxy_passes_on_is_not_kept() -> None:
    """RFC 3584, 3.1: a proxy adds snmpTrapCommunity, the community with which the trap had come to it."""
    async with desk() as it:
        await it.send("snmptrap", ["-v2c", "-c", "traps"], rest=["1.3.6.1.6.3.18.1.4.0", "s", "the-device", *IF_INDEX])
        (body,) = await it.until_kept()
        assert body["trap_oid"] == LINK_DOWN
        assert ["1.3.6.1.6.3.18.1.4.0", "OctetString", ""] in body["varbinds"]


def post(it: Desk, datagram: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(datagram, (it.host, it.port))


def tlv(tag: int, content: bytes) -> bytes:
    """An element of BER with a length of two octets."""
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


async def test_the_loop_is_told_of_no_exception() -> None:
    """Over the wire: an exception in the reader's callback would only be logged by the loop."""
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with desk(refused_per_s=1e6) as it:
        for mutant in mutants(300):
            post(it, mutant)
        await it.until(lambda: it.receiver.counts["received"] == 300)
    assert told == []
