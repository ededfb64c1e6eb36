"""From the XML of a CAP 1.2 message to records; only what keeps the standard is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from region.formats.cap.checking import check
from region.formats.cap.grammar import ADDRESS, NAMESPACE
from region.formats.cap.model import Alert, Area, Circle, Info, Named, Point, Reference, Resource
from region.formats.cap.tree import open_tree
from region.formats.cap.values import circle, ring
from region.formats.findings import Unreadable
from region.formats.markup.grammar import refuse_grave
from region.formats.markup.tree import text_of
from region.formats.markup.writing import moment


def read(data: bytes) -> Alert:
    """The message; Unreadable `cap-breaks-rules` with the first broken rule when `check` finds a grave one."""
    refuse_grave(check(data), "cap")
    root = _Reader(open_tree(data))
    return Alert(
        identifier=root.text("identifier") or "",
        sender=root.text("sender") or "",
        sent=_instant(root.text("sent")),
        status=root.text("status") or "",
        message_type=root.text("msgType") or "",
        scope=root.text("scope") or "",
        source=root.text("source"),
        restriction=root.text("restriction"),
        addresses=_words(root.text("addresses")),
        codes=root.texts("code"),
        note=root.text("note"),
        references=tuple(_reference(word) for word in (root.text("references") or "").split()),
        incidents=_words(root.text("incidents")),
        infos=tuple(_info(part) for part in root.parts("info")),
    )


class _Reader:
    """One element and what stands in it, by the standard's names."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def _all(self, name: str) -> Iterator[Element]:
        return self.element.iterfind(f"{{{NAMESPACE}}}{name}")

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(text_of(one) for one in self._all(name))

    def text(self, name: str) -> str | None:
        return next(iter(self.texts(name)), None)

    def parts(self, name: str) -> list[_Reader]:
        return [_Reader(one) for one in self._all(name)]

    def time(self, name: str) -> datetime | None:
        text = self.text(name)
        return None if text is None else moment(text)

    def number(self, name: str) -> float | None:
        text = self.text(name)
        return None if text is None else float(text)

    def named(self, name: str) -> tuple[Named, ...]:
        return tuple(
            Named(part.text("valueName") or "", part.text("value") or "") for part in self.parts(name)
        )


def _words(text: str | None) -> tuple[str, ...]:
    """Words between blanks; those in quotation marks may hold blanks."""
    return tuple(quoted or plain for quoted, plain in ADDRESS.findall(text or ""))


def _instant(text: str | None) -> datetime:
    found = moment(text or "")
    if found is None:
        raise Unreadable("cap-time", value=(text or "")[:40])
    return found


def _reference(word: str) -> Reference:
    sender, identifier, sent = word.split(",")
    return Reference(sender, identifier, _instant(sent))


def _info(part: _Reader) -> Info:
    return Info(
        language=part.text("language") or "en-US",
        categories=part.texts("category"),
        event=part.text("event") or "",
        responses=part.texts("responseType"),
        urgency=part.text("urgency") or "",
        severity=part.text("severity") or "",
        certainty=part.text("certainty") or "",
        audience=part.text("audience"),
        event_codes=part.named("eventCode"),
        effective=part.time("effective"),
        onset=part.time("onset"),
        expires=part.time("expires"),
        sender_name=part.text("senderName"),
        headline=part.text("headline"),
        description=part.text("description"),
        instruction=part.text("instruction"),
        web=part.text("web"),
        contact=part.text("contact"),
        parameters=part.named("parameter"),
        resources=tuple(_resource(one) for one in part.parts("resource")),
        areas=tuple(_area(one) for one in part.parts("area")),
    )


def _resource(part: _Reader) -> Resource:
    size = part.text("size")
    return Resource(
        description=part.text("resourceDesc") or "",
        mime_type=part.text("mimeType") or "",
        size=None if size is None else int(size),
        uri=part.text("uri"),
        content=part.text("derefUri"),
        digest=part.text("digest"),
    )


def _area(part: _Reader) -> Area:
    return Area(
        description=part.text("areaDesc") or "",
        polygons=tuple(_ring(text) for text in part.texts("polygon")),
        circles=tuple(_circle(text) for text in part.texts("circle")),
        geocodes=part.named("geocode"),
        altitude=part.number("altitude"),
        ceiling=part.number("ceiling"),
    )


def _ring(text: str) -> tuple[Point, ...]:
    found = ring(text)
    if found is None:
        raise Unreadable("cap-point", value=text[:80])
    return found


def _circle(text: str) -> Circle:
    found = circle(text)
    if found is None:
        raise Unreadable("cap-circle", value=text[:80])
    return found
