"""Files of counts: dirty ones read or refused by row, planned, applied once, and the shelf list as a round trip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from region.formats.tables import write_csv, write_xlsx
from region.places.models import Alias, Place
from region.resources.actions import loading
from region.resources.load_plan import LoadOptions, LoadPlan
from region.resources.load_words import items_by_name, pieces_in
from region.resources.models import Count
from region.resources.queries.shelf_table import shelf_table
from region.spine.errors import Forbidden, Invalid, Refused
from tests.region.resources.store import by_lot, issue, receive, shelf, unbalanced
from tests.world import World

HEAD = "机构代码,物资名称,数量,单位,批号,有效期至,盘点日期\n"
TODAY = "2022-08-01"


@dataclass
class Office:
    """A district with two stores, and a store of another district."""

    world: World
    district: Place
    north: Place
    south: Place
    foreign: Place

    def plan(self, text: str | bytes, **options: str | bool) -> tuple[int, LoadPlan]:
        """Plan a file; the load's id and what it would do."""
        data = text if isinstance(text, bytes) else text.encode()
        asked = LoadOptions(**{"counted_on": TODAY, **options})  # type: ignore[arg-type]
        with self.world.as_("planner", self.district) as w:
            load = loading.plan_load(w, data, "counts.csv", asked)
            return load.id, LoadPlan.from_doc(load.plan)

    def apply(self, load: int) -> tuple[str, LoadPlan]:
        with self.world.as_("planner", self.district) as w:
            made = loading.apply_load(w, load)
            return made.state, LoadPlan.from_doc(made.plan)


@pytest.fixture
def office(world: World) -> Office:
    district = world.area()
    north, south = (world.site(district, "warehouse", code=code) for code in ("WH-01", "WH-02"))
    foreign = world.site(world.area(), "warehouse", code="WH-99")
    with world.as_system() as w:
        w.session.add(Alias(place_id=south.id, system="erp", code="0042"))
    return Office(world, district, north, south, foreign)


def why(plan: LoadPlan) -> list[tuple[int, str]]:
    return [(one["number"], one["code"]) for one in plan.refused]


DIRTY = (
    "WH-01,Ｎ９５口罩,１２００,只,A1,2024-05-31,\n"
    '0042,医用外科口罩,"2,000",只,,,2022-07-31\n'
    "WH-02,防护服,3,套,,,\n"
    "WH-02,n95,20,盒,,,\n"
    "WH-02,手套,4,盒（50双）,,,\n"
    "WH-02,呼吸机,4,台,,,\n"
    "WH-03,n95,4,只,,,\n"
    "WH-99,n95,4,只,,,\n"
    "WH-01,鞋套,-3,双,,,\n"
    "WH-01,鞋套,2.5,双,,,\n"
    "WH-01,鞋套,,双,,,\n"
    "WH-01,鞋套,3,公斤,,,\n"
    "WH-01,帽子,3,个,,03/04/2023,\n"
    "WH-01,帽子,3,个,,,2022-08-02\n"
    "WH-01,护目镜,3,副,,,\n"
    "WH-01,护目镜,4,副,,,\n"
    "WH-01,面屏,4,个,,,\n"
    "WH-01,面屏,4,个,Q1,,\n"
    "合计,,3260,,,,\n"
)


def test_a_dirty_file_is_read_where_it_is_certain_and_refused_by_row_where_not(office: Office) -> None:
    receive(office.world, office.north, "n95", 1000, "A1", date(2024, 5, 31))
    load, plan = office.plan(HEAD + DIRTY)
    assert [(r.number, r.item, r.quantity, r.action, r.meaning) for r in plan.rows] == [
        (2, "n95", 1200, "changed", "found"),
        (3, "surgical_mask", 2000, "new", "found"),
        (4, "coverall", 3, "new", "found"),
        (6, "gloves", 200, "new", "found"),
    ]
    assert why(plan) == [
        (5, "unit_unclear"), (7, "item_unknown"), (8, "site_unknown"), (9, "site_unknown"),
        (10, "quantity_negative"), (11, "quantity_not_whole"), (12, "quantity_missing"), (13, "unit_unclear"),
        (14, "expiry_unclear"), (15, "counted_in_future"), (16, "shelf_twice"), (17, "shelf_twice"),
        (18, "shelf_and_lot"), (19, "shelf_and_lot"),
    ]  # fmt: skip
    assert plan.refused[2]["facts"] == {"given": "WH-03", "nearest": plan.refused[2]["facts"]["nearest"]}
    assert plan.refused[2]["facts"]["nearest"] in ("WH-01", "WH-02")
    assert plan.refused[10]["facts"]["rows"] == "16, 17"
    assert [one["code"] for one in plan.notices if one["number"] == 20] == ["total_row"]
    assert plan.counts == {"rows": 18, "new": 3, "changed": 1, "same": 0, "refused": 14}
    state, _plan = office.apply(load)
    assert state == "applied" and shelf(office.world, office.south, "surgical_mask").on_hand == 2000
    assert (
        shelf(office.world, office.south, "surgical_mask")
        .counted_at.isoformat()
        .startswith("2022-07-31T15:59:59")
    )
    assert by_lot(office.world, office.north, "n95") == [(1200, 0, 0)]
    assert unbalanced(office.world) == []


def test_the_same_file_twice_changes_nothing_and_tells_nothing(office: Office) -> None:
    text = HEAD + "WH-01,n95,100,只,,,\n"
    first, _plan = office.plan(text)
    assert office.apply(first)[0] == "applied" and office.apply(first)[0] == "applied"
    again, plan = office.plan(text)
    assert again == first and plan.counts["new"] == 1
    assert len(office.world.journal("resources.StockLoadApplied")) == 1
    assert len(office.world.journal("resources.StockLoadPlanned")) == 1
    office.world.wait(days=2)
    later, plan = office.plan(text, counted_on="2022-08-03")
    assert later != first and plan.counts["same"] == 1, "the same numbers of another day are another count"


def test_a_plan_older_than_the_shelves_is_made_anew_and_waits(office: Office) -> None:
    world = office.world
    receive(world, office.north, "n95", 100)
    world.wait(hours=2)
    load, plan = office.plan(HEAD + "WH-01,n95,80,只,,,\nWH-01,swab,5,支,,,\n")
    assert [row.meaning for row in plan.rows] == ["use", "found"]
    world.wait(hours=1)
    receive(world, office.north, "n95", 40)
    assert office.plan(HEAD + "WH-01,n95,80,只,,,\nWH-01,swab,5,支,,,\n")[0] == load
    issue(world, office.north, "n95", 10, at=world.clock.at - timedelta(hours=1, minutes=30))
    state, plan = office.apply(load)
    assert (state, plan.moved) == ("planned", [2])
    assert shelf(world, office.north, "n95").on_hand == 130
    assert office.apply(load)[0] == "applied"
    assert shelf(world, office.north, "n95").on_hand == 80
    assert shelf(world, office.north, "swab").on_hand == 5
    assert unbalanced(world) == []


def test_columns_that_are_unclear_are_asked_for(office: Office) -> None:
    text = "仓库,东西,多少\nWH-01,n95,5\n"
    with pytest.raises(Invalid) as invalid:
        office.plan(text)
    assert (invalid.value.code, invalid.value.facts["names"]) == ("columns-unclear", ["仓库", "东西", "多少"])
    _load, plan = office.plan(text, site="仓库", item="东西", quantity="多少")
    assert plan.counts["new"] == 1
    with pytest.raises(Invalid) as invalid:
        office.plan(text, site="no", item="东西", quantity="多少")
    assert invalid.value.code == "no-such-column"
    _load, plan = office.plan("物资,数量\nn95,5盒\n", place="WH-01", packs=True)
    assert [row.quantity for row in plan.rows] == [100]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_shelf_list_edited_and_loaded_again(office: Office, lang: str, kind: str) -> None:
    world = office.world
    receive(world, office.north, "n95", 100, "A1", date(2024, 5, 31))
    receive(world, office.north, "n95", 30)
    receive(world, office.south, "alcohol_75", 7)
    issue(world, office.south, "alcohol_75", 7)
    world.wait(hours=1)
    with world.as_("planner", office.district) as w:
        heads, found = shelf_table(w, lang)
        rows = list(found)
    assert [row[0] for row in rows] == ["WH-01", "WH-01", "WH-02"] and rows[2][4] == "0"
    write = write_csv if kind == "csv" else write_xlsx
    _load, plan = office.plan(write(heads, rows))
    assert plan.counts == {"rows": 3, "new": 0, "changed": 0, "same": 3, "refused": 0}
    edited = [[*row[:4], "90" if row[6] == "A1" else row[4], *row[5:]] for row in rows]
    load, plan = office.plan(write(heads, edited))
    assert (plan.counts["changed"], plan.counts["same"]) == (1, 2)
    office.apply(load)
    assert by_lot(world, office.north, "n95") == [(90, 0, 0), (30, 0, 0)]


def test_whoever_keeps_other_stores_may_not_apply_and_a_dropped_one_stays_so(office: Office) -> None:
    load, _plan = office.plan(HEAD + "WH-01,n95,100,只,,,\nWH-02,n95,100,只,,,\n")
    with office.world.as_system() as w:
        assert w.session.query(Count).count() == 0
    with office.world.as_("planner", office.district) as w:
        loading.drop_load(w, load)
        loading.drop_load(w, load)
    assert len(office.world.journal("resources.StockLoadDropped")) == 1
    with pytest.raises(Refused) as refused:
        office.apply(load)
    assert refused.value.code == "stock-load-dropped"
    with office.world.as_("storekeeper", office.north) as w:
        own = loading.plan_load(w, (HEAD + "WH-02,n95,1,只,,,\n").encode(), "f.csv", LoadOptions())
        assert why(LoadPlan.from_doc(own.plan)) == [(2, "site_unknown")]
        kept = loading.plan_load(w, (HEAD + "WH-01,n95,1,只,,,\n").encode(), "f.csv", LoadOptions())
        plan = LoadPlan.from_doc(kept.plan)
        plan.rows[0].place = office.south.id
        kept.plan = plan.to_doc()
        with pytest.raises(Forbidden):
            loading.apply_load(w, kept.id)


def test_units_and_packs_are_taken_only_where_they_are_certain() -> None:
    gloves = {"zh": "手套", "en": "Gloves", "unit": {"zh": "双", "en": "pairs"}, "pack": 50}
    known = [
        ("双", 1),
        ("pair", 1),
        ("", 1),
        ("盒（40双）", 40),
        ("40双/盒", 40),
        ("box of 50", 50),
        ("箱", None),
    ]
    assert [pieces_in(unit, gloves, False) for unit, _n in known] == [number for _unit, number in known]
    assert (pieces_in("盒", gloves, False), pieces_in("盒", gloves, True)) == (None, 50)
    assert (pieces_in("箱", gloves, True), pieces_in("盒（40只）", gloves, False)) == (None, None)
    items = items_by_name({"a": {"zh": "管", "en": "Tube"}, "b": {"zh": "管", "en": "B"}})
    assert (items.find("管"), items.find("tube")) == (None, "a")
