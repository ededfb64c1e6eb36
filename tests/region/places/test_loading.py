"""Areas come from files by read, check, plan, apply."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import box

from region.formats.tables import write_csv
from region.places import actions, queries
from region.places.models import Area, Load
from region.places.plan import AreaOptions
from region.spine.errors import Forbidden, Invalid, Missing, Refused, Stale
from tests.region.places.loads import (
    COMMUNITIES,
    DISTRICTS,
    SITE_COLUMNS,
    SITES,
    TWO,
    areas_file,
    load,
    place,
    plan,
    reasons,
    root,
    warnings,
)
from tests.world import World


def test_a_file_is_planned_then_applied_and_codes_are_text(world: World) -> None:
    top = root(world)
    number, planned = plan(world, TWO, DISTRICTS)
    assert planned.counts == {"rows": 2, "new": 2, "changed": 0, "same": 0, "refused": 0, "warned": 0}
    with world.as_system() as w:
        assert queries.find_code(w, "306") is None
        actions.apply_load(w, number)
    east = place(world, "306.0")
    assert (east.code, east.name_zh, east.name_en) == ("306", "东区", "East")
    assert east.path == f"{top.id}/{east.id}/"
    told = world.journal("places.AreasLoaded")
    assert [one.data["new"] for one in told] == [2]


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    before = len(world.journal())
    number, planned = plan(world, TWO, DISTRICTS)
    assert planned.counts["new"] == 2  # the load as it was applied
    with world.as_system() as w:
        assert actions.apply_load(w, number).state == "applied"
        assert len(queries.loads(w)) == 1
    assert len(world.journal()) == before
    _, again = plan(world, TWO + b" ", DISTRICTS)
    assert again.counts | {"rows": 2, "same": 2} == again.counts
    assert again.empty


def test_only_what_differs_is_changed_and_absence_retires_nothing(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    one = areas_file(({"code": 306, "名称": "东区", "name": "East End"}, box(113.0, 29.0, 113.2, 29.2)))
    planned = load(world, one, DISTRICTS)
    assert [row.changed for row in planned.rows] == [["name_en"]]
    assert place(world, "306").name_en == "East End"
    assert place(world, "307").valid_to is None


def test_one_name_fills_the_other_is_marked_and_never_replaces_a_given_one(world: World) -> None:
    root(world)
    only_en = areas_file(({"code": "1", "name": "East"}, box(113.0, 29.0, 113.2, 29.2)))
    load(world, only_en, AreaOptions(level="district", name_en="name"))
    assert (place(world, "1").name_zh, place(world, "1").facts) == ("East", {"lang": "en"})
    both = areas_file(({"code": "1", "名称": "东区", "name": "East"}, box(113.0, 29.0, 113.2, 29.2)))
    load(world, both, DISTRICTS)
    assert (place(world, "1").name_zh, place(world, "1").facts) == ("东区", {})
    assert plan(world, only_en + b"\n", AreaOptions(level="district", name_en="name"))[1].empty


def test_invalid_rings_are_repaired_in_sight(world: World) -> None:
    root(world)
    bow = {
        "type": "Polygon",
        "coordinates": [[[113, 29], [113.2, 29.2], [113.2, 29], [113, 29.2], [113, 29]]],
    }
    data = {"type": "FeatureCollection", "features": []}
    data["features"] = [{"type": "Feature", "properties": {"code": "1", "name": "Bow"}, "geometry": bow}]  # type: ignore[assignment]
    planned = load(world, json.dumps(data).encode(), AreaOptions(level="district", name_en="name"))
    assert "shape_repaired" in {one["code"] for one in planned.notices}
    with world.as_system() as w:
        shape = w.get(Area, queries.by_code(w, "1").id).geometry
        assert shape is not None and shape.is_valid


def test_overlaps_duplicates_and_missing_codes_are_refused_by_row(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    data = areas_file(
        ({"code": "308", "name": "over a standing one"}, box(113.1, 29.0, 113.3, 29.2)),
        ({"code": "309", "name": "free"}, box(113.4, 29.0, 113.6, 29.2)),
        ({"code": "309", "name": "again"}, box(113.6, 29.0, 113.8, 29.2)),
        ({"name": "no code"}, box(113.8, 29.0, 113.9, 29.2)),
        ({"code": "310", "name": "over 309"}, box(113.5, 29.0, 113.7, 29.2)),
    )
    _, planned = plan(world, data, AreaOptions(level="district", name_en="name"))
    assert reasons(planned) == [(1, "overlap"), (3, "duplicate_code"), (4, "no_code"), (5, "overlap")]
    assert [row.code for row in planned.rows] == ["309"]
    assert plan(world, data, AreaOptions(level="district", name_en="name", overlap=0.6))[1].counts["new"] == 3


def test_turned_axes_are_refused_and_said(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    data = areas_file(({"code": "1", "name": "turned"}, box(29.0, 113.4, 29.2, 113.6)))
    assert reasons(plan(world, data, AreaOptions(level="district", name_en="name"))[1]) == [
        (1, "axes_swapped")
    ]
    table = write_csv(SITE_COLUMNS, [["S1", "Clinic", "hospital", "306", "29.1", "113.1"]])
    assert reasons(plan(world, table, SITES)[1]) == [(2, "axes_swapped")]


def test_a_parent_comes_from_a_column_and_a_misfit_is_warned_of(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    data = areas_file(
        ({"code": "1", "name": "inside", "district": 306.0}, box(113.0, 29.0, 113.1, 29.1)),
        ({"code": "2", "name": "elsewhere", "district": 306.0}, box(113.2, 29.0, 113.3, 29.1)),
        ({"code": "3", "name": "names none", "district": 0.0}, box(113.3, 29.0, 113.4, 29.1)),
        ({"code": "4", "name": "nowhere", "district": 0.0}, box(114.3, 29.0, 114.4, 29.1)),
    )
    planned = load(world, data, COMMUNITIES)
    assert warnings(planned) == {
        "2": ["outside_parent"],
        "3": ["parent_unknown", "parent_by_geometry"],
        "4": ["parent_unknown", "parent_by_geometry"],
    }
    parents = {code: place(world, code).parent_id for code in "1234"}
    east, west = place(world, "306").id, place(world, "307").id
    assert parents == {"1": east, "2": east, "3": west, "4": place(world, "9901").id}


def test_a_parent_comes_from_geometry_with_a_warning_where_shapes_do_not_nest(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    data = areas_file(
        ({"code": "1", "name": "inside"}, box(113.0, 29.0, 113.1, 29.1)),
        ({"code": "2", "name": "across"}, box(113.15, 29.0, 113.3, 29.1)),
    )
    options = AreaOptions(level="postal_area", name_en="name", parent="geometry", parent_level="district")
    planned = load(world, data, options)
    assert warnings(planned) == {"2": ["does_not_nest"]}
    assert place(world, "2").parent_id == place(world, "307").id


def test_a_file_of_several_levels_brings_its_own_parents(world: World) -> None:
    data = areas_file(
        ({"code": "9901-2", "up": "9901", "level": "district", "name": "D"}, box(113.0, 29.0, 113.2, 29.2)),
        ({"code": "9901", "up": "", "level": "city", "name": "C"}, box(113.0, 29.0, 113.2, 29.2)),
        ({"code": "9901-3", "up": "gone", "level": "community", "name": "X"}, box(113.0, 29.0, 113.1, 29.1)),
    )
    options = AreaOptions(level_column="level", parent="up", name_en="name")
    planned = load(world, data, options)
    assert reasons(planned) == [(3, "no_parent")]
    city = place(world, "9901")
    assert (city.parent_id, place(world, "9901-2").path) == (None, f"{city.id}/{place(world, '9901-2').id}/")
    assert plan(world, data + b" ", options)[1].counts["same"] == 2


def test_population_needs_its_year_and_levels_may_be_foreign_words(world: World) -> None:
    data = areas_file(({"code": "BX", "name": "Bronx", "pop": 1421022.0}, box(-73.9, 40.8, -73.8, 40.9)))
    with pytest.raises(Invalid, match="population-without-year"):
        plan(world, data, AreaOptions(level="Borough", name_en="name", population="pop"))
    load(world, data, AreaOptions(level="Borough", name_en="name", population="pop", population_year="2020"))
    with world.as_system() as w:
        area = w.get(Area, queries.by_code(w, "BX").id)
        assert (area.level, area.population, area.population_year) == ("borough", 1421022, 2020)
        assert queries.levels(w) == [("borough", 1)]


def test_options_that_name_no_column_are_refused(world: World) -> None:
    with pytest.raises(Invalid, match="no-such-column") as wrong:
        plan(world, TWO, AreaOptions(level="district", code="kode"))
    assert wrong.value.facts["field"] == "code"
    with pytest.raises(Invalid, match="level-not-stated"):
        plan(world, TWO, AreaOptions())
    with pytest.raises(Invalid, match="unreadable-not-geojson"):
        plan(world, b"{}", AreaOptions(level="district"))


def test_a_plan_that_is_older_than_the_tree_is_not_applied(world: World) -> None:
    root(world)
    number, _ = plan(world, TWO, DISTRICTS)
    world.area()
    with pytest.raises(Stale, match="plan-outdated"), world.as_system() as w:
        actions.apply_load(w, number)


def test_an_area_that_lies_nowhere_near_its_default_parent_is_warned_of(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    far = areas_file(({"code": "BK", "名称": "布鲁克林"}, box(-74.0, 40.6, -73.9, 40.7)))
    options = AreaOptions(level="borough", code="code", name_zh="名称", under="306")
    _, planned = plan(world, far, options)
    assert warnings(planned) == {"BK": ["outside_parent"]}
    near = areas_file(({"code": "N", "名称": "近"}, box(113.0, 29.0, 113.1, 29.1)))
    assert warnings(plan(world, near, options)[1]) == {}


def test_a_dropped_plan_is_gone(world: World) -> None:
    root(world)
    number, _ = plan(world, TWO, DISTRICTS)
    for _ in range(2):
        with world.as_system() as w:
            actions.drop_load(w, number)
    with pytest.raises(Refused, match="load-dropped"), world.as_system() as w:
        actions.apply_load(w, number)
    assert len(world.journal("places.LoadDropped")) == 1


def test_an_administrator_loads_into_its_own_part_only(world: World) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    east = place(world, "306")
    data = areas_file(
        ({"code": "1", "name": "mine", "district": 306}, box(113.0, 29.0, 113.1, 29.1)),
        ({"code": "2", "name": "theirs", "district": 307}, box(113.2, 29.0, 113.3, 29.1)),
    )
    with world.as_("administrator", east) as w:
        made = actions.plan_load(w, data, "f", COMMUNITIES)
        assert reasons(queries.plan_of(made)) == [(2, "not_yours")]
        number = made.id
        actions.apply_load(w, number)
    with world.as_("administrator", place(world, "307")) as w, pytest.raises(Missing):
        w.get(Load, number)
    with world.as_("clinic", east) as w, pytest.raises(Forbidden):
        actions.plan_load(w, data, "f", COMMUNITIES)
