"""The firm as a fixture; without a Chromium or a built console there is nothing to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from faultpath.wiring import CONSOLE
from tests.browser.driving import chromium
from tests.browser.firm import Firm, firm_at


def _missing() -> str | None:
    if chromium() is None:
        return "no Chromium on this machine"
    return None if CONSOLE.is_dir() else "the console is not built (`make setup`)"


@pytest.fixture
def _browser() -> None:
    if (why := _missing()) is not None:
        pytest.skip(why)


@pytest.fixture
async def firm(_browser: None, tmp_path: Path) -> AsyncIterator[Firm]:
    async with firm_at(tmp_path / "data") as one:
        yield one
