"""From records to the XML of a HAVE 2.0 report: its elements in the schema's order, in UTF-8."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from region.formats.have.grammar import CAPACITIES, COLOURS, COMMUNITY, IMPORTED, NAMESPACE
from region.formats.have.model import Colour, Counts, Facility, Period, Report, Resource, Service, ServiceList
from region.formats.markup.writing import Value, document, number_text, put


def write(report: Report) -> bytes:
    """The report as XML; what XML cannot carry is left out. `check` says whether it is HAVE.

    Raises ValueError for a time without its offset.
    """
    spaces = {f"xmlns:{prefix}": uri for prefix, uri in IMPORTED.items()}
    root = Element("HAVE", {"xmlns": NAMESPACE, **spaces})
    _organization(root, "organizationInformation", report.organization)
    _period(root, report.period)
    put(root, ("reportComment", report.comment))
    for facility in report.facilities:
        _facility(SubElement(root, "facility"), facility)
    return document(root)


def _organization(parent: Element, tag: str, name: str | None) -> None:
    """An organization by its name; without one the element stands empty, for it must be there."""
    held = SubElement(parent, tag)
    if name:
        put(SubElement(held, "n:organisationName"), ("n:nameElement", name))


def _period(parent: Element, period: Period | None) -> None:
    if period is not None:
        held = SubElement(parent, "reportingPeriod")
        put(held, ("ct:fromDateTime", period.start), ("ct:toDateTime", period.end))


def _facility(parent: Element, facility: Facility) -> None:
    about = SubElement(parent, "facilityInformation")
    put(
        about,
        ("facilityID", facility.id),
        ("parentFacility", facility.parent),
        ("facilityName", facility.name),
    )
    if facility.point is not None:
        where = SubElement(SubElement(about, "facilityGeoLocation"), "ct:EDXLGeoLocation")
        longitude, latitude = facility.point
        system = {"gml:id": f"{facility.id}.position", "srsName": "urn:ogc:def:crs:EPSG::4326"}
        held = SubElement(where, "gml:Point", system)
        put(held, ("gml:pos", f"{number_text(latitude)} {number_text(longitude)}"))
    _organization(about, "facilityDetails", facility.organization)
    put(about, ("facilityKind", facility.kind), ("clinicalStatusDefault", facility.clinical))
    _period(parent, facility.period)
    for listed in facility.lists:
        _list(SubElement(parent, "serviceList"), listed)
    if facility.needs or facility.offers:
        held = SubElement(parent, "resources")
        _resources(held, "resourceNeeds", "resourceNeed", facility.needs)
        _resources(held, "resourceOffers", "resourceOffer", facility.offers)
    put(parent, *(("commentText", text) for text in facility.comments))
    _colour(parent, "facilityColourStatus", facility.colour)


def _list(parent: Element, listed: ServiceList) -> None:
    put(parent, ("taxonomyURI", listed.taxonomy), ("taxonomyName", listed.title))
    for service in listed.services:
        _service(SubElement(parent, "serviceListItem"), service)


def _service(parent: Element, service: Service) -> None:
    put(parent, ("serviceTaxonomyKeyValue", service.key), ("serviceName", service.name))
    if service.open is not None:
        status = SubElement(parent, "serviceStatus")
        put(status, ("isAvailable", "true" if service.open else "false"))
        _colour(status, "colourStatus", service.colour)
        put(status, ("comment", service.status_note), ("stability", service.stability))
    if service.beds is not None:
        _beds(SubElement(parent, "serviceBedCapacity"), service.beds)
    if service.capacity is not None:
        _value(SubElement(parent, "capacity"), service.capacity, CAPACITIES)
    put(parent, ("comment", service.note))


def _beds(parent: Element, beds: Counts) -> None:
    put(
        parent,
        ("availableCount", beds.available),
        ("baselineCount", beds.baseline),
        ("capacityNote", beds.note),
        ("availability", beds.availability),
    )
    _beyond(parent, ("in-use", beds.in_use), ("broken", beds.broken), ("updated", beds.updated))


def _resources(parent: Element, group: str, name: str, resources: Iterable[Resource]) -> None:
    held: Element | None = None
    for one in resources:
        held = SubElement(parent, group) if held is None else held
        made = SubElement(held, name)
        _value(SubElement(made, "resourceKind"), one.kind, one.taxonomy)
        put(
            made,
            ("quantityAmount", float(one.amount)),
            ("quantityUnitOfMeasure", one.unit),
            ("comments", one.note),
        )
        _beyond(
            made,
            ("baseline", one.baseline),
            ("in-use", one.in_use),
            ("broken", one.broken),
            ("updated", one.updated),
        )


def _colour(parent: Element, tag: str, colour: Colour | None) -> None:
    if colour is None:
        return
    held = SubElement(parent, tag)
    own = colour.taxonomy is not None
    _value(
        SubElement(held, "colourCode" if own else "colourCodeDefault"),
        colour.value,
        colour.taxonomy or COLOURS,
    )
    put(held, ("colourDescription", colour.description))


def _value(parent: Element, value: str, taxonomy: str | None) -> None:
    put(parent, ("ct:valueListURI", taxonomy), ("ct:value", value))


def _beyond(parent: Element, *pairs: tuple[str, Value]) -> None:
    """Numbers without an element of the standard, as parameters of EDXL's extension."""
    known = [(name, value) for name, value in pairs if value is not None]
    if not known:
        return
    extension = SubElement(parent, "ext:extension")
    put(extension, ("ext:community", COMMUNITY), ("ext:id", f"{COMMUNITY}:numbers"))
    for name, value in known:
        parameter = SubElement(extension, "ext:parameter")
        put(parameter, ("ext:nameURI", f"{COMMUNITY}:{name}"), ("ext:value", value))
