"""The graph as the hub held it last, on disk: a restart reads that, and only what changed since from the store.

It can be thrown away at any time. A file that is damaged, or of another graph, is as good as none.
"""

from __future__ import annotations

import os
from pathlib import Path

import structlog

from cmdb.columns.arrays_file import ArraysFileError
from cmdb.columns.columns import Base, Columns
from cmdb.columns.file import load, save

log = structlog.get_logger(__name__)


class GraphFile:
    """One file. It is written when the columns were filled anew, not with each change that is laid over them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: Base | None = None

    def load(self) -> Columns | None:
        """What is there; ``None`` if there is nothing of use."""
        try:
            with self._path.open("rb") as file:
                columns = load(file)
        except FileNotFoundError:
            return None
        except (ArraysFileError, OSError) as error:
            log.warning("graph_file_unusable", error=str(error))
            return None
        self._kept = columns.base
        return columns

    def keep(self, columns: Columns) -> None:
        """Write the columns, if their base is not there already. The hub does without if that fails."""
        if columns.base is self._kept:
            return
        beside = self._path.with_name(self._path.name + ".new")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                save(columns, file)
            beside.replace(self._path)
        except OSError as error:
            log.warning("graph_file_not_written", error=str(error))
            return
        self._kept = columns.base
