"""Lists of who is due: dirty files refused by row, the rest into registry and round; reasons; taken over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from region.people.models import Person, Secret
from region.places.models import Place
from region.sampling.actions import drafting, listing, planning
from region.sampling.models import DueLoad, Round, RoundArea, RoundDue
from region.sampling.queries import due, rounds
from region.sampling.queries.due import Filters
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.sampling.ground import resident, running_round, uid
from tests.region.sampling.planning_ground import Plan, drafted, planned_ground
from tests.world import World

HEAD = "姓名,证件类型,证件号码,手机号,网格代码,采样安排,原因"


def sent(plan: Plan, place: Place, lines: list[str], role: str = "community_officer") -> DueLoad:
    """A file is read and planned."""
    with plan.world.as_(role, place) as w:
        return listing.plan_list(w, plan.round_id, "\n".join([HEAD, *lines]).encode(), "list.csv")


def taken_in(plan: Plan, place: Place, load: DueLoad) -> None:
    """And applied."""
    with plan.world.as_("community_officer", place) as w:
        listing.apply_list(w, w.get(DueLoad, load.id))


def test_a_dirty_file_is_refused_row_by_row_and_the_rest_taken_in_once(world: World) -> None:
    plan = drafted(planned_ground(world))
    first, second = plan.grids[0].code, plan.grids[1].code
    lines = [
        f"张三,身份证,{resident(1)},13800000001,{first},应采,",
        f"李四,,{resident(2)},,{first},免采,医学原因免采",
        f"王五,护照,E12345678,,{second},单独采样,",
        f"错号,身份证,{resident(3)[:-1]}{'0' if resident(3)[-1] != '0' else '1'},,{first},,",
        f"错格,身份证,{resident(4)},,{plan.grids[6].code},,",  # another community's
        f"错类,身份证,{resident(5)},,{first},也许,",
        f"双一,身份证,{resident(6)},,{first},,",
        f"双二,身份证,{resident(6).lower()},,{first},,",
        f"错话,身份证,{resident(7)},12,{first},,",
        f"错因,身份证,{resident(8)},,{first},,下雨",
    ]
    load = sent(plan, plan.communities[0], lines)
    codes = {one["number"]: one["code"] for one in load.plan["refused"]}
    assert load.plan["counts"] == {"rows": 10, "refused": 7, "due": 1, "exempt": 1, "separate": 1}
    assert codes[6] == "due_grid_unknown" and codes[7] == "due_scheme_unknown"
    assert codes[8] == codes[9] == "due_twice"
    assert codes[10] == "person_phone_wrong" and codes[11] == "due_reason_unknown"
    assert resident(1) not in str(load.plan) and "张三" not in str(load.plan)
    assert load.closed is not None and resident(1).encode() not in bytes(load.closed)
    assert sent(plan, plan.communities[0], lines).id == load.id  # the same file is the same load
    taken_in(plan, plan.communities[0], load)
    taken_in(plan, plan.communities[0], load)
    with world.as_system() as w:
        kept = w.get(DueLoad, load.id)
        assert kept.state == "applied" and kept.closed is None
        assert w.session.scalar(select(func.count()).select_from(Person)) == 3
        assert w.session.scalar(select(func.count()).select_from(Secret)) == 3
        row = w.session.scalars(select(RoundArea).where(RoundArea.place_id == plan.grids[0].id)).one()
        assert (row.registered, row.exempt, row.separate, row.due) == (2, 1, 0, 1)
        planning.plan(w, w.get(Round, plan.round_id))
        assert w.get(Round, plan.round_id).plan["people"]["due"] == 1 + 0 + 10 * 1500
    told = world.journal("sampling.DueListed")[-1].data
    assert (told["due"], told["exempt"], told["separate"]) == (1, 1, 1)


def test_a_dropped_file_is_gone_and_a_stranger_finds_no_round(world: World) -> None:
    plan = drafted(planned_ground(world))
    load = sent(plan, plan.communities[0], [f"张三,,{resident(1)},,{plan.grids[0].code},,"])
    with world.as_("community_officer", plan.communities[0]) as w:
        listing.drop_list(w, w.get(DueLoad, load.id))
        with pytest.raises(Refused, match="due-load-dropped"):
            listing.apply_list(w, w.get(DueLoad, load.id))
        assert w.get(DueLoad, load.id).closed is None
    with pytest.raises(Missing):
        sent(plan, world.area(level="community"), ["a"])
    with pytest.raises(Forbidden), world.as_("sampler", plan.clinics[0]) as w:
        listing.plan_list(w, plan.round_id, b"a", "a.csv")
    with (
        pytest.raises(Invalid, match="columns-unclear"),
        world.as_("community_officer", plan.communities[0]) as w,
    ):
        listing.plan_list(w, plan.round_id, "姓名,年龄\n张三,3\n".encode(), "x.csv")


def test_who_is_not_sampled_is_listed_page_by_page_and_explained(world: World) -> None:
    plan = drafted(planned_ground(world))
    lines = [f"测试{n},,{resident(n)},,{plan.grids[n % 2].code},," for n in range(1, 8)]
    taken_in(plan, plan.communities[0], sent(plan, plan.communities[0], lines))
    with world.as_("community_officer", plan.communities[0]) as w:
        round_ = rounds.round_of(w, plan.round_id)
        one = due.not_sampled(w, round_, Filters(), most=4)
        two = due.not_sampled(w, round_, Filters(), (one[-1].grid.id, one[-1].person), most=4)
        assert len({row.person for row in one + two}) == 7 == len(one) + len(two)
        assert one[0].shown is not None and one[0].shown.name.startswith("测") and "*" in one[0].shown.name
        assert listing.explain(w, plan.round_id, [row.person for row in one], "away") == 4
        assert listing.explain_all(w, plan.round_id, Filters(plan.grids[0].id, "-"), "hospital") < 4
        counts = due.by_reason(w, round_)
        assert counts["away"] == 4 and sum(counts.values()) == 7
        with pytest.raises(Invalid, match="reason-unknown"):
            listing.explain(w, plan.round_id, [1], "rain")
    with world.as_("community_officer", plan.communities[1]) as w:
        assert listing.explain_all(w, plan.round_id, Filters(), "refused") == 0  # not his people
    assert world.journal("sampling.NotSampledExplained")[0].data["persons"] == 4


def test_a_list_is_taken_over_by_the_next_round(world: World) -> None:
    plan = drafted(planned_ground(world))
    lines = [f"测试{n},,{resident(n)},,{plan.grids[0].code},," for n in range(1, 5)]
    taken_in(plan, plan.communities[0], sent(plan, plan.communities[0], lines))
    with world.as_("duty_officer", plan.district) as w:
        earlier = w.get(Round, plan.round_id)
        later = drafting.draft(
            w,
            area=plan.district.id,
            starts_at=earlier.due_at,
            due_at=earlier.due_at + timedelta(hours=24),
            method_code="pool_10",
            code="R2",
        )
        assert listing.take_over(w, later, earlier) == 4
        assert listing.take_over(w, later, earlier) == 4  # nobody twice
        planning.plan(w, later)
        assert later.plan["people"]["due"] == 4 + 11 * 1500


def test_who_is_in_a_tube_already_is_not_due_when_his_list_comes_later(world: World) -> None:
    from region.sampling.actions.syncing import sync

    ground = running_round(world)
    with ground.sampler() as w:
        sync(w, ground.batch([ground.tube([ground.person(1), ground.person(2)], uid=uid())]))
    text = "姓名,证件号码,网格代码\n" + "\n".join(
        f"测试{n},{resident(n)},{ground.grids[0].code}" for n in (1, 2, 3)
    )
    with world.as_system() as w:
        listing.apply_list(w, listing.plan_list(w, ground.round_id, text.encode(), "a.csv"))
        taken = list(w.session.scalars(select(RoundDue.sampled_at).order_by(RoundDue.person_id)))
        assert [one is not None for one in taken] == [True, True, False]
        left = due.not_sampled(w, w.get(Round, ground.round_id), Filters())
        assert [one.shown.number[-4:] for one in left if one.shown] == [resident(3)[-4:]]
