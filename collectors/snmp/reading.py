"""What one question asks and what its answer says. Pure: values in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from collectors.snmp.mibs.if_mib import ADMIN, CARRIES, CARRIES_NOT, IF_ADMIN_STATUS, IF_OPER_STATUS, OPER
from collectors.snmp.mibs.snmpv2_mib import SYS_UP_TIME
from collectors.snmp.mibs.ups_mib import FAULTY, HEALTHY, OUTPUT_SOURCE, UPS_OUTPUT_SOURCE
from collectors.snmp.session import Credential, Value

CHECK_ANSWER = "snmp-answer"
CHECK_PORT = "if-oper-status"
CHECK_OUTPUT = "ups-output"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTarget:
    """A device as the poller needs it, taken from the graph.

    ``ports`` are the linked ones only, Port CI id by ifIndex: a port without a link may be down as it likes.
    ``answered_before`` false: an import claims that this device can be asked, and nobody ever heard it. Its silence
    then says nothing, until it has answered once.
    """

    ci_id: str
    name: str
    host: str
    port: int
    credential: Credential
    ports: Mapping[int, str] = field(default_factory=dict)
    ups: bool = False
    answered_before: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check of one resource as just read.

    ``port`` is a Port CI id, or ``None`` for the device itself. ``at`` is when it was so; ``None`` means just now.
    """

    check: str
    port: str | None
    active: bool
    at: datetime | None = None
    args: Mapping[str, str | int] = field(default_factory=dict)


def question(target: PollTarget) -> list[str]:
    """The objects of one question: is it alive, do its linked ports carry, what feeds its output."""
    output = [UPS_OUTPUT_SOURCE] if target.ups else []
    return [SYS_UP_TIME, *output, *(f"{IF_OPER_STATUS}.{if_index}" for if_index in target.ports)]


def further_question(target: PollTarget, values: Mapping[str, Value]) -> list[str]:
    """Ports that carry nothing: does their administrator want it so? Asked only where it matters."""
    idle = (i for i in target.ports if values.get(f"{IF_OPER_STATUS}.{i}") in CARRIES_NOT)
    return [f"{IF_ADMIN_STATUS}.{if_index}" for if_index in idle]


def carrying(target: PollTarget, values: Mapping[str, Value]) -> Iterator[tuple[str, bool]]:
    """(Port CI id, carries) for each linked port that makes a statement."""
    for if_index, port in target.ports.items():
        oper = values.get(f"{IF_OPER_STATUS}.{if_index}")
        if oper in CARRIES or oper in CARRIES_NOT:
            yield port, oper in CARRIES


def findings(target: PollTarget, values: Mapping[str, Value]) -> Iterator[Finding]:
    """What the answers say, for each check that they say anything about.

    A port that was shut by its administrator is no fault; one whose ``ifAdminStatus`` is not told counts as wanted.
    """
    source = values.get(UPS_OUTPUT_SOURCE)
    if isinstance(source, int) and (source in FAULTY or source in HEALTHY):
        yield Finding(
            check=CHECK_OUTPUT, port=None, active=source in FAULTY, args={"output_source": OUTPUT_SOURCE[source]}
        )
    for if_index, port in target.ports.items():
        oper = values.get(f"{IF_OPER_STATUS}.{if_index}")
        admin = values.get(f"{IF_ADMIN_STATUS}.{if_index}")
        if not isinstance(oper, int) or not (oper in CARRIES or oper in CARRIES_NOT):
            continue
        shut = isinstance(admin, int) and ADMIN.get(admin) != "up"
        args: dict[str, str | int] = {"if_index": if_index, "oper": OPER[oper]}
        if isinstance(admin, int):
            args["admin"] = ADMIN.get(admin, str(admin))
        yield Finding(check=CHECK_PORT, port=port, active=oper in CARRIES_NOT and not shut, args=args)
