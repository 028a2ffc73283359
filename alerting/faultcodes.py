"""Fault codes of device models: severity, effect, meaning and remedy by language, and the page they are taken from.

::

    faultpath_fault_codes: 1
    model: CU-200                 # as the CI's attribute `model` says; one file may list several under `models`
    vendor: Frigora               # optional
    document: Frigora CU-200 service manual, rev. 3
    default: false                # true: also for devices whose model nobody knows
    codes:
      - code: E4
        severity: major
        effect: degraded
        section: "7.4"
        meaning: {en: Compressor overload, zh: 压缩机过载}
        remedy: {en: Clean the condenser., zh: 清洁冷凝器。}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alerting.errors import FaultCodeError
from alerting.model import Severity
from alerting.yamlfile import Entry, read
from impact.model import Health

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCode:
    """One code of one model. ``meaning`` and ``remedy`` by language (``en``, ``zh``)."""

    model: str
    code: str
    severity: Severity
    effect: Health
    meaning: Mapping[str, str]
    remedy: Mapping[str, str]
    document: str
    section: str

    @property
    def details(self) -> dict[str, str]:
        """As details of an event: ``code``, ``model``, ``document``, ``section``, ``meaning.en``, ``remedy.zh``."""
        return {
            "code": self.code,
            "model": self.model,
            "document": self.document,
            "section": self.section,
            **{f"meaning.{language}": text for language, text in self.meaning.items()},
            **{f"remedy.{language}": text for language, text in self.remedy.items()},
        }


@dataclass(frozen=True, slots=True)
class FaultCatalogue:
    """All codes by model and code, upper and lower case being the same."""

    codes: Mapping[tuple[str, str], FaultCode]
    defaults: Mapping[str, FaultCode]

    @classmethod
    def load(cls, paths: Iterable[Path]) -> FaultCatalogue:
        """Read files, or all ``*.yaml`` of folders.

        Raises:
            FaultCodeError: a file is wrong, or two say different things of one code.
        """
        codes: dict[tuple[str, str], FaultCode] = {}
        defaults: dict[str, FaultCode] = {}
        for path in _files(paths):
            for model in _models(path):
                for code in _codes(model):
                    key = (code.model.casefold(), code.code.casefold())
                    if key in codes:
                        raise FaultCodeError(f"{path}: code {code.code} of {code.model} is defined twice; keep one")
                    codes[key] = code
                    if model.flag("default"):
                        defaults.setdefault(code.code.casefold(), code)
        return cls(codes, defaults)

    def find(self, model: str | None, code: str) -> FaultCode | None:
        """The entry of a model's code; for an unknown model that of the default catalogue."""
        if model is not None:
            found = self.codes.get((model.casefold(), code.casefold()))
            if found is not None or any(known == model.casefold() for known, _ in self.codes):
                return found
        return self.defaults.get(code.casefold())


NO_FAULT_CODES = FaultCatalogue({}, {})


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted(path.glob("*.yaml")) if path.is_dir() else (path,)


def _models(path: Path) -> list[Entry]:
    file = read(path, "faultpath_fault_codes", FaultCodeError)
    if "models" in file.values:
        file.only("faultpath_fault_codes", "models")
        return file.entries("models")
    file.values = {name: value for name, value in file.values.items() if name != "faultpath_fault_codes"}
    return [file]


def _codes(model: Entry) -> list[FaultCode]:
    model.only("model", "vendor", "document", "default", "codes")
    name, document = model.text("model"), model.text("document")
    found = [_code(entry, name, document) for entry in model.entries("codes")]
    if not found:
        raise model.fail("codes is empty; list at least one code")
    return found


def _code(entry: Entry, model: str, document: str) -> FaultCode:
    entry.only("code", "severity", "effect", "section", "meaning", "remedy", "document")
    texts = {name: entry.table(name) for name in ("meaning", "remedy")}
    for name, by_language in texts.items():
        for language in LANGUAGES:
            if not by_language.get(language):
                raise entry.fail(f"{name}.{language} is missing; write it in {' and '.join(LANGUAGES)}")
    return FaultCode(
        model=model,
        code=entry.text("code"),
        severity=entry.word("severity", Severity),
        effect=entry.word("effect", Health),
        meaning=texts["meaning"],
        remedy=texts["remedy"],
        document=entry.text("document", document),
        section=entry.text("section"),
    )
