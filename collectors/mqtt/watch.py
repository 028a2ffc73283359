"""Which devices of a broker are heard: last wills that are not believed at once, and reports that stay away.

No input or output: it is told what happened, with the hub's time, and says what follows. While the session with the
broker is lost, and for a while after, silence proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerting.binding import MqttDevice

MISSED_INTERVALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A device that was reported silent is heard again."""

    mqtt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A device said nothing for three of its intervals, or did not come back after the broker did.

    ``since`` is when its silence began, as far as the hub can tell.
    """

    mqtt_id: str
    since: datetime
    missed_s: float


@dataclass(slots=True)
class _Device:
    mqtt_id: str
    last_heard: datetime | None = None
    will_at: datetime | None = None  # an offline that is not yet believed
    offline_since: datetime | None = None  # one that is
    silent: bool = False


class DeviceWatch:
    """The devices of one broker. ``silent``: ids that were reported before a restart."""

    def __init__(self, *, catch_up: timedelta, silent: Iterable[str] = ()) -> None:
        self._catch_up = catch_up
        self._devices: dict[str, _Device] = {one.casefold(): _Device(mqtt_id=one, silent=True) for one in silent}
        self._opened_at: datetime | None = None

    def opened(self, at: datetime) -> None:
        """The session is there (again): intervals count from here."""
        self._opened_at = at

    def closed(self) -> None:
        """The session is lost: what is not heard now proves nothing."""
        self._opened_at = None

    def catching_up(self, at: datetime) -> bool:
        """Whether devices may still be on their way back to the broker."""
        return self._opened_at is None or at < self._opened_at + self._catch_up

    def heard(self, mqtt_id: str, at: datetime) -> Heard | None:
        """A live message that is no last will."""
        device = self._device(mqtt_id)
        device.last_heard, device.will_at, device.offline_since = at, None, None
        if not device.silent:
            return None
        device.silent = False
        return Heard(mqtt_id=device.mqtt_id)

    def online(self, mqtt_id: str, at: datetime) -> None:
        """The broker keeps (retained) that it is online: known, but no sign of life of this moment."""
        device = self._device(mqtt_id)
        device.will_at = device.offline_since = None
        device.last_heard = device.last_heard or at

    def offline(self, mqtt_id: str, at: datetime) -> bool:
        """A last will, live or retained. True if it is believed at once."""
        device = self._device(mqtt_id)
        if self.catching_up(at) and not device.silent:
            device.will_at = device.will_at or at
            return False
        device.offline_since = device.offline_since or at
        return True

    def offline_devices(self) -> Iterator[tuple[str, datetime]]:
        """Devices whose last will is believed, and since when."""
        for device in self._devices.values():
            if device.offline_since is not None:
                yield device.mqtt_id, device.offline_since

    def tick(self, now: datetime, devices: Mapping[str, MqttDevice]) -> list[Silent]:
        """What silence says at this moment. ``devices``: those of the graph, by id in lower case."""
        if self._opened_at is None or self.catching_up(now):
            return []
        found = []
        for key, device in self._devices.items():
            if device.silent or device.offline_since is not None:
                continue
            said = self._silence_of(device, now, devices.get(key))
            if said is not None:
                device.silent, device.will_at = True, None
                found.append(said)
        return found

    def _device(self, mqtt_id: str) -> _Device:
        return self._devices.setdefault(mqtt_id.casefold(), _Device(mqtt_id=mqtt_id))

    def _silence_of(self, device: _Device, now: datetime, known: MqttDevice | None) -> Silent | None:
        if device.will_at is not None:
            return Silent(mqtt_id=device.mqtt_id, since=device.will_at, missed_s=0.0)
        if known is None or known.report_interval_s is None or device.last_heard is None or self._opened_at is None:
            return None
        counted_from = max(device.last_heard, self._opened_at)
        missed = now - counted_from
        if missed < MISSED_INTERVALS * timedelta(seconds=known.report_interval_s):
            return None
        since = counted_from + timedelta(seconds=known.report_interval_s)
        return Silent(mqtt_id=device.mqtt_id, since=since, missed_s=missed.total_seconds())


class DroppedWatch:
    """``$SYS/broker/publish/messages/dropped``: QoS 1 messages that Mosquitto threw away when a queue was full.

    The first value after each connection is the base line, and so is a value that falls (the broker started anew).
    """

    def __init__(self, *, quiet: timedelta, dropping: bool = False) -> None:
        self._quiet = quiet
        self._last: int | None = None
        self._grown_at: datetime | None = None
        self.dropping = dropping

    def opened(self) -> None:
        self._last = None

    def told(self, count: int, at: datetime) -> int:
        """How many were dropped since the last value."""
        before, self._last = self._last, count
        if before is None or count <= before:
            return 0
        self._grown_at, self.dropping = at, True
        return count - before

    def tick(self, now: datetime) -> bool:
        """Whether the dropping just ended: nothing more for a while."""
        if not self.dropping:
            return False
        self._grown_at = self._grown_at or now  # reported before a restart: the quiet time counts from here
        if now - self._grown_at < self._quiet:
            return False
        self.dropping = False
        return True
