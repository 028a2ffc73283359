"""net-snmp's snmpd, started once for these tests by ``.ci/snmpd``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.snmp.session import AuthProtocol, CommunityV2c, Credential, PrivProtocol, UserV3

SCRIPT = Path(__file__).parents[3] / ".ci" / "snmpd"
PUBLIC = CommunityV2c(community="public")
WATCH = UserV3(
    user="watch",
    auth=AuthProtocol.SHA,
    auth_secret="watch-auth-pass",
    priv=PrivProtocol.AES128,
    priv_secret="watch-priv-pass",
)
PLAIN = UserV3(user="plain", auth=AuthProtocol.SHA256, auth_secret="plain-auth-pass")
CREDENTIALS: dict[str, Credential] = {"v2c": PUBLIC, "v3-authPriv": WATCH, "v3-authNoPriv": PLAIN}


class Snmpd:
    """A running snmpd. ``set`` changes an object that the script declared writable."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.address = ("127.0.0.1", 0)
        self.start()

    def start(self) -> None:
        port = [str(self.address[1])] if self.address[1] else []
        done = subprocess.run([SCRIPT, "start", self.home, *port], check=True, capture_output=True, text=True)
        told = dict(line.split("=", 1) for line in done.stdout.splitlines())
        host, port_text = told["SNMPD_ADDRESS"].split(":")
        self.address = (host, int(port_text))

    def stop(self) -> None:
        subprocess.run([SCRIPT, "stop", self.home], check=True)

    def set(self, oid: str, value: int) -> None:
        where = "{}:{}".format(*self.address)
        command = ["snmpset", "-v2c", "-c", "private", where, oid, "i", str(value)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "MIBS": ""})


def need(program: str) -> None:
    """Leave the test out where a real server is not installed; in CI nothing may be left out."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"
    if shutil.which(program, path=path) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed")
        pytest.skip(f"{program} is not installed")


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    need("snmpd")
    need("snmpset")
    agent = Snmpd(tmp_path_factory.mktemp("snmpd"))
    yield agent
    agent.stop()


@pytest.fixture
def refused() -> tuple[str, int]:
    """A loopback port at which nothing listens: the host refuses it by ICMP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        host, port = free.getsockname()
        return host, port
