"""Each screen in both languages, light and dark, wide and narrow: it fits, can be read, and the browser is content."""

from __future__ import annotations

import pytest

from tests.browser.driving import PROJECT, Page
from tests.browser.firm import Firm

AXE = PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) =>
  violations.map(one => one.id + ": " + one.nodes.map(node => node.target.join(" ")).slice(0, 4).join(" | ")))"""
# the browser's own line about the question who one is, asked before the sign-in
EXPECTED = "error: Failed to load resource: the server responded with a status of 401 (Unauthorized)"


async def accessible(page: Page) -> list[str]:
    """What axe-core finds wrong (WCAG 2.2 A and AA, and its best practices)."""
    await page.call("evaluate", AXE.read_text("utf-8") + ";0")
    found: list[str] = await page.call("evaluate", RUN_AXE)
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("language", "lang"), [("en-GB", "en"), ("zh-CN", "zh-CN")])
async def test_every_screen(firm: Firm, language: str, lang: str, width: int, dark: bool) -> None:
    page = firm.page
    await firm.cooling_fails()
    await firm.stranger_reports()
    await firm.database_dies()
    numbers = [one["number"] for one in await firm.incidents(3)]
    await firm.sign_in(language=language, width=width, height=900, dark=dark)
    wrong: dict[str, object] = {}
    for path in ["/", "/?all=true", *(f"/incidents/{n}" for n in numbers), "/alerts", "/sources", "/setup", "/sign-in"]:
        await page.go(path)
        await page.see("h1")
        await page.call("see", ".list tbody, .panel, form")
        if found := await accessible(page):
            wrong[path] = found
        if (wide := await page.sideways()) > 0:
            wrong[f"{path} is too wide"] = wide
        assert await page.call("evaluate", "document.documentElement.lang") == lang
        assert await page.call("evaluate", "document.documentElement.dataset.mantineColorScheme") == (
            "dark" if dark else "light"
        )
    assert wrong == {}
    assert [line for line in await page.troubles() if line != EXPECTED] == []


async def test_language_and_colours_change_at_once_and_are_kept(firm: Firm) -> None:
    page = firm.page
    await firm.sign_in()
    await page.see('role=heading[name="Incidents"]')
    await page.click("label:has-text('中文')")
    await page.see('role=heading[name="事件"]')
    await page.click('role=button[name="切换为深色"]')
    assert await page.call("evaluate", "document.documentElement.dataset.mantineColorScheme") == "dark"
    await page.call("reload")
    await page.see('role=heading[name="事件"]')
    assert await page.call("evaluate", "document.documentElement.dataset.mantineColorScheme") == "dark"
    await page.click('role=button[name="切换为浅色"]')
    await page.click("label:has-text('EN')")
    await page.see('role=heading[name="Incidents"]')
    assert await page.call("evaluate", "document.documentElement.dataset.mantineColorScheme") == "light"
