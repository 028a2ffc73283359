"""The words of notices: both languages say the same codes with the same arguments, and nothing breaks a rendering."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.model import Reason
from ticket_bridge.notices.render import LANGUAGES, Catalogue, Speaker, catalogue, clean, fields_of

EN, ZH = catalogue("en"), catalogue("zh")
HOUSE = Path(__file__).parents[2]


def named(ci_id: str) -> str:
    return f"name of {ci_id}"


def speaker(language: str = "en") -> Speaker:
    return Speaker(language, named)


@pytest.mark.parametrize("section", ["codes", "mail"])
def test_both_languages_have_the_same_lines_with_the_same_fields(section: str) -> None:
    english, chinese = getattr(EN, section), getattr(ZH, section)
    assert english.keys() == chinese.keys()
    for code in english:
        assert set(fields_of(english[code])) == set(fields_of(chinese[code])), code


def test_both_languages_have_the_same_words() -> None:
    assert shape(EN.words) == shape(ZH.words)
    assert EN.optional.keys() == ZH.optional.keys()


def shape(words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, set[str]]]:
    return {group: {word: set(re.findall(r"{(\w+)", text)) for word, text in of.items()} for group, of in words.items()}


@pytest.mark.parametrize("texts", [EN, ZH], ids=LANGUAGES)
def test_each_format_of_a_field_is_known(texts: Catalogue) -> None:
    known = {"", "percent", "time", *texts.words, *texts.optional}
    for line in (*texts.codes.values(), *texts.mail.values()):
        assert {spec for _, spec in fields_of(line)} <= known, line


def test_each_code_that_impact_or_handling_emits_has_a_text() -> None:
    emitted: set[str] = set()
    for room in ("impact", "ticket_bridge"):
        for file in (HOUSE / room).rglob("*.py"):
            source = file.read_text(encoding="utf-8")
            emitted |= set(re.findall(r'Reason\(\s*code="(\w+)"', source))
            emitted |= set(re.findall(r'\bentry\(\s*"(\w+)"', source))
    assert emitted
    assert emitted <= EN.codes.keys()


def test_reasons_read_as_sentences() -> None:
    share = Reason(code="suspected_share", args={"share": 0.754, "complaining": 30, "watched": 40})
    assert speaker().reason(share) == "suspected: 30 of 40 things that need it complain (75%)"
    seen = Reason(code="people_of_sites", args={"sites": ("Berlin", "Wuxi", "Lyon")})
    assert speaker().reason(seen) == "seen so by the people of Berlin, Wuxi and Lyon"
    assert speaker("zh").reason(seen) == "Berlin、Wuxi和Lyon 的人员所见如此"


def test_ids_are_shown_by_name() -> None:
    ci_id = "01HZX3V5N8KQ4T7R2M6P9W0ABC"
    assert speaker().reason(Reason(code="via", args={"ci": ci_id})) == f"because of name of {ci_id}"


def test_steps_of_a_priority_are_said_where_there_are_any() -> None:
    args: dict[str, str | int] = {"priority": 1, "service": "CRM", "tier": 1, "state": "degraded"}
    plain = Reason(code="priority_by_service", args={**args, "steps": ()})
    stepped = Reason(code="priority_by_service", args={**args, "steps": ("vip",)})
    assert speaker().reason(plain) == "P1: CRM (tier 1) is limited"
    assert speaker().reason(stepped) == "P1: CRM (tier 1) is limited; one step up, a VIP cannot work"


def test_an_unknown_code_reads_as_its_own_words() -> None:
    reason = Reason(code="flux_capacitor_dry", args={"level": 3, "unit": "litres"})
    assert speaker().reason(reason) == "flux capacitor dry (level: 3, unit: litres)"
    assert speaker("fr").reason(Reason(code="own_fault")) == EN.codes["own_fault"]


def test_a_missing_argument_reads_as_a_question_mark() -> None:
    assert speaker().reason(Reason(code="via")) == "because of ?"


def test_a_line_reaches_no_attributes() -> None:
    with pytest.raises(ValueError, match="plain name"):
        list(fields_of("{device.__class__}"))


def test_foreign_text_loses_what_could_mislead() -> None:
    assert clean("a\r\nBcc: x\x1b[31m \u202egpj.exe\u2066") == "a Bcc: x [31m gpj.exe"
    assert len(clean("x" * 10_000)) == 400


values: st.SearchStrategy[Any] = st.one_of(
    st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.text(), max_size=4).map(tuple)
)
codes = st.one_of(st.sampled_from(sorted(EN.codes)), st.text())
names = st.sampled_from(sorted({name for line in EN.codes.values() for name, _ in fields_of(line)}))


@given(
    code=codes,
    args=st.dictionaries(st.one_of(names, st.text()), values, max_size=8),
    language=st.sampled_from(LANGUAGES),
)
def test_nothing_makes_a_rendering_fail(code: str, args: dict[str, Any], language: str) -> None:
    text = speaker(language).reason(Reason(code=code, args=args))
    assert not re.search(r"[\r\n\x00\x1b\u202e]", text)
