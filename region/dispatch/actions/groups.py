"""Saving a choice of sites under a name, and ending such a group."""

from __future__ import annotations

from sqlalchemy import select

from region.dispatch.choice import resolve
from region.dispatch.events import GroupEnded, GroupSaved
from region.dispatch.models import Group
from region.dispatch.schemas import SavedGroup
from region.spine.errors import Invalid, Refused
from region.spine.work import Work


def save(w: Work, given: SavedGroup, place: int) -> Group:
    """Keep a choice for those who compose at `place`; the same again changes nothing, an ended name begins anew.

    Raises Invalid for a choice of groups or one that cannot be resolved, Refused when the name has another choice.
    """
    w.need("dispatch.compose", place)
    if given.choice.groups:
        raise Invalid("group-nested", field="choice.groups")
    resolve(w, given.choice)
    choice = given.choice.model_dump(mode="json")
    named = select(Group).where(Group.place_id == place, Group.name_zh == given.name_zh)
    group = w.session.scalar(named)
    if group is None:
        group = w.add(_row(w, given, choice, place))
    elif group.ended_at is None:
        if group.choice != choice:
            raise Refused("group-name-taken", field="name_zh")
        return group
    group.name_en, group.choice, group.ended_at = given.name_en or given.name_zh, choice, None
    w.tell(GroupSaved(group=group.id, place=place))
    return group


def _row(w: Work, given: SavedGroup, choice: dict[str, object], place: int) -> Group:
    return Group(
        place_id=place,
        name_zh=given.name_zh,
        name_en=given.name_en or given.name_zh,
        choice=choice,
        made_by=w.actor.name,
        made_at=w.now,
    )


def end(w: Work, group: Group) -> None:
    """Offer it no longer; orders that were composed with it keep their sites."""
    w.need("dispatch.compose", group.place_id)
    if group.ended_at is None:
        group.ended_at = w.now
        w.tell(GroupEnded(group=group.id, place=group.place_id))
