"""A person is looked up for a purpose, by keyed hash, and every attempt beyond one's own is told."""

from __future__ import annotations

import datetime as dt

import pytest

from region.people.actions import looking
from region.people.actions.looking import Wanted
from region.people.queries.privacy import privacy
from region.spine.errors import Forbidden, Invalid, Missing
from tests.region.people.ground import Ground
from tests.region.sampling.ground import resident
from tests.world import World


def test_a_person_is_found_by_number_telephone_or_name_and_birth_date(world: World) -> None:
    ground = Ground(world)
    id = ground.person(7, phone="+86 138-0000-0007")
    ground.person(8)
    born = dt.date.fromisoformat(resident(7)[6:14])
    ways = (
        Wanted(number=f" {resident(7)} "),
        Wanted(phone="13800000007"),
        Wanted(name="张 小7", born=born),
    )
    for wanted in ways:
        with ground.officer() as w:
            assert looking.seek(w, wanted, purpose="trace") == [id], wanted.what
    with ground.officer() as w:
        assert looking.seek(w, Wanted(name="张小7", born=born + dt.timedelta(1)), purpose="trace") == []
        assert looking.open_one(w, id, purpose="trace", fields=("name",)).name == "张小7"
    told = world.journal("people.PersonSought")
    assert [entry.data["what"] for entry in told] == ["number", "phone", "name_born", "name_born"]
    assert "张小7" not in str([entry.data for entry in world.journal()])
    assert not world.journal("people.LookupRefused")


def test_one_without_a_paper_is_found_by_a_birth_date_that_was_told(world: World) -> None:
    ground = Ground(world)
    born = dt.date(1949, 3, 5)
    id = ground.person(1, kind="none", number="", name="Li Hua", born=born)
    with ground.officer() as w:
        assert looking.seek(w, Wanted(name="LI HUA", born=born), purpose="care") == [id]


def test_without_a_purpose_or_anything_to_seek_by_nothing_is_looked_at(world: World) -> None:
    ground = Ground(world)
    with ground.officer() as w:
        for purpose in ("", "curiosity"):
            with pytest.raises(Invalid, match="no-purpose"):
                looking.seek(w, Wanted(number=resident(1)), purpose=purpose)
        with pytest.raises(Invalid, match="nothing-to-seek"):
            looking.seek(w, Wanted(name="张小1"), purpose="trace")
    with world.as_("courier", ground.east) as w, pytest.raises(Forbidden):
        looking.seek(w, Wanted(number=resident(1)), purpose="trace")


def test_at_21_another_community_s_person_is_not_there_and_the_attempt_is_told(world: World) -> None:
    ground = Ground(world)
    id = ground.person(3, ground.outer)
    browser = world.browser_as("community_officer", ground.inner)
    shown = browser.get(f"/people/{id}")
    sought = browser.post("/people/search", data={"number": resident(3), "purpose": "notify"})
    opened = browser.post(f"/people/{id}/open", data={"purpose": "notify"})
    assert [one.status_code for one in (shown, sought, opened)] == [404, 404, 404]
    assert "张小3" not in "".join(one.get_data(as_text=True) for one in (shown, sought, opened))
    told = world.journal("people.LookupRefused")
    assert [(one.data["what"], one.data["why"], one.data["subject_of"]) for one in told] == [
        ("page", "not_yours", id),
        ("number", "not_yours", id),
        ("open", "not_yours", id),
    ]
    assert {one.place_id for one in told} == {ground.outer.id}, "those answerable for him find it"
    assert browser.get("/people/987654").status_code == 404
    nobody = browser.post("/people/search", data={"number": resident(9), "purpose": "notify"})
    assert nobody.status_code == 404
    assert nobody.get_data().count(b"note is-") == sought.get_data().count(b"note is-")
    assert world.journal("people.LookupRefused")[3].data["subject_of"] is None
    with world.as_("auditor", ground.city) as w:
        assert privacy(w, w.now - dt.timedelta(1)).foreign == 4


def test_a_search_without_a_purpose_is_blocked_and_told(sqlite_world: World) -> None:
    ground = Ground(sqlite_world)
    browser = sqlite_world.browser_as("epidemiologist", ground.east)
    assert browser.post("/people/search", data={"number": resident(1)}).status_code == 422
    told = sqlite_world.journal("people.LookupRefused")
    assert [one.data["why"] for one in told] == ["no_purpose"]
    with ground.privacy() as w:
        assert privacy(w, w.now - dt.timedelta(1)).blocked == 1


def test_more_look_ups_in_an_hour_than_the_pack_says_are_told_once(world: World) -> None:
    ground = Ground(world)
    most = world.office.rules.value("people", "lookups_per_hour")
    id = ground.person(1)
    with ground.officer() as w:
        for _ in range(most):
            looking.seek(w, Wanted(number=resident(1)), purpose="trace")
    assert not world.journal("people.LookupRefused")
    with ground.officer() as w:
        assert looking.seek(w, Wanted(number=resident(1)), purpose="trace") == [id]
        looking.seek(w, Wanted(number=resident(1)), purpose="trace")
    assert [one.data["why"] for one in world.journal("people.LookupRefused")] == ["too_often"]
    world.wait(minutes=61)
    with ground.officer() as w:
        looking.seek(w, Wanted(number=resident(1)), purpose="trace")
    assert len(world.journal("people.LookupRefused")) == 1


def test_a_person_of_another_district_is_missing_to_be_opened(world: World) -> None:
    ground = Ground(world)
    id = ground.person(3, ground.outer)
    with ground.officer() as w, pytest.raises(Missing):
        looking.open_one(w, id, purpose="trace", fields=("name",))
