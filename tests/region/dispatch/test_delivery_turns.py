"""By which channels a round goes: the pack's table, what the site has, and what was used before."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import update

from region.accounts.events import AccountMade
from region.accounts.models import Account
from region.dispatch.delivery import owe_round
from region.dispatch.events import ChannelDemoted, DirectiveWithdrawn
from region.dispatch.models import ChannelState, Directive, Recipient
from region.places.models import Place
from tests.region.dispatch.orders import (
    addressed,
    clinics,
    deliveries,
    issue,
    recipients,
    sent,
    switch_on,
)
from tests.world import World

ALL = {name: {"url": "http://127.0.0.1:9"} for name in ("sms", "voice", "email", "wecom")}
HOOK = "http://127.0.0.1:9/ok/1"


def owed(world: World, directive: Directive, round: int) -> list[str]:
    return [row.channel for row in deliveries(world, directive) if row.round == round]


def rounds(world: World, directive: Directive, last: int, **how: object) -> list[list[str]]:
    """Owe rounds 2 to `last`; gives the channels of each, the first included."""
    for round in range(2, last + 1):
        with world.as_system() as w:
            owe_round(w, w.get(Directive, directive.id), round, **how)  # type: ignore[arg-type]
    return [owed(world, directive, round) for round in range(1, last + 1)]


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        ("flash", [["portal", "webhook", "sms"], ["voice"], ["wecom"], ["email"], ["voice"]]),
        ("urgent", [["portal", "webhook"], ["sms"], ["voice"], ["wecom"], ["email"], ["sms"]]),
        ("priority", [["portal", "webhook"], ["wecom"], ["sms"], ["email"], ["wecom"]]),
        ("routine", [["portal", "webhook"], ["email"], ["wecom"], ["email"]]),
    ],
)
def test_the_first_round_goes_at_once_and_later_ones_take_turns(
    sqlite_world: World, urgency: str, expected: list[list[str]]
) -> None:
    world = sqlite_world
    switch_on(world, ALL)
    city = world.area(level="city")
    site = world.clinic(city, phone="13900000001", webhook_url=HOOK, webhook_key="k")
    for channel in ("email", "wecom"):
        addressed(world, site, channel, f"{channel}@clinic.example")
    directive = sent(world, city, [site], urgency=urgency)
    assert rounds(world, directive, len(expected)) == expected


def test_only_what_is_switched_on_and_well_and_has_an_address(world: World) -> None:
    switch_on(world, {name: ALL[name] for name in ("sms", "email")})
    city = world.area(level="city")
    full, bare = clinics(world, city, 1)[0], world.clinic(city)
    directive = sent(world, city, [full, bare])
    assert owed(world, directive, 1) == ["portal", "portal"]
    with world.as_system() as w:
        w.add(
            ChannelState(id="sms", state="demoted", since=w.now, until=w.now.replace(hour=23), reason="slow")
        )
        w.tell(ChannelDemoted(channel="sms", reason="slow", tried=20, slow=9, failed=0))
    # No voice here, no sms now: the mailbox; the bare site has its screen and no more.
    assert rounds(world, directive, 2)[1] == ["email", "portal"]
    world.wait(hours=23)
    assert rounds(world, directive, 3)[2] == ["sms", "portal"]


def test_a_round_is_owed_once_however_often_it_is_asked_for(world: World) -> None:
    switch_on(world, ALL)
    city = world.area(level="city")
    directive = sent(world, city, clinics(world, city, 2), urgency="flash")
    for round in (1, 1, 2, 2):
        with world.as_system() as w:
            owe_round(w, w.get(Directive, directive.id), round)
    assert Counter(owed(world, directive, 1)) == {"portal": 2, "sms": 2}
    assert owed(world, directive, 2) == ["voice", "voice"]


def test_codes_to_answer_with_are_six_digits_and_no_two_open_ones_are_the_same(world: World) -> None:
    switch_on(world, ALL)
    city = world.area(level="city")
    sites = clinics(world, city, 3)
    orders = [sent(world, city, sites, urgency="flash") for _ in range(2)]
    coded = [row for order in orders for row in deliveries(world, order, "sms")]
    codes = [row.reply_code or "" for row in coded]
    assert len(set(codes)) == 6
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert {row.reply_code for row in deliveries(world, orders[0], "portal")} == {None}


def person(world: World, site: Place, login: str, phone: str | None) -> int:
    with world.as_system() as w:
        closed = world.office.installation.seal.close(phone) if phone else None
        made = w.add(
            Account(
                login=login,
                name_zh="王",
                name_en="W",
                place_id=site.id,
                phone=closed,
                state="active",
                lang="en",
            )
        )
        w.tell(AccountMade(account=made.id, place=site.id))
    return made.id


def test_a_named_person_is_reached_by_what_is_that_persons_own(world: World) -> None:
    switch_on(world, ALL)
    city = world.area(level="city")
    site = world.clinic(city, phone="13900000001", webhook_url=HOOK, webhook_key="k")
    addressed(world, site, "email", "office@clinic.example")
    somebody = person(world, site, "wang", "13911111111")
    incident = world.incident(city)
    with world.as_system() as w:
        directive = issue(w, incident, [site.id], "flash")
        w.session.execute(update(Recipient).values(account_id=somebody))
        owe_round(w, directive, 1)
        owe_round(w, directive, 2)
        owe_round(w, directive, 3)
    rows = deliveries(world, directive)
    assert [(row.channel, row.round) for row in rows] == [
        ("portal", 1),
        ("sms", 1),
        ("voice", 2),
        ("voice", 3),
    ]
    assert {(row.account_id, row.rung) for row in rows} == {(somebody, "person")}


def test_whoever_is_on_duty_is_called_beside_the_site_and_has_turns_of_his_own(world: World) -> None:
    switch_on(world, ALL)
    city = world.area(level="city")
    first, second = clinics(world, city, 2)
    holder, silent = person(world, first, "holder", "13911111111"), person(world, second, "silent", None)
    directive = sent(world, city, [first, second])
    one, two = recipients(world, directive)
    calls = {one.id: holder, two.id: silent}
    with world.as_system() as w:
        order = w.get(Directive, directive.id)
        assert owe_round(w, order, 5, calls, rung="holder", accounts=calls) == {"sms": 1}
        assert owe_round(w, order, 5, calls, rung="holder", accounts=calls) == {}
        assert owe_round(w, order, 6, calls, rung="holder", accounts=calls) == {"voice": 1}
        assert owe_round(w, order, 7, calls, rung="holder", channel="voice", accounts=calls)["voice"] == 2
    called = [row for row in deliveries(world, directive) if row.rung == "holder"]
    assert [(row.recipient_id, row.account_id, row.channel) for row in called[:2]] == [
        (one.id, holder, "sms"),
        (one.id, holder, "voice"),
    ]


def test_those_who_must_stop_are_told_by_all_that_travel_at_once(world: World) -> None:
    switch_on(world, ALL)
    city = world.area(level="city")
    first, second = clinics(world, city, 2)
    directive = sent(world, city, [first, second], urgency="flash")
    one, _two = recipients(world, directive)
    with world.as_system() as w:
        order = w.get(Directive, directive.id)
        order.state, order.version = "withdrawing", order.version + 1
        w.session.execute(update(Recipient).where(Recipient.id == one.id).values(state="stopping"))
        w.session.execute(update(Recipient).where(Recipient.id != one.id).values(state="stopped"))
        w.tell(DirectiveWithdrawn(stopping=1, **order.about))
        assert owe_round(w, order, 4) == {"portal": 1, "sms": 1}
    assert {row.recipient_id for row in deliveries(world, directive) if row.round == 4} == {one.id}
