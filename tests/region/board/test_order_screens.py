"""An order's page: people, moved sites, what was made of it, supervision; and what the desk signs on behalf."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from region.accounts import actions as accounts
from region.board.queries import desk_directive, desk_history, order_family
from region.board.queries.desk_areas import areas
from region.dispatch.actions import ending, printing, signing_for
from region.dispatch.events import RecipientMoved
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Saying
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Refused
from tests.flows.cascade_stage import OFFICE, part, passed_on
from tests.flows.stage import Stage, stage
from tests.world import World

__all__ = ["stage"]


def officer(stage: Stage, place: Place, login: str, role: str) -> int:
    with stage.world.as_system() as w:
        return accounts.ensure_account(
            w,
            login=login,
            name_zh="王小明",
            name_en="Wang Ming",
            place_id=place.id,
            role=role,
            phone="13800138000",
        ).id


def page(stage: Stage, path: str, role: str = "duty_officer") -> str:
    browser = stage.world.browser_as(role, stage.district, lang="en")
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def test_people_at_an_area_stand_among_the_recipients(stage: Stage) -> None:
    order = stage.issued()
    leader = officer(stage, stage.district, "leader1", "approver")
    with stage.world.as_system() as w:
        one = part(w, order.id, stage.clinics[0])
        w.tell(RecipientMoved(was=one.place_id, **one.about))
        w.session.execute(
            update(Recipient)
            .where(Recipient.id == one.id)
            .values(account_id=leader, place_id=stage.district.id)
        )
    with stage.world.as_("duty_officer", stage.district) as w:
        found = desk_directive.recipients(w, order, areas(w))
        assert len(found.lines) == 3, "nobody is missing"
        (named,) = [line for line in found.lines if line.person]
        assert named.site is None and named.word == "owed" and named.person is not None
        assert (named.person.en, named.person.role) == ("Wang Ming", "approver")
        assert sum(desk_directive.counts(w, order).values()) == 3
    with stage.world.as_("planner", stage.district) as w:
        (named,) = [line for line in desk_directive.recipients(w, order, areas(w)).lines if line.person]
        assert named.person is not None and named.person.zh == "王*明"
        assert "0013" not in named.person.phone
    text = page(stage, f"/desk/directives/{order.id}")
    assert "Wang Ming" in text and "Approver" in text
    assert "Wang Ming" in page(stage, f"/desk/recipients/{named.recipient.id}")


def test_a_moved_recipient_says_where_it_was(stage: Stage) -> None:
    order = stage.issued()
    with stage.world.as_system() as w:
        one = part(w, order.id, stage.clinics[0])
        one.was_place_id = stage.elsewhere.id
        w.tell(RecipientMoved(was=stage.elsewhere.id, **one.about))
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        found = [line.was for line in desk_directive.recipients(w, order, areas(w)).lines]
    assert [one.id for one in found if one] == [stage.elsewhere.id]
    assert f"was {stage.elsewhere.name_en}, merged" in page(stage, f"/desk/directives/{order.id}")


def test_orders_made_of_it_stand_below_it_with_all_that_is_below_them(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    child = passed_on(stage, above)
    stage.sign(child, stage.clinics[0])
    with stage.world.as_("duty_officer", stage.district) as w:
        (line,) = order_family.cascade(w, above)
        assert line.by is not None and line.by.id == stage.office.id
        assert (line.depth, line.child.whole.total, line.child.whole.signed) == (0, 3, 1)
        above_it = order_family.parent(w, w.get(Directive, child.id))
        assert above_it is not None and above_it.id == above.id
        told = desk_history.history(w, part(w, above.id, stage.office))
        assert ("It was passed on: recipients {n}", 3) in [(one.says, one.n) for one in told]
        below = desk_history.history(w, part(w, child.id, stage.clinics[1]))
        assert "It was passed on to it" in [one.says for one in below]
    text = page(stage, f"/desk/directives/{above.id}")
    assert f"/desk/directives/{child.id}" in text and "Passed on" in text
    assert "Made out of" in page(stage, f"/desk/directives/{child.id}")
    with stage.world.as_("duty_officer", stage.district) as w:
        mine = part(w, above.id, stage.office).id
    assert "1 of 3 signed, 0 done, 0 late" in page(stage, f"/desk/recipients/{mine}")


def test_each_supervision_order_says_who_is_late_still(stage: Stage) -> None:
    order = stage.issued()
    for clinic in stage.clinics:
        stage.sign(order, clinic)
    stage.finish(order, stage.clinics[0], "report-0001")
    for _ in range(12):  # four hours to report, and eight for the first supervision order
        stage.world.wait(hours=1)
        stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        found = order_family.sheets(w, order)
        assert [one.facts.times for one in found] == [1, 2]
        assert (found[-1].late, found[-1].facts.recipients) == (2, 2)
        assert found[0].late == 0, "the newest takes the place of the one before"
        told = [one.says for one in desk_history.history(w, part(w, order.id, stage.clinics[1]))]
        assert "Overdue: supervision order no. {n}" in told
    text = page(stage, f"/desk/directives/{order.id}")
    assert "no. 2" in text and found[-1].places[0].name_en in text
    assert "Supervises" in page(stage, f"/desk/directives/{found[0].facts.id}")


def test_people_called_stand_in_the_history_by_name_for_those_who_press(stage: Stage) -> None:
    officer(stage, stage.clinics[0], "holder1", "clinic")
    order = stage.issued()
    for _ in range(5):
        stage.world.wait(minutes=15)
        stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        told = desk_history.history(w, part(w, order.id, stage.clinics[0]))
        rungs = [one.rung for one in told if one.says == "Not answered: called {rung}"]
        assert "whoever is on duty there" in rungs
        mine = part(w, order.id, stage.clinics[0]).id
    assert "Not answered: called whoever is on duty there" in page(stage, f"/desk/recipients/{mine}")


def test_the_desk_signs_for_a_site_and_for_its_stop(stage: Stage) -> None:
    order, clinic = stage.issued(), stage.clinics[0]
    with stage.world.as_system() as w:
        mine = part(w, order.id, clinic).id
    desk = stage.world.browser_as("duty_officer", stage.district, lang="en")
    assert "Sign on its behalf" in desk.get(f"/desk/recipients/{mine}").get_data(as_text=True)
    said = {"uid": "behalf-0001", "text": "read back", "spoke_with": "Dr Zhou"}
    here = f"/desk/recipients/{mine}"
    assert desk.post(f"/recipients/{mine}/sign-for", data={**said, "next": here}).status_code == 303
    text = desk.get(here).get_data(as_text=True)
    assert "by the desk, on behalf" in text and "Dr Zhou: read back" in text
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "the laboratory erred")
    assert "1 have not signed" in desk.get(f"/desk/directives/{order.id}").get_data(as_text=True)
    assert "Sign the stop on its behalf" in desk.get(here).get_data(as_text=True)
    stop = {"uid": "behalf-0002", "text": "stopped at nine", "spoke_with": "Dr Zhou", "next": here}
    assert desk.post(f"/recipients/{mine}/stop-for", data=stop).status_code == 303
    stage.world.run()
    text = desk.get(here).get_data(as_text=True)
    assert "Dr Zhou: stopped at nine" in text and "The site signed that work has stopped" in text
    with stage.world.as_system() as w:
        assert w.get(Directive, order.id).state == "cancelled"
    (entry,) = stage.world.journal("dispatch.WorkStopped")
    assert entry.data["way"] == "behalf" and "Zhou" not in str(entry.data)


def test_a_stop_is_signed_once_with_a_name_and_by_the_desk_alone(stage: Stage) -> None:
    order, clinic = stage.issued(), stage.clinics[0]
    stage.sign(order, clinic)
    said = Saying(uid="behalf-0003", text="stopped")
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Refused):
        signing_for.stop_for(w, part(w, order.id, clinic), said, "Dr Zhou")
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "an error")
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Invalid):
        signing_for.stop_for(w, part(w, order.id, clinic), said, " ")
    with stage.world.as_("clinic_lead", clinic) as w, pytest.raises(Forbidden):
        signing_for.stop_for(w, part(w, order.id, clinic), said, "myself")
    for _ in range(2):
        with stage.world.as_("duty_officer", stage.district) as w:
            signing_for.stop_for(w, part(w, order.id, clinic), said, "Dr Zhou")
    assert len(stage.world.journal("dispatch.WorkStopped")) == 1


def test_the_papers_of_an_order_are_there_once_and_open(sqlite_world: World) -> None:
    stage_ = stage.__wrapped__(sqlite_world)
    order = stage_.issued()
    browser = sqlite_world.browser_as("duty_officer", stage_.district, lang="en")
    here = f"/desk/directives/{order.id}"
    text = browser.get(here).get_data(as_text=True)
    assert "print.pdf" not in text, "nothing was printed yet"
    with sqlite_world.as_("duty_officer", stage_.district) as w:
        assert printing.print_orders(w, w.get(Directive, order.id)) == 3
    sqlite_world.run()
    text = browser.get(here).get_data(as_text=True)
    kinds = {}
    for path in ("campaign", "proof.pdf?part=1", "proof.xlsx", "print.pdf"):
        assert text.count(f'href="{here}/{path}"') == 1, path
        answer = browser.get(f"{here}/{path}")
        assert answer.status_code == 200, path
        kinds[path] = answer.mimetype
    assert kinds["proof.pdf?part=1"] == kinds["print.pdf"] == "application/pdf"
    cap = next(line for line in text.splitlines() if "CAP message" in line).split('href="')[1].split('"')[0]
    assert browser.get(cap).status_code == 200
