"""``faultpath demo``: the simulated company, played against a hub of its own."""

from __future__ import annotations

from typing import Annotated

import typer


def demo(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Compare each failure with the truth file; no screen.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The seed from which the company is drawn.")] = 1,
    size: Annotated[int, typer.Option(min=1, help="How large the company is.")] = 1,
    failures: Annotated[int, typer.Option(min=0, help="How many failures are drawn beside the four scenes.")] = 8,
    graph: Annotated[str | None, typer.Option(help="URL of the graph store; the embedded one by default.")] = None,
    keep_open: Annotated[
        bool | None, typer.Option("--keep-open/--no-keep-open", help="Leave the page open at the end.")
    ] = None,
) -> None:
    """Play the story of a failing company, and check what the hub says of it."""
    from faultpath.demo.main import run  # noqa: PLC0415  # the demo's imports are not paid by every other command

    raise typer.Exit(run(check=check, seed=seed, size=size, failures=failures, graph=graph, keep_open=keep_open))
