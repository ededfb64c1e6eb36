"""A choice made into sites, whole sets at a time: rules, groups and single sites together, without those left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import ColumnElement, select

from region.dispatch.choice.candidates import Candidate, by_id, candidates, in_areas, outline
from region.dispatch.choice.conditions import Gap, meeting
from region.dispatch.choice.shapes import Degrees, Hits, inside, near_outline, near_point
from region.dispatch.models import Group
from region.dispatch.schemas import Around, Choice
from region.places.models import Site
from region.spine.errors import Invalid
from region.spine.work import Work


@dataclass(frozen=True)
class Reach:
    """The chosen sites (ids of places), those of them not connected yet, and those known to be dark.

    `unknown` are sites of which nobody knows whether they meet the conditions: they are not chosen. `gaps` says
    how much is known for each condition; `gone` are sites of groups that are in use no longer.
    """

    sites: tuple[int, ...]
    unconnected: tuple[int, ...]
    dark: tuple[int, ...]
    unknown: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()
    gone: tuple[int, ...] = ()
    found: tuple[Candidate, ...] = field(default=(), repr=False)

    @property
    def reachable(self) -> int:
        """How many will get it at once."""
        return len(self.sites) - len(set(self.unconnected) | set(self.dark))


@dataclass
class _Gathered:
    """Sites by id, with what is unknown about those that are not among them."""

    sites: dict[int, Candidate] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    def join(self, other: _Gathered) -> None:
        self.sites |= other.sites
        self.gaps += other.gaps
        self.gone |= other.gone


def resolve(w: Work, choice: Choice) -> Reach:
    """The chosen sites within the actor's places.

    Raises Invalid when nothing was chosen, a shape is none, or an area, site, group, fact or level is not known here.
    """
    if not (choice.by_rule or choice.sites or choice.groups):
        raise Invalid("nobody-chosen", field="choice")
    gathered = _own(w, choice)
    if gathered.gone:
        raise Invalid("no-such-site", field="choice.sites", sites=sorted(gathered.gone)[:20])
    for group in _groups(w, choice.groups):
        one = _own(w, group)
        _leave_out(group, one)
        gathered.join(one)
    _leave_out(choice, gathered)
    return _reach(gathered)


def _own(w: Work, choice: Choice) -> _Gathered:
    """What a choice means by itself: its rules and its single sites."""
    made = _Gathered()
    if choice.sites:
        made.sites = {one.id: one for one in by_id(w, choice.sites)}
        made.gone = set(choice.sites) - made.sites.keys()
    if choice.by_rule:
        found, made.gaps = _by_rule(w, choice)
        made.sites |= {one.id: one for one in found}
    return made


def _by_rule(w: Work, choice: Choice) -> tuple[list[Candidate], list[Gap]]:
    terms: list[ColumnElement[bool]] = [Site.type.in_(choice.types)] if choice.types else []
    if choice.areas:
        terms.append(in_areas(w, choice.areas))
    found = candidates(w, *terms)
    if choice.polygon or choice.around is not None:
        found = [one for one, hit in zip(found, _in_shapes(w, choice, found), strict=True) if hit]
    return meeting(w, found, choice.conditions)


def _in_shapes(w: Work, choice: Choice, found: list[Candidate]) -> Hits:
    """Which candidates lie in the polygon and in the surroundings, as far as these are given."""
    lon, lat = _points(found)
    hits: Hits = np.ones(len(found), dtype=bool)
    if choice.polygon:
        hits &= inside(choice.polygon, lon, lat)
    if choice.around is not None:
        hits &= _around(w, choice.around, lon, lat)
    return hits


def _around(w: Work, around: Around, lon: Degrees, lat: Degrees) -> Hits:
    if (around.point is None) == (around.area is None):
        raise Invalid("around-what", field="choice.around")
    if around.point is not None:
        return near_point(around.point, around.metres, lon, lat)
    return near_outline(outline(w, int(around.area or 0)), around.metres, lon, lat)


def _points(found: list[Candidate]) -> tuple[Degrees, Degrees]:
    """Longitudes and latitudes; a site without a point lies nowhere (NaN)."""
    lon = np.array([np.nan if one.lon is None else one.lon for one in found], dtype=float)
    lat = np.array([np.nan if one.lat is None else one.lat for one in found], dtype=float)
    return lon, lat


def _groups(w: Work, ids: Sequence[int]) -> list[Choice]:
    """The choices of these saved groups; Invalid when one is not known here, or would hold groups itself."""
    if not ids:
        return []
    standing = select(Group).where(Group.id.in_(ids), Group.ended_at.is_(None)).order_by(Group.id)
    rows = w.session.scalars(standing).all()
    if len(rows) != len(set(ids)):
        raise Invalid("no-such-group", field="choice.groups")
    found = [Choice.model_validate(row.choice) for row in rows]
    if any(one.groups for one in found):
        raise Invalid("group-nested", field="choice.groups")
    return found


def _leave_out(choice: Choice, gathered: _Gathered) -> None:
    """Take out single sites, and all sites of the areas left out."""
    areas = frozenset(choice.without_areas)
    sites = frozenset(choice.without_sites)
    gathered.sites = {i: one for i, one in gathered.sites.items() if i not in sites and not one.above & areas}


def _reach(gathered: _Gathered) -> Reach:
    ids = tuple(sorted(gathered.sites))
    known = gathered.sites
    doubtful = {i for gap in gathered.gaps for i in gap.unknown} - known.keys()
    return Reach(
        ids,
        tuple(i for i in ids if not known[i].connected and not known[i].webhook),
        tuple(i for i in ids if known[i].dark),
        tuple(sorted(doubtful)),
        tuple(gathered.gaps),
        tuple(sorted(gathered.gone)),
        tuple(known[i] for i in ids),
    )
