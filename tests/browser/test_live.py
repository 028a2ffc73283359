"""The list of incidents while things happen: what is new appears, what is over goes, a lost stream is seen."""

from __future__ import annotations

import asyncio

from tests.browser.firm import Firm

TITLES = ".incidents [data-row]"


async def test_an_incident_appears_and_goes_by_itself(firm: Firm) -> None:
    page = firm.page
    await firm.sign_in()
    await page.see("text=Nothing is broken that we know of")
    await page.see(".live-live")
    await firm.stranger_reports()
    await page.see("tr[data-incident]")
    assert (await page.text(".cell-people")) == ["people unknown"]
    await firm.database_dies()
    await page.see("tr[data-incident] >> text=db1")
    (number,) = [one["number"] for one in await firm.incidents(2) if one["root"]]
    await firm.becomes(number, cannot_work=5)
    await page.see(f"tr[data-incident='{number}'] >> text=5 cannot work")
    # the most urgent stands first
    assert (await page.text(TITLES))[0] == "CRM down and 2 more hit: db1 reports ServiceDown"
    row = f"tr[data-incident='{number}'] "
    assert await page.text(row + ".cell-priority") == ["P1 Emergency"]
    assert await page.text(row + ".cell-root") == ["db1 confirmed"]
    assert await page.text(row + ".cell-services") == ["down 3 services"]
    assert await page.text(row + ".cell-people") == ["5 cannot work 3 limited"]
    assert await page.text(row + ".cell-state") == ["open"]
    stamp = await page.call("attribute", row + "time", "title")
    assert "20" in stamp
    assert stamp.split()[-1].isascii()  # date and zone on hover
    await firm.database_dies("cleared")
    await firm.becomes(number, state="resolved")
    await page.gone(f"tr[data-incident='{number}']")
    await page.click("label:has-text('All')")
    await page.see(f"tr[data-incident='{number}'] >> text=resolved")
    assert (await page.call("url")).endswith("?all=true")
    await page.click("label:has-text('Live')")
    await page.gone(f"tr[data-incident='{number}']")


async def test_the_list_is_walked_and_acknowledged_by_keys(firm: Firm) -> None:
    page = firm.page
    await firm.stranger_reports()
    await firm.incidents(1)
    await firm.database_dies()
    await firm.incidents(2)
    await firm.sign_in()
    await page.see(TITLES + " >> nth=1")
    for key in ("j", "j", "j", "k", "j"):
        await page.call("press", key)
    await page.call("press", "a")
    await page.see(".tag-acknowledged")
    number = int(await page.call("attribute", "tr:has(.tag-acknowledged)", "data-incident"))
    assert (await firm.becomes(number, state="acknowledged"))["root"] is None
    await page.call("press", "k")
    await page.call("press", "Enter")
    await page.see("h1:has-text('CRM down')")


async def test_a_lost_stream_is_seen_and_nothing_is_missed(firm: Firm) -> None:
    page = firm.page
    await firm.sign_in()
    await page.see(".live-live")
    await page.call("offline", True)
    await page.call("see", ".live-stale", {"timeout": 30_000})
    await page.see("role=status >> text=The connection to the hub is lost")
    await firm.database_dies()
    await firm.incidents(1)
    await asyncio.sleep(0.5)
    assert await page.count("tr[data-incident]") == 0
    await page.call("offline", False)
    await page.call("see", "tr[data-incident]", {"timeout": 30_000})
    await page.see(".live-live")
