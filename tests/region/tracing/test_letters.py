"""Letters to elsewhere: both districts see them, whoever was asked answers, in time or late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from region.spine.errors import Forbidden, Invalid, Missing, Refused
from region.tracing.actions import letters
from region.tracing.models import TraceLetter
from region.tracing.queries.indicators import behind, indicator
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return ground_of(world)


def test_both_districts_see_the_letter_and_the_asked_one_answers(ground: Ground) -> None:
    world = ground.world
    other, third = world.area(level="district"), world.area(level="district")
    with ground.desk() as w:
        asked = ground.contacts(w, 2)
        letter = letters.send(
            w,
            asked,
            incident=ground.incident.id,
            place=ground.district.id,
            level="district",
            to_place=other.id,
        )
        assert {one.pushed_to for one in asked} == {"district"} and letter.due_at == w.now + timedelta(
            hours=24
        )
        with pytest.raises(Forbidden):
            letters.answer(w, letter, found=1)
    with world.as_("epidemiologist", third) as w, pytest.raises(Missing):
        w.get(TraceLetter, letter.id)
    with world.as_("epidemiologist", other) as w:
        theirs = w.get(TraceLetter, letter.id)
        letters.take(w, theirs)
        letters.take(w, theirs)
        with pytest.raises(Invalid, match="found-more-than-asked"):
            letters.answer(w, theirs, found=3)
        letters.answer(w, theirs, found=2, text="均已落地")
    with ground.desk() as w:
        mine = w.get(TraceLetter, letter.id)
        assert (mine.state, mine.found, mine.answer) == ("answered", 2, "均已落地")
        with pytest.raises(Refused):
            letters.withdraw(w, mine)
    assert [one.data["verb"] for one in world.journal("tracing.LetterMoved")] == ["send", "take", "answer"]


def test_a_letter_is_late_once_and_k13_counts_it(ground: Ground) -> None:
    """Three letters out of the region: one answered in time, one late, one withdrawn."""
    world, id = ground.world, ground.incident.id
    with ground.desk() as w:
        sent = [
            letters.send(w, [one], incident=id, place=ground.district.id, level="city", to_name="邻市").id
            for one in ground.contacts(w, 3)
        ]
        letters.answer(w, w.get(TraceLetter, sent[0]), found=1)
        letters.withdraw(w, w.get(TraceLetter, sent[2]))
        k13 = indicator(w, "K13", id, w.now)
        assert (k13.met, k13.due, k13.running) == (1, 1, 1)
    world.wait(hours=25)
    world.run()
    world.run()
    late = [one for one in world.journal("tracing.LetterMoved") if one.data["verb"] == "late"]
    assert [one.data["letter"] for one in late] == [sent[1]]
    with ground.desk() as w:
        letters.answer(w, w.get(TraceLetter, sent[1]), found=0)
        k13 = indicator(w, "K13", id, w.now)
        assert (k13.met, k13.due, k13.share) == (1, 2, 0.5)
        assert [one.id for one in behind(w, "K13", id, w.now)] == [sent[1]]


def test_a_letter_needs_people_and_somebody_to_ask(ground: Ground) -> None:
    with ground.desk() as w:
        asked = ground.contacts(w, 1)
        said = {"incident": ground.incident.id, "place": ground.district.id}
        with pytest.raises(Invalid, match="letter-about-nobody"):
            letters.send(w, [], level="city", to_name="邻市", **said)
        with pytest.raises(Invalid, match="letter-to-nobody"):
            letters.send(w, asked, level="city", to_name=" ", **said)
        with pytest.raises(Invalid, match="pushed-to-unknown"):
            letters.send(w, asked, level="moon", to_name="邻市", **said)
