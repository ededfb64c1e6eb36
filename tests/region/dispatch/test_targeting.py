"""The composer's questions by HTTP, what an order of one's own asks to hand in, and what must not stand in titles."""

from __future__ import annotations

import re
from typing import Any

import pytest

from region.dispatch.actions import writing
from region.dispatch.wording import PACK
from region.spine.errors import Invalid
from tests.flows.stage import Stage, stage

__all__ = ["stage"]
MASKS = {
    "name": "masks",
    "type": "number",
    "label": {"zh": "口罩", "en": "Masks"},
    "unit": {"zh": "只", "en": "pieces"},
    "target": 500,
}


def composed(stage: Stage, *evidence: dict[str, Any]) -> list[Any]:
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        return writing.compose(w, stage.draft(evidence=evidence), stage.district.id).evidence


def test_reach_says_who_where_how_and_what_is_unknown(stage: Stage) -> None:
    browser = stage.world.browser_as("duty_officer", stage.district)
    rule = {"fact": "reported.masks", "op": "<", "value": 5, "level": "subdistrict"}
    said = browser.post("/directives/reach", json={"areas": [stage.subdistrict.id]}).get_json()
    assert (said["total"], said["reachable"], said["channels"]) == (4, 3, {"portal": 3})
    assert said["areas"] == [{"id": stage.subdistrict.id, "sites": 4}]
    assert said["cut_off"] == [stage.office.id] and str(stage.office.id) in said["names"]
    said = browser.post("/directives/reach", json={"conditions": [rule]}).get_json()
    assert (said["total"], len(said["unknown"])) == (0, 5)
    assert [one["known"] for one in said["gaps"][0]["sums"]] == [0, 0]
    assert browser.post("/directives/reach", json={"conditions": [rule] * 9}).status_code == 422


def test_groups_by_http(stage: Stage) -> None:
    browser = stage.world.browser_as("duty_officer", stage.district)
    given = {"name_zh": "镇内", "choice": {"areas": [stage.subdistrict.id]}}
    group = browser.post("/directives/groups", json=given).get_json()
    assert group["name_en"] == "镇内"
    assert "镇内" in browser.get("/desk/compose").get_data(as_text=True)
    said = browser.post("/directives/reach", json={"groups": [group["id"]]}).get_json()
    assert said["total"] == 4
    assert browser.post(f"/directives/groups/{group['id']}/end").status_code == 200
    assert (
        browser.post("/directives/reach", json={"groups": [group["id"]]}).get_json()["error"]
        == "no-such-group"
    )


def test_an_order_of_one_s_own_may_ask_for_numbers(stage: Stage) -> None:
    (kept,) = composed(stage, MASKS)
    assert (kept["name"], kept["target"], kept["required"]) == ("masks", 500, True)


@pytest.mark.parametrize(
    "wrong", [{"unit": None}, {"label": {"zh": "口罩"}}, {"target": -1}, {"name": "口罩"}, {"secret": 1}]
)
def test_what_is_ill_made_is_refused_by_its_number(stage: Stage, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="evidence-ill-made") as refused:
        composed(stage, MASKS, {**MASKS, "name": "gowns", **wrong})
    assert str(refused.value.facts["field"]).startswith("evidence.1.")


def test_two_items_of_one_name_are_refused(stage: Stage) -> None:
    with pytest.raises(Invalid, match="evidence-named-twice"):
        composed(stage, MASKS, MASKS)


def test_titles_that_seem_to_hold_a_person_are_known(stage: Stage) -> None:
    marks = stage.world.office.rules.value(PACK, "targeting.title_marks")

    def found(title: str) -> list[str]:
        return [name for name, pattern in marks.items() if re.search(pattern, title)]

    assert found("请王小明先生到中心医院") == ["name_zh"] and found("Dear Mrs Wang") == ["name_en"]
    assert "number" in found("核查 11010519900307123X") and "number" in found("Call 138 0013 8000")
    assert found("联系 0710-3512345 转 8") != []
    for plain in (
        "2026-11-24 02:11 前上报口罩库存",
        "全体医生今晚到岗",
        "Count 1,200 tubes by 20:00 on 24 Nov 2026",
    ):
        assert found(plain) == []


def test_the_second_person_sees_what_changes(stage: Stage) -> None:
    old = stage.issued()
    given = {"supersedes_id": old.id, "body_en": "Count tomorrow.", "urgency": "flash"}
    draft = stage.draft("form-0002", **given)
    browser = stage.world.browser_as("duty_officer", stage.district, lang="en")
    shown = browser.post("/desk/compose/difference", json=draft.model_dump(mode="json")).get_data(
        as_text=True
    )
    assert "<ins>tomorrow</ins>" in shown and "<ins>Flash</ins>" in shown
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        writing.submit(w, new := writing.compose(w, draft, stage.district.id))
    leader = stage.world.browser_as("approver", stage.district, lang="en")
    page = leader.get(f"/desk/directives/{new.id}").get_data(as_text=True)
    assert "<del>tonight</del>" in page and "css/compose.css" in page
    assert "difference-title" not in leader.get(f"/desk/directives/{old.id}").get_data(as_text=True)
