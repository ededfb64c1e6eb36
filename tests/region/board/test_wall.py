"""What the wall shows of a region with orders in all states, to whom, and how it is served."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from region.board.feed import Feed, feed_of
from region.board.queries.snapshot import difference, snapshot
from region.dispatch.actions import answering, reviewing, writing
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Choice, Draft, Saying, TaskReport
from region.places.events import SiteWentDark
from region.places.models import Place, Site
from region.spine.actor import Actor
from region.spine.i18n import translate
from tests.world import World

PERSONS = ("duty-wang", "clinic-li", "leader-zhao")


@dataclass
class Stage:
    """A district, a town with its office and eight clinics, and another town with one."""

    world: World
    district: Place
    town: Place
    other: Place
    office: Place
    clinics: list[Place]
    elsewhere: Place
    incident: int

    def issue(self, token: str, areas: tuple[int, ...], **facts: Any) -> Directive:
        said = {
            "form_token": token,
            "incident_id": self.incident,
            "kind": "directive",
            "urgency": "priority",
            "title_zh": "清点口罩",
            "title_en": "Count masks",
            "body_zh": "今晚清点。",
            "body_en": "Count tonight.",
            "task_minutes": 240,
            "choice": Choice(types=("community_health_centre",), areas=areas),
        }
        with self.world.as_("duty_officer", self.district, "duty-wang") as w:
            directive = writing.compose(w, Draft.model_validate({**said, **facts}), self.district.id)
            writing.submit(w, directive)
            writing.issue(w, directive)
        self.world.run()
        return directive

    def recipient(self, w: Any, directive: Directive, site: Place) -> Recipient:
        wanted = select(Recipient).where(
            Recipient.directive_id == directive.id, Recipient.place_id == site.id
        )
        return w.session.scalars(wanted).one()

    def sign(self, directive: Directive, site: Place) -> None:
        with self.world.as_("clinic", site, "clinic-li") as w:
            answering.acknowledge(w, self.recipient(w, directive, site))

    def shown(self, lang: str = "en", place: Place | None = None) -> dict[str, Any]:
        with self.world.office.work(self.viewer(place), reading=True) as w:
            return snapshot(w, lang)

    def viewer(self, place: Place | None = None) -> Actor:
        return self.world.actor("wall_display", place or self.district)


def staged(world: World) -> Stage:
    district = world.area(level="district", name_en="Linjiang", name_zh="临江区")
    town = world.area(district, level="subdistrict", name_en="Nanping", name_zh="南屏镇")
    other = world.area(district, level="subdistrict", name_en="Beipo", name_zh="北坡镇")
    office = world.site(town, "subdistrict_office", name_en="Nanping Office", name_zh="南屏镇政府")
    clinics = [world.clinic(town, connected_at=world.clock.at, name_en=f"Clinic {n}") for n in range(8)]
    elsewhere = world.clinic(other, connected_at=world.clock.at, name_en="Far Clinic")
    incident = world.incident(district).id
    return Stage(world, district, town, other, office, clinics, elsewhere, incident)


@pytest.fixture
def stage(world: World) -> Stage:
    return staged(world)


def all_states(stage: Stage) -> Directive:
    """Of eight: one done, one reported, one begun, one signed, one in trouble, one dark, two silent: then late."""
    world, order = stage.world, stage.issue("form-0001", (stage.town.id,))
    for clinic in stage.clinics[:5]:
        stage.sign(order, clinic)
    for number, clinic in enumerate(stage.clinics[:2]):
        with world.as_("clinic", clinic, "clinic-li") as w:
            said = TaskReport(uid=f"report-{number:04}", text="done")
            answering.report(w, stage.recipient(w, order, clinic), said)
    with world.as_("duty_officer", stage.district, "duty-wang") as w:
        reviewing.accept(w, stage.recipient(w, order, stage.clinics[0]))
    with world.as_("clinic", stage.clinics[2], "clinic-li") as w:
        answering.begin(w, stage.recipient(w, order, stage.clinics[2]))
    with world.as_("clinic", stage.clinics[4], "clinic-li") as w:
        said = Saying(uid="saying-0001", text="Dr Zhao is ill: leader-zhao")
        answering.raise_trouble(w, stage.recipient(w, order, stage.clinics[4]), said)
    with world.as_system() as w:
        dark = w.get(Site, stage.clinics[5].id)
        dark.dark_since, dark.dark_reason = w.now, "power"
        w.tell(SiteWentDark(site=dark.place_id, reason="power", place=dark.place_id))
    world.wait(minutes=72)
    world.run()
    return order


def test_every_state_of_an_order_is_on_the_map_and_in_the_figures(stage: Stage) -> None:
    all_states(stage)
    shown = stage.shown()
    words = [shown["sites"].get(str(clinic.id)) for clinic in stage.clinics]
    assert words == ["done", "reported", "working", "signed", "watch", "dark", "late", "late"]
    tiles = {tile["key"]: tile for tile in shown["tiles"]}
    assert list(tiles) == ["in-time", "late", "silent"]  # the three furthest off, of five that are
    assert (tiles["late"]["value"], tiles["late"]["unit"], tiles["late"]["tone"]) == ("2", "of 8", "bad")
    assert (tiles["in-time"]["value"], tiles["in-time"]["note"]) == ("62.5", "target 95% · 5 of 8")
    assert tiles["silent"]["value"] == "1"
    (order,) = shown["directives"]["list"]
    assert (order["signed"], order["total"], order["tone"], order["note"]) == (
        "5",
        "of 8 signed",
        "bad",
        "12 min late",
    )
    assert (order["value"], order["target"]) == (62.5, 95.0)


def test_a_sentence_says_who_what_how_late_and_who_was_told(stage: Stage) -> None:
    all_states(stage)
    first, second = stage.shown()["hands"]["list"][1], stage.shown("zh")["hands"]["list"][1]
    assert f"{first['lead']} {first['text']}: {first['note']}" == (
        "2 sites in Nanping have not signed order 001: 12 min late"
    )
    assert (second["lead"], second["note"]) == ("南屏镇 2 家", "超时 12 分")
    stage.world.wait(minutes=61)
    stage.world.run()
    shown = stage.shown()
    late = next(hand for hand in shown["hands"]["list"] if hand["key"].startswith("unsigned"))
    assert late["note"] == "1 h 13 min late · passed up to Nanping Office"
    assert shown["timeline"][0]["text"] == "Order 001 passed up to Nanping Office: 2 late"


def test_before_the_limit_nothing_is_late_and_the_wall_is_quiet(stage: Stage) -> None:
    stage.issue("form-0001", (stage.town.id,))
    stage.world.wait(minutes=3)
    shown = stage.shown()
    assert {tile["tone"] for tile in shown["tiles"]} == {"plain"}
    assert shown["hands"] == {"alarms": [], "list": [], "more": ""}
    assert not shown["head"]["burning"]
    assert set(shown["sites"].values()) == {"owed"}


def test_no_data_is_a_dash_and_never_a_nought(stage: Stage) -> None:
    shown = stage.shown()
    values = {tile["key"]: tile["value"] for tile in shown["tiles"]}
    assert values["late"] == values["in-time"] == "–"
    assert shown["directives"] == {"list": [], "total": 0}


def test_unreachable_sites_ask_for_a_telephone_call(stage: Stage) -> None:
    cut = stage.world.clinic(stage.other, name_en="No Line")
    stage.issue("form-0001", (stage.other.id,))
    stage.world.wait(minutes=2)
    shown = stage.shown()
    (hand,) = shown["hands"]["list"]
    assert (hand["lead"], hand["text"]) == ("No Line", "cannot be reached for order 001")
    assert shown["sites"][str(cut.id)] == "unreachable"


def test_a_town_sees_its_own_sites_and_orders_only(stage: Stage) -> None:
    all_states(stage)
    stage.issue("form-0002", (stage.other.id,), title_en="Far order")
    own = stage.shown(place=stage.other)
    assert set(own["sites"]) == {str(stage.elsewhere.id)}
    assert [order["total"] for order in own["directives"]["list"]] == ["of 1 signed"]
    text = json.dumps(own, ensure_ascii=False)
    for clinic in stage.clinics:
        assert f'"{clinic.id}"' not in json.dumps(own["sites"])
    assert "Nanping" not in text
    assert "Count masks" not in text
    stranger = stage.world.area(level="district", name_en="Elsewhere")
    nothing = stage.shown(place=stranger)
    assert (nothing["sites"], nothing["directives"]["total"], nothing["timeline"]) == ({}, 0, [])


def test_no_person_is_on_the_wall(stage: Stage) -> None:
    all_states(stage)
    for lang in ("zh", "en"):
        text = json.dumps(stage.shown(lang), ensure_ascii=False)
        assert not [name for name in PERSONS if name in text]


def test_both_languages_are_complete(stage: Stage) -> None:
    all_states(stage)
    stage.world.wait(minutes=61)
    stage.world.run()
    shown = stage.shown("zh")
    said = [tile[part] for tile in shown["tiles"] for part in ("name", "note", "unit")]
    said += [hand["text"] for hand in shown["hands"]["list"]] + [line["text"] for line in shown["timeline"]]
    said += [shown["head"]["name"], shown["head"]["facts"], shown["pace"]["name"]]
    plain = [text for text in said if text and text.isascii() and text != "%"]
    assert not plain
    assert translate("zh", "Needs a hand now") != "Needs a hand now"


def test_the_difference_of_two_snapshots_leads_from_one_to_the_other(stage: Stage) -> None:
    order = stage.issue("form-0001", (stage.town.id,))
    before = stage.shown()
    stage.sign(order, stage.clinics[0])
    after = stage.shown()
    patch = difference(before, after)
    assert patch["sites"] == {str(stage.clinics[0].id): {"state": "signed"}}
    assert "directives" in patch
    assert "hands" not in patch
    assert patch["version"] == after["version"] != before["version"]
    assert difference(after, after)["sites"] == {}


def test_one_computation_serves_all_who_see_the_same(stage: Stage) -> None:
    order = stage.issue("form-0001", (stage.town.id,))
    feed = Feed(stage.world.office)
    first = feed.fresh(feed.view(stage.viewer(), "en"))
    assert feed.fresh(feed.view(stage.viewer(), "en")) is first
    assert feed.fresh(feed.view(stage.viewer(), "zh")) is not first
    assert feed.fresh(feed.view(stage.viewer(stage.town), "en")) is not first
    stage.sign(order, stage.clinics[0])
    assert feed.fresh(feed.view(stage.viewer(), "en")).shown["seq"] > first.shown["seq"]


def test_a_screen_that_comes_back_gets_what_it_missed_or_all(stage: Stage) -> None:
    order = stage.issue("form-0001", (stage.town.id,))
    feed = Feed(stage.world.office)
    view = feed.view(stage.viewer(), "en")
    first = feed.fresh(view)
    for clinic in stage.clinics[:2]:
        stage.sign(order, clinic)
        feed.fresh(view)
    missed = view.news(first.version)
    assert missed is not None
    assert [list(json.loads(text)["sites"]) for _id, text in missed] == [
        [str(c.id)] for c in stage.clinics[:2]
    ]
    assert view.news(view.kept.version) == []
    assert view.news("long-gone") is None


def test_an_office_has_one_feed(stage: Stage) -> None:
    assert feed_of(stage.world.office) is feed_of(stage.world.office)
