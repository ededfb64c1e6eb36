"""People are put into classes of service by the score of the pack, or by a doctor who says otherwise.

A service class says how soon somebody is looked after. It is no health code and shares nothing with one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from region.care.actions import siting
from region.care.events import PeopleClassed
from region.care.models import CLASSES, CareClass
from region.care.states import PACK
from region.spine.errors import Invalid
from region.spine.work import Work

SCORED = ("age", "disease", "vaccine")
OLDEST = 130
URGENT = ("none", "infant", "pregnant", "emergency")


@dataclass(frozen=True)
class Facts:
    """What the score is made of: years, and codes for other illness, vaccination and what makes it urgent."""

    age: int
    disease: str = "none"
    vaccine: str = "none"
    urgent: str = "none"

    def as_doc(self) -> dict[str, Any]:
        """As it is kept with the class."""
        return {"age": self.age, "disease": self.disease, "vaccine": self.vaccine, "urgent": self.urgent}


@dataclass(frozen=True)
class Score:
    """What the rules say: points by fact, their sum, the class and the row that decided."""

    points: Mapping[str, int]
    level: str
    row: str

    @property
    def total(self) -> int:
        """The sum of the points, 0 to 6."""
        return sum(self.points.values())


def score(w: Work, facts: Facts) -> Score:
    """The points and class of these facts; Invalid (``class-facts-wrong``) when one is no fact of the pack."""
    _sound(facts)
    pack, given = w.rules.pack(PACK), facts.as_doc()
    points = {
        name: int(pack.decide(f"score.{name}", {name: given[name]}).outcome["points"]) for name in SCORED
    }
    decided = pack.decide("level", {"points": sum(points.values()), "urgent": facts.urgent})
    return Score(points, str(decided.outcome["level"]), decided.row_id)


def _sound(facts: Facts) -> None:
    right = {
        "age": 0 <= facts.age <= OLDEST,
        "disease": facts.disease in ("none", "stable", "unstable"),
        "vaccine": facts.vaccine in ("full", "partial", "none"),
        "urgent": facts.urgent in URGENT,
    }
    for field, ok in right.items():
        if not ok:
            raise Invalid("class-facts-wrong", field=field)


def classify(w: Work, person: int, place: int, facts: Facts, *, level: str | None = None) -> CareClass:
    """Put a person into the class of the score, or into another `level` that a doctor gives; the same again changes
    nothing. Invalid (``no-such-class``)."""
    siting.need_for(w, "care.do", person, place)
    if level is not None and level not in CLASSES:
        raise Invalid("no-such-class", field="level")
    found = score(w, facts)
    to = level or found.level
    rule = f"level.{found.row}:{found.total}" if to == found.level else f"doctor:{found.level}.{found.total}"
    row = w.session.get(CareClass, (person, w.realm))
    if row is not None and (row.level, row.facts, row.rule) == (to, facts.as_doc(), rule):
        return row
    site = siting.serving(w, [place])[place]
    if row is None:
        row = CareClass(person_id=person, realm=w.realm)
        w.session.add(row)
    row.level, row.facts, row.rule, row.place_id, row.site_id = to, facts.as_doc(), rule, place, site
    row.pack_digest, row.decided_by, row.decided_at = w.rules.pack(PACK).digest, w.actor.name, w.now
    w.session.flush()
    w.tell(PeopleClassed(people=(person,), level=to, rule=rule, place=place))
    return row
