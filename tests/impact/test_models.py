"""The cases of other products and our own, as model tests; that one can fail, and says where a file is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cmdb.bounded_yaml import read_yaml
from cmdb.catalogue import Catalogue
from impact.errors import ModelError
from impact.trial import Difference, Trial, play, trials_of

MODELS = Path(__file__).parent / "models"
SHARED = Path(__file__).parents[2].parent / "shared" / "cases" / "impact.yaml"
CATALOGUE = Catalogue.load()


def trials(path: Path) -> list[Trial]:
    return list(trials_of(read_yaml(path.read_bytes()).plain(), CATALOGUE))


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.yaml")), ids=lambda path: path.stem)
def test_models(path: Path) -> None:
    assert {trial.name: wrong for trial in trials(path) if (wrong := play(trial, CATALOGUE))} == {}


@pytest.mark.skipif(not SHARED.exists(), reason="the cases of other projects are not beside the checkout")
def test_every_case_of_the_other_products_is_among_them() -> None:
    suites = {
        doc["suite"]: doc for doc in yaml.safe_load_all(SHARED.read_text()) if doc["suite"] != "alertmanager_inhibit"
    }
    known = {path.stem: {trial.name for trial in trials(path)} for path in MODELS.glob("*.yaml")}
    missing = {name: {case["id"] for case in doc["cases"]} - known.get(name, set()) for name, doc in suites.items()}
    assert {name: some for name, some in missing.items() if some} == {}


def one(**test: Any) -> list[Difference]:
    document = {"faultpath_test": 1, "tests": [{"graph": {"relations": [["crm", "app"], ["app", "db"]]}, **test}]}
    (trial,) = trials_of(document, CATALOGUE)
    return play(trial, CATALOGUE)


def test_a_wrong_expectation_is_told_with_what_was_found() -> None:
    (wrong,) = one(set={"db": "down"}, expect={"health": {"crm": "ok", "app": "down"}})
    assert (wrong.what, wrong.expected, wrong.found) == ("health.crm", "ok", "down")


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ({"set": {"nobody": "down"}}, "tests.0.steps.0.set: there is no CI 'nobody'"),
        ({"set": {"db": "broken"}}, "tests.0.steps.0.set.db: 'broken' is no level; write one of ok, at_risk"),
        ({"expect": {"healthy": {}}}, "tests.0.steps.0.expect.healthy: is not known"),
        ({"scale": "nagios"}, "tests.0.scale: there is no scale 'nagios'; known are faultpath, zabbix"),
        ({"policy": {"percent": "up"}}, "tests.0.policy.percent: is 'up'; write exact or floor or nearest"),
        ({"graph": {"cis": {"x": {"rules": ["most"]}}}}, "tests.0.graph.cis.x.rules.0.rule: 'most' is no rule"),
        ({"graph": {"cis": {"x": {"rules": [{"rule": "min"}]}}}}, "rules.0.k: is None; write a whole number from 1"),
        ({"graph": {"relations": [["x", "y", {"map": {"raise": "one"}}]]}}, "map.raise: 'one' is no number of levels"),
        ({"scale": "icinga", "expect": {"services": {"crm": "OK"}}}, "expect.services: is asked on another scale"),
        ({"graph": "live"}, "tests.0.graph: asks for the live graph; give --live"),
        ({"steps": [], "set": {}}, "tests.0: has both steps and a step of its own"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(test: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError) as told:
        one(**test)
    assert said in str(told.value)
