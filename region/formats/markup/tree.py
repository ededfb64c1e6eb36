"""Opening XML from strangers: no document type, no entities, and limits on size and depth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from region.formats.findings import Unreadable

MOST_BYTES = 2**20
DEEPEST = 16
THINNEST = 32
"""Bytes an element has on average at least; a file of thinner ones would fill the memory and say nothing."""


class _Shallow(TreeBuilder):
    """Builds the tree, and gives up where it goes too deep or has too many elements."""

    def __init__(self, family: str, most_bytes: int) -> None:
        super().__init__()
        self.family, self.most_bytes = family, most_bytes
        self.depth = 0
        self.left = most_bytes // THINNEST

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(f"{self.family}-too-deep", most=DEEPEST)
        self.left -= 1
        if self.left < 0:
            raise Unreadable(f"{self.family}-too-large", kilobytes=self.most_bytes >> 10)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def open_root(
    data: bytes, roots: Collection[str], family: str, language: str, most_bytes: int = MOST_BYTES
) -> Element:
    """The root element, which must be one of `roots` (``{namespace}name``).

    Unreadable, with `family` before the code: `-too-large`, `-too-deep`, `-not-xml` (with line and column),
    `-entities`, and `-not-` with the `language` (with the element and namespace found).
    """
    if len(data) > most_bytes:
        raise Unreadable(f"{family}-too-large", kilobytes=most_bytes >> 10)
    parser = DefusedXMLParser(target=_Shallow(family, most_bytes), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Unreadable(f"{family}-entities") from error
    except (ParseError, LookupError, ValueError) as error:
        line, column = getattr(error, "position", (0, 0))
        raise Unreadable(f"{family}-not-xml", line=line, column=column) from error
    if root.tag not in roots:
        raise Unreadable(f"{family}-not-{language}", found=root.tag[:120])
    return root


def text_of(element: Element) -> str:
    """The text of an element without the blanks around it."""
    return (element.text or "").strip()


class Part:
    """One element and what stands in it, by the names that `local` gives."""

    def __init__(self, element: Element, local: Callable[[Element], str]) -> None:
        self.element = element
        self._local = local

    def parts(self, name: str) -> list[Part]:
        return [Part(one, self._local) for one in self._all(name)]

    def part(self, *names: str) -> Part | None:
        """The first element along this path, None where it ends."""
        found: Part | None = self
        for name in names:
            found = None if found is None else next(iter(found.parts(name)), None)
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, (text_of(one) for one in self._all(name))))

    def text(self, *names: str) -> str | None:
        """The text at the end of a path; None where there is no element or no text."""
        found = self.part(*names)
        return None if found is None else text_of(found.element) or None

    def _all(self, name: str) -> Iterator[Element]:
        return (one for one in self.element if self._local(one) == name)
