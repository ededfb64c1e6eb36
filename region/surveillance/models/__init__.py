"""The tables of surveillance."""

from region.surveillance.models.proposals import CaseProposal
from region.surveillance.models.reports import CaseReport, DayCount
from region.surveillance.models.signals import Alert, DetectionRun, Signal
from region.surveillance.models.triage import AlertStep

__all__ = ["Alert", "AlertStep", "CaseProposal", "CaseReport", "DayCount", "DetectionRun", "Signal"]
