"""One incident: what its page says, and each of its controls, with the hub's own state as the judge."""

from __future__ import annotations

import re

import pytest

from tests.browser.firm import Firm
from tests.faultpath.conftest import eventually


async def opened(firm: Firm) -> int:
    """The database has died, and its incident's page is open."""
    await firm.database_dies()
    number = int((await firm.incidents(1))[0]["number"])
    await firm.becomes(number, cannot_work=5, held_notices=4)
    await firm.sign_in()
    await firm.page.click("tr[data-incident] [data-row]")
    await firm.page.see(".map")
    return number


async def test_it_says_what_who_why_and_which_way(firm: Firm) -> None:
    page = firm.page
    await opened(firm)
    assert await page.text(".incident-head h1") == ["CRM down and 2 more hit: db1 reports ServiceDown"]
    assert await page.text(".lead") == ["Hurts 3 services: 5 people cannot work, 3 are limited."]
    assert (await page.text(".incident-priority"))[0].startswith("P1 Emergency P1: CRM (tier 1) is down")
    assert await page.text(".root-line") == ["db1 server confirmed"]
    assert await page.text(".evidence li") == ["native:monitoring reports ServiceDown"]
    services = await page.text(".services li")
    assert [re.sub(r" because.*", "", one) for one in services] == [
        "down CRM tier 1", "limited Customer portal tier 2", "limited Order system tier 2",
    ]  # fmt: skip
    assert await page.text(".services li:first-child .path span") == ["db1", "CRM database", "CRM application", "CRM"]
    assert await page.text(".departments li") == ["Sales 5 cannot work", "Logistics 物流部 3 limited"]
    assert "4 mails wait for consent" in " ".join(await page.text(".timeline li"))


async def test_its_map_stands_on_the_cause(firm: Firm) -> None:
    page = firm.page
    await opened(firm)
    assert await page.text(".node[data-cause=true] .node-name") == ["db1"]
    assert await page.text(".flag") == ["CAUSE"]
    assert await page.count(".node[data-cause=true][data-own=true] .shape-down") == 1
    assert await page.count(".node.node-people") == 2
    sentence = (await page.text(".map-sentence"))[0]
    assert sentence.startswith("db1 is down since ")
    assert sentence.endswith("Hurts 3 services, 8 people in 2 departments. 1 service saved by redundancy.")
    height = "Math.round(document.querySelector('{}').getBoundingClientRect().top)"
    cause, people = [await page.call("evaluate", height.format(css)) for css in ("[data-cause=true]", ".node-people")]
    assert people < cause
    wires = await page.count(".wire")
    assert wires == len((await firm.station.get("/incidents/1/map"))["wires"])
    assert await page.text(".map-sum") == ["19 CIs in 15 marks, none hidden."]


async def test_its_map_shows_where_redundancy_holds(firm: Firm) -> None:
    page = firm.page
    await opened(firm)
    assert await page.text(".gate-holds .gate-count") == ["2 of 3 up, needs 2"]
    assert await page.text(".gate-holds .gate-word") == ["down stops here"]
    assert [await page.count(f".segment[data-up={up}]") for up in ("true", "false")] == [2, 1]
    assert await page.count(".shield") == 1
    group = ".node[data-kind=group]"
    assert await page.text(f"{group} .node-name") == ["5 × application"]
    assert await page.text(f"{group} .node-word") == ["5 OK"]
    assert await page.text(f"{group} > .node-kind") == ["redundancy holds for 5"]
    assert await page.text(".wire-count") == ["×5"]


async def test_the_chain_of_a_mark_is_found_by_keyboard(firm: Firm) -> None:
    page = firm.page
    await opened(firm)
    active = "document.activeElement.querySelector('title').textContent"
    await page.call("evaluate", "document.querySelector('.map [tabindex=\"0\"]').focus()")
    assert await page.call("evaluate", active) == "db1 · server · down · own fault · cause 1"
    await page.call("press", "ArrowUp")  # to one of those that stand on it: which is nearest depends on the ids
    assert await page.call("evaluate", active) != "db1 · server · down · own fault · cause 1"
    marks = "[...document.querySelectorAll('[data-mark]')]"
    crm = f"{marks}.find(g => g.querySelector('title').textContent.startsWith('CRM · ')).focus()"
    await page.call("evaluate", crm)
    await page.call("press", "ArrowUp")
    assert (await page.call("evaluate", active)).startswith("CRM desk · ")
    await page.call("press", "Enter")
    await page.see(".chain li")
    steps = await page.text(".chain li")
    assert steps[-1] == "down db1 native:monitoring reports ServiceDown"
    assert await page.count("[aria-pressed=true]") == 1
    assert await page.count(".node[data-dimmed=false]") == len(steps)
    assert await page.count(".wires[data-chain=true]") == len(steps) - 1
    await page.call("press", "Escape")
    await page.gone(".chain")
    await page.click(".node-people >> nth=0")
    await page.see(".chain li")
    await page.click("[data-chain-clear]")
    await page.see("text=Select a mark to see the shortest chain to its cause.")


async def test_only_tidying_moves_anything_and_it_can_be_undone(firm: Firm) -> None:
    page = firm.page
    await opened(firm)
    pool = next(one for one in (await firm.station.get("/incidents/1/map"))["marks"] if one["name"] == "Payroll pool")
    pin = {"ci": pool["id"], "layer": pool["layer"], "x": pool["x"] + 40}
    for method, path in (("POST", ""), ("DELETE", f"/{pool['id']}")):
        done = await firm.station.http.request(
            method, f"/api/v1/incidents/1/map/pins{path}", json=pin if method == "POST" else None
        )
        assert done.status_code == 204, done.text

    async def place() -> int:
        marks = (await firm.station.get("/incidents/1/map"))["marks"]
        return int(next(one["x"] for one in marks if one["id"] == pool["id"]))

    assert await place() == pin["x"]
    await page.click("[data-tidy]")
    await page.see("[data-untidy]")
    assert await place() < pin["x"]
    await page.click("[data-untidy]")
    await page.gone("[data-untidy]")
    assert await place() == pin["x"]


async def test_folded_parts_unfold(firm: Firm) -> None:
    page = firm.page
    await opened(firm)
    await page.click("[data-toggle=people]")
    await page.see(".people li")
    names = await page.text(".people li")
    assert len(names) == 8
    assert names[0].endswith("cannot work · Sales")
    await page.click("[data-toggle=people]")
    await page.gone(".people")
    await page.click("[data-toggle=members]")
    await page.see("tr[data-alert] >> text=ServiceDown")
    await page.click("[data-toggle=members]")
    await page.gone("tr[data-alert]")


async def test_every_act_is_done_by_its_button(firm: Firm) -> None:
    page = firm.page
    number = await opened(firm)
    for verb, state in [
        ("acknowledge", "acknowledged"), ("start", "in_progress"), ("pend", "pending"), ("start", "in_progress"),
        ("resolve", "resolved"), ("reopen", "open"), ("resolve", "resolved"), ("close", "closed"), ("reopen", "open"),
    ]:  # fmt: skip
        note = f"{verb} it"
        await page.fill("textarea", note)
        await page.click(f"[data-verb={verb}]")
        after = await firm.becomes(number, state=state)
        mine = [entry["what"] for entry in after["timeline"] if entry["actor"] == "user:ann"]
        assert mine[-1]["args"]["note"] == note
        await page.see(f".incident-line .tag-{state}")
        await page.see("textarea:placeholder-shown")
        offered = await page.call("evaluate", "[...document.querySelectorAll('[data-verb]')].map(b => b.dataset.verb)")
        assert set(offered) - {"release"} == set(after["verbs"]) - {"set_priority"}
        assert await page.call("inputValue", "textarea") == ""


async def test_comment_priority_and_release(firm: Firm) -> None:
    page = firm.page
    number = await opened(firm)
    assert await page.call("isDisabled", "[data-verb=comment]")
    await page.fill("textarea", "Disk ordered & on its way")
    await page.click("[data-verb=comment]")
    await page.see(".timeline >> text=Disk ordered & on its way — ann")
    mine = [entry["what"] for entry in (await firm.incident(number))["timeline"] if entry["actor"] == "user:ann"]
    assert mine[-1]["code"] == "comment"
    await page.call("select", 'role=combobox[name="Set priority"]', "3")
    assert (await firm.becomes(number, priority=3))["priority_reason"]["code"] == "priority_by_person"
    await page.see(".incident-priority >> text=P3")
    await page.click('role=button[name="Release 4 held mails"]')
    await firm.becomes(number, held_notices=0)
    await page.gone("[data-verb=release]")
    told = await eventually(
        lambda: firm.incident(number), lambda one: all(n["state"] == "sent" for n in one["notices"])
    )
    assert {"cy@example.test", "di@example.test", "ed@example.test"} <= {mail.recipient for mail in firm.sink.taken}
    await page.see(f".panel >> text=Sent {len(told['notices'])}, waiting 0, held 0, refused 0")


async def test_an_act_that_came_too_late_says_so(firm: Firm) -> None:
    page = firm.page
    number = await opened(firm)
    # without the stream the page cannot know what others do, as when two people press in the same moment
    await page.call("block", "**/api/v1/stream")
    await page.call("reload")
    await page.see("[data-verb=acknowledge]")
    other = await firm.station.http.post(f"/api/v1/incidents/{number}/acts", json={"verb": "resolve", "note": "done"})
    assert other.status_code == 200
    await page.click("[data-verb=acknowledge]")
    await page.see("role=alert >> text=Somebody was faster")
    await page.see("[data-verb=reopen]")
    assert await page.count("[data-verb=acknowledge]") == 0
    assert (await firm.incident(number))["state"] == "resolved"


@pytest.mark.parametrize(
    ("language", "meaning", "source"),
    [
        ("en-GB", "Condensate pump blocked.", "Taken from CX-40 Service Manual rev. 7, section 5.3"),
        ("zh-CN", "冷凝水泵堵塞。", "摘自 CX-40 Service Manual rev. 7，第 5.3 节"),
    ],
)
async def test_a_remedy_is_told_in_the_readers_language(firm: Firm, language: str, meaning: str, source: str) -> None:
    await firm.cooling_fails()
    number = (await firm.incidents(1))[0]["number"]
    await firm.sign_in(language=language)
    await firm.page.go(f"/incidents/{number}")
    await firm.page.see(f".remedy >> text={meaning}")
    assert source in (await firm.page.text(".remedy"))[0]
    assert "E4" in (await firm.page.text(".remedy .tag"))[0]


async def test_what_is_in_no_graph_claims_nobody_is_safe(firm: Firm) -> None:
    await firm.stranger_reports()
    number = (await firm.incidents(1))[0]["number"]
    await firm.sign_in()
    await firm.page.go(f"/incidents/{number}")
    await firm.page.see("text=It is not in the graph, so who is hurt is unknown.")
    await firm.page.go("/incidents/999")
    await firm.page.see("text=There is no INC-999")
    await firm.page.click("text=To the incidents")
    await firm.page.see("table.incidents")
