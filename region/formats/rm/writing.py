"""From records to the XML of an EDXL-RM message: its elements in the standard's order, in UTF-8."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from region.formats.markup.writing import document, put
from region.formats.rm.grammar import KINDS, NAMESPACE, SHARED
from region.formats.rm.model import Contact, Line, Message, Response, Schedule


def write(message: Message) -> bytes:
    """The message as XML; what XML cannot carry is left out. `check` says whether it is EDXL-RM.

    Raises ValueError for a kind that is not known here, and for a time without its offset.
    """
    if message.kind not in KINDS:
        raise ValueError(f"no message of this kind: {message.kind}")
    root = Element(message.kind, {"xmlns": NAMESPACE, "xmlns:rm": SHARED})
    put(
        root,
        ("MessageID", message.id),
        ("SentDateTime", message.sent),
        ("MessageContentType", message.kind),
        ("MessageDescription", message.description),
        ("OriginatingMessageID", message.originating),
        ("PrecedingMessageID", message.preceding),
    )
    if message.incident is not None or message.incident_name is not None:
        put(
            SubElement(root, "IncidentInformation"),
            ("rm:IncidentID", message.incident),
            ("rm:IncidentDescription", message.incident_name),
        )
    for contact in message.contacts:
        _contact(SubElement(root, "ContactInformation"), contact)
    for line in message.lines:
        _line(SubElement(root, "ResourceInformation"), line)
    return document(root)


def _contact(parent: Element, contact: Contact) -> None:
    put(parent, ("rm:ContactDescription", contact.description), ("rm:ContactRole", contact.role))


def _line(parent: Element, line: Line) -> None:
    put(parent, ("ResourceInfoElementID", line.id))
    if line.response is not None:
        _response(SubElement(parent, "ResponseInformation"), line.response)
    _resource(parent, line)
    _assignment(parent, line)
    for schedule in line.schedules:
        _schedule(SubElement(parent, "ScheduleInformation"), schedule)


def _response(parent: Element, response: Response) -> None:
    put(
        parent,
        ("PrecedingResourceInfoElementID", response.line),
        ("ResponseType", response.type),
        ("ResponseReason", response.reason),
    )


def _resource(parent: Element, line: Line) -> None:
    if not (line.name or line.kind or line.description or line.status or line.availability):
        return
    held = SubElement(parent, "Resource")
    put(held, ("Name", line.name))
    _value(held, "TypeStructure", line.kind, line.taxonomy)
    put(held, ("Description", line.description))
    if line.status or line.availability:
        status = SubElement(held, "ResourceStatus")
        _value(status, "DeploymentStatus", line.status, line.statuses)
        put(status, ("Availability", line.availability))


def _assignment(parent: Element, line: Line) -> None:
    counted = line.amount is not None or line.amount_text is not None
    if not (counted or line.restrictions or line.purpose):
        return
    held = SubElement(parent, "AssignmentInformation")
    if counted:
        quantity = SubElement(held, "Quantity")
        if line.amount is not None:
            measured = SubElement(quantity, "rm:MeasuredQuantity")
            put(measured, ("rm:Amount", float(line.amount)))
            _value(measured, "rm:UnitOfMeasure", line.unit, line.units)
        put(quantity, ("rm:QuantityText", line.amount_text))
    put(held, ("Restrictions", line.restrictions), ("AnticipatedFunction", line.purpose))


def _schedule(parent: Element, schedule: Schedule) -> None:
    put(parent, ("ScheduleType", schedule.type), ("DateTime", schedule.at))
    if schedule.place is not None:
        put(SubElement(parent, "Location"), ("rm:LocationDescription", schedule.place))


def _value(parent: Element, tag: str, value: str | None, taxonomy: str | None) -> None:
    """A value and the list that it is of."""
    if value is not None:
        put(SubElement(parent, tag), ("rm:ValueListURN", taxonomy), ("rm:Value", value))
