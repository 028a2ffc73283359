"""The reference pages name each endpoint and each metric, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from faultpath import __version__
from faultpath.api.app import build_api, openapi_document
from tests.faultpath.conftest import Station

DOCS = Path(__file__).parents[2] / "docs/reference"


def test_each_endpoint_is_described_and_nothing_else() -> None:
    document = openapi_document(build_api(__version__))
    real = {f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations}
    described = set(re.findall(r"^\| `((?:GET|POST|DELETE) [^`]+)`", (DOCS / "api.md").read_text(), re.MULTILINE))
    assert described == real | {"GET /api/v1/openapi.json"}


async def test_each_metric_is_described_and_nothing_else(station: Station) -> None:
    text = (await station.http.get("/metrics")).text
    real = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)) - {"python_info"}
    real = {name for name in real if not name.endswith("_created")}
    described = set(re.findall(r"^\| `(faultpath_\w+)`", (DOCS / "metrics.md").read_text(), re.MULTILINE))
    assert described == real
