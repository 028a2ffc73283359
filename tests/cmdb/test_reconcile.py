"""What becomes of observations: one thing or two, whose word counts, what is taken out, what is put to a person."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from cmdb.catalogue import Catalogue
from cmdb.model import Claim, Observation, ObservedRelation, ScopedClaim
from cmdb.reconcile import Reconciler
from ledger.clock import ControlledClock
from tests.cmdb.kit import FILE, HAND, NOON, SNMP, Graph, cable, needs, port, saw


@pytest.fixture
def graph(tmp_path: Path, catalogue: Catalogue) -> Graph:
    return Graph(tmp_path, catalogue)


# One thing or two


def test_a_serial_number_joins_what_discovery_and_the_export_saw(graph: Graph) -> None:
    graph.run(saw("10.0.0.5:161", name="srv5", serial="ACME|x1"))
    graph.run(saw("crm-db", by=FILE, name="CRM database", serial="Acme|X1"))
    assert graph.names() == ["CRM database"]


@pytest.mark.parametrize("placeholder", ["To Be Filled By O.E.M.", "0123456789", "Default string", "N/A", "00000000"])
def test_a_placeholder_serial_joins_nothing(graph: Graph, placeholder: str) -> None:
    graph.run(
        saw("a", serial=f"Acme|{placeholder}", mac="02:00:00:00:00:01"),
        saw("b", serial=f"Acme|{placeholder}", mac="02:00:00:00:00:02"),
    )
    assert graph.names() == ["a", "b"]
    assert {claim.kind for claim in graph.store.claims()} == {"mac"}


def test_a_neighbour_known_by_its_mac_keeps_its_id_when_it_answers_at_last(graph: Graph) -> None:
    graph.run(saw("chassis 02:00:00:00:00:07", "NetworkDevice", name="neighbour", bridge_mac="02:00:00:00:00:07"))
    former = graph.taken_for("chassis 02:00:00:00:00:07")
    graph.run(saw("sw7", "Switch", serial="Acme|S7", bridge_mac="0200.0000.0007"))
    assert graph.taken_for("sw7") == former
    assert graph.cis()["neighbour"].cls == "Switch"


@pytest.mark.parametrize("first", ["by mac", "by name"])
def test_two_cis_that_turn_out_to_be_one_become_the_older_however_weak_its_claim(graph: Graph, first: str) -> None:
    known = [saw("by mac", mac="02:00:00:00:00:07"), saw("by name", fqdn="srv7.example.net")]
    for each in sorted(known, key=lambda seen: seen.native_key != first):
        graph.run(each)
    older, younger = sorted(str(graph.taken_for(key)) for key in ("by mac", "by name"))
    assert older == graph.taken_for(first) != younger
    result = graph.run(saw("both", mac="02:00:00:00:00:07", fqdn="srv7.example.net"))
    assert {graph.taken_for(key) for key in ("by mac", "by name", "both")} == {older}
    assert result.merged == ((younger, older),)
    assert graph.store.get(str(younger)) is None


def test_different_serials_tell_two_devices_with_one_name_apart(graph: Graph) -> None:
    graph.run(saw("a", by=FILE, serial="Acme|A1", fqdn="srv.example.net"))
    result = graph.run(saw("b", serial="Acme|B1", fqdn="srv.example.net"))
    assert graph.names() == ["a", "b"]
    (clash,) = result.contested
    assert clash.claim == Claim(kind="fqdn", value="srv.example.net")
    assert (clash.holder, clash.other) == ((FILE, "a"), (SNMP, "b"))
    assert graph.store.find([clash.claim]) == {clash.claim: graph.taken_for("a", by=FILE)}


def test_a_contested_claim_goes_to_the_better_trusted_source_whoever_came_first(graph: Graph) -> None:
    fqdn = Claim(kind="fqdn", value="srv.example.net")
    graph.run(saw("b", serial="Acme|B1", fqdn=fqdn.value))
    assert graph.store.find([fqdn])[fqdn] == graph.taken_for("b")
    graph.run(saw("a", by=FILE, serial="Acme|A1", fqdn=fqdn.value))
    assert graph.store.find([fqdn])[fqdn] == graph.taken_for("a", by=FILE)


def test_two_devices_behind_one_address_at_different_times_are_two(graph: Graph) -> None:
    graph.run(saw("10.0.0.5:161", serial="Acme|OLD", mgmt_address="10.0.0.5:161"))
    former = graph.taken_for("10.0.0.5:161")
    graph.run(saw("10.0.0.5:161", serial="Acme|NEW", mgmt_address="10.0.0.5:161"))
    assert graph.taken_for("10.0.0.5:161") != former
    assert len(graph.store.snapshot().cis) == 1


def test_a_device_that_moved_to_another_address_stays_the_same_ci(graph: Graph) -> None:
    graph.run(saw("10.0.0.5:161", serial="Acme|X1", mgmt_address="10.0.0.5:161"), complete=True)
    former = graph.taken_for("10.0.0.5:161")
    moved = saw("10.0.0.6:161", serial="Acme|X1", mgmt_address="10.0.0.6:161")
    result = graph.run(moved, complete=True, agreed=True)
    assert graph.taken_for("10.0.0.6:161") == former
    assert (result.created, result.removed) == ((), ())


def test_a_person_is_never_a_device(graph: Graph) -> None:
    graph.run(saw("crm", by=FILE, key="shared"), saw("wang", "Person", by=FILE, key="shared"))
    assert graph.names() == ["crm", "wang"]


def test_a_virtual_machine_seen_only_as_a_mac_behind_a_port_is_the_virtual_machine(graph: Graph) -> None:
    graph.run(saw("stranger", "Hardware", mac="02:00:00:00:00:09"))
    graph.run(saw("vm9", "VirtualMachine", by=FILE, name="crm-vm", mac="02:00:00:00:00:09"))
    assert [(ci.name, ci.cls) for ci in graph.store.snapshot().cis] == [("crm-vm", "VirtualMachine")]


def test_ports_and_links_from_the_file_and_from_discovery_are_the_same(graph: Graph) -> None:
    def wiring(by: str, long_names: bool) -> list[Observation]:
        first = port("core", "GigabitEthernet1/0/24" if long_names else "Gi1/0/24", by=by)
        second = port("hub", "eth0", by=by)
        return [first, second, cable(first, second, by=by)]

    graph.run(
        saw("core", "Switch", serial="Acme|C1"), saw("hub", "Server", mac="02:00:00:00:00:01"), *wiring(SNMP, True)
    )
    graph.run(
        saw("core", "Switch", by=FILE, serial="Acme|C1"),
        saw("hub", "MonitoringHub", by=FILE, mac="02:00:00:00:00:01"),
        *wiring(FILE, False),
    )
    classes = sorted(ci.cls for ci in graph.store.snapshot().cis)
    assert classes == ["Link", "MonitoringHub", "Port", "Port", "Switch"]


def test_ports_of_one_name_on_two_devices_are_two_ports(graph: Graph) -> None:
    graph.run(saw("a", serial="Acme|A1"), saw("b", serial="Acme|B1"), port("a", "eth0"), port("b", "eth0"))
    assert len(graph.store.snapshot().cis) == 4


# Whose word counts


def test_a_person_outranks_the_export_which_outranks_discovery(graph: Graph) -> None:
    graph.run(saw("1", name="srv1", serial="Acme|X1", attributes={"os": "linux", "rack": "B7", "vendor": "acme"}))
    graph.run(saw("1", by=FILE, name="CRM", serial="Acme|X1", attributes={"rack": "B8", "vendor": "Acme"}))
    graph.run(saw("1", by=HAND, name="CRM", serial="Acme|X1", attributes={"vendor": "Acme Ltd"}))
    assert graph.cis()["CRM"].attributes == {"os": "linux", "rack": "B8", "vendor": "Acme Ltd"}


def test_among_equally_trusted_sources_the_newest_word_counts(graph: Graph) -> None:
    graph.run(saw("1", by="import:z", serial="Acme|X1", minute=9, attributes={"os": "new"}))
    graph.run(saw("1", by="import:a", serial="Acme|X1", minute=1, attributes={"os": "old"}))
    assert graph.cis()["1"].attributes == {"os": "new"}


def test_a_source_can_be_taken_back_out(graph: Graph) -> None:
    graph.run(saw("1", name="srv1", serial="Acme|X1", attributes={"os": "linux"}))
    before = graph.described()
    graph.run(
        saw("crm", by=FILE, name="CRM", serial="Acme|X1", relations=[needs("vm")]), saw("vm", by=FILE, key="vm"),
    )  # fmt: skip
    assert graph.described() != before
    graph.run(by=FILE, complete=True, agreed=True)
    assert graph.described() == before


def test_a_class_is_refined_down_its_chain(graph: Graph) -> None:
    graph.run(saw("1", "Hardware", mac="02:00:00:00:00:01"))
    graph.run(saw("ac1", "CoolingUnit", by=FILE, mac="02:00:00:00:00:01"))
    assert graph.cis()["ac1"].cls == "CoolingUnit"
    graph.run(saw("2", "Hardware", by=HAND, name="by hand", mac="02:00:00:00:00:01"))
    assert graph.cis()["by hand"].cls == "CoolingUnit"


def test_a_class_of_another_branch_never_wins_and_is_reported(graph: Graph) -> None:
    graph.run(saw("fw", "Firewall", by=FILE, serial="Acme|F1"))
    result = graph.run(saw("fw", "Switch", serial="Acme|F1"))
    assert graph.cis()["fw"].cls == "Firewall"
    assert [(found.code, found.args["refused"]) for found in result.findings] == [("class_contradicts", "Switch")]


def test_an_attribute_of_the_wrong_type_is_not_taken_and_is_reported(graph: Graph) -> None:
    result = graph.run(saw("1", serial="Acme|X1", attributes={"cpu_cores": "many", "os": "linux"}))
    assert graph.cis()["1"].attributes == {"os": "linux"}
    assert [found.args["attribute"] for found in result.findings] == ["cpu_cores"]


# Relations


def test_relations_join_what_their_ends_were_taken_for(graph: Graph) -> None:
    graph.run(saw("10.0.0.5", name="srv5", serial="Acme|X1"))
    graph.run(
        saw("crm", "Application", by=FILE, key="crm", relations=[needs("host", "RUNS_ON")]),
        saw("host", "Server", by=FILE, name="host", serial="Acme|X1"),
    )
    assert graph.edges() == {("crm", "RUNS_ON", "host")}


@pytest.mark.parametrize(
    ("relation", "code"),
    [
        (needs("nowhere"), "relation_to_nothing"),
        (needs("1"), "relation_to_itself"),
        (needs("2", "LOVES"), "unknown_relation_type"),
        (needs("2", "MEMBER_OF"), "relation_not_allowed"),
    ],
)
def test_a_relation_that_cannot_stand_is_left_out_and_reported(
    graph: Graph, relation: ObservedRelation, code: str
) -> None:
    result = graph.run(saw("1", serial="Acme|X1", relations=[relation]), saw("2", serial="Acme|Y1"))
    assert graph.edges() == set()
    assert [found.code for found in result.findings] == [code]


def test_a_thing_is_located_where_the_best_trusted_source_says(graph: Graph) -> None:
    def placed(by: str, room: str) -> None:
        graph.run(
            saw("1", by=by, serial="Acme|X1", relations=[needs(room, "LOCATED_IN")]),
            saw(room, "Room", by=by, key=f"{by}|{room}"),
        )

    placed(SNMP, "basement")
    placed(FILE, "room 4")
    assert graph.edges() == {("1", "LOCATED_IN", "room 4")}


def test_a_connection_has_no_direction_and_names_its_link(graph: Graph) -> None:
    one, other = port("a", "e1"), port("b", "e2")
    wire = cable(one, other)
    graph.run(
        saw("a", serial="Acme|A1"),
        saw("b", serial="Acme|B1"),
        port("a", "e1", more=[needs("b/e2", "CONNECTS_TO", link=wire.native_key)]),
        port("b", "e2", more=[needs("a/e1", "CONNECTS_TO", link=wire.native_key)]),
        wire,
    )
    (edge,) = [edge for edge in graph.store.snapshot().relations if edge.type == "CONNECTS_TO"]
    assert edge.from_id < edge.to_id
    assert edge.attributes == {"link": graph.taken_for(wire.native_key)}


# Runs


def test_a_run_that_finds_nothing_new_leaves_the_revision_as_it_is(graph: Graph) -> None:
    first = graph.run(saw("1", serial="Acme|X1", attributes={"os": "linux"}), complete=True)
    again = graph.run(saw("1", serial="Acme|X1", attributes={"os": "linux"}, minute=30), complete=True)
    assert (first.revision, again.revision, again.unchanged) == (1, 1, 1)
    (link,) = graph.store.observations()
    assert link.observation.observed_at > NOON


def test_a_complete_run_takes_out_what_it_no_longer_sees(graph: Graph) -> None:
    fleet = [saw(str(number), serial=f"Acme|S{number}") for number in range(10)]
    graph.run(*fleet, complete=True)
    result = graph.run(*fleet[:8], complete=True)
    assert sorted(note.name for note in result.removed) == ["8", "9"]
    assert len(graph.names()) == 8


def test_a_run_that_ended_incomplete_takes_nothing_out(graph: Graph) -> None:
    fleet = [saw(str(number), serial=f"Acme|S{number}") for number in range(10)]
    graph.run(*fleet, complete=True)
    graph.run(fleet[0], complete=False)
    assert len(graph.names()) == 10


def test_what_another_source_still_sees_is_not_taken_out(graph: Graph) -> None:
    graph.run(saw("1", by=FILE, serial="Acme|X1"), complete=True)
    graph.run(saw("1", serial="Acme|X1"), saw("2", serial="Acme|Y1"), complete=True)
    graph.run(saw("2", serial="Acme|Y1"), complete=True, agreed=True)
    assert graph.names() == ["1", "2"]


def test_a_run_in_which_a_large_share_vanished_stops_and_asks(graph: Graph) -> None:
    fleet = [saw(str(number), serial=f"Acme|S{number}") for number in range(10)]
    graph.run(*fleet, complete=True)
    result = graph.run(*fleet[:7], complete=True)
    assert (result.applied, result.revision) == (False, 1)
    assert result.vanished is not None
    assert (result.vanished.missing, result.vanished.known, result.vanished.names) == (3, 10, ("7", "8", "9"))
    assert len(graph.names()) == 10
    assert graph.run(*fleet[:7], complete=True, agreed=True).applied
    assert len(graph.names()) == 7


def test_a_plan_says_what_would_change_and_writes_nothing(graph: Graph) -> None:
    graph.run(saw("1", serial="Acme|X1", attributes={"os": "old"}))
    plan = graph.reconciler.plan(
        SNMP,
        [saw("1", serial="Acme|X1", attributes={"os": "new"}), saw("2", "Switch", serial="Acme|Y1")],
        complete=True,
    )
    assert plan.by_class() == {"Server": (0, 1, 0), "Switch": (1, 0, 0)}
    assert [note.name for note in plan.created] == ["2"]
    assert [note.name for note in plan.updated] == ["1"]
    assert (graph.store.revision(), graph.names()) == (1, ["1"])


def test_the_same_run_twice_is_applied_once(graph: Graph) -> None:
    first = graph.reconciler.submit(SNMP, [saw("1", serial="Acme|X1")], complete=False, run_id="r")
    again = graph.reconciler.submit(SNMP, [saw("1", serial="Acme|X1")], complete=False, run_id="r")
    assert (first.revision, again.revision) == (1, 1)
    assert len(graph.store.changes_since(0)) == 1


def test_a_key_twice_in_one_run_is_refused(graph: Graph) -> None:
    with pytest.raises(ValueError, match="twice"):
        graph.run(saw("1", serial="Acme|X1"), saw("1", serial="Acme|Y1"))
    with pytest.raises(ValueError, match="import"):
        graph.run(saw("1", by=FILE, serial="Acme|X1"), by=SNMP)


@pytest.mark.parametrize(
    ("observation", "code"),
    [
        (saw("1", "Spaceship", serial="Acme|X1"), "unknown_class"),
        (saw("1", "CI", serial="Acme|X1"), "abstract_class"),
        (saw("1", "Server", serial="Acme|N/A"), "no_claim"),
        (saw("1", "Port", beside=[ScopedClaim(kind="port", refs=("gone",), value="e1")]), "missing_reference"),
    ],
)
def test_what_cannot_be_identified_is_parked_with_the_reason(graph: Graph, observation: Observation, code: str) -> None:
    result = graph.run(observation)
    assert [(parked.native_key, parked.code) for parked in result.parked] == [("1", code)]
    assert graph.names() == []
    assert graph.taken_for("1") is None
    assert [parked.code for parked in graph.reconciler.findings().parked] == [code]


def test_what_was_parked_is_taken_up_when_it_can_be_identified(graph: Graph) -> None:
    graph.run(port("sw1", "e1"))
    assert graph.names() == []
    graph.run(saw("sw1", "Switch", serial="Acme|S1"))
    assert graph.names() == ["e1", "sw1"]
    assert graph.edges() == {("e1", "PORT_OF", "sw1")}


def test_two_that_reconcile_at_once_lose_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    store = Graph(tmp_path, catalogue).store

    def work(source: str) -> None:
        reconciler = Reconciler(store, catalogue, ControlledClock(NOON))
        for number in range(4):
            seen = saw(f"{source}{number}", by=source, serial=f"Acme|S{number}", attributes={"site": source})
            reconciler.submit(source, [seen], complete=False, run_id=str(number))

    threads = [threading.Thread(target=work, args=(source,)) for source in (SNMP, FILE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cis = store.snapshot().cis
    assert sorted((ci.name, ci.attributes["site"]) for ci in cis) == [(f"{FILE}{n}", FILE) for n in range(4)]


def test_three_thousand_cis_and_six_thousand_relations_take_a_second_or_two(graph: Graph) -> None:
    fleet = [
        saw(
            f"d{number}",
            serial=f"Acme|S{number:05}",
            mac=f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}",
            fqdn=f"srv{number}.example.net",
            relations=[needs(f"d{(number * 7 + step) % 3000}") for step in (1, 2)],
        )
        for number in range(3000)
    ]
    started = time.process_time()
    result = graph.run(*fleet, complete=True)
    took = time.process_time() - started
    assert (len(result.created), result.relations_put) == (3000, 6000)
    assert took < 3.0, f"{took:.1f} s of processor time"
