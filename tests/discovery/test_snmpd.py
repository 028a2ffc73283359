"""The same code reads net-snmp's real snmpd."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.snmp.session import AuthProtocol, CommunityV2c, Credential, PrivProtocol, UserV3
from discovery.ranges import parse_range
from tests.discovery.conftest import AT, Discover

SCRIPT = Path(__file__).parents[2] / ".ci" / "snmpd"
Told = dict[str, str]


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"
    if shutil.which("snmpd", path=path) is None:
        pytest.skip("snmpd is not installed")
    home = tmp_path_factory.mktemp("snmpd")
    done = subprocess.run([SCRIPT, "start", home], check=True, capture_output=True, text=True)
    yield dict(line.split("=", 1) for line in done.stdout.splitlines())
    subprocess.run([SCRIPT, "stop", home], check=True)


def credentials(told: Told) -> dict[str, Credential]:
    return {
        "v2c": CommunityV2c(community=told["SNMPD_COMMUNITY"]),
        "v3": UserV3(
            user=told["SNMPD_USER"],
            auth=AuthProtocol.SHA,
            auth_secret=told["SNMPD_AUTH"],
            priv=PrivProtocol.AES128,
            priv_secret=told["SNMPD_PRIV"],
        ),
    }


@pytest.mark.parametrize("name", ["v2c", "v3"])
async def test_a_real_agent_is_a_device_with_its_ports(run: Discover, snmpd: Told, name: str) -> None:
    address = snmpd["SNMPD_ADDRESS"]
    result = await run([parse_range(address, credentials=[name], allow_v2c=True)], credentials(snmpd))
    (device,) = result.devices
    assert (result.unreached, result.complete, result.remembered) == ((), True, {address: name})
    assert len(device.system.engine_id) >= 10
    seen = result.observations[0]
    assert seen.attributes["mgmt_address"] == address
    assert seen.attributes["engine_id"] == device.system.engine_id
    assert device.interfaces


async def test_both_ways_to_ask_it_give_the_same(run: Discover, snmpd: Told) -> None:
    address = snmpd["SNMPD_ADDRESS"]
    by_each = [
        (await run([parse_range(address, credentials=[name], allow_v2c=True)], credentials(snmpd), at=AT)).observations
        for name in ("v2c", "v3")
    ]
    assert by_each[0] == by_each[1]
