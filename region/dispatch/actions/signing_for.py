"""Signing on behalf: what a site that cannot sign says on the telephone, that it has the order or has stopped."""

from __future__ import annotations

from sqlalchemy import select

from region.dispatch.actions.answering import keep_signature, remark
from region.dispatch.actions.ending import keep_stop
from region.dispatch.models import Recipient, Remark
from region.dispatch.schemas import Hand, Saying
from region.dispatch.states import RECIPIENT
from region.spine.errors import Invalid
from region.spine.work import Work

BEHALF = Hand(way="behalf")


def sign_for(w: Work, recipient: Recipient, said: Saying, spoke_with: str) -> Remark:
    """Sign for a site, or for a named person, after a call; with whom and what was said stands in the remark alone.

    Needs ``dispatch.behalf`` for the place that issued it; Refused when it is signed already, by whomever.
    """
    made, new = _after_call(w, recipient, said, spoke_with, "sign_for")
    if new:
        keep_signature(w, recipient, w.now, BEHALF)
    return made


def stop_for(w: Work, recipient: Recipient, said: Saying, spoke_with: str) -> Remark:
    """Sign for a site that work on a withdrawn order has stopped there; the rules are those of `sign_for`."""
    made, new = _after_call(w, recipient, said, spoke_with, "stop_for")
    if new:
        keep_stop(w, recipient, BEHALF)
    return made


def _after_call(
    w: Work, recipient: Recipient, said: Saying, spoke_with: str, verb: str
) -> tuple[Remark, bool]:
    """Move the state by `verb` and keep the words, once; True when they are new."""
    w.need("dispatch.behalf", recipient.directive.place_id)
    whom = spoke_with.strip()
    if not whom:
        raise Invalid("field-missing", field="spoke_with")
    standing = w.session.scalar(select(Remark).where(Remark.uid == said.uid))
    if standing is not None:
        return standing, False
    RECIPIENT.move(w, recipient, verb, place=recipient.directive.place_id)
    text = f"{whom}: {said.text}"
    return remark(w, recipient, "behalf", said.model_copy(update={"text": text}))
