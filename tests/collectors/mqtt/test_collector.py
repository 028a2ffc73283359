"""The MQTT client against a real Mosquitto: nothing acknowledged is lost, and silence is weighed."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from structlog.testing import capture_logs

from collectors.mqtt import watch
from collectors.mqtt.model import LinkState
from ledger.errors import InboxFullError, LedgerUnavailableError
from ledger.inbox import Signal
from tests.alerting.kit import ci, index_of
from tests.collectors.mqtt.conftest import Hub, Mosquitto, until

FAULT, STATUS, TELEMETRY = (f"estate/s1/cu-7/{leaf}" for leaf in ("fault", "status", "telemetry"))
INDEX = index_of(ci("CU7", "CoolingUnit", mqtt_id="cu-7", report_interval_s=0.3))
both_protocols = pytest.mark.parametrize("protocol", ["3.1.1", "5"])


@both_protocols
async def test_messages_reach_the_inbox_and_are_acknowledged(hub: Hub, mosquitto: Mosquitto, protocol: str) -> None:
    async with hub.collecting(mosquitto, protocol=protocol) as collector:
        await asyncio.to_thread(mosquitto.publish, FAULT, {"code": "E4", "state": "active"})
        await until(lambda: len(hub.payloads) == 1)
        await until(lambda: collector.status.acknowledged == 1)
    (body,) = hub.bodies
    assert (body["topic"], body["payload"], body["retain"]) == (FAULT, '{"code":"E4","state":"active"}', False)
    (row,) = hub.inbox.read(0, 10)
    assert (row.source, row.kind, row.authenticated) == ("mqtt:plant", "mqtt", True)


@both_protocols
async def test_what_came_while_the_hub_was_away_is_delivered(hub: Hub, mosquitto: Mosquitto, protocol: str) -> None:
    async with hub.collecting(mosquitto, protocol=protocol):
        pass
    burst = [(FAULT, {"code": f"E{n}"}) for n in range(3000)]  # more than Mosquitto keeps as it is shipped
    await asyncio.to_thread(mosquitto.publish_all, burst)
    async with hub.collecting(mosquitto, protocol=protocol) as collector:
        await until(lambda: len(hub.payloads) >= 3000)
        assert collector.status.resumed
    assert [int(text[10:-2]) for text in dict.fromkeys(hub.payloads)] == list(range(3000))


@both_protocols
async def test_nothing_is_acknowledged_before_it_is_kept(hub: Hub, mosquitto: Mosquitto, protocol: str) -> None:
    refusals: list[Exception] = [InboxFullError(0.05), LedgerUnavailableError("disk full")]

    async def submit(signals: Sequence[Signal]) -> list[int]:
        if refusals:
            assert hub.collector is not None
            assert hub.collector.status.acknowledged == 0
            raise refusals.pop()
        return await hub.inbox.put(signals)

    hub.submit = submit
    async with hub.collecting(mosquitto, protocol=protocol) as collector:
        await asyncio.to_thread(mosquitto.publish, FAULT, {"code": "E4"})
        await until(lambda: collector.status.acknowledged == 1)
    assert len(hub.payloads) == 1


async def test_a_hub_that_dies_before_the_commit_gets_the_message_again(hub: Hub, mosquitto: Mosquitto) -> None:
    seen = asyncio.Event()

    async def never(signals: Sequence[Signal]) -> list[int]:
        seen.set()
        await asyncio.Event().wait()
        raise AssertionError

    hub.submit = never
    async with hub.collecting(mosquitto):
        await asyncio.to_thread(mosquitto.publish, FAULT, {"code": "E4"})
        await asyncio.wait_for(seen.wait(), 10)
    assert hub.payloads == []
    hub.submit = None
    async with hub.collecting(mosquitto) as collector:
        await until(lambda: collector.status.acknowledged == 1)
    assert hub.payloads == ['{"code":"E4"}']


@both_protocols
@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_a_broker_that_restarts_loses_nothing_and_is_reported(
    hub: Hub, mosquitto: Mosquitto, protocol: str, how: str
) -> None:
    async with hub.collecting(mosquitto, protocol=protocol, lost_after_s=0.3) as collector:
        await asyncio.to_thread(mosquitto.publish, FAULT, {"code": "E1"})
        await until(lambda: len(hub.payloads) == 1)
        await asyncio.to_thread(mosquitto.end, how)
        await until(lambda: hub.findings("session") == ["active"])
        assert collector.status.state is LinkState.LOST
        assert collector.status.why
        await asyncio.to_thread(mosquitto.start)
        await until(lambda: hub.findings("session") == ["active", "cleared"])
        await asyncio.to_thread(mosquitto.publish, FAULT, {"code": "E2"})
        await until(lambda: '{"code":"E2"}' in hub.payloads)


async def test_a_refused_sign_in_is_said_once_and_is_an_alert(hub: Hub, mosquitto: Mosquitto) -> None:
    mosquitto.end()
    mosquitto.anonymous = False
    mosquitto.start()
    with capture_logs() as said:
        task = asyncio.create_task(hub.collecting(mosquitto, lost_after_s=0.2).__aenter__())
        await until(lambda: hub.collector is not None and hub.state is LinkState.REFUSED)
        await until(lambda: hub.findings("session") == ["active"])
        assert hub.collector is not None
        assert "uthori" in hub.collector.status.why
        await until(lambda: mosquitto.refusals() >= 3)  # it tries again, and is refused again
        task.cancel()
        await asyncio.wait([task])
    assert [line["state"] for line in said if line["event"] == "mqtt_session"] == ["refused"]


async def test_signs_of_life_and_their_end(hub: Hub, mosquitto: Mosquitto) -> None:
    hub.index = INDEX
    async with hub.collecting(mosquitto):
        await asyncio.to_thread(mosquitto.publish, TELEMETRY, {"t": 4.0})
        await until(lambda: hub.evidence.device("CU7") is not None)
        signs = hub.evidence.device("CU7")
        assert signs is not None
        assert (signs.pollable, signs.silent_since) == (False, None)
        assert signs.last_answer is not None
        await until(lambda: hub.findings("silent") == ["active"])  # three intervals of 0.3 s
        signs = hub.evidence.device("CU7")
        assert signs is not None
        assert signs.silent_since is not None
        assert signs.last_failed_start is not None
        await asyncio.to_thread(mosquitto.publish, TELEMETRY, {"t": 4.1})
        await until(lambda: hub.findings("silent") == ["active", "cleared"])
        assert hub.payloads == []  # telemetry is not kept


async def test_made_up_devices_are_counted_and_said_once(
    hub: Hub, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MAX_STRANGERS", 3)
    with capture_logs() as said:
        async with hub.collecting(mosquitto) as collector:
            for first in (0, 100):
                strangers = [(f"estate/s1/made-up-{first + number}/telemetry", 4.0) for number in range(8)]
                await asyncio.to_thread(mosquitto.publish_all, strangers)
                await until(lambda: [line for line in said if line["event"] == "mqtt_strangers_forgotten"])
            await until(lambda: collector.status.strangers_forgotten == 13)
    assert len([line for line in said if line["event"] == "mqtt_strangers_forgotten"]) == 1


async def test_a_last_will_is_no_answer_at_once(hub: Hub, mosquitto: Mosquitto) -> None:
    hub.index = index_of(ci("CU7", "CoolingUnit", mqtt_id="cu-7"))
    device = Client(CallbackAPIVersion.VERSION2)
    device.will_set(STATUS, b'{"state":"offline"}', 1, True)
    async with hub.collecting(mosquitto):
        device.connect("127.0.0.1", mosquitto.port)
        device.loop_start()
        device.publish(STATUS, b'{"state":"online"}', 1, True)
        await until(lambda: len(hub.payloads) == 1)
        sock = device.socket()
        assert isinstance(sock, socket.socket)
        os.close(sock.detach())  # the cable is cut: no DISCONNECT
        await until(lambda: '{"state":"offline"}' in hub.payloads)
        await until(lambda: (signs := hub.evidence.device("CU7")) is not None and signs.silent_since is not None)
    assert hub.bodies[-1]["catching_up"] is False
    device.loop_stop()


async def test_a_retained_status_is_no_sign_of_life(hub: Hub, mosquitto: Mosquitto) -> None:
    hub.index = index_of(ci("CU7", "CoolingUnit", mqtt_id="cu-7"))
    mosquitto.publish(STATUS, {"state": "online"}, retain=True)
    async with hub.collecting(mosquitto) as collector:
        await until(lambda: collector.status.acknowledged == 1)  # conclusions follow without a turn of the loop between
        signs = hub.evidence.device("CU7")
    assert signs is None or signs.last_answer is None


async def test_wills_of_a_broker_that_went_are_believed_only_if_nobody_comes_back(
    hub: Hub, mosquitto: Mosquitto
) -> None:
    hub.index = index_of(
        ci("CU7", "CoolingUnit", mqtt_id="cu-7"), ci("CU8", "CoolingUnit", mqtt_id="cu-8", name="other")
    )
    async with hub.collecting(mosquitto, catch_up_s=1.5):
        offline = {"state": "offline"}
        both = [(STATUS, offline), ("estate/s1/cu-8/status", offline), (STATUS, {"state": "online"})]
        await asyncio.to_thread(mosquitto.publish_all, both)
        await until(lambda: hub.findings("silent") == ["active"])
        assert [body["mqtt_id"] for body in hub.bodies if "finding" in body] == ["cu-8"]
        assert all(body["catching_up"] for body in hub.bodies if "topic" in body)
        signs = hub.evidence.device("CU8")
        assert signs is not None
        assert signs.silent_since is not None


async def test_silence_behind_a_lost_broker_is_no_evidence(hub: Hub, mosquitto: Mosquitto) -> None:
    hub.index = INDEX
    async with hub.collecting(mosquitto, lost_after_s=0.2):
        await asyncio.to_thread(mosquitto.publish, TELEMETRY, {"t": 4.0})
        await until(lambda: hub.evidence.device("CU7") is not None)
        await asyncio.to_thread(mosquitto.end, "kill")
        await until(lambda: hub.findings("session") == ["active"])
        await asyncio.sleep(1.5)  # five intervals
        assert hub.findings("silent") == []
        await asyncio.to_thread(mosquitto.start)


async def test_messages_that_the_broker_drops_are_an_alert(hub: Hub, mosquitto: Mosquitto) -> None:
    mosquitto.end()
    mosquitto.queue = 10
    mosquitto.start()
    idle = Client(CallbackAPIVersion.VERSION2, client_id="idle", clean_session=False)
    answered = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_subscribe(*_: object) -> None:
        loop.call_soon_threadsafe(answered.set)

    idle.on_subscribe = on_subscribe
    idle.connect("127.0.0.1", mosquitto.port)
    idle.loop_start()
    idle.subscribe("full/#", 1)
    await answered.wait()
    idle.disconnect()
    idle.loop_stop()
    async with hub.collecting(mosquitto, dropped_quiet_s=1.0) as collector:
        await until(lambda: collector.status.received)  # the broker's first figures; nobody else publishes yet
        await asyncio.to_thread(mosquitto.publish_all, [("full/x", {"n": n}) for n in range(50)])
        await until(lambda: hub.findings("dropped")[:1] == ["active"])
        await until(lambda: hub.findings("dropped")[-1] == "cleared")
        assert next(body["args"]["dropped"] for body in hub.bodies if body.get("finding") == "dropped") > 0


async def test_a_slow_inbox_holds_the_broker_back_and_memory_stays_bounded(hub: Hub, mosquitto: Mosquitto) -> None:
    gate = asyncio.Event()

    async def slow(signals: Sequence[Signal]) -> list[int]:
        await gate.wait()
        return await hub.inbox.put(signals)

    hub.submit = slow
    async with hub.collecting(mosquitto, max_unanswered=20) as collector:
        await asyncio.to_thread(mosquitto.publish_all, [(FAULT, {"code": f"E{n}"}) for n in range(500)])
        await until(lambda: collector.status.received + len(collector._link._arrived) >= 20)
        assert collector.status.received <= 40
        gate.set()
        await until(lambda: len(set(hub.payloads)) == 500)
        await until(lambda: collector.status.acknowledged >= 500)
