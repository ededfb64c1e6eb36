"""A report is held against what was counted: within the tolerance it stands, beyond it nobody accepts it unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.accounts.models import DutyShift
from region.dispatch.actions import reviewing, tallying
from region.dispatch.actions.proving import clear_contradiction, hold_against
from region.dispatch.counting import Counted
from region.dispatch.models import Progress, Recipient
from region.dispatch.queries.known_numbers import prefilled
from region.dispatch.schemas import Saying
from region.places.models import Place
from region.spine.errors import Forbidden, Refused
from tests.flows.campaign_stage import SAMPLED, ordered, part, report
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def tally(stage: Stage, site: Place, value: float, measure: str = "sampled", **ago: float) -> Any:
    with stage.world.as_("site_system", site) as w:
        at = (w.now - timedelta(**ago)).isoformat()
        kept = tallying.keep_tallies(w, site.id, [{"measure": measure, "at": at, "value": value}])
    stage.world.run()
    return kept


@pytest.mark.parametrize(
    ("reported", "marked"), [(100, False), (105, False), (95, False), (94, True), (106, True)]
)
def test_beyond_the_tolerance_a_report_is_marked_within_a_minute(
    stage: Stage, reported: float, marked: bool
) -> None:
    order = ordered(stage)
    site = stage.clinics[0]
    stage.world.wait(minutes=30)
    tally(stage, site, 100)
    report(stage, order, site, "uid-00001", sampled=reported)
    assert (part(stage, order, site).contradicted_at is not None) is marked
    told = stage.world.journal("dispatch.ReportContradicted")
    assert len(told) == marked
    if marked:
        asked = stage.world.journal("dispatch.TaskReported")[0]
        assert told[0].recorded_at - asked.recorded_at < timedelta(minutes=1)
        assert (told[0].data["reported"], told[0].data["counted"]) == (reported, 100)


def test_nobody_accepts_a_contradicted_report_before_it_is_cleared_with_a_reason(stage: Stage) -> None:
    order = ordered(stage)
    site = stage.clinics[0]
    stage.world.wait(minutes=30)
    tally(stage, site, 10)
    report(stage, order, site, "uid-00001", sampled=100)
    said = Saying(uid="uid-00002", text="the counter was off")
    with stage.world.as_("clinic", site) as w, pytest.raises(Forbidden):
        clear_contradiction(w, stage.recipient(w, order, site), said)
    with stage.world.as_("duty_officer", stage.district) as w:
        with pytest.raises(Refused, match="contradicted"):
            reviewing.accept(w, stage.recipient(w, order, site))
        clear_contradiction(w, stage.recipient(w, order, site), said)
        clear_contradiction(w, stage.recipient(w, order, site), said)
    tally(stage, site, 11)
    assert part(stage, order, site).contradicted_at is None, "a person's clearing holds"
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.accept(w, stage.recipient(w, order, site))
    assert len(stage.world.journal("dispatch.ContradictionCleared")) == 1


def test_later_counts_mark_a_report_or_clear_it_by_themselves(stage: Stage) -> None:
    order = ordered(stage)
    site = stage.clinics[0]
    stage.world.wait(minutes=30)
    report(stage, order, site, "uid-00001", sampled=100)
    assert part(stage, order, site).contradicted_at is None, "nobody counts there yet"
    stage.world.wait(minutes=1)
    tally(stage, site, 60)
    assert part(stage, order, site).contradicted_at is not None
    stage.world.wait(minutes=5)
    tally(stage, site, 100)
    assert part(stage, order, site).contradicted_at is None
    cleared = stage.world.journal("dispatch.ContradictionCleared")
    assert [one.data["remark"] for one in cleared] == [None]
    stage.world.wait(minutes=60)
    tally(stage, site, 300)
    assert part(stage, order, site).contradicted_at is None, "the site goes on after its report"


def test_a_new_report_is_held_against_anew(stage: Stage) -> None:
    order = ordered(stage)
    site = stage.clinics[0]
    stage.world.wait(minutes=30)
    tally(stage, site, 50)
    report(stage, order, site, "uid-00001", sampled=100)
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.send_back(w, stage.recipient(w, order, site), Saying(uid="uid-00002", text="look again"))
    stage.world.wait(minutes=5)
    report(stage, order, site, "uid-00003", sampled=90)
    assert len(stage.world.journal("dispatch.ReportContradicted")) == 2
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.send_back(w, stage.recipient(w, order, site), Saying(uid="uid-00004", text="and again"))
    report(stage, order, site, "uid-00005", sampled=50)
    assert part(stage, order, site).contradicted_at is None


def test_a_number_that_is_counted_is_not_asked_for(stage: Stage) -> None:
    order = ordered(stage)
    site = stage.clinics[0]
    stage.world.wait(minutes=30)
    tally(stage, site, 88)
    with stage.world.as_("clinic", site) as w:
        ready = prefilled(w, stage.recipient(w, order, site))
    assert (ready.numbers, ready.sources, ready.ready) == ({"sampled": 88}, {"sampled": "counted"}, True)
    report(stage, order, site, "uid-00001")
    with stage.world.as_system() as w:
        assert w.session.scalars(select(Progress.value)).all() == [88]
    assert part(stage, order, site).contradicted_at is None


def test_holding_twice_changes_nothing(stage: Stage) -> None:
    order = ordered(stage)
    site = stage.clinics[0]
    stage.world.wait(minutes=30)
    tally(stage, site, 10)
    report(stage, order, site, "uid-00001", sampled=100)
    mine = part(stage, order, site).id
    with stage.world.as_system() as w:
        hold_against(w, w.get(Recipient, mine))
    assert len(stage.world.journal("dispatch.ReportContradicted")) == 1


def test_counts_are_of_the_time_of_the_order_and_of_each_day(stage: Stage) -> None:
    site = stage.clinics[0]
    tally(stage, site, 30)
    begun = stage.world.clock.at + timedelta(minutes=1)
    stage.world.wait(hours=3)
    tally(stage, site, 50)
    stage.world.wait(days=1)
    tally(stage, site, 7)
    with stage.world.as_("clinic", site) as w:
        known = Counted("sampled", site.id, begun, w.now)
        assert w.ask(known) == 20 + 7
        assert w.ask(Counted("tubes", site.id, begun, w.now)) is None
        assert w.ask(Counted("sampled", stage.elsewhere.id, begun, w.now)) is None
    with stage.world.as_("clinic", stage.elsewhere) as w:
        assert w.ask(known) is None, "another site's counts are not its business"


def test_people_joined_and_duty_covered_are_counted_from_the_registry(stage: Stage) -> None:
    site = stage.clinics[0]
    world = stage.world
    world.signed_in("clinic", site)
    begun = world.clock.at
    with world.as_("clinic", site) as w:
        assert w.ask(Counted("accounts_joined", site.id, begun, w.now)) in (0, 1)
        assert w.ask(Counted("duty_covered", site.id, begun, w.now)) is None
    with world.as_system() as w:
        from region.accounts.actions import ensure_account
        from region.accounts.events import DutySet

        who = ensure_account(
            w, login="li", name_zh="李", name_en="Li", place_id=site.id, role="clinic", lang="zh"
        )
        shift = w.add(
            DutyShift(place_id=site.id, account_id=who.id, starts=begun, ends=begun + timedelta(hours=8))
        )
        w.tell(
            DutySet(
                shift=shift.id,
                account=who.id,
                deputy=None,
                starts=shift.starts,
                ends=shift.ends,
                place=site.id,
            )
        )
    with world.as_("clinic", site) as w:
        assert w.ask(Counted("duty_covered", site.id, begun, w.now)) == 1
        assert w.ask(Counted("duty_covered", site.id, begun, begun + timedelta(hours=9))) == 0


def test_measures_that_nobody_sends_need_no_tolerance(stage: Stage) -> None:
    order = ordered(stage, {**SAMPLED, "measure": None})
    report(stage, order, stage.clinics[0], "uid-00001", sampled=1)
    assert part(stage, order, stage.clinics[0]).contradicted_at is None
