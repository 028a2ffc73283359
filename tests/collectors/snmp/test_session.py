"""One suite for each ``SnmpSession`` adapter, against net-snmp's snmpd, over a line that can be bad."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from collectors.snmp import gufo, pysnmp_session
from collectors.snmp.errors import SnmpAgentError, SnmpError, SnmpRefusedError, SnmpTargetError, SnmpTimeoutError
from collectors.snmp.session import (
    AuthProtocol,
    CommunityV2c,
    Credential,
    PrivProtocol,
    SessionFactory,
    SnmpSession,
    SnmpTarget,
    UserV3,
    Value,
)
from tests.collectors.snmp.conftest import CREDENTIALS, PUBLIC, WATCH, Snmpd
from tests.collectors.snmp.relay import Address, Relay

SYS_NAME = "1.3.6.1.2.1.1.5.0"
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYSTEM = "1.3.6.1.2.1.1"
IP_AD_ENT_ADDR = "1.3.6.1.2.1.4.20.1.1"

Opener = Callable[..., SnmpSession]


@pytest.fixture(params=["gufo", "pysnmp"])
def factory(request: pytest.FixtureRequest) -> SessionFactory:
    factories: dict[str, SessionFactory] = {"gufo": gufo.open_session, "pysnmp": pysnmp_session.open_session}
    return factories[request.param]


@pytest.fixture
async def opened(factory: SessionFactory) -> AsyncIterator[Opener]:
    sessions: list[SnmpSession] = []

    def open_to(address: Address, credential: Credential = PUBLIC, *, timeout_s: float = 1.0) -> SnmpSession:
        target = SnmpTarget(host=address[0], port=address[1], credential=credential, timeout_s=timeout_s)
        sessions.append(factory(target))
        return sessions[-1]

    yield open_to
    for session in sessions:
        session.close()


@pytest.mark.parametrize("level", CREDENTIALS)
async def test_reads_values_by_their_types(snmpd: Snmpd, opened: Opener, level: str) -> None:
    session = opened(snmpd.address, CREDENTIALS[level])
    values = await session.get([SYS_NAME, SYS_OBJECT_ID, SYS_UP_TIME, "1.3.6.1.2.1.1.5.9", "1.3.6.1.9.9"])
    up_time = values.pop(SYS_UP_TIME)
    assert values == {SYS_NAME: b"faultpath-test", SYS_OBJECT_ID: "1.3.6.1.4.1.8072.3.2.10"}
    assert isinstance(up_time, int)


@pytest.mark.parametrize("level", CREDENTIALS)
async def test_walks_one_table_and_stops_at_its_end(snmpd: Snmpd, opened: Opener, level: str) -> None:
    session = opened(snmpd.address, CREDENTIALS[level])
    rows = await session.walk(SYSTEM)
    assert (SYS_NAME, b"faultpath-test") in rows
    assert len(rows) > 30  # more than one GetBulk
    assert all(oid.startswith(SYSTEM + ".") for oid, _ in rows)
    assert ("1.3.6.1.2.1.4.20.1.1.127.0.0.1", "127.0.0.1") in await session.walk(IP_AD_ENT_ADDR)
    assert await session.walk("1.3.6.1.2.1.99") == []


async def test_many_objects_fit_whatever_their_number(snmpd: Snmpd, opened: Opener) -> None:
    rows = await opened(snmpd.address).walk("1.3.6.1.2.1")
    some = dict(rows[:300])
    values = await opened(snmpd.address).get(list(some))
    assert values.keys() == some.keys()


async def test_questions_on_one_session_take_turns(snmpd: Snmpd, opened: Opener) -> None:
    session = opened(snmpd.address)
    answers = await asyncio.gather(*(session.get([SYS_NAME]) for _ in range(20)))
    assert answers == [{SYS_NAME: b"faultpath-test"}] * 20


async def test_three_requests_of_one_second_unanswered(snmpd: Snmpd, opened: Opener) -> None:
    async with Relay(snmpd.address) as line:
        line.dead = True
        session, unanswered, start = opened(line.address), list[float](), time.monotonic()
        with pytest.raises(SnmpTimeoutError) as caught:
            await session.get([SYS_NAME], unanswered=lambda: unanswered.append(time.monotonic() - start))
        assert caught.value.asked == 3
        assert len(line.arrivals) == 3
        each_a_second(unanswered)


async def test_a_refused_port_is_a_silent_one(refused: Address, opened: Opener) -> None:
    session, unanswered, start = opened(refused), list[float](), time.monotonic()
    with pytest.raises(SnmpTimeoutError):
        await session.get([SYS_NAME], unanswered=lambda: unanswered.append(time.monotonic() - start))
    each_a_second(unanswered)


def each_a_second(times: list[float]) -> None:
    """Three, a second apart; before the first one the reference takes some time to build its engine."""
    first, second, third = times
    assert 0.95 < first < 1.8
    assert [second - first, third - second] == pytest.approx([1.0, 1.0], abs=0.2)


@pytest.mark.parametrize("level", CREDENTIALS)
async def test_a_lost_datagram_is_asked_for_again(snmpd: Snmpd, opened: Opener, level: str) -> None:
    async with Relay(snmpd.address) as line:
        line.lose = 1
        session, unanswered = opened(line.address, CREDENTIALS[level], timeout_s=0.6), list[int]()
        assert await session.get([SYS_NAME], unanswered=lambda: unanswered.append(1)) == {SYS_NAME: b"faultpath-test"}
        assert unanswered == [1]
        line.lose = 2
        assert len(await session.walk(SYSTEM)) > 30


async def test_an_answer_within_its_second_is_in_time(snmpd: Snmpd, opened: Opener) -> None:
    async with Relay(snmpd.address) as line:
        line.delay_s = 0.8
        unanswered = list[int]()
        await opened(line.address).get([SYS_NAME], unanswered=lambda: unanswered.append(1))
        assert unanswered == []
        assert len(line.arrivals) == 1


async def test_a_slow_agent_is_not_a_silent_one(snmpd: Snmpd, opened: Opener) -> None:
    """It answers after 1.5 s: the first request is unanswered, its late answer still shows that somebody lives."""
    async with Relay(snmpd.address) as line:
        line.delay_s = 1.5
        unanswered = list[int]()
        values = await opened(line.address).get([SYS_NAME], unanswered=lambda: unanswered.append(1))
        assert values == {SYS_NAME: b"faultpath-test"}
        assert unanswered


HELD_UP_S = 1.0  # past the time-out, and time enough for the agent's answer on a busy machine


async def test_a_loop_that_was_held_up_loses_no_answer(snmpd: Snmpd, opened: Opener) -> None:
    session = opened(snmpd.address, timeout_s=0.2)
    unanswered = list[int]()
    question = asyncio.create_task(session.get([SYS_NAME], unanswered=lambda: unanswered.append(1)))
    await asyncio.sleep(0)
    time.sleep(HELD_UP_S)  # noqa: ASYNC251  the point of it: timer and answer are due together
    assert await question == {SYS_NAME: b"faultpath-test"}
    assert unanswered == []


def test_a_held_up_uvloop_loses_no_answer(snmpd: Snmpd) -> None:
    """The hub runs on uvloop, whose order of timers and sockets is its own: the answer that is there must win."""

    async def ask() -> tuple[dict[str, Value], list[int]]:
        unanswered = list[int]()
        session = gufo.open_session(
            SnmpTarget(host=snmpd.address[0], port=snmpd.address[1], credential=PUBLIC, timeout_s=0.2)
        )
        question = asyncio.create_task(session.get([SYS_NAME], unanswered=lambda: unanswered.append(1)))
        await asyncio.sleep(0)
        time.sleep(HELD_UP_S)  # noqa: ASYNC251
        return await question, unanswered

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(ask()) == ({SYS_NAME: b"faultpath-test"}, [])


async def test_an_agent_slower_than_all_patience_lives_all_the_same(snmpd: Snmpd, opened: Opener) -> None:
    """It answers after 1.1 s where three times 0.4 s are waited for: too late to be of use, not silent."""
    async with Relay(snmpd.address) as line:
        line.delay_s = 1.1
        try:
            values = await opened(line.address, timeout_s=0.4).get([SYS_NAME])
        except SnmpAgentError:
            return
        assert values == {SYS_NAME: b"faultpath-test"}


WRONG: dict[str, Credential] = {
    "unknown user": UserV3(user="nobody", auth=AuthProtocol.SHA, auth_secret="watch-auth-pass"),
    "wrong secret": UserV3(user="watch", auth=AuthProtocol.SHA, auth_secret="not-the-pass"),
    "wrong privacy secret": UserV3(
        user="watch",
        auth=AuthProtocol.SHA,
        auth_secret="watch-auth-pass",
        priv=PrivProtocol.AES128,
        priv_secret="not-the-pass",
    ),
}


@pytest.mark.parametrize("credential", WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_v3_credential_is_refused_by_somebody_who_lives(
    snmpd: Snmpd, opened: Opener, credential: Credential
) -> None:
    with pytest.raises(SnmpRefusedError):
        await opened(snmpd.address, credential, timeout_s=0.3).get([SYS_NAME])


async def test_a_wrong_community_stays_without_an_answer(snmpd: Snmpd, opened: Opener) -> None:
    with pytest.raises(SnmpTimeoutError):
        await opened(snmpd.address, CommunityV2c(community="wrong"), timeout_s=0.2).get([SYS_NAME])


async def test_an_agent_that_was_restarted_is_understood_again(snmpd: Snmpd, opened: Opener) -> None:
    session, unanswered = opened(snmpd.address, WATCH), list[int]()
    await session.get([SYS_NAME])
    snmpd.stop()
    snmpd.start()  # same port, same engine id, one boot more
    values = await session.get([SYS_NAME], unanswered=lambda: unanswered.append(1))
    assert values == {SYS_NAME: b"faultpath-test"}
    at_once = isinstance(session, gufo.GufoSession)  # the reference needs a second try
    assert len(unanswered) <= (0 if at_once else 1)


async def test_nonsense_is_an_error_of_the_agent(snmpd: Snmpd, opened: Opener) -> None:
    async with Relay(snmpd.address) as line:
        line.reply = b"\x30\x05nonsense"
        with pytest.raises(SnmpAgentError):
            await opened(line.address, timeout_s=0.2).get([SYS_NAME])
        line.reply = None
        assert await opened(line.address).get([SYS_NAME])


async def test_a_name_is_no_target(opened: Opener) -> None:
    with pytest.raises(SnmpTargetError):
        await opened(("no.such.host", 161)).get([SYS_NAME])


async def test_a_dead_agent_can_come_back(snmpd: Snmpd, opened: Opener) -> None:
    async with Relay(snmpd.address) as line:
        session = opened(line.address, WATCH, timeout_s=0.2)
        line.dead = True
        with pytest.raises(SnmpError):
            await session.get([SYS_NAME])
        line.dead = False
        assert await session.get([SYS_NAME]) == {SYS_NAME: b"faultpath-test"}
