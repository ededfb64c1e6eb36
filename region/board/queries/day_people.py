"""People in a site's day: tasks of care, contacts looked for, missed checks, tests, arrivals and releases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import chain

from sqlalchemy import ColumnElement, and_, func, or_, select

from region.board.queries.day_lines import Known, Line, Today, known
from region.care import groups
from region.care.models import CareTask
from region.care.queries import waiting
from region.quarantine.models import Handover, ScheduledTest, Stay
from region.quarantine.queries.attention import missed_since
from region.quarantine.queries.checklists import WATCHED, answerable
from region.spine.work import Work
from region.tracing.models import Contact

HOW = {
    "check": "call",
    "call": "call",
    "psychological_call": "call",
    "vaccine_invitation": "call",
    "release_notice": "call",
    "sample_at_home": "test",
}
"""How a task of care is done, by its kind; every other is done at the door."""
READS, CHECKS, SIGNS, RELEASES = (f"quarantine.{word}" for word in ("read", "check", "sign", "release"))
TRACES = "tracing.trace"
TAKES = {
    "pick_up": "quarantine.carry",
    "arrive": "quarantine.receive",
    "leave": "quarantine.release",
    "home": "quarantine.watch",
}
"""What a signature moves, by the kind of handover: who may not move it has nothing to sign."""
EVENING = 18
"""The hour by which a test of the day's plan is to be taken: the usual hour of the pack's tasks."""


def tasks(w: Work, at: Today) -> list[Line]:
    """Tasks of care that wait for the site, due today or late."""
    rows: list[CareTask] = []
    people: list[Known] = []
    for site in at.places:
        after = None
        while len(rows) < at.most + 1:
            page = waiting.of_site(w, site, until=at.until, after=after)
            rows += page.tasks
            people.append(known(w, (), {one.place_id for one in page.tasks}))
            people.append(Known(dict(page.people), {}))
            after = page.after
            if after is None:
                break
    both = Known(
        dict(chain.from_iterable(one.people.items() for one in people)),
        dict(chain.from_iterable(one.places.items() for one in people)),
    )
    names = {code: (one.about.zh, one.about.en) for code, one in groups.named(w, "task").items()}
    return [_task(one, both, *names.get(one.kind, ("", ""))) for one in rows]


def _task(one: CareTask, who: Known, zh: str, en: str) -> Line:
    return Line(
        f"care:{one.id}",
        HOW.get(one.kind, "visit"),
        one.due_at,
        what_zh=zh,
        what_en=en,
        does=("do", "fail"),
        where="care",
        row=one.person_id,
        **who.of(one.person_id, one.place_id),
    )


def contacts(w: Work, at: Today) -> list[Line]:
    """Contacts of the community who were not reached yet, also those whose time ends tomorrow: hours count."""
    if not w.may(TRACES, at.place):
        return []
    wanted = select(Contact).where(Contact.place_id == at.place, Contact.state == "verifying")
    wanted = wanted.order_by(Contact.control_due_at, Contact.id)
    rows = w.session.scalars(wanted.limit(at.most + 1)).all()
    who = known(w, {one.person_id for one in rows}, {one.place_id for one in rows})
    return [
        Line(
            f"contact:{one.id}",
            "call",
            one.control_due_at,
            said="contact",
            does=("do",),
            where="contacts",
            row=one.incident_id,
            **who.of(one.person_id, one.place_id),
        )
        for one in rows
    ]


def _stays(w: Work, at: Today, which: ColumnElement[bool]) -> list[Stay]:
    """Stays that the place answers for, in its site or at home in its community."""
    if not w.may(READS, at.place):
        return []
    wanted = select(Stay).where(answerable(at.place), which).order_by(Stay.ends_on, Stay.id)
    return list(w.session.scalars(wanted.limit(at.most + 1)))


def _line(kind: str, stay: Stay, due: datetime, said: str, who: Known) -> Line:
    return Line(
        f"{said}:{stay.id}",
        kind,
        due,
        said=said,
        where="stay",
        row=stay.id,
        **who.of(stay.person_id, stay.place_id),
    )


def unchecked(w: Work, at: Today) -> list[Line]:
    """Who missed the whole last half-day's check, or said that he is unwell: to be seen at his door."""
    if not w.may(CHECKS, at.place):
        return []
    since = missed_since(w)
    missed = and_(Stay.state.in_(WATCHED), func.coalesce(Stay.checked_at, Stay.since) < since)
    rows = _stays(w, at, or_(missed, Stay.symptoms_at.is_not(None)))
    who = known(w, {one.person_id for one in rows}, {one.place_id for one in rows})
    return [
        _line("visit", one, one.symptoms_at or since, "symptoms" if one.symptoms_at else "missed", who)
        for one in rows
    ]


def tests(w: Work, at: Today) -> list[Line]:
    """Tests of the plans that are due today or were not taken on their day."""
    if not w.may(CHECKS, at.place):
        return []
    clock = w.office.clock
    wanted = (
        select(Stay, ScheduledTest.due_on)
        .join(ScheduledTest, ScheduledTest.stay_id == Stay.id)
        .where(answerable(at.place), ScheduledTest.state == "due", ScheduledTest.due_on <= clock.day(w.now))
        .order_by(ScheduledTest.due_on, Stay.id)
    )
    rows = w.session.execute(wanted.limit(at.most + 1)).all()
    who = known(w, {stay.person_id for stay, _ in rows}, {stay.place_id for stay, _ in rows})
    evening = time(EVENING)
    return [
        _line("test", stay, datetime.combine(day, evening, clock.zone), "test", who)
        for stay, day in {stay.id: (stay, day) for stay, day in reversed(rows)}.values()
    ]


def arrivals(w: Work, at: Today) -> list[Line]:
    """People whom the other side has handed over and whom this place is to sign for."""
    kinds = [kind for kind, needs in TAKES.items() if w.may(needs, at.place)]
    if not kinds or not w.may(SIGNS, at.place):
        return []
    wanted = (
        select(Handover, Stay)
        .join(Stay, Stay.id == Handover.stay_id)
        .where(Handover.to_place_id.in_(at.places), Handover.state == "offered", Handover.kind.in_(kinds))
        .order_by(Handover.due_at, Handover.id)
    )
    rows = w.session.execute(wanted.limit(at.most + 1)).all()
    who = known(w, {stay.person_id for _, stay in rows}, {stay.place_id for _, stay in rows})
    return [
        Line(
            f"handover:{one.id}",
            "receive",
            one.due_at,
            said="handed",
            does=("do",),
            where="stay",
            row=stay.id,
            **who.of(stay.person_id, stay.place_id),
        )
        for one, stay in rows
    ]


def expected(w: Work, at: Today) -> list[Line]:
    """People on their way to the site whom nobody has handed over yet."""
    if not w.may(READS, at.place):
        return []
    offered = select(Handover.id).where(Handover.stay_id == Stay.id, Handover.state == "offered")
    coming = (Stay.site_id == at.place, Stay.state.in_(("notified", "in_transfer")))
    due = func.coalesce(Stay.transfer_due_at, Stay.determined_at)
    wanted = select(Stay).where(*coming, due <= at.until, ~offered.exists()).order_by(due, Stay.id)
    rows = w.session.scalars(wanted.limit(at.most + 1)).all()
    who = known(w, {one.person_id for one in rows}, {one.place_id for one in rows})
    return [_line("receive", one, one.transfer_due_at or one.determined_at, "expected", who) for one in rows]


def releases(w: Work, at: Today) -> list[Line]:
    """People whose conditions are met: their papers are to be handed over by the end of the day they were met on."""
    rows = _stays(w, at, and_(Stay.met_at.is_not(None), Stay.state.in_(WATCHED)))
    rows = [one for one in rows if one.met_at is not None and one.met_stage == one.stage]
    who = known(w, {one.person_id for one in rows}, {one.place_id for one in rows})
    limit = timedelta(days=1)
    return [_line("release", one, (one.met_at or w.now) + limit, "met", who) for one in rows]
