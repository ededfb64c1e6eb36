"""From the XML of an EDXL-RM message to records; only what keeps the standard is read."""

from __future__ import annotations

from region.formats.findings import Unreadable
from region.formats.markup.grammar import refuse_grave
from region.formats.markup.tree import Part
from region.formats.markup.values import instant
from region.formats.rm.checking import check, local, open_tree
from region.formats.rm.model import Contact, Line, Message, Response, Schedule


def read(data: bytes) -> Message:
    """The message; Unreadable `edxl-breaks-rules` with the first broken rule when `check` finds a grave one."""
    refuse_grave(check(data), "edxl")
    element = open_tree(data)
    root = Part(element, local)
    sent = instant(root.text("SentDateTime") or "")
    if sent is None:
        raise Unreadable("edxl-time", path="/SentDateTime", fact=(root.text("SentDateTime") or "")[:40])
    return Message(
        kind=local(element),
        id=root.text("MessageID") or "",
        sent=sent,
        originating=root.text("OriginatingMessageID") or "",
        contacts=tuple(
            Contact(one.text("ContactRole"), one.text("ContactDescription"))
            for one in root.parts("ContactInformation")
        ),
        lines=tuple(_line(one) for one in root.parts("ResourceInformation")),
        preceding=root.text("PrecedingMessageID"),
        description=root.text("MessageDescription"),
        incident=root.text("IncidentInformation", "IncidentID"),
        incident_name=root.text("IncidentInformation", "IncidentDescription"),
    )


def _line(part: Part) -> Line:
    amount = part.text("AssignmentInformation", "Quantity", "MeasuredQuantity", "Amount")
    unit = ("AssignmentInformation", "Quantity", "MeasuredQuantity", "UnitOfMeasure")
    status = ("Resource", "ResourceStatus", "DeploymentStatus")
    return Line(
        id=part.text("ResourceInfoElementID") or "",
        name=part.text("Resource", "Name"),
        kind=part.text("Resource", "TypeStructure", "Value"),
        taxonomy=part.text("Resource", "TypeStructure", "ValueListURN"),
        description=part.text("Resource", "Description"),
        amount=None if amount is None else float(amount),
        unit=part.text(*unit, "Value"),
        units=part.text(*unit, "ValueListURN"),
        amount_text=part.text("AssignmentInformation", "Quantity", "QuantityText"),
        restrictions=part.text("AssignmentInformation", "Restrictions"),
        purpose=part.text("AssignmentInformation", "AnticipatedFunction"),
        response=_response(part.part("ResponseInformation")),
        status=part.text(*status, "Value"),
        statuses=part.text(*status, "ValueListURN"),
        availability=part.text("Resource", "ResourceStatus", "Availability"),
        schedules=tuple(_schedule(one) for one in part.parts("ScheduleInformation")),
    )


def _response(part: Part | None) -> Response | None:
    if part is None:
        return None
    return Response(
        line=part.text("PrecedingResourceInfoElementID") or "",
        type=part.text("ResponseType") or "",
        reason=part.text("ResponseReason"),
    )


def _schedule(part: Part) -> Schedule:
    return Schedule(
        type=part.text("ScheduleType") or "",
        at=instant(part.text("DateTime") or ""),
        place=part.text("Location", "LocationDescription"),
    )
