"""The tables of quarantine."""

from region.quarantine.models.changes import Appeal, StayBatch, StayChange, Transition
from region.quarantine.models.checks import Check, CheckSum, ResidentLink, ScheduledTest
from region.quarantine.models.rooms import QuarantineSite, Room
from region.quarantine.models.stays import Handover, Stay

__all__ = [
    "Appeal",
    "Check",
    "CheckSum",
    "Handover",
    "QuarantineSite",
    "ResidentLink",
    "Room",
    "ScheduledTest",
    "Stay",
    "StayBatch",
    "StayChange",
    "Transition",
]
