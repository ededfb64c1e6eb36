"""An authority's CAP message becomes a draft for the sites that it means, once, and a drill never a real order."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from region.accounts import actions as accounts
from region.dispatch.actions import writing
from region.dispatch.models import Directive
from region.formats import cap
from region.interop.actions.taking_in import take_in
from region.interop.queries.cap_in import intake
from region.spine.clock import Realm
from region.spine.errors import Forbidden, Invalid, Refused
from tests.flows.stage import Stage
from tests.world import START, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The story on both databases is in test_story.py."""

INFO = cap.Info(
    categories=("Health",),
    event="Warning circular",
    urgency="Immediate",
    severity="Severe",
    certainty="Likely",
    headline="Count masks now",
    description="Count all masks.",
    instruction="Report tonight.",
    expires=START + timedelta(hours=5),
)


def alert(stage: Stage, *, area: cap.Area | None = None, **facts: Any) -> cap.Alert:
    where = area or cap.Area("town", geocodes=(cap.Named("place-code", stage.subdistrict.code),))
    english = replace(INFO, areas=(where,))
    chinese = replace(
        english,
        language="zh-CN",
        headline="立即清点口罩",
        description="清点全部口罩。",
        instruction="今晚反馈。",
    )
    said: dict[str, Any] = {
        "identifier": "YC-7",
        "sender": "duty@yunchuan.example",
        "sent": START,
        "status": "Actual",
        "message_type": "Alert",
        "scope": "Public",
        "infos": (chinese, english),
    }
    return cap.Alert(**{**said, **facts})


def taken(stage: Stage, message: cap.Alert, **how: Any) -> Directive:
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        return take_in(w, cap.write(message), stage.district.id, **how)


def test_a_message_becomes_a_draft_for_the_sites_in_its_area(stage: Stage) -> None:
    draft = taken(stage, alert(stage))
    assert (draft.state, draft.kind, draft.urgency) == ("draft", "warning_circular", "urgent")
    assert (draft.title_zh, draft.title_en) == ("立即清点口罩", "Count masks now")
    assert draft.body_en == "Count all masks.\nReport tonight."
    assert draft.task_minutes == 300 and "YC-7" in draft.ground
    assert set(draft.chosen) == {stage.office.id, *(clinic.id for clinic in stage.clinics)}
    assert not stage.world.journal("dispatch.DirectiveIssued")


def test_the_same_message_twice_is_the_same_draft_and_another_text_under_its_name_is_refused(
    stage: Stage,
) -> None:
    first = taken(stage, alert(stage))
    assert taken(stage, alert(stage)).id == first.id
    assert len(stage.world.journal("dispatch.DirectiveComposed")) == 1
    with pytest.raises(Refused, match="cap-changed"):
        taken(stage, alert(stage, note="another"))


def test_types_of_sites_may_be_left_out(stage: Stage) -> None:
    draft = taken(stage, alert(stage), types=("subdistrict_office",))
    assert draft.chosen == [stage.office.id]


def test_polygons_circles_and_addresses_choose_too(stage: Stage) -> None:
    clinic = stage.clinics[1]
    assert clinic.lon is not None and clinic.lat is not None
    x, y, d = clinic.lon, clinic.lat, 0.00004
    ring = ((x - d, y - d), (x + d, y - d), (x + d, y + d), (x - d, y + d), (x - d, y - d))
    for n, area in enumerate(
        (cap.Area("here", polygons=(ring,)), cap.Area("here", circles=(cap.Circle((x, y), 0.004),)))
    ):
        assert taken(stage, alert(stage, area=area, identifier=f"YC-{n}")).chosen == [clinic.id]
    addressed = alert(stage, scope="Private", addresses=(stage.elsewhere.code, "nobody"), identifier="YC-p")
    draft = taken(stage, addressed)
    assert (draft.kind, draft.chosen) == ("directive", [stage.elsewhere.id])
    with stage.world.as_("duty_officer", stage.district) as w:
        assert intake(w, cap.write(addressed), stage.district.id).found.unknown == ("nobody",)


def test_foreign_sites_are_never_chosen(stage: Stage) -> None:
    west = stage.world.area(level="district")
    stage.world.clinic(west)
    area = cap.Area("west", geocodes=(cap.Named("place-code", west.code),))
    with pytest.raises(Invalid, match="cap-nobody"):
        taken(stage, alert(stage, area=area))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"status": "Exercise"}, "cap-not-real"),
        ({"status": "Test"}, "cap-not-real"),
        ({"status": "Draft"}, "cap-status"),
        ({"status": "System"}, "cap-status"),
        ({"message_type": "Cancel", "references": (cap.Reference("a", "b", START),)}, "cap-no-order"),
        ({"message_type": "Ack", "references": (cap.Reference("a", "b", START),)}, "cap-no-order"),
        ({"infos": ()}, "cap-says-nothing"),
        ({"infos": (replace(INFO, expires=START + timedelta(seconds=1)),)}, "cap-expired"),
    ],
)
def test_what_is_no_order_becomes_none(stage: Stage, facts: dict[str, Any], code: str) -> None:
    stage.world.wait(minutes=1)
    with pytest.raises(Refused, match=code):
        taken(stage, alert(stage, **facts))


def test_in_an_exercise_a_drill_is_taken_in_and_a_real_message_is_not(
    world: World, request: pytest.FixtureRequest
) -> None:
    with world.as_system() as w:
        w.session.add(Realm(id=7, name_zh="演练", name_en="Drill", rate=1.0))
    world.realm = 7
    drill: Stage = request.getfixturevalue("stage")
    assert taken(drill, alert(drill, status="Exercise")).realm == 7
    with pytest.raises(Refused, match="cap-real-in-exercise"):
        taken(drill, alert(drill, identifier="YC-8"))


def test_an_update_takes_the_place_of_the_order_that_came_of_the_earlier_message(stage: Stage) -> None:
    first = alert(stage)
    draft = taken(stage, first)
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        writing.submit(w, w.get(Directive, draft.id))
    with stage.world.as_("approver", stage.district, "leader") as w:
        row = w.get(Directive, draft.id)
        if row.state == "awaiting_approval":
            writing.approve(w, row)
        writing.issue(w, row)
    update = alert(stage, identifier="YC-9", message_type="Update", references=(first.reference,))
    assert taken(stage, update).supersedes_id == draft.id


def test_one_language_stands_in_for_the_other_and_says_so(stage: Stage) -> None:
    full = alert(stage)
    draft = taken(stage, replace(full, infos=full.infos[1:]))
    assert draft.title_zh == "Count masks now" and draft.body_zh.startswith("（来文没有中文文本")
    french = replace(full.infos[1], language="fr", headline="Comptez")
    assert taken(stage, replace(full, identifier="YC-f", infos=(french,))).title_en == "Comptez"


def test_which_response_must_be_clear(stage: Stage) -> None:
    second = stage.world.incident(stage.district)
    with pytest.raises(Invalid, match="cap-which-response"):
        taken(stage, alert(stage))
    assert taken(stage, alert(stage, incidents=(second.code,))).incident_id == second.id
    assert (
        taken(stage, alert(stage, identifier="YC-2"), incident=stage.incident).incident_id == stage.incident
    )


def test_who_may_not_compose_takes_nothing_in(stage: Stage) -> None:
    with stage.world.as_("clinic", stage.clinics[0]) as w, pytest.raises(Forbidden):
        take_in(w, cap.write(alert(stage)), stage.district.id)


def program(stage: Stage, scopes: list[str]) -> dict[str, str]:
    with stage.world.as_system() as w:
        _token, secret = accounts.make_token(
            w,
            name="authority",
            place_id=stage.district.id,
            role="duty_officer",
            scopes=scopes,
            days=30,
        )
    return {"Authorization": f"Bearer {secret}"}


def test_a_program_hands_a_message_in(stage: Stage) -> None:
    browser = stage.world.browser()
    data = cap.write(alert(stage))
    headers = program(stage, ["dispatch.compose"])
    answers = [browser.post("/api/v1/cap", data=data, headers=headers).json for _ in range(2)]
    assert answers[0] == answers[1] and answers[0]["state"] == "draft" and answers[0]["sites"] == 4
    refused = browser.post("/api/v1/cap", data=cap.write(alert(stage, status="Test")), headers=headers)
    assert (refused.status_code, refused.json["error"]) == (409, "cap-not-real")
    broken = browser.post("/api/v1/cap", data=data.replace(b">Actual<", b">Real<"), headers=headers)
    assert (broken.status_code, broken.json["facts"]["path"]) == (422, "/alert/status")
    reader = program(stage, ["dispatch.read"])
    assert browser.post("/api/v1/cap", data=data, headers=reader).status_code == 403


def upload(browser: Any, data: bytes) -> Any:
    return browser.post("/desk/cap", data={"file": (io.BytesIO(data), "warning.xml")})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_desk_sees_the_plan_and_makes_the_draft(stage: Stage, lang: str) -> None:
    browser = stage.world.browser_as("duty_officer", stage.district, lang=lang)
    assert browser.get("/desk/cap").status_code == 200
    page = upload(browser, cap.write(alert(stage))).get_data(as_text=True)
    assert "立即清点口罩" in page and "Count masks now" in page
    assert not stage.world.journal("dispatch.DirectiveComposed")
    content = page.split('name="content" value="')[1].split('"')[0]
    sent = {"content": content, "incident": str(stage.incident), "types": ["community_health_centre"]}
    made = browser.post("/desk/cap/apply", data=sent)
    assert made.status_code == 303 and made.headers["Location"].startswith("/desk/directives/")
    (told,) = stage.world.journal("dispatch.DirectiveComposed")
    assert told.data["recipients"] == 3
    again = upload(browser, cap.write(alert(stage))).get_data(as_text=True)
    assert made.headers["Location"] in again and 'action="/desk/cap/apply"' not in again


def test_the_desk_is_told_why_a_file_is_refused(stage: Stage) -> None:
    browser = stage.world.browser_as("duty_officer", stage.district, lang="en")
    drill = upload(browser, cap.write(alert(stage, status="Exercise"))).get_data(as_text=True)
    assert "never becomes a real order" in drill and 'action="/desk/cap/apply"' not in drill
    wrong = upload(browser, cap.write(alert(stage)).replace(b">Severe<", b">Bad<"))
    assert wrong.status_code == 422 and "/alert/info[1]/severity" in wrong.get_data(as_text=True)
    assert browser.post("/desk/cap", data={}).status_code == 422
    assert browser.post("/desk/cap", data={"content": "AAAA"}).status_code == 422
