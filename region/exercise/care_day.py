"""People in care in the demonstration: cases, contacts in rooms and on the way, a risk zone, key people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from region.accounts.models import Account
from region.care.actions import classing, listing
from region.care.actions import nightly as care_night
from region.exercise.linjiang.round_people import name_of, number_of, uid
from region.exercise.stocking import places_by_code
from region.incidents.models import Incident
from region.people.actions.registering import Given, register
from region.places.models import Place
from region.quarantine.actions import assigning, beginning, checking, handing, moving, rooming
from region.quarantine.models import Room, Stay
from region.spine.actor import Actor, Grant, system_actor
from region.spine.work import Office, Work
from region.tracing.actions import cases, contacts, determining
from region.tracing.models import Case, Contact
from region.zones.actions import declaring, drawing

AREA, SITE = "990106001", "990106-QS-001"
"""Where the cluster is, and where most of its contacts stay."""
FIRST, PEOPLE = 900_000, 140
"""The invented people of this part, by number."""
CASES, CONTACTS = 8, 60
IN_ROOMS, ON_THE_WAY, TOLD = 34, 4, 6
"""Of the contacts: settled in rooms, in a vehicle, told and waiting; the others were just named."""
CHECKED, FLOORS, ROOMS = 29, (3, 4), 20
HOUR = timedelta(hours=1)
ROLES = (
    "epidemiologist",
    "community_officer",
    "transfer_driver",
    "quarantine_nurse",
    "clinic",
    "approver",
    "system",
)
"""As whom it is done: no one of them may do all of it."""
GROUPS = ("dialysis", "pregnant", "elderly_alone", "oncology", "port_staff")
SOURCE, GROUND = "demonstration", "incident_order"


@dataclass(frozen=True)
class Cluster:
    """What all of it shares: the incident, where people live, who they are."""

    incident: int
    homes: Sequence[int]
    at: Mapping[str, int]
    persons: Sequence[int]

    def home(self, n: int) -> int:
        """Where the n-th of them lives; three neighbours share a home's community."""
        return self.homes[n // 3 % len(self.homes)]


def put_in_care(office: Office, realm: int, incident: str) -> int:
    """The cluster as it stands today; how many people it holds (0: it stands already)."""
    actor = Actor(_epidemiologist(office, realm), tuple(Grant(role, "") for role in ROLES), realm=realm)
    with office.work(actor) as w:
        if w.session.scalars(select(Case.id)).first() is not None:
            return 0
        cluster = _cluster(w, incident)
        found = _cases(w, cluster)
        named = _contacts(w, cluster, found)
        _stays(w, cluster, named)
        _key_people(w, cluster)
        _zone(w, cluster)
        _checks(w)
    with office.work(system_actor(realm)) as w:
        care_night.nightly(w)
    return PEOPLE


def _epidemiologist(office: Office, realm: int) -> str:
    """Under whose name all this was done: the demonstration's own epidemiologist."""
    with office.work(system_actor(realm), reading=True) as w:
        return f"account:{w.session.scalars(select(Account.id).where(Account.login == 'epi')).one()}"


def _cluster(w: Work, code: str) -> Cluster:
    number = w.session.scalars(select(Incident.id).where(Incident.code == code)).one()
    at = places_by_code(w)
    within = Place.parent_id == at[AREA], Place.kind == "area"
    homes = w.session.scalars(select(Place.id).where(*within).order_by(Place.code)).all()
    given = [
        Given(uid(0, n), homes[n // 3 % len(homes)], "resident", number_of(n), name_of(n), f"1000{n:07d}")
        for n in range(FIRST, FIRST + PEOPLE)
    ]
    known = register(w, given, incident=number, source=SOURCE)
    return Cluster(number, homes, at, [known[one.uid] for one in given])


def _cases(w: Work, cluster: Cluster) -> list[Case]:
    """Eight in three days, the first found by a fever clinic, one of today's waiting for its investigator."""
    made = []
    for n in range(CASES):
        found_at = w.now - (3 + 8 * (CASES - 1 - n)) * HOUR
        case = cases.open_case(
            w,
            person=cluster.persons[n],
            incident=cluster.incident,
            place=cluster.home(n),
            kind="confirmed",
            found_by="fever_clinic" if n == 0 else "tracing" if n % 3 else "round",
            community=n % 3 == 0,
            day=w.office.clock.day(found_at),
            found_at=found_at,
            diagnosed_at=found_at,
            onset_on=w.office.clock.day(found_at - 30 * HOUR) if n % 2 == 0 else None,
        )
        if n < CASES - 1:
            cases.assign(w, case, w.actor.name, at=found_at + HOUR / 2)
        made.append(case)
    return made


def _contacts(w: Work, cluster: Cluster, found: Sequence[Case]) -> list[Contact]:
    given = []
    for n in range(CONTACTS):
        case = found[n % len(found)]
        told = min(case.found_at + (2 + n % 5) * HOUR, w.now - HOUR)
        last = w.office.clock.day(case.found_at - 12 * HOUR)
        link = determining.Link(
            case=case.id, last_on=last, setting=("household", "dining", "workplace")[n % 3]
        )
        who = cluster.persons[CASES + n], cluster.home(CASES + n)
        given.append(determining.GivenContact(*who, "close_contact", last, (link,), determined_at=told))
    return determining.determine(w, given, incident=cluster.incident)


def _stays(w: Work, cluster: Cluster, named: Sequence[Contact]) -> None:
    """Most are in rooms, some in a vehicle whose driver has offered them, some told, the last not yet."""
    given = [
        beginning.Begin(
            one.person_id,
            f"contact:{one.id}",
            one.place_id,
            one.category,
            one.last_exposure_on,
            f"contact:{one.id}",
            found_at=one.determined_at,
        )
        for one in named
    ]
    stays = beginning.begin(w, given, incident=cluster.incident, legal_ground=GROUND)
    site = cluster.at[SITE]
    rooms = [rooming.NewRoom(floor, f"{floor}{n:02d}") for floor in FLOORS for n in range(1, ROOMS + 1)]
    rooming.make(w, site, rooms, at=w.now - 90 * HOUR)
    _on_their_way(w, sorted(zip(stays, named, strict=True), key=lambda one: one[1].determined_at), site)


def _on_their_way(w: Work, pairs: Sequence[tuple[Stay, Contact]], site: int) -> None:
    """The earlier somebody was named the further he is; each of the first was in his room within hours."""
    ready = w.session.scalars(select(Room).where(Room.place_id == site).order_by(Room.code)).all()
    for n, (stay, contact) in enumerate(pairs[: IN_ROOMS + ON_THE_WAY + TOLD]):
        named_at = contact.determined_at
        moving.move(w, [stay], "notify", at=named_at + HOUR / 2)
        if n < IN_ROOMS + ON_THE_WAY:
            assigning.to_site(w, [stay], site)
            moving.move(w, [stay], "pick_up", at=named_at + (2 + n % 4) * HOUR)
        if n < IN_ROOMS:
            rooming.assign(w, ready[n], [stay])
            moving.move(w, [stay], "arrive", at=named_at + (3 + n % 6) * HOUR)
            contacts.control(w, [contact], "central", at=named_at + (3 + n % 6) * HOUR)
        elif n < IN_ROOMS + ON_THE_WAY:
            handing.offer(w, stay, "arrive")


def _checks(w: Work) -> None:
    """Of those in rooms, most were measured in this half-day; one has a fever, one a symptom, the others miss."""
    wanted = select(Stay).where(Stay.state == "in_site").order_by(Stay.id)
    settled = w.session.scalars(wanted).all()
    half = "am" if w.now.astimezone(w.office.clock.zone).hour < 12 else "pm"
    day = w.office.clock.day(w.now)
    ill = checking.symptoms_of(w, settled[0].pack)[:1]
    told = [
        checking.GivenCheck(stay.id, day, half, 38.2 if n == 4 else 36.2 + n % 7 / 10, ill if n == 11 else ())
        for n, stay in enumerate(settled[:CHECKED])
    ]
    checking.keep(w, told, by="site", source="tablet")


def _key_people(w: Work, cluster: Cluster) -> None:
    after = cluster.persons[CASES + CONTACTS :]
    given = [
        listing.Join(person, cluster.home(n), GROUPS[n % len(GROUPS)], "register", "list:demonstration")
        for n, person in enumerate(after)
    ]
    listing.join(w, given)
    for n, person in enumerate(after[:30]):
        facts = classing.Facts(age=55 + n, disease=("none", "stable")[n % 2], vaccine="none")
        classing.classify(w, person, cluster.home(n), facts)


def _zone(w: Work, cluster: Cluster) -> None:
    place = w.get(Place, cluster.homes[0])
    names = (f"{place.name_zh}高风险区", f"{place.name_en} high-risk zone")
    newest = w.office.clock.day(w.now)
    given = drawing.Given(cluster.incident, *names, "high", drawing.Outline(place=place.id), newest)
    declaring.declare(w, drawing.draw(w, given), at=_today(w, 6))


def _today(w: Work, hour: int) -> datetime:
    """That hour of today, or now if it has not come."""
    local = w.now.astimezone(w.office.clock.zone)
    return min(w.now, local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(w.now.tzinfo))
