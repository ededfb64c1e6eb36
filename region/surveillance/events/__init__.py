"""What can happen in surveillance."""

from region.surveillance.events.proposals import CaseProposed, ProposalDecided, ProposalLate
from region.surveillance.events.reports import CardLate, CardReviewed, CardRevised, CardsEntered, CountsTold
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
    "CardLate",
    "CardReviewed",
    "CardRevised",
    "CardsEntered",
    "CaseProposed",
    "CountsTold",
    "NightJudged",
    "ProposalDecided",
    "ProposalLate",
    "SignalsKept",
]
