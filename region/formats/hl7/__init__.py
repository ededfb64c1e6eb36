"""HL7 version 2 in its ER7 form: results in (ORU^R01), acknowledgements out, framed for a socket (MLLP)."""

from region.formats.hl7.framing import Frames, TooLong, framed
from region.formats.hl7.grammar import Message, Segment, Wrong, parse
from region.formats.hl7.reading import Observation, Order, Results, read_results
from region.formats.hl7.writing import acknowledge, write

__all__ = [
    "Frames",
    "Message",
    "Observation",
    "Order",
    "Results",
    "Segment",
    "TooLong",
    "Wrong",
    "acknowledge",
    "framed",
    "parse",
    "read_results",
    "write",
]
