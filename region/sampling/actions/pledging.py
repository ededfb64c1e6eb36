"""What laboratories can do for a round: their declared capacity, and the aid of others; a plan beyond it is blocked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from region.places.models import Place
from region.sampling import needs
from region.sampling.events.rounds import LabPledged
from region.sampling.models import Round, RoundLab
from region.sampling.questions import LabCapacity
from region.sampling.states import PACK, ROUND
from region.spine import bulk
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

MOST = 10_000_000


@dataclass(frozen=True)
class Burden:
    """Tubes a day against capacity a day; `missing` tubes a day are more than may be planned."""

    tubes: int
    capacity: int
    aid: int
    load: float | None
    missing: int


def take_declared(w: Work, round_: Round) -> None:
    """The laboratories of the area with what they declared, where the round has none yet."""
    if labs_of(w, round_):
        return
    for place, one in sorted(w.ask(LabCapacity(round_.place_id)).items()):
        if one.tubes_a_day > 0:
            pledge(w, round_, place, one.tubes_a_day)


def pledge(
    w: Work, round_: Round, lab: int, tubes_a_day: int, aid: bool = False, note_code: str = ""
) -> None:
    """Set a laboratory's tubes a day for a round; `aid` where others lend it, by a letter `note_code`."""
    w.need("sampling.plan", round_.place_id)
    _check(w, round_, tubes_a_day, aid, note_code.strip())
    said = (tubes_a_day, aid, note_code.strip()[:40])
    standing = {row.place_id: (row.tubes_a_day, row.aid, row.note_code) for row in labs_of(w, round_)}
    if standing.get(lab) == said:
        return
    if lab not in standing:
        with w.beyond_scope("aid comes from a laboratory of another place"):
            _laboratory(w, lab)
    row = {"round_id": round_.id, "place_id": lab, "tubes_a_day": said[0], "aid": aid, "note_code": said[2]}
    bulk.put(w.session, RoundLab, [row], ("round_id", "place_id"))
    round_.version += 1
    where = {"place": round_.place_id, "incident": round_.incident_id}
    w.tell(LabPledged(round=round_.id, laboratory=lab, tubes_a_day=tubes_a_day, aid=aid, **where))


def _check(w: Work, round_: Round, tubes_a_day: int, aid: bool, letter: str) -> None:
    if not 0 <= tubes_a_day <= MOST:
        raise Invalid("fields-wrong", field="tubes_a_day")
    if aid and not letter:
        raise Invalid("aid-without-letter", field="note_code")
    if round_.state in ROUND.ends:
        raise Refused("not-from-here", machine="round", verb="pledge", state=round_.state)


def _laboratory(w: Work, lab: int) -> None:
    if w.get(Place, lab).kind != "site":
        raise Invalid("not-a-laboratory", field="lab")


def labs_of(w: Work, round_: Round) -> list[RoundLab]:
    """The laboratories of a round, those lent included, the largest first."""
    with w.beyond_scope("a round's laboratories may be another place's"):
        rows = w.session.scalars(select(RoundLab).where(RoundLab.round_id == round_.id)).all()
    return sorted(rows, key=lambda row: (-row.tubes_a_day, row.place_id))


def burden(w: Work, round_: Round) -> Burden:
    """Load of the laboratories of a planned round."""
    labs, tubes = labs_of(w, round_), int(round_.plan["need"]["a_day"])
    capacity = sum(row.tubes_a_day for row in labs)
    missing = needs.over(tubes, capacity, w.rules.value(PACK, "load.block"))
    aid = sum(row.tubes_a_day for row in labs if row.aid)
    return Burden(tubes, capacity, aid, needs.load(tubes, capacity), missing)


def load_of(w: Work, round_: Round) -> float | None:
    """The load alone, 1 = full; None without any laboratory."""
    return burden(w, round_).load


def check(w: Work, round_: Round) -> None:
    """Refused (``round-overloaded``) with how many tubes a day are missing."""
    found = burden(w, round_)
    if found.load is None:
        raise Refused("round-no-laboratory", round=round_.id, tubes=found.tubes)
    if found.missing:
        told = {"tubes": found.tubes, "capacity": found.capacity, "missing": found.missing}
        raise Refused("round-overloaded", round=round_.id, load=f"{found.load:.1%}", **told)
