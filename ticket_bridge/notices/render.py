"""Reason codes and mail lines in a language. Nothing makes it fail: an unknown code reads as its own words.

A line's fields are plain names with an optional format: ``{device}`` (a name where the value is a CI id),
``{state:health}`` (a word of that group), ``{count:people}`` (a number with its word, of a group with one and many),
``{share:percent}``, ``{at:time}``. Attributes and indexes are not reachable from a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

import yaml

from impact.model import Reason

LANGUAGES = ("en", "zh")
_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_FIELD = re.compile(r"[a-z_]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_LONGEST = 400

Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language: ``texts/<language>.yaml``."""

    language: str
    comma: str
    last: str
    label: str
    optional: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, str]
    mail: Mapping[str, str]


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; English where there is none."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    text = files("ticket_bridge.notices.texts").joinpath(f"{known}.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    return Catalogue(
        language=data["language"],
        comma=data["list"]["comma"],
        last=data["list"]["last"],
        label=data["label"],
        optional=data["optional"],
        words=data["words"],
        codes=data["codes"],
        mail=data["mail"],
    )


def fields_of(line: str) -> Iterator[tuple[str, str]]:
    """``(name, format)`` of each field of a line.

    Raises:
        ValueError: a field is more than a plain name.
    """
    for _, name, spec, conversion in Formatter().parse(line):
        if name is None:
            continue
        if not _FIELD.fullmatch(name) or conversion:
            raise ValueError(f"{{{name}}} in {line!r} is not a plain name")
        yield name, spec or ""


def clean(text: str) -> str:
    """Foreign text on one line: no control characters, no marks that turn or hide text, of bounded length."""
    flat = " ".join(_UNSEEN.sub(" ", text).split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"


class Speaker:
    """Says reasons and mail lines in one language, with names from the graph."""

    def __init__(self, language: str, name: Name, zone: tzinfo = UTC) -> None:
        self.texts = catalogue(language)
        self._name = name
        self._zone = zone

    def reason(self, reason: Reason) -> str:
        """A reason as a sentence or phrase; a code that is not in the catalogue reads as its own words."""
        line = self.texts.codes.get(reason.code)
        return self.fill(line, reason.args) if line is not None else self._generic(reason)

    def mail(self, line: str, **args: Any) -> str:
        """A line of the ``mail`` section."""
        return self.fill(self.texts.mail[line], args)

    def fill(self, line: str, args: Mapping[str, Any]) -> str:
        """A line with its fields filled; a missing argument reads ``?``."""
        parts: list[str] = []
        for literal, name, spec, _ in Formatter().parse(line):
            parts.append(literal)
            if name is not None:
                parts.append(self._value(args.get(name), spec or "", args))
        return "".join(parts)

    def listed(self, items: list[str]) -> str:
        """``a, b and c`` in the manner of the language."""
        if len(items) < 2:
            return "".join(items)
        return self.texts.comma.join(items[:-1]) + self.texts.last + items[-1]

    def _generic(self, reason: Reason) -> str:
        words = clean(reason.code.replace("_", " "))
        args = [f"{clean(name)}{self.texts.label}{self._value(value, '', {})}" for name, value in reason.args.items()]
        return f"{words} ({self.texts.comma.join(args)})" if args else words

    def _value(self, value: Any, spec: str, args: Mapping[str, Any]) -> str:
        frame = self.texts.optional.get(spec)
        if frame is None:
            return self._plain(value, spec, args)
        return frame.replace("{value}", self._plain(value, spec, args)) if value else ""

    def _plain(self, value: Any, spec: str, args: Mapping[str, Any]) -> str:
        if isinstance(value, (tuple, list)):
            return self.listed([self._plain(item, spec, args) for item in value])
        if value is None:
            return "?"
        formats = {"percent": _percent, "time": self._time, "since": self._time}
        if spec in formats:
            return formats[spec](value)
        words = self.texts.words.get(spec, {})
        if "many" in words:
            return words["one" if value == 1 else "many"].replace("{n}", str(value))
        word = words.get(str(value))
        if word is not None:
            return self.fill(word, {key: arg for key, arg in args.items() if key != spec})
        text = str(value)
        return clean(self._name(text) if _ULID.fullmatch(text) else text)

    def _time(self, value: Any) -> str:
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            return clean(str(value))
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def _percent(value: Any) -> str:
    return f"{value:.0%}" if isinstance(value, (int, float)) else clean(str(value))
