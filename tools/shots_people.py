"""The screens of zones and of people's rights as pictures: what is done in the demonstration before they are taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from region.accounts.models import Account
from region.exercise.linjiang.round_people import name_of, number_of, uid
from region.incidents import actions as incidents
from region.incidents.models import Incident
from region.people.actions import destroying, exporting, glass, merging
from region.people.actions.registering import Given, register
from region.people.models import Destruction, Export
from region.places.models import Place
from region.spine.actor import Actor, Grant, system_actor
from region.spine.work import Office
from region.zones.actions import declaring, drawing
from region.zones.models import Zone
from tools.shots_stage import REALM, at, run_all

DISTRICT, HOME, OWN, BEYOND = "990106", "990106001001", "990106001", "990106002"
FIRST = 930_000
"""Numbers of people from here on are those of these pictures."""
PACK, ENDED = "CN-COVID-9ED", "LJ-2022-05"
WHO = {"epi": "epidemiologist", "commander": "commander", "privacy": "privacy_officer", "leader": "approver"}


def rights(office: Office) -> None:
    """Lists asked for and answered, a glass open and one to review, an ended response, two who may be one person."""
    people = actors(office)
    lists(office, people)
    broken(office, people)
    ended(office, people)
    twice(office, people)
    zones(office, people)
    run_all(office)


def actors(office: Office) -> dict[str, Actor]:
    """The named accounts of the demonstration as they act in its district."""
    with office.work(system_actor(REALM), reading=True) as w:
        wanted = select(Account.login, Account.id).where(Account.login.in_(WHO))
        ids = {row.login: row.id for row in w.session.execute(wanted)}
        path = w.session.scalars(select(Place.path).where(Place.code == DISTRICT)).one()
    return {
        login: Actor(f"account:{ids[login]}", (Grant(role, path),), account_id=ids[login], realm=REALM)
        for login, role in WHO.items()
    }


def _place(office: Office, code: str) -> int:
    with office.work(system_actor(REALM), reading=True) as w:
        return w.session.scalars(select(Place.id).where(Place.code == code)).one()


def lists(office: Office, people: dict[str, Actor]) -> None:
    """One approved and fetched, one refused, one that waits."""
    place = _place(office, DISTRICT)
    asked = (
        ("contacts", "trace", ("name", "phone", "category"), "交区流调队，逐人电话核实密接信息"),
        ("cases", "notify", ("name", "number", "address"), "转街道张贴名单"),
        ("key_people", "care", ("name", "phone", "group", "since"), "交社区卫生服务中心安排上门"),
    )
    numbers = []
    for step, (what, purpose, fields, reason) in enumerate(asked):
        with at(office, 190 - 60 * step).work(people["epi"]) as w:
            facts = {"place": place, "incident": None, "fields": fields, "purpose": purpose, "reason": reason}
            numbers.append(exporting.ask(w, what=what, **facts).id)
    with at(office, 100).work(people["commander"]) as w:
        exporting.approve(w, w.get(Export, numbers[0]))
        exporting.refuse(w, w.get(Export, numbers[1]))
    with at(office, 96).work(people["epi"]) as w:
        exporting.fetch(w, w.get(Export, numbers[0]))


def broken(office: Office, people: dict[str, Actor]) -> None:
    """Of one who served a sub-district alone: a glass shut and to be reviewed, one open now, both of another one."""
    beyond = _place(office, BEYOND)
    with office.work(system_actor(REALM), reading=True) as w:
        own = w.session.scalars(select(Place.path).where(Place.code == OWN)).one()
    epi = replace(people["epi"], grants=(Grant("epidemiologist", own),))
    with at(office, 300).work(epi) as w:
        first = glass.break_glass(w, beyond, "昏迷送医，身上无证件，须联系家属")
    with at(office, 240).work(epi) as w:
        glass.shut(w, first)
    with at(office, 25).work(epi) as w:
        glass.break_glass(w, beyond, "车祸伤者疑为密接，须核对其隔离要求")


def ended(office: Office, people: dict[str, Actor]) -> None:
    """A response that ended a week ago: what it collected is approved once."""
    place = _place(office, HOME)
    with at(office, 40 * 1440).work(system_actor(REALM)) as w:
        titles = {"title_zh": "五月聚集性疫情（演练，已结束）", "title_en": "May cluster (exercise, ended)"}
        facts = {
            "place_id": _place(office, DISTRICT),
            "kind": "infectious_disease",
            "pack": PACK,
            "level": "IV",
        }
        made = incidents.open_incident(w, code=ENDED, **facts, **titles)
    with at(office, 39 * 1440).work(system_actor(REALM)) as w:
        given = [_given(n, place) for n in range(FIRST, FIRST + 24)]
        register(w, given, incident=made.id, source="list")
    with at(office, 7 * 1440).work(system_actor(REALM)) as w:
        incidents.close_incident(w, made.id)
    run_all(at(office, 7 * 1440))
    with at(office, 600).work(people["privacy"]) as w:
        wanted = select(Destruction).join(Incident, Incident.id == Destruction.incident_id)
        destroying.approve(w, w.session.scalars(wanted.where(Incident.code == ENDED)).one())


def _given(n: int, place: int, phone: int | None = None) -> Given:
    return Given(uid(0, n), place, "resident", number_of(n), name_of(n), f"1000{phone or n:07d}")


def twice(office: Office, people: dict[str, Actor]) -> None:
    """Somebody who came once with his paper and once without; and a pair that was joined yesterday."""
    place = _place(office, HOME)
    with office.work(system_actor(REALM)) as w:
        pairs = []
        for n in (FIRST + 50, FIRST + 60):
            bare = Given(uid(0, n + 1), place, "none", "", name_of(n), f"1000{n:07d}")
            known = register(w, [_given(n, place), bare], incident=None, source="list")
            pairs.append((known[uid(0, n)], known[uid(0, n + 1)]))
    with office.work(people["epi"]) as w:
        merging.merge(w, *pairs[1], why="same_name_and_phone")


def zones(office: Office, people: dict[str, Actor]) -> None:
    """Besides the zone of the demonstration: a medium one that was high until yesterday, and a draft."""
    with office.work(system_actor(REALM), reading=True) as w:
        above = w.session.scalars(select(Place.path).where(Place.code == HOME)).one()
        wanted = select(Place).where(Place.path.startswith(above), Place.code != HOME, Place.kind == "area")
        grids = w.session.scalars(wanted.order_by(Place.code)).all()
        incident = w.session.scalars(select(Incident.id).where(Incident.state == "open")).first()
    drawn = []
    for place in (grids[1], grids[-1]):
        with at(office, 3000).work(people["epi"]) as w:
            names = f"{place.name_zh}风险区", f"{place.name_en} risk zone"
            newest = office.clock.day(w.now)
            given = drawing.Given(incident or 0, *names, "high", drawing.Outline(place=place.id), newest)
            drawn.append(drawing.draw(w, given).id)
    with at(office, 2900).work(people["commander"]) as w:
        declaring.declare(w, w.get(Zone, drawn[0]), reason="聚集性疫情发生地")
    with at(office, 1200).work(people["commander"]) as w:
        declaring.regrade(
            w, w.get(Zone, drawn[0]), "medium", reason="评估后调整", at=w.now + timedelta(hours=1)
        )
