"""Pages that work without a network: the word under which a device keeps what is not sent, and the clock's rate."""

from __future__ import annotations

from region.spine.clock import REAL, Realm
from region.spine.work import Work


def account_word(w: Work) -> str:
    """A word for who is signed in, under which the device keeps what is not sent; it names nobody."""
    who = f"inbox/{w.realm}/{w.actor.account_id or w.actor.name}"
    return w.office.installation.seal.digest(who)[:16]


def clock_rate(w: Work) -> float:
    """How fast this realm's clock runs."""
    row = None if w.realm == REAL else w.session.get(Realm, w.realm)
    return row.rate if row is not None and row.anchor_real is not None else 1.0
