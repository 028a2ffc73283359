"""The hub and the console know the same reason codes, with the same arguments, in both languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cmdb.catalogue import Catalogue
from tests.browser.driving import PROJECT
from ticket_bridge.notices.render import catalogue, fields_of

LANGUAGES = ("en", "zh")
CODE = re.compile(r'Reason\(\s*code="([a-z_]+)"')
ROOMS = ("alerting", "impact", "ticket_bridge", "faultpath")
# why a message was set aside: the console counts those and shows no reason yet
SET_ASIDE = re.compile(r"intake|set_aside")


def of_console(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PROJECT / f"web/src/locales/reasons.{language}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_mail_can_say_the_console_can_say(language: str) -> None:
    mails, console = catalogue(language), of_console(language)
    for code, line in mails.codes.items():
        assert code in console["codes"], f"web/src/locales/reasons.{language}.json lacks {code}"
        assert sorted(fields_of(console["codes"][code])) == sorted(fields_of(line)), code
    for group, words in mails.words.items():
        assert console["words"][group].keys() == words.keys(), group


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_in_the_source_has_words(language: str) -> None:
    known = of_console(language)["codes"]
    missing = {
        f"{file.relative_to(PROJECT)}: {code}"
        for room in ROOMS
        for file in (PROJECT / room).rglob("*.py")
        if not SET_ASIDE.search(str(file.relative_to(PROJECT)))
        for code in CODE.findall(file.read_text("utf-8"))
        if code not in known
    }
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_class_has_the_catalogues_name(language: str) -> None:
    labels = {name: one.label[language] for name, one in Catalogue.load().classes.items()}
    assert of_console(language)["words"]["cls"] == labels
