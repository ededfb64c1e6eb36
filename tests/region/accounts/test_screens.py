"""The screens of accounts, as a person meets them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from region.accounts import actions
from tests.region.accounts.test_entering import PASSWORD, person
from tests.world import World


class Visitor:
    """A browser that takes the form token from the page it is on."""

    def __init__(self, world: World, lang: str = "en") -> None:
        self.client = world.browser()
        self.lang = lang

    def get(self, path: str) -> Any:
        mark = "&" if "?" in path else "?"
        return self.client.get(f"{path}{mark}lang={self.lang}")

    def post(self, page: str, path: str, **form: Any) -> Any:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert token
        return self.client.post(path, data={**form, "csrf_token": token[1]})

    def sign_in(self, login: str) -> Visitor:
        answer = self.post("/sign-in", "/sign-in", login=login, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return self


@pytest.fixture
def people(sqlite_world: World) -> dict[str, int]:
    world = sqlite_world
    world.settings = world.settings.__class__(**{**world.settings.__dict__, "demo": True})
    from region.app import build_office
    from region.spine.clock import Clock
    from region.spine.installation import SilentBell

    world.office.engine.dispose()
    world.office = build_office(world.settings, clock=Clock(instant=world.clock), bell=SilentBell())
    east, west = world.area(), world.area()
    clinic, far = world.clinic(east, code="A1"), world.clinic(west)
    return {
        "admin": person(world, east, "admin", "administrator"),
        "officer": person(world, east, "officer", "duty_officer"),
        "nurse": person(world, clinic, "nurse", "clinic"),
        "stranger": person(world, far, "stranger", "clinic"),
        "clinic": clinic.id,
        "far": far.id,
    }


def test_every_page_is_there_in_both_languages(sqlite_world: World, people: dict[str, int]) -> None:
    for lang in ("zh", "en"):
        browser = Visitor(sqlite_world, lang).sign_in("admin")
        for path in (
            "/sign-in", "/accounts", f"/accounts/{people['nurse']}", "/accounts/enrol", "/accounts/new",
            "/accounts/qr", "/accounts/tokens", "/duty", f"/duty?place={people['clinic']}", "/accounts/enrol/example",
        ):  # fmt: skip
            assert browser.get(path).status_code == 200, path


def test_a_stranger_s_district_is_404_on_every_route(sqlite_world: World, people: dict[str, int]) -> None:
    browser = Visitor(sqlite_world).sign_in("admin")
    who, far = people["stranger"], people["far"]
    for path in (
        f"/accounts/{who}",
        f"/accounts?place={far}",
        f"/accounts/qr?place={far}",
        f"/duty?place={far}",
    ):
        assert browser.get(path).status_code == 404, path
    for path, form in (
        (f"/accounts/{who}/phone", {"purpose": "duty"}),
        (f"/accounts/{who}/grants", {"role": "clinic", "place": people["clinic"]}),
        (f"/accounts/{who}/close", {}),
        (f"/accounts/{who}/second-factor/clear", {}),
        (f"/accounts/{who}/sessions/end", {}),
        ("/accounts/qr", {"place": people["clinic"], "account": who}),
        ("/accounts/qr", {"place": far}),
    ):
        assert browser.post("/accounts/new", path, **form).status_code == 404, path


def test_without_a_form_token_nothing_is_done(sqlite_world: World, people: dict[str, int]) -> None:
    browser = Visitor(sqlite_world).sign_in("admin")
    assert browser.client.post(f"/accounts/{people['nurse']}/close").status_code == 422
    assert sqlite_world.journal("accounts.AccountClosed") == []


def test_signing_in_goes_on_to_the_page_that_was_asked_for_and_nowhere_else(
    sqlite_world: World, people: dict[str, int]
) -> None:
    for asked, reached in (("/duty", "/duty"), ("//evil.example/x", "/"), ("https://evil.example", "/")):
        browser = Visitor(sqlite_world)
        browser.client.get("/sign-in", query_string={"next": asked})
        answer = browser.post("/sign-in", "/sign-in", login="nurse", password=PASSWORD)
        assert answer.headers["Location"] == reached
    wrong = Visitor(sqlite_world).post("/sign-in", "/sign-in", login="nurse", password="wrong")
    assert wrong.status_code == 401 and "five failures" in wrong.text
    assert "second factor is bypassed" in wrong.text


def test_signing_out_ends_it(sqlite_world: World, people: dict[str, int]) -> None:
    browser = Visitor(sqlite_world).sign_in("nurse")
    assert browser.get("/duty").status_code == 200
    browser.post("/sign-in", "/sign-out")
    assert browser.get("/duty").status_code == 302


def test_a_file_is_planned_applied_and_its_people_join(sqlite_world: World, people: dict[str, int]) -> None:
    browser = Visitor(sqlite_world).sign_in("admin")
    file = "机构编码,姓名,角色,电话,账号\nA1,赵晓岚,clinic,10000000777,np77\nZZ,无名,clinic,,np78\n"
    upload = (io.BytesIO(file.encode()), "people.csv")
    plan = browser.post("/accounts/enrol", "/accounts/enrol", file=upload)
    assert "2 rows: 1 new, 0 changed, 0 as they stand, 1 refused" in plan.text
    carriage = re.search(r'name="carriage" value="([^"]+)"', plan.text)
    assert carriage
    form = {"carriage": carriage[1]}
    assert "Enrolment applied" in browser.post("/accounts/enrol", "/accounts/enrol/apply", **form).text
    tampered = browser.post(
        "/accounts/enrol", "/accounts/enrol/apply", carriage=form["carriage"][:-8] + "AAAAAAA="
    )
    assert tampered.status_code == 422
    with sqlite_world.as_system() as w:
        (one,) = actions.make_join_codes(w, people["clinic"])
    assert "not connected yet" in browser.get("/accounts?state=invited").text
    newcomer = Visitor(sqlite_world)
    path = f"/join/{one.code}"
    assert newcomer.post(path, path, password="short", again="short").status_code == 422
    assert newcomer.post(path, path, password=PASSWORD, again="unlike this").status_code == 422
    assert newcomer.post(path, path, password=PASSWORD, again=PASSWORD).status_code == 303
    assert newcomer.get("/duty").status_code == 200
    assert Visitor(sqlite_world).get(path).status_code == 409


def test_sheets_show_a_picture_a_person_and_tokens_are_shown_once(
    sqlite_world: World, people: dict[str, int]
) -> None:
    with sqlite_world.as_system() as w:
        actions.ensure_account(
            w, login="np09", name_zh="新人", name_en="", place_id=people["clinic"], role="clinic"
        )
    browser = Visitor(sqlite_world).sign_in("admin")
    assert browser.post("/accounts/qr", "/accounts/qr").text.count("<svg") == 1
    form = {
        "name": "lab",
        "place": people["clinic"],
        "role": "clinic",
        "scopes": "dispatch.read",
        "days": "9",
    }
    assert "rgn_" in browser.post("/accounts/tokens", "/accounts/tokens", **form).text
    assert "rgn_" not in browser.get("/accounts/tokens").text
