"""``faultpath serve``: run the hub in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faultpath import settings as settings_module
from faultpath.packages import refuse_foreign_owner
from faultpath.wiring import run


def serve(
    config: Annotated[Path | None, typer.Option("--config", help="The settings file (YAML).")] = None,
) -> None:
    """Run the hub until it is told to stop (Ctrl+C, SIGTERM)."""
    refuse_foreign_owner()
    run(settings_module.load(config))
