"""What the forms about people say, and who did what by his name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from flask import request

from region.people.actions.looking import Wanted
from region.people.questions import StaffNames
from region.spine.errors import Invalid
from region.spine.work import Work


def wanted() -> Wanted:
    """Whom the form looks for; Invalid (``bad-date``) for a birth date that is none."""
    form = {name: request.form.get(name, "").strip()[:120] for name in ("number", "phone", "name", "born")}
    try:
        born = dt.date.fromisoformat(form["born"]) if form["born"] else None
    except ValueError as error:
        raise Invalid("bad-date", field="born") from error
    return Wanted(form["number"], form["phone"], form["name"], born)


def version() -> int | None:
    """The version of the row that the form was made of."""
    return request.form.get("version", type=int)


def names(w: Work, actors: Iterable[str | None]) -> Mapping[str, tuple[str, str]]:
    """The names of those who acted, by the name under which they act."""
    return w.ask(StaffNames(tuple(sorted({one for one in actors if one}))))
