"""Scenarios as the command line writes them: options with names, turned into a body with ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from faultpath.cli.client import Client, ClientError
from faultpath.cli.graph import the_ci


def scenario(client: Client, said: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The body of a scenario from what each option names.

    Raises:
        ClientError: a CI that is not there, or a value that cannot be read.
    """
    body: dict[str, Any] = {}
    for word, values in said.items():
        field, read = _READ[word]
        body[field] = [read(client, value) for value in values]
    return body


def split(against: Iterable[str]) -> dict[str, list[str]]:
    """``fail=CI`` and so on, by option.

    Raises:
        ClientError: one has another form.
    """
    found: dict[str, list[str]] = {}
    for text in against:
        word, equals, value = text.partition("=")
        if not equals or word not in _READ:
            raise ClientError(f"--against {text} cannot be read; write one of {', '.join(_READ)}, then = and its value")
        found.setdefault(word, []).append(value)
    return found


def ci_id(client: Client, name: str) -> str:
    return str(the_ci(client, name)["id"])


def _failing(client: Client, text: str) -> dict[str, str]:
    name, _, word = text.rpartition("=")
    if name and word in ("at_risk", "degraded", "down"):
        return {"ci": ci_id(client, name), "health": word}
    return {"ci": ci_id(client, text)}


def _cut(client: Client, text: str) -> dict[str, Any]:
    if "," in text:
        return {"between": _ids(client, text, "--cut", 2, 2)}
    return {"link": ci_id(client, text)}


def _doubled(client: Client, text: str) -> dict[str, str]:
    return dict(zip(("dependent", "provider", "second"), _ids(client, text, "--double", 2, 3), strict=False))


def _laid(client: Client, text: str) -> dict[str, list[str]]:
    return {"between": _ids(client, text, "--add-link", 2, 2)}


def _ids(client: Client, text: str, option: str, least: int, most: int) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not least <= len(names) <= most:
        raise ClientError(f"{option} {text} cannot be read; write {least} CIs with a comma between, by name or id")
    return [ci_id(client, name) for name in names]


_READ: Mapping[str, tuple[str, Callable[[Client, str], Any]]] = {
    "fail": ("fail", _failing),
    "cut": ("cut", _cut),
    "restore": ("restore", ci_id),
    "maintenance": ("maintenance", ci_id),
    "whole-maintenance": ("whole_maintenance", ci_id),
    "site": ("sites", ci_id),
    "double": ("double", _doubled),
    "add-link": ("add_links", _laid),
}
