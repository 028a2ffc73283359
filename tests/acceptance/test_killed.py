"""Kill -9 at each named boundary of the running hub while alerts stream in over HTTP and MQTT.

The senders' own logs of answers and the mail server's log are compared with what the hub has to say after it was
started again: nothing acknowledged is lost, and nothing is doubled beyond what the semantics allow (section 6).
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledger.crash import Boundary
from tests.acceptance.conftest import NewHub
from tests.acceptance.hub import HubProcess, eventually
from tests.acceptance.mail import MailServer
from tests.acceptance.senders import FAULTS
from tests.acceptance.streams import Answers, Poster, Publisher
from tests.collectors.mqtt.conftest import Mosquitto

SERVERS = ("orders-db", "portal-db", "payroll-db", "post-db")
COOLERS = ("cu-1", "cu-2")
NOISE, LAST = 120, "LAST"
MAILS_AT_ONCE = 4  # smtp.connections as shipped: so many may be under way when the hub dies
# Each in the middle of its stream: passes are counted from the start of the process.
KILLS: Sequence[tuple[Boundary, int]] = (
    ("after-receipt", 60),
    ("after-inbox-commit", 40),
    ("before-answer", 70),
    ("after-answer", 70),
    ("between-decision-and-outbox", 3),
    ("before-send", 3),
    ("after-send", 3),
)


def alerts(state: str) -> Iterator[dict[str, Any]]:
    """The four servers fail, or recover, amid what concerns nobody; every tenth of that is posted twice."""
    if state == "active":
        for number in range(NOISE):
            if number % 30 == 0:
                yield server(SERVERS[number // 30], state)
            disk = {
                "check": "disk", "resource": f"spare.example.test:/d{number}", "severity": "warning",
                "ci": {"fqdn": "spare.example.test"},
            }  # fmt: skip
            yield from [disk] * (2 if number % 10 == 0 else 1)
    else:
        yield from (server(name, state) for name in SERVERS)


def server(name: str, state: str) -> dict[str, Any]:
    fqdn = f"{name}.example.test"
    return {"check": "app", "resource": fqdn, "state": state, "severity": "critical", "effect": "down",
            "ci": {"fqdn": fqdn}}  # fmt: skip


def messages() -> Iterator[tuple[str, dict[str, Any]]]:
    for number in range(NOISE):
        if number % 60 == 20:
            yield COOLERS[number // 60], {"code": "E4", "state": "active"}
        yield "cu-3", {"code": f"W{number}", "state": "active"}


@pytest.fixture
def hub(new_hub: NewHub, mosquitto: Mosquitto, mail: MailServer, tmp_path: Path) -> HubProcess:
    warnings = [
        {"code": code, "severity": "warning", "effect": "at_risk", "section": "9",
         "meaning": {"en": "worn", "zh": "磨损"}, "remedy": {"en": "look", "zh": "检查"}}
        for code in (LAST, *(f"W{number}" for number in range(NOISE)))
    ]  # fmt: skip
    catalogue = yaml.safe_load(FAULTS.read_text())
    catalogue["models"][0]["codes"] += warnings
    faults = tmp_path / "faults.yaml"
    faults.write_text(yaml.safe_dump(catalogue))
    return new_hub(
        mqtt={"brokers": [{"name": "plant", "host": "127.0.0.1", "port": mosquitto.port}]},
        smtp={"host": "127.0.0.1", "port": mail.port},
        catalogue={"faults": [str(faults)]},
    )


@pytest.mark.parametrize(("boundary", "passes"), KILLS, ids=[boundary for boundary, _ in KILLS])
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    hub: HubProcess, mosquitto: Mosquitto, mail: MailServer, boundary: Boundary, passes: int
) -> None:
    hub.start(kill_at=f"{boundary}:{passes}")
    eventually(lambda: hub.away() == {})
    poster, publisher = Poster(hub, alerts("active")).start(), Publisher(mosquitto.port, messages()).start()
    assert hub.dead() == -signal.SIGKILL
    hub.start()
    posted, published = poster.finish(), publisher.finish()
    assert posted.refused == []
    wait_until_all_is_said(hub, mosquitto)
    nothing_lost(hub, posted, published)
    Poster(hub, alerts("cleared")).start().finish()
    Publisher(mosquitto.port, [(name, {"code": "E4", "state": "clear"}) for name in COOLERS]).start().finish()
    incidents = eventually(lambda: hub.items("/incidents"), lambda found: {i["state"] for i in found} == {"resolved"})
    wait_until_all_is_told(hub)
    nothing_doubled(hub, incidents, mail, killed_at=boundary)


def test_no_message_of_a_burst_is_lost_after_its_puback(hub: HubProcess, mosquitto: Mosquitto) -> None:
    """The hub dies amid the PUBACKs of a batch: what the broker has forgotten by then must be on disk."""
    hub.start(kill_at="after-answer:100")
    eventually(lambda: hub.away() == {})
    publisher = Publisher(mosquitto.port, messages(), burst=True).start()
    assert hub.dead() == -signal.SIGKILL
    hub.start()
    published = publisher.finish()
    wait_until_all_is_said(hub, mosquitto)
    nothing_lost(hub, Answers(), published)


def test_an_end_that_was_decided_reaches_the_incident_and_its_people(hub: HubProcess, mail: MailServer) -> None:
    """The hub dies as it resolves, at its third decision: after that on the loaded graph and that on the clear."""
    hub.start()
    assert hub.post(server("orders-db", "active")).status_code == 202
    number = hub.incident("orders-db")["number"]
    wait_until_all_is_told(hub)
    assert hub.stop() == 0
    hub.start(kill_at="between-decision-and-outbox:3")
    eventually(lambda: hub.away() == {})
    assert hub.post(server("orders-db", "cleared")).status_code == 202
    assert hub.dead() == -signal.SIGKILL
    hub.start()
    resolved = hub.resolved(number)
    assert [entry["what"]["code"] for entry in resolved["timeline"]].count("resolved") == 1
    wait_until_all_is_told(hub)
    assert len(mail.about("orders-db@example.test", "resolved")) == 1


def wait_until_all_is_said(hub: HubProcess, mosquitto: Mosquitto) -> None:
    """What the broker sends again after the crash comes before what is published after it."""
    Publisher(mosquitto.port, [("cu-3", {"code": LAST, "state": "active"})]).start().finish()
    hub.alert(source="mqtt:plant", text=f"fault-code:{LAST}")
    hub.merged()


def wait_until_all_is_told(hub: HubProcess) -> None:
    def unsent() -> float:
        return sum(hub.figure(f'faultpath_notices{{state="{state}"}}') for state in ("waiting", "sending"))

    eventually(unsent, lambda number: number == 0)


def nothing_lost(hub: HubProcess, posted: Answers, published: Answers) -> None:
    """Each alert is there, as often as it was acknowledged; more often only where an answer went missing."""
    found = {alert["resource"]: alert["occurrences"] for alert in hub.items("/alerts", source="native:prom")}
    assert found.keys() == posted.kept.keys()
    for key, times in found.items():
        assert posted.kept[key] <= times <= posted.tried[key], key
    coded = {
        f"{alert['resource']} {alert['check'].removeprefix('fault-code:')}": alert["occurrences"]
        for alert in hub.items("/alerts", source="mqtt:plant", text="fault-code:")
    }
    coded.pop(f"cu-3 {LAST}")
    assert coded.keys() == published.kept.keys()
    assert set(coded.values()) <= {1, 2}  # one crash, at most one repeat by the broker


def nothing_doubled(
    hub: HubProcess, incidents: Sequence[Mapping[str, Any]], mail: MailServer, *, killed_at: Boundary
) -> None:
    """One incident a cause, one message a person and happening; a repeat is the same message and is called one."""
    assert Counter(incident["root"]["name"] for incident in incidents) == Counter((*SERVERS, *COOLERS))
    for name in (*SERVERS, *COOLERS):
        for happening in ("open", "resolved"):
            told = mail.about(f"{name}@example.test", happening)
            assert len({one["Message-ID"] for one in told}) == 1, (name, happening, len(told))
    details = [hub.get(f"/incidents/{incident['number']}") for incident in incidents]
    notices = [notice for detail in details for notice in detail["notices"]]
    assert {notice["state"] for notice in notices} == {"sent"}
    assert len(mail.times()) == len(notices)
    repeated = sum(times - 1 for times in mail.times().values())
    assert max(mail.times().values()) <= 2
    assert repeated <= sum(notice["possibly_repeated"] for notice in notices) <= MAILS_AT_ONCE
    if killed_at == "after-send":
        assert repeated > 0  # it was taken, and the hub died before it could note that
