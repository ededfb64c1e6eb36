"""Loads the exercise region: its places, its realm and incident, its people with demonstration accounts, its duty."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pandas as pd
from sqlalchemy import select

from region.accounts.actions import ensure_account, set_shift
from region.accounts.models import Account
from region.exercise.care_day import put_in_care
from region.exercise.linjiang.enrolment import to_geojson, to_spreadsheet_rows
from region.exercise.linjiang.names import DISTRICT
from region.exercise.linjiang.region import Region, build
from region.exercise.sampling_day import run_today
from region.exercise.stocking import reckon_all, stock_sites, tell_capacity
from region.formats.tables import write_csv
from region.incidents import actions as incidents
from region.places import actions as places
from region.places.models import Place
from region.places.plan import AreaOptions, Options, SiteOptions
from region.spine.actor import system_actor
from region.spine.work import Office, Work

REALM = 1
INCIDENT = "LJ-2022-08"
PACK = "CN-COVID-9ED"
LETTERS = "LJ"
DEMO_PASSWORD = "linjiang-demo-2022"
"""One password for all named accounts; set in a demonstration only, which serves its own machine alone."""

AREAS = AreaOptions(
    level_column="level",
    parent="parent_code",
    population="population",
    population_year="population_year",
    households="households",
    crs="WGS84",
)
SITES = SiteOptions(
    type_column="type",
    area="area_code",
    crs="WGS84",
    phone="phone",
    duty_phone="duty_phone",
    capacity="capacity",
    catchment="catchment_codes",
)
ROLES = {
    "clinician": "clinic",
    "community_worker": "community_officer",
    "laboratory_technician": "laboratory",
    "shelter_nurse": "clinic",
    "transfer_worker": "transfer_driver",
    "school_doctor": "clinic",
}
"""What the people of the region are in this system, where their own word is not a role; others keep theirs."""

OVER_AREA = frozenset({"commission", "cdc", "subdistrict_office", "community_office"})
"""Sites whose people answer for the area around them, and not for their house alone."""


@dataclass(frozen=True)
class Named:
    """One account of the demonstration that is known by name; `place` is a code."""

    login: str
    role: str
    place: str
    name_zh: str
    name_en: str


NAMED = (
    Named("commander", "commander", DISTRICT[0], "示范指挥长", "Demo Commander"),
    Named("duty", "duty_officer", DISTRICT[0], "示范值班员", "Demo Duty Officer"),
    Named("leader", "approver", DISTRICT[0], "示范带班领导", "Demo Leader on Duty"),
    Named("wall", "wall_display", DISTRICT[0], "指挥大屏", "Command Wall"),
    Named("admin", "administrator", DISTRICT[0][:4], "示范管理员", "Demo Administrator"),
    Named("auditor", "auditor", DISTRICT[0], "示范审计员", "Demo Auditor"),
    Named("epi", "epidemiologist", DISTRICT[0], "示范流调员", "Demo Epidemiologist"),
    Named("street", "subdistrict_officer", "990106001", "示范街道专员", "Demo Sub-district Officer"),
    Named("hubin", "community_officer", "990106-CO-001", "示范社区专员", "Demo Community Officer"),
    Named("clinic", "clinic", "990106-CHC-001", "示范中心医生", "Demo Health Centre Doctor"),
    Named("village", "clinic", "990106-VC-001", "示范村医", "Demo Village Doctor"),
    Named("lab", "laboratory", "990106-LAB-001", "示范检验员", "Demo Laboratory Technician"),
    Named("store", "storekeeper", "990106-WH-001", "示范保管员", "Demo Storekeeper"),
    Named("planner", "planner", DISTRICT[0], "示范物资调度员", "Demo Logistics Planner"),
    Named("sampler", "sampler", "990106-SS-001", "示范采样员", "Demo Sampler"),
    Named("courier", "courier", DISTRICT[0], "示范转运员", "Demo Courier"),
    Named("hotel", "quarantine_nurse", "990106-QS-001", "示范隔离点护士", "Demo Quarantine Nurse"),
    Named("driver", "transfer_driver", DISTRICT[0], "示范转运司机", "Demo Transfer Driver"),
    Named("privacy", "privacy_officer", DISTRICT[0], "示范隐私专员", "Demo Privacy Officer"),
)


def load_exercise(office: Office, say: Callable[[str], None]) -> None:
    """Load everything, or what is missing of it: run twice, it changes nothing but the duty of a new day.

    `say` is told each step in a line of English. Passwords are set in a demonstration only.
    """
    region = build()
    load_places(office, region)
    say(f"places: {len(region.areas):,} areas, {len(region.sites):,} sites")
    with office.work(system_actor()) as w:
        incidents.prepare_exercise(w, "演练", "Exercise", realm=REALM)
        places.set_letters(w, _places(w)[DISTRICT[0]], LETTERS)
    with office.work(system_actor(REALM)) as w:
        open_cluster(w)
    say(f"realm {REALM}, incident {INCIDENT} under {PACK}, level IV")
    with office.work(system_actor(REALM)) as w:
        made = make_people(w, region)
    say(f"people: {made} new accounts of {len(region.people) + len(NAMED)}")
    with office.work(system_actor(REALM)) as w:
        shifts = set_duty(w, region)
    say(f"duty: {shifts} sites have somebody on duty today")
    load_supplies(office, region, say)
    sampled = run_today(office, REALM, INCIDENT)
    say(f"sampling: a round that runs today, {sampled:,} people sampled now")
    cared = put_in_care(office, REALM, INCIDENT)
    say(f"people in care: {cared} people, their cases, contacts, stays, checks and a risk zone")
    if office.installation.demo:
        logins = ", ".join(one.login for one in NAMED)
        say(f"sign in as {logins}; the password of all is {DEMO_PASSWORD} (a demonstration alone takes it)")


def load_supplies(office: Office, region: Region, say: Callable[[str], None]) -> None:
    """What the sites hold and have used, reckoned; and their beds, rooms, teams and vehicles."""
    with office.work(system_actor(REALM)) as w:
        shelves = stock_sites(w, region)
    with office.work(system_actor(REALM)) as w:
        reckon_all(w)
    with office.work(system_actor(REALM)) as w:
        kinds = tell_capacity(w, region)
    say(
        f"supplies: {shelves:,} new shelves with ten days of use; capacity: {kinds} new numbers of beds and the rest"
    )


def load_places(office: Office, region: Region) -> None:
    """The areas from city to grid, and the sites, by the same loads that a person uses."""
    areas = json.dumps(to_geojson(region), ensure_ascii=False).encode()
    rows = to_spreadsheet_rows(region, "sites")
    sites = write_csv(list(rows[0]), [[str(cell) for cell in row.values()] for row in rows])
    _load(office, areas, "linjiang.geojson", AREAS)
    _load(office, sites, "linjiang-sites.csv", SITES)


def _load(office: Office, data: bytes, name: str, options: Options) -> None:
    with office.work(system_actor()) as w:
        number = places.plan_load(w, data, name, options).id
    with office.work(system_actor()) as w:
        places.apply_load(w, number)


def open_cluster(w: Work) -> None:
    """The incident of the exercise."""
    incidents.open_incident(
        w,
        code=INCIDENT,
        place_id=_places(w)[DISTRICT[0]],
        kind="infectious_disease",
        pack=PACK,
        level="IV",
        title_zh="临江区聚集性疫情（演练）",
        title_en="Linjiang cluster (exercise)",
    )


def _places(w: Work) -> dict[str, int]:
    """The ids of all places by code."""
    return {row.code: row.id for row in w.session.execute(select(Place.code, Place.id))}


def make_people(w: Work, region: Region) -> int:
    """Accounts of all people of the sites, and the named ones with the demonstration's password; says how many."""
    known = set(w.session.scalars(select(Account.login)))
    at = _places(w)
    demo = w.office.installation.demo
    for one in NAMED:
        if one.login not in known:
            ensure_account(
                w,
                login=one.login,
                name_zh=one.name_zh,
                name_en=one.name_en,
                place_id=at[one.place],
                role=one.role,
                password=DEMO_PASSWORD if demo else None,
            )
    people = [row for row in _rows(region.people) if row["login"] not in known]
    sites = {row["code"]: row for row in _rows(region.sites)}
    for row in people:
        _make_person(w, row, sites[row["site_code"]], at)
    return len(people) + sum(1 for one in NAMED if one.login not in known)


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    columns = [str(column) for column in frame.columns]
    for values in frame.itertuples(index=False):
        yield dict(zip(columns, values, strict=True))


def _make_person(w: Work, row: dict[str, str], site: dict[str, str], at: dict[str, int]) -> None:
    role = ROLES.get(row["role"], row["role"])
    homes = [row["site_code"], *([site["area_code"]] if site["type"] in OVER_AREA else [])]
    for code in homes:
        ensure_account(
            w,
            login=row["login"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            place_id=at[code],
            role=role,
            phone=row["phone"],
        )


def set_duty(w: Work, region: Region) -> int:
    """Put somebody on duty at each site for the region's today: a named account where there is one."""
    day = w.office.clock.day(w.now)
    starts = datetime.combine(day, time(), w.office.clock.zone).astimezone(UTC)
    ends = starts + timedelta(days=1)
    at = _places(w)
    accounts = {row.login: row.id for row in w.session.execute(select(Account.login, Account.id))}
    first = {one.place: accounts[one.login] for one in NAMED if one.role != "wall_display"}
    deputies = {row["deputy_of"]: accounts[row["login"]] for row in _rows(region.people) if row["deputy_of"]}
    on_duty: dict[str, tuple[int, int | None]] = {}
    for row in _rows(region.people):
        if row["site_code"] not in on_duty:
            own = accounts[row["login"]]
            named = first.get(row["site_code"])
            deputy = own if named is not None else deputies.get(row["login"])
            on_duty[row["site_code"]] = (own if named is None else named, deputy)
    on_duty[DISTRICT[0]] = (accounts["duty"], accounts["leader"])
    for code, (account, deputy) in on_duty.items():
        set_shift(w, place_id=at[code], account_id=account, deputy_id=deputy, starts=starts, ends=ends)
    return len(on_duty)
