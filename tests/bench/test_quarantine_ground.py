"""What people in care are measured on holds together: a figure over rows that cannot be says nothing."""

from __future__ import annotations

from datetime import timedelta

from pytest import CaptureFixture
from sqlalchemy import func, select

from bench import quarantine_lists, quarantine_night, stay_batches
from bench.quarantine_ground import Size, filled
from bench.stay_ground import SITES
from region.quarantine.models import QuarantineSite, Room, Stay
from region.spine.work import Work
from region.tracing.queries.funnel import funnel


def test_the_ground_adds_up_and_each_measurement_runs(capsys: CaptureFixture[str]) -> None:
    with filled(Size(0.002)) as (world, made):
        with world.as_system() as w:
            _adds_up(w, made.incident)
        assert quarantine_lists.measure(world, made, 2) > 0
        assert stay_batches.measure(world, made, 12) > 0
        assert quarantine_night.measure(world, made) > 0
        assert not quarantine_night.counted(world)["failed"]
    printed = capsys.readouterr().out
    for said in ("city: funnel now", "clinic: key people", "  undone", "stays", "peak memory"):
        assert said in printed


def _adds_up(w: Work, incident: int) -> None:
    """The funnel at two hours, and rooms with exactly those in them who are in a site."""
    for at in (w.now, w.now - timedelta(days=3)):
        assert not funnel(w, incident, at, category=None).broken
    inside = w.session.scalar(select(func.count()).select_from(Stay).where(Stay.state == "in_site"))
    held = w.session.scalar(select(func.sum(Room.occupants)))
    sites, occupied = w.session.execute(select(func.count(), func.sum(QuarantineSite.occupied))).one()
    assert inside == held == occupied
    assert sites == SITES
