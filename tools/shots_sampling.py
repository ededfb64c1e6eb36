"""The screens of a sampling day as pictures: what is done before they are taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from region.exercise.linjiang.round_people import number_of, sent, uid
from region.exercise.sampling_day import AREA, FIRST
from region.formats.codes.tubes import own_code
from region.places.models import Place
from region.sampling.actions import custody, drafting, planning, pledging, reporting, result_loading, syncing
from region.sampling.actions.reporting import Result
from region.sampling.actions.signing import Said
from region.sampling.models import Box, Round, RoundSite, Tube
from region.sampling.result_plan import ResultOptions
from region.sampling.schemas import Batch, SentTube
from region.spine.actor import Actor, Grant, system_actor
from region.spine.work import Office
from tools.shots_stage import REALM, run_all

LABORATORY = "990106-LAB-001"
SERIAL = 9_000
"""Tubes from here on are those that the pictures' sampler takes."""
BOX = "LJ-BOX-0417"
PIN = "280419"
PEOPLE = 40_000
"""Numbers after the demonstration's first, at which the pictures' people begin."""


def prepare(office: Office) -> str:
    """A round planned for tomorrow, a laboratory's file that waits to be applied; gives the id of the positive tube.

    One more box stands on the laboratory's bench and is not counted yet.
    """
    with office.work(system_actor(REALM), reading=True) as w:
        at = {place.code: place for place in w.session.scalars(select(Place))}
        positive = w.session.scalars(select(Tube.id).where(Tube.result == "positive")).one()
        waiting = select(Tube.code).where(Tube.state == "received", Tube.lab_id == at[LABORATORY].id)
        codes = w.session.scalars(waiting.order_by(Tube.id)).all()
    plan_tomorrow(office, at)
    run_all(office)  # the pool's people are recalled before they are sampled again
    retest(office, at[LABORATORY].id)
    with office.work(system_actor(REALM)) as w:
        wanted = select(Box).where(Box.state == "collected", Box.lab_id == at[LABORATORY].id)
        custody.receive(w, w.session.scalars(wanted.order_by(Box.id).limit(1)).one(), Said(celsius=5.5))
    rows = [f"{code},{'positive' if n == 7 else 'negative'}" for n, code in enumerate(codes)]
    lab = Actor("account:12", (Grant("laboratory", at[LABORATORY].path),), realm=REALM)
    with office.work(lab) as w:
        data = "\n".join(["tube,result", *rows]).encode()
        moment = w.now.astimezone(office.clock.zone)
        options = ResultOptions(reported_at=f"{moment:%Y-%m-%dT%H:%M}")
        result_loading.plan_load(w, at[LABORATORY].id, data, "results-morning.csv", options)
    return str(positive)


def retest(office: Office, laboratory: int) -> None:
    """Three of the positive pool are sampled alone: one is positive, one negative, one waits for his result."""
    with office.work(system_actor(REALM)) as w:
        site = w.session.scalars(
            select(RoundSite).where(RoundSite.number == 1).order_by(RoundSite.id)
        ).first()
        assert site is not None
        day = office.clock.day(w.now)
        tubes = []
        for n, minutes in enumerate((50, 0, 0)):
            closed = w.now - timedelta(minutes=minutes)
            code = own_code(day, AREA, SERIAL - 10 + n)
            person = sent(FIRST + n, int(site.areas[0]), closed)
            said = {"uid": uid(14, n), "revision": 1, "method": "single", "code": code, "people": [person]}
            tubes.append(SentTube.model_validate({**said, "opened_at": closed, "closed_at": closed}))
        device = {"device": uid(15, 0), "sent_at": w.now, "site": site.id, "boxes": [], "tubes": tubes}
        syncing.sync(w, Batch.model_validate(device))
    with office.work(system_actor(REALM)) as w:
        said_at = w.now
        found = (
            Result(tubes[0].code, "positive", said_at, 24.1, 25.0),
            Result(tubes[1].code, "negative", said_at),
        )
        reporting.report(w, laboratory, found, source="api")


def plan_tomorrow(office: Office, at: dict[str, Place]) -> None:
    """The next round of the sub-district, which waits for approval."""
    with office.work(system_actor(REALM)) as w:
        today = w.session.scalars(select(Round)).one()
        step = today.due_at - today.starts_at
        begins = (today.due_at + step / 2).replace(minute=0, second=0, microsecond=0)
        row = drafting.draft(
            w,
            area=at[AREA].id,
            starts_at=begins,
            due_at=begins + step,
            method_code="pool_10",
            code=f"{today.code}-B",
            incident=today.incident_id,
        )
        pledging.pledge(w, row, at[LABORATORY].id, 9_000)
        planning.plan(w, row)


def sample(page: Any, office: Office) -> None:
    """On the sampler's phone: a PIN, the first site, a box, a tube and six of its ten people."""
    for _ in range(2):
        page.locator("[data-screen=pin]").wait_for(state="visible")
        for digit in PIN:
            page.locator(f"[data-pin='{digit}']").click()
        page.wait_for_timeout(600)
    site = page.locator("#site-list button").first
    work = page.locator("[data-screen=work]")
    page.locator("html[data-shown=site], html[data-shown=work]").wait_for(state="attached")
    if site.is_visible():
        site.click()
    work.wait_for(state="visible")
    with office.work(system_actor(REALM), reading=True) as w:
        day = office.clock.day(w.now)
    scans = [BOX, own_code(day, AREA, SERIAL), *(number_of(FIRST + PEOPLE + n) for n in range(6))]
    for text in scans:
        page.locator("#field-input").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
