"""Finding the members of a positive pool: their names opened to who must find them, and each vain attempt recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from region.people.actions.opening import Identity, open_people
from region.sampling.events.results import MemberTried
from region.sampling.models import Recall, RecallMember
from region.sampling.own_samples import DUE
from region.sampling.states import PACK
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work

PURPOSE = "find_retest"
OPENS, TRIES = "people.open", "sampling.list"
SAME = timedelta(minutes=1)
"""Two attempts with the same reason within it are one click twice."""


def open_list(w: Work, recall: Recall) -> dict[int, Identity]:
    """Names and telephones of the members who are due and whom the actor must find, by person; journalled.

    Each is opened by the right that the actor holds at the member's clinic, or where the member lives.
    """
    wanted = select(RecallMember).where(RecallMember.recall_id == recall.id, RecallMember.state == DUE)
    by_place: dict[int, list[int]] = {}
    for member in w.session.scalars(wanted.order_by(RecallMember.person_id)):
        by_place.setdefault(_where(w, member, OPENS), []).append(member.person_id)
    found: dict[int, Identity] = {}
    for place, persons in sorted(by_place.items()):
        with w.beyond_scope("members whom this place must find, wherever their paper lies"):
            found |= open_people(
                w, persons, purpose=PURPOSE, fields=("name", "phone", "address"), place=place
            )
    return found


def _where(w: Work, member: RecallMember, capability: str) -> int:
    """The place by which the actor may do something for a member: his clinic's, or that of his home."""
    return member.place_id if w.may(capability, member.place_id) else member.home_id


def tried(w: Work, recall: Recall, person: int, reason: str) -> None:
    """A member was sought and not sampled; Invalid (``not-sampled-reason-unknown``) for no reason of the pack.

    Refused (``member-not-due``) once he was sampled or restored. Pressed twice it is one attempt.
    """
    if reason not in w.rules.value(PACK, "not_sampled_reasons"):
        raise Invalid("not-sampled-reason-unknown", field="reason")
    member = _member(w, recall, person)
    w.need(TRIES, _where(w, member, TRIES))
    if member.state != DUE:
        raise Refused("member-not-due")
    if member.reason == reason and member.tried_at is not None and w.now - member.tried_at < SAME:
        return
    member.reason, member.tried_at = reason, w.now
    w.tell(MemberTried(person=person, reason=reason, **recall.about))


def _member(w: Work, recall: Recall, person: int) -> RecallMember:
    wanted = select(RecallMember).where(RecallMember.recall_id == recall.id)
    found: Sequence[RecallMember] = w.session.scalars(wanted.where(RecallMember.person_id == person)).all()
    if not found:
        raise Missing("no-such", what="member", id=person)
    return found[0]
