"""Who counts by which tube of a round, and the round's kept counts: changed together, set by set, never row by row.

A person counts once in a round, where he lives, by the earliest tube of it that still stands; his other tubes are
`twice`. Rejected, voided and lost tubes count nobody: whoever has another tube counts by that one, everybody else is
due again. The counts are what changed in the members, so that they stay their sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, tuple_, update

from region.people.models import Person
from region.sampling.models import Round, RoundArea, RoundDue, RoundHour, RoundSite, Tube, TubeMember
from region.spine import bulk
from region.spine.work import Work

COUNTED_STREAM = "round"
GONE = ("void", "rejected", "lost")
"""States of a tube by which nobody counts."""
OF_ALL = "a person counts where he lives, by the tubes of all places"
HOUR = timedelta(hours=1)
Key = tuple[int, int]


@dataclass(frozen=True)
class Seat:
    """A person in a tube; `live` when the tube is one by which people count. `void` says why he does not count."""

    tube: int
    person: int
    at: datetime
    home: int
    place: int
    site: int | None
    live: bool
    void: str | None = None
    counted: bool = False

    @property
    def key(self) -> Key:
        return (self.tube, self.person)


@dataclass
class Book:
    """The seats of some people of a round: as they stand, and as they are to stand (`seats`)."""

    round: int | None
    starts: datetime | None
    standing: dict[Key, Seat]
    seats: dict[Key, Seat] = field(default_factory=dict)

    def of(self, tubes: Collection[int]) -> list[Seat]:
        """The seats of these tubes."""
        return [seat for seat in self.seats.values() if seat.tube in tubes]

    def put(self, seat: Seat) -> None:
        """A person sits in a tube, or differently."""
        self.seats[seat.key] = seat


def open_book(w: Work, round_id: int | None, tubes: Collection[int], persons: Collection[int] = ()) -> Book:
    """The seats in these tubes, and all others in the round of the people in them and of `persons`.

    These people are held until the work ends, in the order of their numbers, so that of two works at once the second
    sees what the first did. Whoever holds tubes too holds them before.
    """
    with w.beyond_scope(OF_ALL):
        in_them = (
            select(TubeMember.person_id).where(bulk.among(w.session, TubeMember.tube_id, tubes))
            if tubes
            else None
        )
        who = set(persons) | (set(w.session.scalars(in_them)) if in_them is not None else set())
        held = select(Person.id).where(bulk.among(w.session, Person.id, sorted(who))).order_by(Person.id)
        w.session.execute(held.with_for_update(key_share=True))
        standing = _standing(w, round_id, tubes, who)
        starts = w.session.scalars(select(Round.starts_at).where(Round.id == round_id)).one_or_none()
    return Book(round_id, starts, standing, dict(standing))


def _standing(w: Work, round_id: int | None, tubes: Collection[int], who: set[int]) -> dict[Key, Seat]:
    member = TubeMember
    of_round = member.round_id == round_id
    where = or_(of_round, bulk.among(w.session, member.tube_id, tubes)) if tubes else of_round
    seat = (member.tube_id, member.person_id, member.at, member.home_id, member.place_id)
    wanted = select(*seat, member.void, member.counted).where(
        bulk.among(w.session, member.person_id, sorted(who)), where
    )
    rows = w.session.execute(wanted).all()
    tube_of = _tubes(w, {row.tube_id for row in rows})
    return {
        (row.tube_id, row.person_id): Seat(*row[:5], *tube_of[row.tube_id], row.void, row.counted)
        for row in rows
        if row.tube_id in tube_of
    }


def _tubes(w: Work, ids: Collection[int]) -> dict[int, tuple[int | None, bool]]:
    """The site of each of these tubes, and whether people count by it."""
    # Asked for apart, by number: joined, a database that has no statistics of the day's rows reads all tubes each time.
    wanted = select(Tube.id, Tube.site_id, Tube.stream, Tube.state)
    rows = w.session.execute(wanted.where(bulk.among(w.session, Tube.id, sorted(ids))))
    return {row.id: (row.site_id, live(row.stream, row.state)) for row in rows}


def live(stream: str, state: str) -> bool:
    """Whether people count by a tube of this stream in this state."""
    return stream == COUNTED_STREAM and state not in GONE


def count(w: Work, book: Book, tubes: Counter[int] | None = None) -> None:
    """Decide who counts by which tube, and write seats and counts; `tubes` are those come or gone, by site."""
    _choose(book)
    with w.beyond_scope(OF_ALL):
        _write(w, book)
        if book.round is not None and book.starts is not None:
            _areas(w, book, book.round, book.starts)
            _due(w, book, book.round)
        _sites(w, book, tubes or Counter())


def uncount(w: Work, tubes: Collection[int], why: str) -> None:
    """These tubes were just `rejected`, `void` or `lost` (their state says so already): nobody counts by them.

    Call it once for tubes that moved, in the work that moved them; an event of sampling is to be told in it.
    """
    with w.beyond_scope(OF_ALL):
        wanted = select(Tube.id, Tube.round_id, Tube.site_id).where(Tube.id.in_(sorted(tubes)))
        rows = w.session.execute(wanted.order_by(Tube.id).with_for_update(key_share=True)).all()
    for round_id in sorted({row.round_id for row in rows}, key=lambda one: one or 0):
        ours = [row for row in rows if row.round_id == round_id]
        book = open_book(w, round_id, [row.id for row in ours])
        for seat in book.of({row.id for row in ours}):
            if seat.void in (None, "twice"):
                book.put(replace(seat, void=why))
        gone = Counter(row.site_id for row in ours if row.site_id) if why == "void" else Counter[int]()
        count(w, book, Counter({site: -number for site, number in gone.items()}))


def _choose(book: Book) -> None:
    """The earliest seat of each person in a tube that counts is the one by which he counts; others are `twice`."""
    by_person: dict[int, list[Seat]] = {}
    for seat in book.seats.values():
        able = seat.live and book.round is not None and seat.void in (None, "twice")
        if able:
            by_person.setdefault(seat.person, []).append(seat)
        elif seat.counted or seat.void == "twice":
            book.put(replace(seat, counted=False, void=None if seat.void == "twice" else seat.void))
    for seats in by_person.values():
        first = min(seats, key=lambda seat: (seat.at, seat.tube))
        for seat in seats:
            book.put(replace(seat, counted=seat is first, void=None if seat is first else "twice"))


def _write(w: Work, book: Book) -> None:
    """Bring the rows to the seats: who no longer counts goes before who does, for a person counts once."""
    old, new = book.standing, book.seats
    gone = sorted(key for key in old if key not in new)
    changed = [new[key] for key in sorted(new) if key in old and new[key] != old[key]]
    fresh = [new[key] for key in sorted(new, key=lambda key: (key[1], key[0])) if key not in old]
    if gone:
        these = tuple_(TubeMember.tube_id, TubeMember.person_id).in_(gone)
        w.session.execute(delete(TubeMember).where(these), execution_options={"synchronize_session": False})
    key = ("tube_id", "person_id")
    bulk.change(w.session, TubeMember, [_row(seat) for seat in changed if not seat.counted], key)
    rows = [{**_row(seat), "round_id": book.round, "place_id": seat.place} for seat in fresh]
    bulk.add_telling(w.session, TubeMember, rows, TubeMember.tube_id)
    bulk.change(w.session, TubeMember, [_row(seat) for seat in changed if seat.counted], key)


def _row(seat: Seat) -> dict[str, Any]:
    said = {"tube_id": seat.tube, "person_id": seat.person, "home_id": seat.home, "at": seat.at}
    return {**said, "counted": seat.counted, "void": seat.void}


def _moved(book: Book) -> tuple[list[Seat], list[Seat]]:
    """Seats that counted and do not any more, or count otherwise; and seats that count now and did not so before."""
    was = {key: seat for key, seat in book.standing.items() if seat.counted}
    now = {key: seat for key, seat in book.seats.items() if seat.counted}
    before = [seat for key, seat in was.items() if now.get(key) != seat]
    return before, [seat for key, seat in now.items() if was.get(key) != seat]


def _areas(w: Work, book: Book, round_id: int, starts: datetime) -> None:
    """Counts of grids and of hours: what came and went of each, in the order of their keys."""
    before, after = _moved(book)
    by_hour: Counter[tuple[int, int]] = Counter()
    for seats, sign in ((before, -1), (after, 1)):
        for seat in seats:
            by_hour[max(0, (seat.at - starts) // HOUR), seat.home] += sign
    by_area: Counter[int] = Counter()
    for (_hour, home), number in by_hour.items():
        by_area[home] += number
    last = {home: max(seat.at for seat in after if seat.home == home) for home in {one.home for one in after}}
    of_areas = [
        {"round_id": round_id, "place_id": home, "sampled": number}
        for home, number in sorted(by_area.items())
    ]
    key = ("round_id", "place_id")
    with_last = [{**row, "last_at": last[row["place_id"]]} for row in of_areas if row["place_id"] in last]
    bulk.put(w.session, RoundArea, with_last, key, sampled=bulk.added, last_at=bulk.larger)
    without = [row for row in of_areas if row["place_id"] not in last and row["sampled"]]
    bulk.put(w.session, RoundArea, without, key, sampled=bulk.added)
    of_hours = [
        {"round_id": round_id, "hour": hour, "place_id": home, "sampled": number}
        for (hour, home), number in sorted(by_hour.items())
        if number
    ]
    bulk.put(w.session, RoundHour, of_hours, ("round_id", "hour", "place_id"), sampled=bulk.added)


def _due(w: Work, book: Book, round_id: int) -> None:
    """When each person of the round's list was sampled, for those of whom it changed."""
    before, after = _moved(book)
    who = sorted({seat.person for seat in (*before, *after)})
    if not who:
        return
    taken = select(func.max(TubeMember.at)).where(
        TubeMember.round_id == round_id, TubeMember.person_id == RoundDue.person_id, TubeMember.counted
    )
    these = update(RoundDue).where(
        RoundDue.round_id == round_id, bulk.among(w.session, RoundDue.person_id, who)
    )
    w.session.execute(
        these.values(sampled_at=taken.scalar_subquery()), execution_options={"synchronize_session": False}
    )


def _sites(w: Work, book: Book, tubes: Counter[int]) -> None:
    """Counts of sampling sites: people and tubes come and gone, and when the newest was taken."""
    before, after = _moved(book)
    people = Counter(seat.site for seat in after if seat.site)
    people.subtract(seat.site for seat in before if seat.site)
    for site in sorted({*people, *tubes}):
        newest = max((seat.at for seat in after if seat.site == site), default=None)
        if not (people[site] or tubes[site] or newest):
            continue
        values: dict[str, Any] = {
            "sampled": RoundSite.sampled + people[site],
            "tubes": RoundSite.tubes + tubes[site],
        }
        if newest is not None:
            values["last_at"] = bulk.larger(RoundSite.last_at, newest)
        these = update(RoundSite).where(RoundSite.id == site).values(**values)
        w.session.execute(these, execution_options={"synchronize_session": False})
