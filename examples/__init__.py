"""Examples that ship with the source tree."""
