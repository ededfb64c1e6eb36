"""A telephone says why somebody was not sampled, with no network; and lets go of everybody when the round is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from region.people.actions.registering import Given, register
from region.sampling.actions.singling import keep_apart
from region.sampling.models import Round, RoundDue
from tests.browser.field_phone import Field, Handset
from tests.browser.test_field_offline import RAW, lose_an_answer
from tests.browsing import eventually
from tests.region.sampling.ground import resident, uid
from tests.region.sampling.sync_stage import seen
from tests.world import World

pytestmark = pytest.mark.browser

NUMBERS = (3, 4, 5, 6)
KEPT = """() => new Promise((done, fail) => {
  const asked = indexedDB.open("region-field");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const rows = asked.result.transaction("sealed").objectStore("sealed").getAllKeys();
    rows.onsuccess = () => { asked.result.close(); done(rows.result.map((key) => key[1])); };
  };
})"""


@pytest.fixture
def field(sqlite_world: World, chromium: Any) -> Iterator[Field]:
    made = Field(sqlite_world, chromium)
    yield made
    made.close()


def listed(field: Field) -> dict[int, int]:
    """Four who are on the round's list, by number of invented resident: one lives apart, one is exempt."""
    ground = field.ground
    given = {n: Given(uid(), ground.grids[0].id, "resident", resident(n), f"测试{n}") for n in NUMBERS}
    with ground.world.as_system() as w:
        known = register(w, list(given.values()), incident=None, source="list")
        ids = {n: known[one.uid] for n, one in given.items()}
        for n, id in ids.items():
            scheme = "exempt" if n == 6 else "due"
            place = ground.grids[0].id
            w.session.add(RoundDue(round_id=ground.round_id, place_id=place, person_id=id, scheme=scheme))
        keep_apart(w, [ids[5]], reason="close_contact", ref="contact:1")
    return ids


def reasons(field: Field) -> dict[int, str | None]:
    with field.ground.world.as_system() as w:
        rows = w.session.execute(select(RoundDue.person_id, RoundDue.reason)).all()
    return {row.person_id: row.reason for row in rows}


def state(field: Field, word: str) -> None:
    with field.ground.world.as_system() as w:
        w.get(Round, field.ground.round_id).state = word
        w.tell(seen(field.ground))


def missed(phone: Handset, text: str) -> Any:
    """Open the screen and type whom; what a hand scanner does too."""
    phone.page.get_by_role("button", name="Not sampled").click()
    phone.page.locator("#missed-sought").fill(text)
    return phone.page


def test_why_somebody_was_not_sampled_is_kept_with_no_network_and_sent_when_it_is_back(field: Field) -> None:
    ids = listed(field)
    phone = field.phone().begin()
    phone.offline()
    page = missed(phone, resident(3))
    page.keyboard.press("Enter")
    page.locator("#why-who").get_by_text(resident(3)[-4:]).wait_for()
    assert resident(3) not in page.content()
    page.get_by_role("button", name="Refused").click()
    page.locator("#missed-said").get_by_text(f"…{resident(3)[-4:]}: Refused").wait_for()
    page.locator("#missed-sought").fill(resident(4)[-4:])
    page.locator("#missed-found button").click()
    page.get_by_role("button", name="Away", exact=True).click()
    page.locator("#missed-title").get_by_text("Recorded on this telephone: 2").wait_for()
    page.locator("#missed-list button").first.click()  # it was said wrong: the newest stands first
    assert page.get_by_role("button", name="Away", exact=True).get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="In hospital").click()
    page.locator("#missed-list small").first.get_by_text("In hospital · waits to be sent").wait_for()
    page.locator("#foot-waits").get_by_text("Waiting: reasons 2").wait_for()
    assert set(reasons(field).values()) == {None}
    raw = page.evaluate(RAW)["text"]
    assert not [one for one in ('refused"', "hospital", resident(3)[-6:], "测") if one in raw]
    phone.reopen()
    page = phone.page
    page.locator("#foot-waits").get_by_text("Waiting: reasons 2").wait_for()
    phone.pin()
    page.locator("html[data-shown=work]").wait_for()
    lost = lose_an_answer(phone)  # kept at the region, and sent again
    phone.online()
    phone.all_sent()
    assert lost == [200]
    assert reasons(field) == {ids[3]: "refused", ids[4]: "hospital", ids[5]: None, ids[6]: None}
    page.get_by_role("button", name="Not sampled").click()
    page.locator("#missed-list").get_by_text("In hospital · sent").wait_for()
    assert phone.bad() == []


def test_only_who_is_due_and_not_in_a_tube_gets_a_reason(field: Field) -> None:
    listed(field)
    phone = field.phone().begin()
    phone.offline()
    page = missed(phone, resident(3)[:-1] + ("1" if resident(3)[-1] != "1" else "2"))
    page.keyboard.press("Enter")
    page.locator("#missed-said").get_by_text("A digit of this identity number is wrong").wait_for()
    for stranger in (resident(6), resident(77)):
        page.locator("#missed-sought").fill(stranger)
        page.keyboard.press("Enter")
        page.locator("#missed-said").get_by_text("No one on this round's list here").wait_for()
    page.locator("[data-screen=missed] [data-go=work]").click()
    phone.scan("BOX-0001", field.ground.code())
    page.get_by_role("button", name="Residents").click()
    page.locator("#list-sought").fill(resident(4)[-4:])
    page.locator("#list-found button").click()
    phone.counts("1/10")
    missed(phone, resident(4))
    page.keyboard.press("Enter")
    page.locator("#missed-said").get_by_text("Take the person out of it first").wait_for()
    assert page.evaluate("fieldSync.waits().reasons") == 0
    assert phone.bad() == []


def unsent_and_over(field: Field, phone: Any) -> None:
    """One tube is sent, another and a reason are kept without a network; then the round is closed elsewhere."""
    phone.scan("BOX-0001", field.ground.code(), *field.people(20, 10))
    phone.all_sent()
    assert "pack" in phone.page.evaluate(KEPT)
    phone.offline()
    phone.scan(field.ground.code(), *field.people(40, 3))
    phone.counts("3/10")
    page = missed(phone, resident(3))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Refused").click()
    page.locator("#missed-title").wait_for()
    page.locator("#missed-sought").fill(resident(5)[-4:])
    page.locator("#missed-found button").wait_for()
    state(field, "closed")


def test_when_the_round_is_over_the_telephone_lets_go_of_everybody_but_of_nothing_unsent(
    field: Field,
) -> None:
    ids = listed(field)
    phone = field.phone().begin()
    unsent_and_over(field, phone)
    lost: list[str] = []

    def lose(route: Any) -> None:
        lost.append(route.request.method)
        route.abort()

    phone.context.route("**/api/v1/field/sync", lose)
    phone.reopen()
    page = phone.page
    phone.online()
    phone.pin()
    page.locator("html[data-shown=site]").wait_for()
    page.locator("#field-notes").get_by_text("The round is over").wait_for()
    assert "pack" not in page.evaluate(KEPT)
    assert page.evaluate("[fieldRound.pack, fieldRound.desk.site]") == [None, 0]
    assert page.evaluate("document.querySelectorAll('.field-row').length") == 0
    eventually(page, lambda: len(lost) > 0)
    assert page.evaluate("[fieldSync.waits().people, fieldSync.waits().reasons]") == [3, 1]
    phone.context.unroute("**/api/v1/field/sync")
    phone.reopen()
    phone.pin()
    phone.all_sent()
    assert field.counted() == (13, 13) and reasons(field)[ids[3]] == "refused"
    eventually(phone.page, lambda: phone.page.evaluate("fieldRound.tubes.size + fieldMissed.rows.size") == 0)
    left = phone.page.evaluate(KEPT)
    assert "pack" not in left and not [one for one in left if one.startswith("missed:")]
    assert [one for one in phone.bad() if "409 (CONFLICT)" not in one] == []


def test_a_round_that_ends_under_the_hand_and_goes_on_again(field: Field) -> None:
    listed(field)
    phone = field.phone().begin()
    page = phone.page
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Another sampling site").click()
    state(field, "closed")
    page.locator("#site-list button").first.click()
    page.locator("#site-said").get_by_text("is not open").wait_for()
    page.locator("#field-notes").get_by_text("The round is over").wait_for()
    assert "pack" not in page.evaluate(KEPT)
    phone.reopen()
    phone.pin()
    phone.page.locator("#site-none").wait_for()
    state(field, "running")
    phone.reopen()
    phone.pin()
    phone.page.locator("html[data-shown=work]").wait_for()
    assert not phone.page.locator("#field-notes .note").count()
    assert "pack" in phone.page.evaluate(KEPT)
    assert [one for one in phone.bad() if "409 (CONFLICT)" not in one] == []
