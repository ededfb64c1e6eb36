"""Rounds on screen: the list, a new one, its plan with numbers and sources, its laboratories, and each step."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for

from maps import base, palette
from region.places.models import Place
from region.sampling.actions import drafting, listing, planning, pledging, running, siting
from region.sampling.methods import methods
from region.sampling.models import Round
from region.sampling.needs import Asked
from region.sampling.queries import due, round_picture, rounds
from region.sampling.queries import siting as ground
from region.sampling.states import PACK, ROUND
from region.spine.assets import local_address
from region.spine.errors import Fault, Invalid, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("rounds", __name__)
READS, PLANS, DECIDES = "sampling.read", "sampling.plan", "sampling.approve"
ASKED = tuple(one.name for one in fields(Asked))
STEPS = {
    "order": running.order,
    "open": running.open_round,
    "finish": running.finish,
    "reopen": running.reopen,
}


@routes.get("/sampling/rounds", needs=READS)
def page(w: Work) -> str:
    """The rounds there were, and the form that begins one."""
    return _list(w)


def _list(w: Work, fault: Fault | None = None) -> str:
    before = request.args.get("before", "")
    found = rounds.rounds(
        w, int(before) if before.isascii() and before.isdigit() and len(before) < 9 else None
    )
    areas = round_picture.areas_to_plan(w)
    begun = [one for one in found if one.state in ("running", "closing")]
    return render_template(
        "sampling/rounds.html",
        found=found,
        ends=ROUND.ends,
        progress={one.id: rounds.progress(w, one) for one in begun},
        target=w.rules.value(PACK, "coverage.target"),
        places=due.names_of(w, {one.place_id for one in found}),
        areas=areas,
        incidents=round_picture.open_incidents(w),
        methods=methods(w),
        asked=ASKED,
        first=_first(w, areas),
        given=request.form,
        wrong=_wrong(fault),
        more=len(found) == rounds.LIST,
    )


def _first(w: Work, areas: list[Place]) -> dict[str, str]:
    """What the form proposes: tomorrow at six, a day long, and the next number of the first area."""
    zone = w.office.clock.zone
    start = (w.now.astimezone(zone) + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
    code = f"{areas[0].code}-R{round_picture.next_number(w, areas[0].id)}" if areas else ""
    times = {"starts_at": start, "due_at": start + timedelta(days=1)}
    return {"code": code, **{name: at.strftime("%Y-%m-%dT%H:%M") for name, at in times.items()}}


def _wrong(fault: Fault | None) -> dict[Any, str]:
    return {} if fault is None else {fault.facts.get("field", ""): fault_text(current_lang(), fault)}


@routes.post("/sampling/rounds", needs=PLANS)
def begin(w: Work) -> Any:
    """Begin a round and plan it at once."""
    try:
        with w.session.begin_nested():
            row = _begun(w)
    except (Invalid, Refused) as fault:
        return _list(w, fault), fault.status
    return redirect(url_for("rounds.show", id=row.id), 303)


def _begun(w: Work) -> Round:
    row = drafting.draft(
        w,
        area=whole("area"),
        starts_at=_moment(w, "starts_at"),
        due_at=_moment(w, "due_at"),
        method_code=request.form.get("method", ""),
        code=_code(),
        incident=whole("incident") or None,
        asked=_asked(),
    )
    if row.state == "draft":
        planning.plan(w, row)
    return row


def _code() -> str:
    code = request.form.get("code", "").strip()
    if not code:
        raise Invalid("field-missing", field="code")
    return code[:40]


def whole(name: str) -> int:
    """A whole number of the form, 0 where nothing was typed; Invalid (``fields-wrong``) else."""
    raw = request.form.get(name, "").strip().replace(",", "")
    if not raw:
        return 0
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise Invalid("fields-wrong", field=name)
    return int(raw)


def _moment(w: Work, name: str) -> datetime:
    try:
        read = datetime.fromisoformat(request.form.get(name, "").strip())
    except ValueError as error:
        raise Invalid("fields-wrong", field=name) from error
    return read.replace(tzinfo=w.office.clock.zone).astimezone(UTC)


def _asked() -> Asked:
    return Asked(**{name: whole(name) for name in ASKED})


@routes.get("/sampling/rounds/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One round: how it stands, what it needs and by which numbers, its laboratories, its sites on the map."""
    return show_round(w, id)


def show_round(w: Work, id: int, fault: Fault | None = None) -> str:
    """The page of a round, with what could not be done."""
    row = rounds.round_of(w, id)
    sites, labs = ground.sites_of(w, row), pledging.labs_of(w, row)
    planned = "need" in row.plan
    left = row.plan.get("siting", {}).get("left", [])[:20]
    named = {row.place_id, *(one.place_id for one in labs), *(one.place_id for one in sites)}
    named |= {one["home"] for one in left} | {one.lab_id for one in sites if one.lab_id}
    return render_template(
        "sampling/round.html",
        row=row,
        planned=planned,
        asked=Asked(**row.plan.get("asked", {})),
        asked_names=ASKED,
        methods=methods(w),
        burden=pledging.burden(w, row) if planned else None,
        amber=w.rules.value(PACK, "load.amber"),
        block=w.rules.value(PACK, "load.block"),
        target=w.rules.value(PACK, "coverage.target"),
        numbers=rounds.numbers_said(w),
        labs=labs,
        lendable=round_picture.laboratories(w),
        sites=sites,
        runs=round_picture.by_state(sites),
        left=left,
        places=due.names_of(w, named),
        progress=rounds.progress(w, row),
        advice=rounds.stop_advice(w, row),
        earlier=[one for one in rounds.rounds(w, id) if one.place_id == row.place_id][:5],
        waiting=running.waiting(w, row) if row.state == "closing" else 0,
        reach=ground.reach_of(w),
        map=_map(w, row),
        wrong=_wrong(fault),
        local=lambda at: at.astimezone(w.office.clock.zone).strftime("%Y-%m-%dT%H:%M"),
    )


def _map(w: Work, row: Round) -> base.Parts:
    lang = current_lang()
    urls = {
        "areas": url_for("round_sites.areas", id=row.id, lang=lang),
        "sites": url_for("round_sites.points", id=row.id, lang=lang),
    }
    bounds = round_picture.extent(w, row)
    tongue: palette.Lang = "en" if lang == "en" else "zh"
    return base.parts(
        base.draw(dict.fromkeys(urls), tongue, local_address, urls=urls, bounds=bounds), local_address
    )


def back(w: Work, id: int, do: Any, where: str = "") -> Any:
    """Do it and come back to the page of the round; what could not be done is said there."""
    try:
        with w.session.begin_nested():
            do()
    except (Invalid, Refused) as fault:
        return show_round(w, id, fault), fault.status
    return redirect(url_for("rounds.show", id=id) + where, 303)


def _version() -> int | None:
    return whole("version") or None


@routes.post("/sampling/rounds/<int:id>/change", needs=PLANS)
def change(w: Work, id: int) -> Any:
    """Change what was asked, and plan it again."""

    def do() -> None:
        row = w.get(Round, id)
        times = {"starts_at": _moment(w, "starts_at"), "due_at": _moment(w, "due_at")}
        drafting.change(w, row, _asked(), method_code=request.form.get("method", ""), **times)
        planning.plan(w, row)

    return back(w, id, do)


@routes.post("/sampling/rounds/<int:id>/plan", needs=PLANS)
def plan(w: Work, id: int) -> Any:
    """Reckon it again: lists or populations changed."""
    return back(w, id, lambda: planning.plan(w, w.get(Round, id), _version()))


@routes.post("/sampling/rounds/<int:id>/take-over", needs=PLANS)
def take_over(w: Work, id: int) -> Any:
    """The list of an earlier round, and the plan by it."""

    def do() -> None:
        row = w.get(Round, id)
        listing.take_over(w, row, w.get(Round, whole("earlier")))
        planning.plan(w, row)

    return back(w, id, do)


@routes.post("/sampling/rounds/<int:id>/labs", needs=PLANS)
def pledge(w: Work, id: int) -> Any:
    """Set a laboratory's tubes a day, its own or as aid with the letter it rests on."""

    def do() -> None:
        aid = request.form.get("aid") == "yes"
        letter = request.form.get("note_code", "")
        pledging.pledge(w, w.get(Round, id), whole("lab"), whole("tubes_a_day"), aid, letter)

    return back(w, id, do, "#labs")


@routes.post("/sampling/rounds/<int:id>/propose", needs=PLANS)
def propose(w: Work, id: int) -> Any:
    """Have sites proposed: so many, or as many as bring everybody within the walk."""
    most = None if request.form.get("everybody") == "yes" else whole("most") or None
    return back(w, id, lambda: siting.ask(w, w.get(Round, id), most), "#sites")


@routes.post("/sampling/rounds/<int:id>/step", needs=PLANS)
def step(w: Work, id: int) -> Any:
    """Order, open, finish, reopen, or close."""
    verb = request.form.get("verb", "")

    def do() -> None:
        row = w.get(Round, id)
        if verb == "close":
            running.close(w, row, request.form.get("reason", ""))
        elif verb in STEPS:
            STEPS[verb](w, row)
        else:
            raise Invalid("fields-wrong", field="verb")

    return back(w, id, do)


@routes.post("/sampling/rounds/<int:id>/approve", needs=DECIDES)
def approve(w: Work, id: int) -> Any:
    """A second person agrees."""
    return back(w, id, lambda: planning.approve(w, w.get(Round, id), _version()))


@routes.post("/sampling/rounds/<int:id>/cancel", needs=DECIDES)
def cancel(w: Work, id: int) -> Any:
    """Call it off."""
    return back(w, id, lambda: running.cancel(w, w.get(Round, id), request.form.get("reason", "")))
