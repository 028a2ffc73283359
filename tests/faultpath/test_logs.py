"""Logs are event-shaped and hold no secrets, not even in a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from faultpath.logs import configure


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_local_variable(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", form)

    def open_the_vault(community: str) -> None:
        assert community
        raise ValueError("no such vault")

    try:
        open_the_vault(str(0xC0FFEE))
    except ValueError as error:
        structlog.get_logger("test").error("worker_lost", worker="hub", exc_info=error)
    said = capsys.readouterr().err
    assert "no such vault" in said
    assert "open_the_vault" in said
    assert "12648430" not in said


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    structlog.get_logger("test").debug("too_quiet")
    structlog.get_logger("test").info("hub_ready", url="http://127.0.0.1:1")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("hub_ready", "info")]
