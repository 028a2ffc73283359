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
    default: dict[str, Any] = {"graph": {"relations": [["crm", "app"], ["app", "db"]]}}
    expected = {} if "steps" in test else {"expect": {"others": "ok"}}
    document = {"faultpath_test": 1, "tests": [default | expected | test]}
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
        ({"scale": "acme"}, "tests.0.scale: there is no scale 'acme'; known are faultpath, zabbix"),
        ({"policy": {"percent": "up"}}, "tests.0.policy.percent: is 'up'; write exact or floor or nearest"),
        ({"graph": {"cis": {"x": {"rules": ["most"]}}}}, "tests.0.graph.cis.x.rules.0.rule: 'most' is no rule"),
        ({"graph": {"cis": {"x": {"rules": [{"rule": "min"}]}}}}, "rules.0.k: is None; write a whole number from 1"),
        ({"graph": {"relations": [["x", "y", {"map": {"raise": "one"}}]]}}, "map.raise: 'one' is no number of levels"),
        ({"scale": "icinga", "expect": {"services": {"crm": "OK"}}}, "expect.services: is asked on another scale"),
        ({"graph": "live"}, "tests.0.graph: asks for the live graph; give --live"),
        ({"steps": [], "set": {}}, "tests.0: has both steps and a step of its own"),
        ({"set": {"dbb": "down"}}, "there is no CI 'dbb'; did you mean 'db'?"),
        ({"rules": {"nobody": ["worst"]}}, "tests.0.rules.nobody: there is no CI 'nobody'"),
        ({"rules": {"crm": "worst"}}, "tests.0.rules.crm.rules: is no list"),
        ({"rules": {"crm": [{"rule": "worst", "group": "g"}]}}, "rules.crm.rules.0.group: is not known"),
        (
            {"requirements": {"crm": {"g": ["worst", "most"]}}},
            "requirements.crm.requirements.g.rule: 'most' is no rule",
        ),
        ({"graph": {"cis": {"x": {"rule": ["worst"]}}}}, "cis.x.rule: is no attribute; did you mean 'rules'?"),
        (
            {"graph": {"relations": [["x", "y", {"wieght": 2}]]}},
            "relations.0.wieght: is not known; known are map, weight",
        ),
        ({"graph": {"relations": [["x", "y", {"weight": -1}]]}}, "weight: -1 is no number from 0"),
        ({"graph": {"relations": [["x", "y", 5]]}}, "relations.0: is no relation"),
        ({"graph": {"relations": [["x", "y", "OWNS", {"map": "as_is"}]]}}, "relations.0: OWNS carries no health"),
        ({"graph": {"relations": [["x", "y", "DEPENDS"]]}}, "no relation type 'DEPENDS'; did you mean 'DEPENDS_ON'?"),
        (
            {"graph": {"relations": [["x", "y", {"map": {"at_most": "unknown"}}]]}},
            "at_most: 'unknown' is outside of the order",
        ),
        (
            {"graph": {"relations": [["x", "y", {"map": {"down": "ok", "others": "same"}}]]}},
            "others: 'same' is no level",
        ),
        ({"graph": {"file": "m.yaml"}}, "tests.0.graph.file: 'm.yaml' cannot be read"),
        (
            {"rules": {"crm": [{"rule": "at_least", "percent": 101, "limit": "down"}]}},
            "percent: is 101; write a percentage",
        ),
        ({"rules": {"crm": [{"rule": "worst", "at_most": "unknown"}]}}, "at_most: is no level of the order"),
        (
            {"rules": {"crm": [{"rule": "condition", "when": {"and": []}}]}},
            "when.and: is not known; known are input, count",
        ),
        ({"rules": {"crm": [{"rule": "condition", "when": {"input": "db"}}]}}, "when: says not at which level"),
        ({"rules": {"crm": [{"rule": "condition", "when": {"count": 0, "at_least": "down"}}]}}, "count: is 0"),
        ({"policy": {"unknown_counts": "no"}}, "tests.0.policy.unknown_counts: is 'no'; write true or false"),
        ({"policy": {"no_inputs": "fine"}}, "tests.0.policy.no_inputs: 'fine' is no level"),
        ({"policy": {"default_weight": -1}}, "tests.0.policy.default_weight: is -1"),
        ({"scale": {"levels": ["a", "b"], "also": {"a": "b"}}}, "tests.0.scale.also.a: is a level already"),
        ({"maintenance": [{"site": "crm"}]}, "steps.0.maintenance.site: is not known; known are all_of"),
        ({"set": {"db": "down"}, "clear": ["db"]}, "steps.0.clear: 'db' is set in this step already"),
        ({"expect": {"points": {"crm": "many"}}}, "expect.points.crm: 'many' is no number"),
        ({"expect": {}}, "tests.0: expects nothing"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(test: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError) as told:
        one(**test)
    assert said in str(told.value)
