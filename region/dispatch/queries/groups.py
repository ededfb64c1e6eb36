"""The saved groups of sites that a composer may choose from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from region.dispatch.models import Group
from region.spine.work import Work


def standing(w: Work) -> Sequence[Group]:
    """The groups within the actor's places that have not ended, by name."""
    wanted = select(Group).where(Group.ended_at.is_(None)).order_by(Group.name_zh, Group.id)
    return w.session.scalars(wanted).all()
