"""A list is read, planned and applied once; each bad row is told by number and reason; sources make a graph."""

from __future__ import annotations

from datetime import date
from uuid import NAMESPACE_OID, uuid5

import pytest
from sqlalchemy import func, select

from region.people.models import Person
from region.spine.errors import Forbidden, Invalid, Refused
from region.tracing.actions import loading, sourcing
from region.tracing.actions.loading import Options
from region.tracing.actions.sourcing import Source
from region.tracing.models import Case, Contact, ContactLink, Infection, LineLoad
from region.tracing.queries.chains import chains
from tests.region.tracing.ground import Ground, ground_of, resident
from tests.world import World

NONE = Options()
CASES = """case_ID,infector,onset,day,grid,name
1,,2022-07-20,2022-07-22,{here},甲
2,1,2022-07-24,2022-07-25,,乙
3,1;2,2022-07-29,,{there},丙
4,77,2022-07-30,2022-07-31,,丁
5,,not a day,2022-07-31,,戊
6,,,2022-07-31,NOWHERE,己
7,,,2022-09-30,,庚
8,,,,,辛
9,,,2022-07-31,,壬
9,,,2022-07-31,,癸
"""


@pytest.fixture
def here(world: World) -> Ground:
    return ground_of(world)


def planned(here: Ground, text: str, kind: str = "cases", options: Options = NONE) -> LineLoad:
    with here.desk() as w:
        return loading.plan_lines(w, here.incident.id, kind, text.encode(), "list.csv", options)


def applied(here: Ground, id: int) -> None:
    with here.desk() as w:
        loading.apply_lines(w, w.get(LineLoad, id))


def filled(here: Ground) -> str:
    return CASES.format(here=here.here.code, there=here.there.code)


def test_a_list_is_planned_by_row_and_applied_once(here: Ground) -> None:
    load = planned(here, filled(here))
    assert load.plan["counts"] == {"rows": 10, "good": 4, "refused": 6, "noticed": 1}
    assert [(one["number"], one["code"]) for one in load.plan["refused"]] == [
        (6, "line_day_wrong"),
        (7, "line_area_unknown"),
        (8, "line_day_wrong"),
        (9, "line_day_missing"),
        (10, "line_twice"),
        (11, "line_twice"),
    ]
    assert load.plan["noticed"] == [{"number": 5, "code": "line_source_unknown", "facts": {"given": "77"}}]
    assert "甲" not in str(load.plan), "what identifies people lies in the closed file alone"
    with here.desk() as w:
        assert w.session.scalar(select(func.count()).select_from(Case)) == 0, "nothing stands yet"
    assert planned(here, filled(here)).id == load.id
    applied(here, load.id)
    before = len(here.world.journal())
    applied(here, load.id)
    assert len(here.world.journal()) == before
    with here.desk() as w:
        rows = {row.ref: row for row in w.session.scalars(select(Case))}
        assert sorted(rows) == ["line:1", "line:2", "line:3", "line:4"]
        assert rows["line:3"].day == date(2022, 7, 29), "without a day the onset"
        assert (rows["line:3"].place_id, rows["line:1"].place_id) == (here.there.id, here.here.id)
        assert rows["line:2"].place_id == here.district.id, "where the incident is"
        found = chains(w, here.incident.id).graph
        assert found.offspring == {
            rows["line:1"].id: 1.5, rows["line:2"].id: 0.5, rows["line:3"].id: 0, rows["line:4"].id: 0,
        }  # fmt: skip
        assert set(w.session.scalars(select(Infection.likely))) == {"probable", "possible"}
        assert w.get(LineLoad, load.id).closed is None


def test_the_list_of_the_next_day_names_the_same_people_once(here: Ground) -> None:
    head = "case_ID,infector,day,name\n"
    applied(here, planned(here, head + "1,,2022-07-30,甲\n").id)
    applied(here, planned(here, head + "1,,2022-07-30,甲\n2,1,2022-07-31,乙\n").id)
    applied(here, planned(here, head + "1,,2022-07-30,别人\n").id)
    with here.desk() as w:
        assert w.session.scalar(select(func.count()).select_from(Case)) == 3, "another name is another person"
        assert w.session.scalar(select(func.count()).select_from(Infection)) == 1


def test_days_may_be_numbered_and_zero_is_none(here: Ground) -> None:
    load = planned(here, "start_illness\n3\n0\n1\n", options=Options(day_one=date(2022, 7, 1)))
    assert load.plan["counts"] == {"rows": 3, "good": 2, "refused": 1, "noticed": 0}
    applied(here, load.id)
    with here.desk() as w:
        assert sorted(w.session.scalars(select(Case.onset_on))) == [date(2022, 7, 1), date(2022, 7, 3)]


def test_contacts_come_with_the_cases_that_they_met(here: Ground) -> None:
    applied(here, planned(here, "case_ID,day\n1,2022-07-30\n").id)
    text = "序号,姓名,身份证号,类别,末次接触日期,关联病例\n"
    text += f"1,甲,{resident(1)},密接,2022-07-31,1\n2,乙,{resident(2)},一般接触者,2022-07-31,1\n"
    text += f"3,丙,123,密接,2022-07-31,1\n4,丁,{resident(4)},密接,2022-07-31,99\n5,戊,{resident(5)},邻居,2022-07-31,1\n"
    load = planned(here, text, "contacts")
    assert [(one["number"], one["code"]) for one in load.plan["refused"]] == [
        (4, "person_paper_wrong_length"),
        (5, "line_source_unknown"),
        (6, "line_word_unknown"),
    ]
    applied(here, load.id)
    with here.desk() as w:
        assert sorted(w.session.scalars(select(Contact.category))) == ["close_contact", "general_contact"]
        assert w.session.scalar(select(func.count()).select_from(ContactLink)) == 2


def test_a_dropped_file_goes_and_may_come_again(here: Ground) -> None:
    load = planned(here, "case_ID,day\n1,2022-07-30\n")
    with here.desk() as w:
        loading.drop_lines(w, w.get(LineLoad, load.id))
    with here.desk() as w, pytest.raises(Refused, match="line-load-dropped"):
        assert w.get(LineLoad, load.id).closed is None
        loading.apply_lines(w, w.get(LineLoad, load.id))
    again = planned(here, "case_ID,day\n1,2022-07-30\n")
    assert (again.id, again.state) == (load.id, "planned")
    applied(here, again.id)
    with here.desk() as w, pytest.raises(Refused, match="line-load-applied"):
        loading.drop_lines(w, w.get(LineLoad, load.id))


def test_a_file_without_days_and_a_stranger_are_refused(here: Ground) -> None:
    with pytest.raises(Invalid, match="columns-unclear"):
        planned(here, "name,colour\n甲,red\n")
    with pytest.raises(Invalid, match="line-kind-unknown"):
        planned(here, "case_ID,day\n1,2022-07-30\n", "people")
    with pytest.raises(Forbidden), here.world.as_("clinic", here.here) as w:
        loading.plan_lines(w, here.incident.id, "cases", b"case_ID,day\n1,2022-07-30\n", "x.csv", NONE)


def test_sources_are_kept_several_and_taken_back(here: Ground) -> None:
    applied(here, planned(here, "case_ID,day\n1,2022-07-28\n2,2022-07-29\n3,2022-07-30\n").id)
    with here.desk() as w:
        one, two, three = w.session.scalars(select(Case).order_by(Case.id)).all()
        given = [Source(three.id, one.id, "possible"), Source(three.id, two.id, "possible")]
        assert sourcing.keep(w, given, incident=here.incident.id) == 2
    with here.desk() as w:
        assert sourcing.keep(w, given, incident=here.incident.id) == 0
        sure = [Source(three.id, two.id, "confirmed", "household")]
        assert sourcing.keep(w, sure, incident=here.incident.id) == 1
    with here.desk() as w:
        sourcing.forget(w, w.get(Case, three.id), one.id)
        with pytest.raises(Invalid, match="source-itself"):
            sourcing.keep(w, [Source(one.id, one.id)], incident=here.incident.id)
        with pytest.raises(Invalid, match="source-unknown"):
            sourcing.keep(w, [Source(one.id, 987654)], incident=here.incident.id)
    with here.desk() as w:
        rows = w.session.execute(select(Infection.source_id, Infection.likely, Infection.setting)).all()
        assert [tuple(row) for row in rows] == [(two.id, "confirmed", "household")]


def test_settings_are_read_in_the_words_of_both_languages(here: Ground) -> None:
    rows = "1,2022-07-28,同餐\n2,2022-07-28,household\n3,2022-07-28,Same room\n4,2022-07-28,邻居\n"
    load = planned(here, "case_ID,day,接触方式\n" + rows)
    assert load.plan["counts"]["good"] == 3
    assert [(one["number"], one["code"]) for one in load.plan["refused"]] == [(5, "line_setting_unknown")]


def test_nothing_of_a_person_can_be_guessed_from_his_uid(here: Ground) -> None:
    """The same row is the same person by a hash that needs the installation's key."""
    applied(here, planned(here, "case_ID,day,name,phone\n7,2022-07-28,甲,13900000001\n").id)
    said = "|".join((str(here.incident.id), "cases", "7", "甲", "13900000001", ""))
    with here.desk() as w:
        uids = set(map(str, w.session.scalars(select(Person.uid))))
        assert len(uids) == 1 and str(uuid5(NAMESPACE_OID, said)) not in uids
    applied(here, planned(here, "case_ID,day,name,phone\n7,2022-07-28,甲,13900000001\n8,2022-07-29,,\n").id)
    with here.desk() as w:
        assert w.session.scalar(select(func.count()).select_from(Person)) == 2


def test_who_is_a_case_out_of_sight_is_refused_and_the_rest_is_taken(here: Ground) -> None:
    """The list of one community names somebody whom another one has already."""
    text = f"case_ID,day,证件号码\n1,2022-07-28,{resident(1)}\n2,2022-07-28,{resident(2)}\n"
    with here.desk() as w:
        here.case(w, here.there)
    with here.world.as_("epidemiologist", here.here) as w:
        incident, options = here.incident.id, Options(here.here.id)
        load = loading.plan_lines(w, incident, "cases", text.encode(), "a.csv", options)
        assert load.plan["refused"] == [{"number": 2, "code": "line_elsewhere", "facts": {}}]
    with here.world.as_("epidemiologist", here.here) as w:
        loading.apply_lines(w, w.get(LineLoad, load.id))
    with here.desk() as w:
        assert w.session.scalar(select(func.count()).select_from(Case)) == 2


def test_a_district_loads_its_own_list_of_a_city_s_incident(here: Ground) -> None:
    with here.world.as_("epidemiologist", here.there) as w:
        text = b"case_ID,day\n1,2022-07-30\n"
        load = loading.plan_lines(w, here.incident.id, "cases", text, "list.csv", NONE)
        assert load.place_id == here.there.id
        loading.apply_lines(w, load)
        assert [row.place_id for row in w.session.scalars(select(Case))] == [here.there.id]
