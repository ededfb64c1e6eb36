"""Orders and warnings for other systems: CAP messages, and feeds of warnings."""

from __future__ import annotations

from hashlib import sha256

from flask import Response, request

from region.dispatch.models import Directive, Recipient
from region.formats import atom, cap
from region.interop.queries import cap_out, warnings
from region.spine.actor import Actor
from region.spine.clock import REAL
from region.spine.errors import Missing
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("feeds", __name__)
WORLD = Actor("visitor")
"""Everybody: what is public is the same for who is signed in, even to an exercise."""


def _answer(data: bytes, kind: str, cache: str = "private, no-cache") -> Response:
    """The data with the digest of its content as its mark: 304 for who has it."""
    answer = Response(data, mimetype=kind)
    answer.set_etag(sha256(data).hexdigest()[:24])
    answer.headers["Cache-Control"] = cache
    answer.make_conditional(request)
    return answer


@routes.get("/api/v1/directives/<int:id>/cap", needs="dispatch.read")
def directive_cap(w: Work, id: int) -> Response:
    """An issued order as a CAP message, addressed to those of its recipients whom the reader may know of."""
    return _answer(cap.write(cap_out.message(w, w.get(Directive, id))), warnings.TYPE)


@routes.get("/api/v1/recipients/<int:id>/cap", needs="dispatch.read")
def recipient_cap(w: Work, id: int) -> Response:
    """A site's signature as a CAP message of the type Ack."""
    return _answer(cap.write(cap_out.acknowledgement(w, w.get(Recipient, id))), warnings.TYPE)


@routes.get("/feeds/warnings.atom", public=True)
def public_feed(w: Work) -> Response:
    """The real warnings that were made public; never one of an exercise."""
    with w.office.work(WORLD, reading=True) as world:
        feed = warnings.feed(world, f"{_host(w)}/feeds/warnings", current_lang())
    return _answer(atom.write(feed), "application/atom+xml", "public, no-cache")


@routes.get("/feeds/warnings/<identifier>.cap", public=True)
def public_warning(w: Work, identifier: str) -> Response:
    """One public warning as a CAP message."""
    with w.office.work(WORLD, reading=True) as world:
        found = warnings.warning(world, identifier)
    return _answer(cap.write(found), warnings.TYPE, "public, no-cache")


@routes.get("/feeds/exercise.atom", needs="dispatch.read")
def exercise_feed(w: Work) -> Response:
    """The warnings of the exercise that the reader takes part in, marked as such; there is none in the real world."""
    _only_in_an_exercise(w)
    return _answer(
        atom.write(warnings.feed(w, f"{_host(w)}/feeds/exercise", current_lang())), "application/atom+xml"
    )


@routes.get("/feeds/exercise/<identifier>.cap", needs="dispatch.read")
def exercise_warning(w: Work, identifier: str) -> Response:
    """One warning of the exercise as a CAP message with the status Exercise."""
    _only_in_an_exercise(w)
    return _answer(cap.write(warnings.warning(w, identifier)), warnings.TYPE)


def _only_in_an_exercise(w: Work) -> None:
    if w.realm == REAL:
        raise Missing("no-such-page")


def _host(w: Work) -> str:
    """The address that the region is reached at from outside, as it was set up; else as it was asked."""
    return (w.office.installation.public_url or request.host_url).rstrip("/")
