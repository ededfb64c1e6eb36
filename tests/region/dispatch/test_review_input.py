"""What must not come in: kinds that nobody writes, one's own answer, and bodies that no column or reader takes."""

from __future__ import annotations

from typing import Any

import pytest

from region.dispatch.actions import reviewing
from region.dispatch.schemas import Choice, Condition, Draft, PassOn, Saying
from region.spine.errors import Forbidden, Invalid
from tests.flows.cascade_stage import OFFICE, part, passed_on
from tests.flows.stage import Stage, stage
from tests.flows.test_upward import OFFICER, asked, here, ruled

__all__ = ["stage"]


@pytest.mark.parametrize("kind", ["roll_call", "supervision", "request", "incident_report"])
def test_nobody_words_an_order_of_a_kind_that_rules_give_or_that_goes_up(stage: Stage, kind: str) -> None:
    with pytest.raises(Invalid, match="no-such-kind"):
        stage.issued(kind=kind, urgency="flash")
    parent = stage.issued(token="form-0002", choice=OFFICE)
    with pytest.raises(Invalid, match="no-such-kind"):
        passed_on(stage, parent, kind=kind)


def test_a_template_that_rules_use_is_no_way_around_the_second_person(stage: Stage) -> None:
    given = {"day": "2022-08-01", "limit": "15"}
    with pytest.raises(Invalid, match="no-such-kind"):
        stage.issued(token="form-0003", template="roll_call", given=given, kind=None, urgency="flash")


def test_what_came_up_is_passed_on_as_an_order_to_do_something_about_it(stage: Stage) -> None:
    assert passed_on(stage, asked(stage)).kind == "directive"


def test_an_office_takes_its_own_answer_by_no_way(stage: Stage) -> None:
    request = asked(stage)
    ruled(stage, request, "uid-00001")
    for role, place in ((OFFICER, stage.subdistrict), ("duty_officer", stage.district)):
        with stage.world.as_(role, place) as w, pytest.raises(Forbidden):
            reviewing.accept(w, here(w, request))
        with stage.world.as_(role, place) as w, pytest.raises(Forbidden):
            reviewing.send_back(w, here(w, request), Saying(uid="uid-00002", text="-"))


def test_numbers_that_are_none_and_titles_that_no_column_takes_are_refused(stage: Stage) -> None:
    for value in (float("inf"), float("nan")):
        with pytest.raises(ValueError, match="finite"):
            Condition(fact="a", op="<", value=value)
        with pytest.raises(ValueError, match="finite"):
            PassOn.model_validate({"form_token": "pass-0001", "targets": {1: {"n": value}}})
        with pytest.raises(ValueError, match="finite"):
            Choice.model_validate({"polygon": [[113, value], [114, 29], [114, 30]]})
    with pytest.raises(ValueError, match="at most 200"):
        stage.draft(title_zh="长" * 201)
    assert isinstance(stage.draft(title_zh="长" * 200), Draft)


def said(**facts: Any) -> dict[str, Any]:
    return {"uid": "uid-00001", "text": "-", **facts}


def test_hostile_bodies_are_answered_and_no_fault_of_ours(stage: Stage) -> None:
    order = stage.issued()
    with stage.world.as_system() as w:
        part = stage.recipient(w, order, stage.clinics[0]).id
    clinic = stage.world.browser_as("clinic", stage.clinics[0])
    desk = stage.world.browser_as("duty_officer", stage.district)
    nested = "[" * 100_000
    for path in (f"/recipients/{part}/trouble", f"/recipients/{part}/report"):
        answer = clinic.post(path, data=nested, content_type="application/json")
        assert answer.status_code == 422, path
    for body in (
        [],
        [1],
        {"version": "x"},
        {"version": {}},
        {"version": []},
        {"version": 1.5},
        {"version": "²"},
    ):
        answer = desk.post(f"/directives/{order.id}/submit", json=body)
        assert answer.status_code in (200, 422), body
    for path in (f"/recipients/{part}/trouble", f"/recipients/{part}/report"):
        answer = clinic.post(path, json=said(text="a\x00b"))
        assert answer.status_code in (200, 400, 422), path
    for token in ("", "a b", "'" * 40):
        answer = desk.post(
            "/desk/roll-call", data={"form_token": token}, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 422, token


def test_a_named_person_s_numbers_are_ready_for_nobody_else(stage: Stage) -> None:
    holder = stage.world.people([stage.clinics[0]], 1)[0]
    child = passed_on(stage, stage.issued(choice=OFFICE), choice=Choice(), people=[holder.id])
    with stage.world.as_system() as w:
        mine = part(w, child.id, stage.clinics[0], holder.id).id
    colleague = stage.world.browser_as("clinic", stage.clinics[0], "colleague")
    assert colleague.get(f"/recipients/{mine}/prefilled").status_code == 404
