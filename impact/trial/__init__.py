"""Tests of a model: what a small graph, or the live one, is expected to be when this and that is broken."""

from impact.trial.play import Difference, play
from impact.trial.read import Step, Trial, trials_of

__all__ = ["Difference", "Step", "Trial", "play", "trials_of"]
