"""Composition root: settings, wiring, HTTP API, access, CLI, demo."""

__version__ = "0.1.0"
