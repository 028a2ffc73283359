"""Measurements, each a command that prints its figures with everything that they depend on."""
