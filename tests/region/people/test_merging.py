"""Two rows of one person become one with all that refers to them, and two again when that was wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from region.care.events import MembersListed
from region.care.models import Membership
from region.people.actions import merging
from region.people.actions.looking import Wanted, seek
from region.people.actions.merging import Candidate
from region.people.actions.opening import open_people
from region.people.models import Person
from region.spine.errors import Refused
from tests.region.people.ground import Ground
from tests.region.sampling.ground import resident
from tests.world import World


def member(ground: Ground, person: int, group: str) -> int:
    """A person is in a key group."""
    with ground.world.as_system() as w:
        row = Membership(
            person_id=person,
            place_id=ground.inner.id,
            site_id=ground.inner.id,
            group=group,
            since=dt.date(2022, 8, 1),
        )
        row.source, row.evidence = "list", "-"
        w.add(row)
        w.tell(MembersListed(group=group, joined=1, left=0, place=ground.inner.id))
        return row.id


def whose(ground: Ground, membership: int) -> int:
    with ground.world.as_system() as w:
        return w.get(Membership, membership).person_id


def test_pairs_are_suggested_by_what_they_share(world: World) -> None:
    ground = Ground(world)
    known = ground.person(1)
    other = ground.person(2, kind="other", number=resident(1), name="张晓一", phone="")
    born = dt.date.fromisoformat(resident(1)[6:14])
    paperless = ground.person(3, kind="none", number="", name="张小1", phone="", born=born)
    called = ground.person(4, kind="none", number="", name="张小1", phone="138-0000-0001")
    ground.person(5, phone="13800000001")
    ground.person(1, ground.outer, kind="passport", number="E1234567", name="张小1")
    with ground.officer() as w:
        found = set(merging.candidates(w))
    assert found == {
        Candidate(known, other, "same_number"),
        Candidate(known, paperless, "same_name_and_birth"),
        Candidate(known, called, "same_name_and_phone"),
    }


def test_what_refers_to_one_refers_to_the_other_and_back(world: World) -> None:
    ground = Ground(world)
    incident = world.incident(ground.city)
    kept, gone = ground.person(1), ground.person(2, incident=incident.id, kind="passport", number="E7654321")
    mine, his = member(ground, kept, "courier"), member(ground, gone, "port_worker")
    with ground.officer() as w:
        id = merging.merge(w, kept, gone, why="told").id
    assert (whose(ground, mine), whose(ground, his)) == (kept, kept)
    with ground.officer() as w:
        assert open_people(w, [kept], purpose="trace")[kept].name == "张小2", (
            "the newest ground is his own too"
        )
        assert seek(w, Wanted(phone="13800000002"), purpose="trace") == [kept]
    again = ground.person(2, kind="passport", number="E7654321", incident=incident.id)
    assert again == kept, "the other's paper leads to the one kept"
    for _ in range(2):
        with ground.officer("account:2") as w:
            merging.undo(w, id)
    assert (whose(ground, mine), whose(ground, his)) == (kept, gone)
    with ground.officer() as w:
        assert open_people(w, [kept], purpose="trace")[kept].name == "张小1"
        assert open_people(w, [gone], purpose="trace")[gone].name == "张小2"
        assert w.get(Person, gone).merged_into is None
    assert [one.data["verb"] for one in world.journal("people.PeopleMerged")] == ["merge", "undo"]


def test_where_each_has_a_row_that_only_one_may_have_nothing_is_merged(world: World) -> None:
    ground = Ground(world)
    kept, gone = ground.person(1), ground.person(2)
    rows = [member(ground, one, "courier") for one in (kept, gone)]
    other = member(ground, gone, "port_worker")
    with pytest.raises(Refused, match="both-stand") as refused, ground.officer() as w:
        merging.merge(w, kept, gone)
    assert refused.value.facts["table"] == "key_memberships"
    assert [whose(ground, one) for one in (*rows, other)] == [kept, gone, gone]


def test_the_one_with_a_paper_is_kept_and_nobody_is_merged_twice(world: World) -> None:
    ground = Ground(world)
    kept, bare, third = ground.person(1), ground.person(2, kind="none", number=""), ground.person(3)
    with pytest.raises(Refused, match="keep-the-paper"), ground.officer() as w:
        merging.merge(w, bare, kept)
    with ground.officer() as w:
        first = merging.merge(w, kept, bare).id
    with pytest.raises(Refused, match="merged-already"), ground.officer() as w:
        merging.merge(w, third, bare)
    with ground.officer() as w:
        second = merging.merge(w, third, kept).id
        assert w.get(Person, bare).merged_into == third
    with pytest.raises(Refused, match="merging-built-upon"), ground.officer() as w:
        merging.undo(w, first)
    for id in (second, first):
        with ground.officer() as w:
            merging.undo(w, id)
    with ground.officer() as w:
        assert [w.get(Person, one).merged_into for one in (kept, bare, third)] == [None, None, None]
