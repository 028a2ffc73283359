"""``faultpath import``, ``discover`` and ``impact``: what fills the graph, and what it says."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from faultpath.cli.business import HIT_COLUMNS, hit_rows, print_hurt, print_stakeholders, print_stakes
from faultpath.cli.client import Client, ClientError, connect
from faultpath.cli.output import (
    AsCsv,
    AsJson,
    At,
    TokenFile,
    Url,
    console,
    fail,
    health,
    print_csv,
    print_json,
    print_table,
    say,
    sentence,
)

POLL_S = 0.5


def import_model(
    file: Annotated[Path, typer.Argument(help="The service model (YAML).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    agree_vanishing: Annotated[
        bool, typer.Option("--agree-vanishing", help="Go on although a large share of the source has vanished.")
    ] = False,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Read a service model into the graph."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise ClientError(f"{file} cannot be read: {error.strerror}") from None
    query = {"file": file.name, "dry_run": str(dry_run).lower(), "agree_vanishing": str(agree_vanishing).lower()}
    done = connect(url, token_file).post_text("/import", text, "application/yaml", query)
    if as_json:
        print_json(done)
        return
    _print_import(done, dry_run)


def _print_import(done: Mapping[str, Any], dry_run: bool) -> None:
    verb = "would be " if dry_run else ""
    say(
        f"{done['created']} CIs {verb}created, {done['updated']} updated, {done['removed']} removed, "
        f"{done['unchanged']} unchanged; relations: {done['relations_put']} written, "
        f"{done['relations_removed']} removed; "
        f"revision {done['revision']}"
    )
    for note in done["notes"]:
        say(f"  {note}", "yellow")


def discover(
    range_: Annotated[
        list[str] | None, typer.Option("--range", help="Only this declared range, e.g. 10.0.0.0/24:161; repeatable.")
    ] = None,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Look for devices in the declared ranges, and show what was found."""
    client = connect(url, token_file)
    run = client.post("/discovery/runs", {"ranges": range_ or []})
    done = _wait(client, run["id"]) if as_json else _watch(client, run["id"])
    if as_json:
        print_json(done)
    else:
        _print_run(done)
    if done["state"] == "failed":
        raise fail(done["error"])


def _wait(client: Client, run_id: str) -> Any:
    while True:
        run = client.get(f"/discovery/runs/{run_id}")
        if run["state"] != "running":
            return run
        time.sleep(POLL_S)


def _watch(client: Client, run_id: str) -> Any:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("discovering", total=None)
        while True:
            run = client.get(f"/discovery/runs/{run_id}")
            bar.update(task, description=run["phase"], completed=run["done"], total=run["total"] or None)
            if run["state"] != "running":
                return run
            time.sleep(POLL_S)


def _print_run(run: Mapping[str, Any]) -> None:
    say(f"places asked: {run['asked']}; devices: {run['found']}; links: {run['links']}")
    if run["result"]:
        _print_import(run["result"], dry_run=False)
    rows = ((one["address"], one["name"], sentence(one["reason"])) for one in run["unreachable"])
    print_table(("not read", "name", "why"), rows, "everybody who is known of was read")


def impact(
    ci: Annotated[str, typer.Argument(help="A CI: its id or its name.")],
    *,
    at: At = None,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """What would break, and who would be hit, if one CI failed."""
    client = connect(url, token_file)
    found = client.get(f"/cis/{the_ci(client, ci)['id']}/impact", {"at": at})
    if as_json:
        print_json(found)
        return
    if as_csv:
        print_csv(HIT_COLUMNS, hit_rows(found))
        return
    say(
        f"if {found['ci']['name']} failed: {found['cannot_work']} of {found['people_total']} people could not work, "
        f"{found['limited']} would be limited"
    )
    print_hurt(found)
    print_stakes(found)
    rows = ((kind, name, tier, health(state), path) for kind, name, tier, state, path in hit_rows(found))
    print_table(HIT_COLUMNS, rows, "no service would be hit")
    print_stakeholders(found)


def the_ci(client: Client, key: str) -> Any:
    """The CI that is meant: the one with this id or, if just one has it, this name."""
    found = [ci for ci in client.pages("/cis", {"query": key}) if key in (ci["id"], ci["name"])]
    if not found:
        raise ClientError(f"there is no CI {key}")
    if len(found) > 1:
        lines = "\n".join(f"  {ci['id']}  {ci['cls']}" for ci in found)
        raise ClientError(f"{len(found)} CIs are named {key}; say which one by its id:\n{lines}")
    return found[0]
