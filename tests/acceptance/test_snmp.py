"""net-snmp's own clients and agent: what a trap, an inform, v2c and v3, makes the whole hub do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.conftest import NewHub
from tests.acceptance.hub import HubProcess, Prepared, eventually
from tests.acceptance.senders import (
    ALARM_REMOVED,
    FAN_FAILED,
    FAN_MENDED,
    IF_INDEX,
    LINK_DOWN,
    ON_BATTERY,
    TRAPS,
    V2C,
    V3,
    Notifier,
)
from tests.collectors.snmp.conftest import Snmpd

OUTPUT_SOURCE = "1.3.6.1.2.1.33.1.4.1.0"  # UPS-MIB, RFC 1628: upsOutputSource
NORMAL, BATTERY = 3, 5
KEPT = 'faultpath_snmp_traps{result="kept"}'
NOT_BY_ITSELF = {"poll_interval_s": 3600, "trouble_interval_s": 3600}
"""So that nothing but the notification can have made the hub ask."""


@dataclass
class Site:
    """A hub that discovered one real device, net-snmp's snmpd: the UPS of a server that a service needs."""

    hub: HubProcess
    device: Snmpd
    notifier: Notifier

    def send(self, how: str, who: tuple[str, ...], oid: str, *varbinds: str) -> None:
        """``snmptrap`` or ``snmpinform``; an inform must be confirmed."""
        if how == "inform":
            assert self.notifier.inform(who, oid, *varbinds)
        else:
            self.notifier.trap(who, oid, *varbinds)

    def notification(self, check: str, **state: str) -> dict[str, Any]:
        return self.hub.alert(source="snmp-trap", text=check, **state)


@pytest.fixture(scope="module")
def site(prepared: Prepared, snmpd: Snmpd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = tmp_path_factory.mktemp("site")
    hub = HubProcess.on(prepared, place)
    hub.settings = {
        "snmp": {**NOT_BY_ITSELF, "traps": {"port": hub.trap_port}},
        "catalogue": {"traps": [str(TRAPS)]},
    }
    hub.start()
    try:
        yield Site(hub, snmpd, Notifier(hub.trap_address, place, discover(hub, snmpd)))
    finally:
        hub.discard()


def discover(hub: HubProcess, device: Snmpd) -> str:
    """Import who needs the device, discover it with v3, and return its engine id."""
    place = "{}:{}".format(*device.address)
    hub.do("/discovery/ranges", {"range": place, "credentials": ["watch", "public"], "allow_v2c": True})
    hub.load_model(power(place))
    run = hub.do("/discovery/runs", {})
    run = eventually(lambda: hub.get(f"/discovery/runs/{run['id']}"), lambda one: one["state"] != "running")
    assert (run["state"], run["found"]) == ("done", 1), run
    ups = hub.get(f"/cis/{hub.items('/cis', query='ups-1')[0]['id']}")
    engine_id: str = ups["attributes"]["engine_id"]
    return engine_id


def power(place: str) -> bytes:
    return yaml.safe_dump(
        {
            "faultpath_model": 1,
            "source": "power",
            "cis": [
                {"key": "backup", "class": "BusinessService", "name": "Backup", "attributes": {"tier": 2}},
                {"key": "db", "class": "Server", "name": "backup-db", "identity": {"fqdn": "backup-db.example.test"}},
                {"key": "ups", "class": "Ups", "name": "ups-1", "identity": {"mgmt_address": place}},
            ],
            "relations": [
                {"from": "backup", "type": "DEPENDS_ON", "to": "db"},
                {"from": "db", "type": "POWERED_BY", "to": "ups"},
            ],
        }
    ).encode()


@pytest.mark.parametrize("how", ["trap", "inform"])
def test_what_the_poll_finds_after_a_v2c_notification_counts(site: Site, how: str) -> None:
    site.device.set(OUTPUT_SOURCE, BATTERY)
    try:
        site.send(how, V2C, ON_BATTERY)
        incident = site.hub.incident("ups-1")
        assert incident["confirmed"]
        assert incident["worst_service"]["name"] == "Backup"
        assert [(m["source"], m["check"]) for m in incident["members"]] == [("snmp", "ups-output")]
        site.device.set(OUTPUT_SOURCE, NORMAL)
        site.send(how, V2C, ALARM_REMOVED)
        site.hub.resolved(incident["number"])
    finally:
        site.device.set(OUTPUT_SOURCE, NORMAL)


@pytest.mark.parametrize("how", ["trap", "inform"])
def test_a_v2c_notification_alone_blames_nobody(site: Site, how: str) -> None:
    """The device is asked, and says that all is well: anybody can send a v2c trap."""
    asked = site.hub.figure('faultpath_snmp_questions{result="asked"}')
    times = sum(a["occurrences"] for a in site.hub.items("/alerts", source="snmp-trap", text="ups-on-battery"))
    site.send(how, V2C, ON_BATTERY)
    alert = eventually(
        lambda: site.notification("ups-on-battery"), lambda a: a["occurrences"] > times and a["state"] == "cleared"
    )
    assert (alert["ci"]["name"], alert["kind"], alert["authenticated"]) == ("ups-1", "hint", False)
    assert site.hub.figure('faultpath_snmp_questions{result="asked"}') > asked
    assert site.hub.open_incidents() == []


@pytest.mark.parametrize("how", ["trap", "inform"])
def test_a_v3_notification_is_a_report_that_counts(site: Site, how: str) -> None:
    site.send(how, V3, FAN_FAILED)
    incident = site.hub.incident("ups-1")
    assert (incident["confirmed"], incident["proven"]) == (True, True)
    alert = site.notification("fan", state="active")
    assert (alert["authenticated"], alert["details"]["user"]) == (True, "watch")
    kept = site.hub.figure(KEPT)
    site.send(how, V2C, FAN_MENDED)  # anybody's word ends nothing
    eventually(lambda: site.hub.figure(KEPT), lambda now: now > kept)
    site.hub.merged()
    assert site.hub.get(f"/incidents/{incident['number']}")["state"] == "open"
    site.send(how, V3, FAN_MENDED)
    site.hub.resolved(incident["number"])
    assert site.hub.get(f"/alerts/{alert['fingerprint']}")["state"] == "cleared"


def test_a_v3_link_down_names_the_port(site: Site) -> None:
    ports = [site.hub.get(f"/cis/{ci['id']}") for ci in site.hub.items("/cis") if ci["cls"] == "Port"]
    port = next(one for one in ports if "if_index" in one["attributes"])
    index = str(port["attributes"]["if_index"])
    site.notifier.trap(V3, LINK_DOWN, f"{IF_INDEX}.{index}", "i", index)
    alert = site.notification("link-down")
    assert (alert["ci"]["id"], alert["ci"]["cls"]) == (port["id"], "Port")
    assert (alert["kind"], alert["bind"]["code"]) == ("port_down", "matched_port")


@pytest.mark.parametrize("boundary", ["after-receipt", "before-answer"])
def test_an_inform_is_confirmed_after_the_commit_or_not_at_all(new_hub: NewHub, tmp_path: Path, boundary: str) -> None:
    hub = new_hub().start(kill_at=boundary)
    notifier = Notifier(hub.trap_address, tmp_path)
    sender = notifier.informing(V2C, ON_BATTERY, "1.3.6.1.2.1.1.5.0", "s", "ups-9", tries=60)
    try:
        assert hub.dead() == -9
        assert sender.poll() is None, "confirmed, and the hub died before it could"
        hub.start()
        assert sender.wait(60) == 0
    finally:
        sender.kill()
    hub.merged()
    alert = hub.alert(source="snmp-trap")
    assert alert["details"]["varbinds.1.3.6.1.2.1.1.5.0"] == "ups-9"
    # what the commit had kept before the crash is there beside the repeat that was confirmed
    assert alert["occurrences"] >= (1 if boundary == "after-receipt" else 2)
