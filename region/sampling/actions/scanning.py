"""The laboratory's one field takes whatever is scanned, box or tube; what the books learn of later is found again."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from region.formats.codes.tubes import read_code, unread
from region.sampling.actions import custody
from region.sampling.actions.receiving import BY_SCAN, NOT_FOUND, receive_tubes, reject, take_in, tube_here
from region.sampling.actions.worklist import settle
from region.sampling.models import Box, Tube, WorkItem
from region.sampling.states import BOX, TUBE
from region.spine.work import Work

OF_PAGE = re.compile(r"/sampling/boxes/([0-9]{1,9})/?(?:\?.*)?$")
"""The address of a box's page, which the courier's phone shows as a picture to scan."""
MOST = 500
"""Items that are looked at in one go; more come with the next news from the field."""


@dataclass(frozen=True)
class Scan:
    """What a scan was: ``box``, ``tube``, ``unknown``, ``unread``; whether it was new; for ``unread`` the reason."""

    kind: str
    code: str
    new: bool = False
    box: int | None = None
    tube: int | None = None
    reason: str = ""
    state: str = ""
    """Of a tube that the books have and that cannot be received: ``open``, ``void``, ``lost``, ``rejected``."""
    stray: bool = False
    """A tube of another box than the one being unpacked."""


def scan(w: Work, lab: int, text: str, *, unpacking: int | None = None, reason: str = "") -> Scan:
    """Receive the box, or the tube, or with a `reason` reject the tube. What is not in the books is a piece of work."""
    w.need("sampling.receive", lab)
    box = None if reason else box_here(w, lab, text)
    if box is not None:
        return Scan("box", box.code, custody.receive(w, box), box=box.id)
    reading = read_code(text)
    if reading.value is None:
        return Scan("unread", unread(reading), reason=reading.reason or "")
    if reason:
        tube = tube_here(w, lab, reading.value)
        return Scan(
            "rejected", tube.code, reject(w, lab, [tube.id], reason) > 0, tube.box_id, tube.id, reason
        )
    return _tube(w, lab, reading.value, unpacking)


def _tube(w: Work, lab: int, code: str, unpacking: int | None) -> Scan:
    came = receive_tubes(w, lab, [code], unpacking)
    found = select(Tube.id, Tube.box_id, Tube.state).where(Tube.code == code, Tube.contested.is_(False))
    row = w.session.execute(found.where(Tube.lab_id == lab)).first()
    if came.unknown:
        return Scan("unknown", code, state=row.state if row else "")
    return Scan(
        "tube",
        code,
        came.received > 0,
        row.box_id if row else None,
        row.id if row else None,
        stray=came.stray > 0,
    )


def box_here(w: Work, lab: int, text: str) -> Box | None:
    """The newest box of this code, or with this page, that goes to the laboratory; None where there is none."""
    page, code = OF_PAGE.search(text.strip()), read_code(text).value
    if page is None and code is None:
        return None
    wanted = select(Box).where(Box.lab_id == lab, Box.id == int(page[1]) if page else Box.code == code)
    return w.session.scalars(wanted.order_by(Box.id.desc()).limit(1)).first()


def found_in_books(w: Work) -> int:
    """Boxes and tubes that laboratories scanned before the field told of them are received now. How many were.

    A box keeps the moment at which it was scanned and who did it, so that its time on the way (K17) is right.
    """
    return _boxes_found(w) + _tubes_found(w) + _rest_found(w)


def _open(kind: str, other: str) -> ColumnElement[bool]:
    return and_(WorkItem.kind == kind, WorkItem.other.startswith(other), WorkItem.state == "open")


def _boxes_found(w: Work) -> int:
    wanted = select(WorkItem, Box).join(Box, Box.code == WorkItem.ref).where(_open(NOT_FOUND, BY_SCAN))
    wanted = wanted.where(Box.state.in_(BOX.sources("receive")))
    wanted = wanted.where(or_(Box.lab_id.is_(None), Box.lab_id == WorkItem.lab_id))
    rows = w.session.execute(wanted.order_by(WorkItem.id).limit(MOST)).all()
    for item, box in rows:
        if box.lab_id not in (None, item.lab_id):  # another laboratory has scanned it too, and first
            continue
        box.lab_id = item.lab_id
        custody.send_to(w, box)
        custody.receive(w, box, at=item.made_at, by=str(item.facts.get("by", "")))
        settle(w, item, "matched")
    return len(rows)


def _tubes_found(w: Work) -> int:
    wanted = select(WorkItem).join(Tube, Tube.code == WorkItem.ref).where(_open(NOT_FOUND, BY_SCAN))
    wanted = wanted.where(Tube.state.in_(TUBE.sources("receive")), Tube.contested.is_(False))
    wanted = wanted.where(or_(Tube.lab_id.is_(None), Tube.lab_id == WorkItem.lab_id))
    by_lab: dict[int, list[WorkItem]] = defaultdict(list)
    for item in w.session.scalars(wanted.order_by(WorkItem.id).limit(MOST)):
        by_lab[item.lab_id or item.place_id].append(item)
    for lab, items in sorted(by_lab.items()):
        came = receive_tubes(w, lab, [item.ref for item in items])
        for item in items:
            if item.ref not in came.unknown:
                settle(w, item, "matched")
    return sum(map(len, by_lab.values()))


def _rest_found(w: Work) -> int:
    """Of a box unpacked when the books had fewer tubes than were counted: those that the field told of since."""
    waits = w.session.scalars(select(WorkItem).where(_open("count_differs", "unpack")).limit(MOST)).all()
    items = {int(item.ref.partition(":")[2]): item for item in waits}
    more = select(Tube.box_id).where(Tube.box_id.in_(items), Tube.state.in_(TUBE.sources("receive")))
    done = 0
    for box in w.session.scalars(select(Box).where(Box.id.in_(more)).order_by(Box.id)).all():
        item, books = items[box.id], custody.tubes_in(w, box.id)
        if not box.lab_id or not item.facts.get("whole") or books > int(item.facts["counted"]):
            continue
        done += take_in(w, box.lab_id, Tube.box_id == box.id, box.id)
        if books == int(item.facts["counted"]):
            settle(w, item, "matched")
    return done
