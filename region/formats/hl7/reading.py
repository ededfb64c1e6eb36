"""An ORU^R01 as plain records: specimens, what was observed of each, and when; who the patient is, is not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from region.formats.hl7.grammar import Message, Segment, Wrong

_TIME = re.compile(
    r"(?P<day>\d{8})(?P<hour>\d{2})(?P<minute>\d{2})(?:(?P<second>\d{2})(?:\.\d{1,4})?)?(?P<zone>[+-]\d{4})?"
)
VERSIONS = ("2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6")
"""Those in which the fields that are read here mean the same."""
FINAL = frozenset({"F", "C", "U"})
"""Table 0085: final, corrected, and changed to final without transmission before."""


@dataclass(frozen=True)
class Observation:
    """One OBX: what was observed (code, text, system), its value as code and text, its status, where it stands."""

    place: str
    code: str
    text: str
    system: str
    value: str
    value_text: str
    status: str

    @property
    def final(self) -> bool:
        return self.status in FINAL


@dataclass
class Order:
    """One OBR with its specimen. `specimen` is the code on the tube, `number` the laboratory's own, `at` the report."""

    place: str
    specimen: str = ""
    specimen_place: str = ""
    number: str = ""
    at: datetime | None = None
    observations: list[Observation] = field(default_factory=list)


@dataclass(frozen=True)
class Results:
    """A message of results: who sent it, its control number, whether it is production (P), and its orders."""

    facility: str
    application: str
    control: str
    processing: str
    at: datetime
    orders: Sequence[Order]


def read_results(message: Message, zone: tzinfo) -> Results:
    """The records of an ORU^R01; times without an offset are in the message's, else in `zone`. Wrong says where."""
    header = message.header
    if header.text(9) != "ORU":
        raise Wrong(200, header.place(9), header.text(9)[:10])
    if header.text(9, 2) != "R01":
        raise Wrong(201, header.place(9), header.text(9, 2)[:10])
    if header.need(11) not in ("P", "T", "D"):
        raise Wrong(202, header.place(11), header.text(11)[:10])
    if header.need(12) not in VERSIONS:
        raise Wrong(203, header.place(12), header.text(12)[:10])
    at = read_time(header, 7, zone)
    if at is None:
        raise Wrong(101, header.place(7))
    return Results(
        facility=header.need(4),
        application=header.text(3),
        control=header.need(10),
        processing=header.need(11),
        at=at,
        orders=_orders(message, at.tzinfo or zone),
    )


def _orders(message: Message, zone: tzinfo) -> list[Order]:
    orders: list[Order] = []
    for segment in message.segments:
        if segment.name == "OBR":
            orders.append(_order(segment, zone))
        elif segment.name in ("OBX", "SPM"):
            if not orders:
                raise Wrong(100, f"{segment.name}^{segment.number}")
            _take(orders[-1], segment, zone)
    if not orders:
        raise Wrong(100, "OBR^1")
    for order in orders:
        if not order.observations:
            raise Wrong(100, order.place)
    return orders


def _order(segment: Segment, zone: tzinfo) -> Order:
    """Where no SPM follows, analysers write the code of the tube as the placer's or their own number."""
    own, placed = segment.text(3), segment.text(2)
    return Order(
        place=f"OBR^{segment.number}",
        specimen=placed or own,
        specimen_place=segment.place(2 if placed else 3),
        number=own,
        at=read_time(segment, 22, zone),
    )


def _take(order: Order, segment: Segment, zone: tzinfo) -> None:
    if segment.name == "SPM":
        code = segment.text(2, 1) or segment.text(2, 2)
        if code:
            order.specimen, order.specimen_place = code, segment.place(2)
        return
    analysed = read_time(segment, 19, zone)
    if analysed is not None and (order.at is None or analysed > order.at):
        order.at = analysed
    coded = segment.text(2) in ("CE", "CWE", "CNE", "CF")
    order.observations.append(
        Observation(
            place=segment.place(5),
            code=segment.text(3, 1),
            text=segment.text(3, 2),
            system=segment.text(3, 3),
            value=segment.text(5, 1) if segment.text(2) != "SN" else segment.text(5, 2),
            value_text=segment.text(5, 2) if coded else "",
            status=segment.need(11).upper(),
        )
    )


def read_time(segment: Segment, field: int, zone: tzinfo) -> datetime | None:
    """A moment of a field to the minute or finer, None where there is none; Wrong (102) for anything else."""
    text = segment.text(field)
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise Wrong(102, segment.place(field))
    try:
        day = date.fromisoformat(found["day"])
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
        return datetime.combine(day, clock, _offset(found["zone"]) if found["zone"] else zone)
    except ValueError as error:
        raise Wrong(102, segment.place(field)) from error


def _offset(text: str) -> tzinfo:
    length = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return timezone(-length if text[0] == "-" else length) if length else UTC
