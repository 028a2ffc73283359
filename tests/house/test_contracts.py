"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["cmdb", "discovery", "collectors", "impact", "alerting", "ticket_bridge", "ledger", "faultpath"]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_every_top_level_package_stands_in_the_layer_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    layers = {part.strip() for layer in contracts[0]["layers"] for part in layer.split("|")}
    found = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests", "examples", "benchmarks"}
    assert found == layers
    assert found == set(PACKAGES)


GENERATED = {"web/src/api/schema.d.ts"}  # from the OpenAPI document, by web/scripts/client.mjs


def test_files_are_at_most_600_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked("*.py", "*.ts", "*.tsx")
        if (n := len(p.read_text().splitlines())) > 600
    }
    assert {path: lines for path, lines in long.items() if path not in GENERATED} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_are_short(package: str) -> None:
    """95 in 100 functions have at most 40 lines."""
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in tracked(f"{package}/*.py", f"{package}/**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths
    assert lengths[int(len(lengths) * 0.95) - 1] <= 40


def test_no_registry_and_no_path_of_a_machine_is_named() -> None:
    hosts = re.compile(r"registry\.npmjs\.org|files\.pythonhosted\.org|//pypi\.org|repo1?\.maven|deb\.debian\.org")
    for path in tracked():
        if path.suffix in {".png", ".jar"} or path == Path(__file__):
            continue
        found = hosts.search(path.read_text(errors="replace"))
        assert found is None, f"{path}: {found}"


MAY_SWALLOW = {
    "faultpath/supervisor.py": 1,  # where any failure ends
    "alerting/intake/parser.py": 2,  # one message must not stop the log
    "ledger/inbox.py": 1,  # every sender is told, whatever it is
}


def test_exceptions_are_swallowed_only_where_the_rest_must_go_on() -> None:
    broad: Counter[str] = Counter()
    for path in tracked(*(f"{package}/**/*.py" for package in PACKAGES), *(f"{package}/*.py" for package in PACKAGES)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node):
                broad[str(path.relative_to(ROOT))] += 1
    assert broad == MAY_SWALLOW


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id == "Exception")
