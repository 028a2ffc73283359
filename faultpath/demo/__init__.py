"""The demonstration: a simulated company, a real hub, and what the one should make of the other."""
