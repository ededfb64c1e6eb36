"""The tables of sampling and testing."""

from region.sampling.models.field import Box, FieldDevice, Handover, Tube, TubeMember
from region.sampling.models.labels import LabelDay
from region.sampling.models.labs import LabDay, ResultLoad, RoundLab, TubeResult, Turnaround
from region.sampling.models.recalls import Recall, RecallMember, SingleOnly, WorkItem
from region.sampling.models.rounds import DueLoad, Round, RoundArea, RoundDue, RoundHour, RoundSite
from region.sampling.models.sums import RoundSum

__all__ = [
    "Box",
    "DueLoad",
    "FieldDevice",
    "Handover",
    "LabDay",
    "LabelDay",
    "Recall",
    "RecallMember",
    "ResultLoad",
    "Round",
    "RoundArea",
    "RoundDue",
    "RoundHour",
    "RoundLab",
    "RoundSite",
    "RoundSum",
    "SingleOnly",
    "Tube",
    "TubeMember",
    "TubeResult",
    "Turnaround",
    "WorkItem",
]
