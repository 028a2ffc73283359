"""What senders' words mean: rules as data, in the YAML files beside this one and in the operator's own.

The effect of an alert on its CI comes from here. What no rule maps follows from its severity: critical and major →
degraded, minor and warning → at_risk, info → none.
"""

from alerting.mapping.files import load_mapping
from alerting.mapping.rules import DEFAULT_EFFECT, Meaning, SourceMapping, effect_of_severity
from alerting.mapping.traps import Trap, TrapTable, load_traps

__all__ = [
    "DEFAULT_EFFECT",
    "Meaning",
    "SourceMapping",
    "Trap",
    "TrapTable",
    "effect_of_severity",
    "load_mapping",
    "load_traps",
]
