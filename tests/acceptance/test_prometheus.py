"""A real Prometheus and a real Alertmanager that are given our URL and token and nothing else of ours."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.conftest import NewHub
from tests.acceptance.hub import ROOT, HubProcess, eventually, free_port
from tests.acceptance.mail import MailServer
from tests.collectors.snmp.conftest import need

SCRIPT = ROOT / ".ci" / "prometheus"
RULES = Path(__file__).parent / "rules.yaml"
HOST = "127.31.0.5"  # of its own, so that the address alone would do as well


class Exporter:
    """What Prometheus scrapes: one metric over HTTP. It can go away and come back at the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    def start(self) -> None:
        self._server = ThreadingHTTPServer((HOST, self.port), _Metrics)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"node_load1 0.5\n"
        self.send_response(200)
        self.send_header("content-type", "text/plain; version=0.0.4")
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    try:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
    except OSError:
        pytest.skip(f"this system has no {HOST}")
    one = Exporter()
    yield one
    one.stop()


@pytest.fixture
def hub(new_hub: NewHub, mail: MailServer, exporter: Exporter) -> HubProcess:
    one = new_hub(smtp={"host": "127.0.0.1", "port": mail.port}).start()
    one.load_model(web(exporter.address))
    return one


@pytest.fixture
def prometheus(hub: HubProcess, exporter: Exporter, tmp_path: Path) -> Iterator[None]:
    need("prometheus")
    need("prometheus-alertmanager")
    place, token = tmp_path / "prometheus", tmp_path / "token"
    token.write_text(hub.intake)
    url = f"{hub.url}/api/v1/intake/alertmanager"
    subprocess.run([SCRIPT, "start", place, RULES, url, token, exporter.address], check=True)
    yield
    subprocess.run([SCRIPT, "stop", place], check=True)


def web(address: str) -> bytes:
    return yaml.safe_dump(
        {
            "faultpath_model": 1,
            "source": "web",
            "cis": [
                {"key": "shop", "class": "BusinessService", "name": "Shop", "attributes": {"tier": 1}},
                {"key": "web-1", "class": "Server", "name": "web-1", "identity": {"mgmt_address": address}},
                {"key": "owner", "class": "Person", "name": "Sue Shop", "attributes": {"email": "shop@example.test"}},
            ],
            "relations": [
                {"from": "shop", "type": "DEPENDS_ON", "to": "web-1"},
                {"from": "owner", "type": "OWNS", "to": "shop"},
            ],
        }
    ).encode()


@pytest.mark.usefixtures("prometheus")
def test_a_target_that_goes_down_opens_an_incident_and_its_return_resolves_it(
    hub: HubProcess, exporter: Exporter, mail: MailServer
) -> None:
    exporter.stop()
    incident = hub.incident("web-1")
    assert (incident["priority"], incident["confirmed"]) == (1, True)
    assert [(s["service"]["name"], s["state"]) for s in incident["services"]] == [("Shop", "down")]
    (alert,) = incident["members"]
    assert (alert["source"], alert["check"], alert["kind"]) == ("alertmanager:prom", "InstanceDown", "no_answer")
    assert alert["details"]["labels.instance"] == exporter.address
    eventually(lambda: mail.about("shop@example.test", "open"))
    exporter.start()
    hub.resolved(incident["number"])
    eventually(lambda: mail.about("shop@example.test", "resolved"))
    assert hub.get(f"/alerts/{alert['fingerprint']}")["state"] == "cleared"
    assert len(mail.about("shop@example.test", "open")) == 1
