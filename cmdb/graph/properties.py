"""Attributes as Neo4j properties and back, without loss.

Neo4j keeps texts, numbers, booleans and lists of one of these. Anything else becomes JSON text under its own name, and
``_json`` lists such names. Attributes that would hide ``ci_id``, ``class`` or ``name``, or begin with an underscore,
stand under ``_attribute_<name>``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import orjson

from cmdb.model import Value

_RESERVED = frozenset({"ci_id", "class", "name", ""})
_PREFIX = "_attribute_"
_INT64 = range(-(2**63), 2**63)


def to_properties(attributes: Mapping[str, Value]) -> dict[str, Value]:
    """Properties of a node or relation."""
    properties: dict[str, Value] = {}
    as_json: list[Value] = []
    for name, value in attributes.items():
        key = _PREFIX + name if name in _RESERVED or name.startswith("_") else name
        if _is_native(value):
            properties[key] = value
        else:
            properties[key] = orjson.dumps(value).decode()
            as_json.append(key)
    if as_json:
        properties["_json"] = sorted(as_json, key=str)
    return properties


def from_properties(properties: Mapping[str, Value]) -> dict[str, Value]:
    """Attributes; the inverse of `to_properties`."""
    listed = properties.get("_json", [])
    as_json = set(map(str, listed)) if isinstance(listed, list) else set()
    attributes: dict[str, Value] = {}
    for key, value in properties.items():
        if key in _RESERVED or key == "_json":
            continue
        name = key.removeprefix(_PREFIX)
        attributes[name] = orjson.loads(str(value)) if key in as_json else value
    return attributes


def _is_native(value: Value) -> bool:
    if isinstance(value, list):
        kinds = {type(item) for item in value}
        return len(kinds) <= 1 and all(_is_scalar(item) for item in value)
    return _is_scalar(value)


def _is_scalar(value: Value) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return value in _INT64
    return isinstance(value, str)
