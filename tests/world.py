"""The one builder of test worlds: a small region, its people and sites, and a clock that the test moves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shapely.geometry import box
from sqlalchemy import select

from region.accounts import actions as accounts
from region.accounts.events import AccountsEnrolled
from region.accounts.models import Account
from region.accounts.queries import demands_second_factor, roles_in_force
from region.app import build_office, create_app
from region.incidents.events import IncidentOpened
from region.incidents.models import Incident
from region.places.events import SitesLoaded
from region.places.models import Area, Place, Site
from region.settings import Settings
from region.spine import worker
from region.spine.actor import Actor, Grant, system_actor
from region.spine.clock import Clock
from region.spine.errands import Errand
from region.spine.installation import SilentBell
from region.spine.journal import Entry
from region.spine.work import Office, Work

START = datetime(2022, 8, 1, 1, 0, tzinfo=UTC)


@dataclass
class MovingClock:
    """A clock that stands still until it is told to go on."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@dataclass
class World:
    """A region in a database of its own. `office` opens works; `run` does what is owed; `wait` moves time."""

    database_url: str
    folder: Path
    realm: int = 0
    clock: MovingClock = field(default_factory=MovingClock)
    office: Office = field(init=False)
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(data_dir=self.folder / "data", database_url=self.database_url)
        self.office = build_office(self.settings, clock=Clock(instant=self.clock), bell=SilentBell())
        self._numbers = itertools.count(1)

    def close(self) -> None:
        """Let go of the database."""
        self.office.engine.dispose()

    # --- time and owed work -------------------------------------------------------------------

    def wait(self, **length: float) -> None:
        """Move the clock: ``wait(minutes=31)``."""
        self.clock.at += timedelta(**length)

    def run(self, rounds: int = 50) -> int:
        """Do all that is due now, as the workers would; returns how many errands ran."""
        done = 0
        for _ in range(rounds):
            due = worker.sweep_once(self.office)
            if not due:
                return done
            done += sum(worker.run_due(self.office, queue) for queue in sorted(due))
        raise AssertionError(f"still work to do after {rounds} rounds")

    # --- who acts -----------------------------------------------------------------------------

    @contextmanager
    def as_system(self) -> Iterator[Work]:
        """A work of the system in this world's realm."""
        with self.office.work(system_actor(self.realm)) as w:
            yield w

    @contextmanager
    def as_(self, role: str, place: Place, name: str = "") -> Iterator[Work]:
        """A work of somebody who holds `role` for `place`."""
        with self.office.work(self.actor(role, place, name)) as w:
            yield w

    def actor(self, role: str, place: Place, name: str = "") -> Actor:
        """Somebody who holds `role` for `place`; a site's person belongs to the site."""
        site = place.id if place.kind == "site" else None
        return Actor(name or role, (Grant(role, place.path),), realm=self.realm, site_id=site)

    # --- the region ---------------------------------------------------------------------------

    def area(self, parent: Place | None = None, level: str = "district", **facts: Any) -> Place:
        """An area below `parent`, a square of a tenth of a degree."""
        n = next(self._numbers)
        with self.as_system() as w:
            place = self._place(w, parent, "area", n, facts)
            square = box(113.0 + n / 10, 29.0, 113.1 + n / 10, 29.1)
            w.session.add(
                Area(place_id=place.id, level=level, geometry=facts.get("geometry", square), population=1000)
            )
            place.lon, place.lat = square.centroid.x, square.centroid.y
            w.tell(SitesLoaded(load=0, digest="-", new=1, changed=0, refused=0, place=place.id))
        return place

    def site(self, parent: Place, type: str = "community_health_centre", **facts: Any) -> Place:
        """A site in an area."""
        n = next(self._numbers)
        with self.as_system() as w:
            place = self._place(w, parent, "site", n, facts)
            place.lon, place.lat = (
                facts.get("lon", (parent.lon or 113) + n / 1e4),
                facts.get("lat", parent.lat),
            )
            known = {
                k: facts[k] for k in ("webhook_url", "phone", "dark_since", "connected_at") if k in facts
            }
            if "webhook_key" in facts:
                known["webhook_key"] = self.office.installation.seal.close(facts["webhook_key"])
            w.session.add(Site(place_id=place.id, type=type, crs_source="WGS84", catchment=[], **known))
            w.tell(SitesLoaded(load=0, digest="-", new=1, changed=0, refused=0, place=place.id))
        return place

    def areas(self, parent: Place, number: int, level: str) -> list[Place]:
        """Many areas below one, without outlines, in a few statements."""
        return self._many([parent] * number, "area", lambda place: Area(place_id=place.id, level=level))

    def sites(self, parents: Sequence[Place], type: str) -> list[Place]:
        """One site in each of these areas, in a few statements."""
        return self._many(
            parents,
            "site",
            lambda place: Site(place_id=place.id, type=type, crs_source="WGS84", catchment=[]),
        )

    def _many(
        self, parents: Sequence[Place], kind: str, second: Callable[[Place], Area | Site]
    ) -> list[Place]:
        with self.as_system() as w:
            made = [
                Place(
                    parent_id=parent.id,
                    path=f"tmp{n}",
                    kind=kind,
                    code=f"9901{n:05}",
                    name_zh=f"地点{n}",
                    name_en=f"Place {n}",
                    facts={},
                )
                for parent, n in zip(parents, self._numbers, strict=False)
            ]
            w.session.add_all(made)
            w.session.flush()
            for place, parent in zip(made, parents, strict=True):
                place.path = f"{parent.path}{place.id}/"
            w.session.add_all(second(place) for place in made)
            w.tell(SitesLoaded(load=0, digest="-", new=len(made), changed=0, refused=0, place=parents[0].id))
        return made

    def people(self, places: Sequence[Place], each: int) -> list[Account]:
        """Accounts of so many people of each place, place by place; they hold no roles and no passwords."""
        with self.as_system() as w:
            made = [
                Account(
                    login=f"person-{next(self._numbers)}",
                    name_zh="王雨桐",
                    name_en="Wang Yutong",
                    place_id=place.id,
                    state="active",
                )
                for place in places
                for _ in range(each)
            ]
            w.session.add_all(made)
            w.session.flush()
            w.tell(AccountsEnrolled(digest="-", new=len(made), changed=0, refused=0, place=places[0].id))
        return made

    def clinic(self, parent: Place, **facts: Any) -> Place:
        """A community health centre."""
        return self.site(parent, "community_health_centre", **facts)

    def _place(self, w: Work, parent: Place | None, kind: str, n: int, facts: dict[str, Any]) -> Place:
        place = Place(
            parent_id=parent.id if parent else None,
            path=f"tmp{n}",
            kind=kind,
            code=facts.get("code", f"9901{n:05}"),
            name_zh=facts.get("name_zh", f"地点{n}"),
            name_en=facts.get("name_en", f"Place {n}"),
            facts={},
        )
        w.session.add(place)
        w.session.flush()
        place.path = f"{parent.path if parent else ''}{place.id}/"
        return place

    def incident(self, place: Place, pack: str = "CN-COVID-9ED") -> Incident:
        """A response that covers `place`."""
        with self.as_system() as w:
            made = w.add(
                Incident(
                    code=f"INC-{next(self._numbers)}",
                    place_id=place.id,
                    kind="infectious_disease",
                    title_zh="临江聚集性疫情",
                    title_en="Linjiang cluster",
                    pack=pack,
                    pack_digest="-",
                    level="IV",
                    state="open",
                    since=w.now,
                    opened_at=w.now,
                    opened_by="world",
                )
            )
            w.tell(IncidentOpened(opened=made.id, kind=made.kind, pack=pack, level="IV", place=place.id))
        return made

    # --- looking ------------------------------------------------------------------------------

    def journal(self, event: str | None = None) -> list[Entry]:
        """The journal's lines of this realm, oldest first; of one event if named (``dispatch.DirectiveIssued``)."""
        with self.as_system() as w:
            wanted = select(Entry).order_by(Entry.id)
            return list(w.session.scalars(wanted.where(Entry.event == event) if event else wanted))

    def errands(self, state: str | None = None) -> list[Errand]:
        """The errands of this realm, in one state if named."""
        with self.as_system() as w:
            wanted = select(Errand).order_by(Errand.id)
            return list(w.session.scalars(wanted.where(Errand.state == state) if state else wanted))

    def browser(self) -> Any:
        """The web application's test client, with nobody signed in."""
        return create_app(self.settings, self.office).test_client()

    def signed_in(self, role: str, place: Place, login: str = "", realm: int = 0, lang: str = "zh") -> str:
        """The token of a real session of a person who holds `role` for `place`; the same login is the same person."""
        with self.as_system() as w:
            account = accounts.ensure_account(
                w,
                login=login or f"{role}-{place.id}",
                name_zh="王雨桐",
                name_en="Wang Yutong",
                place_id=place.id,
                role=role,
                lang=lang,
                password="three words long",
            )
            held = roles_in_force(w, account.id)
            factor = "totp" if demands_second_factor(w.rules, held) else "password"
            token = accounts.open_session(w, account, realm, factor).token
        assert token is not None
        return token

    def browser_as(self, role: str, place: Place, login: str = "", realm: int = 0, lang: str = "zh") -> Any:
        """The test client with such a person signed in; forms need no token."""
        app = create_app(self.settings, self.office)
        app.config["WTF_CSRF_METHODS"] = set()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["sid"] = self.signed_in(role, place, login, realm, lang)
        return client
