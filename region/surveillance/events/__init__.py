"""What can happen in surveillance."""

from region.surveillance.events.proposals import CaseProposed, ProposalDecided, ProposalLate
from region.surveillance.events.signals import (
    AlertGrew,
    AlertLate,
    AlertRaised,
    AlertStepped,
    NightJudged,
    SignalsKept,
)

__all__ = [
    "AlertGrew",
    "AlertLate",
    "AlertRaised",
    "AlertStepped",
    "CaseProposed",
    "NightJudged",
    "ProposalDecided",
    "ProposalLate",
    "SignalsKept",
]
