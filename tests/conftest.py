"""What all tests share: in CI nothing may be left out; elsewhere it is said what was."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI") == "true"
_left_out: list[str] = []

# A busy machine is no reason to fail. In CI the examples are always the same; elsewhere new ones are looked for.
settings.register_profile(
    "faultpath",
    parent=settings.get_profile("ci" if IN_CI else "default"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("faultpath")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _left_out.append(f"{report.nodeid}: {why}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if IN_CI and _left_out and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        verdict = "left out, which CI does not allow" if IN_CI else "left out here"
        terminalreporter.section(f"{len(_left_out)} {verdict}")
        for line in _lines(_left_out):
            terminalreporter.write_line(line)


def _lines(found: Iterable[str]) -> list[str]:
    return sorted(set(found))
