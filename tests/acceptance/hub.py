"""A hub as a process of its own, started as a user starts it: killed, started again, asked from outside."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
import yaml

ROOT = Path(__file__).parents[2]
MODEL = Path(__file__).parent / "model.yaml"
PASSWORD = "correct horse battery"
CREDENTIALS = (
    {"name": "public", "kind": "v2c", "community": "public"},
    {
        "name": "watch", "kind": "v3", "user": "watch", "auth": "SHA", "auth_secret": "watch-auth-pass",
        "priv": "AES", "priv_secret": "watch-priv-pass",
    },
)  # fmt: skip
"""Those of `.ci/snmpd`: whom the hub may ask, and whose traps it hears."""

START_S = 120.0
PATIENCE_S = 90.0
"""How long a condition is waited for. Generous: machines that test are busy. Nothing depends on its value."""

NOT_KEPT = httpx.Limits(max_keepalive_connections=0)
"""A connection for each request: hubs die here."""

T = TypeVar("T")


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A loopback port that is free now, and not one of those that systems give away by themselves.

    A hub that is killed must find its port free when it is started again.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def eventually(read: Callable[[], T], good: Callable[[T], object] = bool, within_s: float = PATIENCE_S) -> T:
    """What is read, as soon as it is good.

    Raises:
        AssertionError: it did not become good in time; with what was read last.
    """
    end = time.monotonic() + within_s
    while True:
        found = read()
        if good(found):
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {within_s:.0f} s; found last: {found!r}"[:4000])
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The data of a hub that was set up once, with the company of `MODEL` in its graph, and its tokens."""

    data: Path
    admin: str
    intake: str


@dataclass
class HubProcess:
    """One hub. Its ports and data stay the same over restarts; ``settings`` are read at each start."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    admin: str = ""
    intake: str = ""
    http_port: int = field(default_factory=free_port)
    trap_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    process: subprocess.Popen[bytes] | None = None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=60, limits=NOT_KEPT))

    @classmethod
    def on(cls, prepared: Prepared, folder: Path, **settings: Any) -> Self:
        """A hub on a copy of prepared data; not started."""
        folder.mkdir(exist_ok=True)
        shutil.copytree(prepared.data, folder / "data")
        return cls(folder, settings, prepared.admin, prepared.intake)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def trap_address(self) -> str:
        return f"127.0.0.1:{self.trap_port}"

    @property
    def log(self) -> Path:
        return self.folder / "hub.log"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    # Its life

    def launch(self, *, kill_at: str = "", before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start it and do not wait. ``kill_at``: where it shall die; ``before``: a command to run it under."""
        config = self.folder / "faultpath.yaml"
        config.write_text(yaml.safe_dump(self._settings()))
        command = [*before, sys.executable, "-m", "faultpath.cli.main", "serve", "--config", str(config)]
        mine = {name: value for name, value in os.environ.items() if not name.startswith("FAULTPATH_")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=mine | {"FAULTPATH_KILL_AT": kill_at}, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        return self.process

    def start(self, *, kill_at: str = "", before: Sequence[str] = ()) -> Self:
        """Start it and wait until it answers."""
        process = self.launch(kill_at=kill_at, before=before)
        end = time.monotonic() + START_S
        while not self._answers():
            assert process.poll() is None, f"the hub did not start\n{self.last_words()}"
            assert time.monotonic() < end, f"the hub does not answer\n{self.last_words()}"
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        try:
            return self.client.get(f"{self.url}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        """End it as a system does. The exit status, 0 for a stop in good order."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def dead(self) -> int:
        """Wait until it has died by itself."""
        assert self.process is not None
        return self.process.wait(PATIENCE_S)

    def discard(self) -> None:
        """At the end of a test, whatever became of it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(PATIENCE_S)
        self.client.close()

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:]) if self.log.exists() else ""

    def _settings(self) -> dict[str, Any]:
        snmp = {"poll_interval_s": 60, "traps": {"port": self.trap_port}}
        return {
            "data_dir": str(self.folder / "data"),
            "http": {"port": self.http_port},
            "situations": {"settle_s": 0.2, "settle_max_s": 0.5, "hold_s": 0.5},
            "log": {"format": "json"},
            "snmp": snmp,
            **self.settings,
        }

    # What it is asked

    def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token or self.admin}", **more.pop("headers", {})}
        return self.client.request(method, self.url + path, headers=headers, **more)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.ask("GET", f"/api/v1{path}", params=params)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def do(self, path: str, body: Any) -> Any:
        """Post an act."""
        answer = self.ask("POST", f"/api/v1{path}", json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All of a paged list."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, **params, **cursor)
            found += page["items"]
            if not page.get("next_cursor"):
                return found
            cursor = {"cursor": page["next_cursor"]}

    def load_model(self, model: bytes) -> None:
        answer = self.ask("POST", "/api/v1/import", content=model, headers={"content-type": "application/yaml"})
        assert answer.is_success, answer.text

    def post(self, *alerts: dict[str, Any], token: str | None = None) -> httpx.Response:
        """Post alerts in our own form, as a monitoring tool."""
        return self.ask("POST", "/api/v1/intake/alerts", token or self.intake, json={"alerts": list(alerts)})

    def away(self) -> dict[str, str]:
        """The parts that are away, with the reason; ``/readyz`` has the status that belongs to it."""
        answer = self.ask("GET", "/readyz")
        found: dict[str, str] = answer.json()["away"]
        assert answer.status_code == (503 if found else 200)
        return found

    def figure(self, line: str) -> float:
        """One figure of ``/metrics`` by the beginning of its line; 0 if there is none."""
        lines = self.ask("GET", "/metrics").text.splitlines()
        return next((float(one.rpartition(" ")[2]) for one in lines if one.startswith(f"{line} ")), 0.0)

    def incident(self, root: str) -> dict[str, Any]:
        """Wait until an incident with that root is open, and be sure that it is the only one; in full."""
        named = eventually(lambda: [i for i in self.open_incidents() if (i["root"] or {}).get("name") == root])
        assert len(named) == 1, named
        detail: dict[str, Any] = self.get(f"/incidents/{named[0]['number']}")
        return detail

    def open_incidents(self) -> list[dict[str, Any]]:
        return self.items("/incidents", state="open")

    def resolved(self, number: int) -> dict[str, Any]:
        """Wait until an incident is resolved."""
        return eventually(lambda: self.get(f"/incidents/{number}"), lambda one: one["state"] == "resolved")

    def alert(self, **params: Any) -> dict[str, Any]:
        """Wait for the alert that fits."""
        return eventually(lambda: self.items("/alerts", **params))[0]

    def merged(self) -> None:
        """Wait until all that came in has become alerts."""
        eventually(lambda: self.figure("faultpath_inbox_waiting"), lambda waiting: waiting == 0)

    def set_aside(self, reason: str) -> dict[str, Any]:
        """Wait for what was set aside for that reason."""
        return eventually(lambda: self.items("/quarantine", reason=reason))[0]


def prepare(folder: Path) -> Prepared:
    """Set up a hub as a person would: one-time token, administrator, tokens, credentials, model; then stop it."""
    hub = HubProcess(folder).start()
    try:
        one_time = (folder / "data" / "setup-token").read_text().strip()
        with httpx.Client(base_url=f"{hub.url}/api/v1", trust_env=False, timeout=60) as client:
            made = client.post("/setup", json={"token": one_time, "name": "ann", "password": PASSWORD})
            client.headers.update({"origin": hub.url, "x-csrf-token": made.json()["csrf"]})
            hub.admin = _token(client, "all", "admin")
            hub.intake = _token(client, "prom", "intake:prom")
            for credential in CREDENTIALS:
                client.post("/credentials", json=credential).raise_for_status()
        hub.load_model(MODEL.read_bytes())
        assert hub.stop() == 0, hub.last_words()
    finally:
        hub.discard()
    return Prepared(folder / "data", hub.admin, hub.intake)


def _token(client: httpx.Client, name: str, *scopes: str) -> str:
    made = client.post("/tokens", json={"name": name, "scopes": list(scopes)})
    assert made.status_code == 201, made.text
    secret: str = made.json()["secret"]
    return secret
