"""The figures of dispatch K34 to K36: signed in time, closed on time, supervised; counted from rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from region.dispatch.models import Directive, Recipient
from region.dispatch.wording import PACK
from region.spine.work import Work

VALID = ("issued", "closed")
"""Orders that count: one that was taken back or replaced asks nothing of anybody any more."""
TARGETS = {
    "K34": "indicator.acknowledged_in_time",
    "K35": "indicator.closed_on_time",
    "K36": "indicator.supervised",
}


@dataclass(frozen=True)
class Indicator:
    """One figure: numerator over denominator, held against a target (a share from 0 to 1)."""

    id: str
    numerator: int
    denominator: int
    target: float

    @property
    def share(self) -> float | None:
        """The part; None (shown as a dash) where there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None


def target(w: Work, indicator: str) -> float:
    """The target of an indicator in the rule pack: a share from 0 to 1."""
    return float(w.rules.value(PACK, TARGETS[indicator]))


def left_out(w: Work) -> list[str]:
    """The kinds of document that no indicator counts."""
    return list(w.rules.value(PACK, "indicator.left_out"))


def acknowledged_in_time(w: Work, since: datetime, until: datetime) -> Indicator:
    """K34 of the orders issued in [since, until): receipts within the limit ÷ recipients who signed or are due.

    The moment of signing on the signer's device counts. Whoever has time left and has not signed is neither good
    nor bad yet; once the limit has passed this is the definition's receipts ÷ recipients.
    """
    in_time = case((Recipient.acknowledged_at <= Directive.acknowledge_due, 1), else_=0)
    wanted = (
        select(func.coalesce(func.sum(in_time), 0), func.count(Recipient.id))
        .join(Directive, Directive.id == Recipient.directive_id)
        .where(
            _counted(w, since, until),
            Recipient.required,
            or_(Recipient.acknowledged_at.is_not(None), Directive.acknowledge_due <= w.now),
        )
    )
    good, total = w.session.execute(wanted).one()
    return Indicator("K34", int(good), int(total), target(w, "K34"))


def closed_on_time(w: Work, since: datetime, until: datetime) -> Indicator:
    """K35 of the orders issued in [since, until): closed by their time limit ÷ due by now.

    An order is due once its limit has passed, or once it is closed, whichever comes first.
    """
    good = and_(Directive.state == "closed", Directive.since <= Directive.task_due)
    due = or_(Directive.task_due <= w.now, Directive.state == "closed")
    wanted = select(func.coalesce(func.sum(case((good, 1), else_=0)), 0), func.count(Directive.id))
    done, total = w.session.execute(wanted.where(_counted(w, since, until), due)).one()
    return Indicator("K35", int(done), int(total), target(w, "K35"))


def supervised(w: Work, since: datetime, until: datetime) -> Indicator:
    """K36 of the orders issued in [since, until): those with one supervision order or more ÷ all."""
    presses = aliased(Directive)
    has = exists().where(presses.parent_id == Directive.id, presses.kind == "supervision")
    wanted = select(func.coalesce(func.sum(case((has, 1), else_=0)), 0), func.count(Directive.id))
    some, total = w.session.execute(wanted.where(_counted(w, since, until))).one()
    return Indicator("K36", int(some), int(total), target(w, "K36"))


def indicators(w: Work, since: datetime, until: datetime) -> list[Indicator]:
    """K34, K35 and K36 of the orders issued in [since, until), within the actor's places."""
    return [one(w, since, until) for one in (acknowledged_in_time, closed_on_time, supervised)]


def _counted(w: Work, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(
        Directive.issued_at >= since,
        Directive.issued_at < until,
        Directive.state.in_(VALID),
        Directive.kind.not_in(left_out(w)),
    )
