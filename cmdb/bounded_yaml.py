"""YAML that strangers may write: no aliases, bounded size and depth, and a line for every value.

The scalars follow the core schema of YAML 1.2: only ``true``, ``false``, ``null``, whole and decimal numbers are not
text. So a MAC address such as ``10:20:30:40:50:12`` and the country code ``no`` stay text, which YAML 1.1 makes a
base-60 number and a boolean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import yaml

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Content: TypeAlias = "str | int | float | bool | list[YamlNode] | dict[str, YamlNode] | None"

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 16

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip

# libyaml's parser where PyYAML was built with it: six times faster.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(Exception):
    """The text is not YAML as we accept it. ``line`` counts from 1."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"line {line}: {problem}; {remedy}")
        self.line = line
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class YamlNode:
    """One value and the line on which it begins. A mapping holds its values, each with the line of its key."""

    content: Content
    line: int

    def plain(self) -> Plain:
        """The value without its lines."""
        if isinstance(self.content, dict):
            return {key: node.plain() for key, node in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain() for node in self.content]
        return self.content


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read. ``key`` is the mapping's key whose value comes next."""

    content: list[YamlNode] | dict[str, YamlNode]
    line: int
    key: str | None = None
    key_line: int = 0

    def take(self, node: YamlNode) -> None:
        if isinstance(self.content, list):
            self.content.append(node)
        elif self.key is None:
            self._take_key(node)
        else:
            self.content[self.key] = YamlNode(node.content, self.key_line)
            self.key = None

    def _take_key(self, node: YamlNode) -> None:
        if isinstance(node.content, (list, dict)) or node.content is None:
            raise YamlError(node.line, "a key is not plain text", "write keys as single words")
        key = str(node.content)
        assert isinstance(self.content, dict)
        if key in self.content:
            raise YamlError(node.line, f"the key {key!r} stands twice", "remove one of the two")
        self.key, self.key_line = key, node.line


def read_yaml(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> YamlNode:
    """Parse one document.

    Raises:
        YamlError: not UTF-8, not YAML, too large, too deep, a repeated key, an alias, a tag or a second document.
    """
    if len(data) > max_bytes:
        raise YamlError(1, f"the file has {len(data)} bytes, more than {max_bytes}", "split it into several files")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise YamlError(line, "the file is not UTF-8", "save it as UTF-8") from error
    try:
        return _build(text, max_depth)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, last_line=max(1, len(text.splitlines()))) from error
    except yaml.YAMLError as error:  # a character that YAML forbids
        raise YamlError(1, f"not YAML: {error}", "remove control characters") from error


def _syntax_error(error: yaml.MarkedYAMLError, *, last_line: int) -> YamlError:
    """What the parser found, and where the thing that it was reading began."""
    mark = error.problem_mark or error.context_mark
    problem = f"not YAML: {error.problem or error.context}"
    if error.context and error.context_mark:
        problem += f" {error.context}, begun in line {error.context_mark.line + 1}"
    return YamlError(min(mark.line + 1 if mark else 1, last_line), problem, "check indentation and quotes")


def _build(text: str, max_depth: int) -> YamlNode:
    root = _Open([], 1)
    stack = [root]
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.ScalarEvent):
            stack[-1].take(_scalar(event))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            _refuse_extras(event)
            if len(stack) > max_depth:
                raise YamlError(_line(event), f"nested deeper than {max_depth}", "flatten the structure")
            content: list[YamlNode] | dict[str, YamlNode]
            content = {} if isinstance(event, yaml.MappingStartEvent) else []
            stack.append(_Open(content, _line(event)))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = stack.pop()
            stack[-1].take(YamlNode(done.content, done.line))
        elif isinstance(event, yaml.AliasEvent):
            raise YamlError(_line(event), f"the alias *{event.anchor} is not allowed", "write the value out")
    documents = root.content
    assert isinstance(documents, list)
    if len(documents) > 1:
        raise YamlError(documents[1].line, "a second document begins here", "keep one document a file")
    return documents[0] if documents else YamlNode(None, 1)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _refuse_extras(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
    if event.anchor is not None:
        raise YamlError(_line(event), f"the anchor &{event.anchor} is not allowed", "write the value out where needed")
    if event.tag is not None and event.tag != "!":
        raise YamlError(_line(event), f"the tag {event.tag} is not allowed", "remove it")


def _scalar(event: yaml.ScalarEvent) -> YamlNode:
    _refuse_extras(event)
    text = str(event.value)
    if event.style:  # quoted or a block: always text
        return YamlNode(text, _line(event))
    if text in _WORDS:
        return YamlNode(_WORDS[text], _line(event))
    if _INTEGER.fullmatch(text):
        return YamlNode(int(text), _line(event))
    if _NUMBER.fullmatch(text):
        return YamlNode(float(text), _line(event))
    return YamlNode(text, _line(event))
