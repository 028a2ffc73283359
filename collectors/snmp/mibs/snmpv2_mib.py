"""SNMPv2-MIB (RFC 3418): the objects that every agent has."""

SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"  # TimeTicks, hundredths of a second since the agent started

SNMP_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"  # second variable of each notification, names its kind
