"""Orders as CAP messages and warnings as feeds: real or drill, to whom, and read by other programs."""

from __future__ import annotations

from typing import Any

import capparser
import feedparser
import pytest

from region.dispatch.actions import ending, publishing, writing
from region.dispatch.models import Directive
from region.formats import cap
from region.spine.clock import Realm
from region.spine.errors import Forbidden, Invalid, Refused
from tests.flows.stage import Stage
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The story on both databases is in test_story.py."""

WARNING = {
    "kind": "warning_circular",
    "title_zh": "蓝色预警",
    "title_en": "Blue warning",
    "body_zh": "请注意 <防护>。",
    "body_en": "Mind & protect.",
}


def message_for(
    stage: Stage, directive: Directive, role: str = "duty_officer", place: Any = None
) -> cap.Alert:
    browser = stage.world.browser_as(role, place or stage.district)
    answer = browser.get(f"/api/v1/directives/{directive.id}/cap")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/cap+xml"
    assert cap.check(answer.get_data()) == []
    return cap.read(answer.get_data())


def published(stage: Stage, token: str = "form-warn", level: int = 4) -> Directive:
    directive = stage.issued(token=token, **WARNING)
    with stage.world.as_("approver", stage.district, "leader") as w:
        publishing.set_public(w, w.get(Directive, directive.id), level)
    return directive


def test_an_order_is_a_private_message_to_its_recipients(stage: Stage) -> None:
    directive = stage.issued()
    alert = message_for(stage, directive)
    assert (alert.status, alert.message_type, alert.scope) == ("Actual", "Alert", "Private")
    assert alert.addresses == tuple(sorted(clinic.code for clinic in stage.clinics))
    assert alert.identifier == directive.number
    zh, en = alert.infos
    assert (zh.language, zh.headline, en.language, en.headline) == (
        "zh-CN",
        "清点口罩",
        "en-US",
        "Count masks",
    )
    assert (en.urgency, en.severity, en.responses) == ("Expected", "Unknown", ("Execute",))
    assert [area.geocodes[0].value for area in en.areas] == [stage.subdistrict.code]
    assert en.areas[0].polygons and en.expires == directive.task_due
    assert en.instruction is not None and en.instruction.startswith("Acknowledge by Mon 1 Aug")


def test_a_recipient_reads_its_own_address_only(stage: Stage) -> None:
    directive = stage.issued()
    alert = message_for(stage, directive, "clinic", stage.clinics[0])
    assert alert.addresses == (stage.clinics[0].code,)


def test_another_program_reads_our_message(stage: Stage) -> None:
    directive = stage.issued()
    browser = stage.world.browser_as("duty_officer", stage.district)
    theirs = capparser.parse(
        stringXML=browser.get(f"/api/v1/directives/{directive.id}/cap").get_data(as_text=True)
    )
    assert theirs.identifier[0] == directive.number and theirs.msgType[0] == "Alert"
    assert [info.language[0] for info in theirs.info[0]] == ["zh-CN", "en-US"]
    assert theirs.info[0][1].headline[0] == "Count masks"


@pytest.fixture
def drill(world: World, request: pytest.FixtureRequest) -> Stage:
    """The same stage inside an exercise."""
    with world.as_system() as w:
        w.session.add(Realm(id=7, name_zh="演练", name_en="Drill", rate=1.0))
    world.realm = 7
    made: Stage = request.getfixturevalue("stage")
    return made


def test_a_drill_is_an_exercise_in_status_note_and_title(drill: Stage) -> None:
    directive = published(drill)
    browser = drill.world.browser_as("duty_officer", drill.district, realm=7)
    alert = cap.read(browser.get(f"/api/v1/directives/{directive.id}/cap").get_data())
    assert alert.status == "Exercise" and "EXERCISE" in str(alert.note)
    assert [info.headline for info in alert.infos] == ["【演练】 蓝色预警", "[EXERCISE] Blue warning"]
    assert alert.identifier == f"EX7-{directive.number}"


def test_a_drill_s_warning_is_in_the_exercise_s_feed_alone(drill: Stage) -> None:
    directive = published(drill)
    stranger = drill.world.browser()
    inside = drill.world.browser_as("duty_officer", drill.district, realm=7, lang="en")
    for browser in (stranger, inside):
        assert feedparser.parse(browser.get("/feeds/warnings.atom").get_data()).entries == []
        assert browser.get(f"/feeds/warnings/EX7-{directive.number}.cap").status_code == 404
        assert browser.get(f"/feeds/warnings/{directive.number}.cap").status_code == 404
    found = feedparser.parse(inside.get("/feeds/exercise.atom").get_data())
    assert "not real" in found.feed.title and found.entries[0].title == "[EXERCISE] Blue warning"
    assert cap.read(inside.get(f"/feeds/exercise/EX7-{directive.number}.cap").get_data()).status == "Exercise"
    assert stranger.get("/feeds/exercise.atom").status_code in (302, 401)
    real = drill.world.browser_as("duty_officer", drill.district, login="real")
    assert real.get("/feeds/exercise.atom").status_code == 404


def test_a_connectivity_drill_is_a_test(stage: Stage) -> None:
    given = {"limit": 15, "number": "T-1"}
    facts = dict.fromkeys(("kind", "urgency", "title_zh", "title_en", "body_zh", "body_en"))
    directive = stage.issued(template="connectivity_drill", given=given, **facts)
    assert message_for(stage, directive).status == "Test"


def test_what_takes_another_s_place_updates_it(stage: Stage) -> None:
    first = stage.issued()
    second = stage.issued(token="form-0002", supersedes_id=first.id)
    old, new = message_for(stage, first), message_for(stage, second)
    assert new.message_type == "Update" and new.references == (old.reference,)


def test_an_order_that_is_called_off_is_a_cancel(stage: Stage) -> None:
    directive = published(stage)
    alerted = message_for(stage, directive)
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, directive.id), "all clear")
    alert = message_for(stage, directive)
    assert (alert.message_type, alert.references) == ("Cancel", (alerted.reference,))
    assert alert.infos[1].responses == ("AllClear",)
    feed = feedparser.parse(stage.world.browser().get("/feeds/warnings.atom?lang=en").get_data())
    assert sorted(entry.title for entry in feed.entries) == ["Blue warning", "[CANCELLED] Blue warning"]
    cancel = stage.world.browser().get(f"/feeds/warnings/{directive.number}.cancel.cap")
    assert cap.read(cancel.get_data()).message_type == "Cancel"


def test_a_signature_is_an_ack(stage: Stage) -> None:
    directive = stage.issued()
    clinic = stage.clinics[0]
    browser = stage.world.browser_as("clinic", clinic)
    with stage.world.as_system() as w:
        recipient = stage.recipient(w, directive, clinic).id
    assert browser.get(f"/api/v1/recipients/{recipient}/cap").status_code == 409
    stage.sign(directive, clinic)
    data = browser.get(f"/api/v1/recipients/{recipient}/cap").get_data()
    assert cap.check(data) == []
    ack = cap.read(data)
    assert ack.message_type == "Ack" and ack.references == (message_for(stage, directive).reference,)
    assert ack.sender.startswith(f"{clinic.code}@") and ack.addresses == (stage.district.code,)


def test_a_draft_has_no_message(stage: Stage) -> None:
    with stage.world.as_("duty_officer", stage.district) as w:
        draft = writing.compose(w, stage.draft(), stage.district.id)
    browser = stage.world.browser_as("duty_officer", stage.district)
    answer = browser.get(f"/api/v1/directives/{draft.id}/cap")
    assert (answer.status_code, answer.json["error"]) == (409, "cap-not-issued")


def test_the_public_feed_is_for_everybody_and_holds_nothing_else(stage: Stage) -> None:
    stage.issued()
    stage.issued(token="form-quiet", **{**WARNING, "title_en": "Not public"})
    directive = published(stage)
    browser = stage.world.browser()
    answer = browser.get("/feeds/warnings.atom?lang=en")
    assert answer.mimetype == "application/atom+xml"
    feed = feedparser.parse(answer.get_data())
    assert not feed.bozo and feed.version == "atom10"
    (entry,) = feed.entries
    assert (entry.title, entry.summary) == ("Blue warning", "Mind & protect.")
    assert entry.id.startswith("urn:uuid:") and entry.links[0].href.endswith(
        f"/feeds/warnings/{directive.number}.cap"
    )
    again = browser.get("/feeds/warnings.atom?lang=en", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    shown = browser.get(f"/feeds/warnings/{directive.number}.cap")
    assert cap.check(shown.get_data()) == []
    alert = cap.read(shown.get_data())
    assert (alert.status, alert.scope, alert.addresses) == ("Actual", "Public", ())
    assert alert.infos[0].severity == "Minor" and alert.infos[0].instruction is None
    assert alert.infos[0].areas[0].geocodes[0].value == stage.district.code
    for clinic in stage.clinics:
        assert clinic.code not in shown.get_data(as_text=True)


def test_a_feed_without_warnings_is_a_feed(stage: Stage) -> None:
    feed = feedparser.parse(stage.world.browser().get("/feeds/warnings.atom").get_data())
    assert not feed.bozo and feed.entries == [] and feed.feed.updated == "1970-01-01T00:00:00Z"
    assert stage.world.browser().get("/feeds/warnings/LJ-1.cap").status_code == 404


def test_only_a_warning_is_made_public_by_somebody_else_and_told(stage: Stage) -> None:
    order, warning = stage.issued(), stage.issued(token="form-warn", **WARNING)
    leader = stage.world.actor("approver", stage.district, "leader")
    with stage.world.office.work(leader) as w:
        with pytest.raises(Refused, match="not-for-the-public"):
            publishing.set_public(w, w.get(Directive, order.id), 1)
        with pytest.raises(Invalid, match="warning-level"):
            publishing.set_public(w, w.get(Directive, warning.id), 5)
        for _ in range(2):
            publishing.set_public(w, w.get(Directive, warning.id), 2)
    (told,) = stage.world.journal("dispatch.WarningPublished")
    assert told.data == {"directive": warning.id, "level": 2} and told.actor == "leader"
    writer = stage.world.as_("approver", stage.district, "duty")
    with writer as w, pytest.raises(Forbidden, match="own-draft"):
        publishing.set_public(w, w.get(Directive, warning.id), 1)
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Forbidden):
        publishing.set_public(w, w.get(Directive, warning.id), 1)


def test_a_leader_publishes_from_the_desk(stage: Stage) -> None:
    warning = stage.issued(**WARNING)
    browser = stage.world.browser_as("approver", stage.district)
    answer = browser.post(f"/directives/{warning.id}/publish", data={"level": "3"})
    assert answer.status_code == 303 and answer.headers["Location"] == f"/desk/directives/{warning.id}"
    assert len(feedparser.parse(browser.get("/feeds/warnings.atom").get_data()).entries) == 1
