"""Quarantine sites as screens show them: rooms free and taken against the pack's marks, and who is expected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from region.places.models import Place
from region.quarantine.models import QuarantineSite, Stay
from region.quarantine.states import PACK
from region.spine.work import Work

EXPECTED = ("identified", "notified", "in_transfer")


@dataclass(frozen=True)
class SiteLine:
    """One site: its kept counts, how many are on their way, how many of those inside have no room."""

    row: QuarantineSite
    expected: int
    roomless: int
    amber: float
    red: float

    @property
    def free(self) -> int:
        """Ready rooms with nobody in them."""
        return max(self.row.ready - self.row.occupied, 0)

    @property
    def share(self) -> float | None:
        """K22: occupied ÷ ready; None without a ready room."""
        return self.row.occupied / self.row.ready if self.row.ready else None

    @property
    def tone(self) -> str:
        """How it stands: ``is-bad`` from the red mark on, ``is-watch`` from the amber one."""
        share = self.share
        if share is None:
            return "is-bad" if self.row.occupied else "is-plain"
        return "is-bad" if share >= self.red else "is-watch" if share >= self.amber else "is-working"


def listed(w: Work) -> list[SiteLine]:
    """All sites that the actor may know of, the fullest first."""
    rows = w.session.scalars(select(QuarantineSite).order_by(QuarantineSite.id)).all()
    return sorted(
        _lines(w, rows), key=lambda one: (one.row.closed_at is not None, -(one.share or 0), one.row.id)
    )


def line(w: Work, row: QuarantineSite) -> SiteLine:
    """One site."""
    return _lines(w, [row])[0]


def _lines(w: Work, rows: Sequence[QuarantineSite]) -> list[SiteLine]:
    places = [row.place_id for row in rows]
    coming, roomless = _people(w, places, EXPECTED), _people(w, places, ("in_site",))
    amber, red = (float(w.rules.value(PACK, f"rooms.{name}")) for name in ("amber", "red"))
    return [
        SiteLine(row, coming.get(row.place_id, 0), roomless.get(row.place_id, 0), amber, red) for row in rows
    ]


def _people(w: Work, places: Sequence[int], states: Collection[str]) -> dict[int | None, int]:
    """People of sites in these states; of those who are in, the ones without a room."""
    wanted = select(Stay.site_id, func.count()).where(Stay.site_id.in_(places), Stay.state.in_(states))
    if "in_site" in states:
        wanted = wanted.where(Stay.room_id.is_(None))
    return {site: int(number) for site, number in w.session.execute(wanted.group_by(Stay.site_id))}


def places_named(w: Work, ids: Collection[int | None]) -> dict[int, Place]:
    """Places by id: whoever may know a stay may know the names of the places it belongs to."""
    with w.beyond_scope("names of the places of stays and sites in scope"):
        return {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(ids)))}
