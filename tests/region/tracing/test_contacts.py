"""Contacts through the funnel: determined once, landed, controlled, pushed, converted, let go, and late where due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from region.spine.errors import Forbidden, Invalid, Missing, Refused
from region.spine.work import Work
from region.tracing.actions import clocks, contacts, determining
from region.tracing.actions.determining import GivenContact, Link
from region.tracing.models import Contact, ContactControl, ContactLink
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return ground_of(world)


def reread(w: Work, rows: Sequence[Contact]) -> list[Contact]:
    ids = [one.id for one in rows]
    return list(w.session.scalars(select(Contact).where(Contact.id.in_(ids)).order_by(Contact.id)))


def line(w: Work, one: Contact) -> list[tuple[str, object, object]]:
    wanted = select(ContactControl).where(ContactControl.contact_id == one.id).order_by(ContactControl.since)
    return [(row.control, row.since, row.until) for row in w.session.scalars(wanted)]


def test_the_same_list_twice_changes_nothing(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w)
        people = ground.people(w, 3)
        given = [
            GivenContact(
                one, ground.here.id, "close_contact", ground.today, (Link(case=case.id, setting="dining"),)
            )
            for one in people
        ]
        first = determining.determine(w, given, incident=ground.incident.id)
        before = len(w.told)
        again = determining.determine(w, given, incident=ground.incident.id)
        assert [one.person_id for one in first] == people
        assert [one.id for one in again] == [one.id for one in first] and len(w.told) == before
        links = w.session.scalars(select(ContactLink)).all()
        assert len(links) == 3 and {one.last_on for one in links} == {ground.today}
    told = ground.world.journal("tracing.ContactsDetermined")
    assert [len(entry.data["contacts"]) for entry in told] == [3]
    assert len(ground.world.journal("tracing.LinksKept")) == 1


def test_a_stricter_category_and_a_later_exposure_reclassify_and_never_the_other_way(ground: Ground) -> None:
    with ground.desk() as w:
        (one,) = ground.contacts(w, 1, category="secondary_contact", days_ago=2)
        assert one.transfer_due_at is None, "his first days are at home"
        for category, ago in (("close_contact", 1), ("secondary_contact", 1)):
            day = ground.today - timedelta(days=ago)
            again = [GivenContact(one.person_id, ground.here.id, category, day)]
            determining.determine(w, again, incident=ground.incident.id)
        (row,) = reread(w, [one])
        assert row.category == "close_contact" and row.last_exposure_on == ground.today - timedelta(days=1)
        assert row.transfer_due_at == w.now + timedelta(hours=8), "the pack's clock of a transfer"
    told = ground.world.journal("tracing.ContactReclassified")
    assert [(one.data["old"], one.data["new"]) for one in told] == [("secondary_contact", "close_contact")]


def test_who_was_let_go_begins_anew_only_when_exposed_after_it(ground: Ground) -> None:
    world = ground.world
    with ground.desk() as w:
        (one,) = ground.contacts(w, 1)
        contacts.move(w, [one], "land")
        contacts.move(w, [one], "release")
        again = [GivenContact(one.person_id, ground.here.id, "close_contact", ground.today)]
        assert determining.determine(w, again, incident=ground.incident.id)[0].id == one.id
    world.wait(days=3)
    with ground.desk() as w:
        later = [GivenContact(one.person_id, ground.here.id, "close_contact", ground.today)]
        (second,) = determining.determine(w, later, incident=ground.incident.id)
        assert (second.episode, second.state) == (2, "verifying")


def test_one_arrives_earlier_than_it_was_told(ground: Ground) -> None:
    """Landing at ten, told at twelve that he had arrived at half past nine: he waited for nothing."""
    world = ground.world
    with ground.desk() as w:
        (one,) = ground.contacts(w, 1)
        start = w.now
    world.wait(hours=2)
    with ground.desk() as w:
        (row,) = reread(w, [one])
        contacts.move(w, [row], "land", at=start + timedelta(hours=1))
        contacts.control(w, [row], "central", at=start + timedelta(minutes=30))
        contacts.control(w, [row], "hospital")
        assert [(what, since) for what, since, _ in line(w, row)] == [
            ("central", start + timedelta(minutes=30)),
            ("central", start + timedelta(hours=1)),
            ("hospital", w.now),
        ]
        assert (
            row.control == "hospital" and row.controlled_at == start + timedelta(minutes=30) == row.landed_at
        )
    with ground.desk() as w:
        (row,) = reread(w, [one])
        assert (row.state, row.control) == ("landed", "hospital") and row.controlled_at is not None
        before = row.version
        contacts.control(w, [row], "hospital")
        assert row.version == before and len(line(w, row)) == 3, "told twice"
        contacts.move(w, [row], "convert")
        assert line(w, row)[-1][2] == w.now and row.control is None
        contacts.control(w, [row], "home")
        assert row.control is None, "who was let go is under no control of ours"


def test_a_late_report_goes_between_what_is_known(ground: Ground) -> None:
    world = ground.world
    with ground.desk() as w:
        (one,) = ground.contacts(w, 1)
        start = w.now
        contacts.control(w, [one], "home")
    world.wait(hours=4)
    with ground.desk() as w:
        (row,) = reread(w, [one])
        contacts.control(w, [row], "hospital")
        contacts.control(w, [row], "central", at=start + timedelta(hours=2))
        assert [what for what, _, _ in line(w, row)] == ["home", "central", "hospital"]
        assert row.control == "hospital"
        stops = [until for _, _, until in line(w, row)]
        assert stops == [start + timedelta(hours=2), start + timedelta(hours=4), None]


def test_who_is_converted_while_looked_for_counts_as_landed(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w)
        (one,) = ground.contacts(w, 1)
        contacts.move(w, [one], "convert", case=case.id)
        contacts.move(w, [one], "convert", case=case.id)
        assert (one.state, one.landed_at, one.case_id) == ("converted", w.now, case.id)
    assert len(ground.world.journal("tracing.ContactsMoved")) == 1


def test_pushing_names_to_whom_and_excluding_says_why(ground: Ground) -> None:
    with ground.desk() as w:
        pushed, excluded = ground.contacts(w, 2)
        for verb, reason, code in (
            ("push", None, "pushed-to-unknown"),
            ("exclude", "because", "exclusion-unknown"),
        ):
            with pytest.raises(Invalid, match=code):
                contacts.move(w, [pushed], verb, reason=reason)
        contacts.move(w, [pushed], "push", reason="city")
        contacts.move(w, [excluded], "exclude", reason="wrong_person")
        assert (pushed.pushed_to, excluded.reason) == ("city", "wrong_person")
        with pytest.raises(Refused, match="not-from-here"):
            contacts.move(w, [pushed], "land")
        back = [
            GivenContact(pushed.person_id, ground.there.id, "close_contact", ground.today, came_from="to_us")
        ]
        (second,) = determining.determine(w, back, incident=ground.incident.id)
        assert (second.episode, second.came_from) == (2, "to_us")


def test_what_is_unknown_or_has_not_come_yet_is_refused(ground: Ground) -> None:
    with ground.desk() as w:
        (person,) = ground.people(w, 1)
        tomorrow = ground.today + timedelta(days=1)
        for given, code in (
            (GivenContact(person, ground.here.id, "friend", ground.today), "category-unknown"),
            (GivenContact(person, ground.here.id, "close_contact", tomorrow), "moment-in-future"),
            (
                GivenContact(person, ground.here.id, "close_contact", ground.today, came_from="x"),
                "origin-unknown",
            ),
            (
                GivenContact(person, ground.here.id, "close_contact", ground.today, (Link(case=99),)),
                "source-unknown",
            ),
            (
                GivenContact(
                    person, ground.here.id, "close_contact", ground.today, (Link(via=1, setting="x"),)
                ),
                "setting-unknown",
            ),
        ):
            with pytest.raises(Invalid, match=code):
                determining.determine(w, [given], incident=ground.incident.id)
        (one,) = ground.contacts(w, 1)
        with pytest.raises(Invalid, match="control-unknown"):
            contacts.control(w, [one], "prison")
        with pytest.raises(Invalid, match="category-unknown"):
            contacts.reclassify(w, one, "friend", ground.today)


def test_one_community_moves_only_its_own(ground: Ground) -> None:
    with ground.desk() as w:
        (one,) = ground.contacts(w, 1)
    with ground.world.as_("community_officer", ground.there) as w:
        with pytest.raises(Missing):
            w.get(Contact, one.id)
        with pytest.raises(Forbidden):
            contacts.move(w, [one], "land")
    with ground.world.as_("community_officer", ground.here) as w:
        contacts.move(w, [w.get(Contact, one.id)], "land")


def test_who_waits_too_long_is_late_once(ground: Ground) -> None:
    with ground.desk() as w:
        waiting = sorted(ground.contacts(w, 3), key=lambda one: one.id)
        since = w.now.isoformat()
        contacts.move(w, waiting[:1], "land")
    owed = [one for one in ground.world.errands() if one.runner == "tracing.look"]
    assert [one.args["ids"] for one in owed] == [[one.id for one in waiting], [waiting[0].id]]
    ground.world.wait(hours=25)
    for _ in range(2):
        with ground.world.as_system() as w:
            clocks.look(w, "contacts", [one.id for one in waiting], "verifying", since)
    told = ground.world.journal("tracing.ContactsLate")
    assert [entry.data["contacts"] for entry in told] == [[one.id for one in waiting[1:]]]
    with ground.desk() as w:
        assert [one.late_at is not None for one in reread(w, waiting)] == [False, True, True]
