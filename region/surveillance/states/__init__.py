"""The closed loops of surveillance."""

from region.surveillance.states.proposals import PROPOSAL

__all__ = ["PROPOSAL"]
