"""The stage: company, hub and mail server, brought up together and taken down in reverse."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from faultpath.demo.hub import DemoHub, Surroundings
from faultpath.demo.known import Inventory
from faultpath.demo.mail import MailServer
from faultpath.demo.process import DemoError, Estate
from faultpath.demo.truth import Expectation, Truth

DISCOVERY_S = 120.0
Say = Callable[[str], None]


@dataclass
class Stage:
    """Everything that plays. ``capped`` are the users who had their one opening mail of the hour."""

    estate: Estate
    hub: DemoHub
    mail: MailServer
    truth: Truth
    inventory: Inventory
    capped: set[str] = field(default_factory=set)
    timings: dict[str, float] = field(default_factory=dict)

    def root_ci(self, expect: Expectation) -> str | None:
        """The CI that a truth file's root is in the hub's graph."""
        root = expect.root
        if root.kind == "link" and root.ends:
            return self.inventory.link(root.ends[0], root.ends[1], self.truth)
        return self.inventory.device(address=root.mgmt_address, mac=root.mac, name=root.name)


@asynccontextmanager
async def raise_stage(
    *, seed: int, size: int, block: int, graph: str | None, say: Say, keep: Path | None = None
) -> AsyncIterator[Stage]:
    """Bring everything up: company, mail, hub, discovery, import.

    Raises:
        DemoError: a part did not come up; the text says which and why.
    """
    async with AsyncExitStack() as stack:
        folder = keep or Path(tempfile.mkdtemp(prefix="faultpath-demo-"))
        if keep is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        timings: dict[str, float] = {}
        say(f"a company is made from seed {seed}, size {size}")
        with _timed(timings, "estate"):
            estate = await Estate.start(folder, seed=seed, size=size, block=block)
        stack.push_async_callback(estate.child.stop)
        mail = MailServer()
        smtp_port = await mail.start()
        stack.push_async_callback(mail.stop)
        around = Surroundings(
            broker={"name": "plant", **estate.ready["broker"]},
            smtp_port=smtp_port,
            fault_codes=folder / "fault-codes.yaml",
            graph_url=graph,
        )
        with _timed(timings, "hub"):
            hub = await DemoHub.start(folder, around)
        stack.push_async_callback(hub.stop)
        await _must_be_empty(hub)
        truth = await asyncio.to_thread(Truth.read, folder / "truth.json")
        with _timed(timings, "discovery"):
            await _discover(hub, folder, say)
        with _timed(timings, "import"):
            await _import(hub, folder, say)
        await _connect(estate, hub, folder)
        inventory = Inventory.of(await hub.get("/graph/export"))
        yield Stage(estate=estate, hub=hub, mail=mail, truth=truth, inventory=inventory, timings=timings)


class _timed:  # noqa: N801 - reads as a verb where it is used
    def __init__(self, timings: dict[str, float], name: str) -> None:
        self._timings, self._name = timings, name

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._timings[self._name] = time.monotonic() - self._began


async def _must_be_empty(hub: DemoHub) -> None:
    """The story needs a graph of its own; nothing of anybody's is ever deleted for it."""
    async with asyncio.timeout(DISCOVERY_S):
        while True:
            answer = await hub.client.get("/graph/revision")
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:  # the store is not open yet
                break
            await asyncio.sleep(0.2)
    if answer.is_error or answer.json()["stored"] != 0:
        raise DemoError("the graph is not empty: give the demonstration a database of its own (--graph)")


async def discover_again(hub: DemoHub) -> dict[str, Any]:
    """One run over the declared ranges, to its end."""
    run = await hub.post("/discovery/runs", {})
    async with asyncio.timeout(DISCOVERY_S):
        while run["state"] == "running":
            await asyncio.sleep(0.2)
            run = await hub.get(f"/discovery/runs/{run['id']}")
    if run["state"] != "done":
        raise DemoError(f"discovery ended as {run['state']}: {run}")
    found: dict[str, Any] = run
    return found


async def _discover(hub: DemoHub, folder: Path, say: Say) -> None:
    access = json.loads(await asyncio.to_thread((folder / "access.json").read_text))
    for credential in access["credentials"]:
        await hub.post("/credentials", credential)
    for declared in access["ranges"]:
        await hub.post("/discovery/ranges", declared)
    run = await discover_again(hub)
    say(f"discovery over SNMP: {run['found']} devices answered, {len(run['unreachable'])} addresses did not")


async def _import(hub: DemoHub, folder: Path, say: Say) -> None:
    body = await asyncio.to_thread((folder / "model.yaml").read_bytes)
    headers = {"content-type": "application/yaml"}
    response = await hub.client.post("/import", content=body, headers=headers)
    if response.is_error:
        raise DemoError(f"the import was refused: {response.text[:2000]}")
    done = response.json()
    say(f"service model imported: {done['created']} new, {done['updated']} joined with what discovery found")


async def _connect(estate: Estate, hub: DemoHub, folder: Path) -> None:
    token = await hub.token("monitoring", "intake:monitoring")
    token_file = folder / "monitoring.token"
    await asyncio.to_thread(_write_private, token_file, token)
    await estate.do(cmd="connect", hub_url=hub.url, token_file=str(token_file), trap=f"127.0.0.1:{hub.trap_port}")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
