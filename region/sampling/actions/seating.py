"""Who sits in which tube, and why somebody does not count there: too many, to be sampled alone, moved, or twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from region.sampling.actions.lines import Line
from region.sampling.actions.people_in import Who
from region.sampling.actions.phones import Phone
from region.sampling.actions.tallying import Book, Seat, live
from region.sampling.models import RoundSite, SingleOnly
from region.sampling.schemas import SentPerson
from region.spine import bulk
from region.spine.work import Work

NOT_IN_IT = ("moved", "late")
"""Of those who have a seat, whose swab is in another tube, or came when no phone could change the tube any more."""


class Alone(NamedTuple):
    """Since when and until when somebody is to be sampled alone, and why."""

    since: datetime
    until: datetime | None
    reason: str


def alone(w: Work, persons: Sequence[int]) -> dict[int, list[Alone]]:
    """Who of these is, was or will be sampled alone, and when."""
    if not persons:
        return {}
    wanted = select(SingleOnly.person_id, SingleOnly.since, SingleOnly.until, SingleOnly.reason)
    wanted = wanted.where(bulk.among(w.session, SingleOnly.person_id, sorted(set(persons))))
    found: dict[int, list[Alone]] = {}
    with w.beyond_scope("who must be sampled alone must be so everywhere"):
        for row in w.session.execute(wanted):
            found.setdefault(row.person_id, []).append(Alone(row.since, row.until, row.reason))
    return found


def people_of(line: Line, who: Mapping[str, Who]) -> dict[int, SentPerson]:
    """The people of a tube by their number, in the order in which they were sampled; a second time is `twice`."""
    found: dict[int, SentPerson] = {}
    for one in sorted(line.sent.people, key=lambda one: one.at):
        if one.uid not in who:
            continue
        if who[one.uid].person in found:
            line.twice.append(one.uid)
            continue
        found[who[one.uid].person] = one
        if who[one.uid].wrong is not None:
            line.papers[one.uid] = str(who[one.uid].wrong)
    return found


def seat(
    book: Book,
    line: Line,
    site: RoundSite,
    phone: Phone,
    who: Mapping[str, Who],
    apart: Mapping[int, list[Alone]],
) -> None:
    """Seat the people of a tube that is new or changed. Who sat there before keeps the moment of his sample."""
    people = people_of(line, who)
    in_company = line.method.size > 1 and not (len(people) == 1 and line.state == "closed")
    for place, (person, one) in enumerate(people.items()):
        before = book.standing.get((line.id, person))
        at = before.at if before is not None else phone.moment(one.at)
        void = None
        if line.state == "void":
            void = "void"
        elif in_company and why_alone(apart, person, at):
            void = "apart"
        elif place >= line.method.size:
            void = "over"
        home = who[one.uid].home
        book.put(
            Seat(line.id, person, at, home, site.place_id, site.id, live(line.sent.stream, line.state), void)
        )
    _leave(book, line, set(people))


def why_alone(apart: Mapping[int, list[Alone]], person: int, at: datetime) -> str | None:
    """Why somebody was to be sampled alone at a moment; None if he was not."""
    in_force = (
        one for one in apart.get(person, ()) if one.since <= at and (one.until is None or one.until > at)
    )
    return next((one.reason for one in in_force), None)


def _leave(book: Book, line: Line, people: set[int]) -> None:
    """Who sat in the tube and does not any more."""
    for one in book.of({line.id}):
        if one.person not in people and one.void not in NOT_IN_IT:
            del book.seats[one.key]


def moved(book: Book, lines: Sequence[Line]) -> None:
    """Who left a tube for another of the same batch is kept there as `moved`."""
    written = {line.id for line in lines if line.writes}
    left = {key: one for key, one in book.standing.items() if key not in book.seats}
    now_in = {
        one.person for one in book.of({line.id for line in lines if line.writes and line.state != "void"})
    }
    for (tube, person), one in left.items():
        if tube in written and person in now_in:
            book.put(replace(one, void="moved", counted=False))


def add_late(book: Book, line: Line, site: RoundSite, phone: Phone, who: Mapping[str, Who]) -> None:
    """Who came to a tube when no phone could change it any more is kept with it, and due again."""
    for person, one in people_of(line, who).items():
        if (line.id, person) not in book.standing:
            home = who[one.uid].home
            place = Seat(line.id, person, phone.moment(one.at), home, site.place_id, site.id, False, "late")
            book.put(place)
            line.added += 1


def _note_strange(line: Line, who: Mapping[str, Who]) -> None:
    """Who is in no list of the phone, and whether he is one too many: by his place alone, as for anybody else."""
    order: list[int] = []
    for one in sorted(line.sent.people, key=lambda one: one.at):
        if one.uid not in who:
            continue
        known, person = who[one.uid].known, who[one.uid].person
        again = person in order
        order += [] if again else [person]
        if not known:
            line.strange[one.uid] = not again and len(order) > line.method.size and line.state != "void"


def tell(book: Book, line: Line, who: Mapping[str, Who], apart: Mapping[int, list[Alone]]) -> None:
    """Write into the line what the phone is to learn of its people."""
    if line.news == "same":
        people_of(line, who)
    _note_strange(line, who)
    for one in line.sent.people:
        if one.uid not in who:
            continue
        held = book.seats.get((line.id, who[one.uid].person))
        if held is None or one.uid in line.twice:
            continue
        if held.void == "apart":
            line.apart[one.uid] = why_alone(apart, held.person, held.at) or "apart"
        elif held.void == "over":
            line.over.append(one.uid)
        elif held.void == "twice":
            line.twice.append(one.uid)
