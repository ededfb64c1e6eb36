"""Enrolment from a spreadsheet: read, checked, planned, applied; the same file twice changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from region.accounts import actions
from region.accounts.actions import Plan
from region.accounts.models import Account, RoleGrant
from region.accounts.roster import read_roster, telephone
from region.formats.tables import write_xlsx
from region.places.models import Place
from region.spine.actor import system_actor
from region.spine.errors import Forbidden, Invalid
from tests.world import World

HEADER = "机构编码,姓名,英文姓名,角色,电话,账号,替补对象"


def sheet(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def enrol(world: World, place: Place, data: bytes, *, apply: bool = True, invented: bool = True) -> Plan:
    with world.as_("administrator", place) as w:
        roster = read_roster(data, "people.csv", invented=invented)
        return actions.apply_roster(w, roster) if apply else actions.plan_roster(w, roster)


def reasons(plan: Plan) -> dict[int, str]:
    return {problem.number: problem.code for problem in plan.refused}


def people(world: World) -> dict[str, Account]:
    with world.as_system() as w:
        return {one.login: one for one in w.session.scalars(select(Account))}


@pytest.fixture
def district(world: World) -> Place:
    area = world.area()
    world.clinic(area, code="A1")
    world.clinic(area, code="A2")
    return area


TWO = (
    "A1,王雨桐,Wang Yutong,clinic,10000000101,np01,",
    "A1,李文博,Li Wenbo,机构经办人,10000000102,np02,np01",
)


def test_a_file_becomes_people_with_roles_deputies_and_sealed_telephones(
    world: World, district: Place
) -> None:
    plan = enrol(world, district, sheet(*TWO))
    assert (len(plan.new), len(plan.changed), plan.same, reasons(plan)) == (2, 0, 0, {})
    found = people(world)
    assert found["np02"].deputy_of_id == found["np01"].id and found["np01"].deputy_of_id is None
    assert found["np01"].state == "invited" and found["np01"].joined_at is None
    sealed = found["np01"].phone or ""
    assert "0101" not in sealed and world.office.installation.seal.open(sealed) == "10000000101"
    told = world.journal("accounts.AccountsEnrolled")
    assert [(entry.data["new"], entry.data["refused"], entry.place_id) for entry in told] == [
        (2, 0, district.id)
    ]
    assert len(world.journal("accounts.RoleGranted")) == 2


def test_a_plan_changes_nothing(world: World, district: Place) -> None:
    assert len(enrol(world, district, sheet(*TWO), apply=False).new) == 2
    assert people(world) == {} and world.journal("accounts.AccountsEnrolled") == []


def test_the_same_file_twice_changes_nothing(world: World, district: Place) -> None:
    enrol(world, district, sheet(*TWO))
    before = len(world.journal())
    again = enrol(world, district, sheet(*TWO))
    assert (len(again.new), len(again.changed), again.same) == (0, 0, 2)
    assert len(world.journal()) == before
    with world.as_system() as w:
        assert w.session.scalar(select(func.count()).select_from(RoleGrant)) == 2


def test_an_edited_file_changes_what_was_edited(world: World, district: Place) -> None:
    enrol(world, district, sheet(*TWO))
    edited = (
        "A2,王雨桐,Wang Yutong,clinic_lead,10000000109,np01,",
        "A1,李文博,Li Wenbo,clinic,10000000102,np02,",
    )
    plan = enrol(world, district, sheet(*edited))
    assert {change.person.login: change.fields for change in plan.changed} == {
        "np01": ("phone", "place", "role"),
        "np02": ("deputy_of",),
    }
    assert enrol(world, district, sheet(*edited)).same == 2
    assert len(world.journal("accounts.RoleRevoked")) == 1
    found = people(world)
    assert found["np02"].deputy_of_id is None
    with world.as_system() as w:
        held = select(RoleGrant.role).where(
            RoleGrant.account_id == found["np01"].id, RoleGrant.ends.is_(None)
        )
        assert w.session.scalars(held).all() == ["clinic_lead"]


def test_a_role_granted_by_hand_survives_a_file(world: World, district: Place) -> None:
    enrol(world, district, sheet(*TWO))
    who = people(world)["np01"].id
    with world.as_("administrator", district) as w:
        actions.grant_role(w, who, "sampler", district.id)
    assert enrol(world, district, sheet(*TWO)).same == 2


def test_rows_are_refused_by_number_with_the_reason_and_the_rest_goes_in(
    world: World, district: Place
) -> None:
    other = world.area()
    world.clinic(other, code="B1")
    with world.as_system() as w:
        actions.ensure_account(w, login="taken", name_zh="别人", name_en="", place_id=other.id, role="clinic")
    rows = (
        "A1,王雨桐,,clinic,10000000101,np01,",
        "B1,李文博,,clinic,10000000102,np02,",
        "ZZ,李文博,,clinic,10000000102,np03,",
        "A1,李文博,,clinic,1234,np04,",
        "A1,李文博,,clinic,10000000105,np01,",
        "A1,李文博,,wizard,10000000106,np06,",
        "A1,李文博,,system,10000000106,np07,",
        "A1,,,clinic,10000000106,np08,",
        "A1,李文博,,clinic,10000000106,Not A Login!,",
        "A1,李文博,,clinic,10000000106,np10,nobody",
        "A1,李文博,,clinic,10000000106,np11,np10",
        "A1,李文博,,clinic,10000000106,np12,np12",
        "A1,李文博,,clinic,10000000106,taken,",
    )
    plan = enrol(world, district, sheet(*rows))
    assert [change.person.login for change in plan.new] == ["np01"]
    assert reasons(plan) == {
        3: "site-unknown", 4: "site-unknown", 5: "phone-bad", 6: "login-twice", 7: "role-unknown",
        8: "role-unknown", 9: "cell-empty", 10: "login-form", 11: "deputy-unknown", 12: "deputy-unknown",
        13: "deputy-is-self", 14: "login-taken",
    }  # fmt: skip
    assert plan.rows == len(rows)


def test_invented_telephones_are_taken_in_exercises_and_demonstrations_alone(world: World) -> None:
    assert telephone("1000000 1234", invented=True) == "10000001234"
    assert telephone("10000001234", invented=False) is None
    assert telephone("100000000 01", invented=False) is None
    assert telephone("138-0013-8000", invented=False) == "13800138000"
    assert telephone("(0755)26500000", invented=False) == "0755-26500000"
    assert telephone("26500000", invented=False) is None
    area = world.area()
    with world.as_system() as w, pytest.raises(Invalid, match="phone-bad"):
        actions.make_account(
            w, login="np01", name_zh="王", name_en="", place_id=area.id, role="clinic", phone="10000001234"
        )
    with world.office.work(system_actor(7)) as w:
        actions.make_account(
            w, login="np01", name_zh="王", name_en="", place_id=area.id, role="clinic", phone="10000001234"
        )


def test_headers_in_english_and_a_workbook_and_a_wider_place_for_the_role(
    world: World, district: Place
) -> None:
    columns = ["login", "role", "site_code", "name_zh", "name_en", "phone", "deputy_of", "area_code"]
    book = write_xlsx(columns, [["np01", "Duty officer", "A1", "王雨桐", "Wang", "", "", district.code]])
    with world.as_("administrator", district) as w:
        plan = actions.apply_roster(w, read_roster(book, "people.xlsx", invented=False))
    assert len(plan.new) == 1
    with world.as_system() as w:
        grant = w.session.scalars(select(RoleGrant)).one()
        assert (grant.role, grant.place_id) == ("duty_officer", district.id)


def test_a_file_without_the_needed_columns_is_refused_whole() -> None:
    with pytest.raises(Invalid, match="columns-missing"):
        read_roster(sheet("A1,王雨桐", header="机构编码,姓名"), "x.csv", invented=False)


def test_only_who_may_enrol_enrols(world: World, district: Place) -> None:
    roster = read_roster(sheet(*TWO), "x.csv", invented=True)
    with pytest.raises(Forbidden), world.as_("duty_officer", district) as w:
        actions.plan_roster(w, roster)


def test_ensure_account_made_twice_is_one(world: World, district: Place) -> None:
    made = []
    for _ in range(2):
        with world.as_system() as w:
            one = actions.ensure_account(
                w,
                login="Demo01",
                name_zh="王",
                name_en="",
                place_id=district.id,
                role="commander",
                password="x",
            )
            made.append(one.id)
    assert made[0] == made[1]
    assert len(world.journal("accounts.AccountMade")) == len(world.journal("accounts.AccountJoined")) == 1


def test_no_file_changes_the_role_of_whoever_enrols(world: World, district: Place) -> None:
    me = enrol_admin(world, district)
    actor = replace(world.actor("administrator", district), account_id=me)
    rows = ("A1,王雨桐,,commander,,admin,", TWO[0], "A1,王雨桐,,clinic,,np09,admin")
    with world.office.work(actor) as w:
        plan = actions.apply_roster(w, read_roster(sheet(*rows), "people.csv", invented=True))
    assert reasons(plan) == {2: "grants-self"}
    assert {change.person.login for change in plan.new} == {"np01", "np09"}
    with world.as_system() as w:
        held = select(RoleGrant.role).where(RoleGrant.account_id == me, RoleGrant.ends.is_(None))
        assert w.session.scalars(held).all() == ["administrator"]


def enrol_admin(world: World, place: Place) -> int:
    with world.as_system() as w:
        return actions.make_account(
            w, login="admin", name_zh="管理员", name_en="", place_id=place.id, role="administrator"
        ).id
