"""What the composer asks about recipients before an order is sent, and the saving of groups."""

from __future__ import annotations

from typing import Any

from flask import jsonify

from region.dispatch.actions import groups
from region.dispatch.choice import Gap, preview
from region.dispatch.models import Group
from region.dispatch.routes.commands import answer, body, own_place
from region.dispatch.schemas import Choice, SavedGroup
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("targeting", __name__)
MOST_SHOWN = 200
"""Names and sums of areas in one answer; the numbers beside them are whole."""


@routes.post("/directives/reach", needs="dispatch.compose")
def reach(w: Work) -> Any:
    """Before sending: which sites a choice means, by area and channel, and who would not get it or is unknown."""
    found = preview(w, body(Choice), own_place(w))
    return jsonify(
        total=found.total,
        reachable=found.reachable,
        sites=found.reach.sites,
        unconnected=found.reach.unconnected,
        dark=found.reach.dark,
        cut_off=found.cut_off,
        unknown=found.reach.unknown,
        gone=len(found.reach.gone),
        gaps=[_gap(gap) for gap in found.reach.gaps],
        areas=[{"id": area, "sites": sites} for area, sites in found.areas],
        channels=found.channels,
        names={str(place): names for place, names in found.names.items()},
    )


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "condition": gap.condition.model_dump(),
        "known": gap.known,
        "of": gap.of,
        "unknown": len(gap.unknown),
        "sums": [vars(one) for one in gap.sums[:MOST_SHOWN]],
    }


@routes.post("/directives/groups", needs="dispatch.compose")
def save_group(w: Work) -> Any:
    """Keep a choice of sites under a name, at the place for which the actor composes."""
    group = groups.save(w, body(SavedGroup), own_place(w))
    return answer(id=group.id, name_zh=group.name_zh, name_en=group.name_en)


@routes.post("/directives/groups/<int:group_id>/end", needs="dispatch.compose")
def end_group(w: Work, group_id: int) -> Any:
    """Offer a group no longer."""
    group = w.get(Group, group_id)
    groups.end(w, group)
    return answer(id=group.id)
