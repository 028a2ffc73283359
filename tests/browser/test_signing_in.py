"""The first administrator, signing in and out, and a session that ends while the page is open."""

from __future__ import annotations

from pathlib import Path

from faultpath.wiring import running
from tests.browser.driving import Browser, Page, browsing
from tests.browser.firm import Firm
from tests.faultpath.conftest import PASSWORD, settings_of


async def submit(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await page.fill(f"input[name={name}]", value)
    await page.click("button[type=submit]")


async def test_the_first_administrator_comes_in_by_the_token_of_the_file(browser: Browser, tmp_path: Path) -> None:
    async with running(settings_of(tmp_path / "data")) as house, browsing(browser, house.url) as page:
        token = house.state.users.setup_file.read_text().strip()
        await page.go("/")
        await page.see('role=heading[name="Sign in"]')
        await page.click("text=First start?")
        await page.see('role=heading[name="Set up the administrator"]')
        await submit(page, token="not-the-token", name="ann", password=PASSWORD)
        await page.see("role=alert >> text=The token is wrong")
        await submit(page, token=token, name="ann", password="short")
        await page.see("role=alert >> text=too short")
        await submit(page, token=token, name="ann", password=PASSWORD)
        await page.see("text=Nothing is broken that we know of")
        assert not house.state.users.setup_file.exists()
        await page.click('role=button[name="Sign out"]')
        await page.see('role=heading[name="Sign in"]')
        await submit(page, name="ann", password="wrong horse battery")
        await page.see("role=alert >> text=Name or password is wrong")
        await submit(page, name="ann", password=PASSWORD)
        await page.see("header.bar")
        await page.click('role=link[name="Sources"]')
        await page.see("text=No source has sent anything yet")
        assert [line for line in await page.troubles() if "Failed to load resource" not in line] == []


async def test_the_other_form_is_one_step_back(firm: Firm) -> None:
    await firm.page.open()
    await firm.page.go("/setup")
    await firm.page.click("text=Back to sign-in")
    await firm.page.see('role=heading[name="Sign in"]')


async def test_a_session_that_ends_asks_to_sign_in_and_leads_back(firm: Firm) -> None:
    page = firm.page
    await firm.sign_in()
    ended = await page.call(
        "evaluate",
        "fetch('/api/v1/me').then(r => r.json()).then(me => fetch('/api/v1/session', {method: 'DELETE', "
        "headers: {'x-csrf-token': me.csrf}})).then(r => r.status)",
    )
    assert ended == 204
    await page.click('role=link[name="Alerts"]')
    await page.see("text=Your session is over")
    await submit(page, name="ann", password=PASSWORD)
    await page.see('role=heading[name="Alerts"]')


async def test_a_deep_link_waits_for_the_sign_in(firm: Firm) -> None:
    await firm.page.open()
    await firm.page.go("/alerts?severity=major")
    await firm.page.see("form")
    await submit(firm.page, name="ann", password=PASSWORD)
    await firm.page.see('role=heading[name="Alerts"]')
    assert (await firm.page.call("url")).endswith("/alerts?severity=major")
