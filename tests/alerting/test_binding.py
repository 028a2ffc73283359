"""Which CI an event is about, and why."""

from __future__ import annotations

import pytest

from alerting.binding import GraphIndex, bind
from tests.alerting.kit import ci, index_of, port_of

INDEX = index_of(
    ci("SW1", "Switch", "sw", mgmt_address="127.77.1.5:16100", engine_id="80001F8804", if_index=0),
    ci("SW2", "Switch", "sw", mgmt_address="127.77.1.6:16100", addresses=["10.0.0.6", "10.9.0.6"]),
    ci("DB1", "Server", "db1", fqdn="DB1.example.org", mac="02:00:00:00:00:01", serial="S1", vendor="Acme"),
    ci("CU7", "CoolingUnit", "cu 7", mqtt_id="cu-7", report_interval_s=30, model="CU-200"),
    ci("CRM", "BusinessService", "CRM"),
    ci("HUB", "MonitoringHub", "faultpath"),
    ci("MQ", "MessageBroker", "plant"),
    ci("P1", "Port", "db1", if_index=3),
    relations=(port_of("P1", "SW1"),),
)


@pytest.mark.parametrize(
    ("hints", "ci_id", "by"),
    [
        ({"ci_id": "DB1"}, "DB1", "ci_id"),
        ({"mgmt_address": "127.77.1.5:16100"}, "SW1", "mgmt_address"),
        ({"address": "127.77.1.6"}, "SW2", "address"),
        ({"address": "10.9.0.6"}, "SW2", "address"),
        ({"engine_id": "80001f8804"}, "SW1", "engine_id"),
        ({"fqdn": "db1.EXAMPLE.org"}, "DB1", "fqdn"),
        ({"name": "DB1"}, "DB1", "name"),
        ({"name": "db1.lan"}, "DB1", "name"),
        ({"serial": "acme|s1"}, "DB1", "serial"),
        ({"mqtt_id": "CU-7"}, "CU7", "mqtt_id"),
        ({"service": "crm"}, "CRM", "service"),
        ({"broker": "plant", "hub": "hub"}, "MQ", "broker"),
        ({"broker": "another", "hub": "hub"}, "HUB", "hub"),
        ({"fqdn": "nobody.example.org", "name": "db1"}, "DB1", "name"),
    ],
)
def test_the_strongest_hint_that_finds_something_decides(hints: dict[str, str], ci_id: str, by: str) -> None:
    found = bind(hints, INDEX)
    assert (found.ci_id, found.reason.args["by"]) == (ci_id, by)


def test_an_interface_of_a_device_binds_to_its_port() -> None:
    found = bind({"address": "127.77.1.5", "if_index": "3"}, INDEX)
    assert (found.ci_id, found.reason.code) == ("P1", "matched_port")


def test_an_unknown_interface_binds_to_the_device_and_says_so() -> None:
    found = bind({"address": "127.77.1.5", "if_index": "99"}, INDEX)
    assert (found.ci_id, found.reason.code, found.port_missing) == ("SW1", "matched_port_unknown", True)


def test_two_of_one_name_stay_unbound_with_the_candidates_named() -> None:
    found = bind({"name": "sw"}, INDEX)
    assert found.ci_id is None
    assert found.reason.code == "ambiguous"
    assert found.reason.args["candidates"] == ("SW1", "SW2")


def test_a_second_hint_narrows_an_ambiguous_one() -> None:
    index = index_of(
        ci("A", name="app", addresses=["10.0.0.1"]), ci("B", name="db", addresses=["10.0.0.1"]), ci("C", name="db")
    )
    assert bind({"address": "10.0.0.1", "name": "db"}, index).ci_id == "B"


def test_nothing_found_says_what_was_looked_for() -> None:
    found = bind({"name": "ghost"}, INDEX)
    assert (found.ci_id, found.reason.code, found.reason.args) == (None, "no_ci_matches", {"name": "ghost"})


def test_while_the_graph_is_loading_alerts_are_pending() -> None:
    assert bind({"name": "db1"}, GraphIndex()).reason.code == "graph_loading"


def test_mqtt_devices_come_with_model_and_interval() -> None:
    device = INDEX.mqtt_devices["cu-7"]
    assert (device.ci_id, device.model, device.report_interval_s) == ("CU7", "CU-200", 30.0)
