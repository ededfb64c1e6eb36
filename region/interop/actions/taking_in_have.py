"""Taking in an EDXL-HAVE report: what it says for certain of our sites becomes their capacity, the rest is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from region.formats import have
from region.formats.findings import Unreadable
from region.interop.queries.have_out import SITE, keys_of
from region.places.queries import find_code
from region.resources.actions.reporting import report_each
from region.resources.capacity import Told, told_of
from region.spine.errors import Fault, Invalid, Missing, Refused
from region.spine.work import Work


@dataclass
class Taken:
    """What became of a report: kinds changed, by the code of the site; elements known, too late, and refused.

    `derived` are the elements whose number in use was reckoned from the total and what is free.
    """

    changed: dict[str, list[str]] = field(default_factory=dict)
    known: int = 0
    older: int = 0
    refused: list[tuple[str, Fault]] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    problems: list[have.Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Said:
    """One element that tells a capacity: where it stands in the file, the kind's key, and its counts."""

    path: str
    key: str
    counts: have.Counts | None


def take_in(w: Work, data: bytes) -> Taken:
    """Read, check and take over a HAVE report; Invalid (``edxl-…``) when it is none.

    An element that names no site or kind of ours, says too little, or cannot be true is refused by its path.
    """
    w.need("resources.capacity")
    try:
        found = have.read(data)
        taken = Taken(problems=have.check(data))
    except Unreadable as error:
        raise Invalid(error.code, field="file", **error.facts) from error
    end = found.period.end if found.period is not None else None
    for number, facility in enumerate(found.facilities, 1):
        path = f"/HAVE/facility[{number}]"
        try:
            _facility(w, facility, path, facility.updated or end, taken)
        except (Missing, Invalid, Refused) as fault:
            taken.refused.append((path, fault))
    return taken


def _facility(w: Work, facility: have.Facility, path: str, at: datetime | None, taken: Taken) -> None:
    code = facility.id.removeprefix(SITE)
    place = find_code(w, code)
    if place is None:
        raise Missing("have-no-site", site=code[:40])
    w.need("resources.capacity", place.id)
    lines: list[Told] = []
    paths: list[str] = []
    for said in _said(facility, path):
        try:
            lines.append(_told(w, said, at))
            paths.append(said.path)
            taken.derived += [said.path] if said.counts and said.counts.in_use is None else []
        except Invalid as fault:
            taken.refused.append((said.path, fault))
    outcome = report_each(w, place.id, lines, source="have")
    taken.refused += [(paths[number], fault) for number, fault in outcome.refused]
    taken.known += outcome.known
    taken.older += outcome.older
    if outcome.changed:
        taken.changed[place.code] = list(outcome.changed)


def _said(facility: have.Facility, path: str) -> Iterator[_Said]:
    for m, listed in enumerate(facility.lists, 1):
        for k, service in enumerate(listed.services, 1):
            yield _Said(f"{path}/serviceList[{m}]/serviceListItem[{k}]", service.key, service.beds)
    for n, offer in enumerate(facility.offers, 1):
        counts = have.Counts(int(offer.amount), offer.baseline, offer.in_use, offer.broken, offer.updated)
        yield _Said(f"{path}/resources/resourceOffers/resourceOffer[{n}]", offer.kind, counts)


def _told(w: Work, said: _Said, at: datetime | None) -> Told:
    codes = {key: code for code, key in keys_of(w).items()}
    kind = codes.get(said.key, said.key)
    if kind not in codes.values():
        raise Invalid("no-such-capacity", field="kind", kind=kind[:40])
    if said.counts is None:
        raise Invalid("capacity-nothing", field="total", kind=kind)
    return told_of({"kind": kind, "at": said.counts.updated or at, **_numbers(said.counts, kind)})


def _numbers(counts: have.Counts, kind: str) -> dict[str, Any]:
    """Our four numbers. What is free is what is ready and not in use; the standard alone says total and free.

    Then all are taken for ready, and in use what is not free: so HAVE means it when nothing else is said.
    """
    known = {"total": counts.baseline, "broken": counts.broken}
    if counts.in_use is not None:
        known |= {"in_use": counts.in_use, "ready": max(0, counts.available + counts.in_use)}
    elif counts.baseline is not None:
        usable = counts.baseline - (counts.broken or 0)
        known |= {"ready": usable, "in_use": usable - counts.available}
    else:
        raise Invalid("have-too-little", field="total", kind=kind)
    return {name: value for name, value in known.items() if value is not None}
