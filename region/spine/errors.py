"""The one tree of errors; each carries a code and facts, and sentences are made in the reader's language.

Fault
 ├ Invalid    422  what came in is wrong, and where
 ├ Missing    404  not there, or not yours to know of
 ├ Unknown    401  nobody is signed in
 ├ Refused    409  it stands, but this may not be done now
 │  ├ Forbidden 403  this actor may not do it
 │  └ Stale   409  somebody changed it in the meantime
 ├ Unready    503  something we need is away; try again
 └ Broken     500  we are wrong
"""

from __future__ import annotations

from typing import Any


class Fault(Exception):
    """A known way to fail: `code` names it, `facts` say where and why (no personal data)."""

    status = 500
    exit_code = 1
    retry = False

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({told})" if told else self.code


class Invalid(Fault):
    """What came in is wrong; `facts` hold `field` or `row` and the reason."""

    status = 422
    exit_code = 2


class Missing(Fault):
    """Not there, or outside the actor's jurisdiction: existence is information."""

    status = 404
    exit_code = 3


class Unknown(Fault):
    """Nobody is signed in, or the proof of who it is does not hold."""

    status = 401
    exit_code = 4


class Refused(Fault):
    """The thing stands, but this may not be done with it now."""

    status = 409
    exit_code = 5


class Forbidden(Refused):
    """This actor holds no role that may do it here."""

    status = 403


class Stale(Refused):
    """Somebody else changed the row since it was read."""

    retry = True


class Unready(Fault):
    """Something that we need is away for now; trying again makes sense."""

    status = 503
    exit_code = 6
    retry = True


class Broken(Fault):
    """A fault of ours: a promise of the code does not hold."""


class SilentChange(Broken):
    """A kept row changed without an event told by its area in the same work."""
