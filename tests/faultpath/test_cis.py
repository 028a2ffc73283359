"""The page of one CI and the export: what they cost, and what is written down of them."""

from __future__ import annotations

import pytest

from cmdb.graph import sqlite
from cmdb.graph.effects import observation_from_json
from cmdb.model import Observation
from tests.faultpath.conftest import Station
from tests.faultpath.test_slice import imported


async def test_the_page_of_one_ci_reads_its_own_observations_alone(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await imported(station)
    crm = (await station.get("/cis", query="crm", **{"class": "BusinessService"}))["items"][0]
    read: list[str] = []

    def counted(source: str, native_key: str, body: bytes) -> Observation:
        read.append(native_key)
        return observation_from_json(source, native_key, body)

    monkeypatch.setattr(sqlite, "observation_from_json", counted)
    detail = await station.get(f"/cis/{crm['id']}")
    assert [one["native_key"] for one in detail["observations"]] == read == ["crm"]
