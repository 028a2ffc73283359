"""The port through which handling learns names and addresses; the graph stands behind it."""

from __future__ import annotations

from typing import Protocol


class Directory(Protocol):
    """What people and things are called, and how a person is reached. Unknown ids are no error."""

    def name(self, ci_id: str) -> str:
        """The CI's name, or ``ci_id`` itself where nothing is known."""
        ...

    def email(self, person_id: str) -> str | None:
        """The person's mail address; ``None`` where there is none."""
        ...

    def language(self, person_id: str) -> str:
        """``en`` or ``zh``; ``en`` where nothing is known."""
        ...

    def hours(self, service_id: str) -> str:
        """When the service is meant to run, e.g. ``24x7`` or ``Mon-Fri 08:00-18:00 Europe/Berlin``."""
        ...
