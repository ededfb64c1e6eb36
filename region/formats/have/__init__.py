"""What hospitals and other facilities have free, in EDXL-HAVE 2.0 (OASIS): read, checked and written.

The names and their order are those of the working schema that the editors of HAVE 2.0 published (after WD08),
with the Common Types as OASIS finished them; what differs in the last committee specification is passed over
with a mild problem, not refused.
"""

from region.formats.have.checking import check
from region.formats.have.grammar import MOST_BYTES
from region.formats.have.model import (
    Colour,
    Counts,
    Facility,
    Period,
    Point,
    Report,
    Resource,
    Service,
    ServiceList,
)
from region.formats.have.reading import read
from region.formats.have.writing import write
from region.formats.markup.grammar import Problem

__all__ = [
    "MOST_BYTES",
    "Colour",
    "Counts",
    "Facility",
    "Period",
    "Point",
    "Problem",
    "Report",
    "Resource",
    "Service",
    "ServiceList",
    "check",
    "read",
    "write",
]
