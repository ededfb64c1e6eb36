"""Loops that must not stick: orders without a response, mergers at a bad moment, last night's roll call, a crossing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from region.accounts.actions import swap_shift
from region.accounts.models import DutyShift
from region.dispatch import wave
from region.dispatch.actions import answering, cascading, ending, roll_call, upward, writing
from region.dispatch.delivery import owe_round
from region.dispatch.letters import Terms
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Asking, Choice
from region.places.actions import merge_sites
from region.spine.actor import Actor, Grant
from region.spine.errors import Refused, Stale
from tests.flows.cascade_stage import CLINICS, OFFICE, part, passing
from tests.flows.stage import Stage, stage
from tests.flows.test_roll_call import person, roster

__all__ = ["stage"]


def test_a_letter_of_an_order_without_a_response_travels(stage: Stage) -> None:
    world = stage.world
    quiet = world.area(world.area(level="district"), level="subdistrict")
    world.site(quiet, "subdistrict_office", webhook_url="http://127.0.0.1:9/")
    clinic = world.clinic(quiet)
    with world.as_("clinic", clinic) as w:
        said = Asking(form_token="form-0009", kind="incident_report", title="停电", text="全院停电。")
        order = upward.ask_above(w, clinic.id, said)
        assert order.incident_id is None
    with world.as_system() as w:
        owe_round(w, w.get(Directive, order.id), 1, channel="webhook")
        (letter,) = wave.claim(w, "lane", Terms.of(w.rules), {}, {"webhook": 10})
        assert b'"incident":null' in letter.body()


def test_sites_that_both_must_stop_may_be_merged(stage: Stage) -> None:
    order, other = (
        stage.issued(),
        stage.issued(token="form-0002", choice=Choice(sites=(stage.clinics[0].id,))),
    )
    old, new = stage.clinics[0], stage.clinics[1]
    for site in (old, new):
        stage.sign(order, site)
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "发错了")
    stage.world.run()
    with stage.world.as_("administrator", stage.district) as w:
        merge_sites(w, old.id, new.id)
    stage.world.run()
    with stage.world.as_("clinic", new) as w:
        ending.confirm_stop(w, part(w, order.id, new))
    stage.world.run()
    with stage.world.as_system() as w:
        assert (part(w, order.id, old).state, part(w, order.id, new).state) == ("waived", "stopped")
        assert w.get(Directive, order.id).state == "cancelled"
        assert part(w, other.id, new).state == "pending", "the other orders of the old site have moved too"


def test_an_order_drafted_before_a_merger_goes_to_the_new_owner(stage: Stage) -> None:
    old, middle, new = stage.clinics[0], stage.clinics[1], stage.elsewhere
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        draft = writing.compose(w, stage.draft(), stage.district.id)
        writing.submit(w, draft)
    for one, into in ((old, middle), (middle, new)):
        with stage.world.as_("administrator", stage.district) as w:
            merge_sites(w, one.id, into.id)
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        writing.issue(w, w.get(Directive, draft.id))
    stage.world.run()
    with stage.world.as_system() as w:
        found = w.session.scalars(select(Recipient.place_id).where(Recipient.directive_id == draft.id))
        assert sorted(found) == sorted([stage.clinics[2].id, new.id]), "once, and nobody who is no more"


def test_last_night_s_roll_call_leaves_nobody_with_work_to_stop(stage: Stage) -> None:
    first, second = (person(stage, stage.office, name) for name in ("first", "second"))
    roster(stage, stage.office, first)
    stage.world.wait(hours=10)
    call(stage, "roll-0001")
    grants = (Grant("clinic", stage.office.path),)
    with stage.world.office.work(Actor("first", grants, account_id=first, site_id=stage.office.id)) as w:
        answering.receive(w, w.session.scalars(select(Recipient)).one())
    with stage.world.as_system() as w:
        swap_shift(w, w.session.scalars(select(DutyShift.id)).one(), second)
    call(stage, "roll-0002")
    stage.world.wait(hours=6)
    stage.world.run()
    with stage.world.as_system() as w:
        orders = w.session.scalars(select(Directive.state).order_by(Directive.id)).all()
        assert orders == ["superseded", "issued"]
        assert w.session.scalars(select(Recipient.state).order_by(Recipient.id)).first() == "void"
    assert not stage.world.journal("dispatch.LatenessPassedUp")


def call(stage: Stage, token: str) -> None:
    with stage.world.as_("duty_officer", stage.district) as w:
        roll_call.call_roll(w, stage.district, token)
    stage.world.run()


def test_an_order_passed_on_while_its_own_is_withdrawn_does_not_outlive_it(stage: Stage) -> None:
    parent = stage.issued(choice=OFFICE)
    with stage.world.as_("subdistrict_officer", stage.office) as w:
        answering.begin(w, part(w, parent.id, stage.office))
    barrier = Barrier(2)

    def pass_on() -> str:
        try:
            with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
                mine = part(w, parent.id, stage.office)
                if w.office.engine.dialect.name != "sqlite":  # SQLite lets one write at a time in any case
                    assert mine.directive.state == "issued"
                    barrier.wait(10)
                    barrier.wait(10)
                cascading.pass_on(w, mine, passing(choice=CLINICS))
        except (Stale, Refused) as fault:
            return fault.code
        return "passed on"

    def withdraw() -> None:
        with stage.world.as_("duty_officer", stage.district) as w:
            if w.office.engine.dialect.name != "sqlite":
                barrier.wait(10)
            ending.withdraw(w, w.get(Directive, parent.id), "发错了")
        stage.world.run()
        if stage.world.office.engine.dialect.name != "sqlite":
            barrier.wait(10)

    with ThreadPoolExecutor(2) as pool:
        passed, taken_back = pool.submit(pass_on), pool.submit(withdraw)
        taken_back.result()
        outcome = passed.result()
    stage.world.run()
    with stage.world.as_system() as w:
        states = w.session.scalars(select(Directive.state).where(Directive.parent_id == parent.id)).all()
    assert "issued" not in states, outcome
