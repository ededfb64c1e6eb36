"""Handing people over: one side offers, the other signs or refuses within the limit; what is signed moves the stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.accounts.actions import entering
from region.accounts.queries.people import account_by_login, grants_in_force
from region.quarantine.actions import clocks
from region.quarantine.actions.moving import move
from region.quarantine.events import HandoverMoved
from region.quarantine.models import Handover, Stay
from region.quarantine.states import HANDOVER, PACK, STAY
from region.spine.actor import Actor, Grant
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

MOVES = {"pick_up": "pick_up", "arrive": "arrive", "leave": "release", "home": "come_home"}
"""What a signature moves: a stay that is there already is only signed for."""
FROM = {
    "pick_up": ("identified", "notified"),
    "arrive": ("in_transfer",),
    "leave": ("in_site", "returning"),
    "home": ("returning",),
}
SIGNS = "quarantine.sign"


def offer(w: Work, stay: Stay, kind: str, *, to: int | None = None, at: datetime | None = None) -> Handover:
    """One side gives a person to another; the open offer of this kind is the same one.

    `to` is who takes him (None: his site, on the way home his community). Refused: ``not-now`` (the stay is elsewhere
    in its loop), ``no-site`` (nobody knows yet where he goes).
    """
    if kind not in MOVES:
        raise Invalid("no-such-handover", field="kind", kind=kind[:8])
    standing = _open(w, stay, kind)
    if standing is not None:
        return standing
    if stay.state not in FROM[kind]:
        raise Refused("not-now", kind=kind, state=stay.state)
    giver, taker = _sides(stay, kind, to)
    w.need(SIGNS, giver)
    given_at = min(at or w.now, w.now)
    row = w.add(
        Handover(
            stay_id=stay.id,
            kind=kind,
            from_place_id=giver,
            to_place_id=taker,
            given_by=w.actor.name,
            given_at=given_at,
            **_begun(w),
        )
    )
    clocks.start(w, row)
    _tell(w, row, "offer", giver, given_at)
    return row


def _begun(w: Work) -> dict[str, Any]:
    due = w.now + w.rules.duration(PACK, "handover.sign")
    return {"due_at": due, "state": HANDOVER.start, "since": w.now}


def _open(w: Work, stay: Stay, kind: str) -> Handover | None:
    wanted = select(Handover).where(Handover.stay_id == stay.id, Handover.state == HANDOVER.start)
    return w.session.scalars(wanted.where(Handover.kind == kind)).first()


def _sides(stay: Stay, kind: str, to: int | None) -> tuple[int, int]:
    """Who gives and who takes, as places."""
    if kind != "home" and stay.site_id is None:
        raise Refused("no-site", stay=stay.id)
    site = stay.site_id or stay.place_id
    giver, taker = (stay.place_id, site) if kind in ("pick_up", "arrive") else (site, stay.place_id)
    return giver, taker if to is None else to


def sign(w: Work, row: Handover, *, at: datetime | None = None) -> None:
    """The other side takes the person over; the stay moves on. Refused (``same-hand``) for whoever gave him."""
    if row.given_by == w.actor.name:
        raise Refused("same-hand", handover=row.id)
    HANDOVER.move(w, row, "sign", place=row.to_place_id)
    taken_at = max(min(at or w.now, w.now), row.given_at)
    row.taken_by, row.taken_at, row.late_at = w.actor.name, taken_at, None
    stay = w.get(Stay, row.stay_id)
    if stay.state in STAY.sources(MOVES[row.kind]):
        move(w, [stay], MOVES[row.kind], at=taken_at)
    _tell(w, row, "sign", row.to_place_id, taken_at)


def sign_beside(w: Work, row: Handover, login: str, password: str) -> bool:
    """The other side signs on the same phone with his own name and password; False when these are not his.

    A wrong password counts as at the door of the house: it is told by the answer, not raised, so that it is kept.
    """
    proven = entering.sign_in(w, login, password, w.realm)
    if proven.token is None:
        return False
    entering.sign_out(w, proven.token)
    sign(replace(w, actor=_other(w, login), role=""), row)
    return True


def _other(w: Work, login: str) -> Actor:
    """The person who has just proved who he is, with the roles that he holds."""
    with w.beyond_scope("whoever signs beside is found before it is known what he may sign"):
        account = account_by_login(w, login)
        if account is None:
            raise Refused("not-allowed", needs=SIGNS)
        held = tuple(Grant(grant.role, place.path) for grant, place in grants_in_force(w, account.id))
        return Actor(f"account:{account.id}", held, w.realm, account.id)


def refuse(w: Work, row: Handover, reason: str) -> None:
    """The other side does not take him: why is kept, and the stay stays where it is. Invalid (``no-reason``)."""
    if not reason.strip():
        raise Invalid("no-reason", field="reason")
    HANDOVER.move(w, row, "refuse", place=row.to_place_id)
    row.taken_by, row.taken_at, row.reason, row.late_at = w.actor.name, w.now, reason.strip(), None
    _tell(w, row, "refuse", row.to_place_id, w.now)


def withdraw(w: Work, row: Handover) -> None:
    """Whoever offered takes it back."""
    HANDOVER.move(w, row, "withdraw", place=row.from_place_id)
    row.late_at = None
    _tell(w, row, "withdraw", row.from_place_id, w.now)


def _tell(w: Work, row: Handover, verb: str, place: int, at: datetime) -> None:
    w.tell(HandoverMoved(handover=row.id, stay=row.stay_id, verb=verb, place=place), happened_at=at)
