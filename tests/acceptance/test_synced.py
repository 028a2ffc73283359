"""On disk before the answer: the system calls of a running hub, once for each way in that is answered.

Each message carries a mark. The page of the ledger's log that holds the mark is written, then the log is synced, and
only then the answer leaves: the HTTP response, the PUBACK, the response to an inform.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.hub import HubProcess, Prepared, eventually
from tests.acceptance.senders import ON_BATTERY, V2C, V3, Notifier, publish
from tests.collectors.mqtt.conftest import Mosquitto

TIMES = 4
SYS_NAME = "1.3.6.1.2.1.1.5.0"
WRITTEN = re.compile(r"pwrite64\(\d+<[^>]*/ledger\.db-wal>")
SYNC = re.compile(r"f(data)?sync\(\d+<[^>]*/ledger\.db-wal>")
# -D: the hub stays our child; -yy: descriptors by path and by the two ends of a connection
# --seccomp-bpf: it stops at these calls alone
CALLS = "trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg"
STRACE = ("strace", "-D", "-f", "--seccomp-bpf", "-yy", "-s", "6000", "-e", CALLS)


@dataclass
class Trace:
    """The calls in their order. ``poster``: the local port of the one connection over which all was posted."""

    calls: Sequence[str]
    hub: HubProcess
    broker: Mosquitto
    poster: int

    def written(self, mark: str) -> int:
        """Where the mark first went into the ledger's log."""
        return next(n for n, call in enumerate(self.calls) if mark in call and WRITTEN.search(call))

    def synced_after(self, start: int) -> int:
        """Where the next sync of the log has ended; strace splits a call in two when another thread's comes between."""
        begun: set[str] = set()
        for number, call in enumerate(self.calls[start:], start):
            thread = call.split(maxsplit=1)[0]
            if SYNC.search(call) and "<unfinished" in call:
                begun.add(thread)
            elif (SYNC.search(call) or (thread in begun and "sync resumed>" in call)) and call.endswith("= 0"):
                return number
        raise AssertionError("the log is never synced after this")

    def answers(self, pattern: str) -> list[int]:
        return [number for number, call in enumerate(self.calls) if re.search(pattern, call)]

    def assert_synced_before(self, marks: Sequence[str], answers: Sequence[int]) -> None:
        assert len(answers) == len(marks)
        for mark, answer in zip(marks, answers, strict=True):
            written = self.written(mark)
            assert written < self.synced_after(written) < answer, f"{mark} was answered before it was on disk"


def marks(kind: str) -> list[str]:
    return [f"mark-{kind}-{number};" for number in range(TIMES)]


@pytest.fixture(scope="module")
def trace(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trace]:
    if shutil.which("strace") is None:
        pytest.skip("no strace; Debian: apt-get install strace")
    place = tmp_path_factory.mktemp("traced")
    broker = Mosquitto(place / "mosquitto")
    broker.start()
    hub = HubProcess.on(
        prepared, place / "hub", mqtt={"brokers": [{"name": "plant", "host": "127.0.0.1", "port": broker.port}]}
    )
    try:
        hub.start(before=(*STRACE, "-o", str(place / "trace")))
        eventually(lambda: hub.away() == {})
        poster = send_all(hub, broker, place)
        assert hub.stop() == 0
        calls = eventually(lambda: (place / "trace").read_text().splitlines(), lambda found: ended(found, hub.pid))
        yield Trace(calls, hub, broker, poster)
    finally:
        hub.discard()
        broker.end()


def ended(calls: Sequence[str], pid: int) -> bool:
    return any(re.match(rf"{pid} +\+\+\+ exited", call) for call in calls[-5:])


def send_all(hub: HubProcess, broker: Mosquitto, place: Path) -> int:
    """Everything one after the other, each answered before the next is sent; the port that posted."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.http_port)
    connection.connect()
    for mark in marks("http"):
        body = json.dumps({"check": "disk", "resource": mark})
        headers = {"authorization": f"Bearer {hub.intake}", "content-type": "application/json"}
        connection.request("POST", "/api/v1/intake/alerts", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 202
    for number, mark in enumerate(marks("mqtt"), 1):
        publish(broker.port, "estate/hq/cu-1/fault", {"code": mark})
        acknowledged(hub, number)
    notifier = Notifier(hub.trap_address, place)
    for who, kind in ((V2C, "v2c"), (V3, "v3")):
        for mark in marks(kind):
            # sent once: a repeat's answer would be taken for that to the next
            assert notifier.inform(who, ON_BATTERY, SYS_NAME, "s", mark, tries=1, timeout_s=30)
    port: int = connection.sock.getsockname()[1]
    connection.close()
    return port


def acknowledged(hub: HubProcess, number: int) -> None:
    """Wait until the hub has acknowledged so many messages."""
    eventually(
        lambda: hub.figure('faultpath_mqtt_messages{broker="plant",step="acknowledged"}'), lambda done: done >= number
    )


def test_http_answers_after_the_sync(trace: Trace) -> None:
    ends = rf"<TCP:\[127\.0\.0\.1:{trace.hub.http_port}->127\.0\.0\.1:{trace.poster}\]>"
    trace.assert_synced_before(marks("http"), trace.answers(rf'(write|send)\w*\(\d+{ends}, .*"HTTP/1\.1 202'))


def test_mqtt_acknowledges_after_the_sync(trace: Trace) -> None:
    ends = rf"<TCP:\[127\.0\.0\.1:\d+->127\.0\.0\.1:{trace.broker.port}\]>"
    trace.assert_synced_before(marks("mqtt"), trace.answers(rf'send\w*\(\d+{ends}, "@'))  # 0x40: PUBACK


@pytest.mark.parametrize("version", ["v2c", "v3"])
def test_informs_are_confirmed_after_the_sync(trace: Trace, version: str) -> None:
    """A v3 exchange begins with reports about our engine; the confirmation is what leaves after the mark came in."""
    sent = trace.answers(rf"send\w*\(\d+<UDP:\[127\.0\.0\.1:{trace.hub.trap_port}\]>")
    last = [trace.written(mark) for mark in marks(version)]
    until = [*last[1:], len(trace.calls)]
    answers = [next(n for n in sent if start < n < end) for start, end in zip(last, until, strict=True)]
    trace.assert_synced_before(marks(version), answers)
    if version == "v2c":  # it repeats what it confirms
        assert all(mark in trace.calls[answer] for mark, answer in zip(marks(version), answers, strict=True))
