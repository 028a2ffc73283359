"""Recorded devices replayed over real UDP: neighbours, vendor, class and serial number as others know them.

A sample here; all 815 with ``python -m tests.discovery.recordings`` (half a minute).
"""

from __future__ import annotations

import pytest

from cmdb.catalogue import Catalogue
from tests.discovery.agents import serving
from tests.discovery.conftest import Discover
from tests.discovery.recordings import ARCHIVE, Recording, Score, recordings

EVERY = 20  # of the devices without neighbours; all with neighbours are taken

pytestmark = pytest.mark.skipif(not ARCHIVE.exists(), reason="the recordings are not here")


@pytest.fixture(scope="module")
def sample() -> list[Recording]:
    return [one for number, one in enumerate(recordings()) if one.lldp_links or number % EVERY == 0]


async def test_what_recorded_devices_show_is_read(run: Discover, catalogue: Catalogue, sample: list[Recording]) -> None:
    score = Score(catalogue)
    with serving((one.agent(), "127.0.0.1", 0) for one in sample) as places:
        for one, (host, port) in zip(sample, places, strict=True):
            score.add(one, await run([f"{host}:{port}"], timeout_s=5.0))
    told = score.text()
    assert score.answered == score.devices, told
    assert score.links_found / score.links_expected > 0.88, told  # the rest stands in vendors' own MIBs
    assert score.vendor / score.answered > 0.8, told
    assert score.wrong_class <= 2, told
    assert score.serial_right / score.serial_in_entity > 0.7, told
