"""What the MQTT room is told, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Literal


class MqttError(Exception):
    """The client could not be set up: a setting is wrong. A broker that is away is no error but a `LinkState`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """One broker and how the hub's session with it behaves.

    ``client_id`` must stay the same over restarts: the broker keeps the session under it. ``trusted``: who may publish
    is settled by the broker, so that its messages count as authenticated. ``ci``: the name of the broker's CI if it is
    not ``name``. ``lost_after_s``: how long the session may be away before that is an alert. ``catch_up_s``: how long
    after a connection devices may take to come back before their last will is believed. ``max_unanswered``: messages
    taken from the broker and not yet acknowledged; beyond it the network thread waits, and with it the broker.
    """

    name: str
    host: str
    port: int = 1883
    protocol: Literal["3.1.1", "5"] = "5"
    client_id: str = "faultpath"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None
    trusted: bool = True
    ci: str | None = None
    keepalive_s: int = 20
    session_expiry_s: int = 7 * 24 * 3600
    lost_after_s: float = 2.0
    catch_up_s: float = 10.0
    dropped_quiet_s: float = 600.0
    max_unanswered: int = 2_000


class LinkState(Enum):
    """``CONNECTED``: the broker has granted the subscription. ``REFUSED``: it denies that, or the sign-in."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """How the session stands, for ``/readyz`` and the console. ``why`` is the broker's or the system's word."""

    broker: str
    state: LinkState
    since: datetime
    why: str = ""
    resumed: bool = False
    received: int = 0
    acknowledged: int = 0
    dropped_here: int = 0  # QoS 0 messages that found the queue full
    strangers_forgotten: int = 0  # devices of no CI, past the number that is kept in mind


@dataclass(frozen=True, slots=True)
class Message:
    """One PUBLISH. ``generation`` counts connections: an ack belongs to the connection that brought the message."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    mid: int
    generation: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The broker accepted a connection; ``resumed``: it kept the session."""

    generation: int
    resumed: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The broker's answer to a subscription (SUBACK): for each topic filter why it is denied, empty where granted."""

    mid: int
    denials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """A connection ended or was refused."""

    why: str
    refused: bool
