"""The estate's remote control: one JSON object a line in, one a line out.

| command | fields | does |
| --- | --- | --- |
| connect | hub_url, token_file, trap | where the monitoring posts, with which token, and where traps go (host:port) |
| fail | id or ids | breaks what the failures name |
| storm | id, also, seconds | breaks a switch without a trap and posts 500 alerts in 10 s; ``also`` breaks with it |
| restore | id or ids | mends |
| stats | | counts what was done so far |
| stop | | closes everything and ends |

Each is answered with ``{"ok": true, …}`` or ``{"ok": false, "error": "…"}``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples.estate.world import STORM_S, UnknownFailureError, World

Json = dict[str, Any]


class CommandError(ValueError):
    """A command that cannot be done as it stands; the text says why."""


class Control:
    """Does the commands on a world. ``stopped`` is set by ``stop``."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.stopped = asyncio.Event()
        self._commands: dict[str, Callable[[Json], Json]] = {
            "connect": self._connect,
            "fail": self._fail,
            "storm": self._storm,
            "restore": self._restore,
            "stats": lambda _: self._world.stats(),
            "stop": self._stop,
        }

    def do(self, line: str) -> Json:
        """Does what one line says; the answer as an object."""
        try:
            return {"ok": True} | self._do(line)
        except (CommandError, UnknownFailureError, OSError) as error:
            return {"ok": False, "error": str(error)}

    def _do(self, line: str) -> Json:
        try:
            command = json.loads(line)
        except ValueError as error:
            raise CommandError(f"no JSON: {error}") from None
        name = command.get("cmd") if isinstance(command, dict) else None
        if name not in self._commands:
            raise CommandError(f"no command {name!r}; there are {', '.join(self._commands)}")
        return self._commands[name](command)

    def _connect(self, command: Json) -> Json:
        token_file, trap = command.get("token_file"), command.get("trap")
        token = Path(token_file).read_text(encoding="utf-8").strip() if token_file else None
        self._world.connect(hub_url=command.get("hub_url"), token=token, trap=_address(trap) if trap else None)
        return {}

    def _fail(self, command: Json) -> Json:
        self._world.fail(_ids(command))
        return {"active": self._world.stats()["active"]}

    def _restore(self, command: Json) -> Json:
        self._world.restore(_ids(command))
        return {"active": self._world.stats()["active"]}

    def _storm(self, command: Json) -> Json:
        seconds = command.get("seconds", STORM_S)
        if not isinstance(seconds, int | float) or not 0 < seconds <= 600:
            raise CommandError("seconds: a number between 0 and 600")
        (failure_id,) = _ids(command)[:1]
        return {"alerts": self._world.storm(failure_id, command.get("also", ()), seconds=float(seconds))}

    def _stop(self, _: Json) -> Json:
        self.stopped.set()
        return {}


def _ids(command: Json) -> list[str]:
    """The failures that a command names. Raises :class:`CommandError` if it names none."""
    ids = command.get("ids", [command["id"]] if "id" in command else [])
    if not ids or not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise CommandError("id: a failure's id, or ids: a list of them")
    return ids


def _address(text: str) -> tuple[str, int]:
    host, _, port = str(text).rpartition(":")
    if not host or not port.isdecimal():
        raise CommandError(f"trap: host:port, not {text!r}")
    return host, int(port)
