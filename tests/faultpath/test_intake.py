"""Posting: committed before the answer, wrong bodies named and kept, overload and strangers told."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerting.intake import Parsed, native
from faultpath.wiring import running
from ledger.errors import LedgerUnavailableError
from ledger.inbox import Heard, InboxRow
from tests.faultpath.conftest import Station, eventually, set_up, settings_of
from tests.faultpath.test_slice import alertmanager, imported, wait_for

ALERTMANAGER, NATIVE = "/api/v1/intake/alertmanager", "/api/v1/intake/alerts"


@pytest.fixture
async def poster(station: Station) -> httpx.AsyncClient:
    return await station.bearer("intake:prom-a")


async def test_a_good_body_is_on_disk_before_the_answer(station: Station, poster: httpx.AsyncClient) -> None:
    inbox = station.house.state.inbox
    before = inbox.last_position
    assert (await poster.post(ALERTMANAGER, json=alertmanager(instance="x:1"))).json() == {"status": "accepted"}
    row = inbox.read(before, 10)[0]
    assert (row.source, row.kind, row.authenticated) == ("alertmanager:prom-a", "alertmanager", True)
    answer = await poster.post(NATIVE, json={"check": "disk", "resource": "db1:/var", "severity": "major"})
    assert answer.status_code == 202
    assert inbox.read(before, 10)[1].source == "native:prom-a"


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        (ALERTMANAGER, b"{", 400, "(body)"),
        (ALERTMANAGER, b"\xff\xfe", 400, "(body)"),
        (ALERTMANAGER, b"{}", 422, "alerts"),
        (ALERTMANAGER, b'{"alerts": 3}', 422, "alerts"),
        (ALERTMANAGER, b'{"alerts": [{"labels": {}}]}', 422, "alerts[0].labels.alertname"),
        (NATIVE, b'{"alerts": [{"check": "x"}]}', 422, "alerts[0].resource"),
        (NATIVE, b'{"alerts": [{"check": "x", "resource": "y", "colour": "red"}]}', 422, "alerts[0].colour"),
    ],
)
async def test_a_wrong_body_is_named_and_kept(
    station: Station, poster: httpx.AsyncClient, path: str, body: bytes, status: int, field: str
) -> None:
    answer = await poster.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["errors"][0]["field"] == field
    assert problem["remedy"]
    kept = (await wait_for(station, "/quarantine"))[0]
    assert kept["raw"].startswith(body.decode(errors="replace")[:1])
    assert kept["state"] in ("rejected", "quarantined")
    metrics = (await station.http.get("/metrics")).text
    assert 'faultpath_intake_messages_total{result="rejected",source="prom-a"} 1.0' in metrics


@pytest.mark.parametrize(
    "alert",
    [
        b'{"check": "x", "resource": "y", "at": "9999-12-31T23:59:59-05:00"}',
        b'{"check": "x", "resource": "y", "details": {"a": ' + b"[" * 400 + b"]" * 400 + b"}}",
        b'{"check": "x", "resource": "y", "state": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    ],
    ids=["a time beyond the last year", "nested 400 deep", "nested 1000 deep"],
)
async def test_no_message_holds_up_those_behind_it(station: Station, poster: httpx.AsyncClient, alert: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = await poster.post(NATIVE, content=b'{"alerts": [' + alert + b"]}", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), answer.text
    assert (await poster.post(NATIVE, json={"check": "disk", "resource": "db1:/var"})).status_code == 202
    assert [one["check"] for one in await wait_for(station, "/alerts")] == ["disk"]
    assert (await wait_for(station, "/quarantine"))[0]["raw"].startswith("{")


async def test_a_parser_that_fails_rejects_its_message_and_the_others_count(
    station: Station, poster: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = native.parse

    def fail_on_the_first(row: InboxRow) -> Parsed:
        if row.position == 1:
            raise KeyError("nobody thought of this")
        return parse(row)

    monkeypatch.setattr(native, "parse", fail_on_the_first)
    for check in ("first", "second"):
        assert (await poster.post(NATIVE, json={"check": check, "resource": "db1"})).status_code == 202
    assert [one["check"] for one in await wait_for(station, "/alerts")] == ["second"]
    (kept,) = await wait_for(station, "/quarantine")
    assert (kept["state"], kept["reason"]["code"]) == ("rejected", "parser_failed")


async def test_one_bad_alert_does_not_spoil_the_others(station: Station, poster: httpx.AsyncClient) -> None:
    body: dict[str, Any] = alertmanager(instance="good:1")
    body["alerts"].append({"status": "firing", "labels": {"severity": "critical"}})
    assert (await poster.post(ALERTMANAGER, json=body)).status_code == 200
    assert len(await wait_for(station, "/alerts")) == 1
    assert (await wait_for(station, "/quarantine"))[0]["item"] == 1


async def test_what_was_set_aside_can_be_replayed(station: Station, poster: httpx.AsyncClient) -> None:
    await poster.post(ALERTMANAGER, content=b"{", headers={"content-type": "application/json"})
    kept = (await wait_for(station, "/quarantine"))[0]
    replayed = await station.http.post("/api/v1/quarantine/replay", json={"numbers": [kept["number"]]})
    assert replayed.json() == {"messages": 1}
    page = await eventually(lambda: station.get("/quarantine"), lambda page: len(page["items"]) == 2)
    assert page["items"][1]["replayed_at"] is not None


async def test_requests_that_are_no_posts_of_json_are_told_so(station: Station, poster: httpx.AsyncClient) -> None:
    for headers, status in (
        ({"content-type": "text/plain"}, 415),
        ({}, 415),
        ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
    ):
        answer = await poster.post(NATIVE, content=b"{}", headers=headers)
        assert answer.status_code == status
        assert answer.json()["remedy"]
    wrong = await poster.get(NATIVE)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert station.house.state.inbox.last_position == 0


async def test_a_body_that_is_too_large_is_refused_whatever_it_announces(tmp_path: Path) -> None:
    async with running(settings_of(tmp_path / "data", http={"port": 0, "max_body_bytes": 1000})) as house:
        station = await set_up(house)
        poster = await station.bearer("intake:prom-a")

        async def unannounced() -> Any:
            for _ in range(4):
                yield b" " * 400

        headers = {"content-type": "application/json"}
        for content in (b" " * 1001, unannounced()):
            assert (await poster.post(NATIVE, content=content, headers=headers)).status_code == 413
        for content in (b" " * 1001, unannounced()):
            answer = await station.http.post("/api/v1/import", content=content)
            assert answer.status_code == 413, answer.text
        assert house.state.inbox.last_position == 0


async def test_overload_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with running(settings_of(tmp_path / "data", intake={"max_waiting": 2})) as house:
        station = await set_up(house)
        poster = await station.bearer("intake:prom-a")
        answers = await asyncio.gather(*(poster.post(NATIVE, json={"alerts": []}) for _ in range(60)))
        refused = [answer for answer in answers if answer.status_code == 429]
        assert {answer.status_code for answer in answers} <= {202, 429}
        assert all(answer.headers["retry-after"] == "1" for answer in refused)
        kept = house.state.inbox.last_position
        assert kept == len(answers) - len(refused)


async def test_a_ledger_that_refuses_is_not_answered_with_a_2xx(
    station: Station, poster: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_signals: object) -> list[int]:
        raise LedgerUnavailableError("disk full")

    monkeypatch.setattr(station.house.state.inbox, "put", refuse)
    answer = await poster.post(NATIVE, json={"alerts": []})
    assert (answer.status_code, answer.json()["code"]) == (503, "ledger_away")
    assert answer.headers["retry-after"] == "5"


async def test_a_token_for_several_sources_says_which(station: Station) -> None:
    poster = await station.bearer("intake:prom-a", "intake:prom-b")
    assert (await poster.post(NATIVE, json={"alerts": []})).status_code == 400
    assert (await poster.post(f"{NATIVE}?source=prom-b", json={"alerts": []})).status_code == 202
    sources = (await station.get("/sources"))["items"]
    assert [(s["source"], s["messages"], s["tokens"]) for s in sources] == [("native:prom-b", 1, 1), ("prom-a", 0, 1)]


async def test_who_is_heard_of_is_counted_beside_the_loop(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = station.house.state.inbox
    heard, threads = inbox.heard, []

    def noted(after: int) -> list[Heard]:
        threads.append(threading.get_ident())
        return heard(after)

    monkeypatch.setattr(inbox, "heard", noted)
    await station.get("/sources")
    assert threads
    assert threading.get_ident() not in threads


async def test_an_unknown_ci_is_listed_as_unbound_and_opens_an_incident(station: Station) -> None:
    await imported(station)
    poster = await station.bearer("intake:prom-a")
    await poster.post(ALERTMANAGER, json=alertmanager("DiskGone", instance="nobody-knows:9100"))
    alert = (await wait_for(station, "/alerts", bound=False))[0]
    assert alert["ci"] is None
    assert alert["bind"]["code"]
    incident = (await wait_for(station, "/incidents"))[0]
    assert incident["title"]["code"] == "incident_unbound"
    assert incident["root"] is None
    detail = await station.get(f"/incidents/{incident['number']}")
    assert detail["unbound_source"] == "alertmanager:prom-a"
    drawn = await station.get(f"/incidents/{incident['number']}/map")
    assert drawn["marks"] == []
