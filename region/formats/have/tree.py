"""Opening the XML of a report, and its elements by the names of the grammar."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from region.formats.have.grammar import IMPORTED, MOST_BYTES, NAMESPACE, ROOTS
from region.formats.markup.tree import open_root

_PREFIXES = {uri: prefix for prefix, uri in IMPORTED.items()}


def open_tree(data: bytes) -> Element:
    """The element ``HAVE`` of a report.

    Unreadable: `edxl-too-large`, `edxl-too-deep`, `edxl-not-xml` (with line and column), `edxl-entities`,
    `edxl-not-have` (with the element and namespace found).
    """
    return open_root(data, ROOTS, "edxl", "have", MOST_BYTES)


def local(element: Element) -> str:
    """Its name without the namespace; one of an imported language with its prefix, in small letters."""
    uri, _, name = element.tag.removeprefix("{").rpartition("}")
    if uri == NAMESPACE:
        return name
    return f"{_PREFIXES[uri]}:{name.lower()}" if uri in _PREFIXES else element.tag
