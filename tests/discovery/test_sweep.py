"""Who is asked, with what, in which order, and what is said of those who do not let us in."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from collectors.snmp.session import AuthProtocol, CommunityV2c, Credential, PrivProtocol, UserV3
from discovery.ranges import Place, parse_range
from examples.estate import ber
from examples.estate.agent import Agent, Table
from examples.estate.usm import Engine, UsmUser
from tests.discovery.agents import serving
from tests.discovery.conftest import Discover

SYS_NAME, SYS_OBJECT_ID = (1, 3, 6, 1, 2, 1, 1, 5, 0), (1, 3, 6, 1, 2, 1, 1, 2, 0)
ENGINE = bytes.fromhex("80001f8803001b54aabbcc")


def user(name: str, secret: str = "correct-secret") -> UserV3:
    return UserV3(user=name, auth=AuthProtocol.SHA, auth_secret=secret, priv=PrivProtocol.AES128, priv_secret=secret)


CREDENTIALS: dict[str, Credential] = {
    "v2c": CommunityV2c(community="read-only"),
    "wrong-community": CommunityV2c(community="guess"),
    "ops": user("ops"),
    "wrong-user": user("nobody"),
    "wrong-secret": user("ops", "another-secret"),
}


class Heard(Agent):
    """An agent that remembers what it was asked with: the version of each message, communities in clear."""

    def __init__(self, name: str, *, community: str | None = None, v3: bool = False) -> None:
        rows = Table([(SYS_NAME, ber.octets(name)), (SYS_OBJECT_ID, ber.oid((1, 3, 6, 1, 4, 1, 9, 1, 2495)))])
        engine = Engine(ENGINE, [UsmUser("ops", "correct-secret", "correct-secret")]) if v3 else None
        super().__init__(lambda: rows, community=community, engine=engine)
        self.asked: list[str] = []

    def answer(self, datagram: bytes) -> bytes | None:
        message = ber.Reader(datagram).sequence()
        self.asked.append("v3" if message.integer() == 3 else message.octets().decode())
        return super().answer(datagram)


@contextmanager
def listening(agent: Agent) -> Iterator[Place]:
    with serving([(agent, "127.0.0.1", 0)]) as places:
        yield places[0]


def at(place: Place, *credentials: str, allow_v2c: bool = True) -> list[object]:
    return [parse_range(f"{place[0]}:{place[1]}", credentials=credentials, allow_v2c=allow_v2c)]


async def test_v3_comes_first_and_v2c_is_not_sent_where_v3_answers(run: Discover) -> None:
    agent = Heard("both", community="read-only", v3=True)
    with listening(agent) as place:
        result = await run(at(place, "v2c", "ops"), CREDENTIALS)
    assert result.remembered == {f"127.0.0.1:{place[1]}": "ops"}
    assert set(agent.asked) == {"v3"}


async def test_v2c_is_tried_where_a_range_allows_it_and_v3_is_silent(run: Discover) -> None:
    agent = Heard("old", community="read-only")
    with listening(agent) as place:
        allowed = await run(at(place, "v2c", "ops"), CREDENTIALS)
        agent.asked.clear()
        forbidden = await run(at(place, "v2c", "ops", allow_v2c=False), CREDENTIALS)
    assert allowed.remembered == {f"127.0.0.1:{place[1]}": "v2c"}
    assert set(agent.asked) == {"v3"}
    assert [one.reason.code for one in forbidden.unreached] == ["timeout"]


async def test_the_next_v3_user_is_tried_when_one_is_refused(run: Discover) -> None:
    with listening(Heard("strict", v3=True)) as place:
        result = await run(at(place, "wrong-user", "ops"), CREDENTIALS)
    assert result.remembered == {f"127.0.0.1:{place[1]}": "ops"}


@pytest.mark.parametrize("credential", ["wrong-user", "wrong-secret"])
async def test_a_refused_v3_user_is_said_to_be_refused(run: Discover, credential: str) -> None:
    with listening(Heard("strict", v3=True)) as place:
        result = await run(at(place, credential), CREDENTIALS)
    assert [(one.address, one.reason.code) for one in result.unreached] == [(f"127.0.0.1:{place[1]}", "refused")]
    assert result.observations == ()


async def test_a_wrong_community_is_a_time_out(run: Discover) -> None:
    with listening(Heard("old", community="read-only")) as place:
        result = await run(at(place, "wrong-community"), CREDENTIALS)
    assert [one.reason.code for one in result.unreached] == ["timeout"]


async def test_a_range_without_a_usable_credential_says_so(run: Discover) -> None:
    with listening(Heard("old", community="read-only")) as place:
        result = await run(at(place, "v2c", "deleted since", allow_v2c=False), CREDENTIALS)
    assert [one.reason.code for one in result.unreached] == ["no_credential"]


async def test_what_opened_a_device_last_time_is_tried_first(run: Discover) -> None:
    agent = Heard("old", community="read-only")
    with listening(agent) as place:
        await run(at(place, "ops", "wrong-community", "v2c"), CREDENTIALS, remembered={f"127.0.0.1:{place[1]}": "v2c"})
    assert set(agent.asked) == {"read-only"}


async def test_what_was_remembered_is_not_used_where_the_range_no_longer_allows_it(run: Discover) -> None:
    agent = Heard("old", community="read-only")
    remember = {"127.0.0.1:1": "v2c"}
    with listening(agent) as place:
        remember = {f"127.0.0.1:{place[1]}": "v2c"}
        result = await run(at(place, "v2c", "ops", allow_v2c=False), CREDENTIALS, remembered=remember)
    assert "read-only" not in agent.asked
    assert not result.complete  # a device known to answer did not: nothing may expire


async def test_dead_addresses_cost_one_time_out_for_all(run: Discover) -> None:
    started = time.monotonic()
    result = await run([parse_range("127.200.0.0/24:16177", credentials=["v2c", "ops"], allow_v2c=True)], CREDENTIALS)
    assert (result.asked, result.silent, result.unreached) == (254, 254, ())
    assert time.monotonic() - started < 30


async def test_a_cancelled_run_leaves_no_socket(run: Discover) -> None:
    gc.collect()
    before = _sockets()
    task = asyncio.ensure_future(run(["127.200.0.0/24:16177"]))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    del task
    async with asyncio.timeout(20):  # the native clients go with the timers of their questions
        while _sockets() > before:
            await asyncio.sleep(0.1)
            gc.collect()


def _sockets() -> int:
    """How many UDP sockets this process holds, by trying which descriptor comes next."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    number = probes[-1].fileno()
    for probe in probes:
        probe.close()
    return number
