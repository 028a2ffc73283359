"""What silence says, on a clock that tests move."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerting.binding import MqttDevice
from collectors.mqtt import watch as watching
from collectors.mqtt.watch import DeviceWatch, DroppedWatch
from tests.alerting.kit import at

DEVICES = {"cu-7": MqttDevice(ci_id="CU7", mqtt_id="CU-7", model=None, report_interval_s=10.0)}


def opened(*, catch_up_s: float = 5, silent: tuple[str, ...] = ()) -> DeviceWatch:
    watch = DeviceWatch(catch_up=timedelta(seconds=catch_up_s), devices=lambda: DEVICES, silent=silent)
    watch.opened(at(0))
    return watch


def silent(watch: DeviceWatch, second: float) -> list[tuple[str, float]]:
    return [(one.mqtt_id, (one.since - at(0)).total_seconds()) for one in watch.tick(at(second))]


def test_three_missed_intervals_are_silence_and_it_is_said_once() -> None:
    watch = opened()
    watch.heard("CU-7", at(6))
    assert silent(watch, 35.9) == []
    assert silent(watch, 36) == [("CU-7", 16)]
    assert silent(watch, 99) == []
    heard = watch.heard("cu-7", at(100))
    assert heard is not None
    assert heard.mqtt_id == "CU-7"
    assert watch.heard("cu-7", at(101)) is None


def test_a_device_that_was_never_heard_is_not_silent() -> None:
    assert silent(opened(), 999) == []


def test_a_retained_online_counts_as_heard_of() -> None:
    watch = opened()
    watch.online("CU-7", at(0))
    assert silent(watch, 30) == [("CU-7", 10)]


def test_intervals_count_from_the_return_of_the_session() -> None:
    watch = opened()
    watch.heard("CU-7", at(6))
    watch.closed()
    assert silent(watch, 60) == []
    watch.opened(at(60))
    assert silent(watch, 89) == []
    assert silent(watch, 90) == [("CU-7", 70)]


def test_a_will_after_a_connection_waits_for_the_device_to_come_back() -> None:
    watch = opened()
    assert watch.offline("CU-7", at(1)) is False
    assert watch.offline("door-1", at(1)) is False
    watch.heard("CU-7", at(3))
    assert silent(watch, 4.9) == []
    assert silent(watch, 5) == [("door-1", 1)]


def test_a_will_in_quiet_times_is_believed_and_needs_no_further_word() -> None:
    watch = opened()
    watch.heard("CU-7", at(6))
    assert watch.offline("CU-7", at(20)) is True
    assert silent(watch, 99) == []
    assert list(watch.offline_devices()) == [("CU-7", at(20))]
    watch.heard("CU-7", at(100))
    assert list(watch.offline_devices()) == []


def test_what_was_reported_before_a_restart_ends_when_it_is_heard() -> None:
    watch = opened(silent=("CU-7",))
    assert silent(watch, 99) == []
    assert watch.heard("CU-7", at(100)) is not None


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(watching, "MAX_STRANGERS", 5)
    return 5


def test_made_up_ids_take_no_more_room_than_is_set_aside_for_them(few: int) -> None:
    watch = opened()
    watch.heard("CU-7", at(6))
    watch.offline("door-1", at(1))
    for number in range(100):
        watch.heard(f"made-up-{number}", at(2))
        watch.offline("door-1", at(2))  # who goes on speaking is not forgotten
    watch.heard("x" * 10_000, at(2))
    watch.heard("CU-7", at(6))
    assert sum(1 for _ in watch._all()) == 1 + few
    assert max(len(key) for key, _ in watch._all()) < 100
    assert watch.forgotten == 102 - few
    assert silent(watch, 36) == [("CU-7", 16), ("door-1", 1)]


def test_a_device_that_was_modelled_meanwhile_is_kept(few: int) -> None:
    devices: dict[str, MqttDevice] = {}
    watch = DeviceWatch(catch_up=timedelta(seconds=5), devices=lambda: devices)
    watch.opened(at(0))
    watch.heard("CU-7", at(6))
    devices.update(DEVICES)
    for number in range(2 * few):
        watch.heard(f"made-up-{number}", at(7))
    assert silent(watch, 36) == [("CU-7", 16)]


def test_the_end_of_a_reported_silence_is_not_forgotten(few: int) -> None:
    watch = opened(silent=("door-2",))
    watch.offline("door-1", at(1))
    assert silent(watch, 5) == [("door-1", 1)]
    watch.offline("door-2", at(6))
    for number in range(2 * few):
        watch.heard(f"made-up-{number}", at(7))
    assert watch.heard("door-1", at(8))
    assert watch.heard("door-2", at(8))


def test_dropped_messages_count_from_the_first_figure() -> None:
    dropped = DroppedWatch(quiet=timedelta(seconds=60))
    assert [dropped.told(count, at(n)) for n, count in enumerate((40, 40, 43, 0, 2))] == [0, 0, 3, 0, 2]
    assert not dropped.tick(at(63))
    assert dropped.tick(at(64))
    assert not dropped.tick(at(65))
    dropped.opened()
    assert dropped.told(500, at(70)) == 0
