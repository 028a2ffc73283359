"""The command line against a real hub, started by `faultpath serve` as a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from faultpath.cli.main import app
from tests.faultpath.conftest import MODEL, PASSWORD
from tests.faultpath.test_slice import NETWORK

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference/cli.md"


def command(*args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `faultpath` as a user does."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FAULTPATH_")}
    return subprocess.run(
        [sys.executable, "-m", "faultpath.cli.main", *args], cwd=ROOT, env=clean | (env or {}),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@dataclass
class Served:
    """A served hub: its process, where it is, and how to reach it."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    env: dict[str, str]

    def run(self, *args: str) -> str:
        done = command(*args, env=self.env)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout


def start(folder: Path, *, port: int = 0) -> subprocess.Popen[bytes]:
    """A hub whose standard error is `said`: a pipe that nobody reads would hold it up one day."""
    config = folder / "faultpath.yaml"
    config.write_text(
        f"data_dir: {folder / 'data'}\nhttp: {{port: {port}}}\nsnmp: {{traps: {{port: 0}}}}\nlog: {{format: json}}\n"
    )
    with (folder / "said").open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "faultpath.cli.main", "serve", "--config", str(config)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip


def said(folder: Path) -> str:
    return (folder / "said").read_text()


def wait_ready(process: subprocess.Popen[bytes], folder: Path) -> str:
    """The address that a starting hub prints."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        for line in said(folder).splitlines(keepends=True):
            if '"hub_ready"' in line and line.endswith("\n"):
                return str(json.loads(line)["url"])
        time.sleep(0.05)
    raise AssertionError(said(folder))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    process = start(folder)
    try:
        url = wait_ready(process, folder)
        (folder / "password").write_text(PASSWORD)
        one = Served(process, url, folder, {"FAULTPATH_URL": url})
        one.run(
            "setup", "ann", "--setup-file", str(folder / "data/setup-token"),
            "--password-file", str(folder / "password"), "--save-token", str(folder / "admin.token"),
        )  # fmt: skip
        one.env["FAULTPATH_TOKEN"] = (folder / "admin.token").read_text().strip()
        one.run("import", str(MODEL))
        yield one
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_the_token_of_the_setup_is_private(served: Served) -> None:
    assert stat.S_IMODE((served.folder / "admin.token").stat().st_mode) == 0o600
    assert not (served.folder / "data/setup-token").exists()


def test_import_says_what_it_did(served: Served) -> None:
    assert "0 CIs would be created, 0 updated, 0 removed, 8 unchanged" in served.run("import", str(MODEL), "--dry-run")
    done = json.loads(served.run("import", str(MODEL), "--json"))
    assert done["unchanged"] == 8


def test_import_names_each_mistake_with_its_line(served: Served) -> None:
    file = served.folder / "wrong.yaml"
    file.write_text("faultpath_model: 1\nsource: x\ncis:\n  - {key: a, class: Nothing, name: A}\n")
    done = command("import", str(file), env=served.env)
    assert done.returncode == 1
    assert "wrong.yaml:4" in done.stderr
    assert "Traceback" not in done.stderr


def test_impact_answers_for_a_name(served: Served) -> None:
    text = served.run("impact", "db1")
    assert "if db1 failed: 2 of 2 people could not work" in text
    assert "db1 → CRM application → CRM" in text
    assert "cost: 120.00 EUR a minute" in text
    assert "CRM: 60 of 60 minutes of downtime left in" in text
    assert json.loads(served.run("impact", "db1", "--json"))["services"][0]["state"] == "down"
    unknown = command("impact", "db9", env=served.env)
    assert (unknown.returncode, unknown.stderr.strip()) == (1, "there is no CI db9")


def test_a_map_is_a_sentence_and_a_list(served: Served) -> None:
    lines = served.run("map", "db1").splitlines()
    assert lines[0] == "db1 is OK. It carries 1 service, used by 2 people in 1 department."
    assert lines[1].split() == ["layer", "what", "class", "state", "why", "redundancy"]
    assert [line.split()[0] for line in lines[2:-1]] == ["4", "3", "2", "1", "0"]
    assert lines[-1] == "5 CIs in 5 marks, none hidden"
    assert served.run("map", "CRM", "--down", "--hops", "1", "--csv").splitlines() == [
        "layer,what,class,state,why,redundancy", "1,CRM,BusinessService,OK,,",
        "0,CRM application,ApplicationService,OK,,",
    ]  # fmt: skip
    assert json.loads(served.run("map", "db1", "--ungrouped", "--mode", "full", "--json"))["mode"] == "full"


def test_whatif_and_spof_answer_for_names(served: Served) -> None:
    text = served.run("whatif", "--fail", "db1")
    assert "cannot work: 0 → 2" in text
    assert "CRM → CRM application → db1" in text
    assert served.run("whatif", "--fail", "db1=at_risk", "--csv").splitlines()[0] == "service,tier,before,after,path"
    assert json.loads(served.run("whatif", "--fail", "db1", "--json"))["after"]["limited"] == 0
    assert "Ann Lee  owner" in text.replace("   ", "  ")
    assert served.run("impact", "db1", "--csv").splitlines()[0] == "what,name,tier,state,path"
    assert "0 CIs are broken; 0 of 2 people cannot work" in served.run("assessment")
    long_ago = served.run("assessment", "--at", "2020-01-01T00:00:00Z")
    assert "not known any more" in long_ago
    assert "CRM application needs a second db1" in served.run("spof", "CRM", "--csv")


def test_whatif_compares_two_scenarios_and_adds_redundancy(served: Served) -> None:
    doubling = ("--double", "CRM application,db1", "--points-of", "CRM")
    text = served.run("whatif", "--fail", "db1", *doubling, "--against", "fail=db1")
    assert "cannot work: 2 → 0" in text
    assert "single points of failure of CRM: CRM application, db1 → CRM application" in text
    assert "down" in served.run("whatif", "--fail", "db1", "--against", "double=CRM application,db1", "--csv")
    for wrong in (("--against", "db1"), ("--double", "db1"), ("--cut", "db1")):
        assert command("whatif", *wrong, env=served.env).returncode == 1


def test_rank_lists_what_matters_most(served: Served) -> None:
    assert "P1 × 1" in served.run("rank")
    assert served.run("rank", "--limit", "1", "--csv").splitlines()[0] == "CI,class,services,cannot work,limited"


def test_models_are_tested_without_a_hub(tmp_path: Path) -> None:
    good = ROOT / "tests/impact/models/needs.yaml"
    assert command("test", str(good)).stdout.splitlines()[-1].endswith(" passed, 0 failed")
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "faultpath_test: 1\ntests:\n  - {name: hope, graph: {relations: [[crm, db]]}, set: {db: down},"
        " expect: {health: {crm: ok}}}\n"
    )
    failed = command("test", str(bad))
    assert failed.returncode == 1
    assert failed.stdout.splitlines()[1:] == ["  health.crm: expected ok, found down", "0 passed, 1 failed"]
    bad.write_text("faultpath_test: 1\ntests: [{set: {x: down}, graph: {cis: [y]}}]\n")
    broken = command("test", str(bad))
    assert (broken.returncode, "there is no CI 'x'" in broken.stderr) == (1, True)


SMALL = """faultpath_model: 1
source: cmdb
cis:
  - {key: crm, class: BusinessService, name: CRM, attributes: {tier: 1}}
  - {key: app, class: Server, name: Application server}
  - {key: core, class: Switch, name: Core, attributes: {anchor: true}}
relations:
  - {from: crm, type: DEPENDS_ON, to: app}
links:
  - {a: {ci: app, port: eth0}, b: {ci: core, port: "1"}}
"""


def test_a_service_model_is_tested_as_it_would_be_imported(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(SMALL)
    tests = tmp_path / "tests.yaml"
    tests.write_text(
        "faultpath_test: 1\ngraph: {file: estate.yaml}\ntests:\n"
        "  - {name: by name, set: {Application server: degraded}, expect: {health: {CRM: degraded}}}\n"
        "  - {name: cut, cut: [app--core], expect: {health: {crm: down}, reasons: {app: isolated}}}\n"
        "  - {name: other rules, rules: {crm: [ok]}, set: {app: down}, expect: {health: {crm: ok}}}\n"
    )
    assert command("test", str(tests)).stdout.splitlines() == ["3 passed, 0 failed"]
    (tmp_path / "estate.yaml").write_text(SMALL.replace("DEPENDS_ON", "DEPENDS"))
    broken = command("test", str(tests))
    assert (broken.returncode, "did you mean 'DEPENDS_ON'?" in broken.stderr) == (1, True)
    (tmp_path / "estate.yaml").unlink()
    gone = command("test", str(tests))
    assert (gone.returncode, "estate.yaml cannot be read: No such file" in gone.stderr) == (1, True)


def test_tokens_are_made_listed_and_revoked(served: Served) -> None:
    secret = served.run("token", "create", "prom-a", "--scope", "intake:prom-a", "--expires-days", "30").strip()
    assert re.fullmatch(r"fp_[\w-]{43}", secret)
    listed = json.loads(served.run("token", "list", "--json"))
    one = next(token for token in listed if token["name"] == "prom-a")
    assert one["scopes"] == ["intake:prom-a"]
    assert secret not in json.dumps(listed)
    assert "prom-a" in served.run("token", "list")
    served.run("token", "revoke", one["id"])
    saved = served.folder / "saved.token"
    assert "written to" in served.run("token", "create", "other", "--scope", "read", "--save", str(saved))
    file_only = {"FAULTPATH_URL": served.url}
    assert command("incidents", "--token-file", str(saved), env=file_only).returncode == 0
    assert command("token", "list", "--token-file", str(saved), env=file_only).returncode == 1


def test_an_alert_shows_and_its_incident_too(served: Served) -> None:
    secret = served.run("token", "create", "prom-b", "--scope", "intake:prom-b").strip()
    body = {"check": "app", "resource": "db1", "severity": "critical", "effect": "down"}
    headers = {"authorization": f"Bearer {secret}"}
    answer = httpx.post(f"{served.url}/api/v1/intake/alerts", json=body, headers=headers, trust_env=False, timeout=60)
    assert answer.status_code == 202
    deadline = time.monotonic() + 60
    while not (found := json.loads(served.run("incidents", "--json"))):
        assert time.monotonic() < deadline
    assert "db1" in served.run("alerts")
    assert json.loads(served.run("alerts", "--unbound", "--json")) == []
    assert "INC-1" in served.run("incidents")
    text = served.run("incidents", str(found[0]["number"]))
    assert "INC-1 · P1 · open" in text
    assert "2 cannot work" in text
    assert json.loads(served.run("incidents", "1", "--json"))["number"] == 1


def test_without_a_token_the_command_says_what_it_needs(served: Served) -> None:
    done = command("alerts", env={"FAULTPATH_URL": served.url})
    assert done.returncode == 1
    assert done.stderr.strip() == "a token is needed: set FAULTPATH_TOKEN or give --token-file"
    wrong = command("alerts", env={"FAULTPATH_URL": served.url, "FAULTPATH_TOKEN": "fp_no"})
    assert "the token is unknown, expired or revoked" in wrong.stderr
    nobody = command("alerts", env={"FAULTPATH_URL": "http://127.0.0.1:9", "FAULTPATH_TOKEN": "fp_no"})
    assert "is the hub running?" in nobody.stderr


def test_no_command_takes_a_secret_as_an_argument() -> None:
    for words, one in commands():
        for parameter in one.params:
            assert parameter.name not in ("token", "password", "secret"), words


def test_discover_without_ranges_says_so(served: Served) -> None:
    done = command("discover", env=served.env)
    assert done.returncode == 1
    assert "no range is declared" in done.stderr


def test_discover_shows_whom_it_could_not_read(served: Served) -> None:
    headers = {"authorization": f"Bearer {served.env['FAULTPATH_TOKEN']}"}
    with httpx.Client(base_url=f"{served.url}/api/v1", headers=headers, trust_env=False, timeout=60) as client:
        client.post("/credentials", json={"name": "c", "kind": "v2c", "community": "public"}).raise_for_status()
        body = {"range": "127.0.0.9:20999", "credentials": ["c"], "allow_v2c": True}
        client.post("/discovery/ranges", json=body).raise_for_status()
    text = served.run("discover")
    assert "places asked: 1; devices: 0; links: 0" in text
    assert "127.0.0.9:20999" in text
    done = json.loads(served.run("discover", "--range", "127.0.0.9:20999", "--json"))
    assert done["unreachable"][0]["reason"]["code"] == "timeout"
    assert command("discover", "--range", "10.9.9.9", env=served.env).returncode == 1


def test_a_second_hub_on_the_same_files_is_told(served: Served, tmp_path: Path) -> None:
    config = tmp_path / "second.yaml"
    config.write_text(f"data_dir: {served.folder / 'data'}\nhttp: {{port: 0}}\n")
    done = command("serve", "--config", str(config))
    assert done.returncode == 1
    assert re.search(rf"in use by another hub \(process {served.process.pid}\)", done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert served.run("token", "list")


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path, port=port)
        assert process.wait(60) == 1
    assert said(tmp_path).strip() == (
        f"port {port} of 127.0.0.1 is in use by another process; stop it or set http.port (FAULTPATH_HTTP__PORT)"
    )


def test_a_wrong_setting_is_told_in_one_line(tmp_path: Path) -> None:
    config = tmp_path / "faultpath.yaml"
    config.write_text("http: {prot: 1}\n")
    done = command("serve", "--config", str(config))
    assert (done.returncode, done.stderr.strip()) == (1, "unknown setting: http.prot")


def test_stopping_is_quick_and_clean(tmp_path: Path) -> None:
    process = start(tmp_path)
    wait_ready(process, tmp_path)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    status = process.wait(60)
    took_s, errors = time.monotonic() - began, said(tmp_path)
    assert status == 0, errors
    assert took_s < 30
    assert "stop_timed_out" not in errors
    assert "Traceback" not in errors


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its words."""
    stack = [("faultpath", get_command(app))]
    while stack:
        words, one = stack.pop()
        inner = getattr(one, "commands", None)
        if inner:
            stack += [(f"{words} {name}", sub) for name, sub in inner.items()]
        else:
            yield words, one


def test_each_command_and_option_is_described() -> None:
    text = REFERENCE.read_text()
    for words, one in commands():
        assert f"`{words}" in text, words
        section = text.split(f"## `{words}", 1)[1].split("\n## ", 1)[0]
        for parameter in one.params:
            for option in parameter.opts:
                if option.startswith("--") and option not in ("--help", "--url", "--token-file", "--json"):
                    assert f"`{option}" in section, f"{words} {option}"


def test_help_is_there() -> None:
    for words, _ in commands():
        done = CliRunner().invoke(app, [*words.split()[1:], "--help"])
        assert done.exit_code == 0, words


def test_spof_without_a_service_lists_the_network(served: Served) -> None:
    assert "the network has no single point of failure" in served.run("spof")
    model = served.folder / "network.yaml"
    model.write_text(NETWORK)
    served.run("import", str(model))
    assert served.run("spof", "--csv").splitlines()[:2] == [
        "single point of failure,class,devices that it cuts off", "Core,Switch,2",
    ]  # fmt: skip
    assert "1 of 4; --limit shows more" in served.run("spof", "--limit", "1")
    assert json.loads(served.run("spof", "--json"))["total"] == 4
