"""IF-MIB (RFC 2863): interfaces and what state they are in."""

IF_ADMIN_STATUS = "1.3.6.1.2.1.2.2.1.7"  # what the administrator wants; indexed by ifIndex
IF_OPER_STATUS = "1.3.6.1.2.1.2.2.1.8"  # what is; indexed by ifIndex

ADMIN = {1: "up", 2: "down", 3: "testing"}
OPER = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}

CARRIES = frozenset({1})
CARRIES_NOT = frozenset({2, 6, 7})
"""testing, unknown and dormant are in neither set: they are no statement about the link."""
