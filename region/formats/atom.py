"""Feeds in the Atom syndication format (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was last updated: the element must be there, and must not change by itself."""


@dataclass(frozen=True)
class Entry:
    """One thing told; `id` is an IRI that never changes, `link` leads to the thing itself, of type `type`."""

    id: str
    title: str
    updated: datetime
    link: str
    type: str
    summary: str = ""
    category: str = ""


@dataclass(frozen=True)
class Feed:
    """The things told, newest first; `link` is where the feed itself lies."""

    id: str
    title: str
    author: str
    link: str
    entries: Sequence[Entry]
    lang: str = ""


def write(feed: Feed) -> bytes:
    """The feed as XML in UTF-8; it was updated when its newest entry was."""
    root = Element("feed", xmlns=NAMESPACE)
    if feed.lang:
        root.set("xml:lang", feed.lang)
    updated = max((one.updated for one in feed.entries), default=BEFORE_ALL)
    for name, text in (("id", feed.id), ("title", feed.title), ("updated", _time(updated))):
        SubElement(root, name).text = text
    SubElement(SubElement(root, "author"), "name").text = feed.author
    SubElement(root, "link", rel="self", type="application/atom+xml", href=feed.link)
    for entry in feed.entries:
        _entry(SubElement(root, "entry"), entry)
    indent(root)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _entry(parent: Element, entry: Entry) -> None:
    for name, text in (("id", entry.id), ("title", entry.title), ("updated", _time(entry.updated))):
        SubElement(parent, name).text = text
    SubElement(parent, "link", rel="alternate", type=entry.type, href=entry.link)
    if entry.category:
        SubElement(parent, "category", term=entry.category)
    if entry.summary:
        SubElement(parent, "summary").text = entry.summary


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
