"""``faultpath alerts`` and ``faultpath incidents``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from faultpath.cli.business import HIT_COLUMNS, hit_rows, print_hurt, print_stakes
from faultpath.cli.client import connect
from faultpath.cli.output import (
    AsJson,
    TokenFile,
    Url,
    console,
    health,
    name_of,
    print_json,
    print_table,
    say,
    sentence,
)

Limit = Annotated[int, typer.Option(min=1, help="How many at most.")]
LIVE = ["open", "acknowledged", "in_progress", "pending"]


def alerts(
    state: Annotated[str, typer.Option(help="active, cleared or all.")] = "active",
    unbound: Annotated[bool, typer.Option("--unbound", help="Only alerts that belong to no known CI.")] = False,
    ci: Annotated[str | None, typer.Option(help="Only alerts of this CI (its id).")] = None,
    limit: Limit = 100,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """What came in, and which CI it is about."""
    query = {"state": None if state == "all" else state, "bound": "false" if unbound else None, "ci": ci}
    items = list(connect(url, token_file).pages("/alerts", query, limit))
    if as_json:
        print_json(items)
        return
    print_table(
        ("severity", "state", "effect", "CI", "check", "resource", "times", "last"),
        (
            (
                a["severity"],
                a["state"],
                health(a["effect"]),
                name_of(a["ci"]),
                a["check"],
                a["resource"],
                a["occurrences"],
                a["last_received"],
            )
            for a in items
        ),
        "no alerts",
    )


def incidents(
    number: Annotated[int | None, typer.Argument(help="One incident in full.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="Only these states; live ones by default.")] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Resolved and closed ones too.")] = False,
    limit: Limit = 50,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """What is broken, who is hit, and why."""
    client = connect(url, token_file)
    if number is not None:
        found = client.get(f"/incidents/{number}")
        print_json(found) if as_json else _show(found)
        return
    states = state or ([] if show_all else LIVE)
    items = list(client.pages("/incidents", {"state": states}, limit))
    if as_json:
        print_json(items)
        return
    print_table(
        ("incident", "priority", "state", "what", "cannot work", "limited", "opened"),
        (
            (
                f"INC-{i['number']}",
                f"P{i['priority']}",
                i["state"],
                sentence(i["title"]),
                i["cannot_work"],
                i["limited"],
                i["opened_at"],
            )
            for i in items
        ),
        "no incidents",
    )


def _show(found: Mapping[str, Any]) -> None:
    say(f"INC-{found['number']} · P{found['priority']} · {found['state']}", "bold")
    say(sentence(found["title"]))
    say(f"priority: {sentence(found['priority_reason'])}")
    root = "confirmed" if found["confirmed"] else "suspected"
    say(f"cause: {name_of(found['root'])} ({root})")
    for reason in found["evidence"]:
        say(f"  {sentence(reason)}")
    people = found["people"]
    say(f"people: {people['cannot_work']} cannot work, {people['limited']} limited")
    print_hurt(people)
    print_stakes(found)
    rows = ((kind, name, tier, health(state), path) for kind, name, tier, state, path in hit_rows(found))
    print_table(HIT_COLUMNS, rows, "no service is hit")
    console.rule("timeline", align="left", style="dim")
    print_table(
        ("at", "who", "what"),
        ((entry["at"], entry["actor"], sentence(entry["what"])) for entry in found["timeline"]),
        "nothing yet",
    )
    if found["notices"]:
        console.rule("notices", align="left", style="dim")
        print_table(
            ("to", "role", "about", "state", "subject"),
            (
                (name_of(n["stakeholder"]), n["role"], n["happening"], n["state"], n["subject"])
                for n in found["notices"]
            ),
            "",
        )
