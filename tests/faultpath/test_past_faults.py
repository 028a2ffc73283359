"""What was broken and whom it hurt at a past time is what the hub said then, faults coming and going."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faultpath.conftest import Station, eventually
from tests.faultpath.test_slice import alertmanager, imported


async def said(station: Station, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = await station.get("/assessment", **query)
    for service in found["outcome"]["services"]:
        del service["sla"]  # goes on while one asks
    return {key: value for key, value in found.items() if key != "at"}


async def test_past_times_are_answered_with_what_was_said_then(station: Station) -> None:
    before_all = datetime.now(UTC)
    await imported(station)
    poster = await station.bearer("intake:prom-a")
    live: list[tuple[str, dict[str, Any]]] = []
    for name, status, cannot_work in (
        ("ApplicationDown", "firing", 2),
        ("ApplicationDown", "resolved", 0),
        ("DiskFull", "firing", 0),
        ("ApplicationDown", "firing", 2),
    ):
        body = alertmanager(name, status, instance="db1.example.net:9100")
        body["alerts"][0]["fingerprint"] = name
        body["alerts"][0]["startsAt"] = datetime.now(UTC).isoformat()
        if status == "resolved":
            body["alerts"][0]["endsAt"] = datetime.now(UTC).isoformat()
        before = await said(station)
        assert (await poster.post("/api/v1/intake/alertmanager", json=body)).status_code == 200
        now = await eventually(lambda: said(station), lambda one, was=before: one != was)  # type: ignore[misc]
        assert now["outcome"]["cannot_work"] == cannot_work
        live.append((datetime.now(UTC).isoformat(), now))
    assert len({str(one) for _, one in live}) == len(live) - 1  # the first and the last are alike
    for when, then in live:
        assert await said(station, at=when) == then
    again = await station.http.post("/api/v1/what-if", json={}, params={"at": live[0][0]})
    assert (again.json()["before"]["cannot_work"], again.json()["changed"]) == (2, 0)
    db1 = live[0][1]["faults"][0]["ci"]["id"]
    mended = await station.http.post("/api/v1/what-if", json={"restore": [db1]}, params={"at": live[0][0]})
    assert (mended.json()["before"]["cannot_work"], mended.json()["after"]["cannot_work"]) == (2, 0)
    first = await said(station, at=before_all.isoformat())
    assert (first["broken"], first["faults_known"]) == (0, True)
    assert not (await said(station, at=(before_all - timedelta(days=500)).isoformat()))["faults_known"]
