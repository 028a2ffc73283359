"""What parsers give back, and checked access to what senders wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

from alerting.model import Event
from impact.model import Reason

MAX_ITEMS = 10_000  # alerts of one body
MAX_TEXT = 4_000  # characters kept of one text; what is longer is cut, the raw body stays whole

Json: TypeAlias = Mapping[str, Any]


class MalformedError(Exception):
    """A body or an item of it that cannot be read. Never leaves the parsers: `Parsed` and `BodyProblem` carry it.

    ``expected`` says in plain words what would have been right.
    """

    def __init__(self, code: str, *, field: str, expected: str, got: str = "") -> None:
        super().__init__(f"{field}: {code}; expected {expected}")
        self.reason = Reason(code=code, args={"field": field, "expected": expected, **({"got": got} if got else {})})


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultList:
    """A device's status that lists all of its present faults: those that it does not list are over.

    ``pattern`` is an event that clears one of them but for its check, which starts with ``prefix``.
    """

    pattern: Event
    prefix: str
    present: frozenset[str]  # checks


Item: TypeAlias = Event | FaultList


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One item that was understood as far as ``reason`` says and is not mapped or not allowed.

    ``raw`` is its JSON, or the whole body where the item cannot be shown alone.
    """

    index: int
    reason: Reason
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """All of one signal: what it says, what was set aside, and why it was unreadable, if it was."""

    items: tuple[Item, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    rejected: Reason | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(item for item in self.items if isinstance(item, Event))


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyProblem:
    """Why a body is refused as a whole, in the parts of an RFC 9457 problem document. English, for API clients."""

    reason: Reason
    title: str
    detail: str
    field: str
    remedy: str


def parse_each(
    body: bytes, items_of: Callable[[Any], Sequence[Any]], event_of: Callable[[int, Any], Event]
) -> tuple[Any, Parsed]:
    """The body and its items as events; an item that cannot be read is quarantined and spoils none of the others."""
    try:
        content = load(body)
        items = items_of(content)
    except MalformedError as problem:
        return None, Parsed(rejected=problem.reason)
    events: list[Event] = []
    quarantined: list[Quarantined] = []
    for index, item in enumerate(items):
        try:
            events.append(event_of(index, item))
        except MalformedError as problem:
            quarantined.append(Quarantined(index=index, reason=problem.reason, raw=_json_of(item, body)))
    return content, Parsed(items=tuple(events), quarantined=tuple(quarantined))


def _json_of(item: Any, body: bytes) -> bytes:
    """One item alone; the body instead for one that is nested deeper than orjson writes (it reads four times that)."""
    try:
        return orjson.dumps(item)
    except orjson.JSONEncodeError:
        return body


def problem_of(
    body: bytes, items_of: Callable[[Any], Sequence[Any]], look_at: Callable[[int, Any], object]
) -> MalformedError | None:
    """Why nothing of a body can be used; ``None`` if at least one item can, or if it holds none."""
    try:
        items = items_of(load(body))
    except MalformedError as problem:
        return problem
    first: MalformedError | None = None
    for index, item in enumerate(items):
        try:
            look_at(index, item)
        except MalformedError as problem:
            first = first or problem
        else:
            return None
    return first


def load(body: bytes) -> Any:
    """JSON, or why not.

    Raises:
        MalformedError: no JSON, or no UTF-8.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedError("not_json", field="(body)", expected="a JSON document in UTF-8", got=str(error)) from None


def mapping_of(value: Any, field: str) -> Json:
    if not isinstance(value, dict):
        raise MalformedError("wrong_type", field=field, expected="an object", got=_kind_of(value))
    return value


def list_of(value: Any, field: str) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedError("wrong_type", field=field, expected="a list", got=_kind_of(value))
    if len(value) > MAX_ITEMS:
        raise MalformedError("too_many", field=field, expected=f"at most {MAX_ITEMS} entries", got=str(len(value)))
    return value


def text_of(values: Json, name: str, field: str, default: str | None = None) -> str:
    """A text that is not empty; numbers count as their text."""
    value = values.get(name, default)
    if value is None or value == "":
        raise MalformedError("missing", field=f"{field}{name}", expected="a text")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise MalformedError("wrong_type", field=f"{field}{name}", expected="a text", got=_kind_of(value))
    return str(value)[:MAX_TEXT]


def texts_of(values: Any, field: str) -> dict[str, str]:
    """An object of texts; numbers and booleans become their text, null is left out."""
    found = {}
    for name, value in mapping_of(values, field).items():
        if isinstance(value, dict | list):
            raise MalformedError("wrong_type", field=f"{field}.{name}", expected="a text", got=_kind_of(value))
        if value is not None:
            found[name] = (value if isinstance(value, str) else orjson.dumps(value).decode())[:MAX_TEXT]
    return found


def time_of(value: Any, field: str, default: datetime) -> datetime:
    """An RFC 3339 time with zone; absent, or before 1971 (Go's zero time), is the default.

    Raises:
        MalformedError: not a time, without a zone, or outside of the years 1 to 9999 once it is UTC.
    """
    if value is None or value == "":
        return default
    if not isinstance(value, str):
        raise MalformedError("bad_time", field=field, expected="an RFC 3339 time", got=_kind_of(value))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        expected = "an RFC 3339 time such as 2026-03-01T12:00:00Z"
        raise MalformedError("bad_time", field=field, expected=expected, got=value[:80]) from None
    if moment.tzinfo is None:
        raise MalformedError("bad_time", field=field, expected="a time with its zone, such as …Z", got=value[:80])
    if moment.year < 1971:
        return default
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise MalformedError("bad_time", field=field, expected="a time before the year 10000", got=value[:80]) from None


def plain(value: Any) -> str:
    """A value as text; what is nested is called by its kind, since writing it out may need more stack than there is."""
    return _kind_of(value) if isinstance(value, dict | list) else str(value)


def _kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
