"""The closed loops of surveillance: a proposal, a report card, an alert."""

from region.surveillance.states.alerts import ALERT
from region.surveillance.states.proposals import PROPOSAL
from region.surveillance.states.reports import REPORT

__all__ = ["ALERT", "PROPOSAL", "REPORT"]
