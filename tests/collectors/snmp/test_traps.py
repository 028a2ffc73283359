"""The receiver of traps and informs, with net-snmp's snmptrap and snmpinform as senders."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerting.intake import trap as parser
from alerting.intake.parsed import Parsed
from alerting.mapping import load_traps
from alerting.model import AlertState
from collectors.snmp.session import AuthProtocol, PrivProtocol, UserV3
from collectors.snmp.traps import TrapReceiver, TrapSettings, TrapUser
from impact.model import ComplaintKind
from ledger.clock import SystemClock
from ledger.engine import Ledger
from ledger.errors import LedgerUnavailableError
from ledger.inbox import Inbox, InboxRow, Signal
from tests.collectors.snmp.conftest import need

LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
IF_INDEX = ["1.3.6.1.2.1.2.2.1.1.7", "i", "7"]
HUB = bytes.fromhex("80004fb805") + b"hub-test"
SWITCH = "8000000001020304"
ESTATE = UserV3(
    user="estate",
    auth=AuthProtocol.SHA,
    auth_secret="estate-auth-pass",
    priv=PrivProtocol.AES128,
    priv_secret="estate-priv-pass",
)
SHA2 = UserV3(user="modern", auth=AuthProtocol.SHA256, auth_secret="modern-auth-pass")
V3 = ["-v3", "-u", "estate", "-l", "authPriv", "-a", "SHA", "-A", "estate-auth-pass", "-x", "AES", "-X"]
V3_GOOD = [*V3, "estate-priv-pass"]
V2C = ["-v2c", "-c", "traps"]


class Desk:
    """A receiver with an inbox that a test can hold up (``gate``) or take away (``broken``)."""

    def __init__(self, settings: TrapSettings) -> None:
        self.kept: list[Signal] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.at_the_gate = 0
        self.broken = False
        self.receiver = TrapReceiver(settings, self.submit, SystemClock())
        self.host, self.port = self.receiver.open()

    async def submit(self, signals: Sequence[Signal]) -> None:
        self.at_the_gate += len(signals)
        await self.gate.wait()
        self.at_the_gate -= len(signals)
        if self.broken:
            raise LedgerUnavailableError("no disk")
        self.kept += signals

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(signal.body) for signal in self.kept]

    async def until(self, seen: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not seen():  # noqa: ASYNC110  a UDP sender has no event to wait for
                await asyncio.sleep(0.005)

    async def until_kept(self, count: int = 1) -> list[dict[str, Any]]:
        await self.until(lambda: len(self.kept) >= count)
        return self.bodies

    async def until_all_is_kept(self) -> None:
        await self.until(lambda: not self.receiver._waiting)

    async def send(
        self, program: str, options: list[str], *, trap: str = LINK_DOWN, rest: list[str] | None = None
    ) -> int:
        """Run net-snmp's sender; its exit code (of snmpinform: 0 only when it was confirmed)."""
        need(program)
        command = [program, *options, f"{self.host}:{self.port}", "", trap, *(IF_INDEX if rest is None else rest)]
        env = {**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent", "SNMPCONFPATH": "/nonexistent"}
        process = await asyncio.create_subprocess_exec(*command, env=env, stderr=asyncio.subprocess.DEVNULL)
        return await process.wait()


@asynccontextmanager
async def desk(**more: Any) -> AsyncIterator[Desk]:
    users = (TrapUser(credential=ESTATE), TrapUser(credential=SHA2))
    given: dict[str, Any] = {"communities": frozenset({"traps"}), "users": users, **more}
    it = Desk(TrapSettings(host="127.0.0.1", port=0, engine_id=HUB, **given))
    running = asyncio.create_task(it.receiver.run())
    try:
        yield it
    finally:
        it.gate.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await it.receiver.close()


async def test_a_trap_of_v2c() -> None:
    async with desk() as it:
        assert await it.send("snmptrap", V2C) == 0
        (body,) = await it.until_kept()
        assert body["trap_oid"] == LINK_DOWN
        assert IF_INDEX[0] in [oid for oid, _, _ in body["varbinds"]]
        assert body | {"port": 0, "varbinds": []} == {
            "address": "127.0.0.1",
            "port": 0,
            "version": "2c",
            "user": "",
            "engine_id": "",
            "trap_oid": LINK_DOWN,
            "varbinds": [],
            "inform": False,
        }
        (signal,) = it.kept
        assert (signal.source, signal.kind, signal.authenticated) == ("snmp-trap", "trap", False)


async def test_a_trap_of_v1_in_the_words_of_v2c() -> None:
    async with desk() as it:
        need("snmptrap")
        where = f"{it.host}:{it.port}"
        command = ["snmptrap", "-v1", "-c", "traps", where, "1.3.6.1.4.1.8072", "10.1.2.3", "2", "0", "55", *IF_INDEX]
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, "MIBS": ""})
        assert await process.wait() == 0
        (body,) = await it.until_kept()
        assert (body["version"], body["trap_oid"]) == ("1", LINK_DOWN)
        assert ["1.3.6.1.6.3.18.1.3.0", "IpAddress", "10.1.2.3"] in body["varbinds"]  # snmpTrapAddress, RFC 3584


async def test_values_as_text() -> None:
    async with desk() as it:
        rest = [
            "1.3.6.1.2.1.1.5.0",
            "s",
            "Kälte 4",
            "1.3.6.1.2.1.2.2.1.6.7",
            "x",
            "00 1B FF",
            "1.3.6.1.2.1.1.3.0",
            "t",
            "5",
        ]
        await it.send("snmptrap", V2C, rest=rest)
        (body,) = await it.until_kept()
        values = {oid: value for oid, _, value in body["varbinds"]}
        assert values["1.3.6.1.2.1.1.5.0"] == "Kälte 4"
        assert values["1.3.6.1.2.1.2.2.1.6.7"] == "0x001bff"
        assert values["1.3.6.1.2.1.1.3.0"].isdecimal()


async def test_an_inform_is_confirmed_after_the_commit() -> None:
    async with desk() as it:
        it.gate.clear()
        need("snmpinform")  # here, since a skip inside of the task would not reach the test
        sending = asyncio.create_task(it.send("snmpinform", [*V2C, "-t", "3", "-r", "0"]))
        await it.until(lambda: it.at_the_gate)
        assert it.receiver.counts["confirmed"] == 0
        assert not sending.done()
        assert it.receiver.counts["received"] == 1
        it.gate.set()
        assert await sending == 0
        (body,) = it.bodies
        assert body["inform"] is True
        assert it.receiver.counts["confirmed"] == 1


@pytest.mark.parametrize("options", [V2C, V3_GOOD], ids=["v2c", "v3"])
async def test_an_inform_that_was_not_kept_is_not_confirmed(options: list[str]) -> None:
    async with desk() as it:
        it.broken = True
        assert await it.send("snmpinform", [*options, "-t", "1", "-r", "0"]) != 0
        assert it.receiver.counts["not_kept"] == 1
        assert it.receiver.counts["confirmed"] == 0
        it.broken = False
        assert await it.send("snmpinform", [*options, "-t", "1", "-r", "0"]) == 0


async def test_an_inform_of_v3_is_confirmed_after_the_commit() -> None:
    async with desk() as it:
        it.gate.clear()
        need("snmpinform")  # here, since a skip inside of the task would not reach the test
        sending = asyncio.create_task(it.send("snmpinform", [*V3_GOOD, "-t", "3", "-r", "0"]))
        await it.until(lambda: it.at_the_gate)
        assert it.receiver.counts["confirmed"] == 0
        assert not sending.done()
        it.gate.set()
        assert await sending == 0
        (body,) = it.bodies
        assert (body["version"], body["user"], body["inform"], body["trap_oid"]) == ("3", "estate", True, LINK_DOWN)
        assert it.kept[0].authenticated
        assert not [name for name in it.receiver.counts if name.startswith("refused")]


async def test_a_trap_of_v3_from_an_engine_never_met() -> None:
    async with desk() as it:
        await it.send("snmptrap", ["-e", f"0x{SWITCH}", *V3_GOOD])
        (body,) = await it.until_kept()
        assert (body["version"], body["user"], body["engine_id"]) == ("3", "estate", SWITCH)
        assert it.kept[0].authenticated


async def test_a_trap_of_v3_with_sha_256() -> None:
    async with desk() as it:
        options = [
            "-v3",
            "-e",
            f"0x{SWITCH}",
            "-u",
            "modern",
            "-l",
            "authNoPriv",
            "-a",
            "SHA-256",
            "-A",
            "modern-auth-pass",
        ]
        await it.send("snmptrap", options)
        (body,) = await it.until_kept()
        assert body["engine_id"] == SWITCH
        assert it.kept[0].authenticated


REFUSED = {
    "unknown_community": ["-v2c", "-c", "public"],
    "unknown_user": [
        "-v3",
        "-e",
        f"0x{SWITCH}",
        "-u",
        "eve",
        "-l",
        "authNoPriv",
        "-a",
        "SHA",
        "-A",
        "estate-auth-pass",
    ],
    "wrong_digest": ["-v3", "-e", f"0x{SWITCH}", "-u", "estate", "-l", "authNoPriv", "-a", "SHA", "-A", "guessed-pass"],
    "decryption_error": ["-e", f"0x{SWITCH}", *V3, "guessed-pass"],
    "security_level": [
        "-v3",
        "-e",
        f"0x{SWITCH}",
        "-u",
        "estate",
        "-l",
        "authNoPriv",
        "-a",
        "SHA",
        "-A",
        "estate-auth-pass",
    ],
}


@pytest.mark.parametrize(("reason", "options"), REFUSED.items(), ids=REFUSED.keys())
async def test_who_may_not_speak_is_listed_with_the_reason(reason: str, options: list[str]) -> None:
    async with desk() as it:
        await it.send("snmptrap", options)
        (body,) = await it.until_kept()
        assert body["refused"] == reason
        assert not it.kept[0].authenticated
        assert it.receiver.counts[f"refused:{reason}"] == 1


async def test_a_message_without_authentication_in_the_name_of_a_user_proves_nothing() -> None:
    """USM lets it pass once the engine is known (RFC 3414 checks keys, not rights)."""
    async with desk() as it:
        await it.send("snmptrap", ["-e", f"0x{SWITCH}", *V3_GOOD])
        await it.until_kept()
        await it.send("snmptrap", ["-v3", "-e", f"0x{SWITCH}", "-u", "estate", "-l", "noAuthNoPriv"])
        body = (await it.until_kept(2))[1]
        assert body["refused"] == "security_level"
        assert not it.kept[1].authenticated


async def test_a_user_may_be_held_to_its_engines() -> None:
    user = TrapUser(credential=ESTATE, engine_ids=frozenset({bytes.fromhex(SWITCH)}))
    async with desk(users=(user,)) as it:
        await it.send("snmptrap", ["-e", f"0x{SWITCH}", *V3_GOOD])
        await it.send("snmptrap", ["-e", "0x8000000001020305", *V3_GOOD])
        bodies = await it.until_kept(2)
        assert [body.get("refused") for body in bodies] == [None, "unknown_engine"]


async def test_namesakes_with_different_secrets() -> None:
    """Two sites, one user name, two secrets: each is known by its own."""
    other = replace(ESTATE, auth_secret="second-site-auth", priv_secret="second-site-priv")
    users = (TrapUser(credential=ESTATE), TrapUser(credential=other))
    options = ["-v3", "-u", "estate", "-l", "authPriv", "-a", "SHA", "-A", "second-site-auth", "-x", "AES", "-X"]
    async with desk(users=users) as it:
        for _ in range(2):
            assert await it.send("snmpinform", [*options, "second-site-priv", "-t", "1", "-r", "1"]) == 0
            assert await it.send("snmpinform", [*V3_GOOD, "-t", "1", "-r", "1"]) == 0
        assert [body.get("refused") for body in it.bodies] == [None] * 4
        assert all(signal.authenticated for signal in it.kept)


async def test_an_old_message_is_no_news() -> None:
    """A replay of a genuine trap of more than 150 s ago by its engine's clock (RFC 3414, 3.2.7)."""
    async with desk() as it:
        engine = ["-e", f"0x{SWITCH}", *V3_GOOD, "-Z"]
        await it.send("snmptrap", [*engine, "7,5000"])
        await it.until_kept(1)
        await it.send("snmptrap", [*engine, "7,4000"])
        await it.send("snmptrap", [*engine, "6,9000"])
        bodies = await it.until_kept(3)
        assert [body.get("refused") for body in bodies] == [None, "not_in_time_window", "not_in_time_window"]
        assert not it.kept[1].authenticated


async def test_an_inform_with_an_unknown_community_is_not_confirmed() -> None:
    async with desk() as it:
        assert await it.send("snmpinform", ["-v2c", "-c", "public", "-t", "1", "-r", "0"]) != 0
        (body,) = await it.until_kept()
        assert body["refused"] == "unknown_community"


async def test_nonsense_is_kept_as_it_came() -> None:
    async with desk() as it:
        datagrams = [b"", b"\x00", b"\x30\x84\xff\xff\xff\xff", b"GET / HTTP/1.0\r\n\r\n", b"\x30\x03\x02\x01\x01"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for datagram in datagrams:
                out.sendto(datagram, (it.host, it.port))
        bodies = await it.until_kept(len(datagrams))
        assert [body["raw"] for body in bodies] == [datagram.hex() for datagram in datagrams]
        assert {body["refused"] for body in bodies} == {"malformed_message"}
        assert await it.send("snmpinform", [*V2C, "-t", "1", "-r", "0"]) == 0  # and it still hears


async def test_strangers_fill_no_disk() -> None:
    async with desk(refused_per_s=10.0) as it:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for _ in range(200):
                out.sendto(b"nonsense", (it.host, it.port))
        await it.until(lambda: it.receiver.counts["refused:malformed_message"] == 200)
        await it.until_all_is_kept()
        assert 10 <= len(it.kept) <= 15


async def test_what_waits_is_bounded() -> None:
    async with desk(max_waiting=3) as it:
        it.gate.clear()
        for _ in range(5):
            await it.send("snmptrap", V2C)
        await it.until(lambda: it.receiver.counts["received"] == 5)
        assert it.receiver.counts["dropped"] == 2
        it.gate.set()
        await it.until_kept(3)


class CountingInbox(Inbox):
    """The real inbox; ``commits`` is how often it wrote."""

    commits = 0

    def append(self, signals: Sequence[Signal]) -> list[int]:
        self.commits += 1
        return super().append(signals)


async def test_a_burst_shares_commits(tmp_path: Path) -> None:
    """500 traps at once, on disk, with the real inbox: all are kept, in few commits."""
    trap = await datagram_of(V2C)
    ledger = Ledger.open(tmp_path / "ledger.db")
    inbox = CountingInbox(ledger)
    settings = TrapSettings(host="127.0.0.1", port=0, engine_id=HUB, communities=frozenset({"traps"}))
    receiver = TrapReceiver(settings, inbox.put, SystemClock())
    where = receiver.open()
    running = asyncio.create_task(receiver.run())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for _ in range(5):
            for _ in range(100):
                out.sendto(trap, where)
            await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        while receiver.counts["kept"] < 500:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert len(inbox.read(0, 1000)) == 500
    assert inbox.commits <= 150
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await receiver.close()
    ledger.close()


async def datagram_of(options: list[str]) -> bytes:
    """One trap as net-snmp sends it."""
    need("snmptrap")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as catcher:
        catcher.bind(("127.0.0.1", 0))
        catcher.setblocking(False)
        where = "{}:{}".format(*catcher.getsockname())
        command = ["snmptrap", *options, where, "", LINK_DOWN, *IF_INDEX]
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, "MIBS": ""})
        await process.wait()
        return await asyncio.get_running_loop().sock_recv(catcher, 65_535)


async def test_what_the_parser_makes_of_it() -> None:
    """Receiver and parser speak the same words: v3 reports, v2c hints, the refused are set aside, nonsense rejected."""
    async with desk() as it:
        await it.send("snmptrap", ["-e", f"0x{SWITCH}", *V3_GOOD])
        await it.until_kept(1)
        await it.send("snmptrap", V2C)
        await it.until_kept(2)
        await it.send("snmptrap", REFUSED["wrong_digest"])
        await it.until_kept(3)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(b"nonsense", (it.host, it.port))
        await it.until_kept(4)
        report, hint, refused, nonsense = (parse(signal) for signal in it.kept)
        (event,) = report.events
        assert (event.kind, event.authenticated, event.state) == (ComplaintKind.PORT_DOWN, True, AlertState.ACTIVE)
        assert event.hints["engine_id"] == SWITCH
        assert event.hints["if_index"] == "7"
        (event,) = hint.events
        assert (event.kind, event.authenticated) == (ComplaintKind.HINT, False)
        assert event.hints["address"] == "127.0.0.1"
        assert refused.events == ()
        assert [item.reason.code for item in refused.quarantined] == ["wrong_digest"]
        assert nonsense.rejected is not None
        assert nonsense.rejected.code == "malformed_message"


def parse(signal: Signal) -> Parsed:
    row = InboxRow(
        position=1,
        source=signal.source,
        kind=signal.kind,
        received_at=signal.received_at,
        authenticated=signal.authenticated,
        body=signal.body,
    )
    return parser.parse(row, load_traps())


async def test_the_port_in_use_says_so() -> None:
    async with desk() as it:
        second = TrapReceiver(TrapSettings(host="127.0.0.1", port=it.port, engine_id=HUB), it.submit, SystemClock())
        with pytest.raises(OSError, match="in use"):
            second.open()
