"""From the XML of a HAVE 2.0 report to records; only what keeps the standard is read."""

from __future__ import annotations

from datetime import datetime

from region.formats.have.checking import problems
from region.formats.have.grammar import COLOURS, PARAMETERS
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
from region.formats.have.tree import local, open_tree
from region.formats.have.values import position
from region.formats.markup.grammar import refuse_grave
from region.formats.markup.tree import Part
from region.formats.markup.values import TRUE, instant


def read(data: bytes) -> Report:
    """The report; Unreadable `edxl-breaks-rules` with the first broken rule when `check` finds a grave one."""
    element = open_tree(data)
    refuse_grave(problems(element), "edxl")
    root = Part(element, local)
    return Report(
        organization=_name(root.part("organizationInformation")) or "",
        facilities=tuple(_facility(one) for one in root.parts("facility")),
        period=_period(root),
        comment=root.text("reportComment"),
    )


def _facility(part: Part) -> Facility:
    about = part.part("facilityInformation") or part
    return Facility(
        id=about.text("facilityID") or "",
        name=about.text("facilityName") or "",
        organization=_name(about.part("facilityDetails")),
        parent=about.text("parentFacility"),
        kind=about.text("facilityKind"),
        point=_point(about.text("facilityGeoLocation", "ct:edxlgeolocation", "gml:point", "gml:pos")),
        clinical=about.text("clinicalStatusDefault"),
        period=_period(part),
        lists=tuple(_list(one) for one in part.parts("serviceList")),
        needs=_resources(part.part("resources", "resourceNeeds"), "resourceNeed"),
        offers=_resources(part.part("resources", "resourceOffers"), "resourceOffer"),
        comments=part.texts("commentText"),
        colour=_colour(part.part("facilityColourStatus")),
    )


def _name(part: Part | None) -> str | None:
    """An organization's name, of as many elements as it has."""
    name = None if part is None else part.part("n:organisationname")
    return None if name is None else " ".join(name.texts("n:nameelement")) or None


def _point(text: str | None) -> Point | None:
    return None if text is None else position(text)


def _period(part: Part) -> Period | None:
    start, end = (
        instant(part.text("reportingPeriod", name) or "") for name in ("ct:fromdatetime", "ct:todatetime")
    )
    return None if start is None or end is None else Period(start, end)


def _list(part: Part) -> ServiceList:
    return ServiceList(
        services=tuple(_service(one) for one in part.parts("serviceListItem")),
        taxonomy=part.text("taxonomyURI"),
        title=part.text("taxonomyName"),
    )


def _service(part: Part) -> Service:
    said = part.text("serviceStatus", "isAvailable")
    beds = part.part("serviceBedCapacity")
    return Service(
        key=part.text("serviceTaxonomyKeyValue") or "",
        name=part.text("serviceName") or "",
        open=None if said is None else said in TRUE,
        colour=_colour(part.part("serviceStatus", "colourStatus")),
        status_note=part.text("serviceStatus", "comment"),
        stability=part.text("serviceStatus", "stability"),
        beds=None if beds is None else _counts(beds),
        capacity=part.text("capacity", "ct:value"),
        note=part.text("comment"),
    )


def _counts(part: Part) -> Counts:
    total = part.text("baselineCount")
    beyond = _beyond(part)
    return Counts(
        available=int(part.text("availableCount") or 0),
        baseline=None if total is None else int(total),
        in_use=_whole(beyond.get("in-use")),
        broken=_whole(beyond.get("broken")),
        updated=_instant(beyond.get("updated")),
        availability=part.text("availability"),
        note=part.text("capacityNote"),
    )


def _resources(part: Part | None, name: str) -> tuple[Resource, ...]:
    return tuple(_resource(one) for one in part.parts(name)) if part else ()


def _resource(part: Part) -> Resource:
    beyond = _beyond(part)
    return Resource(
        kind=part.text("resourceKind", "ct:value") or "",
        amount=float(part.text("quantityAmount") or 0),
        taxonomy=part.text("resourceKind", "ct:valuelisturi"),
        unit=part.text("quantityUnitOfMeasure"),
        note=part.text("comments"),
        baseline=_whole(beyond.get("baseline")),
        in_use=_whole(beyond.get("in-use")),
        broken=_whole(beyond.get("broken")),
        updated=_instant(beyond.get("updated")),
    )


def _colour(part: Part | None) -> Colour | None:
    if part is None:
        return None
    code = part.part("colourCode") or part.part("colourCodeDefault")
    value = None if code is None else code.text("ct:value")
    if code is None or value is None:
        return None
    taxonomy = code.text("ct:valuelisturi")
    return Colour(value, None if taxonomy == COLOURS else taxonomy, part.text("colourDescription"))


def _beyond(part: Part) -> dict[str, str]:
    """The numbers that came as parameters of an extension, by their names without the community."""
    found: dict[str, str] = {}
    for extension in part.parts("ext:extension"):
        for parameter in extension.parts("ext:parameter"):
            name = PARAMETERS.get(parameter.text("ext:nameuri") or "")
            if name is not None:
                found[name] = parameter.text("ext:value") or ""
    return found


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant(text)
