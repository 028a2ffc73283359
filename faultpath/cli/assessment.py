"""``faultpath assessment``: what is broken and whom it hurts, now or at a past time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from faultpath.cli.business import HIT_COLUMNS, Row, print_hurt, print_stakes, way
from faultpath.cli.client import connect
from faultpath.cli.output import (
    AsCsv,
    AsJson,
    At,
    TokenFile,
    Url,
    health,
    name_of,
    print_csv,
    print_json,
    print_table,
    say,
)


def assessment(
    *,
    at: At = None,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """What is broken and whom it hurts: now, or at a past time."""
    found = connect(url, token_file).get("/assessment", {"at": at})
    if as_json:
        print_json(found)
        return
    rows, outcome = list(_rows(found)), found["outcome"]
    if as_csv:
        print_csv(HIT_COLUMNS, rows)
        return
    counts = (
        f"{outcome['cannot_work']} of {outcome['people_total']} people cannot work, {outcome['limited']} are limited"
    )
    say(f"{found['broken']} CIs are broken; {counts}")
    if not found["faults_known"]:
        say("what was broken so long ago is not known any more (retention.health_days)", "yellow")
    print_hurt(outcome)
    print_stakes(outcome)
    shown = ((kind, name, tier, health(state), path) for kind, name, tier, state, path in rows)
    print_table(HIT_COLUMNS, shown, "nothing is broken")


def _rows(found: Mapping[str, Any]) -> Iterable[Row]:
    for one in found["faults"]:
        yield "fault", name_of(one["ci"]), None, one["health"], ""
    for one in found["outcome"]["services"]:
        yield "service", name_of(one["service"]), one["tier"], one["state"], way(one["path"])
    for one in found["outcome"]["groups"]:
        yield "group", name_of(one["group"]), None, one["state"], ""
