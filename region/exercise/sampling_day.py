"""A round that runs today in the demonstration: planned, half sampled, boxes on their way, results, a positive pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from region.accounts.models import Account
from region.exercise.linjiang.round_people import sent, uid
from region.exercise.stocking import places_by_code
from region.formats.codes.tubes import own_code
from region.incidents.models import Incident
from region.sampling.actions import custody, drafting, planning, pledging, running, siting
from region.sampling.actions.reporting import Result, report
from region.sampling.actions.signing import Said
from region.sampling.actions.site_edits import Wanted, edit
from region.sampling.actions.syncing import sync
from region.sampling.models import Box, Round, RoundSite, Tube
from region.sampling.queries.siting import sites_of
from region.sampling.schemas import Batch, SentBox, SentTube
from region.spine.actor import Actor, Grant, system_actor
from region.spine.work import Office, Work

AREA, PREFIX = "990106001", "DEMO"
"""The sub-district that is sampled, and with what the codes of its rounds and boxes begin."""
LABORATORIES = {"990106-LAB-001": 3_000, "990106-LAB-002": 5_000}
"""The laboratories that test it, with tubes a day."""
WHO = ("duty", "leader", "sampler", "lab")
"""Who plans the round, who orders it, who samples, who carries and tests."""
SAMPLER = "990106-SS-001"
SINCE, LASTS = timedelta(hours=4), timedelta(hours=14)
TUBES, POOL, EACH = 8, 10, 250
"""Tubes in a box, people in a tube, and how many numbers of people each site has."""
FIRST = 400_000
"""Numbers of people from here on are the demonstration's."""
PHONE, BOX, TUBE = 11, 12, 13
MINUTE = timedelta(minutes=1)


def run_today(office: Office, realm: int, incident: str) -> int:
    """One round a region and day, as it stands in the afternoon; how many people are sampled (0: it stands already)."""
    people = _people(office, realm)
    with office.work(people["duty"]) as w:
        if w.session.scalars(select(Round.id).where(Round.code.startswith(PREFIX))).first() is not None:
            return 0
        number = _planned(w, places_by_code(w), incident)
    with office.work(people["leader"]) as w:
        round_ = w.get(Round, number)
        planning.approve(w, round_)
        running.order(w, round_)
        running.open_round(w, round_)
        sites = sites_of(w, round_)
        for site in sites[:-2]:  # the last two are not ready yet
            running.move_site(w, site, "open")
    with office.work(people["sampler"]) as w:
        for place, site in enumerate(sites_of(w, w.get(Round, number))[:-2]):
            _sample(w, site, place)
    with office.work(people["lab"]) as w:
        round_ = w.get(Round, number)
        _carry_and_report(w, round_)
        return sum(site.sampled for site in sites_of(w, round_))


def _people(office: Office, realm: int) -> dict[str, Actor]:
    """Those of the demonstration in whose names the day was done, by login; they may do all of it, wherever it is."""
    with office.work(system_actor(realm), reading=True) as w:
        wanted = select(Account.login, Account.id).where(Account.login.in_(WHO))
        ids = {row.login: row.id for row in w.session.execute(wanted)}
    grants = (Grant("system", ""),)
    return {login: Actor(f"account:{ids[login]}", grants, realm=realm, is_system=True) for login in WHO}


def _planned(w: Work, at: Mapping[str, int], incident: str) -> int:
    response = w.session.scalars(select(Incident.id).where(Incident.code == incident)).one()
    starts = w.now - SINCE
    day = w.office.clock.day(w.now)
    row = drafting.draft(
        w,
        area=at[AREA],
        starts_at=starts,
        due_at=starts + LASTS,
        method_code="pool_10",
        code=f"{PREFIX}-{day:%m%d}",
        incident=response,
    )
    for lab, tubes in LABORATORIES.items():
        pledging.pledge(w, row, at[lab], tubes)
    planning.plan(w, row)
    siting.propose(w, row)
    _give_to(w, row, at)
    return row.id


def _give_to(w: Work, round_: Round, at: Mapping[str, int]) -> None:
    """The sampler of the demonstration runs the first site, whatever was proposed; two send to its laboratory."""
    for number, site in enumerate(sites_of(w, round_)[:2]):
        names = (site.name_zh, site.name_en)
        staff = (site.benches, site.samplers)
        runs = site.place_id if number else at[SAMPLER]
        edit(w, site, Wanted(site.lon, site.lat, runs, *names, *staff, at[min(LABORATORIES)]))


def _sample(w: Work, site: RoundSite, place: int) -> None:
    """What a site's phone has sent: two sealed boxes, or one and an open one; one of the third site's was too warm."""
    boxes, tubes = [], []
    for n in range(2):
        start = w.now - SINCE + (60 + 70 * n + place % 5 * 4) * MINUTE
        number = uid(BOX, site.id * 10 + n)
        closed = [start + 5 * MINUTE * (1 + at) for at in range(TUBES)]
        tubes += [_tube(w, site, place, n, at, moment) for at, moment in enumerate(closed)]
        said = {"uid": number, "code": f"{PREFIX}-{site.number:03d}-{n}", "opened_at": start, "tubes": TUBES}
        if n == 0 or place % 3:
            said |= {"sealed_at": closed[-1] + 3 * MINUTE, "celsius": 11.5 if (place, n) == (2, 0) else 4.0}
        boxes.append(SentBox.model_validate(said))
    _sync(w, site, 0, tubes, boxes)
    if place == 1:  # another phone has a tube with a code that was used already
        other = _tube(w, site, place, 2, 0, w.now - 15 * MINUTE)
        _sync(w, site, 1, [other.model_copy(update={"code": tubes[0].code, "box": None})], [])


def _sync(w: Work, site: RoundSite, phone: int, tubes: Sequence[SentTube], boxes: Sequence[SentBox]) -> None:
    said = {
        "device": uid(PHONE, site.id * 10 + phone),
        "sent_at": w.now,
        "site": site.id,
        "boxes": list(boxes),
    }
    sync(w, Batch.model_validate({**said, "tubes": list(tubes)}))


def _tube(w: Work, site: RoundSite, place: int, box: int, at: int, closed: datetime) -> SentTube:
    serial = place * 100 + box * 20 + at
    first = FIRST + place * EACH + (box * TUBES + at) * POOL
    homes = site.areas or [site.place_id]
    people = [
        sent(n, int(homes[n % len(homes)]), closed - timedelta(seconds=20 * (first + POOL - n)))
        for n in range(first, first + POOL)
    ]
    said = {"uid": uid(TUBE, site.id * 1000 + box * 20 + at), "revision": 1, "method": "pool_10"}
    said |= {"code": own_code(w.office.clock.day(w.now), AREA, serial), "box": uid(BOX, site.id * 10 + box)}
    return SentTube.model_validate({**said, "opened_at": closed, "closed_at": closed, "people": people})


def _carry_and_report(w: Work, round_: Round) -> None:
    """The first boxes are unpacked, half of those of each laboratory reported; others are with couriers."""
    wanted = (
        select(Box).where(Box.round_id == round_.id, Box.state == "sealed").order_by(Box.sealed_at, Box.id)
    )
    boxes = w.session.scalars(wanted).all()
    part = len(boxes) // 4
    for box in boxes[: 3 * part]:
        custody.collect(w, box, Said(celsius=4.5))
    for place, box in enumerate(boxes[: 2 * part]):
        custody.receive(w, box, Said(celsius=5.0), at=(box.sealed_at or w.now) + (35 + place % 40) * MINUTE)
        custody.unpack(w, box, whole=True)
    by_lab: dict[int, list[Box]] = {}
    for box in boxes[: 2 * part]:
        by_lab.setdefault(box.lab_id or 0, []).append(box)
    _report(w, [box for own in by_lab.values() for box in own[: len(own) // 2]])


def _report(w: Work, boxes: Sequence[Box]) -> None:
    """All negative, but one tube of the first box: its ten people are recalled."""
    alarm = True
    for box in boxes:
        codes = w.session.scalars(select(Tube.code).where(Tube.box_id == box.id).order_by(Tube.id)).all()
        at = w.now - 20 * MINUTE
        results = [Result(code, "negative", at) for code in codes]
        if alarm:
            results[0] = Result(codes[0], "positive", at, 26.8, 28.1)
        alarm = False
        report(w, box.lab_id or 0, results, source="api")
