"""Lists of cases and contacts: read, every doubtful row told, planned, applied once, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from region.formats.tables import write_xlsx
from region.people.models import Person
from region.spine.errors import Forbidden, Invalid, Refused
from region.tracing.actions import loading
from region.tracing.models import Case, Contact, ContactLink, Infection, LineLoad
from tests.region.tracing.ground import Ground, ground_of, resident
from tests.world import World

CONTACTS = "姓名,证件号码,手机号,社区代码,类别,末次接触日期,关联病例,接触方式\n"
CASES = "ref,name,area code,positive on,onset,source,likely,kind,found by\n"


@pytest.fixture
def ground(world: World) -> Ground:
    return ground_of(world)


def plan(ground: Ground, kind: str, text: str, **more: Any) -> int:
    with ground.desk() as w:
        data = text.encode()
        return loading.plan_lines(w, ground.incident.id, kind, data, f"{kind}.csv", **more).id


def apply(ground: Ground, load: int) -> None:
    with ground.desk() as w:
        loading.apply_lines(w, w.get(LineLoad, load))


def plan_of(ground: Ground, load: int) -> dict[str, Any]:
    with ground.desk() as w:
        return dict(w.get(LineLoad, load).plan)


def count(ground: Ground, table: Any) -> int:
    with ground.desk() as w:
        return int(w.session.scalar(select(func.count()).select_from(table)) or 0)


def test_a_list_of_contacts_is_planned_and_applied_once_with_all_its_links(ground: Ground) -> None:
    with ground.desk() as w:
        first, second = ground.case(w).code, ground.case(w).code
    here = ground.here.code
    text = CONTACTS + "".join(
        f"测试{n},{resident(500 + n)},1390000{n:04d},{here},{kind},2022-07-30,{source},同餐\n"
        for n, kind, source in (
            (1, "密接", first),
            (2, "次密接", f"{first};{second}"),
            (1, "密接", second),
        )
    )
    load = plan(ground, "contacts", text)
    assert plan_of(ground, load)["counts"] == {"rows": 3, "new": 2, "known": 1, "refused": 0}
    assert count(ground, Contact) == 0
    assert plan(ground, "contacts", text) == load
    for _ in range(2):
        apply(ground, load)
    assert (count(ground, Contact), count(ground, ContactLink)) == (2, 4)
    with ground.desk() as w:
        assert w.get(LineLoad, load).closed is None
        assert set(w.session.scalars(select(ContactLink.setting))) == {"dining"}
        assert sorted(w.session.scalars(select(Contact.category))) == ["close_contact", "secondary_contact"]
    again = plan(ground, "contacts", text + "\n")
    apply(ground, again)
    assert plan_of(ground, again)["counts"]["new"] == 0
    assert (count(ground, Contact), count(ground, ContactLink)) == (2, 4)


def test_every_bad_row_is_told_with_its_row_column_and_reason_and_the_good_ones_are_taken(
    ground: Ground,
) -> None:
    with ground.desk() as w:
        case = ground.case(w).code
    here, good = ground.here.code, resident(600)
    rows = [
        f"甲,{good},,{here},密接,2022-07-30,{case},同住",
        f"乙,{good[:-1]}{(int(good[-1]) + 1) % 10 if good[-1] != 'X' else 1},,{here},密接,2022-07-30,{case},同住",
        f"丙,{resident(601)},,nowhere,密接,2022-07-30,{case},同住",
        f"丁,{resident(602)},,{here},亲戚,2022-07-30,{case},同住",
        f"戊,{resident(603)},,{here},密接,2022-09-30,{case},同住",
        f"己,{resident(604)},,{here},密接,2022-07-30,C0-0001,同住",
        f"庚,{resident(605)},12,{here},密接,2022-07-30,{case},同住",
        f"辛,,,{here},密接,2022-07-30,{case},同住",
        f"壬,{resident(606)},,{here},密接,2022-07-30,,同住",
        f"癸,{resident(607)},,{here},密接,07/08/2022,{case},同住",
        f"甲,{resident(608)},,{here},密接,2022-07-30,{case},同住",
        f"乙,{resident(608)},,{here},密接,2022-07-30,{case},同住",
    ]
    load = plan(ground, "contacts", CONTACTS + "\n".join(rows))
    found = plan_of(ground, load)
    told = [(one["number"], one["facts"]["column"], one["code"]) for one in found["refused"]]
    assert told == [
        (3, "证件号码", "line_paper_wrong"),
        (4, "社区代码", "line_place_unknown"),
        (5, "类别", "line_word_unknown"),
        (6, "末次接触日期", "line_day_wrong"),
        (7, "–", "line_source_unknown"),
        (8, "手机号", "line_phone_wrong"),
        (9, "证件号码", "line_nobody"),
        (10, "关联病例", "line_source_missing"),
        (11, "末次接触日期", "line_day_wrong"),
        (12, "–", "line_twice"),
        (13, "–", "line_twice"),
    ]
    assert found["counts"] == {"rows": 12, "new": 1, "known": 0, "refused": 11}
    assert resident(608) not in str(found) and "甲" not in str(found)
    apply(ground, load)
    assert count(ground, Contact) == 1


def test_a_line_list_of_cases_keeps_several_possible_sources_wherever_they_stand_in_it(
    ground: Ground,
) -> None:
    here = ground.here.code
    text = CASES + "".join(
        f"{ref},,{here},2022-07-{day},2022-07-{day - 2},{source},probable,confirmed,community\n"
        for ref, day, source in (
            ("K2", 28, "K1 K3"),
            ("K1", 25, ""),
            ("K3", 26, "K1"),
            ("K4", 29, "K9"),
            ("K5", 30, "K4"),
        )
    )
    load = plan(ground, "cases", text)
    found = plan_of(ground, load)
    assert found["counts"] == {"rows": 5, "new": 3, "known": 0, "refused": 2}
    assert [one["code"] for one in found["refused"]] == ["line_source_unknown"] * 2
    apply(ground, load)
    with ground.desk() as w:
        refs = {row.id: row.ref for row in w.session.execute(select(Case.id, Case.ref))}
        pairs = w.session.execute(select(Infection.case_id, Infection.source_id, Infection.likely))
        told = sorted((refs[row.case_id], refs[row.source_id], row.likely) for row in pairs)
        assert told == [
            ("line:K2", "line:K1", "probable"),
            ("line:K2", "line:K3", "probable"),
            ("line:K3", "line:K1", "probable"),
        ]
        assert all(w.session.scalars(select(Case.community)))
    more = plan(ground, "cases", text + f"K6,,{here},2022-07-31,,K2,,,\n")
    apply(ground, more)
    assert (count(ground, Case), count(ground, Infection), count(ground, Person)) == (4, 4, 4)


def test_the_same_case_twice_in_a_list_is_refused_in_both_rows(ground: Ground) -> None:
    here = ground.here.code
    load = plan(ground, "cases", CASES + f"K1,,{here},2022-07-25,,,,,\nK1,,{here},2022-07-26,,,,,\n")
    found = plan_of(ground, load)
    assert [(one["number"], one["facts"]["rows"]) for one in found["refused"]] == [(2, "2, 3"), (3, "2, 3")]


def test_a_workbook_with_other_headings_is_read_by_a_given_mapping(ground: Ground) -> None:
    sheet = write_xlsx(["wer", "rash"], [["K1", "2022-07-25"], ["K2", "2022-07-26"]])
    columns = {"ref": "wer", "day": "rash"}
    with ground.desk() as w:
        load = loading.plan_lines(
            w, ground.incident.id, "cases", sheet, "a.xlsx", columns=columns, place=ground.here.id
        )
        assert load.plan["counts"]["new"] == 2


def test_a_dropped_file_goes_is_not_applied_and_can_be_planned_again(ground: Ground) -> None:
    text = CASES + f"K1,,{ground.here.code},2022-07-25,,,,,\n"
    load = plan(ground, "cases", text)
    with ground.desk() as w:
        loading.drop_lines(w, w.get(LineLoad, load))
        assert w.get(LineLoad, load).closed is None
    with pytest.raises(Refused, match="line-load-dropped"):
        apply(ground, load)
    assert plan(ground, "cases", text) == load
    apply(ground, load)
    assert count(ground, Case) == 1
    with ground.desk() as w, pytest.raises(Refused, match="line-load-applied"):
        loading.drop_lines(w, w.get(LineLoad, load))


def test_a_file_without_days_or_of_no_known_kind_is_refused_and_who_may_not_load_cannot(
    ground: Ground,
) -> None:
    with pytest.raises(Invalid, match="columns-unclear"):
        plan(ground, "contacts", "姓名,证件号码\n甲,1\n")
    with pytest.raises(Invalid, match="line-kind-unknown"):
        plan(ground, "visits", CASES)
    with ground.world.as_("transfer_driver", ground.district) as w, pytest.raises(Forbidden):
        loading.plan_lines(w, ground.incident.id, "cases", CASES.encode(), "a.csv")
