"""What a site says of its numbers: once each, corrections kept, slips refused, targets of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.dispatch.actions import progressing
from region.dispatch.models import Directive, Progress, Recipient
from region.dispatch.queries.campaign import campaign
from region.dispatch.queries.known_numbers import done_enough, prefilled
from region.dispatch.schemas import Targets, Told
from region.places.models import Site
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.flows.campaign_stage import SAMPLED, STAFF, ordered, part, report, tell
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def test_progress_begins_the_work_and_the_newest_counts(stage: Stage) -> None:
    order = ordered(stage)
    site = stage.clinics[0]
    tell(stage, order, site, 40, "uid-00001")
    tell(stage, order, site, 40, "uid-00001")
    tell(stage, order, site, 30, "uid-00002")
    assert part(stage, order, site).state == "in_progress"
    assert part(stage, order, site).acknowledged_at is not None
    with stage.world.as_("duty_officer", stage.district) as w:
        assert [row.value for row in w.session.scalars(select(Progress).order_by(Progress.id))] == [40, 30]
        whole = campaign(w, w.get(Directive, order.id)).whole
    assert (whole.tasks["sampled"].value, whole.tasks["sampled"].target) == (30, 300)
    assert len(stage.world.journal("dispatch.ProgressReported")) == 2


@pytest.mark.parametrize(
    ("task", "value", "code"),
    [
        ("sampled", 1001, "number-beyond-belief"),
        ("sampled", -1, "number-impossible"),
        ("tubes", 5, "evidence-unknown"),
    ],
)
def test_what_cannot_be_is_refused(stage: Stage, task: str, value: float, code: str) -> None:
    order = ordered(stage)
    with pytest.raises(Invalid) as wrong:
        tell(stage, order, stage.clinics[0], value, "uid-00001", task)
    assert wrong.value.code == code
    assert part(stage, order, stage.clinics[0]).state == "pending"


def test_after_the_report_and_elsewhere_nothing_is_told(stage: Stage) -> None:
    order = ordered(stage)
    report(stage, order, stage.clinics[0], "uid-00001", sampled=100)
    with pytest.raises(Refused):
        tell(stage, order, stage.clinics[0], 50, "uid-00002")
    theirs = part(stage, order, stage.clinics[1]).id
    with stage.world.as_("clinic", stage.elsewhere) as w, pytest.raises(Missing):
        w.get(Recipient, theirs)


def test_targets_of_a_site_s_own_and_a_total_shared_out(stage: Stage) -> None:
    order = ordered(stage)
    with stage.world.as_("duty_officer", stage.district) as w:
        directive = w.get(Directive, order.id)
        mine = {site.id: stage.recipient(w, directive, site).id for site in stage.clinics}
        progressing.set_targets(w, directive, {mine[stage.clinics[0].id]: {"sampled": 40}})
        assert progressing.set_targets(w, directive, {mine[stage.clinics[0].id]: {"sampled": 40}}) == 0
        assert campaign(w, directive).whole.tasks["sampled"].target == 240
        progressing.share_out(w, directive, Targets(task="sampled", total=100, by="population"))
        assert campaign(w, directive).whole.tasks["sampled"].target == 100
        assert sorted(r.targets["sampled"] for r in w.session.scalars(select(Recipient))) == [33, 33, 34]
        with pytest.raises(Invalid, match="no-weights"):
            progressing.share_out(w, directive, Targets(task="sampled", total=100, by="capacity"))
        with pytest.raises(Missing):
            progressing.set_targets(w, directive, {987654: {"sampled": 1}})
    assert len(stage.world.journal("dispatch.TargetsSet")) == 2
    with stage.world.as_("clinic", stage.clinics[0]) as w, pytest.raises(Forbidden):
        progressing.set_targets(w, w.get(Directive, order.id), {})


def test_shares_add_up_whatever_the_weights() -> None:
    assert progressing.shared(10, [1, 1, 1]) == [4, 3, 3]
    assert progressing.shared(120_000, [360, 1, 0]) == [119668, 332, 0]
    assert sum(progressing.shared(7, [0.3, 0.3, 0.4])) == 7


def test_capacity_gives_shares(stage: Stage) -> None:
    order = ordered(stage)
    with stage.world.as_system() as w:
        from region.places.events import SiteConnected

        for site, beds in zip(stage.clinics, (10, 30, 60), strict=True):
            w.get(Site, site.id).capacity = beds
            w.tell(SiteConnected(site=site.id, channel="portal", place=site.id))
    with stage.world.as_("duty_officer", stage.district) as w:
        directive = w.get(Directive, order.id)
        progressing.share_out(w, directive, Targets(task="sampled", total=50, by="capacity"))
        given = [stage.recipient(w, directive, site).targets["sampled"] for site in stage.clinics]
    assert given == [5, 15, 30]


def test_whoever_reached_its_targets_is_done_enough_and_reports_in_one_tap(stage: Stage) -> None:
    order = ordered(stage, SAMPLED, STAFF)
    tell(stage, order, stage.clinics[0], 100, "uid-00001")
    tell(stage, order, stage.clinics[1], 99, "uid-00002")
    with stage.world.as_system() as w:
        everybody = w.session.scalars(select(Recipient)).all()
        assert done_enough(w, everybody) == {stage.recipient(w, order, stage.clinics[0]).id}
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        ready = prefilled(w, stage.recipient(w, order, stage.clinics[0]))
        assert (ready.numbers, ready.reached, ready.ready) == ({"sampled": 100}, True, True)
    report(stage, order, stage.clinics[0], "uid-00003")
    assert part(stage, order, stage.clinics[0]).state == "reported"
    with pytest.raises(Invalid, match="evidence-missing"):
        report(stage, order, stage.clinics[2], "uid-00004")


def test_told_refuses_a_nameless_task() -> None:
    with pytest.raises(ValueError):
        Told(uid="uid-00001", task="Sampled now", value=1)
