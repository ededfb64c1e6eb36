"""The link by which a resident answers for himself: shown once, known by its hash alone, ending with his stay."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from region.places.models import Place
from region.quarantine.events import LinkGiven
from region.quarantine.models import ResidentLink, Stay
from region.quarantine.states import STAY
from region.spine import bulk
from region.spine.actor import Actor, Grant
from region.spine.errors import Refused
from region.spine.work import Work

ROLE = "resident"
BYTES = 18
"""As many random bytes as nobody guesses: 144 bits."""


def give(w: Work, stay: Stay) -> str:
    """A new link's word, for ``/q/WORD``: shown now and never again; an earlier one no longer opens.

    Refused ``stay-over``.
    """
    w.need("quarantine.check", stay.site_id if stay.state == "in_site" and stay.site_id else stay.place_id)
    if stay.state in STAY.ends:
        raise Refused("stay-over", stay=stay.id)
    word = f"{w.realm}-{secrets.token_urlsafe(BYTES)}"
    row = {
        "stay_id": stay.id,
        "mark": _mark(w, word),
        "made_at": w.now,
        "until": stay.expires_at,
        "realm": w.realm,
    }
    bulk.put(w.session, ResidentLink, [row | {"used_at": None}], ["stay_id"])
    w.tell(LinkGiven(stay=stay.id, verb="given", place=stay.place_id, incident=stay.incident_id))
    return word


def end(w: Work, stay: Stay) -> None:
    """The link opens no more (a lost phone), and nothing is kept of it; without one nothing happens."""
    w.need("quarantine.check", stay.place_id)
    link = w.session.get(ResidentLink, stay.id)
    if link is None:
        return
    w.session.delete(link)
    w.session.flush()
    w.tell(LinkGiven(stay=stay.id, verb="ended", place=stay.place_id, incident=stay.incident_id))


def realm_of(word: str) -> int:
    """The world that a word is of; Refused ``resident-link-wrong`` when it is no word of ours."""
    number, dash, rest = word.partition("-")
    if not (
        dash and rest and number.isascii() and number.isdecimal() and len(number) <= 9 and len(word) <= 60
    ):
        raise Refused("resident-link-wrong")
    return int(number)


def of_word(w: Work, word: str) -> Stay:
    """The stay that a word opens; Refused ``resident-link-wrong``, ``resident-link-ended``. Asked by the system, for it
    is the word that says whose it is."""
    w.need("system.operate")
    link = w.session.scalar(select(ResidentLink).where(ResidentLink.mark == _mark(w, word)))
    if link is None:
        raise Refused("resident-link-wrong")
    stay = w.get(Stay, link.stay_id)
    if stay.state in STAY.ends or stay.expires_at <= w.now:
        raise Refused("resident-link-ended")
    return stay


def actor_of(w: Work, stay: Stay) -> Actor:
    """The resident himself: he may answer for himself, where he is, and nothing else."""
    here = stay.site_id if stay.state == "in_site" and stay.site_id else stay.place_id
    place = w.get(Place, here)
    return Actor(f"resident:{stay.id}", (Grant(ROLE, place.path),), realm=w.realm)


def _mark(w: Work, word: str) -> str:
    return w.office.installation.seal.digest(f"resident:{word}")
