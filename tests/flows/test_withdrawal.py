"""An order is taken back: whoever has it signs that work stopped, what was made of it goes too, nothing stays open."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering, cascading, ending, reviewing, signing_for
from region.dispatch.actions.pressing import NOTICE_ROUND
from region.dispatch.models import Delivery, Directive, Escalation, Recipient, Remark
from region.dispatch.queries.inbox import inbox
from region.dispatch.schemas import Choice, Hand, Saying, TaskReport
from region.spine.errors import Forbidden, Invalid, Missing, Refused, Stale
from tests.flows.cascade_stage import OFFICE, part, passed_on, passing, person
from tests.flows.stage import Stage, stage
from tests.promises.test_errands import again, everything
from tests.world import World

__all__ = ["stage"]


def withdraw(stage: Stage, directive: int, note: str = "the laboratory erred") -> None:
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        ending.withdraw(w, w.get(Directive, directive), note)
    stage.world.run()


def states(stage: Stage, directive: int) -> list[str]:
    with stage.world.as_system() as w:
        wanted = select(Recipient.state).where(Recipient.directive_id == directive)
        return list(w.session.scalars(wanted.order_by(Recipient.id)))


def order_state(stage: Stage, directive: int) -> str:
    with stage.world.as_system() as w:
        return str(w.get(Directive, directive).state)


def stop(stage: Stage, directive: int, at: int) -> None:
    clinic = stage.clinics[at]
    with stage.world.as_("clinic", clinic) as w:
        ending.confirm_stop(w, part(w, directive, clinic), Hand(way="qr"))
    stage.world.run()


def received(stage: Stage, directive: Directive, at: int) -> None:
    clinic = stage.clinics[at]
    with stage.world.as_("clinic", clinic) as w:
        answering.receive(w, part(w, directive.id, clinic))


def test_whoever_has_it_signs_that_work_has_stopped(stage: Stage) -> None:
    order = stage.issued()
    received(stage, order, 1)
    stage.sign(order, stage.clinics[2])
    withdraw(stage, order.id)
    assert states(stage, order.id) == ["void", "stopping", "stopping"]
    assert order_state(stage, order.id) == "withdrawing"
    with stage.world.as_system() as w:
        told = w.session.scalars(select(Delivery).where(Delivery.round == NOTICE_ROUND)).all()
        assert {one.place_id for one in told} == {stage.clinics[1].id, stage.clinics[2].id}
        firsts = set(w.session.scalars(select(Delivery.state).where(Delivery.round == 1)))
        assert "owed" not in firsts, "the order itself is brought to nobody any more"
    with stage.world.as_("clinic", stage.clinics[2]) as w:
        assert inbox(w).on("sign")[0].state == "stopping"
        with pytest.raises(Refused):
            answering.report(w, part(w, order.id, stage.clinics[2]), TaskReport(uid="report-001", text="x"))
    stop(stage, order.id, 1)
    stop(stage, order.id, 1)
    assert order_state(stage, order.id) == "withdrawing"
    stage.world.wait(minutes=5)
    stop(stage, order.id, 2)
    assert states(stage, order.id) == ["void", "stopped", "stopped"]
    with stage.world.as_system() as w:
        ended = w.get(Directive, order.id)
        assert (ended.state, ended.ended_at, ended.end_note) == ("cancelled", w.now, "the laboratory erred")
    told = stage.world.journal("dispatch.WorkStopped")
    assert [entry.data["way"] for entry in told] == ["qr", "qr"]
    journal = " ".join(str(entry.data) for entry in stage.world.journal())
    assert "laboratory" not in journal, "words are rows, never journal"
    assert not stage.world.errands("dead")


def test_what_nobody_has_ends_at_once(stage: Stage) -> None:
    order = stage.issued()
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "a mistake")
        assert w.get(Directive, order.id).state == "cancelled"
    assert states(stage, order.id) == ["void"] * 3


def test_silence_about_stopping_is_pressed_and_passed_up(stage: Stage) -> None:
    order = stage.issued()
    stage.sign(order, stage.clinics[0])
    withdraw(stage, order.id)
    stage.world.wait(minutes=61)
    stage.world.run()
    steps = [entry.data["step"] for entry in stage.world.journal("dispatch.RecipientsReminded")]
    assert steps == ["stop_1_next_channel"]
    stage.world.wait(minutes=60)
    stage.world.run()
    with stage.world.as_system() as w:
        assert w.session.scalars(select(Escalation)).one().place_id == stage.office.id
    stop(stage, order.id, 0)
    stage.world.wait(minutes=61)
    stage.world.run()
    assert len(stage.world.journal("dispatch.LatenessPassedUp")) == 1, "nobody is pressed who has stopped"


def test_what_was_made_of_it_is_withdrawn_all_the_way_down(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    child = passed_on(stage, above)
    clinic = stage.clinics[0]
    one = stage.world.people([clinic], 1)[0]
    with stage.world.as_("clinic_lead", clinic) as w:
        last = cascading.pass_on(w, part(w, child.id, clinic), passing("pass-0003", people=[one.id])).id
    with person(stage.world, one, clinic) as w:
        answering.acknowledge(w, part(w, last, clinic, one.id))
    withdraw(stage, above.id)
    assert [order_state(stage, id) for id in (above.id, child.id, last)] == ["withdrawing"] * 3
    assert states(stage, child.id) == ["stopping", "void", "void"]
    with person(stage.world, one, clinic) as w:
        ending.confirm_stop(w, part(w, last, clinic, one.id))
    with stage.world.as_("clinic", clinic) as w:
        ending.confirm_stop(w, part(w, child.id, clinic))
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        ending.confirm_stop(w, part(w, above.id, stage.office))
    stage.world.run()
    assert [order_state(stage, id) for id in (above.id, child.id, last)] == ["cancelled"] * 3
    with stage.world.as_system() as w:
        assert {w.get(Directive, id).end_note for id in (above.id, child.id, last)} == {
            "the laboratory erred"
        }


def test_who_is_let_off_lets_off_those_below(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    child = passed_on(stage, above)
    stage.sign(child, stage.clinics[0])
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.waive(w, part(w, above.id, stage.office), Saying(uid="waiver-001", text="done by the city"))
    stage.world.run()
    assert states(stage, child.id) == ["stopping", "void", "void"]
    assert order_state(stage, above.id) == "issued", "an order does not close over open ones"
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.waive(w, part(w, child.id, stage.clinics[0]), Saying(uid="waiver-002", text="by telephone"))
    stage.world.run()
    assert [order_state(stage, id) for id in (child.id, above.id)] == ["cancelled", "closed"]


def test_a_second_run_of_all_that_was_owed_changes_nothing(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    child = passed_on(stage, above)
    stage.sign(child, stage.clinics[0])
    withdraw(stage, above.id)
    before = everything(stage.world)
    again(stage.world)
    stage.world.run()
    assert everything(stage.world) == before


def test_a_double_click_withdraws_once_and_a_stale_page_not_at_all(stage: Stage) -> None:
    order = stage.issued()
    stage.sign(order, stage.clinics[0])
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Stale):
        ending.withdraw(w, w.get(Directive, order.id), "a mistake", version=1)
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Invalid):
        ending.withdraw(w, w.get(Directive, order.id), "  ")
    withdraw(stage, order.id)
    withdraw(stage, order.id, "again")
    assert len(stage.world.journal("dispatch.DirectiveWithdrawn")) == 1


def test_who_passed_it_on_may_take_that_back_and_no_more(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    child = passed_on(stage, above)
    stage.sign(child, stage.clinics[0])
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w, pytest.raises(Forbidden):
        ending.withdraw(w, w.get(Directive, above.id), "no")
    with stage.world.as_("clinic_lead", stage.clinics[0]) as w, pytest.raises(Forbidden):
        ending.withdraw(w, w.get(Directive, child.id), "no")
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        ending.withdraw(w, w.get(Directive, child.id), "split it anew")
    stage.world.run()
    assert (order_state(stage, child.id), order_state(stage, above.id)) == ("withdrawing", "issued")
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w, pytest.raises(Refused):
        answering.report(w, part(w, above.id, stage.office), TaskReport(uid="report-001", text="done"))
    stop(stage, child.id, 0)
    assert order_state(stage, child.id) == "cancelled"
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        answering.report(w, part(w, above.id, stage.office), TaskReport(uid="report-001", text="done"))


def test_whoever_gets_the_new_order_is_told_by_it_and_the_others_must_stop(stage: Stage) -> None:
    old = stage.issued()
    for at in (0, 1):
        stage.sign(old, stage.clinics[at])
    chosen = Choice(sites=(stage.clinics[0].id,))
    new = stage.issued(token="form-0002", supersedes_id=old.id, choice=chosen)
    assert states(stage, old.id) == ["void", "stopping", "void"]
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        assert new.number in {card.replaced_by for card in inbox(w).cards}
    stop(stage, old.id, 1)
    assert order_state(stage, old.id) == "superseded"
    assert [entry.data["by"] for entry in stage.world.journal("dispatch.DirectiveSuperseded")] == [new.id]


def test_a_named_person_alone_signs_that_the_work_stopped(stage: Stage) -> None:
    clinic = stage.clinics[0]
    above = stage.issued(choice=Choice(sites=(clinic.id,)))
    first, second = stage.world.people([clinic], 2)
    with stage.world.as_("clinic_lead", clinic) as w:
        child = cascading.pass_on(w, part(w, above.id, clinic), passing(people=[first.id])).id
    with person(stage.world, first, clinic) as w:
        answering.acknowledge(w, part(w, child, clinic, first.id))
    withdraw(stage, above.id)
    with person(stage.world, second, clinic) as w, pytest.raises(Missing):
        ending.confirm_stop(w, part(w, child, clinic, first.id))


def test_the_desk_signs_for_a_site_after_a_call(stage: Stage) -> None:
    order = stage.issued()
    clinic = stage.clinics[0]
    said = Saying(uid="behalf-001", text="reads it back word for word")
    for _ in range(2):
        with stage.world.as_("duty_officer", stage.district, "duty") as w:
            signing_for.sign_for(w, part(w, order.id, clinic), said, "Dr Zhou")
    with stage.world.as_("duty_officer", stage.district) as w:
        mine = part(w, order.id, clinic)
        assert (mine.state, mine.acknowledged_way, mine.acknowledged_by) == ("acknowledged", "behalf", "duty")
        kept = w.session.scalars(select(Remark).where(Remark.recipient_id == mine.id)).one()
        assert (kept.kind, kept.text) == ("behalf", "Dr Zhou: reads it back word for word")
        with pytest.raises(Refused):
            signing_for.sign_for(w, mine, Saying(uid="behalf-002", text="again"), "Dr Zhou")
    (entry,) = stage.world.journal("dispatch.DirectiveAcknowledged")
    assert (entry.data["way"], entry.actor) == ("behalf", "duty")
    assert "Zhou" not in str(entry.data)
    with stage.world.as_("clinic_lead", stage.clinics[1]) as w, pytest.raises(Forbidden):
        own = part(w, order.id, stage.clinics[1])
        signing_for.sign_for(w, own, Saying(uid="behalf-003", text="I say so"), "myself")


def test_the_routes_withdraw_stop_and_sign_for(sqlite_world: World) -> None:
    stage_ = stage.__wrapped__(sqlite_world)
    order, clinic = stage_.issued(), stage_.clinics[0]
    with sqlite_world.as_system() as w:
        mine, version = part(w, order.id, clinic).id, w.get(Directive, order.id).version
    desk = sqlite_world.browser_as("duty_officer", stage_.district, lang="en")
    said = {"uid": "behalf-001", "text": "read back", "spoke_with": "Dr Zhou"}
    assert desk.post(f"/recipients/{mine}/sign-for", json=said).get_json()["state"] == "acknowledged"
    page = desk.get(f"/desk/directives/{order.id}").get_data(as_text=True)
    assert "Withdraw it from all sites" in page
    answer = desk.post(f"/directives/{order.id}/withdraw", json={"note": "no more", "version": version})
    assert answer.get_json()["state"] == "withdrawing"
    sqlite_world.run()
    phone = sqlite_world.browser_as("clinic", clinic, lang="en")
    assert "Stop work on it now" in phone.get("/inbox").get_data(as_text=True)
    assert phone.post(f"/recipients/{mine}/confirm-stop", json={}).get_json()["state"] == "stopped"
    sqlite_world.run()
    assert order_state(stage_, order.id) == "cancelled"
    assert desk.get(f"/desk/directives/{order.id}").status_code == 200
    assert phone.get("/inbox").status_code == 200
