"""A site's day: what stands in it in which order and for whom, and marks that are kept once, by their own moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from region.board.actions.day_marks import Mark, keep
from region.board.queries.day import day, post
from region.quarantine.actions import handing
from region.quarantine.actions.moving import move
from region.quarantine.actions.rooming import assign
from region.quarantine.models import Room, Stay
from region.spine.errors import Missing
from tests.region.board.day_ground import Clinic, clinic
from tests.region.quarantine.ground import ground as quarantine
from tests.region.tracing.ground import ground_of
from tests.world import World


def mark(w: Any, key: str, verb: str = "do", at: datetime | None = None, **facts: str) -> Mark:
    return Mark(uid=facts.pop("uid", f"press-{key}"), key=key, verb=verb, at=at or w.now, **facts)


def pressed(here: Clinic, key: str, verb: str = "do", who: str = "", **facts: Any) -> list[str | None]:
    with here.world.as_("clinic", here.place, who) as w:
        return [one.fault.code if one.fault else None for one in keep(w, [mark(w, key, verb, **facts)])]


def test_the_day_is_sorted_by_its_clock_masked_and_holds_nothing_of_tomorrow(world: World) -> None:
    here, now = clinic(world), world.clock.at
    late = here.task("visit", due_at=now - timedelta(hours=1))
    soon = here.task("call", due_at=now + timedelta(minutes=5))
    here.task("visit", due_at=now + timedelta(days=3))
    done = here.task("sample_at_home", due_at=now)
    assert pressed(here, f"care:{done}") == [None]
    with world.as_("clinic", here.place) as w:
        found = day(w, here.place)
    assert [one.key for one in found.lines] == [f"care:{late}", f"care:{soon}"]
    assert [one.kind for one in found.lines] == ["visit", "call"]
    assert found.lines[0].name == "王*明" and found.lines[0].phone == "138****0000"
    assert found.keep_until == now + timedelta(hours=12) and not found.cut


def test_the_pack_says_no_number_of_a_paper_and_a_stranger_has_none_of_it(world: World) -> None:
    here = clinic(world)
    task = here.task("visit", due_at=world.clock.at)
    told = here.browser().get("/api/v1/day")
    assert [one["key"] for one in told.json["lines"]] == [f"care:{task}"]
    assert "990106" not in told.text and "13800000000" not in told.text and "王小明" not in told.text
    assert told.json["lines"][0]["where"].startswith("/care/people/")
    shell = here.browser().get("/day")
    assert shell.status_code == 200 and "王*明" not in shell.text
    stranger = here.browser("stranger", world.clinic(here.care.other))
    assert stranger.get("/api/v1/day").json["lines"] == []
    assert stranger.get(f"/api/v1/day?place={here.place.id}").status_code == 404
    assert stranger.get(f"/day?place={here.place.id}").status_code == 404
    assert world.browser().get("/api/v1/day").status_code == 401


def test_a_mark_sent_twice_is_kept_once_and_by_its_own_moment(world: World) -> None:
    here = clinic(world)
    task = here.task("visit", due_at=world.clock.at)
    then = world.clock.at
    world.wait(hours=5)
    assert [pressed(here, f"care:{task}", at=then) for _ in range(2)] == [[None], [None]]
    row = here.row(task)
    assert (row.state, row.done_at, row.version) == ("done", then, 2)
    moved = [one for one in world.journal("care.TasksMoved") if one.data["verb"] == "do"]
    assert [one.happened_at for one in moved] == [then]


def test_not_done_keeps_its_reason_and_moment_and_another_hand_is_told(world: World) -> None:
    here = clinic(world)
    task = here.task("visit", due_at=world.clock.at)
    then = world.clock.at
    world.wait(hours=1)
    assert pressed(here, f"care:{task}", "fail", "one", reason="not_home", at=then) == [None]
    assert pressed(here, f"care:{task}", "fail", "one", reason="not_home", at=then) == [None]
    assert pressed(here, f"care:{task}", "do", "two") == ["day-other-hand"]
    assert pressed(here, f"care:{task}", "fail", "two", reason="not_home") == ["day-other-hand"]
    row = here.row(task)
    assert (row.state, row.reason, row.done_at) == ("not_done", "not_home", then)


def test_a_refused_mark_takes_no_other_with_it(world: World) -> None:
    here = clinic(world)
    first, second = here.task("visit"), here.task("call")
    foreign = clinic(world).task("visit")
    sent = here.browser().post(
        "/api/v1/day/sync",
        json={
            "marks": [
                {"uid": f"press-number-{n}", "key": key, "verb": verb, "at": world.clock.at.isoformat()}
                for n, (key, verb) in enumerate(
                    [
                        (f"care:{first}", "fail"),
                        (f"care:{foreign}", "do"),
                        ("care:x", "do"),
                        (f"care:{second}", "do"),
                    ]
                )
            ]
        },
    )
    assert [one.get("code") for one in sent.json["marks"]] == [
        "no-such-reason",
        "no-such",
        "no-such-mark",
        None,
    ]
    assert all(one["text"] for one in sent.json["marks"][:3])
    assert [here.row(id).state for id in (first, second, foreign)] == ["due", "done", "due"]


@pytest.mark.parametrize("moved", [{"days": -4}, {"hours": 2}])
def test_a_moment_that_no_shift_knows_is_refused(sqlite_world: World, moved: dict[str, int]) -> None:
    here = clinic(sqlite_world)
    task = here.task("visit")
    at = sqlite_world.clock.at + timedelta(**moved)
    assert pressed(here, f"care:{task}", at=at) == ["done-at-wrong"]
    assert here.row(task).state == "due"


def test_a_quarantine_site_signs_for_whom_it_was_handed_and_no_longer_waits_for(world: World) -> None:
    q = quarantine(world)
    inside, coming = q.inside(1)[0], q.stays(1)[0]
    room = q.rooms(1)[0]
    with q.epidemiologist() as w:
        move(w, [w.get(Stay, coming)], "notify")
    with world.as_("quarantine_nurse", q.district) as w:
        assign(w, w.get(Room, room), [w.get(Stay, coming)])
    with q.nurse() as w:
        assert f"expected:{coming}" in {one.key for one in day(w, q.site).lines}
    with world.as_("transfer_driver", q.district, "driver") as w:
        move(w, [w.get(Stay, coming)], "pick_up")
        offered = handing.offer(w, w.get(Stay, coming), "arrive").id
    with world.as_("quarantine_nurse", q.site, "nurse") as w:
        kinds = {one.key: one.kind for one in day(w, q.site).lines}
        assert kinds[f"handover:{offered}"] == "receive"
        assert f"expected:{coming}" not in kinds and f"met:{inside}" not in kinds
        assert [one.fault for one in keep(w, [mark(w, f"handover:{offered}")])] == [None]
    with world.as_("quarantine_nurse", q.site, "nurse") as w:
        assert [one.fault for one in keep(w, [mark(w, f"handover:{offered}")])] == [None]
        assert f"handover:{offered}" not in {one.key for one in day(w, q.site).lines}
    with world.as_("quarantine_nurse", q.site, "other") as w:
        codes = [one.fault and one.fault.code for one in keep(w, [mark(w, f"handover:{offered}")])]
        assert codes == ["day-other-hand"]


def test_a_community_reaches_its_contacts(world: World) -> None:
    t = ground_of(world)
    with t.desk() as w:
        contact = t.contacts(w, 1)[0].id
    with world.as_("community_officer", t.here) as w:
        assert [one.key for one in day(w, t.here).lines if one.kind == "call"] == [f"contact:{contact}"]
        assert [one.fault for one in keep(w, [mark(w, f"contact:{contact}")] * 2)] == [None, None]
        assert [one.key for one in day(w, t.here).lines if one.kind == "call"] == []
    with world.as_("community_officer", t.there) as w, pytest.raises(Missing):
        post(w, t.here.id)


def test_two_hundred_tasks_cost_no_more_questions_than_two_pages(sqlite_world: World) -> None:
    here = clinic(sqlite_world)
    asked: list[str] = []
    for _ in range(2):
        here.task("visit", due_at=sqlite_world.clock.at)
    counted = []
    for more in (0, 20):
        people = here.care.people(more)
        for one in people:
            here.care.due_task(one, "visit", site=here.place.id, due_at=sqlite_world.clock.at)
        asked.clear()
        engine = sqlite_world.office.engine

        def listen(*given: Any) -> None:
            asked.append(given[2])

        event.listen(engine, "before_cursor_execute", listen)
        with sqlite_world.as_("clinic", here.place) as w:
            assert len(day(w, here.place).lines) == 2 + more
        event.remove(engine, "before_cursor_execute", listen)
        counted.append(len(asked))
    assert counted[0] == counted[1]
