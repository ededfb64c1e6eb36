"""Asking for resources and answering, in EDXL-RM 1.0 (OASIS): read, checked and written."""

from region.formats.markup.grammar import Problem
from region.formats.markup.tree import MOST_BYTES
from region.formats.rm.checking import check
from region.formats.rm.model import Contact, Line, Message, Response, Schedule
from region.formats.rm.reading import read
from region.formats.rm.writing import write

__all__ = [
    "MOST_BYTES",
    "Contact",
    "Line",
    "Message",
    "Problem",
    "Response",
    "Schedule",
    "check",
    "read",
    "write",
]
