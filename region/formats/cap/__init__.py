"""Warnings and orders in the Common Alerting Protocol, CAP 1.2 (OASIS): read, checked and written."""

from region.formats.cap.checking import check
from region.formats.cap.model import Alert, Area, Circle, Info, Named, Point, Problem, Reference, Resource
from region.formats.cap.reading import read
from region.formats.cap.tree import MOST_BYTES
from region.formats.cap.writing import write

__all__ = [
    "MOST_BYTES",
    "Alert",
    "Area",
    "Circle",
    "Info",
    "Named",
    "Point",
    "Problem",
    "Reference",
    "Resource",
    "check",
    "read",
    "write",
]
