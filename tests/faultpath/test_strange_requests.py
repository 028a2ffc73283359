"""Requests that nobody would make by mistake: each is answered as the caller's error, none as the hub's."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from faultpath.api.paging import MAX_NUMBER, encode
from faultpath.api.stream import ChangeStream
from tests.faultpath.conftest import Station

HUGE = 2**63
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/incidents/{HUGE}", 400),
        (f"/incidents/{-HUGE - 1}", 400),
        (f"/incidents/{10**30}/map", 400),
        (f"/incidents/{MAX_NUMBER}", 404),
        (f"/incidents?cursor={encode(HUGE)}", 400),
        (f"/quarantine?cursor={encode(HUGE)}", 400),
        (f"/audit?cursor={encode(HUGE)}", 400),
        (f"/alerts?cursor={HUGE}-a", 400),
        (f"/audit?cursor={encode(MAX_NUMBER)}", 200),
    ],
)
async def test_a_number_that_no_store_can_hold_is_nobodys(station: Station, path: str, status: int) -> None:
    answer = await station.http.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text


async def test_acts_on_a_number_that_no_store_can_hold_are_refused(station: Station) -> None:
    act = await station.http.post(f"/api/v1/incidents/{HUGE}/acts", json={"verb": "acknowledge"})
    release = await station.http.post(f"/api/v1/incidents/{HUGE}/release")
    replay = await station.http.post("/api/v1/quarantine/replay", json={"numbers": [1, HUGE]})
    assert (act.status_code, release.status_code, replay.status_code) == (400, 400, 422)


@pytest.mark.parametrize(
    "scope",
    ["intake:a\nb", "intake:a\n", "intake: a", "intake:-a", "intake:a b", "intake:" + "a" * 65, "intake:\ud800"],
)
async def test_the_name_of_a_source_is_a_plain_word(station: Station, scope: str) -> None:
    # orjson writes no lone surrogates; clients in other languages do
    body = orjson.dumps({"name": "x", "scopes": ["SCOPE"]}).replace(b"SCOPE", ascii(scope).strip("'").encode())
    answer = await station.http.post("/api/v1/tokens", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_scope")
    assert "letters, digits" in answer.json()["remedy"]
    assert [token["name"] for token in (await station.get("/tokens"))["items"]] == ["all"]


@pytest.mark.parametrize("source", ["prom-a", "7", "Site.B_2", "a" * 64])
async def test_names_of_sources_that_people_use_are_taken(station: Station, source: str) -> None:
    assert await station.token(f"intake:{source}")


BODIES: list[tuple[str, dict[str, Any]]] = [
    ("/incidents/1/acts", {"verb": "comment", "note": "?"}),
    ("/quarantine/replay", {"reason": "?"}),
    ("/credentials", {"name": "a", "kind": "v2c", "community": "?"}),
    ("/credentials", {"name": "a", "kind": "v3", "user": "?"}),
    ("/credentials", {"name": "a", "kind": "v3", "user": "u", "auth": "SHA", "auth_secret": "?"}),
    ("/credentials", {"name": "a", "kind": "v2c", "community": "c", "?": "1"}),
    ("/discovery/ranges", {"range": "?"}),
    ("/discovery/ranges", {"range": "10.0.0.1", "excluded": ["?"]}),
    ("/discovery/ranges", {"range": "10.0.0.1", "credentials": ["?"]}),
    ("/discovery/runs", {"ranges": ["?"]}),
    ("/session", {"name": "ann", "password": "?"}),
    ("/setup", {"name": "ann", "password": "long enough", "token": "?"}),
]


@pytest.mark.parametrize(("path", "body"), BODIES, ids=lambda value: value if isinstance(value, str) else "")
async def test_half_a_character_is_refused(station: Station, path: str, body: dict[str, Any]) -> None:
    text = orjson.dumps(body).replace(b'"?"', rb'"secret \ud800"')
    answer = await station.http.post(f"/api/v1{path}", content=text, headers=JSON)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["code"]


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", ""])
async def test_a_stream_goes_on_from_no_strange_number(number: str) -> None:
    stream = ChangeStream()
    follower = stream.follow(f"{stream.run}-{number}", lambda: True)
    await anext(follower)
    assert b"event: resync" in await anext(follower)
    await follower.aclose()  # type: ignore[attr-defined]
