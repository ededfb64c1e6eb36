"""Opening the XML of a message."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from region.formats.cap.grammar import NAMESPACE
from region.formats.markup.tree import open_root


def open_tree(data: bytes) -> Element:
    """The element ``alert`` of a message.

    Unreadable: `cap-too-large`, `cap-too-deep`, `cap-not-xml` (with line and column), `cap-entities`,
    `cap-not-cap` (with the element and namespace found).
    """
    return open_root(data, (f"{{{NAMESPACE}}}alert",), "cap", "cap")


def local(element: Element) -> str:
    """Its name without the namespace; a foreign one keeps its own in braces."""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")
