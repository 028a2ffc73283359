"""What goes wrong outside gets a clear answer and loses nothing: wrong or unknown senders, parts that are away.

What cannot be started at all is in ``test_start.py``.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import neo4j
import pytest
import yaml

from tests.acceptance.conftest import NewHub
from tests.acceptance.hub import MODEL, HubProcess, Prepared, eventually
from tests.acceptance.mail import MailServer
from tests.acceptance.relay import Relay
from tests.acceptance.senders import FAULTS, LINK_DOWN, ON_BATTERY, V2C, V3, Notifier, publish
from tests.collectors.mqtt.conftest import Mosquitto


def app_down(name: str) -> dict[str, Any]:
    fqdn = f"{name}.example.test"
    return {"check": "app", "resource": fqdn, "severity": "critical", "effect": "down", "ci": {"fqdn": fqdn}}


def model(**identity: str) -> bytes:
    """A file with one server that nobody knew before."""
    ci = {"key": "new", "class": "Server", "name": "new-1", "identity": identity}
    return yaml.safe_dump({"faultpath_model": 1, "source": "new", "cis": [ci]}).encode()


@pytest.fixture(scope="module")
def hub(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One for all whose wrong senders leave nothing behind."""
    one = HubProcess.on(prepared, tmp_path_factory.mktemp("shared"))
    try:
        yield one.start()
    finally:
        one.discard()


# Senders


@pytest.mark.parametrize(
    ("body", "status", "code", "field", "kept"),
    [
        (b'{"alerts": [{', 400, "not_json", "(body)", b'{"alerts": [{'),
        (b'{"alerts": [{"labels": {}}]}', 422, "missing", "alerts[0].labels.alertname", b'{"labels":{}}'),
    ],
    ids=["no JSON", "no name"],
)
def test_a_malformed_body_is_named_and_kept_and_the_next_is_heard(
    hub: HubProcess, body: bytes, status: int, code: str, field: str, kept: bytes
) -> None:
    headers = {"content-type": "application/json"}
    answer = hub.ask("POST", "/api/v1/intake/alertmanager", hub.intake, content=body, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["field"]) == (status, code, field)
    assert problem["remedy"]
    found = hub.set_aside(code)
    assert (found["source"], found["raw"]) == ("alertmanager:prom", kept.decode())
    next_one = {"check": f"after {code}", "resource": "spare.example.test"}
    assert hub.post(next_one).status_code == 202
    assert hub.alert(text=f"after {code}")["ci"]["name"] == "spare"


def test_an_unknown_ci_is_listed_tells_the_default_team_and_binds_when_it_is_known(
    new_hub: NewHub, mail: MailServer
) -> None:
    hub = new_hub(smtp={"host": "127.0.0.1", "port": mail.port}).start()
    assert hub.post(app_down("new-1")).status_code == 202
    alert = hub.alert(bound=False)
    assert (alert["ci"], alert["bind"]["code"]) == (None, "no_ci_matches")
    assert alert["bind"]["args"]["fqdn"] == "new-1.example.test"
    (incident,) = eventually(hub.open_incidents)
    assert (incident["title"]["code"], incident["root"]) == ("incident_unbound", None)
    (told,) = eventually(lambda: mail.about("noc@example.test", "open"))
    assert "new-1.example.test" in str(told["Subject"]) + told.get_content()
    hub.load_model(model(fqdn="new-1.example.test"))
    bound = eventually(lambda: hub.get(f"/alerts/{alert['fingerprint']}"), lambda one: one["ci"] is not None)
    assert (bound["ci"]["name"], bound["occurrences"]) == ("new-1", 1)
    assert hub.incident("new-1")["number"] == incident["number"]


def test_a_trap_from_an_unknown_sender_is_kept_with_the_reason_and_moves_nobody(
    hub: HubProcess, tmp_path: Path
) -> None:
    notifier = Notifier(hub.trap_address, tmp_path, engine_id="800000000102030405")
    notifier.trap(("-v2c", "-c", "guessed"), LINK_DOWN)
    assert hub.set_aside("unknown_community")["reason"]["args"]["address"] == "127.0.0.1"
    stranger = tuple("mallory" if word == "watch" else word for word in V3)
    notifier.trap(stranger, LINK_DOWN)
    assert hub.set_aside("unknown_user")["reason"]["args"]["user"] == "mallory"
    wrong = tuple("not-the-secret" if word == "watch-auth-pass" else word for word in V3)
    sender = notifier.informing(wrong, LINK_DOWN, tries=1, timeout_s=60)
    hub.set_aside("wrong_digest")
    with contextlib.suppress(subprocess.TimeoutExpired):
        assert sender.wait(1) != 0, "it is confirmed"
    sender.kill()
    sender.wait()
    notifier.trap(V2C, ON_BATTERY)  # the right word, from nobody in the graph
    alert = hub.alert(source="snmp-trap")
    assert (alert["ci"], alert["bind"]["code"], alert["authenticated"]) == (None, "no_ci_matches", False)
    hub.merged()
    assert hub.open_incidents() == []
    assert len(hub.items("/alerts", source="snmp-trap")) == 1
    hub.load_model(model(mgmt_address="127.0.0.1:161"))
    eventually(lambda: hub.get(f"/alerts/{alert['fingerprint']}"), lambda one: one["ci"] is not None)


def test_an_unknown_fault_code_is_kept_and_replayed_once_the_catalogue_knows_it(
    new_hub: NewHub, mosquitto: Mosquitto
) -> None:
    hub = new_hub(mqtt={"brokers": [{"name": "plant", "host": "127.0.0.1", "port": mosquitto.port}]}).start()
    eventually(lambda: "mqtt:plant" not in hub.away())
    publish(mosquitto.port, "estate/hq/cu-1/fault", {"code": "E4", "state": "active"})
    kept = hub.set_aside("unknown_fault_code")
    assert kept["state"] == "quarantined"
    assert kept["reason"]["args"] == {"device": "cu-1", "fault_code": "E4", "model": "CX-40"}
    assert hub.items("/alerts") == []
    assert hub.stop() == 0
    hub.settings["catalogue"] = {"faults": [str(FAULTS)]}
    hub.start()
    assert hub.do("/quarantine/replay", {"reason": "unknown_fault_code"}) == {"messages": 1}
    hub.incident("cu-1")
    assert hub.do("/quarantine/replay", {"reason": "unknown_fault_code"}) == {"messages": 0}
    assert hub.alert(text="fault-code:E4")["occurrences"] == 1


def test_a_wrong_token_is_refused_and_the_right_one_loses_nothing(hub: HubProcess) -> None:
    hub.merged()
    position = hub.figure("faultpath_inbox_position")
    wrong = hub.post(app_down("orders-db"), token="fp_wrong")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["www-authenticate"]) == (
        401, "unauthorized", "Bearer",
    )  # fmt: skip
    reader = hub.do("/tokens", {"name": "reader", "scopes": ["read"]})["secret"]
    no_scope = hub.post(app_down("orders-db"), token=reader)
    assert (no_scope.status_code, no_scope.json()["code"]) == (403, "scope")
    assert "intake:" in no_scope.json()["remedy"]
    assert hub.figure("faultpath_inbox_position") == position  # neither was let in
    assert hub.post(app_down("orders-db")).status_code == 202
    number = hub.incident("orders-db")["number"]
    assert hub.post(app_down("orders-db") | {"state": "cleared"}).status_code == 202
    hub.resolved(number)


# Parts that are away


def test_a_broker_that_restarts_is_missed_and_what_it_kept_arrives(new_hub: NewHub, mosquitto: Mosquitto) -> None:
    hub = new_hub(
        mqtt={"brokers": [{"name": "plant", "host": "127.0.0.1", "port": mosquitto.port, "lost_after_s": 0.5}]},
        catalogue={"faults": [str(FAULTS)]},
    ).start()
    eventually(lambda: hub.away() == {})
    mosquitto.end()
    assert "lost" in eventually(lambda: hub.away().get("mqtt:plant", ""))
    lost = hub.alert(text="mqtt-broker-session", state="active")
    assert (lost["ci"]["name"], lost["severity"]) == ("plant", "critical")
    assert hub.stop() == 0  # away itself while the broker comes back and devices speak
    mosquitto.start()
    publish(mosquitto.port, "estate/hq/cu-1/fault", {"code": "E4", "state": "active"})
    hub.start()
    hub.incident("cu-1")
    eventually(lambda: hub.away() == {})
    eventually(lambda: hub.get(f"/alerts/{lost['fingerprint']}"), lambda one: one["state"] == "cleared")
    mosquitto.end()
    mosquitto.start()
    eventually(lambda: hub.away() == {})
    publish(mosquitto.port, "estate/hq/cu-2/fault", {"code": "E4", "state": "active"})
    hub.incident("cu-2")
    assert {one["occurrences"] for one in hub.items("/alerts", text="fault-code:E4")} == {1}


def test_a_mail_server_that_refuses_gets_the_mail_once_it_is_back(new_hub: NewHub, mail: MailServer) -> None:
    mail.stop()
    hub = new_hub(smtp={"host": "127.0.0.1", "port": mail.port}).start()
    hub.post(app_down("orders-db"))
    number = hub.incident("orders-db")["number"]
    assert "mail" in eventually(hub.away)
    mail.refusal = "451 4.3.0 come back later"
    mail.start()
    eventually(lambda: mail.refused)
    notices = eventually(
        lambda: hub.get(f"/incidents/{number}")["notices"],
        lambda found: any("come back later" in (one["last_error"] or "") for one in found),
    )
    assert {one["state"] for one in notices} <= {"waiting", "sending"}
    assert mail.taken == []
    mail.refusal = None
    notices = eventually(
        lambda: hub.get(f"/incidents/{number}")["notices"], lambda found: {one["state"] for one in found} == {"sent"}
    )
    assert hub.away() == {}
    assert len(mail.about("orders-db@example.test", "open")) == 1
    assert set(mail.times().values()) == {1}
    assert len(mail.taken) == len(notices)
    assert not any(one["possibly_repeated"] for one in notices)  # it said no, so it did not take it


def test_a_graph_that_is_away_at_start_delays_only_the_conclusions(
    new_hub: NewHub, mosquitto: Mosquitto, mail: MailServer
) -> None:
    """The embedded store's file cannot be opened, and later it can."""
    hub = new_hub(
        graph={"retry_s": 0.5},
        mqtt={"brokers": [{"name": "plant", "host": "127.0.0.1", "port": mosquitto.port}]},
        catalogue={"faults": [str(FAULTS)]},
        smtp={"host": "127.0.0.1", "port": mail.port},
    )
    graph = hub.folder / "data" / "graph.db"
    graph.rename(graph.with_suffix(".away"))
    graph.mkdir()
    hub.start()
    takes_in_without_a_graph(hub, mosquitto, mail)
    graph.rmdir()
    graph.with_suffix(".away").rename(graph)
    concludes_with_it(hub)


def test_a_neo4j_that_is_away_at_start_delays_only_the_conclusions(
    new_hub: NewHub, mosquitto: Mosquitto, mail: MailServer, neo4j_server: tuple[str, str], tmp_path: Path
) -> None:
    """Its bolt port refuses, and later it does not. Whatever the server for tests held is thrown away."""
    relay = relay_to(neo4j_server, tmp_path)
    hub = new_hub(
        graph={
            "url": f"bolt://127.0.0.1:{relay.port}", "password_file": str(tmp_path / "password"), "retry_s": 0.5,
        },
        mqtt={"brokers": [{"name": "plant", "host": "127.0.0.1", "port": mosquitto.port}]},
        catalogue={"faults": [str(FAULTS)]},
        smtp={"host": "127.0.0.1", "port": mail.port},
    )  # fmt: skip
    try:
        relay.open()
        hub.start().load_model(MODEL.read_bytes())
        assert hub.stop() == 0
        relay.close()
        hub.start()
        takes_in_without_a_graph(hub, mosquitto, mail)
        relay.open()
        concludes_with_it(hub)
    finally:
        relay.close()


def relay_to(server: tuple[str, str], place: Path) -> Relay:
    url, password = server
    (place / "password").write_text(password)
    with neo4j.GraphDatabase.driver(url, auth=("neo4j", password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
    parts = urlsplit(url)
    return Relay((parts.hostname or "127.0.0.1", parts.port or 7687))


def takes_in_without_a_graph(hub: HubProcess, mosquitto: Mosquitto, mail: MailServer) -> None:
    eventually(lambda: set(hub.away()) == {"graph"})
    assert hub.away()["graph"]
    assert hub.post(app_down("orders-db")).status_code == 202
    pending = hub.alert(text="app")
    assert (pending["ci"], pending["bind"]["code"]) == (None, "graph_loading")
    publish(mosquitto.port, "estate/hq/cu-1/fault", {"code": "E4", "state": "active"})
    hub.set_aside("graph_loading")  # which code it is depends on the model, which stands in the graph
    hub.merged()
    assert hub.items("/incidents") == []  # pending is not unbound
    assert mail.taken == []


def concludes_with_it(hub: HubProcess) -> None:
    """Both are bound and explained; nobody had to ask for a replay."""
    hub.incident("orders-db")
    hub.incident("cu-1")
    assert len(hub.items("/incidents")) == 2
    assert eventually(hub.away, lambda away: not away) == {}
    assert {one["occurrences"] for one in hub.items("/alerts")} == {1}
