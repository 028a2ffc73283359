"""Pictures of the console.

``python -m tests.browser.look`` takes those of the documentation into ``docs/images``;
``python -m tests.browser.look FOLDER`` takes each screen in both languages, light and dark, wide and narrow, to be
looked at. A picture is of the built console (``make setup``) on a real hub with the firm of `model.yaml`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.browser.driving import PROJECT, one_browser
from tests.browser.firm import Firm, firm_at

IMAGES = PROJECT / "docs" / "images"
LOOKS: dict[str, dict[str, Any]] = {
    "en-light-1440": {"language": "en-GB"},
    "zh-dark-1440": {"language": "zh-CN", "dark": True},
    "zh-light-390": {"language": "zh-CN", "width": 390, "height": 844},
    "en-dark-390": {"language": "en-GB", "width": 390, "height": 844, "dark": True},
}
SETTLED_S = 0.7


async def troubled(firm: Firm) -> dict[str, int]:
    """Three incidents, by the names of their roots."""
    await firm.cooling_fails()
    await firm.incidents(1)
    await firm.stranger_reports()
    await firm.incidents(2)
    await firm.database_dies()
    numbers = {one["root"]["name"] if one["root"] else "": one["number"] for one in await firm.incidents(3)}
    await firm.becomes(numbers["db1"], cannot_work=5, held_notices=4)
    return numbers


async def shoot(firm: Firm, path: str, into: Path, *, whole: bool = True) -> None:
    """One picture, when the page has come to rest."""
    await firm.page.go(path)
    await firm.page.see("h1")
    await asyncio.sleep(SETTLED_S)
    await firm.page.call("screenshot", str(into), {"fullPage": whole})


async def for_documentation(firm: Firm) -> None:
    numbers = await troubled(firm)
    await firm.sign_in(width=1440, height=1080)
    await shoot(firm, f"/incidents/{numbers['db1']}", IMAGES / "incident.png", whole=False)
    await firm.sign_in(width=1440, height=420)
    await shoot(firm, "/", IMAGES / "incidents.png", whole=False)


async def for_the_eye(firm: Firm, into: Path) -> None:
    numbers = await troubled(firm)
    screens = {
        "incidents": "/",
        "incident": f"/incidents/{numbers['db1']}",
        "remedy": f"/incidents/{numbers['Cooling unit room B']}",
        "unbound": f"/incidents/{numbers['']}",
        "alerts": "/alerts",
        "sources": "/sources",
        "sign-in": "/sign-in",
        "setup": "/setup",
    }
    for look, options in LOOKS.items():
        await firm.sign_in(**options)
        for screen, path in screens.items():
            await shoot(firm, path, into / f"{screen}-{look}.png")


async def main() -> None:
    """Take the pictures."""
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as data, one_browser() as browser:
        async with firm_at(Path(data), browser) as firm:
            if into is None:
                await for_documentation(firm)
            else:
                into.mkdir(parents=True, exist_ok=True)
                await for_the_eye(firm, into)


if __name__ == "__main__":
    asyncio.run(main())
