"""The rest of the API: the graph, imports and their mistakes, what discovery is told, readiness, the OpenAPI page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from faultpath.wiring import running
from tests.faultpath.conftest import MODEL, Station, eventually, set_up, settings_of
from tests.faultpath.test_slice import imported

YAML = {"content-type": "application/yaml"}


async def test_a_dry_run_changes_nothing_and_a_second_import_neither(station: Station) -> None:
    model = MODEL.read_bytes()
    dry = (await station.http.post("/api/v1/import?dry_run=true", content=model, headers=YAML)).json()
    assert (dry["applied"], dry["created"]) == (False, 8)
    assert (await station.get("/graph/revision"))["stored"] == 0
    first = await imported(station)
    assert (first["applied"], first["created"], first["revision"]) == (True, 8, 1)
    assert {row["cls"]: row["created"] for row in first["classes"]}["Person"] == 2
    second = await imported(station)
    assert (second["created"], second["updated"], second["unchanged"], second["revision"]) == (0, 0, 8, 1)
    assert (await station.get("/graph/revision")) == {"revision": 1, "stored": 1, "cis": 8, "relations": 9}


async def test_mistakes_of_a_model_have_their_lines(station: Station) -> None:
    wrong = (
        b"faultpath_model: 1\nsource: x\ncis:\n  - {key: a, class: Serverr, name: A}\n"
        b"relations:\n  - {from: a, type: RUNS_ON, to: b}\n"
    )
    answer = await station.http.post("/api/v1/import?file=shop.yaml", content=wrong, headers=YAML)
    assert answer.status_code == 422
    assert [error["field"].split(": ")[0] for error in answer.json()["errors"]] == ["shop.yaml:4", "shop.yaml:6"]
    assert (await station.get("/graph/revision"))["stored"] == 0


async def test_a_model_that_lost_much_is_asked_about(station: Station) -> None:
    await imported(station)
    less = b"faultpath_model: 1\nsource: test-export\ncis:\n  - {key: db1, class: Server, name: db1}\n"
    answer = await station.http.post("/api/v1/import", content=less, headers=YAML)
    assert (answer.status_code, answer.json()["code"]) == (409, "vanished")
    agreed = await station.http.post("/api/v1/import?agree_vanishing=true", content=less, headers=YAML)
    assert agreed.json()["removed"] == 7


async def test_cis_are_found_paged_and_explained(station: Station) -> None:
    await imported(station)
    names: list[str] = []
    cursor: str | None = None
    while True:
        page = await station.get("/cis", limit=3, **({"cursor": cursor} if cursor else {}))
        names += [ci["name"] for ci in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == sorted(names, key=str.casefold)
    assert len(names) == 8
    assert [ci["name"] for ci in (await station.get("/cis", **{"class": "Service"}))["items"]] == [
        "CRM", "CRM application", "CRM desk",
    ]  # fmt: skip
    crm = (await station.get("/cis", query="crm", **{"class": "BusinessService"}))["items"][0]
    detail = await station.get(f"/cis/{crm['id']}")
    assert detail["attributes"]["tier"] == 1
    assert [one["source"] for one in detail["observations"]] == ["import:test-export"]
    assert {(value["name"], value["won"]) for value in detail["observations"][0]["values"]} >= {("tier", True)}
    assert {(r["type"], r["outgoing"], r["other"]["name"]) for r in detail["relations"]} == {
        ("DEPENDS_ON", True, "CRM application"), ("PART_OF", False, "CRM desk"), ("OWNS", False, "Ann Lee"),
    }  # fmt: skip
    history = (await station.get(f"/cis/{crm['id']}/history"))["items"]
    assert history[0]["revision"] == 1
    assert history[0]["before"] is None


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/cis/nothing", 404, "not_found"),
        ("/api/v1/cis/nothing/history", 404, "not_found"),
        ("/api/v1/cis/nothing/impact", 404, "not_found"),
        ("/api/v1/incidents/99", 404, "not_found"),
        ("/api/v1/incidents/99/map", 404, "not_found"),
        ("/api/v1/incidents/many", 400, "bad_request"),
        ("/api/v1/incidents?cursor=zzz", 400, "bad_cursor"),
        ("/api/v1/incidents?limit=0", 400, "bad_request"),
        ("/api/v1/alerts?cursor=zzz", 400, "bad_cursor"),
        ("/api/v1/alerts?state=sleepy", 400, "bad_request"),
        ("/api/v1/discovery/runs/nothing", 404, "not_found"),
        ("/api/v1/nothing", 404, "not_found"),
    ],
)
async def test_wrong_requests_are_problem_documents(station: Station, path: str, status: int, code: str) -> None:
    answer = await station.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:faultpath:problem:{code}"


async def test_credentials_go_in_and_never_come_out(station: Station) -> None:
    secret = "very-secret-community"
    given: dict[str, Any] = {"name": "site-a", "kind": "v2c", "community": secret}
    assert (await station.http.post("/api/v1/credentials", json=given)).status_code == 204
    user = {
        "name": "v3",
        "kind": "v3",
        "user": "noc",
        "auth": "SHA-256",
        "auth_secret": "a" * 12,
        "priv": "AES",
        "priv_secret": "b" * 12,
    }
    assert (await station.http.post("/api/v1/credentials", json=user)).status_code == 204
    listed = await station.get("/credentials")
    assert [(one["name"], one["kind"]) for one in listed["items"]] == [("site-a", "v2c"), ("v3", "v3")]
    everything = str([listed, await station.get("/audit"), await station.get("/graph/export")])
    assert secret not in everything
    vault = station.house.state.discovery.vault
    assert vault.credentials()["site-a"].community == secret  # type: ignore[union-attr]
    folder = station.house.state.settings.data_dir
    stored = b"".join(file.read_bytes() for file in folder.glob("ledger.db*"))
    assert secret.encode() not in stored
    assert (await station.http.delete("/api/v1/credentials/site-a")).status_code == 204
    assert (await station.http.delete("/api/v1/credentials/site-a")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a", "kind": "v2c"},
        {"name": "a", "kind": "v3"},
        {"name": "a", "kind": "v3", "user": "u", "priv": "AES", "priv_secret": "b" * 12},
        {"name": "a", "kind": "v3", "user": "u", "auth": "SHA", "auth_secret": "hush"},
        {"name": "a b", "kind": "v2c", "community": "c"},
        {"name": "a", "kind": "v2c", "community": "c", "color": "red"},
    ],
)
async def test_half_a_credential_is_refused_without_its_secret(station: Station, body: dict[str, str]) -> None:
    answer = await station.http.post("/api/v1/credentials", json=body)
    assert answer.status_code == 422, answer.text
    assert body.get("auth_secret", "###") not in answer.text


async def test_ranges_are_declared_before_anything_is_asked(station: Station) -> None:
    empty = await station.http.post("/api/v1/discovery/runs", json={})
    assert (empty.status_code, empty.json()["code"]) == (409, "no_ranges")
    wrong = await station.http.post("/api/v1/discovery/ranges", json={"range": "10.0.0.0/8"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "range")
    unknown = await station.http.post("/api/v1/discovery/ranges", json={"range": "127.0.0.9:1", "credentials": ["x"]})
    assert unknown.json()["code"] == "unknown_credential"
    await station.http.post("/api/v1/credentials", json={"name": "c", "kind": "v2c", "community": "public"})
    body = {"range": "127.0.0.9:20999", "credentials": ["c"], "allow_v2c": True}
    declared = (await station.http.post("/api/v1/discovery/ranges", json=body)).json()
    again = (await station.http.post("/api/v1/discovery/ranges", json=body | {"swept": False})).json()
    assert again["id"] == declared["id"]
    assert (await station.get("/discovery/ranges"))["items"] == [again]
    await station.http.post("/api/v1/discovery/ranges", json=body)
    strange = await station.http.post("/api/v1/discovery/runs", json={"ranges": ["10.1.1.1"]})
    assert (strange.status_code, strange.json()["code"]) == (422, "not_declared")
    run = (await station.http.post("/api/v1/discovery/runs", json={})).json()
    assert run["state"] == "running"
    busy = await station.http.post("/api/v1/discovery/runs", json={})
    assert (busy.status_code, busy.json()["code"]) == (409, "busy")
    run = await eventually(lambda: station.get(f"/discovery/runs/{run['id']}"), lambda one: one["state"] != "running")
    assert run["state"] == "done"
    assert [(one["address"], one["reason"]["code"]) for one in run["unreachable"]] == [("127.0.0.9:20999", "timeout")]
    assert (await station.get("/discovery/runs"))["items"][0]["id"] == run["id"]
    assert (await station.http.delete(f"/api/v1/discovery/ranges/{declared['id']}")).status_code == 204


async def test_readiness_says_what_is_away(tmp_path: Path) -> None:
    broker = {"name": "plant", "host": "127.0.0.1", "port": 9}
    graph = {"url": "neo4j://127.0.0.1:9", "password": "x" * 8, "retry_s": 0.2}
    async with running(settings_of(tmp_path / "data", mqtt={"brokers": [broker]}, graph=graph)) as house:
        station = await set_up(house)
        answer = await eventually(
            lambda: station.http.get("/readyz"), lambda answer: {"graph", "mqtt:plant"} <= answer.json()["away"].keys()
        )
        assert answer.status_code == 503
        assert "notices are refused" in answer.json()["warnings"][0]
        poster = await station.bearer("intake:prom-a")
        posted = await poster.post("/api/v1/intake/alerts", json={"check": "x", "resource": "y", "severity": "major"})
        assert posted.status_code == 202
        page = await eventually(lambda: station.get("/alerts"), lambda page: bool(page["items"]))
        assert page["items"][0]["bind"]["code"] == "graph_loading"
        assert (await station.http.get("/api/v1/cis")).status_code == 503
        assert (await station.http.post("/api/v1/import", content=MODEL.read_bytes())).status_code == 503
        assert (await station.get("/incidents"))["items"] == []


async def test_when_all_is_well_it_is_ready(station: Station) -> None:
    answer = await eventually(lambda: station.http.get("/readyz"), lambda answer: answer.status_code == 200)
    assert answer.json()["away"] == {}
    assert {worker["name"] for worker in answer.json()["workers"]} >= {"hub", "graph", "deliverer", "poller", "traps"}


async def test_the_openapi_document_is_whole(station: Station) -> None:
    document = await station.get("/openapi.json")
    assert document["paths"]["/api/v1/intake/alertmanager"]["post"]["responses"].keys() >= {"200", "401", "422", "429"}
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path}"
            good = [r for status, r in operation["responses"].items() if status.startswith("2")]
            if path.startswith("/api/v1") and "204" not in operation["responses"] and "intake" not in path:
                schemas = [c.get("schema") for r in good for c in r.get("content", {}).values()]
                assert schemas, f"{method} {path} has no schema"
