"""Boxes of a phone: opened when first heard of, sealed when it says so; a code under way is one box's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from region.formats.codes.tubes import read_code
from region.sampling.actions import clocks, custody, worklist
from region.sampling.actions.phones import Phone
from region.sampling.events.field import BoxMoved
from region.sampling.models import Box, RoundSite
from region.sampling.schemas import Kept, SentBox, SentTube
from region.sampling.states import BOX
from region.spine.work import Work


@dataclass
class Boxes:
    """The boxes of a batch: ids by uid, those that were told as sealed, and what the phone learns."""

    ids: dict[str, int] = field(default_factory=dict)
    sealed: list[tuple[int, SentBox]] = field(default_factory=list)
    answers: list[Kept] = field(default_factory=list)


def take(
    w: Work, site: RoundSite, phone: Phone, boxes: Sequence[SentBox], tubes: Sequence[SentTube]
) -> Boxes:
    """Open the boxes that are new; `ids` has those that the tubes name too."""
    named = {one.box for one in tubes if one.box} | {one.uid for one in boxes}
    found = Boxes()
    if not named:
        return found
    wanted = select(Box.uid, Box.id).where(Box.uid.in_(sorted(named)))
    found.ids = {row.uid: row.id for row in w.session.execute(wanted)}
    for sent in sorted({one.uid: one for one in boxes}.values(), key=lambda one: (one.code, one.uid)):
        found.answers.append(_one(w, site, phone, sent, found))
    return found


def _one(w: Work, site: RoundSite, phone: Phone, sent: SentBox, found: Boxes) -> Kept:
    read = read_code(sent.code)
    if sent.uid not in found.ids:
        if read.value is None:
            return Kept(uid=sent.uid, state="refused", reason=read.reason)
        other = _under_way(w, read.value)
        if other is not None:
            facts = {"code": read.value, "device": phone.uid}
            worklist.raise_item(w, "box_twice", site.place_id, f"box:{other}", other=sent.uid, facts=facts)
            return Kept(uid=sent.uid, state="contested", reason="box-taken")
        found.ids[sent.uid] = _open(w, site, phone, sent, read.value)
    if sent.sealed_at is not None:
        found.sealed.append((found.ids[sent.uid], sent))
    return Kept(uid=sent.uid, state="kept")


def _under_way(w: Work, code: str) -> int | None:
    """The box that is under way with this code."""
    with w.beyond_scope("a code is one box's while it is under way, wherever it is"):
        wanted = select(Box.id).where(Box.code == code, Box.state.not_in(BOX.ends))
        return w.session.scalars(wanted).first()


def _open(w: Work, site: RoundSite, phone: Phone, sent: SentBox, code: str) -> int:
    box = w.add(
        Box(
            uid=sent.uid,
            code=code,
            place_id=site.place_id,
            lab_id=site.lab_id,
            round_id=site.round_id,
            site_id=site.id,
            device=phone.uid,
            opened_at=phone.moment(sent.opened_at),
            state=BOX.start,
            since=w.now,
        )
    )
    clocks.start(w, box)
    w.tell(BoxMoved(box=box.id, verb="open", state=box.state, tubes=0, place=site.place_id))
    return box.id


def seal(w: Work, phone: Phone, boxes: Boxes) -> None:
    """Seal what the phone says is sealed, after its tubes were kept."""
    for id, sent in boxes.sealed:
        box = w.get(Box, id)
        if box.sealed_at is None and sent.sealed_at is not None:
            custody.sealed_by_phone(w, box, sent, at=phone.moment(sent.sealed_at))
