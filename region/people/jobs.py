"""The errands around personal data."""

from __future__ import annotations

from region.people.actions import clocks, shredding
from region.people.vault import Ended
from region.people.vault import shred as shred_key
from region.spine.flow import runner
from region.spine.work import Work


@runner("people.look")
def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over."""
    clocks.look(w, what, id, state, since)


@runner("people.shred")
def shred(w: Work, realm: int, ground: str, made_at: str, destroyed_at: str, key_sha256: str) -> None:
    """A key's file is gone, whatever became of the process that destroyed it; harmless when it is gone."""
    shred_key(w.office.installation, Ended(realm, ground, made_at, destroyed_at, key_sha256))


@runner("people.keep_destroyed")
def keep_destroyed(w: Work) -> None:
    """What a database that was brought back by whatever means still holds of destroyed grounds goes again."""
    shredding.reapply(w)
