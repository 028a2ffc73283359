"""Maps over HTTP: of a CI and of an incident, in the past, tidied, pinned; and with the hub's own evidence in them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import orjson

from faultpath.api.impact_map import ImpactMap
from tests.faultpath.conftest import Station, eventually
from tests.faultpath.test_slice import opened

CLUSTER = b"""\
faultpath_model: 1
source: cluster-export
cis:
  - {key: mail, class: BusinessService, name: Mail, attributes: {tier: 2, hours: 24x7}}
  - {key: pool, class: Cluster, name: pool, attributes: {requirements: {nodes: {rule: k_of_n, k: 2}}}}
  - {key: n1, class: Server, name: n1, identity: {fqdn: n1.example.net}}
  - {key: n2, class: Server, name: n2, identity: {fqdn: n2.example.net}}
  - {key: n3, class: Server, name: n3, identity: {fqdn: n3.example.net}}
  - {key: kiosk, class: BusinessService, name: Kiosk, attributes: {tier: 3, hours: 24x7}}
relations:
  - {from: mail, type: RUNS_ON, to: pool}
  - {from: kiosk, type: RUNS_ON, to: n1}
  - {from: pool, type: HAS_MEMBER, to: n1, group: nodes}
  - {from: pool, type: HAS_MEMBER, to: n2, group: nodes}
  - {from: pool, type: HAS_MEMBER, to: n3, group: nodes}
"""
YAML = {"content-type": "application/yaml"}


async def ci(station: Station, name: str) -> str:
    found = [one for one in (await station.get("/cis", query=name))["items"] if one["name"] == name]
    return str(found[0]["id"])


def by_name(drawn: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {mark["name"]: mark for mark in drawn["marks"]}


def places(drawn: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {name: (mark["layer"], mark["x"]) for name, mark in by_name(drawn).items()}


async def clustered(station: Station) -> dict[str, Any]:
    """A cluster that lost one of three, and the incident of that."""
    imported = await station.http.post("/api/v1/import", content=CLUSTER, headers=YAML)
    assert imported.status_code == 200, imported.text
    return await opened(station, instance="n1.example.net:9100")


async def test_the_map_of_a_ci_answers_who_is_hurt_and_what_it_stands_on(station: Station) -> None:
    await opened(station)
    db1, crm = await ci(station, "db1"), await ci(station, "CRM")
    up = await station.get(f"/cis/{db1}/map")
    assert up["sentence"]["code"] == "map_hurts"
    args = up["sentence"]["args"]
    assert (args["cause"], args["services"], args["people"], args["departments"]) == (db1, 1, 2, 1)
    assert up["sentence"]["names"] == {db1: "db1"}
    marks = by_name(up)
    assert [marks[name]["layer"] for name in ("db1", "CRM application", "CRM", "CRM desk", "Sales")] == [0, 1, 2, 3, 4]
    assert marks["db1"]["cause"]["number"] == 1
    assert marks["db1"]["cause"]["confirmed"] is True
    assert marks["db1"]["cause"]["evidence"]
    assert marks["CRM"]["via"] == ["CRM application"]
    assert up["sum"] == {"cis": 5, "marks": 5, "beyond": 0}
    assert up["bounds"] == {"left": 0, "right": 0, "bottom": 0, "top": 4}
    names = [mark["name"] for mark in up["marks"]]
    assert {(names[w["from"]], tuple(w["kinds"]), names[w["to"]]) for w in up["wires"]} == {
        ("CRM application", ("RUNS_ON",), "db1"),
        ("CRM", ("DEPENDS_ON",), "CRM application"),
        ("CRM desk", ("PART_OF",), "CRM"),
        ("Sales", ("USES",), "CRM desk"),
    }
    down = await station.get(f"/cis/{crm}/map", direction="down")
    assert down["sentence"]["code"] == "map_falls"
    assert [(step["ci"]["name"], step["reason"]["code"]) for step in down["chain"]] == [
        ("CRM", "via"), ("CRM application", "via"), ("db1", "reported_by"),
    ]  # fmt: skip
    assert [down["marks"][step["mark"]]["name"] for step in down["chain"]] == ["CRM", "CRM application", "db1"]
    near = await station.get(f"/cis/{crm}/map", direction="down", hops=1)
    assert by_name(near).keys() == {"CRM", "CRM application", "db1"}  # the cause is added, though it is further away
    alone = await station.get(f"/cis/{crm}/map", direction="down", hops=1, mode="none")
    assert by_name(alone).keys() == {"CRM", "CRM application"}


def names_of(drawn: dict[str, Any], place: int) -> str:
    return str(drawn["marks"][place]["name"])


async def test_the_map_of_an_incident_has_the_cause_below_and_shows_where_redundancy_holds(station: Station) -> None:
    incident = await clustered(station)
    drawn = await station.get(f"/incidents/{incident['number']}/map")
    marks = by_name(drawn)
    assert drawn["sentence"]["code"] == "map_hurts_services"
    assert drawn["sentence"]["args"]["saved"] == 1
    assert marks["n1"]["cause"]["number"] == 1
    assert marks["pool"]["shields"] == 1
    (gate,) = marks["pool"]["gates"]
    assert gate["measure"] == {"counts": "up", "unit": "count", "found": 2.0, "limit": 2.0, "total": 3.0}
    assert (gate["rule"], gate["group"], gate["standing"]) == ("k_of_n", "nodes", "holds")
    assert (gate["stops"], gate["goes_on"]) == ("down", "at_risk")
    assert [(one["name"], one["up"], one["state"]) for one in gate["members"]] == [
        ("n1", False, "down"), ("n2", True, "ok"), ("n3", True, "ok"),
    ]  # fmt: skip
    assert names_of(drawn, gate["members"][0]["mark"]) == "n1"
    kiosk = marks["Kiosk"]["id"]
    chosen = await station.get(f"/incidents/{incident['number']}/map", service=kiosk)
    assert [step["ci"]["name"] for step in chosen["chain"]] == ["Kiosk", "n1"]
    assert {mark["name"] for mark in chosen["marks"] if mark["on_chain"]} == {"Kiosk", "n1"}
    assert [w["on_chain"] for w in chosen["wires"]].count(True) == 1


async def test_a_new_fault_moves_nothing_and_the_past_has_todays_places(station: Station) -> None:
    await clustered(station)
    n1 = await ci(station, "n1")
    before = await station.get(f"/cis/{n1}/map")
    imported = (await station.get(f"/cis/{n1}/history"))["items"][0]["at"]
    broken = datetime.now(UTC).isoformat()
    moved = CLUSTER.replace(b"relations:", b"  - {key: fax, class: BusinessService, name: Fax}\nrelations:\n"
                            b"  - {from: fax, type: RUNS_ON, to: n1}")  # fmt: skip
    assert (await station.http.post("/api/v1/import", content=moved, headers=YAML)).status_code == 200
    after = await station.get(f"/cis/{n1}/map")
    assert places(after).items() > places(before).items()
    assert by_name(after).keys() - by_name(before).keys() == {"Fax"}
    for then, own in ((imported, "ok"), (broken, "down")):
        past = await station.get(f"/cis/{n1}/map", at=then)
        assert by_name(past).keys() == by_name(before).keys()
        assert past["ghosts"] == []  # what came later is not gone
        assert places(after).items() >= places(past).items()
        assert by_name(past)["n1"]["own"] == by_name(past)["Kiosk"]["propagated"] == own
        assert by_name(past)["pool"]["gates"][0]["standing"] == ("whole" if own == "ok" else "holds")
    assert await station.get(f"/cis/{n1}/map") == after


async def test_tidying_is_for_everybody_and_can_be_taken_back(station: Station) -> None:
    incident = await clustered(station)
    path = f"/incidents/{incident['number']}/map"
    first = await station.get(path)
    assert first["undo"] is False
    pin = await station.http.post(f"/api/v1{path}/pins", json={"ci": by_name(first)["pool"]["id"], "layer": 1, "x": 40})
    assert pin.status_code == 204, pin.text
    pinned = await station.get(path)
    assert by_name(pinned)["pool"]["x"] == 40
    assert by_name(pinned)["pool"]["pinned_by"] == "token:all"
    taken = await station.http.post(f"/api/v1{path}/pins", json={"ci": by_name(first)["n1"]["id"], "layer": 1, "x": 41})
    assert (taken.status_code, taken.json()["code"]) == (409, "place_taken")
    loose = await station.http.delete(f"/api/v1{path}/pins/{by_name(first)['pool']['id']}")
    assert loose.status_code == 204
    assert places(await station.get(path)) == places(pinned)  # to let go moves nothing
    tidy = (await station.http.post(f"/api/v1{path}/tidy", json={})).json()
    assert places(tidy)["pool"] != places(pinned)["pool"]
    assert tidy["undo"] is True
    assert await station.get(path) == tidy
    back = (await station.http.post(f"/api/v1{path}/tidy", json={"undo": True})).json()
    assert places(back) == places(pinned)
    again = await station.http.post(f"/api/v1{path}/tidy", json={"undo": True})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")
    acts = [row["act"] for row in (await station.get("/audit", limit=4))["items"]]
    assert acts == ["map.undo", "map.tidy", "map.unpin", "map.pin"]


async def test_the_map_of_a_ci_is_tidied_and_pinned_too(station: Station) -> None:
    await clustered(station)
    path = f"/api/v1/cis/{await ci(station, 'n1')}/map"
    pool = await ci(station, "pool")
    assert (await station.http.post(f"{path}/pins", json={"ci": pool, "layer": 1, "x": 7})).status_code == 204
    drawn = (await station.http.get(path)).json()
    assert places(drawn)["pool"] == (1, 7)
    assert (await station.http.post(f"{path}/tidy", json={})).json()["marks"]
    assert places((await station.http.get(path)).json())["pool"] == (1, 7)
    assert (await station.http.delete(f"{path}/pins/{pool}")).status_code == 204


async def test_to_look_needs_read_and_to_tidy_or_pin_needs_write(station: Station) -> None:
    incident = await clustered(station)
    path = f"/api/v1/incidents/{incident['number']}/map"
    reader = await station.bearer("read")
    assert (await reader.get(path)).status_code == 200
    assert (await reader.post(f"{path}/tidy", json={})).status_code == 403
    assert (await reader.post(f"{path}/pins", json={"ci": "x", "layer": 0, "x": 0})).status_code == 403
    assert (await station.nobody.get(path)).status_code == 401


async def test_an_answer_is_compressed_where_that_is_understood_and_fits_its_description(station: Station) -> None:
    await clustered(station)
    path = f"/api/v1/cis/{await ci(station, 'n1')}/map"
    zipped = await station.http.get(path)
    assert zipped.headers["content-encoding"] == "gzip"
    plain = await station.http.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == zipped.json()
    assert len(gzip.compress(plain.content)) < len(plain.content)
    given = plain.json()
    given["wires"] = [one | {"from_mark": one.pop("from"), "to_mark": one.pop("to")} for one in given["wires"]]
    shape = ImpactMap.model_validate(given)
    assert orjson.loads(shape.model_dump_json(by_alias=True)) == plain.json()


WRONG = {
    "/cis/nothing/map": 404,
    "/incidents/99/map": 404,
    "/incidents/many/map": 400,
    "/cis/{n1}/map?hops=7": 400,
    "/cis/{n1}/map?direction=sideways": 400,
    "/cis/{n1}/map?mode=some": 400,
    "/cis/{n1}/map?service=nothing": 404,
    "/cis/{n1}/map?at=yesterday": 400,
    "/cis/{n1}/map?hops=6&mode=full&grouped=false": 200,
}


async def test_wrong_questions_are_the_askers_mistakes(station: Station) -> None:
    await station.http.post("/api/v1/import", content=CLUSTER, headers=YAML)
    n1 = await ci(station, "n1")
    found = {path: (await station.http.get("/api/v1" + path.replace("{n1}", n1))).status_code for path in WRONG}
    assert found == WRONG


async def test_a_ci_that_heals_is_a_ghost_of_the_incidents_map(station: Station) -> None:
    incident = await clustered(station)
    path = f"/incidents/{incident['number']}/map"
    before = await station.get(path)
    gone = CLUSTER.replace(b"  - {from: kiosk, type: RUNS_ON, to: n1}\n", b"")
    assert (await station.http.post("/api/v1/import", content=gone, headers=YAML)).status_code == 200

    async def read() -> Any:
        return await station.get(path)

    after = await eventually(read, lambda drawn: bool(drawn["ghosts"]))
    (ghost,) = after["ghosts"]
    assert (ghost["name"], (ghost["layer"], ghost["x"])) == ("Kiosk", places(before)["Kiosk"])
    assert places(after).items() <= places(before).items()
