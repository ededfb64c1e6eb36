"""Taking in a message of results: each order becomes a result of its laboratory, as if a person had reported it."""

from __future__ import annotations

from hashlib import sha256

from region.formats.hl7 import Order, Results, Wrong
from region.interop.events import MessageRefused
from region.interop.queries.hl7_in import result_of
from region.sampling.actions.reporting import Result, report
from region.sampling.result_words import words
from region.spine.clock import REAL
from region.spine.work import Work


def take_in(w: Work, lab: int, message: Results) -> list[Wrong]:
    """Report what a message tells; what is wrong with single orders comes back by its place, the others stand.

    Wrong (202) for a message of training or debugging in the real world.
    """
    if w.realm == REAL and message.processing != "P":
        raise Wrong(202, "MSH^1^11", message.processing)
    known, given, faults = words(w), list[Result](), list[Wrong]()
    orders: list[Order] = []
    for order in message.orders:
        try:
            given.append(result_of(order, message, known))
            orders.append(order)
        except Wrong as fault:
            faults.append(fault)
    reported = report(w, lab, given, source="hl7")
    return faults + [
        Wrong(204 if one.why == "tube_ended" else 102, orders[one.index].specimen_place, one.why)
        for one in reported.refused
    ]


def refuse(w: Work, data: bytes, fault: Wrong, lab: int | None = None) -> None:
    """Keep in the journal that a message was not taken, and where it is wrong: nothing of what it says."""
    digest, at = sha256(data).hexdigest(), fault.place.replace("^", ".")[:80]
    w.tell(MessageRefused(digest=digest, way="hl7", fault=str(fault.code), at=at, place=lab))
