"""Settings of handling: shipped as YAML beside the code, overridden key by key from the operator's own file."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field

Priority = Annotated[int, Field(ge=1, le=5)]
Tiers = tuple[Priority, Priority, Priority, Priority]
SeverityWord = Literal["info", "warning", "minor", "major", "critical"]
StateWord = Literal["any", "at_risk", "degraded", "down"]
RoleWord = Literal["on_call", "service_owner", "department_head", "user"]
HappeningWord = Literal["open", "worse", "resolved"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _shipped(package: str, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(files(package).joinpath(name).read_text(encoding="utf-8"))
    return loaded


class PriorityTable(_Frozen):
    """Priorities by state of the service, each for tiers 1 to 4."""

    down: Tiers
    degraded: Tiers
    at_risk: Tiers


class OpensAt(_Frozen):
    """From which severity of the root an incident opens, where the service's state alone does not say so."""

    service_at_risk: SeverityWord
    on_call_owner: SeverityWord
    unbound: SeverityWord


class UnboundStorm(_Frozen):
    """At most ``cap`` incidents for alerts without a CI within ``window_s`` seconds."""

    cap: Annotated[int, Field(ge=1)]
    window_s: Annotated[float, Field(gt=0)]


class IncidentPolicy(_Frozen):
    """When there is an incident and how urgent it is: ``incidents/policy.yaml``."""

    priority: PriorityTable
    without_service: dict[SeverityWord, Priority]
    unproven_at_most: Priority
    people_share: Annotated[float, Field(gt=0, le=1)]
    opens_at: OpensAt
    reopen_within_s: Annotated[float, Field(ge=0)]
    unbound_storm: UnboundStorm

    @classmethod
    def load(cls, overrides: Mapping[str, Any] | None = None) -> Self:
        """The shipped policy with the operator's keys in place of its own.

        Raises:
            pydantic.ValidationError: an unknown key or a value out of range.
        """
        return cls.model_validate(_shipped("ticket_bridge.incidents", "policy.yaml") | dict(overrides or {}))


class TellingRule(_Frozen):
    """One row of who is told: a role, what of, from which state of the service on, and how often at most.

    ``again_after_s``: what has been better for them for so long is told again when it comes back.
    """

    role: RoleWord
    happenings: frozenset[HappeningWord]
    least_state: StateWord
    channel: Literal["mail"] = "mail"
    opening_interval_s: Annotated[float, Field(ge=0)] = 0
    ask_above: Annotated[int, Field(ge=1)] | None = None
    again_after_s: Annotated[float, Field(ge=0)] = 900


class NoticePolicy(_Frozen):
    """Who is told what: ``notices/who.yaml``. Rows stand from the highest role to the lowest."""

    who_is_told: tuple[TellingRule, ...]

    @classmethod
    def load(cls, overrides: Mapping[str, Any] | None = None) -> Self:
        """The shipped table with the operator's keys in place of its own.

        Raises:
            pydantic.ValidationError: an unknown key or a value out of range.
        """
        return cls.model_validate(_shipped("ticket_bridge.notices", "who.yaml") | dict(overrides or {}))


class MailSettings(_Frozen):
    """How mail leaves: the relay and the sender. Times in seconds.

    ``security``: ``none`` for a relay on the same host, ``starttls`` or ``tls`` else. ``link_base`` is the address
    under which people open the console; without it mails carry no link. ``time_zone`` is that of times in mails.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Literal["none", "starttls", "tls"] = "none"
    username: str | None = None
    password: str | None = Field(default=None, repr=False)
    sender: str = "Faultpath <faultpath@localhost>"
    message_id_domain: str = "faultpath.invalid"
    link_base: str | None = None
    time_zone: str = "UTC"
    connections: Annotated[int, Field(ge=1, le=64)] = 4
    timeout_s: Annotated[float, Field(gt=0)] = 20.0
    idle_s: Annotated[float, Field(ge=0)] = 30.0
