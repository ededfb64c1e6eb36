"""What a site's day holds for the site itself: this half-day's checks, sampling that runs, directives to sign."""

from __future__ import annotations

from sqlalchemy import select

from region.board.queries.day_lines import Line, Today
from region.dispatch.models import Directive, Recipient
from region.dispatch.states import UNSIGNED
from region.quarantine.queries.checklists import standing, windows
from region.sampling.models import Round, RoundSite
from region.spine.work import Work

SIGNS, SAMPLES, CHECKS = "dispatch.acknowledge", "sampling.sample", "quarantine.check"


def checks(w: Work, at: Today) -> list[Line]:
    """How many of the site's people are still to be asked in this half-day, until it ends."""
    if not w.may(CHECKS, at.place):
        return []
    hours = windows(w)
    half = hours.current(w.now)
    return [
        Line(
            f"checks:{half.day}:{half.half}",
            "check",
            hours.ends(half),
            said="checks",
            n=one.missing,
            where="checks",
            row=at.place,
        )
        for one in standing(w, half, [at.place])
        if one.missing
    ]


def sampling(w: Work, at: Today) -> list[Line]:
    """Sampling sites that the place runs and that are not over, by when their round is."""
    if not w.may(SAMPLES, at.place):
        return []
    wanted = select(RoundSite).where(
        RoundSite.place_id.in_(at.places), RoundSite.state.in_(("ordered", "ready", "open"))
    )
    sites = w.session.scalars(wanted.order_by(RoundSite.id).limit(at.most)).all()
    with w.beyond_scope("the round of a site, which belongs to the area above"):
        these = select(Round.id, Round.due_at).where(Round.id.in_({one.round_id for one in sites}))
        due = dict(w.session.execute(these).all())
    return [
        Line(
            f"site:{one.id}",
            "sample",
            due[one.round_id],
            one.name_zh,
            one.name_en,
            n=max(0, one.expected - one.sampled),
            where="field",
            row=one.id,
        )
        for one in sites
        if due[one.round_id] <= at.until
    ]


def directives(w: Work, at: Today) -> list[Line]:
    """Directives that the place has not signed for, by when it is to."""
    if not w.may(SIGNS, at.place):
        return []
    wanted = (
        select(
            Recipient.id, Recipient.since, Directive.acknowledge_due, Directive.title_zh, Directive.title_en
        )
        .join(Directive, Directive.id == Recipient.directive_id)
        .where(
            Recipient.place_id.in_(at.places),
            Recipient.state.in_(UNSIGNED),
            Recipient.account_id.is_(None),
            Recipient.ended_at.is_(None),
        )
        .order_by(Recipient.id)
    )
    return [
        Line(f"sign:{id}", "sign", due or since, zh, en, where="inbox", row=id)
        for id, since, due, zh, en in w.session.execute(wanted.limit(at.most))
    ]
