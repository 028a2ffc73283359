"""YAML files of the package and of operators, read with checks whose messages name file, place and remedy.

Aliases are refused and the size is bounded: these files also come from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import yaml

MAX_BYTES = 4_000_000
_E = TypeVar("_E", bound=Enum)


class _Loader(yaml.SafeLoader):
    """A safe loader without aliases, which a small file can use to fill the memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(f"line {self.line + 1}: aliases are not allowed; write the value out")
        return super().compose_node(parent, index)


class Entry:
    """One mapping of a file, with checked access. ``problem`` is the error to raise."""

    def __init__(self, values: Mapping[str, Any], place: str, problem: type[Exception]) -> None:
        self.values = values
        self.place = place
        self.problem = problem

    def fail(self, text: str) -> Exception:
        return self.problem(f"{self.place}: {text}")

    def only(self, *allowed: str) -> None:
        """Refuse unknown keys, which are mostly typing errors."""
        for name in self.values:
            if name not in allowed:
                raise self.fail(f"unknown key {name!r}; known are {', '.join(allowed)}")

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
            raise self.fail(f"{name} must be a text" + ("" if name in self.values else "; it is missing"))
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise self.fail(f"{name} must be true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A text or a list of texts; empty if absent."""
        value = self.values.get(name, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str | int) for one in listed):
            raise self.fail(f"{name} must be a list of texts")
        return tuple(str(one) for one in listed)

    def table(self, name: str) -> dict[str, str]:
        """A mapping of text to text; empty if absent."""
        value = self.values.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(one, str | int | float) for one in value.values()):
            raise self.fail(f"{name} must map texts to texts")
        return {str(key): str(one) for key, one in value.items()}

    def entry(self, name: str) -> Entry:
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            raise self.fail(f"{name} must be a mapping")
        return Entry(value, f"{self.place}, {name}", self.problem)

    def entries(self, name: str) -> list[Entry]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise self.fail(f"{name} must be a list")
        found = []
        for number, one in enumerate(value, 1):
            if not isinstance(one, dict):
                raise self.fail(f"{name}, entry {number} must be a mapping")
            found.append(Entry(one, f"{self.place}, {name}, entry {number}", self.problem))
        return found

    def word(self, name: str, words: type[_E], default: _E | None = None) -> _E:
        """A member of an enumeration by its lower-case name; ``none`` stands for ``OK`` of the health scale."""
        known = {("none" if member.name == "OK" else member.name.lower()): member for member in words}
        known.pop("unknown", None)  # a health that follows, never one that is said
        if name not in self.values and default is not None:
            return default
        value = self.values.get(name)
        if value is None and "none" in known:
            value = "none"
        if value not in known:
            raise self.fail(f"{name} is {value!r}; it must be one of {', '.join(known)}")
        return known[value]


def read(path: Path, marker: str, problem: type[Exception]) -> Entry:
    """Read a file whose first key is ``marker: 1``.

    Raises:
        Exception: ``problem``, with the file's name, if it cannot be read or is of another format.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise problem(f"{path}: larger than {MAX_BYTES} bytes; split it")
        content = yaml.load(raw, _Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise problem(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise problem(f"{path}: {error}") from error
    if not isinstance(content, dict) or content.get(marker) != 1:
        raise problem(f"{path}: must begin with '{marker}: 1'")
    return Entry(content, str(path), problem)
