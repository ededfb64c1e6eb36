"""Whether a file keeps the rules of CAP 1.2: each broken rule with its place and the value found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from xml.etree.ElementTree import Element

from region.formats.cap import grammar
from region.formats.cap.grammar import GRAMMAR, REFERRING, SIGNATURE, WORDS
from region.formats.cap.tree import local, open_tree
from region.formats.cap.values import wrong_value
from region.formats.markup.grammar import Language, Problem, bounded
from region.formats.markup.tree import text_of
from region.formats.markup.writing import moment


def check(data: bytes) -> list[Problem]:
    """Every rule that the file breaks, in the order of the file; empty when it keeps the standard.

    Raises Unreadable (see `open_tree`) when it is not a CAP 1.2 file at all.
    """
    root = open_tree(data)
    return bounded(chain(CAP.check(root, "alert", "/alert"), _message(root)))


def _passes(group: str, element: Element) -> bool:
    """A signature may stand in a message."""
    return group == "alert" and element.tag.startswith(f"{{{SIGNATURE}}}")


CAP = Language("cap", GRAMMAR, WORDS, local, _passes, wrong_value)


def _message(root: Element) -> Iterator[Problem]:
    """The rules that bind several elements together."""
    said = {local(child): text_of(child) for child in root}
    scope, kind = said.get("scope"), said.get("msgType")
    if scope == "Restricted" and not said.get("restriction"):
        yield Problem("cap-restriction-missing", "/alert/restriction")
    if scope != "Restricted" and "restriction" in said:
        yield Problem("cap-restriction-needless", "/alert/restriction", str(scope))
    if scope == "Private" and not said.get("addresses"):
        yield Problem("cap-addresses-missing", "/alert/addresses")
    if said.get("addresses", "").count('"') % 2:
        yield Problem("cap-quotes", "/alert/addresses")
    if kind in REFERRING and not said.get("references"):
        yield Problem("cap-references-missing", "/alert/references", kind)
    for word in said.get("references", "").split():
        parts = word.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1] or moment(parts[2]) is None:
            yield Problem("cap-reference", "/alert/references", word[:120])
    yield from _times(root, said.get("sent", ""))
    yield from _heights(root)


def _heights(root: Element) -> Iterator[Problem]:
    for n, info in enumerate(root.iterfind(f"{{{grammar.NAMESPACE}}}info"), 1):
        for m, area in enumerate(info.iterfind(f"{{{grammar.NAMESPACE}}}area"), 1):
            names = {local(one) for one in area}
            if "ceiling" in names and "altitude" not in names:
                yield Problem("cap-ceiling-alone", f"/alert/info[{n}]/area[{m}]/ceiling")


def _times(root: Element, said: str) -> Iterator[Problem]:
    sent = moment(said)
    for n, info in enumerate(root.iterfind(f"{{{grammar.NAMESPACE}}}info"), 1):
        ends = next((text_of(one) for one in info if local(one) == "expires"), "")
        expires = moment(ends)
        if sent is not None and expires is not None and expires <= sent:
            yield Problem("cap-expires-before-sent", f"/alert/info[{n}]/expires", ends)
