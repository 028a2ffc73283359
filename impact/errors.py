"""Errors of the engine.

ModelError      a model says something that cannot be meant: names the place, what is wrong, and the remedy
"""

from __future__ import annotations


class ModelError(ValueError):
    """A rule, scale, policy or test of a model cannot be read. ``where`` is a path such as ``tests.3.rules.CRM.1``."""

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}; {remedy}")
        self.where = where
        self.problem = problem
        self.remedy = remedy
