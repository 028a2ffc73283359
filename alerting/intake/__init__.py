"""One parser per sender: bytes in, events or quarantined items out."""

from alerting.intake.parsed import BodyProblem, FaultList, Item, Parsed, Quarantined
from alerting.intake.parser import Parser, check

__all__ = ["BodyProblem", "FaultList", "Item", "Parsed", "Parser", "Quarantined", "check"]
