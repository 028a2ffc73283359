"""What can go wrong between us and an agent.

::

    SnmpError
    ├── SnmpTimeoutError    nobody answered, however often we asked
    ├── SnmpRefusedError    the agent answered and does not let us in (user, key, security level)
    ├── SnmpAgentError      the agent answered with an error status, or with bytes that are no SNMP
    └── SnmpTargetError     our own side: not an IP address, no such port, an unusable credential

All but the first and the last prove that the agent is alive. Whether to ask again is decided by the session, which
has then done so already: a caller need not retry.
"""

from __future__ import annotations


class SnmpError(Exception):
    """Base of all errors of this package."""


class SnmpTimeoutError(SnmpError):
    """Each request stayed unanswered for the whole of its time-out. ``asked`` is how many were sent."""

    def __init__(self, where: str, *, asked: int) -> None:
        super().__init__(f"no answer from {where} to {asked} requests")
        self.asked = asked


class SnmpRefusedError(SnmpError):
    """The agent is there and refuses the credential (SNMPv3 reports, RFC 3414 section 3.2)."""


class SnmpAgentError(SnmpError):
    """The agent is there, and its answer cannot be used."""


class SnmpTargetError(SnmpError):
    """The target as configured cannot be asked at all."""
