"""Pure parsing of SNMP tables into records: one MIB a file, no I/O.

Each file names the columns it needs (``WALKS``: what to walk) and turns the varbinds into records. A device that
leaves columns out, orders rows oddly or answers with nonsense yields fewer or emptier records, never an exception.
"""
