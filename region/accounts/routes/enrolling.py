"""Enrolment on screen: a file, its plan, and its applying."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from region.accounts import actions
from region.accounts.actions.enrolling import Plan
from region.accounts.actions.people import invented_phones
from region.accounts.queries import role_names
from region.accounts.roster import COLUMNS, NEEDED, Roster, read_roster
from region.accounts.routes.table import Complaint, complaint, routes
from region.accounts.schemas import carried, carry
from region.formats.findings import Unreadable
from region.formats.tables import write_xlsx
from region.spine.errors import Invalid
from region.spine.i18n import translate
from region.spine.web import current_lang
from region.spine.work import Work

SHOWN = 200
"""Rows of a plan that a page shows; the counts are of all."""


@routes.get("/accounts/enrol", needs="accounts.enrol")
def enrol(w: Work) -> Any:
    """Where the file goes in, and what it must hold."""
    return _form(w, None)


def _form(w: Work, wrong: Complaint | None) -> str:
    return render_template(
        "accounts/enrol.html", wrong=wrong, columns=COLUMNS, needed=NEEDED, roles=role_names(w.rules)
    )


@routes.post("/accounts/enrol", needs="accounts.enrol")
def plan_enrolment(w: Work) -> Any:
    """Read a file and show what it would do; nothing changes."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _form(w, Complaint("file", translate(current_lang(), "Choose a file first."))), 422
    name, data = file.filename, file.read()
    try:
        roster = _read(w, data, name)
    except Invalid as fault:
        return _form(w, complaint(w, fault)), fault.status
    plan = actions.plan_roster(w, roster)
    carriage = carry(w.office.installation.seal, name, data)
    return _plan_page(w, plan, name, carriage)


@routes.post("/accounts/enrol/apply", needs="accounts.enrol")
def apply_enrolment(w: Work) -> Any:
    """Carry the plan out, made again from the same file as things stand now."""
    name, data = carried(w.office.installation.seal, request.form.get("carriage", ""))
    plan = actions.apply_roster(w, _read(w, data, name))
    return _plan_page(w, plan, name, "", done=True)


def _plan_page(w: Work, plan: Plan, name: str, carriage: str, *, done: bool = False) -> str:
    return render_template(
        "accounts/plan.html",
        plan=plan,
        name=name,
        carriage=carriage,
        done=done,
        shown=SHOWN,
        roles=role_names(w.rules),
    )


def _read(w: Work, data: bytes, name: str) -> Roster:
    try:
        return read_roster(data, name, invented=invented_phones(w))
    except Unreadable as error:
        why = translate(current_lang(), f"reason:{error.code}")
        raise Invalid("file-unreadable", field="file", why=why) from error


@routes.get("/accounts/enrol/example", needs="accounts.enrol")
def example(w: Work) -> Any:
    """An empty sheet with the headers in the reader's language, and one invented row to write over."""
    which = 0 if current_lang() == "en" else -1
    headers = [spellings[which] if which == 0 else _chinese(spellings) for spellings in COLUMNS.values()]
    row = ["990106001", "王雨桐", "Wang Yutong", "clinic", "10000000001", "yutong.wang", "", ""]
    book = write_xlsx(headers, [row], title="people")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = 'attachment; filename="enrolment.xlsx"'
    return book, 200, {"Content-Type": kind, "Content-Disposition": disposition}


def _chinese(spellings: tuple[str, ...]) -> str:
    return next(one for one in spellings if not one.isascii())
