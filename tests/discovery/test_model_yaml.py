"""The service model from a file: what it becomes, and every mistake with file, line, field and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cmdb.catalogue import Catalogue
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.model import CI, Claim, Observation, ScopedClaim
from cmdb.reconcile import Reconciler, RunResult
from discovery.importers.model_yaml import ModelFile, read_model
from ledger.clock import ControlledClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATALOGUE = Catalogue.load()

COMPANY = """
faultpath_model: 1
source: cmdb-export
cis:
  - {key: hub, class: MonitoringHub, name: hub}
  - {key: core-1, class: Switch, name: core-1, identity: {serial: "Acme|C1"}}
  - key: crm
    class: BusinessService
    name: CRM
    attributes: {tier: 1, hours: 24x7, requirements: {app: {rule: k_of_n, k: 1, result: degraded}}}
  - {key: crm-app, class: Application, name: CRM application}
  - {key: crm-db, class: Server, name: CRM database, identity: {mac: 10:20:30:40:50:12, fqdn: Crm-DB.example.net}}
  - {key: wang, class: Person, name: 王芳, attributes: {language: zh, email: wang@example.net}}
relations:
  - {from: crm, type: DEPENDS_ON, to: crm-app, group: app, weight: 1}
  - {from: crm-app, type: RUNS_ON, to: crm-db}
  - {from: wang, type: OWNS, to: crm}
links:
  - {a: {ci: hub, port: eth0}, b: {ci: core-1, port: Gi1/0/24}}
"""


def read(text: str | bytes) -> ModelFile:
    data = text if isinstance(text, bytes) else text.encode()
    return read_model(data, file="model.yaml", catalogue=CATALOGUE, observed_at=NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteGraphStore]:
    store = SqliteGraphStore(tmp_path / "graph.db")
    yield store
    store.close()


def imported(store: SqliteGraphStore, text: str, run_id: str = "1") -> RunResult:
    model = read(text)
    assert model.problems == ()
    reconciler = Reconciler(store, CATALOGUE, ControlledClock(NOON))
    return reconciler.submit(model.source, model.observations, complete=True, run_id=run_id)


def by_name(store: SqliteGraphStore) -> dict[str, CI]:
    return {ci.name: ci for ci in store.snapshot().cis}


def edges(store: SqliteGraphStore) -> set[tuple[str, str, str]]:
    names = {ci.ci_id: ci.name for ci in store.snapshot().cis}
    return {(names[edge.from_id], edge.type, names[edge.to_id]) for edge in store.snapshot().relations}


def test_a_model_becomes_cis_relations_ports_and_links(store: SqliteGraphStore) -> None:
    result = imported(store, COMPANY)
    assert (result.findings, result.parked, result.contested) == ((), (), ())
    link = "core-1 Gi1/0/24 ↔ hub eth0"
    ends = {("eth0", "CONNECTS_TO", "Gi1/0/24"), ("Gi1/0/24", "CONNECTS_TO", "eth0")}
    found = edges(store)
    assert len(found & ends) == 1
    assert found - ends == {
        ("CRM", "DEPENDS_ON", "CRM application"),
        ("CRM application", "RUNS_ON", "CRM database"),
        ("王芳", "OWNS", "CRM"),
        ("eth0", "PORT_OF", "hub"),
        ("Gi1/0/24", "PORT_OF", "core-1"),
        (link, "ENDS_AT", "eth0"),
        (link, "ENDS_AT", "Gi1/0/24"),
    }
    assert by_name(store)["CRM"].attributes == {
        "tier": 1,
        "hours": "24x7",
        "requirements": {"app": {"rule": "k_of_n", "k": 1, "result": "degraded"}},
    }


def test_identity_also_tells_attributes(store: SqliteGraphStore) -> None:
    imported(store, COMPANY)
    assert by_name(store)["CRM database"].attributes == {
        "mac": "10:20:30:40:50:12",
        "macs": ["10:20:30:40:50:12"],
        "fqdn": "crm-db.example.net",
    }
    assert by_name(store)["core-1"].attributes == {"vendor": "Acme", "serial": "C1"}


def test_the_same_file_again_changes_nothing(store: SqliteGraphStore) -> None:
    first = imported(store, COMPANY)
    again = imported(store, COMPANY, run_id="2")
    assert (again.revision, again.created, again.updated, again.removed) == (first.revision, (), (), ())


def test_a_dry_run_tells_what_would_change_and_writes_nothing(store: SqliteGraphStore) -> None:
    imported(store, COMPANY)
    model = read(COMPANY.replace("name: CRM\n", "name: Customers\n").replace("relations:", EXTRA + "relations:"))
    plan = Reconciler(store, CATALOGUE, ControlledClock(NOON)).plan(model.source, model.observations, complete=True)
    assert plan.by_class() == {"BusinessService": (0, 1, 0), "Person": (1, 0, 0)}
    assert [note.name for note in (*plan.created, *plan.updated)] == ["Li Wei", "Customers"]
    assert store.revision() == 1
    assert "Customers" not in by_name(store)


EXTRA = "  - {key: li, class: Person, name: Li Wei}\n"


def test_imported_relations_reach_what_discovery_found(store: SqliteGraphStore) -> None:
    switch = Observation(
        source="discovery:snmp",
        native_key="mac:0a",
        cls="NetworkDevice",
        name="sw",
        observed_at=NOON,
        attributes={"sys_name": "core-1"},
        claims=(Claim(kind="serial", value="ACME|c1"),),
    )
    port = Observation(
        source="discovery:snmp",
        native_key="mac:0a|24",
        cls="Port",
        name="GigabitEthernet1/0/24",
        observed_at=NOON,
        attributes={"if_index": 24},
        scoped_claims=(ScopedClaim(kind="port", refs=("mac:0a",), value="GigabitEthernet1/0/24"),),
    )
    reconciler = Reconciler(store, CATALOGUE, ControlledClock(NOON))
    reconciler.submit("discovery:snmp", [switch, port], complete=True, run_id="1")
    known = {ci.ci_id for ci in store.snapshot().cis}
    imported(store, COMPANY)
    core, uplink = by_name(store)["core-1"], by_name(store)["Gi1/0/24"]
    assert {core.ci_id, uplink.ci_id} == known
    assert (core.cls, core.attributes["sys_name"], uplink.attributes["if_index"]) == ("Switch", "core-1", 24)


HEAD = "faultpath_model: 1\nsource: x\n"
CIS = HEAD + "cis:\n  - {key: a, class: Server, name: a}\n  - {key: s, class: BusinessService, name: s}\n"
REL, LINK = "relations:\n  - ", "links:\n  - "


@pytest.mark.parametrize(
    ("text", "line", "field", "problem", "remedy"),
    [
        ("[1]", 1, "", "is not a mapping", "faultpath_model"),
        ("source: x", 1, "", "faultpath_model is missing", "add it"),
        ("faultpath_model: 2\nsource: x", 1, "faultpath_model", "version 2", "faultpath_model: 1"),
        ("faultpath_model: 1\nsource: My Export", 2, "source", "no source name", "lower case"),
        (HEAD + "ciss: []", 3, "ciss", "unknown field", "did you mean 'cis'?"),
        (HEAD + "cis: {a: b}", 3, "cis", "is not a list", "dash"),
        (HEAD + "cis:\n  - {key: a, class: Sever, name: a}", 4, "cis[0].class", "no class 'Sever'", "'Server'"),
        (HEAD + "cis:\n  - {key: a, class: Service, name: a}", 4, "cis[0].class", "abstract", "BusinessService"),
        (HEAD + "cis:\n  - {key: a, class: Port, name: a}", 4, "cis[0].class", "cannot stand alone", "links:"),
        (HEAD + "cis:\n  - {key: a, class: Server}", 4, "cis[0]", "name is missing", "add it"),
        (HEAD + "cis:\n  - {key: 7, class: Server, name: a}", 4, "cis[0].key", "not text", "quotes"),
        (CIS + "  - {key: a, class: Server, name: b}", 6, "cis[2].key", "'a' stands twice", "own key"),
        (
            CIS + "  - key: b\n    class: BusinessService\n    name: b\n    attributes:\n      teir: 1",
            10, "cis[2].attributes.teir", "no attribute 'teir'", "'tier'",
        ),
        (
            CIS + "  - {key: b, class: BusinessService, name: b, attributes: {tier: 9}}",
            6, "cis[2].attributes.tier", "9 does not fit", "1, 2, 3, 4",
        ),
        (
            CIS + "  - {key: b, class: Person, name: b, attributes: {phone: 12345}}",
            6, "cis[2].attributes.phone", "12345 does not fit", "quotes",
        ),
        (
            CIS + "  - {key: b, class: BusinessService, name: b, attributes: {requirements: {app: {rule: most}}}}",
            6, "cis[2].attributes.requirements.app.rule", "is no rule", "k_of_n",
        ),
        (
            CIS + "  - {key: b, class: Server, name: b, identity: {serial: 'Acme|N/A'}}",
            6, "cis[2].identity.serial", "does not identify", "vendor|serial",
        ),
        (
            CIS + "  - {key: b, class: BusinessService, name: b, identity: {mac: '02:00:00:00:00:01'}}",
            6, "cis[2].identity.mac", "not identified by 'mac'", "leave identity out",
        ),
        (
            CIS + "  - {key: b, class: Server, name: b, identity: {fqdn: x.y}}\n"
            "  - {key: c, class: Server, name: c, identity: {fqdn: X.Y}}",
            7, "cis[3].identity.fqdn", "identifies 'b' already", "one of the two",
        ),
        (CIS + REL + "{from: s, type: DEPENDS_ON, to: aa}", 7, "relations[0].to", "no CI with the key 'aa'", "'a'"),
        (CIS + REL + "{from: s, type: DEPEND_ON, to: a}", 7, "relations[0].type", "DEPEND_ON", "'DEPENDS_ON'"),
        (CIS + REL + "{from: s, type: MEMBER_OF, to: a}", 7, "relations[0]", "cannot join", "Department or Team"),
        (CIS + REL + "{from: s, type: DEPENDS_ON, to: s}", 7, "relations[0]", "with itself", "correct"),
        (CIS + REL + "{from: s, type: DEPENDS_ON}", 7, "relations[0]", "to is missing", "add it"),
        (CIS + REL + "{from: s, type: DEPENDS_ON, to: a, wieght: 1}", 7, "relations[0].wieght", "unknown", "'weight'"),
        (CIS + REL + "{from: s, type: DEPENDS_ON, to: a, weight: x}", 7, "relations[0].weight", "not fit", "number"),
        (
            CIS + REL + "{from: s, type: DEPENDS_ON, to: a}\n  - {from: s, type: DEPENDS_ON, to: a}",
            8, "relations[1]", "stands twice", "remove one",
        ),
        (CIS + LINK + "{a: {ci: a, port: e0}, b: {ci: s, port: e0}}", 7, "links[0].b.ci", "no ports", "Hardware"),
        (CIS + LINK + "{a: {ci: a, port: e0}}", 7, "links[0]", "b is missing", "add it"),
        (
            CIS + LINK + "{a: {ci: a, port: Gi1}, b: {ci: a, port: GigabitEthernet1}}",
            7, "links[0].b.port", "plugged in already", "one cable",
        ),
        (CIS + "x: &a 1", 6, "file", "anchor", "write the value out"),
        (CIS + "x: *a", 6, "file", "alias", "write the value out"),
        (HEAD + "cis: " + "[" * 20, 3, "file", "nested deeper", "flatten"),
        (CIS + "  - {key: b", 6, "file", "flow mapping, begun in line 6", "indentation"),
    ],
)  # fmt: skip
def test_a_mistake_comes_with_file_line_field_and_remedy(
    text: str, line: int, field: str, problem: str, remedy: str
) -> None:
    model = read(text)
    assert model.observations == ()
    (found,) = model.problems
    assert (found.file, found.line, found.field) == ("model.yaml", line, field)
    assert problem in found.problem
    assert remedy in found.remedy
    assert str(found) == f"model.yaml:{line}: {field}: {found.problem}; {found.remedy}"


def test_all_mistakes_are_found_at_once_and_each_only_once() -> None:
    spoilt = COMPANY.replace("BusinessService", "BusinesService").replace("RUNS_ON", "RUNS").replace("zh", "fr")
    spoilt = spoilt.replace("ci: hub", "ci: hubb")
    fields = [problem.field for problem in read(spoilt).problems]
    assert fields == ["cis[2].class", "cis[5].attributes.language", "relations[1].type", "links[0].a.ci"]


def test_the_how_to_s_model_can_be_imported_as_it_stands(store: SqliteGraphStore) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "import-a-service-model.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"(?s)```yaml\n(.*?)```", page)
    result = imported(store, example)
    assert (len(result.created), result.findings, result.parked) == (12, (), ())


def test_a_file_that_is_not_utf_8_is_said_plainly() -> None:
    (problem,) = read(COMPANY.encode("utf-16")).problems
    assert "UTF-8" in problem.problem
