"""A person passes from hand to hand: both sign, on two phones or on one, by a clock; a signature moves the stay."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.quarantine.actions import assigning, handing
from region.quarantine.actions.moving import move
from region.quarantine.models import Handover, Stay
from region.spine.errors import Forbidden, Invalid, Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World


def notified(g: Ground) -> int:
    """Somebody who was told, and whose site is known."""
    (id,), _ = g.stays(), g.rooms(1)
    with g.epidemiologist() as w:
        assigning.to_site(w, [w.get(Stay, id)], g.site.id)
        move(w, [w.get(Stay, id)], "notify")
    return id


def offered(g: Ground, id: int, kind: str, role: str = "community_officer") -> int:
    with g.world.as_(role, g.district, name=f"giver-{kind}") as w:
        return handing.offer(w, w.get(Stay, id), kind).id


def signed(g: Ground, handover: int, role: str) -> str:
    with g.world.as_(role, g.district, name=f"taker-{role}") as w:
        row = w.get(Handover, handover)
        handing.sign(w, row)
        return w.get(Stay, row.stay_id).state


def test_a_person_goes_from_door_to_site_and_home_and_each_hand_signs(world: World) -> None:
    g = ground(world)
    id = notified(g)
    assert signed(g, offered(g, id, "pick_up"), "transfer_driver") == "in_transfer"
    assert signed(g, offered(g, id, "arrive", "transfer_driver"), "quarantine_nurse") == "in_site"
    with pytest.raises(Forbidden):
        signed(g, offered(g, id, "leave", "quarantine_nurse"), "transfer_driver")
    with g.epidemiologist() as w:
        move(w, [w.get(Stay, id)], "release")
    with world.as_system() as w:
        leave = w.session.scalars(select(Handover).where(Handover.kind == "leave")).one().id
    assert signed(g, leave, "transfer_driver") == "returning"
    assert signed(g, offered(g, id, "home", "transfer_driver"), "community_officer") == "at_home"
    with world.as_system() as w:
        stay = w.get(Stay, id)
    assert (stay.stage, stay.mode, stay.room_id) == (1, "home_monitoring", None)
    verbs = [entry.data["verb"] for entry in world.journal("quarantine.HandoverMoved")]
    assert verbs == ["offer", "sign"] * 4


def test_the_same_hand_does_not_sign_twice_and_an_offer_is_made_once(world: World) -> None:
    g = ground(world)
    id = notified(g)
    first = offered(g, id, "pick_up")
    assert offered(g, id, "pick_up") == first
    with (
        pytest.raises(Refused, match="same-hand"),
        world.as_("transfer_driver", g.district, "giver-pick_up") as w,
    ):
        handing.sign(w, w.get(Handover, first))
    for kind, code in (("arrive", "not-now"), ("sideways", "no-such-handover")):
        with pytest.raises((Refused, Invalid), match=code):
            offered(g, id, kind)


def test_nobody_is_fetched_to_nowhere(world: World) -> None:
    g = ground(world)
    (id,) = g.stays()
    with pytest.raises(Refused, match="no-site"):
        offered(g, id, "pick_up")


def test_a_refusal_needs_a_reason_and_leaves_him_where_he_is(world: World) -> None:
    g = ground(world)
    id = notified(g)
    handover = offered(g, id, "pick_up")
    with pytest.raises(Invalid, match="no-reason"), g.driver() as w:
        handing.refuse(w, w.get(Handover, handover), " ")
    with g.driver() as w:
        handing.refuse(w, w.get(Handover, handover), "no wheelchair on board")
        assert w.get(Stay, id).state == "notified"
    again = offered(g, id, "pick_up")
    assert again != handover
    with world.as_("community_officer", g.district) as w:
        handing.withdraw(w, w.get(Handover, again))


def test_a_handover_that_nobody_signs_is_late_once(world: World) -> None:
    g = ground(world)
    handover = offered(g, notified(g), "pick_up")
    world.wait(hours=1, minutes=1)
    world.run()
    with world.as_system() as w:
        assert w.get(Handover, handover).late_at == world.clock.at
    verbs = [entry.data["verb"] for entry in world.journal("quarantine.HandoverMoved")]
    assert verbs == ["offer", "late"]


def test_both_sign_on_one_phone_the_second_with_his_own_password(world: World) -> None:
    g = ground(world)
    world.signed_in("community_officer", g.home, login="zhang")
    world.signed_in("sampler", g.home, login="li")
    id = notified(g)
    for stranger, word in (("zhang", "wrong"), ("nobody", "three words long")):
        with g.driver() as w:
            row = handing.offer(w, w.get(Stay, id), "pick_up")
            assert not handing.sign_beside(w, row, stranger, word)
    handover = offered(g, id, "pick_up")
    with g.driver() as w:
        handing.withdraw(w, w.get(Handover, handover))
    world.signed_in("quarantine_nurse", g.site, login="chen")
    with g.driver() as w:
        stay = w.get(Stay, id)
        move(w, [stay], "pick_up")
        row = handing.offer(w, stay, "arrive")
        assert handing.sign_beside(w, row, "chen", "three words long")
        assert stay.state == "in_site"
        assert row.given_by == "transfer_driver" and str(row.taken_by).startswith("account:")


def test_a_stay_that_is_cancelled_is_handed_to_nobody(world: World) -> None:
    g = ground(world)
    id = notified(g)
    handover = offered(g, id, "pick_up")
    with pytest.raises(Refused, match="no-reason"), g.epidemiologist() as w:
        move(w, [w.get(Stay, id)], "cancel", reason="because")
    with g.epidemiologist() as w:
        move(w, [w.get(Stay, id)], "cancel", reason="not_exposed")
        assert w.get(Handover, handover).state == "withdrawn"
