"""mosquitto_pub, a real Mosquitto, and what a device's fault code makes the whole hub do."""

from __future__ import annotations

from tests.acceptance.conftest import NewHub
from tests.acceptance.hub import eventually
from tests.acceptance.mail import MailServer
from tests.acceptance.senders import FAULTS, publish
from tests.collectors.mqtt.conftest import Mosquitto


def test_a_fault_code_opens_an_incident_with_its_remedy(
    new_hub: NewHub, mosquitto: Mosquitto, mail: MailServer
) -> None:
    hub = new_hub(
        mqtt={"brokers": [{"name": "plant", "host": "127.0.0.1", "port": mosquitto.port}]},
        smtp={"host": "127.0.0.1", "port": mail.port},
        catalogue={"faults": [str(FAULTS)]},
    ).start()
    eventually(lambda: "mqtt:plant" not in hub.away())
    publish(mosquitto.port, "estate/hq/cu-1/fault", {"code": "E4", "state": "active"})
    incident = hub.incident("cu-1")
    assert [(s["service"]["name"], s["state"]) for s in incident["services"]] == [("Archive", "at_risk")]
    (remedy,) = incident["remedies"]
    assert (remedy["code"], remedy["document"], remedy["section"]) == ("E4", "CX-40 Service Manual rev. 7", "5.3")
    assert remedy["remedy"] == {"en": "Clean the condenser.", "zh": "清洁冷凝器。"}
    told = eventually(lambda: mail.about("cu-1@example.test", "open"))
    assert "Clean the condenser." in told[0].get_content()
    publish(mosquitto.port, "estate/hq/cu-1/fault", {"code": "E4", "state": "clear"})
    hub.resolved(incident["number"])
    eventually(lambda: mail.about("cu-1@example.test", "resolved"))
    assert {to for to, _ in mail.taken} == {"cu-1@example.test"}
