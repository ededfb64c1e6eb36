"""The clocks of tracing: each limit is the incident's own before the area's, and what outlives it is late, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from region.incidents.queries import limit_of
from region.spine.errors import Invalid
from region.spine.work import Work
from region.tracing.events import CaseLate, ContactsLate, LetterMoved
from region.tracing.models import Case, Contact, TraceLetter
from region.tracing.states import CASE, CONTACT, LETTER, PACK

RUNNER = "tracing.look"
CARD, CARE = "card", "care"
WAVE = 500
"""So many contacts share one look: they are named in its errand."""


def limit(w: Work, incident: int, name: str) -> timedelta:
    """How long `name` may take in this incident: its own pack says so, or that of tracing."""
    return limit_of(w, incident, name, PACK)


def moment(w: Work, at: datetime | None) -> datetime:
    """The moment that somebody tells of; Invalid (``moment-in-future``) when it has not come yet."""
    if at is not None and at > w.now:
        raise Invalid("moment-in-future", field="at")
    return at or w.now


def start_case(w: Work, case: Case) -> None:
    """A case entered a state: it is late no more, and a look is owed when the time of that state is over."""
    case.late_at = None
    if case.state in CASE.ends:
        return
    due = {"assigned": case.core_due_at, "core_known": case.report_due_at}.get(case.state)
    _owe_case(w, case, case.state, due or case.since + limit(w, case.incident_id, CASE.limits[case.state]))


def start_card(w: Work, case: Case) -> None:
    """The clock of the card runs from the diagnosis."""
    if case.diagnosed_at is not None and case.card_at is None:
        case.card_due_at = case.diagnosed_at + limit(w, case.incident_id, "clock.case_card")
        case.card_late_at = None
        _owe_case(w, case, CARD, case.card_due_at)


def start_care(w: Work, case: Case) -> None:
    """The clock of the transfer runs from the finding."""
    case.care_due_at = case.found_at + limit(w, case.incident_id, "clock.infected_transfer")
    case.care_late_at = None
    _owe_case(w, case, CARE, case.care_due_at)


def _owe_case(w: Work, case: Case, state: str, due: datetime) -> None:
    since = due.isoformat() if state in (CARD, CARE) else case.since.isoformat()
    key = f"tracing-look:case:{case.id}:{state}:{since}"
    w.owe(RUNNER, key=key, at=due, what="case", ids=[case.id], state=state, since=since)


def start_contacts(w: Work, contacts: Sequence[Contact]) -> None:
    """Contacts entered a state together: one look for each wave of them when its time is over."""
    waves: dict[tuple[int, str, datetime], list[int]] = {}
    for one in contacts:
        if one.state not in CONTACT.ends:
            waves.setdefault((one.incident_id, one.state, one.since), []).append(one.id)
    for (incident, state, since), ids in waves.items():
        due = since + limit(w, incident, CONTACT.limits[state])
        ids.sort()
        for at in range(0, len(ids), WAVE):
            wave = ids[at : at + WAVE]
            key = f"tracing-look:contacts:{state}:{since.isoformat()}:{wave[0]}:{len(wave)}"
            w.owe(RUNNER, key=key, at=due, what="contacts", ids=wave, state=state, since=since.isoformat())


def start_letter(w: Work, letter: TraceLetter) -> None:
    """A letter is to be answered by its due moment, whoever took it meanwhile."""
    key = f"tracing-look:letter:{letter.id}:{letter.due_at.isoformat()}"
    w.owe(RUNNER, key=key, at=letter.due_at, what="letter", ids=[letter.id], state="", since="")


def look(w: Work, what: str, ids: Sequence[int], state: str, since: str) -> None:
    """The time of a state is over: what still waits in it is late from now on, which is told once."""
    if what == "contacts":
        _look_contacts(w, ids, state, datetime.fromisoformat(since))
    elif what == "letter":
        _look_letter(w, w.get(TraceLetter, ids[0]))
    elif state in (CARD, CARE):
        _look_arrival(w, w.get(Case, ids[0]), state, datetime.fromisoformat(since))
    else:
        _look_case(w, w.get(Case, ids[0]), state, datetime.fromisoformat(since))


def _look_case(w: Work, case: Case, state: str, since: datetime) -> None:
    if (case.state, case.since, case.late_at) == (state, since, None):
        case.late_at, case.version = w.now, case.version + 1
        _tell_case(w, case, state)


def _look_arrival(w: Work, case: Case, what: str, due: datetime) -> None:
    """A card that was not sent, or a person who did not arrive, by a moment that still holds."""
    done, holds, late = (
        (case.card_at, case.card_due_at, case.card_late_at)
        if what == CARD
        else (case.care_at, case.care_due_at, case.care_late_at)
    )
    if case.state == "void" or done is not None or holds != due or late is not None:
        return
    if what == CARD:
        case.card_late_at = w.now
    else:
        case.care_late_at = w.now
    case.version += 1
    _tell_case(w, case, what)


def _tell_case(w: Work, case: Case, state: str) -> None:
    w.tell(CaseLate(case=case.id, state=state, place=case.place_id, incident=case.incident_id))


def _look_contacts(w: Work, ids: Sequence[int], state: str, since: datetime) -> None:
    waiting = (Contact.id.in_(ids), Contact.state == state, Contact.since == since, Contact.late_at.is_(None))
    wanted = select(Contact.id, Contact.place_id, Contact.incident_id).where(*waiting).order_by(Contact.id)
    rows = w.session.execute(wanted).all()
    if not rows:
        return
    changed = update(Contact).where(*waiting).values(late_at=w.now, version=Contact.version + 1)
    w.session.execute(changed, execution_options={"synchronize_session": False})
    for place in sorted({row.place_id for row in rows}):
        late = tuple(row.id for row in rows if row.place_id == place)
        w.tell(ContactsLate(contacts=late, state=state, place=place, incident=rows[0].incident_id))


def _look_letter(w: Work, letter: TraceLetter) -> None:
    if letter.state in LETTER.ends or letter.late_at is not None or letter.due_at > w.now:
        return
    letter.late_at, letter.version = w.now, letter.version + 1
    told = LetterMoved(letter=letter.id, verb="late", place=letter.place_id, incident=letter.incident_id)
    w.tell(told)
