"""``faultpath map``: an impact map as a list, first the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

import typer

from faultpath.cli.client import connect
from faultpath.cli.graph import the_ci
from faultpath.cli.output import (
    WORDS,
    AsCsv,
    AsJson,
    At,
    TokenFile,
    Url,
    health,
    print_csv,
    print_json,
    print_table,
    say,
    sentence,
)

COLUMNS = ("layer", "what", "class", "state", "why", "redundancy")
GRAVITY = ("ok", "unknown", "at_risk", "degraded", "down")


class Mode(Enum):
    """Which causes outside of what is drawn are added."""

    NONE = "none"
    ROOTS = "roots"
    FULL = "full"


def draw_map(
    ci: Annotated[str, typer.Argument(help="A CI: its id or its name.")],
    *,
    down: Annotated[bool, typer.Option("--down", help="What it stands on, instead of who is hurt by it.")] = False,
    hops: Annotated[int | None, typer.Option(min=1, max=6, help="How far; as far as it goes by default.")] = None,
    mode: Annotated[Mode, typer.Option(help="Causes outside of it: none, the roots alone, or the full tree.")] = (
        Mode.ROOTS
    ),
    ungrouped: Annotated[
        bool, typer.Option("--ungrouped", help="Each CI by itself, also where many are alike.")
    ] = False,
    at: At = None,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Who is hurt by a CI, or what it stands on: the map of the console as a list, from top to bottom."""
    client = connect(url, token_file)
    query: dict[str, str | int | list[str] | None] = {
        "direction": "down" if down else "up",
        "hops": hops,
        "mode": mode.value,
        "grouped": "false" if ungrouped else "true",
        "at": at,
    }
    found = client.get(f"/cis/{the_ci(client, ci)['id']}/map", query)
    marks = sorted(found["marks"], key=lambda mark: (-mark["layer"], mark["x"]))
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(COLUMNS, [_row(mark) for mark in marks])
    else:
        say(sentence(found["sentence"]))
        print_table(COLUMNS, ([*row[:3], health(_state(mark)), *row[4:]] for mark in marks if (row := _row(mark))), "")
        total = found["sum"]
        hidden = f"{total['beyond']} more too far away to be drawn" if total["beyond"] else "none hidden"
        say(f"{total['cis']} CIs in {total['marks']} marks, {hidden}")


def _row(mark: Mapping[str, Any]) -> list[object]:
    split = ", ".join(f"{count} {WORDS[state]}" for state, count in mark["states"].items())
    return [
        mark["layer"],
        mark["name"] or f"{mark['count']} × {mark['cls'] or ', '.join(mark['classes'])}",
        mark["cls"],
        split or WORDS[_state(mark)],
        _why(mark),
        "; ".join(map(_gate, mark["gates"])) or (f"holds for {mark['shields']}" if mark["shields"] else ""),
    ]


def _state(mark: Mapping[str, Any]) -> str:
    both: tuple[str, str] = (mark["own"], mark["propagated"])
    return max(both, key=GRAVITY.index)


def _why(mark: Mapping[str, Any]) -> str:
    if mark["cause"]:
        return f"cause {mark['cause']['number']}" + ("" if mark["cause"]["confirmed"] else " (suspected)")
    return f"via {', '.join(mark['via'])}" if mark["via"] else ""


def _gate(gate: Mapping[str, Any]) -> str:
    measure = gate["measure"]
    if measure is None:
        return f"{gate['rule']} {gate['standing']}"
    unit = " %" if measure["unit"].endswith("percent") else ""
    found = f"{measure['found']:g}{unit}" + ("" if unit else f" of {measure['total']:g}")
    needs = "gives way at" if measure["counts"] == "bad" else "needs"
    return f"{found} {measure['counts']}, {needs} {measure['limit']:g}{unit}: {gate['standing']}"
