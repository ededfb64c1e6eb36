"""What of a batch no rule decides is put before a person: two tubes with one code, a full tube, a bad paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from region.sampling.actions import claims, worklist
from region.sampling.actions.lines import Line
from region.sampling.actions.people_in import Who
from region.sampling.actions.tallying import Book
from region.sampling.models import Round, RoundSite
from region.sampling.states import PACK
from region.spine.work import Work


def raise_all(
    w: Work, site: RoundSite, round_id: int, lines: Sequence[Line], book: Book, who: Mapping[str, Who]
) -> None:
    """Raise what these tubes ask for; what stands already is not raised again."""
    _two_claim(w, site, [one for one in lines if one.writes and one.contested and one.state != "void"])
    for line in lines:
        if line.writes:
            _of_tube(w, site, round_id, line, who)
        elif line.news == "late":
            facts = {"state": line.state, "added": line.added}
            _raise(w, site, "tube_gone", line, other=f"revision:{line.sent.revision}", facts=facts)
    _two_places(w, site, round_id, lines, book)


def _two_claim(w: Work, site: RoundSite, lines: Sequence[Line]) -> None:
    """Of two tubes with one code the first stays; of a code that cannot be read there is only one."""
    if not lines:
        return
    held = claims.holders(w, (line.code for line in lines if line.wrong is None))
    for line in lines:
        if line.wrong is not None:
            _raise(w, site, claims.WRONG, line, facts={"reason": line.wrong})
        elif line.code in held:
            first, other = f"tube:{held[line.code]}", f"tube:{line.id}"
            worklist.raise_item(w, claims.TWICE, site.place_id, first, other=other, facts={"code": line.code})


def _of_tube(w: Work, site: RoundSite, round_id: int, line: Line, who: Mapping[str, Who]) -> None:
    if line.over:
        _raise(w, site, "over_full", line, facts={"people": len(line.sent.people), "size": line.method.size})
    _of_apart(w, site.place_id, line, [why for uid, why in line.apart.items() if uid not in line.strange])
    strange = [why for uid, why in line.apart.items() if uid in line.strange]
    if strange:  # of somebody who is in no list of the site those learn who lead the round, not the site
        with w.beyond_scope("the round of the site, which belongs to the area above"):
            above = w.get(Round, round_id).place_id
        _of_apart(w, above, line, strange, "elsewhere")
    for uid, reason in sorted(line.papers.items()):
        _raise(w, site, "bad_paper", line, other=f"person:{who[uid].person}", facts={"reason": reason})


def _of_apart(w: Work, place: int, line: Line, reasons: Sequence[str], other: str = "") -> None:
    if reasons:
        facts = {"people": len(reasons), "reasons": sorted(set(reasons))}
        worklist.raise_item(w, "apart_in_pool", place, f"tube:{line.id}", other=other, facts=facts)


def _two_places(w: Work, site: RoundSite, round_id: int, lines: Sequence[Line], book: Book) -> None:
    """One person at two sites within minutes: one of them was somebody else."""
    written = {line.id for line in lines if line.writes}
    persons = {one.person for one in book.of(written) if one.void == "twice" or one.counted}
    within = timedelta(minutes=w.rules.value(PACK, "field.two_sites_minutes"))
    seats = [
        one
        for one in book.seats.values()
        if one.person in persons and one.live and one.void in (None, "twice")
    ]
    first = {one.person: one for one in seats if one.counted}
    for one in seats:
        other = first.get(one.person)
        if other is not None and other.site != one.site and abs(other.at - one.at) < within:
            facts = {"tubes": sorted((one.tube, other.tube)), "sites": [one.site, other.site]}
            ref = f"person:{one.person}"
            worklist.raise_item(w, "person_twice", site.place_id, ref, other=f"round:{round_id}", facts=facts)


def _raise(
    w: Work, site: RoundSite, kind: str, line: Line, *, other: str = "", facts: Mapping[str, Any]
) -> None:
    worklist.raise_item(w, kind, site.place_id, f"tube:{line.id}", other=other, facts=facts)
