"""The engine knows parts, not names: none of a class or a relation type of the catalogue, none of a product."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import impact
from tests.impact.kit import CATALOGUE

ROOM = Path(impact.__file__).parent
FILES = sorted(ROOM.rglob("*.py"))
PRODUCTS = (
    "zabbix", "opennms", "icinga", "nagios", "centreon", "itop", "servicenow", "prometheus", "checkmk", "prtg",
    "netbox", "glpi", "jira", "dynatrace", "datadog", "splunk", "solarwinds",
)  # fmt: skip
SAID = {"impact/trial/graph.py": {"DEPENDS_ON"}}
"""What a model test means by a relation without a type is the format's word, not the engine's."""


def constants(source: str) -> Iterator[tuple[int, str]]:
    """The texts in a module, with their lines; docstrings are prose."""
    tree = ast.parse(source)
    prose = {
        id(statement.value)
        for node in ast.walk(tree)
        for body in [getattr(node, "body", None)]
        if isinstance(body, list)
        for statement in body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def named(source: str, allowed: set[str]) -> list[tuple[int, str]]:
    names = {*CATALOGUE.classes, *CATALOGUE.relations} - allowed
    return [
        (line, text)
        for line, text in constants(source)
        if text in names or any(product in text.lower() for product in PRODUCTS)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_class_no_relation_type_and_no_product_is_named(path: Path) -> None:
    where = path.relative_to(ROOM.parent).as_posix()
    assert named(path.read_text(), SAID.get(where, set())) == []


def test_a_name_would_be_found() -> None:
    cls, relation = next(iter(CATALOGUE.classes)), next(iter(CATALOGUE.relations))
    source = f"""'prose of {cls} and zabbix'
A = '{cls}'
def f(x=('{relation}',)):
    '{cls}'
    return f'on Zabbix {{x}}'
"""
    assert [line for line, _ in named(source, set())] == [2, 3, 5]
    assert len(FILES) > 15
