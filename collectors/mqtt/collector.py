"""From a broker's messages to the inbox: commit, then acknowledge.

A message of a device becomes a signal as it stands; `alerting.intake.mqtt` says what it means. Telemetry is a sign of
life and is not kept. What the collector finds out itself (session lost, a device not heard, messages dropped by the
broker) goes the same way, as findings.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson
import structlog

from alerting.alert import Alert
from alerting.binding import GraphIndex, MqttDevice
from alerting.evidence import Evidence
from alerting.topics import TopicMap, TopicTemplate
from collectors.mqtt.link import Arrival, Link
from collectors.mqtt.model import Answered, Broker, Closed, LinkState, LinkStatus, Message, Opened
from collectors.mqtt.watch import MAX_STRANGERS, DeviceWatch, DroppedWatch, Silent
from ledger.clock import Clock
from ledger.crash import boundary
from ledger.errors import InboxFullError, LedgerUnavailableError
from ledger.inbox import Signal

DROPPED_TOPIC = "$SYS/broker/publish/messages/dropped"
_BATCH = 500
_TICK_S = 0.5
_RETRY_S = 1.0
_ASK_AGAIN_S = 15.0  # for what the broker denies: it may let the hub hear it some day, and need not say so

log = structlog.get_logger(__name__)


class Submit(Protocol):
    """`ledger.inbox.Inbox.put`: durable when it returns."""

    async def __call__(self, signals: Sequence[Signal]) -> list[int]: ...


class MqttCollector:
    """One broker. `run` lasts until it is cancelled; then the session stays with the broker.

    Args:
        broker: where, and how.
        topics: what topics mean.
        submit: the inbox.
        evidence: told of each sign of life and of each last will.
        index: the present graph index.
        clock: the hub's clock.
        standing: the active alerts of this broker's source (``mqtt:<name>``) at the start, so that findings from before
            a restart are cleared when they end.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        topics: TopicMap,
        submit: Submit,
        evidence: Evidence,
        index: Callable[[], GraphIndex],
        clock: Clock,
        standing: Iterable[Alert] = (),
    ) -> None:
        checks = [(alert.check, alert.resource) for alert in standing if alert.source == f"mqtt:{broker.name}"]
        self._broker = broker
        self._topics = topics
        self._submit = submit
        self._evidence = evidence
        self._index = index
        self._clock = clock
        self._link = Link(broker)
        self._devices = DeviceWatch(
            catch_up=timedelta(seconds=broker.catch_up_s),
            devices=lambda: self._index().mqtt_devices,
            silent=[resource for check, resource in checks if check == "mqtt-report"],
        )
        self._dropped = DroppedWatch(
            quiet=timedelta(seconds=broker.dropped_quiet_s),
            dropping=any(check == "mqtt-broker-dropped" for check, _ in checks),
        )
        self._lost_reported = any(check == "mqtt-broker-session" for check, _ in checks)
        self._state, self._since, self._why = LinkState.CONNECTING, clock.now(), ""
        self._resumed = False
        self._asked: Sequence[tuple[str, int]] = ()  # topic filters and QoS, in the order of the broker's answer
        self._asked_at = clock.now()
        self._mid: int | None = None  # of the broker's answer to it
        self._denied: Sequence[tuple[str, int]] = ()
        self._strangers_said = False
        self._received = self._acknowledged = 0

    @property
    def status(self) -> LinkStatus:
        """How the session stands now."""
        return LinkStatus(
            broker=self._broker.name,
            state=self._state,
            since=self._since,
            why=self._why,
            resumed=self._resumed,
            received=self._received,
            acknowledged=self._acknowledged,
            dropped_here=self._link.dropped_here,
            strangers_forgotten=self._devices.forgotten,
        )

    async def run(self) -> None:
        """Collect until cancelled."""
        self._since = self._clock.now()
        self._link.open()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._take_forever(), name=f"mqtt {self._broker.name} take")
                group.create_task(self._tick_forever(), name=f"mqtt {self._broker.name} tick")
        finally:
            await self._link.close()

    async def _take_forever(self) -> None:
        while True:
            await self._handle(await self._link.take(_BATCH))

    async def _handle(self, arrivals: Sequence[Arrival]) -> None:
        """Take what arrived in its order; messages between two turns of the session are one batch."""
        for is_message, group in itertools.groupby(arrivals, lambda arrival: isinstance(arrival, Message)):
            if is_message:
                await self._take_batch([one for one in group if isinstance(one, Message)])
                continue
            for turn in group:
                if isinstance(turn, Opened):
                    self._opened(turn, self._clock.now())
                elif isinstance(turn, Answered):
                    self._answered(turn, self._clock.now())
                elif isinstance(turn, Closed):
                    self._closed(turn, self._clock.now())

    async def _take_batch(self, messages: Sequence[Message]) -> None:
        """Keep a batch, then acknowledge it, then draw the conclusions that are the collector's own."""
        now = self._clock.now()
        self._received += len(messages)
        boundary("after-receipt")
        await self._keep([signal for message in messages if (signal := self._signal(message, now)) is not None])
        for message in messages:
            if message.qos > 0:
                boundary("before-answer")
                self._acknowledged += self._link.ack(message)
                boundary("after-answer")
        await self._keep([finding for message in messages for finding in self._conclude(message, now)])

    async def _keep(self, signals: Sequence[Signal]) -> None:
        """Commit, and come back for it as often as it takes: unacknowledged messages wait at the broker."""
        if not signals:
            return
        waiting = False
        while True:
            try:
                await self._submit(signals)
            except (InboxFullError, LedgerUnavailableError) as error:
                if not waiting:
                    log.warning("mqtt_waits_for_inbox", broker=self._broker.name, why=str(error))
                waiting = True
                await asyncio.sleep(error.retry_after_s if isinstance(error, InboxFullError) else _RETRY_S)
            else:
                if waiting:
                    log.info("mqtt_inbox_back", broker=self._broker.name)
                return

    # The session

    def _opened(self, opened: Opened, now: datetime) -> None:
        """Connected, and deaf until the broker has granted what is asked for."""
        self._resumed, self._why = opened.resumed, "the broker has not answered the subscription"
        self._dropped.opened()
        wanted = [(topic, 1) for topic in self._topics.subscriptions]
        self._ask_for([*wanted, (DROPPED_TOPIC, 0)], now)

    def _ask_for(self, filters: Sequence[tuple[str, int]], now: datetime) -> None:
        self._asked, self._asked_at = filters, now
        self._mid = self._link.subscribe(filters)

    def _answered(self, answer: Answered, now: datetime) -> None:
        """All that it asks for, or the hub is deaf somewhere; then it asks again for that after a while."""
        if answer.mid != self._mid:
            return
        denials = {asked: why for asked, why in zip(self._asked, answer.denials, strict=False) if why}
        figures = denials.pop((DROPPED_TOPIC, 0), "")
        if figures:  # it hears all devices all the same, and does not see what the broker throws away
            log.warning("mqtt_drops_unseen", broker=self._broker.name, topic=DROPPED_TOPIC, why=figures)
        self._denied = tuple(denials)
        if self._denied:
            topics = ", ".join(topic for topic, _ in self._denied)
            self._away(LinkState.REFUSED, now, f"the broker denies {topics}: {denials[self._denied[0]]}")
        else:
            self._become(LinkState.CONNECTED, now, "")
            log.info("mqtt_session", broker=self._broker.name, state="connected", resumed=self._resumed)
            self._devices.opened(now)

    def _closed(self, closed: Closed, now: datetime) -> None:
        self._denied = ()
        self._devices.closed()
        self._away(LinkState.REFUSED if closed.refused else LinkState.LOST, now, closed.why)

    def _away(self, state: LinkState, now: datetime, why: str) -> None:
        if self._state is not state:  # said once, not at each try
            log.warning("mqtt_session", broker=self._broker.name, state=state.value, why=why)
        since = self._since if self._state in (LinkState.LOST, LinkState.REFUSED) else now
        self._become(state, since, why)

    def _become(self, state: LinkState, since: datetime, why: str) -> None:
        self._state, self._since, self._why = state, since, why

    # Messages

    def _signal(self, message: Message, now: datetime) -> Signal | None:
        if message.topic == DROPPED_TOPIC:
            return None
        found = self._topics.find(message.topic)
        if found is not None and found[0].use == "telemetry":
            return None
        body: dict[str, Any] = {
            "broker": self._broker.name,
            "topic": message.topic,
            "retain": message.retain,
            "catching_up": self._devices.catching_up(now),
        }
        try:
            body["payload"] = message.payload.decode()
        except UnicodeDecodeError:
            body["payload_base64"] = base64.b64encode(message.payload).decode()
        return self._signal_of(body, now, key=found[1] if found else message.topic)

    def _signal_of(self, body: dict[str, Any], now: datetime, key: str) -> Signal:
        return Signal(
            source=f"mqtt:{self._broker.name}",
            kind="mqtt",
            received_at=now,
            authenticated=self._broker.trusted,
            body=orjson.dumps(body),
            key=key,
        )

    def _finding(self, finding: str, *, active: bool, now: datetime, **more: Any) -> Signal:
        body = {"broker": self._broker.name, "finding": finding, "state": "active" if active else "cleared", **more}
        body.setdefault("at", now.isoformat())
        if self._broker.ci is not None:
            body["ci"] = self._broker.ci
        return self._signal_of(body, now, key=str(more.get("mqtt_id", self._broker.name)))

    def _conclude(self, message: Message, now: datetime) -> list[Signal]:
        if message.topic == DROPPED_TOPIC:
            return self._told_dropped(message, now)
        found = self._topics.find(message.topic)
        if found is None:
            return []
        template, mqtt_id = found
        word = _state_word(message, template)
        if word in template.offline:
            if self._devices.offline(mqtt_id, now):
                self._failed(mqtt_id, now, now)
            return []
        if message.retain:
            self._devices.online(mqtt_id, now)
            return []
        known = self._known(mqtt_id)
        if known is not None:
            self._evidence.answered(known.ci_id, now)
        if self._devices.heard(mqtt_id, now) is None:
            return []
        return [self._finding("silent", active=False, now=now, mqtt_id=mqtt_id)]

    def _told_dropped(self, message: Message, now: datetime) -> list[Signal]:
        if not message.payload.isdigit():
            return []
        total = int(message.payload)
        more = self._dropped.told(total, now)
        if not more:
            return []
        log.warning("mqtt_broker_drops", broker=self._broker.name, dropped=more, total=total)
        return [self._finding("dropped", active=True, now=now, args={"dropped": more, "total": total})]

    def _known(self, mqtt_id: str) -> MqttDevice | None:
        known = self._index().mqtt_devices.get(mqtt_id.casefold())
        if known is not None and self._evidence.device(known.ci_id) is None:
            self._evidence.pollable(known.ci_id, pollable=False)  # it speaks by itself; nobody can ask it
        return known

    def _failed(self, mqtt_id: str, since: datetime, now: datetime) -> None:
        known = self._known(mqtt_id)
        if known is not None:
            self._evidence.failed(known.ci_id, since, now)

    # Time

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            await self._keep(self._tick(self._clock.now()))

    def _tick(self, now: datetime) -> list[Signal]:
        if self._denied and now - self._asked_at >= timedelta(seconds=_ASK_AGAIN_S):
            self._ask_for(self._denied, now)
        if self._devices.forgotten and not self._strangers_said:
            self._strangers_said = True
            log.warning("mqtt_strangers_forgotten", broker=self._broker.name, kept=MAX_STRANGERS)
        signals = [*self._tick_session(now)]
        for silent in self._devices.tick(now):
            self._failed(silent.mqtt_id, silent.since, now)
            signals.append(self._silent(silent, now))
        for mqtt_id, since in self._devices.offline_devices():
            self._failed(mqtt_id, since, now)  # says nothing new, unless its CI has only just turned up
        if self._dropped.tick(now):
            signals.append(self._finding("dropped", active=False, now=now))
        return signals

    def _silent(self, silent: Silent, now: datetime) -> Signal:
        args = {"missed_s": round(silent.missed_s)}
        return self._finding(
            "silent", active=True, now=now, mqtt_id=silent.mqtt_id, at=silent.since.isoformat(), args=args
        )

    def _tick_session(self, now: datetime) -> Iterable[Signal]:
        if self._state is LinkState.CONNECTED:
            if self._lost_reported:
                self._lost_reported = False
                yield self._finding("session", active=False, now=now)
        elif not self._lost_reported and now - self._since >= timedelta(seconds=self._broker.lost_after_s):
            self._lost_reported = True
            args = {"why": self._why} if self._why else {}
            yield self._finding("session", active=True, now=now, at=self._since.isoformat(), args=args)


def _state_word(message: Message, template: TopicTemplate) -> str:
    """The state of a status message, in lower case; empty for what is none or cannot be read."""
    if template.use != "status":
        return ""
    text = message.payload.decode(errors="replace")
    if template.codec == "text":
        return text.strip().casefold()
    try:
        content = orjson.loads(message.payload)
    except orjson.JSONDecodeError:
        return ""
    word = content.get(template.state) if isinstance(content, dict) else None
    return word.casefold() if isinstance(word, str) else ""
