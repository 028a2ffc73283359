"""Alerts and sources: filters that stand in the address, and what each list says."""

from __future__ import annotations

from tests.browser.firm import Firm
from tests.faultpath.conftest import eventually

CHECKS = ".cell-check strong"


async def test_alerts_are_filtered_and_the_address_knows(firm: Firm) -> None:
    page = firm.page
    await firm.database_dies()
    await firm.stranger_reports()
    await firm.report("Battery", "ups-3", severity="warning")
    await firm.report("Battery", "ups-3", severity="warning", state="cleared")
    await eventually(lambda: firm.station.get("/alerts", state="cleared"), lambda found: bool(found["items"]))
    await firm.sign_in()
    await page.click('role=link[name="Alerts"]')
    await page.see("tr[data-alert]")
    assert sorted(await page.text(CHECKS)) == ["DiskFailing", "ServiceDown"]
    assert "unbound printer-9 nothing in the graph fits" in await page.text(".cell-on")
    await page.click("label:has-text('Cleared')")
    await page.see("tr[data-alert] >> text=Battery")
    assert await page.text(CHECKS) == ["Battery"]
    await page.click("label:has-text('All')")
    await page.see("tr[data-alert] >> text=ServiceDown")
    await page.call("select", 'role=combobox[name="At least"]', "critical")
    await page.gone("tr[data-alert] >> text=DiskFailing")
    assert await page.text(CHECKS) == ["ServiceDown"]
    await page.fill("input[type=search]", "nothing like it")
    await page.see("text=No alert fits")
    url = await page.call("url")
    assert "state=all" in url
    assert "severity=critical" in url
    assert "text=nothing" in url
    await page.click('role=button[name="Clear filters"]')
    await page.see("tr[data-alert] >> text=DiskFailing")
    await page.click("label:has-text('Active')")
    await page.gone("tr[data-alert] >> text=Battery")
    assert sorted(await page.text(CHECKS)) == ["DiskFailing", "ServiceDown"]


async def test_sources_say_who_was_heard(firm: Firm) -> None:
    page = firm.page
    await firm.database_dies()
    await firm.incidents(1)
    await firm.sign_in()
    await page.click(".health-line")
    await page.see('role=heading[name="Sources and health"]')
    await page.see("text=native:monitoring")
    await page.see(".hub-state .state")
    assert await page.text(".hub-state .state") == ["OK"]
    await page.see(".workers li")
    workers = await page.text(".workers li")
    assert workers
    assert all(line.startswith("running") for line in workers)


async def test_what_does_not_exist_says_so(firm: Firm) -> None:
    await firm.sign_in()
    await firm.page.go("/no/such/page")
    await firm.page.see("text=There is no such page")
