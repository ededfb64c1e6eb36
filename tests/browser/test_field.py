"""A sampler fills tubes on a telephone in a real Chromium: what is taken, what is refused and why, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from region.formats.codes.tubes import read_code
from region.people.actions.registering import Given, register
from region.people.papers import read_paper
from region.sampling.actions.singling import keep_apart
from tests.browser.field_phone import Field, Handset
from tests.browsing import eventually
from tests.region.sampling.ground import resident, uid
from tests.world import World

pytestmark = pytest.mark.browser

CODES = [
    "ABC-123",
    "a b c 1 2 3",
    "ABC?12",
    "T\u00fcr-5",
    "12",
    "-1234",
    "220801990106001001000001N",
    "2" * 24 + "0",
]
PAPERS = [
    ("resident", resident(5)),
    ("resident", resident(5)[:-1] + ("1" if resident(5)[-1] != "1" else "2")),
    ("resident", "990106540207001"),
    ("resident", "990106195402310011"),
    ("resident", "13800001111"),
    ("resident", "12345"),
    ("passport", "e1234567"),
    ("passport", "ABCDEFG"),
    ("passport", resident(6)),
    ("permit", "H12345678"),
    ("permit", "12345"),
    ("birth", "R340123456"),
    ("birth", "340123456"),
    ("other", "A-7"),
    ("none", ""),
]


@pytest.fixture
def field(sqlite_world: World, chromium: Any) -> Iterator[Field]:
    made = Field(sqlite_world, chromium)
    yield made
    made.close()


def open_tube(phone: Handset, box: str = "BOX-0001") -> str:
    """Open a box and a tube by scanning; gives the tube's code."""
    code = phone.field.ground.code()
    phone.scan(box, code)
    phone.counts("0/10")
    return code


def other_paper(phone: Handset, kind: str, number: str = "", name: str = "") -> None:
    page = phone.page
    page.get_by_role("button", name="Other paper").click()
    page.locator(f".field-kinds label:has(input[value={kind}])").click()
    if number:
        page.locator("#person-number").fill(number)
    page.locator("#person-name").fill(name)
    page.locator("#person-form button.button-first").click()


def test_at_02_two_phones_take_one_tube_with_no_network_and_both_versions_are_kept(field: Field) -> None:
    first, second = field.phone().begin(), field.phone().begin()
    code = field.ground.code()
    for phone, start in ((first, 0), (second, 10)):
        phone.offline()
        phone.scan(f"BOX-{start:04}", code, *field.people(start, 10))
        phone.said("Full with 10")
    for phone in (first, second):
        phone.online()
        phone.all_sent()
    kept, contested = field.tubes()
    assert (kept.code, kept.contested, contested.code, contested.contested) == (code, False, code, True)
    assert field.counted() == (20, 20)
    assert not first.page.locator("#field-notes .note").count()
    second.page.locator("#field-notes").get_by_role("button", name="Look").click()
    second.page.locator("#tube-list button").click()
    second.page.locator("#tube-said").get_by_text("Both versions are kept").wait_for()
    assert second.page.locator("#tube-people li").count() == 10
    assert first.bad() == second.bad() == []


def test_at_03_the_eleventh_person_is_refused(field: Field) -> None:
    phone = field.phone().begin()
    open_tube(phone)
    people = field.people(0, 11)
    phone.scan(*people)
    phone.said("number 11 is refused. Scan a new tube")
    assert phone.count() == "10/10"
    phone.all_sent()
    assert field.counted() == (10, 10)
    phone.scan(field.ground.code(), people[10])
    phone.counts("1/10")
    phone.scan(people[0])
    phone.said("Already taken: in tube")
    phone.page.get_by_role("button", name="Tubes").click()
    full = phone.page.locator("#tube-list button").last
    full.click()
    first = phone.page.locator("#tube-people li").first
    first.get_by_role("button", name="To the open tube").click()
    phone.page.locator("#tube-people li").nth(8).wait_for()
    phone.page.locator("#tube-people li").first.get_by_role("button", name="Remove").click()
    eventually(phone.page, lambda: phone.page.locator("#tube-people li").count() == 8)
    phone.page.get_by_role("button", name="Open it again").click()
    phone.page.locator("#tube-said").get_by_text("still open with 2 of 10").wait_for()
    assert phone.bad() == []


def test_at_04_a_close_contact_is_refused_in_a_pool_with_the_reason_and_taken_alone(field: Field) -> None:
    ground = field.ground
    known = Given(uid(), ground.grids[0].id, "resident", resident(3), "测试三")
    with ground.world.as_system() as w:
        ids = register(w, [known], incident=None, source="test")
        keep_apart(w, list(ids.values()), reason="close_contact", ref="contact:1")
    phone = field.phone().begin()
    phone.offline()
    open_tube(phone)
    phone.scan(resident(1), resident(3))
    phone.said("Not into a pool: Close contact. Take a single tube.")
    assert phone.count() == "1/10"
    phone.page.get_by_role("button", name="Single tube for this person").click()
    phone.said("Now scan a single tube")
    phone.scan(ground.code())
    phone.counts("1/10")
    phone.scan(resident(2))
    phone.counts("2/10")
    phone.page.get_by_role("button", name="Residents").click()
    phone.page.locator("#list-sought").fill(resident(3)[-4:])
    row = phone.page.locator("#list-found button")
    assert "single tube: Close contact" in row.inner_text() and resident(3) not in row.inner_text()
    row.click()
    phone.said("Not into a pool: Close contact")
    phone.page.get_by_role("button", name="Close tube").click()
    phone.online()
    phone.all_sent()
    assert sorted((tube.method, tube.stream, tube.members) for tube in field.tubes()) == [
        ("pool_10", "round", 2),
        ("single", "separate", 1),
    ]


def test_at_28_papers_are_checked_on_the_phone_as_the_region_checks_them(field: Field) -> None:
    phone = field.phone().begin()
    page = phone.page
    today = field.ground.world.office.clock.day(field.ground.world.clock.at)
    for text in CODES:
        mine, theirs = page.evaluate("t => fieldCodes.tube(t)", text), read_code(text)
        assert (mine.get("code"), mine.get("reason")) == (theirs.value, theirs.reason), text
    for kind, text in PAPERS:
        mine = page.evaluate("([k, t, d]) => fieldCodes.paper(k, t, d)", [kind, text, today.isoformat()])
        there = read_paper(kind, text, today)
        assert (mine.get("number"), mine.get("reason")) == (there.value, there.reason), (kind, text)
    phone.scan("BOX 1?")
    phone.said("A code has no “?” (character 5)")
    code = open_tube(phone)
    phone.scan(resident(7)[:-1] + "Y", "990106540207001")
    phone.said("The old number of 15 digits was brought to 18.")
    other_paper(phone, "passport", resident(8))
    page.locator("#person-said").get_by_text("resident identity card").wait_for()
    page.locator("#person-form [data-go=work]").click()
    other_paper(phone, "passport", "E12345678", "Anna Weber")
    other_paper(phone, "birth", "R340123456")
    other_paper(phone, "none")
    page.locator("#person-said").get_by_text("the mother's name").wait_for()
    page.locator("#person-form [data-go=work]").click()
    other_paper(phone, "none", name="王测")
    phone.counts("4/10")
    page.get_by_role("button", name="Several").click()
    page.locator("#group-text").fill(f"{resident(20)}\n{resident(21)}, 123\n")
    page.locator("#group-form button.button-first").click()
    page.locator("#group-said").get_by_text("In: 2, not in: 1").wait_for()
    page.locator("#group-form [data-go=work]").click()
    phone.counts("6/10")
    phone.scan(code, code)
    phone.said("is on this telephone already: people 6")
    phone.all_sent()
    assert field.counted() == (6, 6)
    assert phone.bad() == []
