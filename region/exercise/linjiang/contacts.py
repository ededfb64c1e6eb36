"""The invented outbreak of Linjiang as its investigators write it down: cases and contacts of ten days, hour by hour.

The numbers are those of the exercise's truth table; each is carried out through the actions that people use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import accumulate, count
from typing import Any
from uuid import UUID

from region.formats.codes.persons import resident_check
from region.people.actions.registering import Given, register
from region.spine.work import Work
from region.tracing.actions import cases, contacts, determining, letters
from region.tracing.actions.determining import GivenContact
from region.tracing.models import Case, Contact, TraceLetter

NEW = (1, 3, 9, 16, 22, 19, 12, 6, 2, 0)
COMMUNITY = (1, 1, 4, 5, 4, 2, 0, 0, 0, 0)
CARE_IN_TIME = (1, 3, 8, 14, 20, 18, 12, 6, 2, 0)
CLOSE = (48, 83, 271, 386, 332, 186, 96, 44, 15, 0)
IN_TIME = (41, 75, 232, 330, 315, 182, 95, 44, 15, 0)
AWAITING = (7, 12, 39, 64, 30, 11, 4, 0, 0, 0)
SECONDARY = (62, 178, 450, 720, 640, 330, 140, 51, 19, 0)
COHORT_OF_CONVERTED = (0, 1, 1, 2, 3, 3, 4, 4, 5, 0)
"""The cohort of contacts (by day) in which each day's controlled cases were found."""
RELEASED = {9: 1, 10: 2}
"""On which day which cohort, or what is left of it, is let go."""
PUSHED_A_DAY, TO_CITIES = 7, 41
"""Sixty-three contacts belong to others: 41 to cities, the rest to provinces; six of their letters come late."""
LATE_LETTERS, LATE_CARDS, LATE_CORES, LATE_REPORTS = 6, 1, 9, 2
OVER_A_DAY = {4: 21}
"""Contacts who are brought only after more than a day, by cohort."""

Step = tuple[datetime, int, Callable[[Work, datetime], None]]


@dataclass
class Outbreak:
    """The ten days of one incident: `play` carries out what happened until now. `homes` are where people live."""

    incident: int
    district: int
    homes: Sequence[int]
    first: date
    zone: Any
    cohorts: dict[int, dict[str, list[Contact]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    steps: list[Step] = field(default_factory=list)
    cases_made: int = 0
    letters_made: int = 0

    def __post_init__(self) -> None:
        self.order = count()
        for day in range(1, 11):
            self._plan(day)
        self.steps.sort(key=lambda step: step[:2])

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """An hour of day D1 to D10."""
        return datetime.combine(self.first + timedelta(days=day - 1), time(hour, minute), tzinfo=self.zone)

    def play(self, w: Work) -> None:
        """Carry out the steps that are due by `w.now` and were not carried out yet."""
        while self.steps and self.steps[0][0] <= w.now:
            at, _, do = self.steps.pop(0)
            do(w, at)

    def _step(self, at: datetime, do: Callable[[Work, datetime], None]) -> None:
        self.steps.append((at, next(self.order), do))

    def _plan(self, day: int) -> None:
        """What happens to those who are found on one day, today and tomorrow."""
        n = day - 1
        late, over = CLOSE[n] - IN_TIME[n], OVER_A_DAY.get(day, 0)
        groups = {
            "soon": (CLOSE[n] - AWAITING[n], self.at(day, 18), self.at(day, 22)),
            "night": (AWAITING[n] - late, self.at(day, 20, 30), self.at(day, 20, 30) + timedelta(hours=6)),
            "late": (late - over, self.at(day, 18), self.at(day, 18) + timedelta(hours=15)),
            "over": (over, self.at(day, 18), self.at(day, 18) + timedelta(hours=26)),
        }
        for name, (number, found, arrived) in groups.items():
            if number:
                self._step(found, partial(self._find, day=day, name=name, number=number))
                self._step(arrived, partial(self._bring, day=day, name=name))
        if SECONDARY[n]:
            self._step(self.at(day, 21), partial(self._secondary, number=SECONDARY[n]))
        if day < 10:
            self._step(self.at(day, 19), self._push)
            self._step(self.at(day, 15), partial(self._open_cases, day=day))
        if day in RELEASED:
            self._step(self.at(day, 10), partial(self._let_go, cohort=RELEASED[day]))

    # --- contacts ---------------------------------------------------------------------------------

    def _persons(self, w: Work, number: int) -> list[tuple[int, int]]:
        """Register so many invented persons; each with his home."""
        given = []
        for n in (next(self.numbers) for _ in range(number)):
            uid = str(UUID(int=0x0190_0000_0000_7000_9000_0000_0000_0000 + n))
            home = self.homes[n % len(self.homes)]
            given.append(Given(uid, home, "resident", paper(n), f"演练{n}", f"1380000{n:04d}"))
        ids = register(w, given, incident=self.incident, source="exercise")
        return [(ids[one.uid], one.place) for one in given]

    def _determine(self, w: Work, at: datetime, number: int, category: str) -> list[Contact]:
        last = w.office.clock.day(at)
        given = [
            GivenContact(person, home, category, last, determined_at=at)
            for person, home in self._persons(w, number)
        ]
        return determining.determine(w, given, incident=self.incident)

    def _find(self, w: Work, at: datetime, day: int, name: str, number: int) -> None:
        found = self._determine(w, at, number, "close_contact")
        contacts.move(w, found, "land", at=at)
        self.cohorts.setdefault(day, {})[name] = found

    def _bring(self, w: Work, at: datetime, day: int, name: str) -> None:
        contacts.control(w, self._fresh(w, self.cohorts[day][name]), "central", at=at)

    def _secondary(self, w: Work, at: datetime, number: int) -> None:
        contacts.control(w, self._determine(w, at, number, "secondary_contact"), "home", at=at)

    def _let_go(self, w: Work, at: datetime, cohort: int) -> None:
        rows = [one for group in self.cohorts[cohort].values() for one in self._fresh(w, group)]
        contacts.move(w, [one for one in rows if one.state == "landed"], "release", at=at)

    def _push(self, w: Work, at: datetime) -> None:
        """Seven of the day belong to others: one letter each, answered after three hours, or after thirty."""
        for one in self._determine(w, at - timedelta(minutes=30), PUSHED_A_DAY, "close_contact"):
            self.letters_made += 1
            level = "city" if self.letters_made <= TO_CITIES else "province"
            to = "邻市疾控中心" if level == "city" else "邻省疾控中心"
            letter = letters.send(
                w, [one], incident=self.incident, place=self.district, level=level, to_name=to, at=at
            )
            hours = 30 if self.letters_made <= LATE_LETTERS else 3
            self._soon(at + timedelta(hours=hours), partial(self._answer, id=letter.id))

    def _answer(self, w: Work, at: datetime, id: int) -> None:
        letters.answer(w, w.get(TraceLetter, id), found=1, at=at)

    # --- cases ------------------------------------------------------------------------------------

    def _open_cases(self, w: Work, at: datetime, day: int) -> None:
        """The day's cases: those of the community, and contacts in whom it was found."""
        community = [(person, home, None) for person, home in self._persons(w, COMMUNITY[day - 1])]
        number = NEW[day - 1] - COMMUNITY[day - 1]
        cohort = self._cohort(w, COHORT_OF_CONVERTED[day - 1])[:number]
        found = [(one.person_id, one.place_id, one) for one in cohort]
        for n, (person, home, contact) in enumerate([*community, *found]):
            case = self._open(w, at, person, home, community=contact is None)
            if contact is not None:
                contacts.move(w, [contact], "convert", at=at, case=case.id)
            self._investigate(case.id, at, in_time=n < CARE_IN_TIME[day - 1])

    def _cohort(self, w: Work, day: int) -> list[Contact]:
        """Those of a cohort who are under control still and were brought soon."""
        rows = self._fresh(w, self.cohorts.get(day, {}).get("soon", []))
        return [one for one in rows if one.state == "landed"]

    def _open(self, w: Work, at: datetime, person: int, home: int, *, community: bool) -> Case:
        return cases.open_case(
            w,
            person=person,
            incident=self.incident,
            place=home,
            kind="confirmed",
            found_by="community" if community else "quarantine",
            community=community,
            day=w.office.clock.day(at),
            found_at=at,
            diagnosed_at=at,
        )

    def _investigate(self, case: int, at: datetime, *, in_time: bool) -> None:
        """A case's clocks: card, core facts, report, transfer; the first ones of the outbreak's later days are late."""
        self.cases_made += 1
        n = 90 - self.cases_made
        after: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = [
            (0.5, cases.assign, ("exercise",)),
            (3 if n < LATE_CARDS else 1, cases.send_card, ()),
            (3 if not in_time else 1.5, cases.arrive_in_care, (None,)),
            (6 if n < LATE_CORES else 3.5, cases.save_core, ({"severity": "mild"},)),
            (26 if n < LATE_REPORTS else 19, cases.report, ()),
        ]
        for hours, do, given in after:
            self._soon(at + timedelta(hours=hours), partial(self._go_on, case=case, do=do, given=given))

    @staticmethod
    def _go_on(w: Work, at: datetime, case: int, do: Callable[..., None], given: tuple[Any, ...]) -> None:
        do(w, w.get(Case, case), *given, at=at)

    def _soon(self, at: datetime, do: Callable[[Work, datetime], None]) -> None:
        self._step(at, do)
        self.steps.sort(key=lambda step: step[:2])

    @staticmethod
    def _fresh(w: Work, rows: Sequence[Contact]) -> list[Contact]:
        """The same contacts as this work knows them."""
        return [w.get(Contact, one.id) for one in rows]


def paper(n: int) -> str:
    """The n-th invented resident identity number of Linjiang; it passes its check."""
    first = f"990106{1940 + n // 28_000 % 60}{1 + n // 1000 % 12:02d}{1 + n // 12_000 % 28:02d}{n % 1000:03d}"
    return first + resident_check(first)


def sums(row: Sequence[int]) -> list[int]:
    """A row of the truth table, added up from day to day."""
    return list(accumulate(row))
