"""The nurse's tablet: a floor's checks in one pass, symptoms first, then who was not checked; and what was done."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from region.formats.text import clean
from region.people.queries.masked import Masked, masked
from region.places.models import Place
from region.quarantine.actions import checking, handling, linking
from region.quarantine.actions.checking import GivenCheck
from region.quarantine.halves import ORDER, HalfDay
from region.quarantine.models import Stay
from region.quarantine.queries import checklists, indicators
from region.quarantine.queries import tests as planned
from region.quarantine.queries.checklists import After
from region.quarantine.states import PACK
from region.spine.errors import Fault, Invalid, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("checks", __name__)
NEEDS = "quarantine.check"
CHIPS = (36.2, 36.4, 36.6, 36.8, 37.0)
"""Temperatures that one tap gives; any other is typed."""
MOST = 9_999_999_999


@routes.get("/quarantine/checks", needs=NEEDS)
def page(w: Work) -> Any:
    """One place's people, by floor; without a place the reader's own site, else the places that owe most checks."""
    place = _number("place") or w.actor.site_id
    if place is None:
        return _places(w)
    return _page(w, w.get(Place, place))


@routes.post("/quarantine/checks", needs=NEEDS)
def keep(w: Work) -> Any:
    """Keep what was found of everybody who was asked; a row half filled in is shown again, and nothing is kept."""
    place = w.get(Place, _number("place") or 0)
    half = _half()
    given, wrong = _read(half)
    if not wrong:
        try:
            kept = checking.keep(w, given, by=_by(place), source="tablet")
        except (Invalid, Refused) as fault:
            wrong = {int(fault.facts.get("stay", 0)): fault}
        else:
            saved = kept.new + kept.corrected
            there = url_for("checks.page", place=place.id, floor=_number("floor"), saved=saved)
            return redirect(there, 303)
    return _page(w, place, wrong=wrong, half=half), 422


@routes.post("/quarantine/checks/handle", needs=NEEDS)
def handle(w: Work) -> Any:
    """What was done about something abnormal."""
    stay = w.get(Stay, _number("stay") or 0)
    half = _half()
    handling.handle(w, stay.id, half.day, half.half, request.form.get("handling", "")[:24])
    return redirect(url_for("checks.page", place=_number("place"), floor=_number("floor")), 303)


@routes.post("/quarantine/checks/link", needs=NEEDS)
def link(w: Work) -> str:
    """A link for the resident's own phone, shown this once."""
    stay = w.get(Stay, _number("stay") or 0)
    word = linking.give(w, stay)
    base = w.office.installation.public_url or request.host_url
    address = f"{base.rstrip('/')}{url_for('resident.show', word=word)}"
    return render_template("quarantine/check_link.html", stay=stay, address=address, place=_number("place"))


def _places(w: Work) -> str:
    half = checklists.windows(w).current(w.now)
    return render_template(
        "quarantine/check_places.html",
        half=half,
        ends=checklists.windows(w).ends(half),
        places=checklists.standing(w, half),
    )


def _page(
    w: Work, place: Place, *, wrong: dict[int, Fault] | None = None, half: HalfDay | None = None
) -> str:
    hours = checklists.windows(w)
    half = half or hours.current(w.now)
    floor = _number("floor")
    found = checklists.listed(w, place.id, half, floor=floor, after=_after())
    rows, more = found[: checklists.PAGE], found[checklists.PAGE :]
    ids = [row.stay.id for row in rows]
    stood = checklists.standing(w, half, [place.id])
    return render_template(
        "quarantine/checks.html",
        place=place,
        half=half,
        ends=hours.ends(half),
        floor=floor,
        floors=checklists.floors(w, place.id),
        rows=rows,
        after="-".join(map(str, rows[-1].key)) if more else None,
        people=_names(w, [row.stay for row in rows]),
        ill=checklists.unhandled(w, ids),
        swabs=_due_today(w, ids),
        stood=stood[0] if stood else None,
        figures=indicators.checks(w, half.day, half.day),
        symptoms={row.stay.pack: checking.symptoms_of(w, row.stay.pack) for row in rows},
        handlings=w.rules.value(PACK, "handling"),
        limit=w.rules.duration(PACK, "check.handled"),
        chips=CHIPS,
        wrong={id: fault_text(current_lang(), fault) for id, fault in (wrong or {}).items()},
        given=request.form if wrong else MultiDict(),
    )


def _names(w: Work, stays: list[Stay]) -> dict[int, Masked]:
    """The masked names of the people of this list, who live elsewhere as a rule."""
    with w.beyond_scope("whoever checks people knows them by their masked names, wherever they live"):
        return masked(w, [stay.person_id for stay in stays])


def _due_today(w: Work, stays: list[int]) -> set[int]:
    """Who of them is to be tested today and was not yet."""
    today = w.office.clock.day(w.now)
    tests = planned.of_stays(w, stays)
    return {id for id, own in tests.items() if any(t.due_on == today and t.state == "due" for t in own)}


def _read(half: HalfDay) -> tuple[list[GivenCheck], dict[int, Fault]]:
    """What was typed and tapped, by stay; who was not asked at all is left out."""
    given: list[GivenCheck] = []
    wrong: dict[int, Fault] = {}
    for id in sorted({int(name[2:]) for name in request.form if _of_a_row(name)}):
        try:
            if (one := _one(id, half)) is not None:
                given.append(one)
        except Invalid as fault:
            wrong[id] = fault
    return given, wrong


def _of_a_row(name: str) -> bool:
    number = name[2:]
    return name[:2] in ("t-", "c-", "s-") and number.isascii() and number.isdecimal() and len(number) <= 10


def _one(id: int, half: HalfDay) -> GivenCheck | None:
    celsius = degrees(request.form.get(f"c-{id}", "") or request.form.get(f"t-{id}", ""))
    asked = request.form.get(f"s-{id}", "")
    if celsius is None and not asked:
        return None
    found = tuple(request.form.getlist(f"y-{id}")) if asked == "some" else ()
    if celsius is None or not asked or (asked == "some" and not found):
        raise Invalid("check-half-done", stay=id)
    return GivenCheck(id, half.day, half.half, celsius, found)


def degrees(text: str) -> float | None:
    """Degrees with a point or a comma, None where nothing was typed; Invalid (``celsius-odd``)."""
    plain = clean(text).strip().replace(",", ".").removesuffix("℃").strip()
    if not plain:
        return None
    digits = plain.replace(".", "", 1)
    if len(plain) > 5 or not (digits.isascii() and digits.isdecimal()):
        raise Invalid("celsius-odd", field="celsius", least=checking.COLDEST, most=checking.HOTTEST)
    return round(float(plain), 1)


def _half() -> HalfDay:
    day, half = request.form.get("day", ""), request.form.get("half", "")
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise Invalid("half-day-wrong", field="day", half=half[:4]) from None
    if half not in ORDER:
        raise Invalid("half-day-wrong", field="half", half=half[:4])
    return HalfDay(found, half)


def _by(place: Place) -> str:
    if place.kind == "site":
        return "site"
    return "phone" if request.form.get("by") == "phone" else "visit"


def _number(name: str) -> int | None:
    given = request.values.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and int(given[:10]) <= 2**31 - 1 else None


def _after() -> After | None:
    parts = request.args.get("after", "").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) <= 10 for part in parts):
        return None
    first, second, third = (int(part) for part in parts)
    return first, second, third
