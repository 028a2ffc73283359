"""Which CI an event is about, and why."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.binding import GraphIndex, bind
from cmdb.columns.fill import columns_of
from cmdb.columns.names import Names
from cmdb.columns.patch import patched
from cmdb.errors import CmdbError
from cmdb.model import CI, ChangeSet, Relation
from tests.alerting.kit import NOON, ci, index_of, port_of
from tests.cmdb.oracle import OracleGraphStore

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


SAID = st.fixed_dictionaries(
    {},
    optional={
        "serial": st.sampled_from(["S1", "s1", "S2"]),
        "vendor": st.sampled_from(["Acme", "acme"]),
        "mgmt_address": st.sampled_from(["10.0.0.1:161", "10.0.0.2", "[::1]:161"]),
        "addresses": st.lists(st.sampled_from(["10.0.0.1", "10.0.0.3"]), max_size=2),
        "mqtt_id": st.sampled_from(["cu-7", "CU-7"]),
        "if_index": st.integers(1, 2),
        "fqdn": st.just("db1.example.org"),
    },
)
THINGS = st.builds(
    CI,
    ci_id=st.sampled_from("abcd"),
    cls=st.sampled_from(["Server", "Port", "Link", "Service", "MessageBroker", "MonitoringHub"]),
    name=st.sampled_from(["DB1", "db1", "hub", "x"]),
    attributes=SAID,
)
JOINS = st.builds(
    Relation,
    from_id=st.sampled_from("abcd"),
    type=st.sampled_from(["PORT_OF", "CONNECTS_TO"]),
    to_id=st.sampled_from("abcd"),
)
STEPS = st.builds(
    ChangeSet,
    source=st.just("x"),
    reason=st.just("x"),
    at=st.just(NOON),
    put_cis=st.lists(THINGS, max_size=3, unique_by=lambda ci: ci.ci_id).map(tuple),
    remove_cis=st.lists(st.sampled_from("abcd"), max_size=1).map(tuple),
    put_relations=st.lists(JOINS, max_size=3, unique_by=lambda one: one.key).map(tuple),
)
ASKED = {
    "ci_id": ["a", "b", "e"],
    "serial": ["s1", "S2", "acme|s1"],
    "address": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "::1"],
    "mgmt_address": ["10.0.0.2", "10.0.0.1:161"],
    "mqtt_id": ["cu-7"],
    "fqdn": ["DB1.example.org"],
    "name": ["db1", "hub", "db1.example.org"],
    "service": ["db1"],
    "broker": ["x"],
    "hub": ["hub", "x"],
    "mac": ["x"],
}


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=4))
def test_an_index_that_follows_the_graph_finds_what_one_made_at_once_finds(steps: list[ChangeSet]) -> None:
    store = OracleGraphStore()
    index = GraphIndex(columns_of(store.snapshot()))
    for at, step in enumerate(steps):
        with contextlib.suppress(CmdbError):
            store.apply(step, idempotency_key=str(at))
        changes = store.changes_since(index.columns.revision)
        columns = patched(index.columns, changes, store.revision())
        index = GraphIndex(columns, Names(columns, index.names), index)
    anew = GraphIndex(columns_of(store.snapshot()))
    for kind, values in ASKED.items():
        for value in values:
            assert set(index.find(kind, value)) == set(anew.find(kind, value)), (kind, value)
    assert index.mqtt_devices == anew.mqtt_devices
    for ci_id in "abcde":
        assert index.device_of(ci_id) == anew.device_of(ci_id)
        assert index.ports_of(ci_id) == anew.ports_of(ci_id)
        assert index.linked_ports_of(ci_id) == anew.linked_ports_of(ci_id)
        assert index.name(ci_id) == anew.name(ci_id)
