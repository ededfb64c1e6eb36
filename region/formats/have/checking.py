"""Whether a file keeps the rules of HAVE 2.0: each broken rule with its place and the value found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from xml.etree.ElementTree import Element

from region.formats.have.grammar import GRAMMAR, NAMESPACE, PARAMETERS, WORDS
from region.formats.have.tree import local, open_tree
from region.formats.have.values import wrong_value
from region.formats.markup.grammar import Language, Problem, bounded
from region.formats.markup.tree import Part
from region.formats.markup.values import instant

KINDS = {"updated": "time"}
"""What the text of a parameter must be; a whole number unless it stands here."""


def check(data: bytes) -> list[Problem]:
    """Every rule that the file breaks; empty when it keeps the standard.

    Mild: unknown elements and words, another order, optional elements without text, an id that is no XML name,
    a time in ``Z`` or with parts of seconds. Raises Unreadable (see `open_tree`) when it is no HAVE file at all.
    """
    return problems(open_tree(data))


def problems(root: Element) -> list[Problem]:
    """Every rule that an opened file breaks."""
    return bounded(chain(HAVE.check(root, "HAVE", "/HAVE"), _facilities(Part(root, local))))


def _passes(group: str, element: Element) -> bool:
    """Imported languages say much that is not read here: addresses, telephones, shapes."""
    return not element.tag.startswith(f"{{{NAMESPACE}}}")


HAVE = Language("edxl", GRAMMAR, WORDS, local, _passes, wrong_value, lenient=True)


def _facilities(root: Part) -> Iterator[Problem]:
    """The rules that bind several elements together."""
    yield from _period(root, "/HAVE")
    seen: set[str] = set()
    for n, facility in enumerate(root.parts("facility"), 1):
        path = f"/HAVE/facility[{n}]"
        name = facility.text("facilityInformation", "facilityID")
        if name in seen:
            yield Problem("edxl-id-twice", f"{path}/facilityInformation/facilityID", str(name)[:80])
        seen.add(name or "")
        yield from _period(facility, path)
        for m, listed in enumerate(facility.parts("serviceList"), 1):
            for k, item in enumerate(listed.parts("serviceListItem"), 1):
                here = f"{path}/serviceList[{m}]/serviceListItem[{k}]/serviceBedCapacity"
                yield from _beds(item.part("serviceBedCapacity"), here)
        yield from _resources(facility, path)


def _period(part: Part, path: str) -> Iterator[Problem]:
    start, end = (
        instant(part.text("reportingPeriod", name) or "") for name in ("ct:fromdatetime", "ct:todatetime")
    )
    if start is not None and end is not None and end < start:
        yield Problem("edxl-period", f"{path}/reportingPeriod", end.isoformat())


def _beds(beds: Part | None, path: str) -> Iterator[Problem]:
    if beds is None:
        return
    yield from _parameters(beds, path)
    free, total = beds.text("availableCount"), beds.text("baselineCount")
    known = free and total and not wrong_value("integer", free) and not wrong_value("whole", total)
    if known and int(str(free)) > int(str(total)):
        yield Problem("edxl-more-than-all", f"{path}/availableCount", str(free), mild=True)


def _resources(facility: Part, path: str) -> Iterator[Problem]:
    for group, one in (("resourceNeeds", "resourceNeed"), ("resourceOffers", "resourceOffer")):
        held = facility.part("resources", group)
        for n, amount in enumerate(held.parts(one) if held else (), 1):
            yield from _parameters(amount, f"{path}/resources/{group}/{one}[{n}]")


def _parameters(part: Part, path: str) -> Iterator[Problem]:
    """The values of our own parameters; those of others may be anything."""
    for n, extension in enumerate(part.parts("ext:extension"), 1):
        for m, parameter in enumerate(extension.parts("ext:parameter"), 1):
            name = PARAMETERS.get(parameter.text("ext:nameuri") or "")
            if name is None:
                continue
            said = parameter.text("ext:value") or ""
            found = wrong_value(KINDS.get(name, "whole"), said)
            if found is not None:
                here = f"{path}/ext:extension[{n}]/ext:parameter[{m}]/ext:value"
                yield Problem(f"edxl-{found.removeprefix('~')}", here, said[:80], mild=found.startswith("~"))
