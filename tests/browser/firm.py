"""A firm with a hub, mail and monitoring, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from faultpath.wiring import running
from tests.browser.driving import Browser, Page, browsing
from tests.faultpath.conftest import PASSWORD, Station, eventually, set_up, settings_of
from tests.ticket_bridge.sink import Sink

MODEL = Path(__file__).with_name("model.yaml")
# users of more than three are asked about, so that the page has something to release
WHO = [
    {"role": "on_call", "happenings": ["open", "worse", "resolved"], "least_state": "any"},
    {"role": "service_owner", "happenings": ["open", "worse", "resolved"], "least_state": "degraded"},
    {"role": "user", "happenings": ["open", "resolved"], "least_state": "down", "ask_above": 3},
]
E4 = {
    "code": "E4",
    "meaning.en": "Condensate pump blocked.",
    "meaning.zh": "冷凝水泵堵塞。",
    "remedy.en": "Clean the pump and reset the float switch.",
    "remedy.zh": "清洁水泵并复位浮球开关。",
    "document": "CX-40 Service Manual rev. 7",
    "section": "5.3",
}


@dataclass
class Firm:
    """The hub of the firm, its monitoring, and a page on it."""

    station: Station
    monitoring: httpx.AsyncClient
    page: Page
    sink: Sink

    async def report(self, check: str, resource: str, *, state: str = "active", **more: Any) -> None:
        body = {"check": check, "resource": resource, "state": state, **more}
        answer = await self.monitoring.post("/api/v1/intake/alerts", json=body)
        assert answer.status_code in (200, 202), answer.text

    async def database_dies(self, state: str = "active") -> None:
        ci = {"fqdn": "db1.example.net"}
        await self.report("ServiceDown", "db1", state=state, severity="critical", effect="down", ci=ci)

    async def cooling_fails(self) -> None:
        ci = {"mqtt_id": "cool-1"}
        await self.report("fault-code", "cool-1", severity="major", effect="degraded", ci=ci, details=E4)

    async def stranger_reports(self) -> None:
        await self.report("DiskFailing", "printer-9", severity="major", summary="Reallocated sectors: 88")

    async def incidents(self, count: int) -> list[dict[str, Any]]:
        page = await eventually(lambda: self.station.get("/incidents"), lambda page: len(page["items"]) >= count)
        return list(page["items"])

    async def incident(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = await self.station.get(f"/incidents/{number}")
        return found

    async def becomes(self, number: int, **wanted: Any) -> dict[str, Any]:
        """The incident as soon as it is so."""
        return await eventually(
            lambda: self.incident(number), lambda one: all(one[name] == value for name, value in wanted.items())
        )

    async def sign_in(self, **options: Any) -> None:
        """A new browser context, signed in."""
        page = self.page
        await page.open(**options)
        await page.go("/")
        await page.see("form")
        await page.fill("input[name=name]", "ann")
        await page.fill("input[name=password]", PASSWORD)
        await page.click("button[type=submit]")
        await page.see("header.bar")


@asynccontextmanager
async def firm_at(folder: Path, browser: Browser) -> AsyncIterator[Firm]:
    """The firm, its hub running and its model imported."""
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(Sink())
        settings = settings_of(folder, smtp={"host": "127.0.0.1", "port": sink.port}, notices={"who_is_told": WHO})
        house = await stack.enter_async_context(running(settings))
        station = await set_up(house)
        monitoring = await station.bearer("intake:monitoring")
        for client in (station.http, station.nobody, monitoring):
            stack.push_async_callback(client.aclose)
        yaml = {"content-type": "application/yaml"}
        imported = await station.http.post("/api/v1/import", content=MODEL.read_bytes(), headers=yaml)
        assert imported.status_code == 200, imported.text
        page = await stack.enter_async_context(browsing(browser, house.url))
        yield Firm(station=station, monitoring=monitoring, page=page, sink=sink)
