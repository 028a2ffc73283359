"""What the commands print: tables and sentences for people, JSON for programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from impact.model import Reason
from ticket_bridge.notices.render import Speaker

console = Console()
complaints = Console(stderr=True)

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
At = Annotated[str | None, typer.Option("--at", help="A past time, with its zone: 2026-03-01T14:02:00+01:00.")]
Url = Annotated[str | None, typer.Option("--url", help="Where the hub is; else FAULTPATH_URL, else this machine.")]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="A file that holds the API token; else FAULTPATH_TOKEN.")
]

STYLES = {"down": "red", "degraded": "yellow", "at_risk": "blue", "ok": "green", "unknown": "dim"}
WORDS = {"down": "down", "degraded": "limited", "at_risk": "at risk", "ok": "OK", "unknown": "unknown"}


def print_json(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Comma-separated values. What a spreadsheet would take for a formula gets an apostrophe in front."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in rows:
        cells = ("" if cell is None else str(cell) for cell in row)
        writer.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells])


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """A table, or one line that says why there is none. Cells are text, never markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in row))
    console.print(table if table.row_count else Text(empty))


def say(text: str, style: str = "") -> None:
    """One line of plain words."""
    console.print(Text(text, style=style), soft_wrap=True)


def health(word: str | None) -> Text:
    """A health as a coloured word."""
    return Text(WORDS.get(word or "", word or ""), style=STYLES.get(word or "", ""))


def name_of(ref: Mapping[str, Any] | None) -> str:
    """A CI's name, or a dash."""
    return str(ref["name"]) if ref else "–"


def sentence(reason: Mapping[str, Any]) -> str:
    """A reason in plain English, with the names that came with it."""
    names: Mapping[str, str] = reason["names"]
    args = {key: tuple(value) if isinstance(value, list) else value for key, value in reason["args"].items()}
    return Speaker("en", lambda ci_id: names.get(ci_id, ci_id)).reason(Reason(code=reason["code"], args=args))


def fail(text: str) -> typer.Exit:
    """Print what went wrong on standard error; raise what it gives back."""
    complaints.print(Text(text, style="red"), soft_wrap=True)
    return typer.Exit(1)
