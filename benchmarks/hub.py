"""The hub under test: a process of its own, started with the command that a user types, spoken to over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import yaml

from faultpath.demo.process import ROOT, Child

START_S = 60.0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A loopback port that is free now, and not one of those that systems give away by themselves: it stays so."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class HubProcess:
    """A hub on fresh data in a folder, with the shipped defaults: embedded graph and ledger, ``synchronous=FULL``."""

    def __init__(self, child: Child, port: int, data: Path) -> None:
        self.child = child
        self.port = port
        self.data = data
        self.api = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120.0)

    @classmethod
    async def start(cls, folder: Path, smtp_port: int, profile: Path | None = None) -> HubProcess:
        """Start it and make its first administrator. ``profile``: a file for cProfile's figures of its loop."""
        port, config = free_port(), folder / "faultpath.yaml"
        settings = {
            "data_dir": str(folder / "data"),
            "http": {"port": port},
            "snmp": {"traps": {"port": free_port(socket.SOCK_DGRAM)}},
            "smtp": {"host": "127.0.0.1", "port": smtp_port, "sender": "Faultpath <noc@example.test>"},
            "log": {"format": "json", "level": "warning"},
        }
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        measured = ["-m", "cProfile", "-o", str(profile)] if profile else []
        command = [sys.executable, *measured, "-m", "faultpath.cli.main", "serve", "--config", str(config)]
        child = await Child.start("hub", command, log=folder / "hub.log", cwd=ROOT)
        hub = cls(child, port, folder / "data")
        try:
            await hub._answers()
            await hub._set_up()
        except BaseException:
            await hub.stop()
            raise
        return hub

    @property
    def pid(self) -> int:
        return self.child.process.pid

    async def _answers(self) -> None:
        async with asyncio.timeout(START_S):
            while True:
                if self.child.process.returncode is not None:
                    raise RuntimeError(f"the hub did not start\n{self.child.last_words()}")
                with contextlib.suppress(httpx.TransportError):
                    if (await self.api.get("/healthz")).is_success:
                        return
                await asyncio.sleep(0.05)

    async def _set_up(self) -> None:
        token = (self.data / "setup-token").read_text(encoding="ascii").strip()
        body = {"token": token, "name": "bench", "password": secrets.token_urlsafe(12)}
        signed_in = (await self.api.post("/api/v1/setup", json=body)).raise_for_status().json()
        self.api.headers.update({"x-csrf-token": signed_in["csrf"], "origin": f"http://127.0.0.1:{self.port}"})

    async def token(self, source: str) -> str:
        body = {"name": "bench", "scopes": [f"intake:{source}"], "expires_in_days": 1}
        return str((await self.api.post("/api/v1/tokens", json=body)).raise_for_status().json()["secret"])

    async def import_model(self, text: str) -> Any:
        answer = await self.api.post(
            "/api/v1/import?file=company.yaml", content=text.encode(), headers={"content-type": "application/yaml"}
        )
        return answer.raise_for_status().json()

    async def metrics(self) -> dict[str, float]:
        """The hub's own figures, by name with labels."""
        text = (await self.api.get("/metrics")).raise_for_status().text
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in rows}

    async def stop(self) -> None:
        await self.api.aclose()
        await self.child.stop()
