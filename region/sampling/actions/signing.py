"""Signatures on a box: whoever gives and whoever takes sign in their own name, say how many tubes and how cold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from region.sampling.actions.worklist import raise_item
from region.sampling.events.field import BoxSigned
from region.sampling.models import Box, Handover
from region.sampling.states import PACK
from region.spine.errors import Forbidden, Invalid
from region.spine.work import Work

NOTE = 500
COLDEST, WARMEST = -90.0, 60.0
"""Degrees Celsius that a thermometer of a box can show; beyond them it is a slip of the finger."""
MOST_TUBES = 5000
OTHERS = {
    ("collect", "taker"): (("collect", "giver"), ("seal", "giver")),
    ("collect", "giver"): (("collect", "taker"),),
    ("receive", "taker"): (("receive", "giver"), ("collect", "taker")),
    ("receive", "giver"): (("receive", "taker"),),
}
"""Who takes a box is not who gives it, nor who had it before."""


@dataclass(frozen=True)
class Said:
    """What one side says with its signature: tubes counted, degrees Celsius, words; None where it did not look."""

    tubes: int | None = None
    celsius: float | None = None
    note: str = ""

    def check(self) -> None:
        """Invalid (``celsius-wrong``, ``tubes-wrong``) for what no box can hold."""
        if self.celsius is not None and not COLDEST <= self.celsius <= WARMEST:
            raise Invalid("celsius-wrong", field="celsius")
        if self.tubes is not None and not 0 <= self.tubes <= MOST_TUBES:
            raise Invalid("tubes-wrong", field="tubes", most=MOST_TUBES)


NOTHING = Said()


def sign(
    w: Work,
    box: Box,
    step: str,
    side: str,
    said: Said = NOTHING,
    *,
    place: int | None = None,
    at: datetime | None = None,
    by: str = "",
) -> bool:
    """One side of a step signs, once; False when it has signed. Forbidden (``same-hand``) for both sides in one name.

    `by` is who signed, where the system writes down later what he scanned.

    A temperature outside the pack's range and a count unlike the site's go on the work-list; the signature stands.
    """
    if not may_sign(w, box, step, side, said):
        return False
    row = _handover(w, box, step, side, said, place, at or w.now)
    row.signed_by = by or row.signed_by
    w.add(row)
    w.tell(BoxSigned(box=box.id, step=step, side=side, celsius=said.celsius, place=box.place_id))
    _feel(w, box, step, said.celsius)
    if step in ("collect", "receive") and said.tubes is not None and said.tubes != box.tubes:
        differ(w, box, step, box.tubes, said.tubes)
    return True


def may_sign(w: Work, box: Box, step: str, side: str, said: Said) -> bool:
    """Whether this side has yet to sign; raises what `sign` would raise, before the box is moved."""
    said.check()
    standing = {(one.step, one.side): one.signed_by for one in signatures(w, box.id)}
    others = {standing.get(one) for one in OTHERS.get((step, side), ())}
    if (step, side) not in standing and w.actor.account_id is not None and w.actor.name in others:
        raise Forbidden("same-hand")
    return (step, side) not in standing


def _handover(
    w: Work, box: Box, step: str, side: str, said: Said, place: int | None, at: datetime
) -> Handover:
    return Handover(
        box_id=box.id,
        place_id=box.place_id,
        lab_id=box.lab_id,
        step=step,
        side=side,
        signed_by=w.actor.name,
        signed_for_id=place,
        at=at,
        celsius=said.celsius,
        tubes=said.tubes,
        note=said.note.strip()[:NOTE],
    )


def signatures(w: Work, box: int) -> list[Handover]:
    """What was signed for a box, in order of the signatures."""
    return list(w.session.scalars(select(Handover).where(Handover.box_id == box).order_by(Handover.id)))


def differ(w: Work, box: Box, step: str, expected: int, counted: int, **more: bool) -> None:
    """Two sides counted differently: a person looks; no tube is lost by it."""
    facts = {"step": step, "expected": expected, "counted": counted, **more}
    raise_item(w, "count_differs", box.place_id, f"box:{box.id}", other=step, lab=box.lab_id, facts=facts)


def _feel(w: Work, box: Box, step: str, celsius: float | None) -> None:
    least, most = w.rules.value(PACK, "transport.celsius")
    if celsius is None or least <= celsius <= most:
        return
    facts = {"step": step, "celsius": celsius, "least": least, "most": most}
    raise_item(w, "temperature_wrong", box.place_id, f"box:{box.id}", other=step, lab=box.lab_id, facts=facts)
