"""Warnings and orders in the Common Alerting Protocol, CAP 1.2 (OASIS): read, checked and written."""

from region.formats.cap.checking import check
from region.formats.cap.model import Alert, Area, Circle, Info, Named, Point, Reference, Resource
from region.formats.cap.reading import read
from region.formats.cap.writing import write
from region.formats.markup.grammar import Problem
from region.formats.markup.tree import MOST_BYTES

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
