"""Reads catalogue files into plain entries. Every error names file, line, entry and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cmdb.bounded_yaml import YamlError, YamlNode, read_yaml
from cmdb.errors import CatalogueError

SECTIONS = frozenset(
    {
        "claim_kinds",
        "placeholders",
        "source_ranks",
        "classes",
        "extend_classes",
        "relations",
        "relation_attributes",
        "scales",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One named entry of one section, with the place where it stands."""

    name: str
    node: YamlNode
    where: str
    fields: Mapping[str, YamlNode] = field(default_factory=dict)

    def error(self, problem: str, remedy: str, at: YamlNode | None = None) -> CatalogueError:
        line = (at or self.node).line
        return CatalogueError(f"{self.where}:{line}: {self.name}: {problem}; {remedy}")

    def allow(self, *names: str) -> None:
        for name, node in self.fields.items():
            if name not in names:
                raise self.error(f"unknown field {name!r}", f"known are {', '.join(sorted(names))}", node)

    def text(self, name: str, default: str | None = None) -> str:
        node = self.fields.get(name)
        if node is None:
            if default is None:
                raise self.error(f"the field {name!r} is missing", "add it")
            return default
        if not isinstance(node.content, str):
            raise self.error(f"{name} must be text", "quote it", node)
        return node.content

    def flag(self, name: str, default: bool) -> bool:
        node = self.fields.get(name)
        if node is None:
            return default
        if not isinstance(node.content, bool):
            raise self.error(f"{name} must be true or false", "write one of the two", node)
        return node.content

    def number(self, name: str) -> int | None:
        node = self.fields.get(name)
        if node is None:
            return None
        if not isinstance(node.content, int) or isinstance(node.content, bool) or node.content < 1:
            raise self.error(f"{name} must be a whole number from 1", "correct it", node)
        return node.content

    def texts(self, name: str) -> tuple[str, ...]:
        node = self.fields.get(name)
        return () if node is None else texts(self, node)

    def labels(self) -> Mapping[str, str]:
        node = self.fields.get("label")
        if node is None:
            return {"en": self.name}
        if not isinstance(node.content, dict):
            raise self.error("label must be a mapping from language to text", "write {en: …, zh: …}", node)
        return {language: str(text.content) for language, text in node.content.items()}

    def children(self, name: str) -> Iterator[Entry]:
        node = self.fields.get(name)
        if node is not None:
            yield from entries(node, self.where, f"{self.name}.{name}")


def texts(entry: Entry, node: YamlNode) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(node.content, list) or not all(isinstance(item.content, str) for item in node.content):
        raise entry.error("must be a list of texts", "write [a, b]", node)
    return tuple(str(item.content) for item in node.content)


def entries(node: YamlNode, where: str, section: str) -> Iterator[Entry]:
    """The entries of a section that is a mapping."""
    if not isinstance(node.content, dict):
        raise CatalogueError(f"{where}:{node.line}: {section} must be a mapping; write name: {{…}}")
    for name, child in node.content.items():
        fields = child.content if isinstance(child.content, dict) else {}
        yield Entry(name, child, where, fields)


def read_file(path: Path) -> Mapping[str, YamlNode]:
    """The sections of one file.

    Raises:
        CatalogueError: unreadable, not YAML, or an unknown section.
    """
    try:
        root = read_yaml(path.read_bytes(), max_bytes=1024 * 1024)
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read: {error.strerror}; check the path") from error
    except YamlError as error:
        raise CatalogueError(f"{path}:{error.line}: {error.problem}; {error.remedy}") from error
    if not isinstance(root.content, dict):
        raise CatalogueError(f"{path}:{root.line}: a catalogue file is a mapping; begin with classes: or relations:")
    for name, node in root.content.items():
        if name not in SECTIONS:
            known = ", ".join(sorted(SECTIONS))
            raise CatalogueError(f"{path}:{node.line}: unknown section {name!r}; known are {known}")
    return root.content
