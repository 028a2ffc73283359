"""Server-sent events: what changed, resumed where it was left, `resync` when that is too long ago."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from faultpath.api import stream as stream_module
from faultpath.api.stream import ChangeStream
from tests.faultpath.conftest import PASSWORD, Station
from tests.faultpath.test_slice import opened

Seen = tuple[str, str, dict[str, str]]  # id, event, data


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Seen]:
    """The events of a stream."""
    block: dict[str, str] = {}
    async for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            block[name] = value
        elif not line and "event" in block:
            yield block["id"], block["event"], json.loads(block["data"])
            block = {}


async def take(stream: ChangeStream, last_id: str | None, count: int) -> list[Seen]:
    """The first events of a subscription."""

    async def lines() -> AsyncIterator[str]:
        async for part in stream.follow(last_id, lambda: True):
            for line in part.decode().split("\n")[:-1]:
                yield line

    found: list[Seen] = []
    async with asyncio.timeout(60):
        async for event in events(lines()):
            found.append(event)
            if len(found) == count:
                break
    return found


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "PAUSE_S", 0.0)


async def test_a_subscriber_goes_on_where_it_was() -> None:
    stream = ChangeStream()
    for number in range(3):
        stream.publish("incident", str(number))
    hello = (await take(stream, None, 1))[0]
    assert hello[1:] == ("hello", {})
    assert hello[0] == f"{stream.run}-3"
    resumed = await take(stream, f"{stream.run}-1", 2)
    assert [(kind, data["subject"]) for _, kind, data in resumed] == [("incident", "1"), ("incident", "2")]


@pytest.mark.parametrize("last_id", ["of-another-run-7", "{run}-99", "nonsense"])
async def test_what_is_not_known_any_more_is_a_resync(last_id: str) -> None:
    stream = ChangeStream()
    stream.publish("incident", "1")
    assert (await take(stream, last_id.format(run=stream.run), 1))[0][1] == "resync"


async def test_one_that_fell_out_of_the_ring_reads_everything_anew() -> None:
    stream = ChangeStream(size=4)
    for number in range(10):
        stream.publish("incident", str(number))
    seen = await take(stream, f"{stream.run}-2", 1)
    assert seen[0][:2] == (f"{stream.run}-10", "resync")
    assert len(await take(stream, f"{stream.run}-6", 4)) == 4


async def test_the_same_thing_changed_often_is_told_once() -> None:
    stream = ChangeStream()
    for _ in range(5):
        stream.publish("incident", "7")
    stream.publish("health", "1")
    seen = await take(stream, f"{stream.run}-0", 2)
    assert [(kind, data["subject"]) for _, kind, data in seen] == [("incident", "7"), ("health", "1")]


async def test_a_page_hears_of_an_incident_over_http(station: Station) -> None:
    async with httpx.AsyncClient(base_url=station.house.url, trust_env=False, timeout=60) as browser:
        await browser.post("/api/v1/session", json={"name": "ann", "password": PASSWORD})
        async with browser.stream("GET", "/api/v1/stream") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            seen = events(answer.aiter_lines())
            assert (await anext(seen))[1] == "hello"
            assert station.house.state.stream.subscribers == 1
            task = asyncio.create_task(opened(station))
            kinds = set()
            async with asyncio.timeout(60):
                async for _, kind, _data in seen:
                    kinds.add(kind)
                    if kinds >= {"graph", "alert", "health", "incident"}:
                        break
            await task


async def test_signing_out_ends_the_stream(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HEARTBEAT_S", 0.05)
    async with httpx.AsyncClient(base_url=station.house.url, trust_env=False, timeout=60) as browser:
        signed_in = await browser.post("/api/v1/session", json={"name": "ann", "password": PASSWORD})
        headers = {"origin": station.house.url, "x-csrf-token": signed_in.json()["csrf"]}
        async with browser.stream("GET", "/api/v1/stream") as answer:
            await browser.delete("/api/v1/session", headers=headers)
            async with asyncio.timeout(60):
                async for _ in answer.aiter_lines():
                    pass
