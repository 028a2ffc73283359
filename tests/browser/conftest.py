"""The firm as a fixture; without a Chromium or a built console there is nothing to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from faultpath.wiring import CONSOLE
from tests.browser.driving import Browser, chromium, one_browser
from tests.browser.firm import Firm, firm_at


def _missing() -> str | None:
    if chromium() is None:
        return "no Chromium on this machine"
    return None if CONSOLE.is_dir() else "the console is not built (`make setup`)"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if (why := _missing()) is not None:
        pytest.skip(why)
    with one_browser() as one:
        yield one


@pytest.fixture
async def firm(browser: Browser, tmp_path: Path) -> AsyncIterator[Firm]:
    async with firm_at(tmp_path / "data", browser) as one:
        yield one
