"""Whether a file keeps the rules of EDXL-RM 1.0: each broken rule with its place and the value found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from xml.etree.ElementTree import Element

from region.formats.markup.grammar import Language, Problem, bounded
from region.formats.markup.tree import Part, open_root
from region.formats.markup.values import wrong_value
from region.formats.rm.grammar import ANSWERS, GRAMMAR, KINDS, NAMESPACE, SHARED, WORDS

ROOTS = tuple(f"{{{NAMESPACE}}}{kind}" for kind in KINDS)


def open_tree(data: bytes) -> Element:
    """The element of a message, named for its kind.

    Unreadable: `edxl-too-large`, `edxl-too-deep`, `edxl-not-xml` (with line and column), `edxl-entities`,
    `edxl-not-rm` (with the element and namespace found).
    """
    return open_root(data, ROOTS, "edxl", "rm")


def local(element: Element) -> str:
    """Its name without either namespace of the standard; a foreign one keeps its own in braces."""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}").removeprefix(f"{{{SHARED}}}")


def check(data: bytes) -> list[Problem]:
    """Every rule that the file breaks; empty when it keeps the standard.

    Mild: unknown elements and words, another order, optional elements without text, a time in ``Z`` or with
    parts of seconds. Raises Unreadable (see `open_tree`) when it is none of the messages known here.
    """
    root = open_tree(data)
    kind = local(root)
    return bounded(chain(RM.check(root, kind, f"/{kind}"), _message(Part(root, local), kind)))


def _passes(group: str, element: Element) -> bool:
    """Imported languages say much that is not read here: names, addresses, telephones, shapes."""
    return not element.tag.startswith((f"{{{NAMESPACE}}}", f"{{{SHARED}}}"))


RM = Language("edxl", GRAMMAR, WORDS, local, _passes, wrong_value, lenient=True)


def _message(root: Part, kind: str) -> Iterator[Problem]:
    """The rules that bind several elements together."""
    said = root.text("MessageContentType")
    if said and said != kind:
        yield Problem("edxl-kind", f"/{kind}/MessageContentType", said[:80])
    seen: set[str] = set()
    for n, line in enumerate(root.parts("ResourceInformation"), 1):
        path = f"/{kind}/ResourceInformation[{n}]"
        name = line.text("ResourceInfoElementID") or ""
        if name in seen:
            yield Problem("edxl-id-twice", f"{path}/ResourceInfoElementID", name[:80])
        seen.add(name)
        if kind in ANSWERS:
            if line.part("ResponseInformation") is None:
                yield Problem("edxl-missing", f"{path}/ResponseInformation", "ResponseInformation")
        elif not any(line.text("Resource", one) for one in ("ResourceID", "Name")) and not line.text(
            "Resource", "TypeStructure", "Value"
        ):
            yield Problem("edxl-missing", f"{path}/Resource/Name", "Name")
