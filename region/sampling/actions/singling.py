"""Who is sampled alone, from when and until when: set by what follows a positive pool or a contact, ended with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from region.people.models import Person
from region.people.queries.field_marks import field_marks
from region.sampling.events.field import SingleOnlyEnded, SingleOnlySet
from region.sampling.models import SingleOnly
from region.sampling.states import PACK
from region.spine import bulk
from region.spine.errors import Invalid
from region.spine.work import Work

EVERYWHERE = "who must be sampled alone must be so wherever he is met"


def keep_apart(
    w: Work, persons: Sequence[int], *, reason: str, ref: str, until: datetime | None = None
) -> int:
    """Sample these persons alone from now on because of `ref` (``recall:7``), until a moment or until it is ended.

    Who is kept apart for it already stays so, with the new end; who was let go is kept apart again. Gives how many
    changed. Invalid (``reason-unknown``) for a reason that the pack does not have.
    """
    w.need("sampling.recall")
    if reason not in w.rules.value(PACK, "single_reasons"):
        raise Invalid("reason-unknown", field="reason")
    with w.beyond_scope(EVERYWHERE):
        wanted = select(Person.id, Person.place_id).where(Person.id.in_(sorted(set(persons))))
        homes = {row.id: row.place_id for row in w.session.execute(wanted)}
        changed = _again(w, sorted(homes), reason, ref, until)
        stands = select(SingleOnly.person_id).where(SingleOnly.ref == ref, SingleOnly.person_id.in_(homes))
        there = set(w.session.scalars(stands))
    fresh = {id: place for id, place in sorted(homes.items()) if id not in there}
    _add(w, fresh, reason, ref, until)
    if changed + len(fresh):
        w.tell(SingleOnlySet(ref=ref, reason=reason, persons=changed + len(fresh)))
    return changed + len(fresh)


def _add(w: Work, homes: dict[int, int], reason: str, ref: str, until: datetime | None) -> None:
    marks = field_marks(w, list(homes)) if homes else {}
    rows = [
        {"realm": w.realm, "person_id": id, "place_id": place, "reason": reason, "ref": ref}
        | {"mark": marks.get(id), "since": w.now, "until": until}
        for id, place in homes.items()
    ]
    bulk.add_missing(w.session, SingleOnly, rows)


def _again(w: Work, persons: Sequence[int], reason: str, ref: str, until: datetime | None) -> int:
    """Who stands for this reference with another end; since now, if he had been let go."""
    mine = (SingleOnly.ref == ref, SingleOnly.person_id.in_(persons))
    ended = (*mine, SingleOnly.until <= w.now)
    again = {"since": w.now, "until": until, "reason": reason}
    other_end = SingleOnly.until.is_not(None) if until is None else _differs(until)
    longer = {"until": until}
    number = 0
    if until is None or until > w.now:
        for condition, values in ((ended, again), ((*mine, other_end), longer)):
            number += _write(w, condition, values)
    return number


def _write(w: Work, condition: Sequence[ColumnElement[bool]], values: Mapping[str, Any]) -> int:
    """Change the rows of which it is true; without one there is no change to be told."""
    ids = w.session.scalars(select(SingleOnly.id).where(*condition)).all()
    if ids:
        these = update(SingleOnly).where(SingleOnly.id.in_(ids)).values(**values)
        w.session.execute(these, execution_options={"synchronize_session": False})
    return len(ids)


def _differs(until: datetime) -> ColumnElement[bool]:
    return or_(SingleOnly.until.is_(None), SingleOnly.until != until)


def end_apart(w: Work, ref: str, persons: Sequence[int] | None = None) -> int:
    """They (all, if not said) are not sampled alone any more because of `ref`; another reason may still hold."""
    w.need("sampling.recall")
    in_force = or_(SingleOnly.until.is_(None), SingleOnly.until > w.now)
    these = [SingleOnly.ref == ref, in_force]
    if persons is not None:
        these.append(SingleOnly.person_id.in_(sorted(set(persons))))
    with w.beyond_scope(EVERYWHERE):
        number = _write(w, these, {"until": w.now})
    if number:
        w.tell(SingleOnlyEnded(ref=ref, persons=number))
    return number
