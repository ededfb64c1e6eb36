"""The tables of surveillance."""

from region.surveillance.models.proposals import CaseProposal
from region.surveillance.models.reports import CaseReport, DayCount
from region.surveillance.models.signals import Alert, DetectionRun, Signal

__all__ = ["Alert", "CaseProposal", "CaseReport", "DayCount", "DetectionRun", "Signal"]
