"""``faultpath serve``: run the hub in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faultpath.packages import refuse_foreign_owner


def serve(
    config: Annotated[Path | None, typer.Option("--config", help="The settings file (YAML).")] = None,
) -> None:
    """Run the hub until it is told to stop (Ctrl+C, SIGTERM)."""
    # the imports of the whole hub take over a second, which the commands that only ask it need not pay
    from faultpath import settings as settings_module  # noqa: PLC0415
    from faultpath.wiring import run  # noqa: PLC0415

    refuse_foreign_owner()
    run(settings_module.load(config))
