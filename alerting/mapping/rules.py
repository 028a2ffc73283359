"""Rules that say what a check means for the CI it names."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from alerting.model import Severity
from impact.model import ComplaintKind, Health

DEFAULT_EFFECT: Mapping[Severity, Health] = {
    Severity.CRITICAL: Health.DEGRADED,
    Severity.MAJOR: Health.DEGRADED,
    Severity.MINOR: Health.AT_RISK,
    Severity.WARNING: Health.AT_RISK,
    Severity.INFO: Health.OK,
}


def effect_of_severity(severity: Severity) -> Health:
    """The effect of what no rule maps."""
    return DEFAULT_EFFECT[severity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one alert means. ``unknown_severity`` is the sender's word if the mapping does not know it.

    ``bind``: the labels that say what it is about, strongest first; empty = all that the mapping knows.
    """

    kind: ComplaintKind
    severity: Severity
    effect: Health
    bind: tuple[str, ...] = ()
    unknown_severity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One entry: globs over check and labels, and what follows."""

    check: re.Pattern[str]
    labels: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    kind: ComplaintKind = ComplaintKind.FAULT
    severity: Severity | None = None
    effect: Health | None = None
    bind: tuple[str, ...] = ()

    def matches(self, check: str, labels: Mapping[str, str]) -> bool:
        return self.check.match(check) is not None and all(
            pattern.match(labels.get(name, "")) is not None for name, pattern in self.labels.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapping:
    """What one kind of sender means by its words. ``hints``: label → what it identifies, strongest first."""

    sender: str
    severities: Mapping[str, Severity]
    rules: tuple[Rule, ...]
    hints: Mapping[str, str]
    not_identity: frozenset[str]

    def meaning(self, check: str, labels: Mapping[str, str], severity_word: str) -> Meaning:
        """Apply the first rule that matches; pure."""
        known = self.severities.get(severity_word.casefold())
        unknown = severity_word if known is None and severity_word else None
        severity = Severity.WARNING if known is None else known
        for rule in self.rules:
            if rule.matches(check, labels):
                severity = rule.severity if rule.severity is not None else severity
                effect = rule.effect if rule.effect is not None else effect_of_severity(severity)
                if rule.kind is ComplaintKind.NO_ANSWER:
                    severity, effect = Severity.CRITICAL, Health.OK  # the effect is derived at each evaluation
                return Meaning(
                    kind=rule.kind, severity=severity, effect=effect, bind=rule.bind, unknown_severity=unknown
                )
        return Meaning(
            kind=ComplaintKind.FAULT,
            severity=severity,
            effect=effect_of_severity(severity),
            unknown_severity=unknown,
        )


def any_of(globs: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern that matches what any of the globs matches (`fnmatch`, case-sensitive)."""
    return re.compile("|".join(f"(?:{fnmatch.translate(glob)})" for glob in globs))
