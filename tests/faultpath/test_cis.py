"""The page of one CI and the export: what they cost, and what is written down of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from cmdb.columns.columns import Columns
from cmdb.columns.fill import columns_of
from cmdb.graph import sqlite
from cmdb.graph.effects import observation_from_json
from cmdb.model import CI, Observation, Relation, Snapshot
from faultpath import hub
from faultpath.api import export
from faultpath.wiring import running
from impact import graph
from tests.faultpath.conftest import Station, set_up, settings_of
from tests.faultpath.test_slice import imported


async def test_the_page_of_one_ci_reads_its_own_observations_alone(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await imported(station)
    crm = (await station.get("/cis", query="crm", **{"class": "BusinessService"}))["items"][0]
    read: list[str] = []

    def counted(source: str, native_key: str, body: bytes) -> Observation:
        read.append(native_key)
        return observation_from_json(source, native_key, body)

    monkeypatch.setattr(sqlite, "observation_from_json", counted)
    detail = await station.get(f"/cis/{crm['id']}")
    assert [one["native_key"] for one in detail["observations"]] == read == ["crm"]


async def test_an_export_is_written_down_with_who_asked_for_it(station: Station) -> None:
    await imported(station)
    reader = await station.bearer("read")
    answer = await reader.get("/api/v1/graph/export")
    assert answer.headers["content-type"] == "application/json"
    assert (answer.json()["revision"], len(answer.json()["cis"]), len(answer.json()["relations"])) == (1, 8, 9)
    assert {"id", "cls", "name", "attributes"} == answer.json()["cis"][0].keys()
    assert {"from", "to", "type", "attributes"} == answer.json()["relations"][0].keys()
    newest = (await station.get("/audit", limit=1))["items"][0]
    assert (newest["actor"], newest["act"], newest["object"]) == ("token:test", "graph.export", "graph")
    assert newest["after"] == {"revision": 1, "cis": 8, "relations": 9}


async def test_an_export_is_made_outside_of_the_loop(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    await imported(station)
    threads: list[threading.Thread] = []

    made = export.parts

    def watched(columns: Columns) -> Iterator[bytes]:
        for part in made(columns):
            threads.append(threading.current_thread())
            yield part

    monkeypatch.setattr(export, "parts", watched)
    await station.get("/graph/export")
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("count", [0, 1, export.ROWS, 2 * export.ROWS + 1])
def test_an_export_of_any_size_is_one_document_in_bounded_parts(count: int) -> None:
    cis = tuple(
        CI(ci_id=f"CI{n:05}", cls="Server", name=f"名 {n}", attributes={"macs": [str(n)]}) for n in range(count)
    )
    edges = tuple(Relation(from_id=ci.ci_id, type="RUNS_ON", to_id="CI00000", attributes={"weight": 2}) for ci in cis)
    parts = list(export.parts(columns_of(Snapshot(revision=7, cis=cis, relations=edges))))
    assert max(part.count(b'"attributes"') for part in parts) <= export.ROWS
    assert orjson.loads(b"".join(parts)) == {
        "revision": 7,
        "cis": [{"id": ci.ci_id, "cls": "Server", "name": ci.name, "attributes": ci.attributes} for ci in cis],
        "relations": [
            {"from": ci.ci_id, "to": "CI00000", "type": "RUNS_ON", "attributes": {"weight": 2}} for ci in cis
        ],
    }


@pytest.mark.parametrize("large", [False, True], ids=["", "as in a large estate"])
async def test_what_a_failure_affects_comes_by_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    """The same as its impact; a large estate is answered for by arrays from the first question on."""
    if large:
        monkeypatch.setattr(hub, "MADE_AT_ONCE", 0)
        monkeypatch.setattr(graph, "MADE_AT_ONCE", 0)
    async with running(settings_of(tmp_path)) as house:
        station = await set_up(house)
        await imported(station)
        server = (await station.get("/cis", query="db1"))["items"][0]["id"]
        impact = await station.get(f"/cis/{server}/impact")
        whole = await station.get(f"/cis/{server}/affected", limit=500)
        assert [one["service"]["id"] for one in whole["services"]] == [_id_of(one) for one in impact["services"]]
        assert (whole["cannot_work"], whole["limited"]) == (impact["cannot_work"], impact["limited"])
        assert whole["changed"] == len(whole["items"]) > 1
        assert whole["next_cursor"] is None
        paged, cursor = [], None
        while True:
            page = await station.get(f"/cis/{server}/affected", limit=1, **({"cursor": cursor} if cursor else {}))
            paged += page["items"]
            if (cursor := page["next_cursor"]) is None:
                break
        assert paged == whole["items"]
        assert (await station.http.get(f"/api/v1/cis/{server}/affected?cursor=x")).status_code == 400


def _id_of(hit: dict[str, Any]) -> str:
    found: str = (hit.get("service") or hit["ci"])["id"]
    return found
