"""What can happen in surveillance."""

from region.surveillance.events.proposals import CaseProposed, ProposalDecided, ProposalLate

__all__ = ["CaseProposed", "ProposalDecided", "ProposalLate"]
