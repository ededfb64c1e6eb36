"""Files of results: headings and words in both languages, refused rows by number, applied in parts and only once."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from region.formats.tables import write_csv, write_xlsx
from region.places import wording
from region.sampling.actions import result_loading
from region.sampling.models import ResultLoad, TubeResult
from region.sampling.result_plan import ResultOptions, ResultPlan
from region.spine.errors import Invalid, Refused
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round
from tests.region.sampling.tubes import days, stands
from tests.world import World

ZH = ("采样管编码", "检测结果", "N基因Ct值", "ORF1ab基因Ct值", "报告时间")
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def ground(world: World) -> Ground:
    return running_round(world)


def clock(ground: Ground, **back: float) -> str:
    return f"{(ground.world.clock.at - timedelta(**back)).astimezone(ZONE):%Y-%m-%d %H:%M}"


def plan(ground: Ground, data: bytes, **options: str) -> ResultLoad:
    with ground.world.as_("laboratory", ground.lab) as w:
        return result_loading.plan_load(w, ground.lab.id, data, "results.csv", ResultOptions(**options))


def apply(ground: Ground, load: int) -> ResultLoad:
    with ground.world.as_("laboratory", ground.lab) as w:
        result_loading.apply_load(w, load)
    ground.world.run()
    with ground.world.as_system() as w:
        return w.get(ResultLoad, load)


def told(ground: Ground) -> int:
    with ground.world.as_system() as w:
        return w.session.scalar(select(func.count()).select_from(TubeResult)) or 0


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_file_is_planned_applied_in_parts_and_once(ground: Ground, write: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(result_loading, "PART", 2)
    known = [tubes.tube(ground) for _ in range(4)]
    words = ("阴性", "Negative", "阳性", "灰区")
    now = clock(ground)
    rows = [(one.code, said, "31.5", "NoCt", now) for one, said in zip(known, words, strict=True)]
    rows += [(ground.code(), "未检出", "", "", now), (known[0].code, "也许", "", "", now)]
    data = write(ZH, rows)
    load = plan(ground, data)
    counts = ResultPlan.from_doc(load.plan).counts
    assert (counts["rows"], counts["new"], counts["unknown"], counts["refused"]) == (6, 4, 1, 1)
    assert (counts["negative"], counts["positive"], counts["grey"]) == (3, 1, 1) and told(ground) == 0
    done = apply(ground, load.id)
    made = ResultPlan.from_doc(done.plan)
    assert (done.state, made.done, made.became["positive"], made.became["unknown"]) == ("applied", 5, 1, 1)
    assert days(ground) == [(4, 2)] and stands(ground, known[2].code).result == "positive"
    assert len(tubes.told(ground, "ResultsReported")) == 3, "three parts, each a whole"
    before = told(ground)
    assert apply(ground, plan(ground, data).id).id == load.id
    with ground.world.as_system() as w:
        result_loading.apply_part(w, load.id, 0)
    assert told(ground) == before and days(ground) == [(4, 2)]


def test_rows_that_are_not_certain_are_refused_by_number(ground: Ground) -> None:
    pool = tubes.tube(ground)
    rows = [
        (pool.code, "阴性", "abc", "", clock(ground)),
        (pool.code, "阴性", "", "", clock(ground)[:10]),
        (pool.code, "阴性", "", "", "03/04/2022 10:00"),
        (pool.code, "阴性", "", "", ""),
        (pool.code, "阴性", "", "", clock(ground, hours=3)),
        ("1", "阴性", "", "", clock(ground)),
        (pool.code, "阴性", "30", "99", clock(ground)),
    ]
    found = ResultPlan.from_doc(plan(ground, write_csv(ZH, rows)).plan)
    assert [(one["number"], one["code"]) for one in found.refused] == [
        (2, "result_ct_unclear"), (3, "result_time_missing"), (4, "result_time_unclear"),
        (5, "result_time_missing"), (6, "result_before_sample"), (7, "result_code_wrong"),
        (8, "result_ct_unclear")]  # fmt: skip
    for lang in ("zh", "en"):
        said = [wording.finding(lang, one) for one in found.refused]
        assert not [one for one in said if one.startswith("result_")]
    assert found.good == 0


def test_columns_and_a_time_may_be_stated(ground: Ground) -> None:
    pool = tubes.tube(ground)
    data = write_csv(("甲", "乙"), [(pool.code, "-")])
    with pytest.raises(Invalid, match="columns-unclear"):
        plan(ground, data)
    with pytest.raises(Invalid, match="no-such-column"):
        plan(ground, data, tube="丙")
    load = plan(ground, data, tube="甲", result="乙", reported_at=clock(ground).replace(" ", "T"))
    assert apply(ground, load.id).state == "applied" and stands(ground, pool.code).result == "negative"


def test_a_dropped_file_is_not_applied_and_an_applied_one_not_dropped(ground: Ground) -> None:
    data = write_csv(ZH, [(tubes.tube(ground).code, "阴性", "", "", clock(ground))])
    load = plan(ground, data)
    with ground.world.as_("laboratory", ground.lab) as w:
        result_loading.drop_load(w, load.id)
        result_loading.drop_load(w, load.id)
        with pytest.raises(Refused, match="result-load-dropped"):
            result_loading.apply_load(w, load.id)
    again = plan(ground, data)
    assert again.id != load.id
    apply(ground, again.id)
    with ground.world.as_("laboratory", ground.lab) as w, pytest.raises(Refused, match="result-load-applied"):
        result_loading.drop_load(w, again.id)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("灰区", "无对应采样管的结果", "今日出具结果", "正在应用", "需要核对的行")),
        (
            "en",
            (
                "Grey zone",
                "Results without a tube",
                "Tubes reported today",
                "Being applied",
                "Rows that need a look",
            ),
        ),
    ],
)
def test_the_screens_say_it_in_both_languages(sqlite_world: World, lang: str, words: tuple[str, ...]) -> None:
    ground = running_round(sqlite_world)
    pool = tubes.tube(ground)
    tubes.tell(ground, [tubes.result(ground, ground.code(), "positive")])
    person = sqlite_world.browser_as("laboratory", ground.lab, lang=lang)
    wrong = person.post("/sampling/results", data={"file": (BytesIO(b"a,b\n1,2\n"), "x.csv")})
    assert wrong.status_code == 422 and "<select" in wrong.get_data(as_text=True)
    rows = [(pool.code, "灰区", "", "", clock(ground)), ("1", "阴性", "", "", "")]
    sent = person.post("/sampling/results", data={"file": (BytesIO(write_csv(ZH, rows)), "r.csv")})
    page = sent.headers["Location"]
    assert re.search(r"/sampling/results/\d+$", page) and words[4] in text_of(person.get(page))
    assert person.post(f"{page}/apply").status_code == 302
    assert words[3] in text_of(person.get(page))
    sqlite_world.run()
    assert words[0] in text_of(person.get(page))
    shown = text_of(person.get("/sampling/results"))
    assert words[1] in shown and words[2] in shown and "r.csv" in shown
    clinic = sqlite_world.browser_as("sampler", ground.clinic)
    assert clinic.get(page).status_code in (403, 404)
