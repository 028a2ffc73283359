"""A hub of its own for the demonstration: a child process with its data in a folder, spoken to over its HTTP API."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from faultpath.demo.process import ROOT, Child, DemoError

ADMINISTRATOR = "noc"
START_S = 60.0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A loopback port that is free now, and not one of those that systems give away by themselves: it stays so."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the hub is told of the company: its broker, its mail server, its files."""

    broker: Mapping[str, Any]
    smtp_port: int
    fault_codes: Path
    graph_url: str | None = None
    poll_interval_s: float = 10.0


class DemoHub:
    """The hub's process and its API."""

    def __init__(self, child: Child, url: str, trap_port: int, password: str, client: httpx.AsyncClient) -> None:
        self.child = child
        self.url = url
        self.trap_port = trap_port
        self.password = password
        self.client = client

    @classmethod
    async def start(cls, folder: Path, around: Surroundings) -> DemoHub:
        """Start a hub on fresh data and make its first administrator.

        Raises:
            DemoError: it did not come up.
        """
        port, trap_port = free_port(), free_port(socket.SOCK_DGRAM)
        config = folder / "faultpath.yaml"
        settings = _settings(folder / "data", around, port, trap_port)
        await asyncio.to_thread(config.write_text, yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        command = [sys.executable, "-m", "faultpath.cli.main", "serve", "--config", str(config)]
        child = await Child.start("hub", command, log=folder / "hub.log", cwd=ROOT)
        url = f"http://127.0.0.1:{port}"
        client = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=60.0, limits=httpx.Limits(max_connections=8))
        hub = cls(child, url, trap_port, secrets.token_urlsafe(12), client)
        await hub._answers()
        await hub._set_up(folder / "data" / "setup-token")
        return hub

    async def stop(self) -> None:
        await self.client.aclose()
        await self.child.stop()

    async def _answers(self) -> None:
        async with asyncio.timeout(START_S):
            while True:
                if self.child.process.returncode is not None:
                    raise DemoError(f"the hub did not start\n{self.child.last_words()}")
                with contextlib.suppress(httpx.TransportError):
                    if (await self.client.get(f"{self.url}/healthz")).is_success:
                        return
                await asyncio.sleep(0.05)

    async def _set_up(self, token_file: Path) -> None:
        token = (await asyncio.to_thread(token_file.read_text)).strip()
        signed_in = await self.post("/setup", {"token": token, "name": ADMINISTRATOR, "password": self.password})
        self.client.headers["x-csrf-token"] = signed_in["csrf"]
        self.client.headers["origin"] = self.url

    async def token(self, name: str, *scopes: str) -> str:
        """Make an API token and return its secret."""
        made = await self.post("/tokens", {"name": name, "scopes": list(scopes), "expires_in_days": 1})
        secret: str = made["secret"]
        return secret

    async def get(self, path: str, **params: Any) -> Any:
        return self._answer(await self.client.get(path, params=params))

    async def post(self, path: str, body: Any) -> Any:
        return self._answer(await self.client.post(path, json=body))

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        if response.is_error:
            raise DemoError(
                f"{response.request.method} {response.url.path}: {response.status_code} {response.text[:500]}"
            )
        return response.json() if response.content else None

    async def pages(self, path: str, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """All items of a paged list."""
        cursor: str | None = None
        while True:
            page = await self.get(path, **params, **({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                yield item
            cursor = page.get("next_cursor")
            if not cursor:
                return


def _settings(data: Path, around: Surroundings, port: int, trap_port: int) -> dict[str, Any]:
    graph: dict[str, Any] = {"url": around.graph_url} if around.graph_url else {}
    return {
        "data_dir": str(data),
        "http": {"port": port},
        **({"graph": graph} if graph else {}),
        "snmp": {"poll_interval_s": around.poll_interval_s, "traps": {"port": trap_port}},
        "mqtt": {"brokers": [dict(around.broker)]},
        "smtp": {"host": "127.0.0.1", "port": around.smtp_port, "sender": "Faultpath <noc@example.test>"},
        "catalogue": {"faults": [str(around.fault_codes)]},
        "log": {"format": "json"},
    }
