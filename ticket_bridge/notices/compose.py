"""The text of a notice: subject and body, in the reader's language, at the time of the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from impact.model import Reason, ServiceHit
from ticket_bridge.directory import Directory
from ticket_bridge.model import Happening, Incident
from ticket_bridge.notices.render import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What a fault-code catalogue says of the root's alert, by language; ``document`` and ``section`` say where."""

    meaning: Mapping[str, str]
    remedy: Mapping[str, str]
    document: str = ""
    section: str = ""

    @classmethod
    def from_details(cls, details: Mapping[str, str]) -> Remedy | None:
        """The remedy in an alert's details, if there is one."""
        texts = {
            what: {key.partition(".")[2]: text for key, text in details.items() if key.startswith(f"{what}.")}
            for what in ("meaning", "remedy")
        }
        if not texts["remedy"]:
            return None
        return cls(
            meaning=texts["meaning"],
            remedy=texts["remedy"],
            document=details.get("document", ""),
            section=details.get("section", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """A service that stays hit by another incident although this one is over."""

    service: ServiceHit
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one kind of reader is to read of one happening. Persons with equal messages get equal texts."""

    happening: Happening
    because: Reason
    goes_on: tuple[GoesOn, ...] = ()


class Composer:
    """Writes notices of one incident."""

    def __init__(
        self,
        incident: Incident,
        directory: Directory,
        *,
        remedy: Remedy | None = None,
        link_base: str | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self._incident = incident
        self._directory = directory
        self._remedy = remedy
        self._link_base = link_base
        self._zone = zone
        self._written: dict[tuple[str, str], tuple[str, str]] = {}

    def write(self, message: Message, language: str) -> tuple[str, str]:
        """Subject and body. The same message in the same language is written once."""
        key = (language, repr(message))
        if key not in self._written:
            speaker = Speaker(language, self._directory.name, self._zone)
            self._written[key] = (self._subject(speaker, message), self._body(speaker, message))
        return self._written[key]

    def _subject(self, say: Speaker, message: Message) -> str:
        title = say.reason(self._incident.title)
        return say.mail(
            f"subject_{message.happening.value}",
            priority=self._incident.priority,
            title=title,
            number=self._incident.number,
        )

    def _body(self, say: Speaker, message: Message) -> str:
        incident = self._incident
        title = say.reason(incident.title)
        over = message.happening is Happening.RESOLVED
        span = "lasted" if over and incident.resolved_at else "since"
        lines = [
            say.mail(f"lead_{message.happening.value}", title=title),
            say.mail(span, opened_at=incident.opened_at, resolved_at=incident.resolved_at),
        ]
        lines += [
            say.mail("still", service=one.service.ci_id, state=one.service.state.word, number=one.number)
            for one in message.goes_on
        ]
        lines += self._section(say, "what", self._what(say))
        lines += self._section(say, "who", [self._people(say)])
        lines += self._section(say, "services", self._services(say))
        lines += self._section(say, "helps", [] if over else self._helps(say))
        lines += self._section(say, "priority", [] if over else [say.reason(incident.priority_reason)])
        lines += self._section(say, "look", self._link())
        lines += self._section(say, "why", [say.mail("because", reason=say.reason(message.because))])
        return "\n".join(lines) + "\n"

    def _section(self, say: Speaker, heading: str, lines: Sequence[str]) -> list[str]:
        if not lines:
            return []
        return ["", say.mail(heading) + say.texts.label.rstrip(), *(f"  {line}" for line in lines)]

    def _what(self, say: Speaker) -> list[str]:
        incident = self._incident
        args: Mapping[str, Any] = incident.title.args
        if incident.root_ci is None:
            first = say.mail("no_root", **args) if incident.title.code == "incident_unbound" else ""
        else:
            first = say.mail("root_confirmed" if incident.confirmed else "root_suspected", **args)
        return [line for line in (first, *(say.reason(reason) for reason in incident.evidence)) if line]

    def _people(self, say: Speaker) -> str:
        cannot_work, limited = len(self._incident.cannot_work), len(self._incident.limited)
        if not cannot_work and not limited:
            return say.mail("nobody")
        return say.mail("people", cannot_work=cannot_work, limited=limited)

    def _services(self, say: Speaker) -> list[str]:
        lines: list[str] = []
        for hit in self._incident.services:
            lines.append(say.mail("service", service=hit.ci_id, tier=hit.tier, state=hit.state.word))
            lines.append("  " + " → ".join(say.fill("{ci}", {"ci": ci}) for ci in hit.path))
        return lines or [say.mail("no_services")]

    def _helps(self, say: Speaker) -> list[str]:
        if self._remedy is None:
            return []
        found = self._remedy
        lines = [say.mail("remedy", meaning=_in(found.meaning, say), remedy=_in(found.remedy, say)).strip()]
        if found.document:
            line = "source" if found.section else "source_document"
            lines.append(say.mail(line, document=found.document, section=found.section))
        return lines

    def _link(self) -> list[str]:
        return [f"{self._link_base.rstrip('/')}/incidents/{self._incident.number}"] if self._link_base else []


def _in(texts: Mapping[str, str], say: Speaker) -> str:
    """The text in the speaker's language, else in English, else in any; empty where there is none."""
    return texts.get(say.texts.language) or texts.get("en") or next(iter(texts.values()), "")
