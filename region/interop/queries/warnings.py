"""The warnings that everybody may read, and those of an exercise for who takes part in it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import ColumnElement, select

from region.dispatch.models import Directive
from region.formats import atom, cap
from region.interop.queries.cap_out import Act, called_off_at, identifier_of, message
from region.places.models import Place
from region.spine.clock import REAL
from region.spine.errors import Missing
from region.spine.i18n import pick, translate
from region.spine.work import Work

MOST = 100
TYPE = "application/cap+xml"
REASON = "public warnings are for everybody"


def feed(w: Work, base: str, lang: str) -> atom.Feed:
    """The newest warnings of the work's realm as a feed; `base` is the address that they lie below.

    A warning that was called off has two entries: it, and its calling off.
    """
    drill = w.realm != REAL
    title = translate(lang, "Exercise: warnings that are not real" if drill else "Public warnings")
    wanted = select(Directive, Place).join(Place, Place.id == Directive.place_id).where(*_published())
    with w.beyond_scope(REASON):
        rows = w.session.execute(wanted.order_by(Directive.issued_at.desc(), Directive.id.desc()).limit(MOST))
        entries = [entry for row in rows.all() for entry in _entries(w, row[0], row[1], base, lang)]
    entries.sort(key=lambda entry: (entry.updated, entry.id), reverse=True)
    own = f"{base}.atom"
    return atom.Feed(
        _urn(f"warnings/{w.realm}"),
        title,
        translate(lang, "Regional public-health command"),
        own,
        entries,
        lang,
    )


def warning(w: Work, identifier: str) -> cap.Alert:
    """One published warning of the work's realm, by its message's identifier; Missing when there is none."""
    act: Act = "cancel" if identifier.endswith(".cancel") else "issue"
    plain = identifier.removesuffix(".cancel").removeprefix(f"EX{w.realm}-")
    wanted = select(Directive).where(*_published(), Directive.number == unquote(plain))
    with w.beyond_scope(REASON):
        found = w.session.scalars(wanted).first()
        if found is None or identifier_of(found, act) != identifier:
            raise Missing("no-such-page")
        if act == "cancel" and called_off_at(w, found) is None:
            raise Missing("no-such-page")
        return message(w, found, act)


def _published() -> tuple[ColumnElement[bool], ...]:
    return Directive.public.is_(True), Directive.issued_at.is_not(None)


def _entries(w: Work, directive: Directive, issuer: Place, base: str, lang: str) -> Iterator[atom.Entry]:
    over = called_off_at(w, directive)
    acts: tuple[Act, ...] = ("issue",) if over is None else ("cancel", "issue")
    for act in acts:
        identifier = identifier_of(directive, act)
        said = translate(lang, "[CANCELLED]") + " " if act == "cancel" else ""
        drill = translate(lang, "[EXERCISE]") + " " if directive.realm != REAL else ""
        yield atom.Entry(
            id=_urn(f"{issuer.code}/{identifier}"),
            title=drill + said + pick(lang, directive.title_zh, directive.title_en),
            updated=(over if act == "cancel" else directive.issued_at) or directive.since,
            link=f"{base}/{identifier}.cap",
            type=TYPE,
            summary=pick(lang, directive.body_zh, directive.body_en),
            category=f"warning-level-{directive.warning_level}",
        )


def _urn(name: str) -> str:
    """An IRI that stays the same wherever the region is served from."""
    return uuid5(NAMESPACE_URL, name).urn
