"""A model file in which nearly everything is wrong costs no more than one with a few mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

import pytest

from cmdb.catalogue import Catalogue
from discovery.importers import model_yaml
from discovery.importers.model_yaml import MAX_PROBLEMS, MAX_SUGGESTIONS, ModelFile, read_model

COUNT = 3_000


def renamed(count: int = COUNT) -> ModelFile:
    """A file whose keys got a new prefix among the CIs and kept the old one in the relations."""
    lines = ["faultpath_model: 1", "source: x", "cis:"]
    lines += [f"  - {{key: server-{number:05}, class: Server, name: s}}" for number in range(count)]
    lines.append("relations:")
    lines += [f"  - {{from: srv-{number:05}, type: DEPENDS_ON, to: server-00000}}" for number in range(1, count)]
    data = "\n".join(lines).encode()
    return read_model(data, file="m.yaml", catalogue=Catalogue.load(), observed_at=datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """With how many words each wrong one was compared."""
    sizes: list[int] = []

    def counted(word: str, known: Sequence[str], n: int = 3) -> list[str]:
        sizes.append(len(known))
        return get_close_matches(word, known, n=n)

    monkeypatch.setattr(model_yaml, "get_close_matches", counted)
    return sizes


def test_a_renamed_prefix_ends_the_reading_early(compared: list[int]) -> None:
    model = renamed()
    assert model.observations == ()
    assert (len(model.problems), model.more) == (MAX_PROBLEMS, True)
    assert [problem.line for problem in model.problems] == list(range(5 + COUNT, 5 + COUNT + MAX_PROBLEMS))
    assert len(compared) == MAX_SUGGESTIONS
    assert max(compared) <= 1_000


def test_the_first_mistakes_say_what_may_be_meant_and_all_what_is_known() -> None:
    problems = renamed().problems
    assert problems[0].remedy == "did you mean 'server-00001'?"
    assert problems[MAX_SUGGESTIONS].remedy.startswith("known are server-00000, server-00001, ")


def test_a_few_mistakes_are_all_that_there_are() -> None:
    model = renamed(11)
    assert (len(model.problems), model.more) == (10, False)


def test_a_word_of_endless_length_is_not_compared(compared: list[int]) -> None:
    text = f"faultpath_model: 1\nsource: x\ncis:\n  - {{key: a, class: {'S' * 100_000}, name: a}}"
    read_model(text.encode(), file="m", catalogue=Catalogue.load(), observed_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert compared == []
