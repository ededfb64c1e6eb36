"""Opening the XML of a message: no document type, no entities, and limits on size and depth."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from region.formats.cap.grammar import NAMESPACE
from region.formats.findings import Unreadable

MOST_BYTES = 2**20
DEEPEST = 16
"""The standard needs five; a signature inside a message a few more."""


class _Shallow(TreeBuilder):
    """Builds the tree, and gives up where it goes too deep."""

    depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("cap-too-deep", most=DEEPEST)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def open_tree(data: bytes) -> Element:
    """The element ``alert`` of a message.

    Unreadable: `cap-too-large`, `cap-too-deep`, `cap-not-xml` (with line and column), `cap-entities`,
    `cap-not-cap` (with the element and namespace found).
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("cap-too-large", kilobytes=MOST_BYTES >> 10)
    parser = DefusedXMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Unreadable("cap-entities") from error
    except (ParseError, LookupError, ValueError) as error:
        line, column = getattr(error, "position", (0, 0))
        raise Unreadable("cap-not-xml", line=line, column=column) from error
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise Unreadable("cap-not-cap", found=root.tag[:120])
    return root


def text_of(element: Element) -> str:
    """The text of an element without the blanks around it."""
    return (element.text or "").strip()


def local(element: Element) -> str:
    """Its name without the namespace; a foreign one keeps its own in braces."""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")
