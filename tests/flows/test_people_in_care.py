"""A contact's way through the loop: determined, fetched, tested, and released; or a case, whose own contacts follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.incidents.events import LevelChanged
from region.incidents.models import Incident
from region.people.actions.registering import Given, register
from region.quarantine.actions import moving
from region.quarantine.actions.assigning import to_site
from region.quarantine.actions.rooming import NewRoom, assign, make
from region.quarantine.models import QuarantineSite, Room, ScheduledTest, Stay
from region.surveillance.actions.proposing import decide
from region.surveillance.models import CaseProposal
from region.tracing.actions import cases, contacts, determining
from region.tracing.actions.determining import GivenContact, Link
from region.tracing.models import Case, Contact, ContactControl
from tests.promises.test_errands import again, everything
from tests.region.sampling.ground import resident, uid
from tests.region.sampling.pool_stage import Stage
from tests.world import World

ROLES = {"settle_at_home": "community_officer"}


class Care:
    """The sampling stage, with an index case and contacts of it among its residents."""

    def __init__(self, world: World, pack: str = "CN-COVID-9ED") -> None:
        self.world, self.sampling = world, Stage.of(world)
        self.district = self.sampling.ground.district
        self.home = self.sampling.ground.grids[0]
        self.site = world.site(self.district, "quarantine_site")
        with world.as_system() as w:
            incident = w.session.scalars(select(Incident)).one()
            incident.pack, incident.version = pack, incident.version + 1
            w.tell(LevelChanged(changed=incident.id, old="IV", new="IV", incident=incident.id))
            self.incident = incident.id
        self.persons = self._register(range(20))
        self.index = self._case(self.persons[0])
        world.run()

    def _register(self, numbers: range) -> list[int]:
        with self.world.as_system() as w:
            given = [Given(uid(), self.home.id, "resident", resident(n), f"测试{n}") for n in numbers]
            known = register(w, given, incident=self.incident, source="test")
        return [known[one.uid] for one in given]

    def _case(self, person: int) -> int:
        with self.world.as_("epidemiologist", self.district) as w:
            facts = {"kind": "confirmed", "found_by": "fever_clinic", "community": True}
            today = w.office.clock.day(w.now)
            case = cases.open_case(
                w,
                person=person,
                incident=self.incident,
                place=self.home.id,
                day=today,
                found_at=w.now,
                **facts,
            )
            return case.id

    def determine(self, number: int, category: str = "close_contact", via: int | None = None) -> int:
        link = Link(via=via, setting="dining") if via else Link(case=self.index, setting="household")
        with self.world.as_("epidemiologist", self.district) as w:
            last = w.office.clock.day(w.now)
            given = GivenContact(self.persons[number], self.home.id, category, last, (link,))
            made = determining.determine(w, [given], incident=self.incident)[0].id
        self.world.run()
        return made

    def contact(self, id: int) -> Contact:
        with self.world.as_system() as w:
            return w.get(Contact, id)

    def stay(self, contact: int) -> Stay:
        with self.world.as_system() as w:
            return w.session.scalars(select(Stay).where(Stay.ref == f"contact:{contact}")).one()

    def go(self, contact: int, *verbs: str) -> None:
        """The stay of a contact goes on, step by step; a room of the site is his when he arrives."""
        for verb in verbs:
            with self.world.as_system() as w:
                stay = w.session.scalars(select(Stay).where(Stay.ref == f"contact:{contact}")).one().id
            with self.world.as_(ROLES.get(verb, "epidemiologist"), self.district) as w:
                moving.move(w, [w.get(Stay, stay)], verb)
            self.world.run()

    def settle(self, contact: int) -> None:
        """He is told, fetched, and arrives in a room of his own."""
        self.world.wait(minutes=30)
        self.go(contact, "notify")
        stay = self.stay(contact).id
        with self.world.as_("quarantine_nurse", self.site) as w:
            make(w, self.site.id, [NewRoom(1, f"1{stay:03}")])
        with self.world.as_("epidemiologist", self.district) as w:
            to_site(w, [w.get(Stay, stay)], self.site.id)
        with self.world.as_("transfer_driver", self.district) as w:
            moving.move(w, [w.get(Stay, stay)], "pick_up")
        with self.world.as_("quarantine_nurse", self.site) as w:
            room = w.session.scalars(select(Room).where(Room.code == f"1{stay:03}")).one()
            assign(w, room, [w.get(Stay, stay)])
            moving.move(w, [w.get(Stay, stay)], "arrive")
        self.world.run()

    def sample(self, number: int, result: str) -> None:
        """He is sampled alone now, and the laboratory answers two hours later."""
        tubes = self.sampling.alone(number, stream="separate")
        self.world.wait(hours=2)
        self.sampling.answer(result, *tubes)
        with self.world.as_system() as w:
            w.owe("quarantine.follow_tests", key=f"look:{self.world.clock.at}")
        self.world.run()

    def accept(self, person: int) -> Case:
        """The epidemiologist accepts the proposal that this person is a case."""
        with self.world.as_("epidemiologist", self.district) as w:
            wanted = select(CaseProposal).where(CaseProposal.person_id == self.persons[person])
            decide(w, w.session.scalars(wanted).one(), "accept")
        self.world.run()
        with self.world.as_system() as w:
            return w.session.scalars(select(Case).where(Case.person_id == self.persons[person])).one()


@pytest.fixture
def care(world: World) -> Care:
    return Care(world)


def test_a_contact_goes_through_the_loop_and_the_funnel_follows(care: Care) -> None:
    contact = care.determine(1)
    stay = care.stay(contact)
    assert (stay.state, stay.category, stay.evidence) == ("identified", "close_contact", f"contact:{contact}")
    assert care.contact(contact).control == "awaiting" and care.persons[1] in care.sampling.apart()
    care.settle(contact)
    assert care.contact(contact).control == "central" and care.stay(contact).state == "in_site"
    with care.world.as_system() as w:
        stretches = w.session.scalars(select(ContactControl).order_by(ContactControl.since)).all()
    assert [one.control for one in stretches] == ["awaiting", "central"]
    care.world.wait(days=1)
    care.sample(1, "negative")
    with care.world.as_system() as w:
        test = w.session.scalars(select(ScheduledTest).order_by(ScheduledTest.due_on)).first()
    assert test is not None and test.state == "negative" and (test.tube or "").startswith("tube:")


def test_who_is_found_positive_is_converted_and_his_room_is_free(care: Care) -> None:
    contact = care.determine(2)
    care.settle(contact)
    care.world.wait(days=1)
    care.sample(2, "positive")
    case = care.accept(2)
    assert (case.found_by, case.community) == ("quarantine", False)
    assert (care.contact(contact).state, care.contact(contact).case_id) == ("converted", case.id)
    stay = care.stay(contact)
    assert stay.state == "to_care" and care.persons[2] not in care.sampling.apart()
    with care.world.as_system() as w:
        assert w.session.scalars(select(QuarantineSite)).one().occupied == 0


def test_at_16_a_secondary_contact_whose_contact_is_a_case_is_to_be_fetched_by_a_clock(care: Care) -> None:
    close = care.determine(3)
    second = care.determine(4, "secondary_contact", via=close)
    assert care.stay(second).mode == "home_quarantine" and care.stay(second).linked == f"contact:{close}"
    care.go(second, "notify", "settle_at_home")
    assert care.contact(second).control == "home"
    care.world.wait(days=2)
    care.sample(3, "positive")
    care.accept(3)
    contact, stay = care.contact(second), care.stay(second)
    assert contact.category == "close_contact" and contact.reclassified_at is not None
    assert (stay.category, stay.mode, stay.state) == ("close_contact", "central_quarantine", "notified")
    assert stay.transfer_due_at == care.world.clock.at + timedelta(hours=8)
    assert contact.control == "awaiting"


def test_who_is_excluded_is_let_go_of_everything(care: Care) -> None:
    contact = care.determine(5)
    with care.world.as_("epidemiologist", care.district) as w:
        contacts.move(w, [w.get(Contact, contact)], "exclude", reason="duplicate")
    care.world.run()
    assert care.stay(contact).state == "cancelled" and care.persons[5] not in care.sampling.apart()


def test_every_step_run_twice_changes_nothing(care: Care) -> None:
    contact = care.determine(6)
    care.settle(contact)
    care.world.wait(days=1)
    care.sample(6, "positive")
    care.accept(6)
    before = everything(care.world)
    again(care.world)
    care.world.run()
    assert everything(care.world) == before


def test_a_positive_in_a_site_makes_the_same_floor_begin_again_where_the_pack_says_so(world: World) -> None:
    care = Care(world, "CN-COVID-8ED")
    near, far = care.determine(7), care.determine(8)
    for contact in (near, far):
        care.settle(contact)
    assert care.stay(far).counts_from == world.office.clock.day(world.clock.at)
    world.wait(days=2)
    care.sample(7, "positive")
    care.accept(7)
    stay = care.stay(far)
    assert stay.counts_from == world.office.clock.day(world.clock.at)
    assert stay.evidence.startswith("case:") and stay.plan["stages"][0]["last"] == "2022-08-17"
