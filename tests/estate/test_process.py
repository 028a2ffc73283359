"""The estate as a process: its first line, its commands, its end; and both brokers that it can bring."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from examples.estate import broker as brokers
from examples.estate.broker import DEVICES, HUB
from examples.estate.control import Control
from examples.estate.generate import generate
from examples.estate.mqtt import Figures, IotDevice
from examples.estate.world import World
from tests.estate.conftest import FIRST_BLOCK, LAST_BLOCK, subscribed, until
from tests.places import held_block, the_one_address

ROOT = Path(__file__).parents[2]


class Company:
    """The process and its two ends of the line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self, timeout_s: float = 90) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(await asyncio.wait_for(self.process.stdout.readline(), timeout_s))
        return found

    async def do(self, **command: Any) -> dict[str, Any]:
        await self.say(json.dumps(command))
        return await self.line(60)

    async def say(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n")
        await self.process.stdin.drain()

    async def end(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 60)


@asynccontextmanager
async def company(directory: Path, *more: str) -> AsyncIterator[Company]:
    arguments = ["-m", "examples.estate", "--seed", "2", "--dir", str(directory), *more]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=pipe, stdout=pipe)
    try:
        yield Company(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def mode_of(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


async def refuses(ready: dict[str, Any]) -> bool:
    """Whether nobody listens at the broker's address any more."""
    try:
        await asyncio.open_connection(ready["broker"]["host"], ready["broker"]["port"])
    except ConnectionRefusedError:
        return True
    return False


@pytest.fixture
def block() -> Iterator[int]:
    with held_block(range(LAST_BLOCK - 1, FIRST_BLOCK, -1)) as found:
        yield found


async def test_it_says_when_it_is_ready_plays_every_failure_and_ends_on_sigterm(tmp_path: Path, block: int) -> None:
    async with company(tmp_path, "--block", str(block)) as estate:
        ready = await estate.line()
        assert (ready["ok"], ready["event"], ready["mqtt_devices"]) == (True, "ready", 80)
        files = [tmp_path / name for name in ("model.yaml", "access.json", "fault-codes.yaml", "truth.json")]
        assert {mode_of(path) for path in (ready["broker"]["password_file"], *map(str, files))} == {0o600}
        truth = json.loads(files[-1].read_text())
        scene = truth["scenes"]["3"]
        assert (await estate.do(cmd="fail", id=scene))["active"] == [scene]
        assert (await estate.do(cmd="stats"))["answering"] == ready["agents"] - 1
        assert await estate.do(cmd="restore", id=scene) == {"ok": True, "active": []}
        ids = [failure["id"] for failure in truth["failures"]]
        assert set(ids) >= {*truth["scenes"].values(), truth["scene4_unrelated"]}
        assert (await estate.do(cmd="fail", ids=ids))["active"] == sorted(ids)
        assert (await estate.do(cmd="restore", ids=ids))["active"] == []
        estate.process.send_signal(signal.SIGTERM)
        assert await estate.end() == 0
        assert await refuses(ready)


@pytest.fixture
def _one_address() -> Iterator[None]:
    with the_one_address():
        yield


@pytest.mark.usefixtures("_one_address")
@pytest.mark.parametrize("how", ["end of input", "stop", "kill"])
async def test_on_one_address_each_agent_has_a_port_of_its_own(tmp_path: Path, how: str) -> None:
    """As on a system that has no loopback address but 127.0.0.1. Its broker ends with it, however it ends."""
    async with company(tmp_path, "--block", "0", "--no-files") as estate:
        ready = await estate.line()
        addresses = [str(device.mgmt) for device in generate(2, one_address=True).devices if device.mgmt]
        assert {address.split(":")[0] for address in addresses} == {"127.0.0.1"}
        assert len(set(addresses)) == len(addresses) == ready["agents"]
        if how == "stop":
            assert await estate.do(cmd="stop") == {"ok": True}
        if how == "kill":
            estate.process.kill()
        assert estate.process.stdin is not None
        estate.process.stdin.close()
        assert await estate.end() == (-signal.SIGKILL if how == "kill" else 0)
        for _ in range(600):
            if await refuses(ready):
                return
            await asyncio.sleep(0.05)
        pytest.fail("the broker outlives the estate")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("hello", "no JSON"),
        ("[]", "no command"),
        ('{"cmd":"explode"}', "no command 'explode'"),
        ('{"cmd":"fail"}', "a failure's id"),
        ('{"cmd":"fail","id":"device:nobody"}', "no failure 'device:nobody'"),
        ('{"cmd":"fail","ids":[7]}', "a failure's id"),
        ('{"cmd":"connect","trap":"nowhere"}', "host:port"),
        ('{"cmd":"connect","token_file":"/dev/null/token"}', "Not a directory"),
        ('{"cmd":"storm","id":"device:core-2","seconds":"long"}', "seconds"),
    ],
)
async def test_what_it_cannot_do_it_says_and_goes_on(world: World, said: str, error: str) -> None:
    control = Control(world)
    answer = control.do(said)
    assert answer["ok"] is False
    assert error in answer["error"]
    assert control.do('{"cmd":"stats"}')["active"] == []


KINDS = [
    pytest.param("mosquitto", marks=pytest.mark.skipif(not brokers.find_mosquitto(), reason="no mosquitto")),
    pytest.param("aedes", marks=pytest.mark.skipif(not brokers.find_node(), reason="no Node")),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_broker_keeps_what_a_client_with_a_session_missed(tmp_path: Path, kind: str) -> None:
    """More than the 1,000 messages that Mosquitto as shipped would keep; the devices' wills too; nobody without."""
    found = await brokers.start(tmp_path, kind=kind)
    plc = next(device for device in generate(1).devices if device.cls == "LinePlc")
    iot = IotDevice(plc, found.login(DEVICES), Figures())
    try:
        async with subscribed(found, client_id="hub"):
            iot.start()
            await asyncio.wait_for(iot.connected.wait(), 60)
        for number in range(1200):
            iot._publish("telemetry", {"count": number})
        iot.set_alive(False)
        await until(lambda: not iot.connected.is_set(), "the end of the session")
        iot.set_alive(True)
        await asyncio.wait_for(iot.connected.wait(), 60)
        for number in range(1200):
            iot._publish("telemetry", {"count": number})
        await until(lambda: iot._figures.acknowledged > 1200, "acknowledgements")
        async with subscribed(found, client_id="hub") as hub:
            topic = f"{iot.topic}/telemetry"
            await until(lambda: [p["count"] for p in hub.of(topic)][-1:] == [1199], "what was missed")
            counts = [payload["count"] for payload in hub.of(topic)]
            assert counts[-1200:] == list(range(1200))
            assert {"state": "offline"} in hub.of(f"{iot.topic}/status")
    finally:
        await iot.stop()
        await found.stop()


@pytest.mark.parametrize("kind", KINDS)
async def test_no_broker_lets_a_stranger_in(tmp_path: Path, kind: str) -> None:
    found = await brokers.start(tmp_path, kind=kind)
    plc = next(device for device in generate(1).devices if device.cls == "LinePlc")
    login = found.login(HUB)
    figures = Figures()
    stranger = IotDevice(plc, type(login)(host=login.host, port=login.port, username=HUB, password="guess"), figures)
    try:
        stranger.start()
        await until(lambda: figures.refused >= 2, "refusals")
        assert figures.connects == 0
    finally:
        await stranger.stop()
        await found.stop()


async def test_a_missing_broker_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brokers, "find_mosquitto", lambda: None)
    with pytest.raises(brokers.BrokerError, match="mosquitto is not installed"):
        await brokers.start(tmp_path, kind="mosquitto")
