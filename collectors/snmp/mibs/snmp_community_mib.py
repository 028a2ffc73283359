"""SNMP-COMMUNITY-MIB (RFC 3584): what a proxy adds to a notification that it passes on."""

SNMP_TRAP_COMMUNITY = "1.3.6.1.6.3.18.1.4.0"  # the community with which it came to the proxy
