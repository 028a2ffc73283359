"""One system Chromium, driven over `driver.mjs`; the hub runs in the test's own loop beside it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LINE_LIMIT = 4_000_000


class BrowserError(Exception):
    """The browser could not do what was asked."""


def chromium() -> str | None:
    """The path of the system's Chromium."""
    named = os.environ.get("FAULTPATH_TEST_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


class Page:
    """A page of the browser. Selectors are Playwright's: ``role=button[name="Resolve"]``, ``text=…``, CSS."""

    def __init__(self, process: asyncio.subprocess.Process, base: str) -> None:
        self._process = process
        self._base = base

    async def call(self, call: str, *args: Any) -> Any:
        """A method of Playwright's page, or one of the driver's own.

        Raises:
            BrowserError: what Playwright says went wrong, and what the page complained of until then.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"call": call, "args": args}).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise BrowserError("the driver has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise BrowserError(f"{call}{args}: {answer['error']}")
        return answer["value"]

    async def open(self, *, width: int = 1440, height: int = 900, language: str = "en-GB", dark: bool = False) -> None:
        """A new browser context: no cookies, no memory of the one before."""
        viewport = {"width": width, "height": height}
        scheme = "dark" if dark else "light"
        await self.call("open", {"viewport": viewport, "locale": language, "colorScheme": scheme})

    async def go(self, path: str) -> None:
        await self.call("go", self._base + path)

    async def click(self, selector: str) -> None:
        await self.call("click", selector)

    async def fill(self, selector: str, text: str) -> None:
        await self.call("fill", selector, text)

    async def see(self, selector: str) -> None:
        """Wait until it is to be seen."""
        await self.call("see", selector)

    async def gone(self, selector: str) -> None:
        """Wait until it is not to be seen any more."""
        await self.call("see", selector, {"state": "hidden"})

    async def text(self, selector: str) -> list[str]:
        found: list[str] = await self.call("text", selector)
        return [" ".join(text.split()) for text in found]

    async def count(self, selector: str) -> int:
        found: int = await self.call("count", selector)
        return found

    async def troubles(self) -> list[str]:
        """What the page complained of on the browser's console: errors, warnings, violations of the CSP."""
        found: list[str] = await self.call("troubles")
        return found

    async def sideways(self) -> int:
        """By how many pixels the page is wider than its window."""
        wide: int = await self.call("evaluate", "document.documentElement.scrollWidth - window.innerWidth")
        return wide


@asynccontextmanager
async def browsing(base: str) -> AsyncIterator[Page]:
    """A browser whose pages lie under ``base``."""
    node, path = PROJECT / ".venv" / "bin" / "node", chromium()
    assert path is not None
    process = await asyncio.create_subprocess_exec(
        str(node if node.exists() else "node"), str(HERE / "driver.mjs"), path,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_LIMIT,
    )  # fmt: skip
    try:
        page = Page(process, base)
        await page.open()
        yield page
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
