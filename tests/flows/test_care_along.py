"""A key person's care goes where he goes: into a quarantine site and home again; a test elsewhere is a test."""

from __future__ import annotations

from sqlalchemy import select

from region.care.actions import classing, nightly
from region.care.actions.classing import Facts
from region.care.actions.listing import Join, join
from region.care.actions.ways import Way, set_way
from region.care.models import CareTask, Membership
from region.care.queries.waiting import of_site
from region.quarantine.actions.moving import move
from region.quarantine.actions.rooming import assign
from region.quarantine.models import Room, Stay
from region.sampling.models import TubeMember
from tests.region.quarantine.ground import Ground, ground
from tests.region.sampling.pool_stage import Stage
from tests.world import World


class Along:
    """A woman on dialysis of a community with a clinic, who is to be under observation."""

    def __init__(self, world: World) -> None:
        self.world, self.place = world, ground(world)
        self.clinic = world.clinic(self.place.home)
        self.hospital = world.site(self.place.district, "hospital")
        self.stay = self.place.stays()[0]
        with world.as_system() as w:
            self.person = w.get(Stay, self.stay).person_id
            join(w, [Join(self.person, self.place.home.id, "dialysis", "hospital", "paper:7")])
            classing.classify(w, self.person, self.place.home.id, Facts(82, "unstable"))
            way = Way("dialysis", self.hospital.id, (1, 2, 3, 4, 5, 6, 7), 15)
            set_way(w, self.person, self.place.home.id, way)
            nightly.nightly(w)

    def into_the_site(self, place: Ground) -> None:
        [room] = place.rooms(1)
        with place.epidemiologist() as w:
            move(w, [w.get(Stay, self.stay)], "notify")
        with self.world.as_("transfer_driver", place.district) as w:
            move(w, [w.get(Stay, self.stay)], "pick_up")
        with self.world.as_("quarantine_nurse", place.district) as w:
            assign(w, w.get(Room, room), [w.get(Stay, self.stay)])
            move(w, [w.get(Stay, self.stay)], "arrive")

    def waiting(self) -> set[tuple[str, int, str | None]]:
        with self.world.as_system() as w:
            rows = w.session.scalars(select(CareTask).where(CareTask.state == "due"))
            return {(one.kind, one.site_id, one.facts.get("stay")) for one in rows}


def test_a_member_under_observation_keeps_her_care_and_it_comes_home_with_her(world: World) -> None:
    her = Along(world)
    ref, kinds = f"stay:{her.stay}", {"sample_at_home", "visit", "transport"}
    assert her.waiting() == {(kind, her.clinic.id, ref) for kind in kinds}, "told already, still at home"
    her.into_the_site(her.place)
    world.run()
    assert her.waiting() == {(kind, her.place.site.id, ref) for kind in kinds}
    with world.as_("quarantine_nurse", her.place.site) as w:
        assert len(of_site(w, her.place.site.id).tasks) == 3, "the site's nurse has them"
    world.wait(days=1)
    with world.as_system() as w:
        assert nightly.nightly(w) == 2, "a visit and a transport; the sampling still waits"
    assert {site for _, site, _ in her.waiting()} == {her.place.site.id}
    with world.as_system() as w:
        move(w, [w.get(Stay, her.stay)], "release", reason="appeal_upheld")
        move(w, [w.get(Stay, her.stay)], "close")
    world.run()
    assert {(site, stay) for _, site, stay in her.waiting()} == {(her.clinic.id, None)}
    told = [entry.data["verb"] for entry in world.journal("care.TasksMoved")]
    assert told.count("resite") == 2
    with world.as_system() as w:
        assert w.session.scalars(select(Membership.until)).one() is None, "nobody left a group for it"


def test_a_test_in_a_round_counts_and_closes_the_sampling_at_home(world: World) -> None:
    """One was in a tube before he came into his group, the other has a sampling at home waiting."""
    stage = Stage.of(world)
    stage.pool(1)
    with world.as_system() as w:
        early = w.session.execute(select(TubeMember.person_id, TubeMember.home_id, TubeMember.at)).one()
        join(w, [Join(early.person_id, early.home_id, "cold_chain", "employer", "list:1")])
        assert nightly.nightly(w) == 0, "he was sampled today"
        assert w.session.scalars(select(Membership.tested_at)).one() == early.at
    world.wait(days=1)
    with world.as_system() as w:
        assert nightly.nightly(w) == 1
    world.wait(hours=2)
    stage.alone(1)
    for made in (0, 0):
        with world.as_system() as w:
            assert nightly.nightly(w) == made
    with world.as_system() as w:
        task = w.session.scalars(select(CareTask)).one()
        assert (task.state, task.reason, task.done_at) == ("done", "tested_elsewhere", w.now)
    assert [entry.data["people"] for entry in world.journal("care.TestsNoted")] == [1, 1]
