"""From records to the XML of a CAP 1.2 message: its elements in the standard's order, in UTF-8."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from region.formats.cap.grammar import NAMESPACE
from region.formats.cap.model import Alert, Area, Info, Named, Resource
from region.formats.cap.values import point_text
from region.formats.markup.writing import document, moment_text, number_text, put


def write(alert: Alert) -> bytes:
    """The message as XML; what XML cannot carry (control characters) is left out. `check` says whether it is CAP."""
    root = Element("alert", xmlns=NAMESPACE)
    references = " ".join(
        f"{one.sender},{one.identifier},{moment_text(one.sent)}" for one in alert.references
    )
    put(
        root,
        ("identifier", alert.identifier),
        ("sender", alert.sender),
        ("sent", alert.sent),
        ("status", alert.status),
        ("msgType", alert.message_type),
        ("source", alert.source),
        ("scope", alert.scope),
        ("restriction", alert.restriction),
        ("addresses", _words(alert.addresses)),
        *(("code", code) for code in alert.codes),
        ("note", alert.note),
        ("references", references or None),
        ("incidents", _words(alert.incidents)),
    )
    for info in alert.infos:
        _info(SubElement(root, "info"), info)
    return document(root)


def _words(words: Iterable[str]) -> str | None:
    """Words between blanks, those with blanks in quotation marks; None for none."""
    made = [f'"{word}"' if any(map(str.isspace, word)) else word for word in words]
    return " ".join(made) or None


def _named(parent: Element, tag: str, pairs: Iterable[Named]) -> None:
    for one in pairs:
        put(SubElement(parent, tag), ("valueName", one.name), ("value", one.value))


def _info(parent: Element, info: Info) -> None:
    put(
        parent,
        ("language", info.language),
        *(("category", word) for word in info.categories),
        ("event", info.event),
        *(("responseType", word) for word in info.responses),
        ("urgency", info.urgency),
        ("severity", info.severity),
        ("certainty", info.certainty),
        ("audience", info.audience),
    )
    _named(parent, "eventCode", info.event_codes)
    put(
        parent,
        ("effective", info.effective),
        ("onset", info.onset),
        ("expires", info.expires),
        ("senderName", info.sender_name),
        ("headline", info.headline),
        ("description", info.description),
        ("instruction", info.instruction),
        ("web", info.web),
        ("contact", info.contact),
    )
    _named(parent, "parameter", info.parameters)
    for resource in info.resources:
        _resource(SubElement(parent, "resource"), resource)
    for area in info.areas:
        _area(SubElement(parent, "area"), area)


def _resource(parent: Element, resource: Resource) -> None:
    put(
        parent,
        ("resourceDesc", resource.description),
        ("mimeType", resource.mime_type),
        ("size", resource.size),
        ("uri", resource.uri),
        ("derefUri", resource.content),
        ("digest", resource.digest),
    )


def _area(parent: Element, area: Area) -> None:
    put(parent, ("areaDesc", area.description))
    for polygon in area.polygons:
        put(parent, ("polygon", " ".join(point_text(one) for one in polygon)))
    for circle in area.circles:
        put(parent, ("circle", f"{point_text(circle.centre)} {number_text(circle.kilometres)}"))
    _named(parent, "geocode", area.geocodes)
    put(parent, ("altitude", area.altitude), ("ceiling", area.ceiling))
