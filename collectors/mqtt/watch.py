"""Which devices of a broker are heard: last wills that are not believed at once, and reports that stay away.

No input or output: it is told what happened, with the hub's time, and says what follows. While the session with the
broker is lost, and for a while after, silence proves nothing.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerting.binding import MqttDevice

MISSED_INTERVALS = 3
MAX_STRANGERS = 20_000  # room for a whole estate while the graph is still being loaded
LONGEST_STRANGE_ID = 256  # characters


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
    """The devices of one broker.

    Those of the graph are all kept in mind, and those that are reported silent, for the end is to be reported too.
    Others may be devices that nobody has modelled yet, but anybody who may publish can make them up: of them those are
    kept that were heard last, and the rest is counted (``forgotten``).

    Args:
        catch_up: how long after a connection devices may take to come back.
        devices: those of the graph at present, by id in lower case.
        silent: ids that were reported before a restart.
    """

    def __init__(
        self,
        *,
        catch_up: timedelta,
        devices: Callable[[], Mapping[str, MqttDevice]],
        silent: Iterable[str] = (),
    ) -> None:
        self.forgotten = 0
        self._catch_up = catch_up
        self._graph = devices
        self._kept = {one.casefold(): _Device(mqtt_id=one, silent=True) for one in silent}
        self._strangers: OrderedDict[str, _Device] = OrderedDict()  # heard longest ago first
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
        for _, device in self._all():
            if device.offline_since is not None:
                yield device.mqtt_id, device.offline_since

    def tick(self, now: datetime) -> list[Silent]:
        """What silence says at this moment."""
        if self._opened_at is None or self.catching_up(now):
            return []
        found = {}
        devices = self._graph()
        for key, device in self._all():
            if device.silent or device.offline_since is not None:
                continue
            said = self._silence_of(device, now, devices.get(key))
            if said is not None:
                device.silent, device.will_at = True, None
                found[key] = said
        self._kept |= {key: self._strangers.pop(key) for key in found if key in self._strangers}
        return list(found.values())

    def _all(self) -> Iterator[tuple[str, _Device]]:
        return itertools.chain(self._kept.items(), self._strangers.items())

    def _device(self, mqtt_id: str) -> _Device:
        key = mqtt_id.casefold()
        device = self._kept.pop(key, None) or self._strangers.pop(key, None) or _Device(mqtt_id=mqtt_id)
        if device.silent or key in self._graph():
            self._kept[key] = device
        elif len(key) > LONGEST_STRANGE_ID:
            self.forgotten += 1
        else:
            self._strangers[key] = device
            self._forget_the_oldest()
        return device

    def _forget_the_oldest(self) -> None:
        while len(self._strangers) > MAX_STRANGERS:
            key, device = self._strangers.popitem(last=False)
            if key in self._graph():  # modelled since it was heard
                self._kept[key] = device
            else:
                self.forgotten += 1

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
