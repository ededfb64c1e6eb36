"""The page behind a resident's own link: why he is restricted, until when, and what he answers twice a day.

What proves who asks is the link itself and no cookie, so the form needs no token against forgery. Looking changes
nothing; no name and no number of a person stands on it, for a phone may be read by others.
"""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for

from region.places.models import Place
from region.quarantine.actions import checking, linking
from region.quarantine.actions.checking import GivenCheck
from region.quarantine.halves import HalfDay
from region.quarantine.models import Check, Stay
from region.quarantine.queries import checklists
from region.quarantine.queries import tests as planned
from region.quarantine.routes.checks import degrees
from region.spine import web
from region.spine.actor import Actor, system_actor
from region.spine.clock import REAL
from region.spine.errors import Fault, Invalid, Refused
from region.spine.web import Routes
from region.spine.work import Office, Work

routes = Routes("resident", __name__)
MOST_BYTES = 8 * 1024
APPEAL = "appeals.make"
"""Where an appeal is made, if that screen stands."""
CODE = re.compile(r"[a-z_]{1,40}", re.ASCII)


def prove(office: Office, asked: Any) -> Actor:
    """The resident of the link; Refused ``resident-link-wrong`` or ``resident-link-ended``."""
    asked.max_content_length = MOST_BYTES
    word = asked.view_args["word"]
    realm = linking.realm_of(word)
    g.resident_realm = realm
    with office.work(system_actor(realm), reading=True) as w:
        stay = linking.of_word(w, word)
        g.resident_stay = stay.id
        return linking.actor_of(w, stay)


@routes.get("/q/<word>", public=True, prove=prove)
def show(w: Work, word: str) -> Any:
    """Why, by which rule, until when; his tests; and the two questions of this half-day."""
    return _page(w, word)


@routes.post("/q/<word>", public=True, prove=prove)
def answer(w: Work, word: str) -> Any:
    """His temperature and symptoms of the half-day; sent twice they are kept once, sent anew they correct."""
    stay = w.get(Stay, g.resident_stay)
    half = checklists.windows(w).current(w.now)
    try:
        checking.keep(w, [_given(stay, half)], by="resident", source="link")
    except (Invalid, Refused) as fault:
        return _page(w, word, wrong=fault), 422
    return redirect(url_for("resident.show", word=word, kept=1), 303)


def _given(stay: Stay, half: HalfDay) -> GivenCheck:
    celsius = degrees(request.form.get("celsius", ""))
    asked = request.form.get("asked", "")
    symptoms = tuple(one for one in request.form.getlist("symptom") if CODE.fullmatch(one))
    if celsius is None or asked not in ("none", "some") or (asked == "some" and not symptoms):
        raise Invalid("check-half-done", stay=stay.id)
    return GivenCheck(stay.id, half.day, half.half, celsius, symptoms if asked == "some" else ())


def _page(w: Work, word: str, wrong: Fault | None = None) -> str:
    stay = w.get(Stay, g.resident_stay)
    hours = checklists.windows(w)
    half = hours.current(w.now)
    pack = w.rules.pack(stay.pack)
    return render_template(
        "quarantine/resident.html",
        stay=stay,
        stage=stay.plan["stages"][stay.stage],
        word=word,
        half=half,
        ends=hours.ends(half),
        pack=pack,
        check=w.session.get(Check, (stay.id, half.day, half.half)),
        tests=planned.of_stays(w, [stay.id]).get(stay.id, []),
        symptoms=checking.symptoms_of(w, stay.pack),
        place=_place(w, stay),
        appeal=url_for(APPEAL, word=word) if APPEAL in current_app.view_functions else None,
        wrong=web.fault_text(web.current_lang(), wrong) if wrong else "",
        given=request.form if wrong else {},
        exercise=w.realm != REAL,
        duty_phone=w.office.installation.duty_phone,
    )


def _place(w: Work, stay: Stay) -> Place:
    with w.beyond_scope("a resident may know the place that answers for him"):
        return w.get(Place, checking.answerable_place(stay))


def refuse(fault: Refused) -> Any:
    """A link that opens nothing: say so, and whom to ask."""
    if not fault.code.startswith("resident-link-"):
        return web.show_fault(fault)
    page = render_template(
        "quarantine/resident_refused.html",
        text=web.fault_text(web.current_lang(), fault),
        exercise=g.get("resident_realm", REAL) != REAL,
        duty_phone=web.office().installation.duty_phone,
    )
    return page, fault.status


routes.blueprint.register_error_handler(Refused, refuse)
