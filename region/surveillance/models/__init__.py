"""The tables of surveillance."""

from region.surveillance.models.proposals import CaseProposal

__all__ = ["CaseProposal"]
