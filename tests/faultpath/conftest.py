"""A real hub on free ports: `Station` starts one in this loop and signs in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from faultpath.settings import Settings, load
from faultpath.wiring import House, running

PASSWORD = "correct horse battery"
T = TypeVar("T")
MODEL = Path(__file__).parent / "model.yaml"


@dataclass
class Station:
    """A hub that runs, and clients for it."""

    house: House
    http: httpx.AsyncClient  # with an administrator's token
    nobody: httpx.AsyncClient

    async def token(self, *scopes: str, name: str = "test", **more: Any) -> str:
        made = await self.http.post("/api/v1/tokens", json={"name": name, "scopes": list(scopes), **more})
        assert made.status_code == 201, made.text
        secret: str = made.json()["secret"]
        return secret

    async def bearer(self, *scopes: str) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {await self.token(*scopes)}"}
        return httpx.AsyncClient(base_url=self.house.url, headers=headers, trust_env=False, timeout=60)

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.http.get(f"/api/v1{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def eventually(read: Callable[[], Awaitable[T]], good: Callable[[T], bool], within_s: float = 60.0) -> T:
    """What is read, as soon as it is good."""
    async with asyncio.timeout(within_s):
        while True:
            if good(found := await read()):
                return found
            await asyncio.sleep(0.05)


def settings_of(folder: Path, **overrides: Any) -> Settings:
    """Settings of a hub that listens on free ports of this machine alone."""
    given: dict[str, Any] = {
        "data_dir": folder,
        "http": {"port": 0},
        "snmp": {"traps": {"port": 0}},
        "situations": {"settle_s": 0.2, "settle_max_s": 0.5, "hold_s": 0.2},
    }
    return load(environ={}, **(given | overrides))


async def set_up(house: House) -> Station:
    """Make the administrator with the one-time token, and an API token with all scopes."""
    nobody = httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60)
    token = house.state.users.setup_file.read_text().strip()
    made = await nobody.post("/api/v1/setup", json={"token": token, "name": "ann", "password": PASSWORD})
    assert made.status_code == 201, made.text
    headers = {"origin": house.url, "x-csrf-token": made.json()["csrf"]}
    secret = (await nobody.post("/api/v1/tokens", json={"name": "all", "scopes": ["admin"]}, headers=headers)).json()
    nobody.cookies.clear()
    http = httpx.AsyncClient(
        base_url=house.url, headers={"authorization": f"Bearer {secret['secret']}"}, trust_env=False, timeout=60
    )
    return Station(house=house, http=http, nobody=nobody)


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with running(settings_of(tmp_path / "data")) as house:
        one = await set_up(house)
        try:
            yield one
        finally:
            await one.http.aclose()
            await one.nobody.aclose()
