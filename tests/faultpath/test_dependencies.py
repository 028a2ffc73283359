"""What each request passes before its route, and what that costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.dependencies import utils as dependencies

from faultpath import __version__
from faultpath.api.app import build_api
from tests.faultpath.conftest import Station
from tests.faultpath.test_access import routes_of


async def test_no_request_waits_for_a_thread_to_learn_who_asks(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops: list[str] = []

    async def hop(work: Callable[..., object], *args: object, **named: object) -> object:
        hops.append(getattr(work, "__qualname__", repr(work)))
        return work(*args, **named)

    monkeypatch.setattr(dependencies, "run_in_threadpool", hop)
    plain = {path for method, path in routes_of(build_api(__version__)) if method == "GET" and "{" not in path}
    for path in plain - {"/api/v1/stream"}:
        assert (await station.http.get(path)).status_code in (200, 503), path
    assert hops == []
