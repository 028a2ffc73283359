"""What MQTT topics mean: templates and codecs as data, in `alerting/mapping/mqtt.yaml` and the operator's own files.

A template is a topic with named levels: ``estate/{site}/{device}/status``. Its ``use`` says what a message on it is:
``status`` (online or offline, the latter also as last will), ``fault`` (a fault code comes or goes), or ``telemetry``
(a sign of life and nothing more here).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from alerting.errors import MappingError
from alerting.yamlfile import Entry, read

Use = Literal["status", "fault", "telemetry"]
Codec = Literal["json", "text"]
_USES: tuple[Use, ...] = ("status", "fault", "telemetry")
_CODECS: tuple[Codec, ...] = ("json", "text")
_L = TypeVar("_L", Use, Codec)
_SHIPPED = Path(__file__).parent / "mapping" / "mqtt.yaml"
_LEVEL = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTemplate:
    """One kind of topic. ``subscription`` is its filter, ``mqtt_id`` how the device's id follows from its levels.

    ``codec``: ``json``, whose fields are named below, or ``text``, where the whole payload is the state or the code.
    ``faults``: the status field that lists all present fault codes; a status without the field says nothing of them
    unless ``absent_means_none``.
    """

    template: str
    use: Use
    mqtt_id: str
    codec: Codec = "json"
    state: str = "state"
    online: frozenset[str] = frozenset({"online"})
    offline: frozenset[str] = frozenset({"offline"})
    active: frozenset[str] = frozenset({"active"})
    clear: frozenset[str] = frozenset({"clear", "cleared"})
    code: str = "code"
    at: str = "at"
    faults: str = "faults"
    absent_means_none: bool = False
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        levels = (
            f"(?P<{name[1]}>[^/]+)" if (name := _LEVEL.fullmatch(level)) else re.escape(level)
            for level in self.template.split("/")
        )
        object.__setattr__(self, "_pattern", re.compile("/".join(levels)))

    @property
    def subscription(self) -> str:
        """The MQTT topic filter (MQTT 5, section 4.7.1) that covers the template."""
        return "/".join("+" if _LEVEL.fullmatch(level) else level for level in self.template.split("/"))

    def device(self, topic: str) -> str | None:
        """The ``mqtt_id`` of the device that a topic belongs to; ``None`` if it is no topic of this kind."""
        found = self._pattern.fullmatch(topic)
        return None if found is None else self.mqtt_id.format(**found.groupdict())


@dataclass(frozen=True, slots=True)
class TopicMap:
    """All templates; the first that fits a topic counts."""

    templates: tuple[TopicTemplate, ...]

    def find(self, topic: str) -> tuple[TopicTemplate, str] | None:
        """The template of a topic and the id of its device."""
        for template in self.templates:
            device = template.device(topic)
            if device is not None:
                return template, device
        return None

    @property
    def subscriptions(self) -> Sequence[str]:
        return list(dict.fromkeys(template.subscription for template in self.templates))


def load_topics(extra: tuple[Path, ...] = ()) -> TopicMap:
    """The operator's templates, then the shipped ones.

    Raises:
        MappingError: a file is wrong.
    """
    found: list[TopicTemplate] = []
    for path in (*extra, _SHIPPED):
        file = read(path, "faultpath_mqtt_topics", MappingError)
        file.only("faultpath_mqtt_topics", "topics")
        found.extend(_template(entry) for entry in file.entries("topics"))
    return TopicMap(tuple(found))


def _template(entry: Entry) -> TopicTemplate:
    entry.only("topic", "use", "mqtt_id", "codec", "fields", "words", "absent_faults_mean_none")
    template, mqtt_id = entry.text("topic"), entry.text("mqtt_id", "{device}")
    _check_levels(entry, template, mqtt_id)
    fields, words = entry.entry("fields"), entry.entry("words")
    fields.only("state", "code", "at", "faults")
    words.only("online", "offline", "active", "clear")
    return TopicTemplate(
        template=template,
        use=_one_of(entry, "use", _USES),
        mqtt_id=mqtt_id,
        codec=_one_of(entry, "codec", _CODECS, "json"),
        state=fields.text("state", "state"),
        online=_words(words, "online", "online"),
        offline=_words(words, "offline", "offline"),
        active=_words(words, "active", "active"),
        clear=_words(words, "clear", "clear", "cleared"),
        code=fields.text("code", "code"),
        at=fields.text("at", "at"),
        faults=fields.text("faults", "faults"),
        absent_means_none=entry.flag("absent_faults_mean_none"),
    )


def _one_of(entry: Entry, name: str, allowed: Sequence[_L], default: str | None = None) -> _L:
    value = entry.text(name, default)
    for word in allowed:
        if word == value:
            return word
    raise entry.fail(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")


def _words(entry: Entry, name: str, *default: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in entry.texts(name) or default)


def _check_levels(entry: Entry, template: str, mqtt_id: str) -> None:
    levels = template.split("/")
    named = [name[1] for level in levels if (name := _LEVEL.fullmatch(level))]
    if any(("{" in level or "}" in level) and not _LEVEL.fullmatch(level) for level in levels):
        raise entry.fail("a {name} must be a whole level of the topic, in lower-case letters")
    if "+" in template or "#" in template:
        raise entry.fail("use {name} for a level that varies, not + or #")
    if len(set(named)) != len(named):
        raise entry.fail("each {name} may stand once in a topic")
    if missing := set(_LEVEL.findall(mqtt_id)) - set(named):
        raise entry.fail(f"mqtt_id uses {{{missing.pop()}}}, which is no level of the topic")
