"""SNMP: polling, questions on demand, traps and informs."""
