"""Nothing but health is open; credentials do what their scopes say; acts of browsers come from our own pages."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from faultpath import __version__
from faultpath.api.app import build_api
from faultpath.api.intake import ROUTES
from faultpath.wiring import running
from ledger import audit
from tests.faultpath.conftest import PASSWORD, Station, set_up, settings_of

OPEN = {("GET", "/healthz")}
# they check a credential of their own, which stands in the body
OWN_CREDENTIAL = {("POST", "/api/v1/session"), ("POST", "/api/v1/setup")}


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route, those of included routers and the hot path too."""
    found = [("POST", posted.path) for posted in ROUTES]
    for route in app.routes:
        # FastAPI keeps included routers as they are; their routes know the prefix
        inner: list[Any] = (
            list(route.effective_route_contexts()) if hasattr(route, "effective_route_contexts") else [route]
        )
        found += [(method, one.path) for one in inner for method in sorted(one.methods)]
    assert len(found) > 40
    return found


async def test_every_route_but_health_refuses_without_a_credential(station: Station) -> None:
    for method, path in routes_of(build_api(__version__)):
        if (method, path) in OPEN | OWN_CREDENTIAL:
            continue
        url = path.replace("{number}", "1").replace("{", "").replace("}", "")
        answer = await station.nobody.request(method, url, json={})
        assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "unauthorized"
        assert "bearer" in answer.headers["www-authenticate"].lower()
    assert (await station.nobody.get("/healthz")).json() == {"status": "ok"}


async def test_every_route_but_health_refuses_a_wrong_credential(station: Station) -> None:
    for headers in ({"authorization": "Bearer fp_wrong"}, {"cookie": "faultpath_session=wrong"}):
        for method, path in routes_of(build_api(__version__)):
            if (method, path) in OPEN | OWN_CREDENTIAL:
                continue
            answer = await station.nobody.request(method, path.replace("{number}", "1"), json={}, headers=headers)
            assert answer.status_code == 401, f"{method} {path}"


async def test_an_intake_token_may_post_for_its_source_and_do_nothing_else(station: Station) -> None:
    poster = await station.bearer("intake:prom-a")
    body = {"version": "4", "alerts": []}
    assert (await poster.post("/api/v1/intake/alertmanager", json=body)).status_code == 200
    refused = await poster.post("/api/v1/intake/alertmanager?source=prom-b", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    for path in ("/api/v1/incidents", "/api/v1/alerts", "/metrics", "/readyz", "/api/v1/stream", "/api/v1/tokens"):
        assert (await poster.get(path)).status_code == 403, path


async def test_a_reader_reads_and_a_writer_is_no_administrator(station: Station) -> None:
    reader, writer = await station.bearer("read"), await station.bearer("write")
    assert (await reader.get("/api/v1/incidents")).status_code == 200
    assert (await reader.post("/api/v1/import", content=b"")).status_code == 403
    assert (await reader.post("/api/v1/quarantine/replay", json={})).status_code == 403
    assert (await writer.post("/api/v1/quarantine/replay", json={})).status_code == 200
    for method, path in (
        ("GET", "/tokens"),
        ("GET", "/audit"),
        ("POST", "/credentials"),
        ("POST", "/discovery/ranges"),
    ):
        answer = await writer.request(
            method, f"/api/v1{path}", json={"name": "a", "kind": "v2c", "community": "c", "range": "10.0.0.1"}
        )
        assert answer.status_code == 403, path
    for one in ("read", "admin"):
        poster = await station.bearer(one)
        assert (await poster.post("/api/v1/intake/alerts", json={"alerts": []})).status_code == 403


async def test_a_revoked_and_an_expired_token_end_at_once(station: Station) -> None:
    secret = await station.token("read", name="short")
    headers = {"authorization": f"Bearer {secret}"}
    assert (await station.nobody.get("/api/v1/me", headers=headers)).json()["actor"] == "token:short"
    listed = (await station.get("/tokens"))["items"]
    one = next(token for token in listed if token["name"] == "short")
    assert one["last_used_at"] is not None
    assert secret not in str(listed)
    assert (await station.http.delete(f"/api/v1/tokens/{one['id']}")).status_code == 204
    assert (await station.nobody.get("/api/v1/me", headers=headers)).status_code == 401
    assert (await station.http.delete("/api/v1/tokens/nothing")).status_code == 404
    brief = await station.token("read", name="brief", expires_in_days=1e-6)
    await asyncio.sleep(0.15)
    answer = await station.nobody.get("/api/v1/me", headers={"authorization": f"Bearer {brief}"})
    assert answer.status_code == 401


async def test_tokens_are_kept_as_digests_and_outlive_a_restart(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data")
    async with running(settings) as house:
        station = await set_up(house)
        secret = await station.token("read", name="kept")
    assert secret.startswith("fp_")
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("ledger.db*"))
    assert secret.encode() not in stored
    assert PASSWORD.encode() not in stored
    async with running(settings) as house, httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60) as client:
        answer = await client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})
        assert answer.json()["actor"] == "token:kept"
        assert not house.state.users.setup_file.exists()


async def test_an_unknown_scope_is_named(station: Station) -> None:
    answer = await station.http.post("/api/v1/tokens", json={"name": "x", "scopes": ["root", "intake:"]})
    assert answer.status_code == 422
    assert [wrong["message"] for wrong in answer.json()["errors"]] == ["'root' is no scope", "'intake:' is no scope"]


@pytest.fixture
async def browser(station: Station) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a console session, as a browser has it."""
    async with httpx.AsyncClient(base_url=station.house.url, trust_env=False, timeout=60) as client:
        answer = await client.post(
            "/api/v1/session", json={"name": "ann", "password": PASSWORD}, headers={"origin": station.house.url}
        )
        assert answer.status_code == 201, answer.text
        client.headers["x-csrf-token"] = answer.json()["csrf"]
        yield client


async def test_the_session_cookie_is_for_our_pages_alone(station: Station) -> None:
    answer = await station.nobody.post("/api/v1/session", json={"name": "ann", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie  # plain HTTP on this machine; see the next test for a public HTTPS address


async def test_behind_a_public_https_address_the_cookie_is_secure(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data", http={"port": 0, "public_url": "https://noc.example.test"})
    async with running(settings) as house, httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60) as client:
        token = house.state.users.setup_file.read_text().strip()
        body = {"token": token, "name": "ann", "password": PASSWORD}
        answer = await client.post("/api/v1/setup", json=body, headers={"origin": "https://noc.example.test"})
        assert answer.status_code == 201, answer.text
        assert "secure" in answer.headers["set-cookie"].lower()


async def test_an_act_needs_origin_and_csrf_token(station: Station, browser: httpx.AsyncClient) -> None:
    url, ours = "/api/v1/quarantine/replay", station.house.url
    assert (await browser.post(url, json={}, headers={"origin": ours})).status_code == 200
    for headers, code in (
        ({}, "other_origin"),
        ({"origin": "https://evil.example"}, "other_origin"),
        ({"origin": "null"}, "other_origin"),
        ({"origin": ours, "x-csrf-token": "forged"}, "csrf"),
    ):
        answer = await browser.post(url, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert (await browser.get("/api/v1/me")).json()["actor"] == "user:ann"


async def test_another_site_cannot_sign_its_visitor_in(station: Station) -> None:
    answer = await station.nobody.post(
        "/api/v1/session", json={"name": "ann", "password": PASSWORD}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403


async def test_signing_out_ends_the_session(station: Station, browser: httpx.AsyncClient) -> None:
    cookie = {"cookie": f"faultpath_session={browser.cookies['faultpath_session']}"}
    assert (await station.nobody.get("/api/v1/me", headers=cookie)).status_code == 200
    assert (await browser.delete("/api/v1/session", headers={"origin": station.house.url})).status_code == 204
    assert (await station.nobody.get("/api/v1/me", headers=cookie)).status_code == 401
    assert (await station.http.delete("/api/v1/session")).status_code == 409


async def test_failed_sign_ins_are_throttled_and_audited(station: Station) -> None:
    async def sign_in(name: str, password: str) -> httpx.Response:
        return await station.nobody.post("/api/v1/session", json={"name": name, "password": password})

    for _ in range(5):
        assert (await sign_in("ann", "wrong")).status_code == 401
    throttled = await sign_in("ann", PASSWORD)
    assert throttled.status_code == 429
    assert 0 < int(throttled.headers["retry-after"]) <= 300
    assert (await sign_in("bob", "wrong")).status_code == 401
    rows = (await station.get("/audit"))["items"]
    assert [row["object"] for row in rows if row["act"] == "session.refused"] == ["user:bob"] + ["user:ann"] * 5
    assert rows[0]["address"] == "127.0.0.1"


async def test_the_setup_token_is_private_and_works_once(tmp_path: Path) -> None:
    async with (
        running(settings_of(tmp_path / "data")) as house,
        httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60) as client,
    ):
        file = house.state.users.setup_file
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        token = file.read_text().strip()
        body = {"token": token, "name": "ann", "password": PASSWORD}
        assert (await client.post("/api/v1/setup", json=body | {"token": "guess"})).status_code == 401
        weak = await client.post("/api/v1/setup", json=body | {"password": "short"})
        assert (weak.status_code, weak.json()["errors"][0]["field"]) == (422, "password")
        both = await asyncio.gather(*(client.post("/api/v1/setup", json=body | {"name": n}) for n in ("ann", "bob")))
        assert sorted(answer.status_code for answer in both) == [201, 401]
        assert not file.exists()
        assert (await client.post("/api/v1/setup", json=body)).status_code == 401


async def test_every_answer_carries_the_security_headers(station: Station) -> None:
    for path in ("/healthz", "/api/v1/me", "/api/v1/intake/alerts", "/nothing"):
        headers = (await station.nobody.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers


async def test_the_audit_chain_holds(station: Station) -> None:
    await station.token("read")
    with station.house.state.ledger.read() as connection:
        assert audit.verify(connection).intact
    first = await station.get("/audit", limit=1)
    second = await station.get("/audit", limit=1, cursor=first["next_cursor"])
    assert first["items"][0]["number"] == second["items"][0]["number"] + 1
