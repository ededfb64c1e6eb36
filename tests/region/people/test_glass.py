"""Breaking the glass: for a reason, people of one place beyond one's own, for two hours, reviewed by another."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.people.actions import glass
from region.people.actions.looking import Wanted, seek
from region.people.actions.opening import open_people
from region.people.models import Glass, Person
from region.people.queries.persons import looked_at
from region.people.queries.privacy import privacy
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.people.ground import Ground
from tests.region.sampling.ground import resident
from tests.world import START, World

WHY = "昏迷送医，须联系家属"


def broken(ground: Ground) -> int:
    with ground.officer() as w:
        return glass.break_glass(w, ground.outer.id, WHY)


def test_people_of_that_place_are_opened_counted_and_nobody_else_s(world: World) -> None:
    ground = Ground(world)
    there, beyond = ground.person(1, ground.outer), ground.person(2, ground.west)
    id = broken(ground)
    assert broken(ground) == id, "it is open already"
    with ground.officer() as w:
        opened = glass.look(w, id, Wanted(number=resident(1)), purpose="care")
        assert {one.name for one in opened.values()} == {"张小1"}
        assert glass.look(w, id, Wanted(number=resident(2)), purpose="care") == {}
        assert seek(w, Wanted(number=resident(1)), purpose="care") == [], "only through the glass"
        assert open_people(w, [there, beyond], purpose="care") == {}
        assert not w.session.scalars(select(Person)).all()
    with ground.privacy() as w:
        row = w.get(Glass, id)
        assert (row.looked, row.reason) == (1, WHY)
        assert [entry.data["persons"] for entry in looked_at(w, row)] == [[there]]


def test_a_reason_is_asked_and_what_is_one_s_own_needs_no_glass(world: World) -> None:
    ground = Ground(world)
    with ground.officer() as w:
        with pytest.raises(Invalid, match="glass-no-reason"):
            glass.break_glass(w, ground.outer.id, "  急  ")
        with pytest.raises(Refused, match="glass-not-needed"):
            glass.break_glass(w, ground.inner.id, WHY)
        with pytest.raises(Missing):
            glass.break_glass(w, 987654, WHY)
    with ground.community() as w, pytest.raises(Forbidden):
        glass.break_glass(w, ground.outer.id, WHY)


def test_another_s_glass_is_not_there(world: World) -> None:
    ground = Ground(world)
    ground.person(1, ground.outer)
    id = broken(ground)
    with ground.officer("account:2") as w, pytest.raises(Missing):
        glass.look(w, id, Wanted(number=resident(1)), purpose="care")


def test_it_shuts_after_two_hours_and_is_late_when_nobody_reviews_it(world: World) -> None:
    ground = Ground(world)
    ground.person(1, ground.outer)
    id = broken(ground)
    world.wait(minutes=120)
    with ground.officer() as w, pytest.raises(Refused, match="glass-shut"):
        glass.look(w, id, Wanted(number=resident(1)), purpose="care")
    world.run()
    world.wait(hours=23)
    world.run()
    with ground.privacy() as w:
        assert (w.get(Glass, id).state, privacy(w, START).unreviewed) == ("shut", 0)
    world.wait(hours=1)
    world.run()
    with ground.privacy() as w:
        assert w.get(Glass, id).late_at == w.now
        assert privacy(w, START).unreviewed == 1
        glass.judge(w, id, justified=True, verdict="已核实")
        assert privacy(w, START).unreviewed == 0
    verbs = [one.data["verb"] for one in world.journal("people.GlassMoved")]
    assert verbs == ["break", "shut", "late", "justify"]


def test_somebody_else_reviews_it_and_blame_needs_words(world: World) -> None:
    ground = Ground(world)
    with world.as_("epidemiologist", ground.east, "account:5") as w:
        id = glass.break_glass(w, ground.outer.id, WHY)
        glass.shut(w, id)
        glass.shut(w, id)
    with ground.privacy("account:5") as w, pytest.raises(Refused, match="own-request"):
        glass.judge(w, id, justified=True, verdict="")
    with ground.privacy("account:6") as w:
        with pytest.raises(Invalid, match="verdict-missing"):
            glass.judge(w, id, justified=False, verdict=" ")
        assert glass.judge(w, id, justified=False, verdict="与工作无关").state == "misused"
