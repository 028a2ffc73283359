"""The connection: paho's network thread on one side, a bounded queue in the event loop on the other.

The thread hands over with ``call_soon_threadsafe`` and does nothing else. The session is persistent (MQTT 3.1.1, clean
session 0; MQTT 5, clean start 0 with a session expiry), messages are acknowledged by hand.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any, TypeAlias

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collectors.mqtt.model import Answered, Broker, Closed, Message, MqttError, Opened

Arrival: TypeAlias = Message | Opened | Answered | Closed
_RECONNECT_S = (1, 15)  # first and longest pause between two tries
_WAIT_S = 0.5  # how often a waiting network thread looks whether it shall stop
_RECEIVE_MAXIMUM = 65_535  # MQTT 5, 3.1.2.11.3


class Link:
    """One client. `open` and `close` frame its life; `take` gives what arrived, in order."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.dropped_here = 0
        self._arrived: deque[Arrival] = deque()
        self._something = asyncio.Event()
        self._room = threading.BoundedSemaphore(broker.max_unanswered)
        self._generation = 0
        self._refused = False
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client = self._new_client()

    def _new_client(self) -> Client:
        broker = self.broker
        version = MQTTProtocolVersion.MQTTv5 if broker.protocol == "5" else MQTTProtocolVersion.MQTTv311
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            clean_session=False if broker.protocol == "3.1.1" else None,
            protocol=version,
            reconnect_on_failure=True,
            manual_ack=True,
        )
        client.reconnect_delay_set(*_RECONNECT_S)
        if broker.username is not None:
            client.username_pw_set(broker.username, broker.password)
        if broker.tls:
            try:
                client.tls_set(ca_certs=str(broker.ca_file) if broker.ca_file else None)
            except (OSError, ValueError) as error:
                raise MqttError(f"broker {broker.name}: ca_file {broker.ca_file}: {error}") from error
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def open(self) -> None:
        """Start the network thread; it connects, and connects again, by itself."""
        self._loop = asyncio.get_running_loop()
        broker = self.broker
        if broker.protocol == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = broker.session_expiry_s
            properties.ReceiveMaximum = min(broker.max_unanswered, _RECEIVE_MAXIMUM)
            self._client.connect_async(
                broker.host, broker.port, broker.keepalive_s, clean_start=False, properties=properties
            )
        else:
            self._client.connect_async(broker.host, broker.port, broker.keepalive_s)
        self._client.loop_start()

    async def close(self) -> None:
        """Leave in good order; the broker keeps the session and what is not acknowledged."""
        self._stopping.set()
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def subscribe(self, filters: Sequence[tuple[str, int]]) -> int | None:
        """Ask for topics, each with its QoS; repeated after each connection, which brings the retained messages.

        Returns the ``mid`` of the answer; ``None`` if the connection is gone again.
        """
        return self._client.subscribe(list(filters))[1]

    async def take(self, limit: int) -> list[Arrival]:
        """Wait for something and return up to ``limit`` arrivals."""
        while not self._arrived:
            self._something.clear()
            await self._something.wait()
        taken = [self._arrived.popleft() for _ in range(min(limit, len(self._arrived)))]
        for one in taken:
            if isinstance(one, Message):
                self._room.release()
        return taken

    def ack(self, message: Message) -> bool:
        """Send the PUBACK, unless its connection is gone: then the broker sends the message again.

        A packet id of an old connection may stand for another message by now, so a late ack would lose that one.
        """
        if message.qos == 0 or message.generation != self._generation:
            return False
        self._client.ack(message.mid, message.qos)
        return True

    # In the network thread

    def _hand_over(self, arrival: Arrival) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._arrive, arrival)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if message.qos == 0:
            if not self._room.acquire(blocking=False):
                self.dropped_here += 1
                return
        else:
            while not self._room.acquire(timeout=_WAIT_S):  # the broker waits too: nothing is read meanwhile
                if self._stopping.is_set():
                    return
        self._hand_over(
            Message(
                _topic_of(message), bytes(message.payload), message.qos, message.retain, message.mid, self._generation
            )
        )

    def _on_connect(
        self, _client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self._refused = reason.is_failure
        if reason.is_failure:
            self._hand_over(Closed(str(reason), refused=True))
            return
        self._generation += 1
        self._hand_over(Opened(self._generation, resumed=flags.session_present))

    def _on_subscribe(
        self, _client: Client, _data: Any, mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        self._hand_over(Answered(mid, tuple(str(reason) if reason.is_failure else "" for reason in reasons)))

    def _on_connect_fail(self, _client: Client, _data: Any) -> None:
        self._hand_over(Closed(f"no connection to {self.broker.host}:{self.broker.port}", refused=False))

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self._generation += 1
        if not self._refused:  # the end of a refused connection is no news
            self._hand_over(Closed(str(reason), refused=False))

    # In the event loop

    def _arrive(self, arrival: Arrival) -> None:
        self._arrived.append(arrival)
        self._something.set()


def _topic_of(message: MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""  # no template fits it: set aside, with the payload
