"""``faultpath test``: tests of a model, as `promtool test rules` is for alert rules. Needs no hub but for `--live`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

import typer

from cmdb.bounded_yaml import YamlError, read_yaml
from cmdb.catalogue import Catalogue
from cmdb.model import CI, Relation, Snapshot
from discovery.importers.model_graph import graph_of
from discovery.importers.model_yaml import read_model
from faultpath.cli.client import Client, ClientError, connect
from faultpath.cli.output import AsJson, TokenFile, Url, print_json, say
from impact.errors import ModelError
from impact.trial import Difference, Trial, play, trials_of


def run_tests(
    files: Annotated[list[Path], typer.Argument(help="YAML files of model tests.")],
    *,
    catalogue: Annotated[
        list[Path] | None, typer.Option(help="A file of classes, relation types or scales of your own; repeatable.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Read the hub's graph, for tests that say graph: live.")] = False,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Test a model: what is expected to be hit when this and that is broken."""
    words = Catalogue.load(catalogue or [])
    graph = _live_graph(connect(url, token_file)) if live else None
    results = [(path, trial, play(trial, words)) for path in files for trial in _read(path, words, graph)]
    failed = sum(bool(differences) for _, _, differences in results)
    if as_json:
        print_json([_as_json(path, trial, differences) for path, trial, differences in results])
    else:
        for path, trial, differences in results:
            _print(path, trial, differences)
        say(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


def _read(path: Path, words: Catalogue, graph: Snapshot | None) -> Iterator[Trial]:
    try:
        load = partial(_model, path.parent, words)
        yield from trials_of(read_yaml(path.read_bytes()).plain(), words, graph, load)
    except OSError as error:
        raise ClientError(f"{error.filename or path} cannot be read: {error.strerror}") from None
    except (YamlError, ModelError) as error:
        raise ClientError(f"{path}: {error}") from None


@cache
def _model(folder: Path, words: Catalogue, name: str) -> Snapshot:
    """The graph of a service model, by a path that is relative to the file of tests; each is read once."""
    path = folder / name
    model = read_model(path.read_bytes(), file=str(path), catalogue=words, observed_at=datetime.now(UTC))
    if model.problems:
        more = f" (and {len(model.problems) - 1} more)" if len(model.problems) > 1 else ""
        raise ClientError(f"{model.problems[0]}{more}")
    return graph_of(model)


def _live_graph(client: Client) -> Snapshot:
    found = client.get("/graph/export")
    return Snapshot(
        revision=found["revision"],
        cis=tuple(
            CI(ci_id=ci["id"], cls=ci["cls"], name=ci["name"], attributes=ci["attributes"]) for ci in found["cis"]
        ),
        relations=tuple(
            Relation(from_id=r["from_id"], type=r["type"], to_id=r["to_id"], attributes=r["attributes"])
            for r in found["relations"]
        ),
    )


def _print(path: Path, trial: Trial, differences: list[Difference]) -> None:
    if not differences:
        return
    say(f"{path}: {trial.name}", style="red")
    for one in differences:
        step = f"step {one.step}: " if len(trial.steps) > 1 else ""
        say(f"  {step}{one.what}: expected {_shown(one.expected)}, found {_shown(one.found)}")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {word}" for key, word in value.items()) + "}"
    return str(value)


def _as_json(path: Path, trial: Trial, differences: list[Difference]) -> dict[str, Any]:
    wrong = [{"step": d.step, "what": d.what, "expected": d.expected, "found": d.found} for d in differences]
    return {"file": str(path), "test": trial.name, "passed": not differences, "differences": wrong}
