"""Errors of alerting.

AlertingError
├── MappingError       a mapping, topic or trap file is wrong; names file, entry and remedy
└── FaultCodeError     a fault-code catalogue is wrong; names file, entry and remedy
"""


class AlertingError(Exception):
    """Base of all errors of this package."""


class MappingError(AlertingError):
    """A mapping, topic or trap file is wrong; the text names file, entry and remedy."""


class FaultCodeError(AlertingError):
    """A fault-code catalogue is wrong; the text names file, entry and remedy."""
