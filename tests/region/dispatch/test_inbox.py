"""What a site finds in its inbox, on both databases: tasks by what they owe, why they came back, who is late below."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from region.dispatch.actions import answering, ending, reviewing
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.inbox import inbox
from region.dispatch.schemas import Saying, TaskReport
from region.spine.errors import Forbidden
from region.spine.i18n import catalogue
from tests.region.dispatch.inbox_stage import Stage
from tests.world import World

ROOT = Path(__file__).parents[3]


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(made, "JPEG")
    return made.getvalue()


def test_a_task_goes_from_tab_to_tab(stage: Stage) -> None:
    order = stage.order()
    part = stage.part(order).id
    seen = []
    for act in (None, answering.acknowledge, answering.begin, "report"):
        with stage.world.as_("clinic", stage.clinic) as w:
            row = w.get(Recipient, part)
            if act == "report":
                answering.report(w, row, TaskReport(uid="report-0001", text="done"))
            elif act:
                act(w, row)
        with stage.world.as_("clinic", stage.clinic) as w:
            seen.append(inbox(w).counts)
    assert [next(tab for tab, count in counts.items() if count) for counts in seen] == [
        "sign",
        "todo",
        "todo",
        "done",
    ]
    assert all(sum(counts.values()) == 1 for counts in seen)


def test_what_runs_out_first_stands_first_and_late_is_said(stage: Stage) -> None:
    stage.order("form-0001")
    stage.order("form-0002", urgency="urgent", title_en="Urgent one")
    page = stage.world.browser_as("clinic", stage.clinic, lang="en").get("/inbox").get_data(as_text=True)
    assert page.index("Urgent one") < page.index("Count masks")
    assert "15 min left" in page and "late" not in re.sub(r"<script.*?</script>", "", page, flags=re.S)
    stage.world.wait(minutes=27)
    page = stage.world.browser_as("clinic", stage.clinic, lang="en").get("/inbox").get_data(as_text=True)
    assert "12 min late" in page and "mark-late" in page and "order is-bad" in page


def test_another_site_s_orders_are_not_there(stage: Stage) -> None:
    stage.order(sites=(stage.second,))
    client = stage.world.browser_as("clinic", stage.clinic)
    assert client.get("/inbox/data").get_json()["cards"] == []
    assert "清点口罩" not in client.get("/inbox").get_data(as_text=True)


def test_whoever_signs_nothing_has_no_inbox(stage: Stage) -> None:
    with stage.world.as_("auditor", stage.district) as w, pytest.raises(Forbidden):
        inbox(w)
    assert stage.world.browser().get("/inbox").status_code == 302
    assert stage.world.browser().get("/inbox/data", headers={"Accept": "application/json"}).status_code == 401


def test_data_say_the_time_a_token_and_whether_anything_changed(stage: Stage) -> None:
    stage.order()
    client = stage.world.browser_as("clinic", stage.clinic)
    first = client.get("/inbox/data")
    body = first.get_json()
    assert (
        body["csrf"]
        and body["account"]
        and body["now"] == stage.world.clock.at.isoformat()
        and body["rate"] == 1
    )
    stage.world.wait(minutes=1)
    same = client.get("/inbox/data", headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304, "time alone changes nothing"
    client.post(
        f"/recipients/{stage.part(stage.order('form-0009')).id}/receive",
        headers={"Accept": "application/json"},
    )
    changed = client.get("/inbox/data", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and len(changed.get_json()["cards"]) == 2


def test_the_account_is_named_by_a_word_that_names_nobody(stage: Stage) -> None:
    stage.order()
    words = set()
    for login in ("wang01", "li02"):
        client = stage.world.browser_as("clinic", stage.clinic, login)
        page = client.get("/inbox").get_data(as_text=True)
        assert not re.search(r"王雨桐|Wang Yutong|wang01|li02", page)
        words.add(client.get("/inbox/data").get_json()["account"])
    assert len(words) == 2


def test_signing_without_a_script_is_a_form_that_comes_back(stage: Stage) -> None:
    part = stage.part(stage.order())
    client = stage.world.browser_as("clinic", stage.clinic)
    page = client.get("/inbox").get_data(as_text=True)
    assert f'action="/recipients/{part.id}/acknowledge"' in page
    answer = client.post(f"/recipients/{part.id}/acknowledge", data={"next": "/inbox"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/inbox")
    assert len(stage.world.journal("dispatch.DirectiveAcknowledged")) == 1


def test_a_returned_report_says_why_and_brings_back_what_was_written(stage: Stage) -> None:
    part = stage.part(stage.count()).id
    with stage.world.as_("clinic", stage.clinic) as w:
        said = TaskReport(uid="report-0001", text="sealed boxes", numbers={"masks": 1200, "tubes": 40.5})
        answering.report(w, w.get(Recipient, part), said)
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.send_back(
            w, w.get(Recipient, part), Saying(uid="return-0001", text="Count again <b>please</b>")
        )
    page = stage.world.browser_as("clinic", stage.clinic, lang="en").get("/inbox").get_data(as_text=True)
    assert "Count again &lt;b&gt;please&lt;/b&gt;" in page
    assert 'value="1200"' in page and 'value="40.5"' in page and "sealed boxes</textarea>" in page


def test_an_order_taken_back_says_so_for_a_day(stage: Stage) -> None:
    cancelled, old = stage.order("form-0001"), stage.order("form-0002", title_en="Old order")
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, cancelled.id), "no more")
    new = stage.order("form-0003", supersedes_id=old.id, title_en="New order")
    client = stage.world.browser_as("clinic", stage.clinic, lang="en")
    page = client.get("/inbox").get_data(as_text=True)
    assert "Nobody need do it any more." in page
    assert f"Order {new.number} takes its place." in page
    assert client.get("/inbox/data").get_json()["counts"] == {"sign": 1, "todo": 0, "done": 2}
    stage.world.wait(hours=25)
    assert client.get("/inbox/data").get_json()["counts"] == {"sign": 1, "todo": 0, "done": 0}


def test_the_office_above_is_told_who_is_late_and_says_that_it_saw(stage: Stage) -> None:
    order = stage.order(sites=(stage.clinic, stage.second), urgency="urgent")
    for _ in range(2):
        stage.world.wait(minutes=16)
        stage.world.run()
    client = stage.world.browser_as("subdistrict_officer", stage.office, lang="en")
    page = client.get("/inbox").get_data(as_text=True)
    assert "Sites below you that have not signed: 2" in page and "Nanping Community Health Station" in page
    assert "tel:0990-55500142" in page and "17 min late" in page
    late = client.get("/inbox/data").get_json()["late_below"]
    assert [(one["count"], one["what"]) for one in late] == [(2, "acknowledge")]
    assert client.post(f"/escalations/{late[0]['id']}/seen", data={"next": "/inbox"}).status_code == 303
    assert "Noted" in client.get("/inbox").get_data(as_text=True)
    for site in (stage.clinic, stage.second):
        part = stage.part(order, site).id
        with stage.world.as_("clinic", site) as w:
            answering.acknowledge(w, w.get(Recipient, part))
    assert client.get("/inbox/data").get_json()["late_below"] == [], "all have signed"


def test_the_clinic_below_sees_nothing_of_what_was_passed_up(stage: Stage) -> None:
    stage.order(sites=(stage.second,), urgency="urgent")
    for _ in range(2):
        stage.world.wait(minutes=16)
        stage.world.run()
    assert stage.world.browser_as("clinic", stage.clinic).get("/inbox/data").get_json()["late_below"] == []


def test_an_officer_granted_an_area_reads_its_office_s_post(stage: Stage) -> None:
    stage.order(sites=(stage.office,))
    with stage.world.as_system() as w:
        subdistrict = w.get(type(stage.office), stage.office.parent_id)
    with stage.world.as_("subdistrict_officer", subdistrict) as w:
        found = inbox(w)
        assert [place["id"] for place in found.places] == [stage.office.id] and found.counts["sign"] == 1


def test_a_photograph_goes_ahead_of_its_report_and_only_for_one_s_own_task(stage: Stage) -> None:
    given = {"area": "湖滨街道", "sites": 2, "round": 1}
    given |= {"open_at": "2022-08-02T06:00:00+08:00", "close_at": "2022-08-02T18:00:00+08:00"}
    order = stage.order(template="open_sampling_sites", given=given, task_minutes=360)
    part = stage.part(order)
    client = stage.world.browser_as("clinic", stage.clinic)
    ids = [
        client.post("/inbox/files", data={"recipient": part.id, "file": (io.BytesIO(picture()), "a.jpg")})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in ids] == [200, 200]
    assert ids[0].get_json()["id"] == ids[1].get_json()["id"], "the same picture sent twice is one"
    report = {
        "uid": "report-0001",
        "numbers": {"sites_open": 2, "samplers": 6},
        "files": [ids[0].get_json()["id"]],
    }
    assert client.post(f"/recipients/{part.id}/report", json=report).status_code == 200
    stranger = stage.world.browser_as("clinic", stage.second)
    foreign = {"recipient": part.id, "file": (io.BytesIO(picture()), "a.jpg")}
    assert stranger.post("/inbox/files", data=foreign).status_code == 404
    assert client.post("/inbox/files", data={"recipient": part.id}).status_code == 422


def test_the_service_worker_is_public_fresh_and_names_versioned_files(stage: Stage) -> None:
    answer = stage.world.browser().get("/service-worker.js")
    assert answer.mimetype == "text/javascript" and answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    shell = re.findall(r'"(/static/[^"]+)"', answer.get_data(as_text=True).splitlines()[0])
    assert len(shell) >= 7 and all("?v=" in url for url in shell)
    client = stage.world.browser_as("clinic", stage.clinic)
    linked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/inbox").get_data(as_text=True)))
    assert linked <= set(shell), "the page needs nothing that is not kept"


def test_both_languages_have_every_sentence() -> None:
    used = "".join(path.read_text("utf-8") for path in (ROOT / "templates/dispatch").glob("inbox*.html"))
    asked = set(re.findall(r'_\("([^"]+)"', used))
    assert asked - catalogue("zh").keys() == set()
    code = "".join(path.read_text("utf-8") for path in (ROOT / "region/dispatch").rglob("*.py"))
    faults = set(re.findall(r'\b(?:Invalid|Missing|Refused|Forbidden|Unready|Stale)\(\s*"([a-z-]+)"', code))
    assert len(faults) > 12
    for lang in ("zh", "en"):
        assert {code for code in faults if f"fault:{code}" not in catalogue(lang)} == set()


def test_an_exercise_s_clock_and_frame(stage: Stage, tmp_path: Path) -> None:
    from region.spine.clock import Realm

    world = stage.world
    with world.as_system() as w:
        far = world.clock.at + timedelta(days=3)
        w.session.add(
            Realm(
                id=7, name_zh="演练", name_en="Drill", anchor_real=world.clock.at, anchor_realm=far, rate=10.0
            )
        )
    drill = Stage(world, realm=7)
    drill.order()
    client = world.browser_as("clinic", drill.clinic, realm=7)
    body = client.get("/inbox/data").get_json()
    assert (body["rate"], body["realm"], body["now"]) == (10.0, 7, far.isoformat())
    assert 'class="exercise"' in client.get("/inbox").get_data(as_text=True)
