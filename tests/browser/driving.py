"""One system Chromium for all tests, driven over `driver.mjs`; the hub runs in the test's own loop beside it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
END_S = 30


class BrowserError(Exception):
    """The browser could not do what was asked."""


def chromium() -> str | None:
    """The path of the system's Chromium."""
    named = os.environ.get("FAULTPATH_TEST_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


class Browser:
    """The driver's process, started when it is first asked. It belongs to no event loop: each test has its own."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    async def ask(self, call: str, args: tuple[Any, ...]) -> Any:
        """What the driver answers to one call.

        Raises:
            BrowserError: it could not do it, or has ended.
        """
        try:
            line = await asyncio.to_thread(self._exchange, json.dumps({"call": call, "args": args}).encode() + b"\n")
        except BaseException:
            self.kill()  # the answer that still comes is not the next call's
            raise
        if not line:
            raise BrowserError("the driver has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise BrowserError(f"{call}{args}: {answer['error']}")
        return answer["value"]

    def _exchange(self, line: bytes) -> bytes:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(line)
            process.stdin.flush()
        return process.stdout.readline()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            node, path = PROJECT / ".venv" / "bin" / "node", chromium()
            assert path is not None
            command = [str(node if node.exists() else "node"), str(HERE / "driver.mjs"), path]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        return self._process

    def kill(self) -> None:
        """End it at once, and Chromium with it; the next call starts another."""
        if self._process is not None:
            if self._process.poll() is None:  # with its group: our node is a script that runs the real one
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            self._process = None

    def close(self) -> None:
        """End it in good order."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_S)
        self.kill()


@contextmanager
def one_browser() -> Iterator[Browser]:
    """A browser that ends with the block."""
    browser = Browser()
    try:
        yield browser
    finally:
        browser.close()


class Page:
    """A page of the browser. Selectors are Playwright's: ``role=button[name="Resolve"]``, ``text=…``, CSS."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser = browser
        self._base = base

    async def call(self, call: str, *args: Any) -> Any:
        """A method of Playwright's page, or one of the driver's own.

        Raises:
            BrowserError: what Playwright says went wrong, and what the page complained of until then.
        """
        return await self._browser.ask(call, args)

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
async def browsing(browser: Browser, base: str) -> AsyncIterator[Page]:
    """A page under ``base``, in a browser context that nobody had before and nobody has after it."""
    page = Page(browser, base)
    await page.open()
    try:
        yield page
    finally:
        with suppress(TimeoutError):  # it does not leave while it waits for a page that hangs: then it is killed
            async with asyncio.timeout(END_S):
                await page.call("leave")
