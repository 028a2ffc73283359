"""The HTTP server: stopped in bounded time with streams open, the console's files, a wrong key."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from pathlib import Path

import httpx
import pytest

from faultpath.errors import SecretsError
from faultpath.wiring import running
from tests.faultpath.conftest import set_up, settings_of


async def test_open_streams_do_not_hold_up_the_stop(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data", http={"port": 0, "stop_timeout_s": 60})
    async with running(settings) as house:
        station = await set_up(house)

        async def listen() -> None:
            async with station.http.stream("GET", "/api/v1/stream", timeout=120) as answer:
                async for _ in answer.aiter_bytes():
                    pass

        streams = [asyncio.create_task(listen()) for _ in range(5)]
        async with asyncio.timeout(60):
            while house.state.stream.subscribers < 5:  # noqa: ASYNC110  # the ring tells its subscribers, not us
                await asyncio.sleep(0.02)
        began = time.monotonic()
    assert time.monotonic() - began < 30
    await asyncio.gather(*streams)


async def test_the_console_is_served_and_routes_by_itself(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Faultpath</title>")
    (dist / "assets/main-abc.js").write_text("export {}")
    settings = settings_of(tmp_path / "data", console={"dist": dist})
    async with running(settings) as house, httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60) as client:
        for path in ("/", "/incidents/7", "/sign-in"):
            page = await client.get(path)
            assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache"), path
            assert "Faultpath" in page.text
        asset = await client.get("/assets/main-abc.js")
        assert "immutable" in asset.headers["cache-control"]
        assert "javascript" in asset.headers["content-type"]
        assert asset.headers["content-security-policy"].startswith("default-src 'none'")
        assert (await client.get("/assets/gone.js")).status_code == 404
        assert (await client.get("/../data/ledger.db")).status_code == 404
        assert (await client.get("/api/v1/nothing")).status_code == 401
        assert (await client.post("/incidents/7")).status_code == 405


async def test_another_key_is_told_at_the_start(tmp_path: Path) -> None:
    async with running(settings_of(tmp_path / "data")) as house:
        station = await set_up(house)
        given = {"name": "site-a", "kind": "v2c", "community": "public"}
        assert (await station.http.post("/api/v1/credentials", json=given)).status_code == 204
    other = base64.b64encode(os.urandom(32)).decode()
    with pytest.raises(SecretsError, match="snmp_credential/site-a cannot be opened with this key"):
        async with running(settings_of(tmp_path / "data", secrets={"key": other})):
            pass


async def test_a_restart_keeps_sessions_and_signs_nobody_out(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data")
    async with running(settings) as house:
        await set_up(house)
        async with httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60) as client:
            await client.post("/api/v1/session", json={"name": "ann", "password": "correct horse battery"})
            cookie = f"faultpath_session={client.cookies['faultpath_session']}"
    async with running(settings) as house, httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60) as client:
        answer = await client.get("/api/v1/me", headers={"cookie": cookie})
        assert answer.json()["actor"] == "user:ann"
