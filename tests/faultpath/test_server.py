"""What the HTTP server believes of its clients, and what becomes of the hub when it fails."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
from starlette.responses import PlainTextResponse

from faultpath import server
from faultpath.errors import ServerEndedError
from faultpath.server import bind, serving
from faultpath.wiring import _run_until_told
from tests.faultpath.conftest import Station, settings_of


async def test_a_client_does_not_choose_its_own_address(station: Station) -> None:
    async def sign_in(number: int) -> httpx.Response:
        forged = {"x-forwarded-for": f"203.0.113.{number}", "x-forwarded-proto": "https"}
        body = {"name": "ann", "password": "wrong"}
        return await station.nobody.post("/api/v1/session", json=body, headers=forged)

    answers = [(await sign_in(number)).status_code for number in range(6)]
    assert answers == [401] * 5 + [429]
    rows = (await station.get("/audit"))["items"]
    assert {row["address"] for row in rows if row["act"] == "session.refused"} == {"127.0.0.1"}


async def test_a_server_that_does_not_come_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def startup(_server: object, _sockets: object = None, **_named: object) -> NoReturn:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(server._Server, "startup", startup)
    socket = bind("127.0.0.1", 0)
    with pytest.raises(ServerEndedError, match="Too many open files"):
        async with serving(PlainTextResponse("here"), socket, stop_timeout_s=1, before_stop=lambda: None):
            pytest.fail("nothing answers here")
    assert socket.fileno() == -1


async def test_the_hub_ends_when_its_server_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main_loop(_server: object) -> NoReturn:
        await asyncio.sleep(0.2)
        raise RuntimeError("a fault of the server")

    monkeypatch.setattr(server._Server, "main_loop", main_loop)
    try:
        with pytest.raises(ServerEndedError, match="a fault of the server"):
            await asyncio.wait_for(_run_until_told(settings_of(tmp_path / "data")), 20)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)
