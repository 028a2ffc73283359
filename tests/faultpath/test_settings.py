"""The settings tree: sources, refusals in one line each, and the reference page that describes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from faultpath.errors import SettingsError
from faultpath.settings import ENV_PREFIX, Settings, load, secret_text, setting_paths

REFERENCE = Path(__file__).parents[2] / "docs/reference/settings.md"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(__import__("os").environ):
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)


def test_defaults_need_no_file() -> None:
    settings = load()
    assert settings.http.port == 8080
    assert settings.sqlite_path(settings.graph.url) == Path("var/faultpath/graph.db")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text("http: {port: 9000, host: 127.0.0.2}\nmqtt: {brokers: [{name: plant, host: mqtt.example}]}\n")
    monkeypatch.setenv("FAULTPATH_HTTP__PORT", "9001")
    settings = load(file)
    assert (settings.http.port, settings.http.host) == (9001, "127.0.0.2")
    assert settings.mqtt.brokers[0].name == "plant"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("htp: {}", "unknown setting: htp"),
        ("http: {prot: 1}", "unknown setting: http.prot"),
        (
            "http: {port: 99999}",
            "setting http.port (FAULTPATH_HTTP__PORT): Input should be less than or equal to 65535",
        ),
        ("graph: {url: 'mysql://x'}", "setting graph.url (FAULTPATH_GRAPH__URL): url must begin with one of"),
        ("graph: {url: 'bolt://graph:port'}", "setting graph.url (FAULTPATH_GRAPH__URL): url needs a host"),
        ("graph: {url: 'bolt://'}", "url needs a host, as in SCHEME://HOST"),
        ("graph: {url: 'bolt://[::1'}", "setting graph.url"),
        (
            "http: {public_url: noc.example.org}",
            "setting http.public_url (FAULTPATH_HTTP__PUBLIC_URL): url needs a host",
        ),
        (
            "smtp: {time_zone: Mars/X}",
            "setting smtp.time_zone (FAULTPATH_SMTP__TIME_ZONE): there is no time zone 'Mars/X'; write one as in UTC",
        ),
        ("smtp: {time_zone: America}", "there is no time zone 'America'"),
        ("smtp: {time_zone: ../../etc/passwd}", "there is no time zone"),
        ("smtp: {time_zone: ''}", "there is no time zone ''"),
        (
            "smtp: {sender: noreply}",
            "setting smtp.sender (FAULTPATH_SMTP__SENDER): 'noreply' is not a mail address; write one as in",
        ),
        (
            "situations: {settle_s: 1e300}",
            "setting situations.settle_s (FAULTPATH_SITUATIONS__SETTLE_S): Input should be",
        ),
        (
            "retention: {inbox_days: inf}",
            "setting retention.inbox_days (FAULTPATH_RETENTION__INBOX_DAYS): Input should be",
        ),
        (
            "access: {session_hours: nan}",
            "setting access.session_hours (FAULTPATH_ACCESS__SESSION_HOURS): Input should be",
        ),
        ("- 1", "must be a mapping"),
        ("\n\na: [", "hub.yaml:3: not YAML"),
        ("http: &h {port: 1}", "hub.yaml:1: the anchor &h is not allowed"),
        ("http: *h", "hub.yaml:1: the alias *h is not allowed"),
        ("http: {port: 1}\nhttp: {port: 2}", "hub.yaml:2: the key 'http' stands twice"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load(file)
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_utf_8_is_said_plainly(tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    file.write_bytes("log: {level: info}\n# Grüße".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"hub\.yaml:2: the file is not UTF-8; save it as UTF-8"):
        load(file)


@pytest.mark.parametrize(
    "url",
    [
        "bolt://neo4j:hunter2@graph.example",
        "neo4j+s://hunter2@graph.example:7687",
        "bolt://x:hunter2",
        "bolt://hunter2\u2100@h",
    ],
)
@pytest.mark.parametrize("setting", ["graph.url", "http.public_url"])
def test_a_secret_in_a_url_is_refused_and_not_repeated(tmp_path: Path, setting: str, url: str) -> None:
    section, name = setting.split(".")
    file = tmp_path / "hub.yaml"
    file.write_text(f"{section}: {{{name}: '{url}'}}\n")
    with pytest.raises(SettingsError) as refused:
        load(file)
    assert str(refused.value).startswith(f"setting {setting} ")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["bolt://graph", "neo4j+s://graph.example:7687", "bolt://[::1]:7687", "sqlite:///a@b.db"]
)
def test_urls_of_graphs_that_are_taken(url: str) -> None:
    assert load(graph={"url": url}).graph.url == url


@pytest.mark.parametrize(
    "variable",
    ["FAULTPATH_MQTT__BROKERS", "FAULTPATH_MQTT", "FAULTPATH_CATALOGUE__TRAPS", "FAULTPATH_INCIDENTS__WITHOUT_SERVICE"],
)
def test_a_list_in_the_environment_that_is_no_json_is_named(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTPATH_SMTP__HOST", "plant")
    monkeypatch.setenv(variable, "plant")
    with pytest.raises(SettingsError, match=f"^{variable}: is no JSON"):
        load()


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTPATH_HTTP__PROT", "1")
    with pytest.raises(SettingsError, match="unknown setting in the environment: FAULTPATH_HTTP__PROT"):
        load()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.yaml: cannot be read"):
        load(tmp_path / "gone.yaml")


def test_the_tree_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().http.port = 1


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FAULTPATH_GRAPH__PASSWORD", "hunter2")
    assert "hunter2" not in repr(load())
    file = tmp_path / "word"
    file.write_text("from-file\n")
    assert secret_text(None, file, "graph.password_file") == "from-file"
    assert secret_text(load().graph.password, None, "graph.password") == "hunter2"


def test_a_secret_s_file_that_is_no_text_is_said_plainly(tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"setting graph\.password_file: .*word is not UTF-8"):
        secret_text(None, file, "graph.password_file")


def test_each_setting_is_described_and_nothing_else() -> None:
    described = {line.split("`")[1] for line in REFERENCE.read_text().splitlines() if line.startswith("| `")}
    assert described == set(setting_paths(Settings))
