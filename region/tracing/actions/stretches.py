"""Under which control a contact was from when to when: one line of stretches without holes, put right by late news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from region.spine import bulk
from region.spine.work import Work
from region.tracing.models import Contact, ContactControl

AT_ONCE = 5000
Line = list[tuple[datetime, str]]


def placed(line: Line, control: str, at: datetime) -> Line | None:
    """A line of (since, control) in which `control` begins at `at`; None where that is so already.

    What was known to begin later stays, but for the mere wait for a transfer, which an arrival ends.
    """
    before = [one for one in line if one[0] < at]
    after = [one for one in line if one[0] > at]
    standing = next((one for one in line if one[0] == at), before[-1] if before else None)
    if standing is not None and standing[1] == control:
        return None
    waits = bool(after) and after[0][1] == "awaiting" and control != "awaiting"
    if waits:
        after[0] = (after[0][0], control)
    return [*before, (at, control), *after]


def begin(w: Work, contacts: Sequence[Contact], control: str, at: datetime) -> dict[int, str]:
    """Put a stretch into the lines of these contacts; of those whose line changed, what it ends with, by id."""
    last: dict[int, str] = {}
    for start in range(0, len(contacts), AT_ONCE):
        ids = [one.id for one in contacts[start : start + AT_ONCE]]
        lines = _lines(w, ids)
        rows: list[dict[str, Any]] = []
        for id in ids:
            line = placed(lines.get(id, []), control, at)
            if line is not None:
                rows += _rows(w, id, line)
                last[id] = line[-1][1]
        bulk.put(w.session, ContactControl, rows, ("contact_id", "since"))
    return last


def _lines(w: Work, ids: Sequence[int]) -> dict[int, Line]:
    mine = bulk.among(w.session, ContactControl.contact_id, ids)
    wanted = select(ContactControl.contact_id, ContactControl.since, ContactControl.control).where(mine)
    lines: dict[int, Line] = {}
    for id, since, control in w.session.execute(wanted.order_by(ContactControl.since)):
        lines.setdefault(id, []).append((since, control))
    return lines


def _rows(w: Work, id: int, line: Line) -> list[dict[str, Any]]:
    ends = [since for since, _ in line[1:]] + [None]
    return [
        {"contact_id": id, "since": since, "realm": w.realm, "until": until, "control": control}
        for (since, control), until in zip(line, ends, strict=True)
    ]


def end(w: Work, contacts: Sequence[Contact], at: datetime) -> None:
    """They are under no control from `at` on."""
    for start in range(0, len(contacts), AT_ONCE):
        mine = bulk.among(
            w.session, ContactControl.contact_id, [one.id for one in contacts[start : start + AT_ONCE]]
        )
        how = {"synchronize_session": False}
        w.session.execute(
            delete(ContactControl).where(mine, ContactControl.since >= at), execution_options=how
        )
        over = (ContactControl.until.is_(None)) | (ContactControl.until > at)
        ended = update(ContactControl).where(mine, over).values(until=at)
        w.session.execute(ended, execution_options=how)
