"""An imported model and a posted alert become an incident: over HTTP, from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.faultpath.conftest import MODEL, Station, eventually


def alertmanager(name: str = "HostDown", status: str = "firing", **labels: str) -> dict[str, Any]:
    """A webhook body of Alertmanager with one alert."""
    alert = {
        "status": status,
        "labels": {"alertname": name, "severity": "critical", **labels},
        "annotations": {"summary": f"{name} of {labels.get('instance')}"},
        "startsAt": "2026-03-01T12:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "c0ffee",
    }
    return {"version": "4", "groupKey": "{}", "status": status, "receiver": "faultpath", "alerts": [alert]}


NETWORK = """faultpath_model: 1
source: network
cis:
  - {key: core, class: Switch, name: Core, attributes: {anchor: true}}
  - {key: edge, class: Switch, name: Edge}
  - {key: desk, class: Server, name: Desk server}
links:
  - {a: {ci: core, port: "1"}, b: {ci: edge, port: up}}
  - {a: {ci: edge, port: "2"}, b: {ci: desk, port: eth0}}
"""


async def imported(station: Station) -> dict[str, Any]:
    answer = await station.http.post(
        "/api/v1/import", content=MODEL.read_bytes(), headers={"content-type": "application/yaml"}
    )
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def wait_for(station: Station, path: str, **params: Any) -> list[Any]:
    """The items of a list as soon as there are any."""
    page = await eventually(lambda: station.get(path, **params), lambda page: bool(page["items"]))
    return list(page["items"])


async def opened(station: Station, instance: str = "db1.example.net:9100") -> dict[str, Any]:
    """Import the model, post an alert, and give the incident that opens."""
    await imported(station)
    poster = await station.bearer("intake:prom-a")
    posted = await poster.post("/api/v1/intake/alertmanager", json=alertmanager("ApplicationDown", instance=instance))
    assert posted.status_code == 200, posted.text
    first = (await wait_for(station, "/incidents"))[0]
    detail: dict[str, Any] = await station.get(f"/incidents/{first['number']}")
    return detail


async def test_a_posted_alert_opens_an_incident(station: Station) -> None:
    incident = await opened(station)
    assert incident["root"]["name"] == "db1"
    assert incident["priority"] == 1
    assert [(s["service"]["name"], s["state"]) for s in incident["services"]] == [("CRM", "down")]
    assert [step["name"] for step in incident["services"][0]["path"]] == ["db1", "CRM application", "CRM"]
    assert incident["people"]["cannot_work"] == 2
    (crm,) = incident["services"]
    assert crm["cost"] == {"per_minute": 120.0, "currency": "EUR"}
    assert crm["sla"]["allowed_minutes"] == 60
    assert 0 <= crm["sla"]["used_minutes"] < 5
    assert crm["sla"]["left_minutes"] == pytest.approx(60 - crm["sla"]["used_minutes"])
    later = await eventually(
        lambda: station.get(f"/incidents/{incident['number']}"), lambda one: one["costs"][0]["so_far"] > 1
    )
    assert later["costs"][0]["per_minute"] == 120
    assert later["services"][0]["sla"]["used_minutes"] > 0
    assert later["costs"][0]["so_far"] == pytest.approx(
        120 * later["services"][0]["sla"]["used_minutes"], rel=0.5, abs=1
    )
    assert [p["person"]["name"] for p in incident["people"]["items"]] == ["Ann Lee", "Bo Chen"]
    assert incident["people"]["departments"][0]["department"]["name"] == "Sales"
    assert [alert["check"] for alert in incident["members"]] == ["ApplicationDown"]
    assert {one["role"] for one in incident["stakeholders"]} >= {"service_owner", "user"}
    assert incident["title"]["names"].items() >= {(incident["root"]["id"], "db1")}
    assert incident["timeline"]
    assert "acknowledge" in incident["verbs"]


async def test_its_map_has_the_cause_below_and_the_people_above(station: Station) -> None:
    incident = await opened(station)
    drawn = await station.get(f"/incidents/{incident['number']}/map")
    by_name = {mark["name"]: mark for mark in drawn["marks"]}
    assert [by_name[name]["layer"] for name in ("db1", "CRM application", "CRM", "CRM desk", "Sales")] == [
        0,
        1,
        2,
        3,
        4,
    ]
    assert by_name["db1"]["cause"]["number"] == 1
    assert (by_name["db1"]["own"], by_name["CRM"]["propagated"]) == ("down", "down")
    assert by_name["Sales"]["people"] == 2
    names = [mark["name"] for mark in drawn["marks"]]
    assert {(names[wire["from"]], *wire["kinds"], names[wire["to"]]) for wire in drawn["wires"]} >= {
        ("CRM application", "RUNS_ON", "db1"),
        ("CRM", "DEPENDS_ON", "CRM application"),
        ("Sales", "USES", "CRM desk"),
    }


async def test_an_offering_with_a_fault_of_its_own_opens_an_incident_of_its_own(station: Station) -> None:
    model = MODEL.read_bytes().replace(
        b"  - {key: sales,",
        b"  - {key: gate, class: Server, name: gate, identity: {fqdn: gate.example.net}}\n  - {key: sales,",
    )
    model += b"  - {from: crm-desk, type: RUNS_ON, to: gate}\n"
    answer = await station.http.post("/api/v1/import", content=model, headers={"content-type": "application/yaml"})
    assert answer.status_code == 200, answer.text
    poster = await station.bearer("intake:prom-a")
    body = alertmanager("ApplicationDown", instance="gate.example.net:9100")
    assert (await poster.post("/api/v1/intake/alertmanager", json=body)).status_code == 200
    (listed,) = await wait_for(station, "/incidents")
    page = f"/incidents/{listed['number']}"
    incident = await eventually(lambda: station.get(page), lambda one: len(one["notices"]) >= 2)
    assert [(s["service"]["name"], s["service"]["cls"], s["tier"]) for s in incident["services"]] == [
        ("CRM desk", "Offering", 1)
    ]
    assert (incident["priority"], incident["root"]["name"]) == (1, "gate")
    assert incident["title"]["args"]["service"] == incident["services"][0]["service"]["id"]
    assert incident["people"]["cannot_work"] == 2
    assert [(one["group"]["name"], one["state"]) for one in incident["groups"]] == [("Sales", "down")]
    assert {(n["stakeholder"]["name"], n["role"]) for n in incident["notices"]} == {
        ("Ann Lee", "service_owner"),
        ("Bo Chen", "on_call"),
    }
    ways = {
        (one["person"]["name"], one["role"]): [ci["name"] for ci in one["path"]] for one in incident["stakeholders"]
    }
    assert ways["Bo Chen", "user"] == ["gate", "CRM desk", "Sales", "Bo Chen"]
    drawn = {mark["name"] for mark in (await station.get(f"{page}/map"))["marks"]}
    assert {"gate", "CRM desk", "Sales"} <= drawn
    assert "CRM" not in drawn


async def test_people_act_on_it_and_the_audit_knows(station: Station) -> None:
    number = (await opened(station))["number"]
    acted = await station.http.post(f"/api/v1/incidents/{number}/acts", json={"verb": "acknowledge", "note": "on it"})
    assert acted.status_code == 200, acted.text
    assert acted.json()["state"] == "acknowledged"
    twice = await station.http.post(f"/api/v1/incidents/{number}/acts", json={"verb": "acknowledge"})
    assert twice.status_code == 409
    assert twice.json()["code"] == "illegal_move"
    said = await station.http.post(f"/api/v1/incidents/{number}/acts", json={"verb": "comment", "note": "disk ordered"})
    assert said.json()["timeline"][-1]["what"] == {"code": "comment", "args": {"note": "disk ordered"}, "names": {}}
    raised = await station.http.post(f"/api/v1/incidents/{number}/acts", json={"verb": "set_priority", "priority": 3})
    assert raised.json()["priority"] == 3
    acts = [row["act"] for row in (await station.get("/audit"))["items"]]
    assert acts[:3] == ["incident.set_priority", "incident.comment", "incident.acknowledge"]


async def test_it_resolves_when_the_sender_says_so(station: Station) -> None:
    number = (await opened(station))["number"]
    poster = await station.bearer("intake:prom-a")
    body = alertmanager("ApplicationDown", "resolved", instance="db1.example.net:9100")
    assert (await poster.post("/api/v1/intake/alertmanager", json=body)).status_code == 200
    await eventually(lambda: station.get(f"/incidents/{number}"), lambda one: one["state"] == "resolved")
    assert (await station.get("/alerts", state="cleared"))["items"][0]["check"] == "ApplicationDown"
    assert (await station.get("/incidents", state="open"))["items"] == []


async def test_what_if_tells_what_a_failure_would_do(station: Station) -> None:
    await imported(station)
    found = (await station.get("/cis", query="db1"))["items"]
    assert [ci["cls"] for ci in found] == ["Server"]
    told = await station.get(f"/cis/{found[0]['id']}/impact")
    assert [(s["service"]["name"], s["state"]) for s in told["services"]] == [("CRM", "down")]
    assert (told["cannot_work"], told["people_total"]) == (2, 2)
    assert told["costs"] == [{"per_minute": 120.0, "currency": "EUR"}]
    assert told["services"][0]["sla"]["left_minutes"] == 60
    assert (await station.get("/incidents"))["items"] == []


async def test_a_scenario_is_compared_with_what_is_now_and_nothing_is_stored(station: Station) -> None:
    await imported(station)
    db1 = (await station.get("/cis", query="db1"))["items"][0]["id"]
    answer = await station.http.post("/api/v1/what-if", json={"fail": [{"ci": db1}]})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["before"]["services"] == []
    assert [(s["service"]["name"], s["state"]) for s in told["after"]["services"]] == [("CRM", "down")]
    assert [step["name"] for step in told["after"]["services"][0]["path"]] == ["CRM", "CRM application", "db1"]
    assert (told["before"]["costs"], told["after"]["costs"]) == ([], [{"per_minute": 120.0, "currency": "EUR"}])
    assert (told["after"]["cannot_work"], told["changed"]) == (2, len(told["changes"]))
    assert (await station.get("/incidents"))["items"] == []
    nobody = await station.http.post("/api/v1/what-if", json={"maintenance": ["nobody"]})
    assert (nobody.status_code, nobody.headers["content-type"]) == (404, "application/problem+json")


async def test_scenarios_are_compared_with_each_other_and_redundancy_is_tried(station: Station) -> None:
    await imported(station)
    ids = {ci["name"]: ci["id"] for ci in (await station.get("/cis"))["items"]}
    doubled = {"dependent": ids["CRM application"], "provider": ids["db1"]}
    failed = [{"ci": ids["db1"]}]

    async def ask(**body: Any) -> Any:
        answer = await station.http.post("/api/v1/what-if", json=body)
        return answer.json() | {"status": answer.status_code}

    told = await ask(fail=failed, double=[doubled], against={"fail": failed}, points_of=[ids["CRM"]])
    assert (told["before"]["cannot_work"], told["after"]["cannot_work"]) == (2, 0)
    assert [s["state"] for s in told["after"]["services"]] == ["at_risk"]
    (points,) = told["points_of_failure"]
    assert [[ci["name"] for ci in points[side]] for side in ("before", "after")] == [
        ["CRM application", "db1"],
        ["CRM application"],
    ]
    again = await ask(double=[doubled], fail=[*failed, {"ci": ids["CRM application"], "health": "degraded"}])
    assert {c["ci"]["name"] for c in again["changes"]} == {"CRM", "CRM application", "CRM desk", "Sales", "db1"}
    whole = await ask(whole_maintenance=[ids["CRM"]])
    assert {ci["name"] for ci in whole["maintained"]} == {"CRM", "CRM application", "db1"}
    for body, field in (
        ({"cut": [{"link": ids["db1"]}]}, "cut.0"),
        ({"cut": [{}]}, "cut.0"),
        ({"against": {"cut": [{"between": [ids["db1"], ids["CRM"]]}]}}, "against.cut.0"),
        ({"double": [doubled | {"provider": ids["CRM"]}]}, "double"),
        ({"add_links": [{"between": [ids["db1"], ids["CRM"]]}]}, "add_links"),
    ):
        wrong = await ask(**body)
        assert (wrong["status"], wrong["errors"][0]["field"]) == (422, field), wrong
        assert wrong["remedy"]
    assert (await ask(double=[doubled | {"second": "nobody"}]))["status"] == 404


async def test_cis_are_ranked_by_what_their_failure_would_do(station: Station) -> None:
    await imported(station)
    told = (await station.get("/ranking"))["items"]
    assert {one["ci"]["name"] for one in told} == {"CRM", "CRM application", "CRM desk", "db1"}
    assert all((one["by_priority"], one["cannot_work"]) == ([1, 0, 0, 0, 0], 2) for one in told)
    assert len((await station.get("/ranking", limit=1))["items"]) == 1


async def test_the_same_is_asked_of_a_past_time(station: Station) -> None:
    await imported(station)
    crm = (await station.get("/cis", query="CRM", **{"class": "BusinessService"}))["items"][0]["id"]
    db1 = (await station.get("/cis", query="db1"))["items"][0]["id"]
    then = datetime.now(UTC).isoformat()
    moved = MODEL.read_bytes().replace(
        b"{from: crm-app, type: RUNS_ON, to: db1}", b"{from: crm-app, type: RUNS_ON, to: db2}"
    )
    moved = moved.replace(b"{key: sales,", b"{key: db2, class: Server, name: db2}\n  - {key: sales,")
    answer = await station.http.post("/api/v1/import", content=moved, headers={"content-type": "application/yaml"})
    assert answer.status_code == 200, answer.text
    assert (await station.get(f"/cis/{db1}/impact"))["services"] == []
    told = await station.get(f"/cis/{db1}/impact", at=then)
    assert [(s["service"]["name"], s["state"]) for s in told["services"]] == [("CRM", "down")]
    points = await station.get(f"/cis/{crm}/points-of-failure", at=then)
    assert [point["ci"]["name"] for point in points["points"]] == ["CRM application", "db1"]
    assert points["revision"] < (await station.get(f"/cis/{crm}/points-of-failure"))["revision"]
    before_all = await station.http.get(f"/api/v1/cis/{db1}/impact", params={"at": "2020-01-01T00:00:00Z"})
    no_zone = await station.http.get(f"/api/v1/cis/{db1}/impact", params={"at": "2020-01-01T00:00:00"})
    assert (before_all.status_code, no_zone.status_code) == (404, 400)


async def test_the_network_is_told_what_it_hangs_by(station: Station) -> None:
    await imported(station)
    assert await station.get("/points-of-failure") == {"revision": 1, "total": 0, "items": []}
    answer = await station.http.post("/api/v1/import", content=NETWORK, headers={"content-type": "application/yaml"})
    assert answer.status_code == 200, answer.text
    told = await station.get("/points-of-failure", limit=2)
    assert [(one["ci"]["name"], one["cuts_off"]) for one in told["items"]] == [("Core", 2), ("Core 1 ↔ Edge up", 2)]
    assert told["total"] == 4
    edge = (await station.get("/cis", query="Edge", **{"class": "Switch"}))["items"][0]["id"]
    assert (await station.get(f"/cis/{edge}"))["cuts_off"] == 1


async def test_a_service_is_told_what_it_hangs_by(station: Station) -> None:
    await imported(station)
    crm = (await station.get("/cis", query="CRM", **{"class": "BusinessService"}))["items"][0]["id"]
    told = await station.get(f"/cis/{crm}/points-of-failure")
    assert [point["ci"]["name"] for point in told["points"]] == ["CRM application", "db1"]
    assert [step["name"] for step in told["points"][1]["path"]] == ["CRM", "CRM application", "db1"]
    assert len(told["points"][1]["double"]) == 1
