"""Reading mapping files."""

from __future__ import annotations

from pathlib import Path

from alerting.errors import MappingError
from alerting.mapping.rules import Rule, SourceMapping, any_of
from alerting.model import Severity
from alerting.yamlfile import Entry, read
from impact.model import ComplaintKind, Health

_SHIPPED = Path(__file__).parent
_HINTS = frozenset(
    {"ci_id", "name", "host", "fqdn", "address", "mgmt_address", "mac", "serial", "engine_id", "mqtt_id", "service"}
)


def load_mapping(sender: str, extra: tuple[Path, ...] = ()) -> SourceMapping:
    """The shipped mapping of a kind of sender; rules of the operator's files go before the shipped ones.

    Raises:
        MappingError: a file is wrong.
    """
    mapping = _read(_SHIPPED / f"{sender}.yaml")
    for path in extra:
        own = _read(path)
        if own.sender == sender:
            mapping = SourceMapping(
                sender=sender,
                severities={**mapping.severities, **own.severities},
                rules=own.rules + mapping.rules,
                hints={**own.hints, **{label: kind for label, kind in mapping.hints.items() if label not in own.hints}},
                not_identity=mapping.not_identity | own.not_identity,
            )
    return mapping


def _read(path: Path) -> SourceMapping:
    file = read(path, "faultpath_mapping", MappingError)
    file.only("faultpath_mapping", "sender", "severities", "not_identity", "hints", "rules")
    words = file.entry("severities")
    hints = file.table("hints")
    for label, kind in hints.items():
        if kind not in _HINTS:
            raise file.fail(f"hints, {label}: {kind!r} identifies nothing; known are {', '.join(sorted(_HINTS))}")
    return SourceMapping(
        sender=file.text("sender"),
        severities={str(word).casefold(): words.word(word, Severity) for word in words.values},
        rules=tuple(_rule(entry) for entry in file.entries("rules")),
        hints=hints,
        not_identity=frozenset(file.texts("not_identity")),
    )


def _rule(entry: Entry) -> Rule:
    entry.only("check", "labels", "kind", "severity", "effect", "bind")
    checks = entry.texts("check")
    if not checks:
        raise entry.fail("check is missing; give a name or a glob such as 'Disk*'")
    return Rule(
        check=any_of(checks),
        labels={name: any_of((glob,)) for name, glob in entry.table("labels").items()},
        kind=entry.word("kind", ComplaintKind, ComplaintKind.FAULT),
        severity=entry.word("severity", Severity) if "severity" in entry.values else None,
        effect=entry.word("effect", Health) if "effect" in entry.values else None,
        bind=entry.texts("bind"),
    )
