"""The documentation: its links lead somewhere, its commands are run, its examples are read by the real readers."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from alerting.faultcodes import FaultCatalogue
from alerting.mapping import load_mapping, load_traps
from alerting.topics import load_topics
from cmdb.bounded_yaml import read_yaml
from cmdb.catalogue import Catalogue
from discovery.importers.model_yaml import read_model
from faultpath.settings import Settings
from impact.trial import play, trials_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial" / "first-outage.md"
PLAYED = (ROOT / "README.md", TUTORIAL)
PAGES = sorted({*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("web/*.md"), *ROOT.glob("examples/estate/*.md")})
ADRS = sorted((DOCS / "adr").glob("*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives"]

FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z]+:")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def fences(page: Path) -> Iterator[tuple[str, str]]:
    """Language and text of each fenced block."""
    for found in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield found.group(1), found.group(2)


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What a heading is called in an address, as code hosts make it."""
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        for heading in HEADING.findall(prose(page))
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for target in LINK.findall(prose(page)):
        if ELSEWHERE.match(target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            dead.append(target)
    assert dead == []


def test_every_page_is_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [DOCS / "README.md", *ADRS]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.exists():
            continue
        seen.add(page)
        targets = (target.partition("#")[0] for target in LINK.findall(prose(page)) if not ELSEWHERE.match(target))
        waiting += [there for target in targets if (there := (page.parent / target).resolve()).suffix == ".md"]
    assert sorted(map(name_of, set(DOCS.rglob("*.md")) - seen)) == []


@pytest.mark.parametrize("page", ADRS, ids=name_of)
def test_a_decision_has_all_its_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {int(page.name[:4])}\. \S", text)
    assert re.search(r"^Status: (proposed|accepted|superseded by .+)$", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in ADRS] == list(range(1, len(ADRS) + 1))


def test_the_change_log_begins_with_what_is_not_released() -> None:
    sections = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sections[0] == "Unreleased"


# The commands


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    """`.ci/readme`, which runs the blocks."""
    path = ROOT / ".ci" / "readme"
    spec = importlib.util.spec_from_file_location("readme", path, loader=SourceFileLoader("readme", str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        sys.modules["readme"] = module  # its dataclass looks itself up there
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
        del sys.modules["readme"]
    return module


@pytest.mark.parametrize("page", PLAYED, ids=name_of)
def test_each_command_block_is_run(page: Path, runner: ModuleType) -> None:
    known = [block.text for block in runner.blocks(name_of(page))]
    assert known == [text for language, text in fences(page) if language == "sh"]
    assert known
    # a command in a block of another language would be run by nobody
    assert {language for language, _ in fences(page)} <= {"sh", "yaml", "text"}


def test_only_two_blocks_are_not_run_as_they_stand(runner: ModuleType) -> None:
    apart = {
        block.text.strip(): block.treatment
        for page in PLAYED
        for block in runner.blocks(name_of(page))
        if block.treatment != "run"
    }
    assert apart == {"make demo": "demo", "make test": "syntax"}


def test_ci_runs_the_blocks() -> None:
    assert re.search(r"^\.ci/readme$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_shell_blocks_can_be_parsed(page: Path) -> None:
    for language, text in fences(page):
        if language == "sh":
            checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
            assert checked.returncode == 0, checked.stderr


# The examples


def _model(path: Path) -> None:
    model = read_model(path.read_bytes(), file=path.name, catalogue=Catalogue.load(), observed_at=datetime.now(UTC))
    assert [str(problem) for problem in model.problems] == []


def _settings(path: Path) -> None:
    Settings.model_validate(yaml.safe_load(path.read_bytes()))


def _model_test(path: Path) -> None:
    catalogue = Catalogue.load()
    for trial in trials_of(read_yaml(path.read_bytes()).plain(), catalogue):
        assert play(trial, catalogue) == []


READERS: dict[str, Callable[[Path], object]] = {
    "faultpath_model": _model,
    "faultpath_test": _model_test,
    "faultpath_mapping": lambda path: load_mapping("alertmanager", (path,)),
    "faultpath_traps": lambda path: load_traps((path,)),
    "faultpath_mqtt_topics": lambda path: load_topics((path,)),
    "faultpath_fault_codes": lambda path: FaultCatalogue.load([path]),
    "classes": lambda path: Catalogue.load([path]),
}
OF_OTHERS = {"receivers", "route", "scrape_configs", "services", "global"}
"""First keys of other products' files."""


def yaml_examples() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for language, text in fences(page):
            if language == "yaml" and page != TUTORIAL:
                yield page, text


@pytest.mark.parametrize(("page", "text"), [pytest.param(*one, id=name_of(one[0])) for one in yaml_examples()])
def test_examples_are_read(page: Path, text: str, tmp_path: Path) -> None:
    """By the reader of their format; what begins with a setting, as settings."""
    first = text.lstrip().partition(":")[0]
    if first in OF_OTHERS:
        assert yaml.safe_load(text), page
        return
    path = tmp_path / "example.yaml"
    path.write_text(text, encoding="utf-8")
    READERS.get(first, _settings)(path)


def test_the_tutorial_shows_its_model_as_it_is() -> None:
    path = TUTORIAL.parent / "model.yaml"
    _model(path)
    shown = [text for language, text in fences(TUTORIAL) if language == "yaml"]
    assert shown
    assert all(text in path.read_text(encoding="utf-8") for text in shown)


def test_pages_name_no_place_of_the_machine_they_were_written_on() -> None:
    places = [f"{place}/" for place in (ROOT, Path.home(), tempfile.gettempdir()) if str(place) != "/"]
    found = {
        name_of(page): place
        for page in (*PAGES, *(ROOT / ".ci").iterdir(), *(ROOT / "deploy").iterdir())
        for place in places
        if place in page.read_text(encoding="utf-8")
    }
    assert found == {}
