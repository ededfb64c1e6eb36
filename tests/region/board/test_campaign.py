"""The page of a campaign: its sentence, bars, map, curve and comparison, in both languages; what waits at the desk."""

from __future__ import annotations

from datetime import timedelta

from region.board.queries import campaign as asking
from region.board.queries import desk
from region.dispatch.actions import upward
from region.dispatch.actions.tallying import keep_tallies
from region.dispatch.models import Directive
from region.dispatch.schemas import Asking
from tests.flows.campaign_stage import SAMPLED, STAFF, ordered, part, report, tell
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def under_way(stage: Stage) -> Directive:
    """An order three hours old: one site has done its part, one half, one nothing."""
    order = ordered(stage, SAMPLED, STAFF)
    begun = stage.world.clock.at
    for hour, value in enumerate((30, 60, 100), start=1):
        stage.world.clock.at = begun + timedelta(hours=hour, minutes=-1)
        tell(stage, order, stage.clinics[0], value, f"uid-0000{hour}")
        tell(stage, order, stage.clinics[1], value / 2, f"uid-1000{hour}")
    stage.world.clock.at = begun + timedelta(hours=3)
    return order


def test_the_page_says_how_far_and_whether_in_time(stage: Stage) -> None:
    order = under_way(stage)
    path = f"/desk/directives/{order.id}/campaign"
    said = stage.world.browser_as("duty_officer", stage.district).get(path).get_data(as_text=True)
    assert "已完成 50%，3 家中 1 家完成。" in said
    assert "“已采样”将于 08-01 周一 15:00 完成，晚于时限 2 时。" in said
    english = stage.world.browser_as("duty_officer", stage.district, lang="en", login="en")
    text = english.get(path).get_data(as_text=True)
    assert "50% done by 1 of 3 sites." in text
    assert "At the pace of the last hours the task Sampled ends Mon 1 Aug 15:00, 2 h after its time." in text
    assert "150</b> / 300" in text


def test_the_map_and_the_curve(stage: Stage) -> None:
    order = under_way(stage)
    browser = stage.world.browser_as("duty_officer", stage.district)
    path = f"/desk/directives/{order.id}/campaign"
    areas = browser.get(f"{path}/areas.geojson?level=subdistrict").get_json()["features"]
    shown = {one["properties"]["id"]: one["properties"] for one in areas}
    assert (shown[stage.subdistrict.id]["value"], shown[stage.subdistrict.id]["class"]) == (0.5, 2)
    assert shown[stage.elsewhere.parent_id]["class"] == 0
    sites = browser.get(f"{path}/sites.geojson?level=subdistrict&lang=en").get_json()["features"]
    marks = {one["properties"]["id"]: one["properties"]["state"] for one in sites}
    assert marks == dict(zip((s.id for s in stage.clinics), ("done", "working", "late"), strict=True))
    assert all("·" in one["properties"]["name"] for one in sites)
    with stage.world.as_("duty_officer", stage.district) as w:
        directive = w.get(Directive, order.id)
        drawn = asking.curve(directive, asking.view(w, directive, "nowhere"), "en")
    (line,) = drawn["series"]
    assert [value for _, value in line["points"]] == [0, 15, 30, 50] and drawn["unit"] == "%"
    assert [value for _, value in drawn["plan"]] == [0, 100]


def test_an_order_without_numbers_counts_sites(stage: Stage) -> None:
    order = stage.issued()
    stage.finish(order, stage.clinics[0], "uid-00001")
    path = f"/desk/directives/{order.id}/campaign"
    text = stage.world.browser_as("duty_officer", stage.district).get(path).get_data(as_text=True)
    assert "已完成 33.3%，3 家中 1 家完成。" in text and "本指令不要求填报数字" in text


def test_a_site_sees_its_own_part_alone(stage: Stage) -> None:
    order = under_way(stage)
    with stage.world.as_("clinic", stage.clinics[1]) as w:
        shown = asking.view(w, w.get(Directive, order.id), "")
    assert (shown.found.whole.sites, shown.rows[0].sum.value) == (1, 50)
    browser = stage.world.browser_as("clinic", stage.elsewhere)
    assert browser.get(f"/desk/directives/{order.id}/campaign").status_code == 404


def test_contradictions_and_requests_wait_at_the_desk(stage: Stage) -> None:
    world = stage.world
    order = ordered(stage)
    world.wait(minutes=10)
    site = stage.clinics[0]
    with world.as_("site_system", site) as w:
        keep_tallies(w, site.id, [{"measure": "sampled", "at": w.now.isoformat(), "value": 10}])
    report(stage, order, site, "uid-00001", sampled=90)
    world.site(stage.district, "commission")
    with world.as_("subdistrict_officer", stage.office) as w:
        said = Asking(form_token="form-0009", kind="request", title="增派人员", text="请支援。")
        request = upward.ask_above(w, stage.office.id, said)
    world.run()
    with world.as_("duty_officer", stage.district) as w:
        kinds = [(one.kind, one.recipient) for one in desk.decisions(w)]
    assert ("contradicted", part(stage, order, site).id) in kinds
    assert ("request", kinds[[kind for kind, _ in kinds].index("request")][1]) in kinds
    assert "review" not in [kind for kind, _ in kinds]
    browser = world.browser_as("duty_officer", stage.district)
    text = browser.get("/desk").get_data(as_text=True)
    assert "的填报与系统计数不一致" in text and "请示：增派人员" in text
    seen = browser.get(f"/desk/recipients/{part(stage, order, site).id}").get_data(as_text=True)
    assert "已采样：填报 90，系统计数 10" in seen
    assert "核实无误" in seen and f"/recipients/{part(stage, order, site).id}/accept" not in seen
    with world.as_("duty_officer", stage.district) as w:
        waiting = next(one.recipient for one in desk.decisions(w) if one.kind == "request")
    page = browser.get(f"/desk/recipients/{waiting}").get_data(as_text=True)
    assert "批复意见" in page
    sent = {"uid": "uid-00002", "agree": "false", "text": "暂缓"}
    assert browser.post(f"/recipients/{waiting}/rule", data=sent).status_code == 200
    with world.as_("subdistrict_officer", stage.office) as w:
        upward.accept_answer(w, w.get(Directive, request.id))
