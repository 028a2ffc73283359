"""The running estate: what breaks, and what then comes out of it over SNMP, MQTT and HTTP."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from examples.estate import ber
from examples.estate import traps as notifications
from examples.estate.broker import DEVICES, Broker
from examples.estate.model import CommunityV2c, Device, UserV3
from examples.estate.mqtt import Figures, IotDevice
from examples.estate.physics import posted
from examples.estate.world import UnknownFailureError, World
from tests.estate.conftest import TrapSink, WebHook, subscribed, until

pytestmark = pytest.mark.skipif(shutil.which("snmpget") is None, reason="net-snmp's clients are not installed")
Sink = tuple[TrapSink, tuple[str, int]]


async def snmpget(device: Device, *oids: str, seconds: float = 0.4) -> str:
    """What net-snmp's client prints; empty if nobody answers."""
    credential, flags = device.credential, ["-Oqvn", "-r0", f"-t{seconds}"]
    if isinstance(credential, UserV3):
        flags += ["-v3", "-l", "authPriv", "-u", credential.user, "-a", "SHA", "-A", credential.auth_password]
        flags += ["-x", "AES", "-X", credential.priv_password]
    elif isinstance(credential, CommunityV2c):
        flags += ["-v2c", "-c", credential.community]
    process = await asyncio.create_subprocess_exec(
        "snmpget", *flags, str(device.mgmt), *oids, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return out.decode().strip()


def v2c_trap(datagram: bytes) -> tuple[ber.Oid, list[ber.Oid]]:
    """(trap, names of its varbinds) of a v2c trap."""
    message = ber.Reader(datagram).sequence()
    assert message.integer() == 1
    message.octets()
    return trap_of(message)


def trap_of(message: ber.Reader) -> tuple[ber.Oid, list[ber.Oid]]:
    _, pdu = message.inner(ber.TRAP_V2)
    assert pdu.integer() > 0
    assert (pdu.integer(), pdu.integer()) == (0, 0)
    binds, names = pdu.sequence(), list[ber.Oid]()
    trap: ber.Oid = ()
    while not binds.done:
        bind = binds.sequence()
        names.append(bind.oid())
        tag, content = bind.value()
        if names[-1] == notifications.SNMP_TRAP_OID:
            trap = ber.decode_oid(content)
            assert tag == ber.OID
    return trap, names


def heard(world: World, sink: TrapSink) -> Counter[tuple[str, ber.Oid, bool]]:
    """How often (device, trap, over v3) was heard. A v3 trap must be genuine for the engine that it names."""
    found: Counter[tuple[str, ber.Oid, bool]] = Counter()
    by_address = {str(device.device.mgmt): device for device in world.snmp.values()}
    for address, datagram in sink.taken:
        device = by_address[address]
        if isinstance(device.device.credential, UserV3):
            assert device._engine is not None
            opened = device._engine.open(datagram)
            assert opened is not None
            assert not isinstance(opened, bytes)
            found[device.device.key, trap_of(opened.pdu)[0], True] += 1
        else:
            found[device.device.key, v2c_trap(datagram)[0], False] += 1
    return found


async def test_agents_answer_net_snmp_and_fall_silent_with_their_device(world: World) -> None:
    for kind in (CommunityV2c, UserV3):
        device = next(d.device for d in world.snmp.values() if isinstance(d.device.credential, kind))
        world_failure = next(f for f in world._failures.values() if f.target == device.key and f.kind != "agent_hung")
        assert await snmpget(device, "1.3.6.1.2.1.1.5.0", seconds=10) == f'"{device.sys_name}"'
        world.fail([world_failure.id])
        assert await snmpget(device, "1.3.6.1.2.1.1.5.0") == ""
        world.restore([world_failure.id])
        assert await snmpget(device, "1.3.6.1.2.1.1.5.0", seconds=10) == f'"{device.sys_name}"'


async def test_neighbours_of_a_dead_device_read_their_ports_down_and_send_traps(world: World, traps: Sink) -> None:
    sink, address = traps
    world.connect(hub_url=None, token=None, trap=address)
    core = world.estate.scenes.core
    neighbours = {
        link.other(core).device: link.other(core)
        for link in world.estate.links_of[core]
        if link.other(core).device in world.snmp
    }
    world.fail([f"device:{core}"])
    await until(lambda: len(sink.taken) >= len(neighbours), "a linkDown from each neighbour")
    down = heard(world, sink)
    assert {key for key, trap, _ in down if trap == notifications.LINK_DOWN} == neighbours.keys()
    assert {trap for _, trap, _ in down} == {notifications.LINK_DOWN}
    for key, end in neighbours.items():
        device = world.estate.device[key]
        index = device.port(end.port).if_index
        assert await snmpget(device, f"1.3.6.1.2.1.2.2.1.8.{index}", seconds=10) in {"2", "down"}
    sink.taken.clear()
    world.restore([f"device:{core}"])
    await until(lambda: len(sink.taken) > len(neighbours), "linkUp from each neighbour, coldStart from the device")
    up = heard(world, sink)
    assert {key for key, trap, _ in up if trap == notifications.LINK_UP} == neighbours.keys()
    assert {key for key, trap, _ in up if trap == notifications.COLD_START} == {core}


@pytest.mark.parametrize("kind", [CommunityV2c, UserV3])
async def test_a_cut_link_is_told_over_the_version_that_its_ends_speak(world: World, traps: Sink, kind: type) -> None:
    sink, address = traps
    world.connect(hub_url=None, token=None, trap=address)
    speakers = {key for key, device in world.snmp.items() if isinstance(device.device.credential, kind)}
    for failure in world._failures.values():
        ends = {end.device for end in world.estate.link[failure.target].ends} if failure.kind == "link" else set()
        if ends and ends <= speakers and world._settled([failure]).answering >= ends:
            break
    world.fail([failure.id])
    await until(lambda: len(sink.taken) >= 2, "a linkDown from both ends")
    expected = {(key, notifications.LINK_DOWN, kind is UserV3): 1 for key in ends}
    assert heard(world, sink) == expected


async def test_a_hung_agent_is_silent_and_nothing_else_changes(world: World, traps: Sink) -> None:
    sink, address = traps
    world.connect(hub_url=None, token=None, trap=address)
    world.fail(["agent_hung:core-1"])
    assert await snmpget(world.estate.device["core-1"], "1.3.6.1.2.1.1.5.0") == ""
    assert await snmpget(world.estate.device["dist-1"], "1.3.6.1.2.1.1.5.0", seconds=10)
    assert not sink.taken
    assert not world.monitoring.firing
    assert world.stats()["mqtt_sessions"] == len(world.iot)


async def test_a_ups_on_battery_says_so(world: World, traps: Sink) -> None:
    sink, address = traps
    world.connect(hub_url=None, token=None, trap=address)
    ups = next(device for device in world.estate.devices if device.cls == "Ups")
    assert await snmpget(ups, "1.3.6.1.2.1.33.1.4.1.0", seconds=10) in {"3", "normal"}
    world.fail([f"battery:{ups.key}"])
    await until(lambda: sink.taken, "upsTrapOnBattery")
    assert [(key, trap) for key, trap, _ in heard(world, sink)] == [(ups.key, notifications.UPS_ON_BATTERY)]
    assert await snmpget(ups, "1.3.6.1.2.1.33.1.4.1.0", seconds=10) in {"5", "battery"}


async def test_what_is_cut_off_sends_no_trap(world: World, traps: Sink) -> None:
    """Of a dead access switch, only what is above it speaks."""
    sink, address = traps
    world.connect(hub_url=None, token=None, trap=address)
    switch = world.estate.scenes.access_switch
    world.fail([f"device:{switch}"])
    await until(lambda: sink.taken, "linkDown from the switch above")
    await asyncio.sleep(0.2)
    (above,) = {key for key, _, _ in heard(world, sink)}
    assert world.estate.device[above].role == "distribution"


async def test_an_iot_device_leaves_its_will_and_comes_back(world: World, broker: Broker) -> None:
    async with subscribed(broker) as hub:
        await until(lambda: len(hub.taken) >= len(world.iot), "the retained status of each device")
        assert {payload["state"] for topic, payload, _ in hub.taken if topic.endswith("status")} == {"online"}
        iot = next(iter(world.iot.values()))
        status = f"{iot.topic}/status"
        world.fail([f"iot:{iot.key}"])
        await until(lambda: hub.of(status)[-1]["state"] == "offline", "the last will")
        await asyncio.sleep(0.6)
        assert hub.of(status)[-1]["state"] == "offline", "a dead device came back by itself"
        async with subscribed(broker) as late:
            await until(lambda: late.of(status), "the retained will")
            assert late.taken[[topic for topic, _, _ in late.taken].index(status)][1:] == ({"state": "offline"}, True)
        world.restore([f"iot:{iot.key}"])
        await until(lambda: hub.of(status)[-1]["state"] == "online", "the status online")


async def test_a_fault_code_comes_and_goes_and_is_told_again_after_a_lost_session(world: World, broker: Broker) -> None:
    scenes = world.estate.scenes
    failure = f"fault_code:{scenes.cooling_unit}:{scenes.cooling_code}"
    topic = world.iot[scenes.cooling_unit].topic
    async with subscribed(broker) as hub:
        world.fail([failure])
        await until(lambda: hub.of(f"{topic}/fault"), "the fault code")
        assert {k: hub.of(f"{topic}/fault")[-1][k] for k in ("code", "state")} == {"code": "E4", "state": "active"}
        world.fail([f"iot:{scenes.cooling_unit}"])
        await until(lambda: hub.of(f"{topic}/status")[-1]["state"] == "offline", "the last will")
        world.restore([f"iot:{scenes.cooling_unit}"])
        await until(lambda: hub.of(f"{topic}/status")[-1]["state"] == "online", "the status online")
        assert hub.of(f"{topic}/status")[-1]["faults"] == ["E4"]
        world.restore([failure])
        await until(lambda: hub.of(f"{topic}/fault")[-1]["state"] == "clear", "the clear code")


async def test_telemetry_comes_at_the_report_interval(world: World, broker: Broker) -> None:
    plc = next(device for device in world.estate.devices if device.cls == "LinePlc")
    fast = IotDevice(plc, broker.login(DEVICES), Figures())
    fast._interval_s = 0.2  # type: ignore[assignment]
    fast.mqtt_id, fast.topic = "fast-plc", "estate/test/fast-plc"
    async with subscribed(broker) as hub:
        fast.start()
        await until(lambda: len(hub.of("estate/test/fast-plc/telemetry")) >= 5, "telemetry")
        await fast.stop()
        await asyncio.sleep(0.3)
        assert {payload["state"] for payload in hub.of("estate/test/fast-plc/status")} == {"online"}, "a will went out"


async def test_the_monitoring_posts_until_it_is_answered_and_resolves(world: World, webhook: WebHook) -> None:
    webhook.answers = [503, 500, 429]
    world.connect(hub_url=webhook.url, token="secret-token", trap=None)
    server = world.estate.scenes.crm_server
    world.fail([f"device:{server}"])
    expected = len(posted(world.estate, world.state))
    await until(lambda: len(webhook.firing()) == expected, "all alerts that the monitoring sees")
    assert webhook.refused == 3
    headers, body = webhook.taken[0]
    assert headers["authorization"] == "Bearer secret-token"
    assert headers["path"].startswith("POST /api/v1/intake/alertmanager ")
    assert (body["version"], body["status"]) == ("4", "firing")
    down = [alert["labels"] for alert in webhook.alerts if alert["labels"]["alertname"] == "InstanceDown"]
    assert [labels["instance"] for labels in down] == [world.estate.device[server].fqdn]
    assert all(len(alert["fingerprint"]) == 16 for alert in webhook.alerts)
    world.restore([f"device:{server}"])
    await until(lambda: not webhook.firing(), "all resolved")
    log = [json.loads(line) for line in world.monitoring._log.read_text().splitlines()]
    assert [entry["answer"] for entry in log][:3] == [503, 500, 429]
    acknowledged = [key for entry in log if entry["answer"] == 200 for key in entry["firing"]]
    assert acknowledged == [alert["fingerprint"] for alert in webhook.alerts if alert["status"] == "firing"]


async def test_a_hub_that_is_away_gets_everything_later(world: World, webhook: WebHook) -> None:
    world.connect(hub_url="http://127.0.0.1:9", token="t", trap=None)
    world.fail([f"device:{world.estate.scenes.crm_server}"])
    await until(lambda: world.stats()["posts_refused"], "a refused post")
    world.connect(hub_url=webhook.url, token="t", trap=None)
    await until(lambda: len(webhook.firing()) == len(posted(world.estate, world.state)), "all alerts")


async def test_the_storm_is_500_alerts_about_what_the_switch_cuts_off(
    world: World, webhook: WebHook, traps: Sink
) -> None:
    sink, address = traps
    world.connect(hub_url=webhook.url, token="t", trap=address)
    scenes = world.estate.scenes
    storm, disk = f"device:{scenes.access_switch}", f"disk:{scenes.disk_host}"
    assert world.storm(storm, [disk], seconds=1.5) == 500
    await world.storm_over(storm)
    await until(lambda: len(webhook.firing()) == 501, "500 alerts and the disk")
    assert not sink.taken, "the switch above must keep still"
    names = Counter(alert["labels"]["alertname"] for alert in webhook.firing().values())
    assert names["DiskFull"] == 1
    assert names.keys() == {"InstanceDown", "ServiceProbeFailed", "DiskFull"}
    seen = {one.about for one in posted(world.estate, world.state)}
    instances = {world._wording.instance(one.host) for one in posted(world.estate, world.state)}
    assert len(seen) >= 40
    assert {alert["labels"]["instance"] for alert in webhook.firing().values()} <= instances
    first = [a["labels"]["alertname"] for a in webhook.alerts if a["labels"]["alertname"] != "DiskFull"][:3]
    assert first == ["ServiceProbeFailed"] * 3, "symptoms come before what is nearer to the cause"
    world.restore([storm, disk])
    await until(lambda: not webhook.firing(), "all 501 resolved")
    assert sum(alert["status"] == "resolved" for alert in webhook.alerts) == 501


async def test_a_repair_in_the_middle_of_a_storm_resolves_what_was_posted(world: World, webhook: WebHook) -> None:
    world.connect(hub_url=webhook.url, token="t", trap=None)
    storm = f"device:{world.estate.scenes.access_switch}"
    world.storm(storm, seconds=5)
    await until(lambda: len(webhook.firing()) > 50, "the first alerts")
    world.restore([storm])
    await until(lambda: not webhook.firing() and not world.monitoring.waiting, "all resolved")
    await asyncio.sleep(0.5)
    assert not webhook.firing(), "the storm went on after the repair"


async def test_an_unknown_failure_breaks_nothing(world: World) -> None:
    with pytest.raises(UnknownFailureError):
        world.fail(["device:core-2", "device:nobody"])
    assert world.stats()["active"] == []
    assert world.stats()["answering"] == len(world.snmp)


async def test_a_second_estate_on_the_same_addresses_is_refused(world: World, broker: Broker, tmp_path: Path) -> None:
    second = World(world.estate, broker, tmp_path)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    await second.stop()
