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
        ("graph: {url: 'mysql://x'}", "setting graph (FAULTPATH_GRAPH): Value error, url must begin with one of"),
        ("- 1", "must be a mapping"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load(file)
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


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


def test_each_setting_is_described_and_nothing_else() -> None:
    described = {line.split("`")[1] for line in REFERENCE.read_text().splitlines() if line.startswith("| `")}
    assert described == set(setting_paths(Settings))
