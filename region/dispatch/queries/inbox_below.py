"""What an office keeps in sight below it: the orders it passed on, who has not signed, reports that wait for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager

from region.accounts.models import Account
from region.dispatch.models import Directive, Recipient, Report
from region.dispatch.queries.children import Child, children_of_recipients
from region.dispatch.queries.known_numbers import counted
from region.dispatch.states import UNSIGNED
from region.dispatch.tasks import tasks_of
from region.dispatch.wording import PACK
from region.places.models import Place, Site
from region.spine.work import Work

NAMED = 8
MOST = 100


@dataclass(frozen=True)
class ChildLine:
    """An order made out of the one received: its counts, with all passed on below it, and who has not signed."""

    id: int
    version: int
    number: str
    state: str
    is_open: bool
    total: int
    signed: int
    done: int
    late: int
    unsigned: list[dict[str, str | None]]
    """Up to eight: zh, en, phone of the site; a person by name, without a telephone."""
    may_withdraw: bool


@dataclass(frozen=True)
class ReviewLine:
    """A report on an order that was passed on, for whoever passed it on: what was said, and what was counted."""

    recipient: int
    version: int
    number: str
    title_zh: str
    title_en: str
    from_zh: str
    from_en: str
    text: str
    numbers: list[dict[str, Any]]
    """zh, en, unit_zh, unit_en, value, target, counted (None where it agrees or nobody counts)."""
    files: list[int]
    at: datetime
    contradicted: bool


def passed_on_by(w: Work, recipients: Collection[int]) -> set[int]:
    """Those of these recipients (ids) that made an order for others out of the one they received."""
    upward = w.rules.value(PACK, "kinds.upward")
    wanted = select(Directive.passed_by_id).where(
        Directive.passed_by_id.in_(recipients), Directive.kind.not_in(upward)
    )
    return {int(id) for id in w.session.scalars(wanted) if id is not None} if recipients else set()


def child_lines(w: Work, recipients: Sequence[Recipient]) -> dict[int, list[ChildLine]]:
    """The orders that each of these recipients (id) made, the first made first."""
    if not recipients:
        return {}
    found = children_of_recipients(w, recipients)
    silent = _unsigned(w, [child.order.id for some in found.values() for child in some])
    return {id: [_child(w, one, silent.get(one.order.id, [])) for one in some] for id, some in found.items()}


def _child(w: Work, child: Child, silent: list[dict[str, str | None]]) -> ChildLine:
    order, counts = child.order, child.whole
    return ChildLine(
        id=order.id,
        version=order.version,
        number=order.number or "–",
        state=order.state,
        is_open=child.is_open,
        total=counts.total,
        signed=counts.signed,
        done=counts.done,
        late=counts.late,
        unsigned=silent[:NAMED],
        may_withdraw=order.state == "issued" and w.may("dispatch.pass_on", order.place_id),
    )


def _unsigned(w: Work, orders: Collection[int]) -> dict[int, list[dict[str, str | None]]]:
    wanted = (
        select(Recipient.directive_id, Place, Account, Site.phone)
        .join(Place, Place.id == Recipient.place_id)
        .join(Site, Site.place_id == Place.id, isouter=True)
        .join(Account, Account.id == Recipient.account_id, isouter=True)
        .where(Recipient.directive_id.in_(orders), Recipient.state.in_(UNSIGNED))
        .order_by(Place.code, Recipient.id)
    )
    found: dict[int, list[dict[str, str | None]]] = {}
    for order, place, person, phone in w.session.execute(wanted):
        zh, en = _who(place, person)
        found.setdefault(order, []).append({"zh": zh, "en": en, "phone": None if person else phone})
    return found


def _who(place: Place, person: Account | None) -> tuple[str, str]:
    """A site by its name, a named person by name and site."""
    if person is None:
        return place.name_zh, place.name_en
    return f"{person.name_zh}（{place.name_zh}）", f"{person.name_en} ({place.name_en})"


def to_review(w: Work, places: Collection[int]) -> list[ReviewLine]:
    """Reports on orders that these places passed on, the longest waiting first; for whoever may judge them."""
    if not w.may("dispatch.review"):
        return []
    mine = aliased(Recipient)
    made = select(mine.id).where(mine.place_id.in_(places))
    wanted = (
        select(Recipient)
        .join(Recipient.directive)
        .options(contains_eager(Recipient.directive))
        .where(
            Recipient.state == "reported",
            Directive.state == "issued",
            Directive.passed_by_id.in_(made),
            Directive.kind.not_in(w.rules.value(PACK, "kinds.upward")),
        )
        .order_by(Recipient.since, Recipient.id)
        .limit(MOST)
    )
    rows = [one for one in w.session.scalars(wanted) if w.may("dispatch.review", one.directive.place_id)]
    reports, names = _reports(w, rows), _names(w, rows)
    return [_review(w, one, reports[one.id], names[one.id]) for one in rows if one.id in reports]


def _reports(w: Work, rows: Sequence[Recipient]) -> dict[int, Report]:
    wanted = select(Report).where(Report.recipient_id.in_([one.id for one in rows])).order_by(Report.id)
    return {one.recipient_id: one for one in w.session.scalars(wanted)}


def _names(w: Work, rows: Sequence[Recipient]) -> dict[int, tuple[str, str]]:
    wanted = (
        select(Recipient.id, Place, Account)
        .join(Place, Place.id == Recipient.place_id)
        .join(Account, Account.id == Recipient.account_id, isouter=True)
        .where(Recipient.id.in_([one.id for one in rows]))
    )
    return {id: _who(place, person) for id, place, person in w.session.execute(wanted)}


def _review(w: Work, one: Recipient, report: Report, name: tuple[str, str]) -> ReviewLine:
    contradicted = one.contradicted_at is not None
    data = counted(w, one) if contradicted else {}
    numbers = []
    for task in tasks_of(one.directive):
        said = report.numbers.get(task.name)
        other = data.get(task.name)
        words = {"zh": task.zh, "en": task.en, "unit_zh": task.unit_zh, "unit_en": task.unit_en}
        facts = {"value": said, "target": task.target_of(one.targets)}
        numbers.append({**words, **facts, "counted": other if other != said else None})
    return ReviewLine(
        recipient=one.id,
        version=one.version,
        number=one.directive.number or "–",
        title_zh=one.directive.title_zh,
        title_en=one.directive.title_en,
        from_zh=name[0],
        from_en=name[1],
        text=report.text,
        numbers=numbers,
        files=list(report.files),
        at=report.made_at,
        contradicted=contradicted,
    )
