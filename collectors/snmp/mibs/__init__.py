"""What the hub reads while it polls: one MIB, one file, each object with its OID and its values."""
