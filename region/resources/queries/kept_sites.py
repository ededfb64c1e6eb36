"""The sites whose stock this actor keeps, found by code, another system's code, or a name that no other has."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from sqlalchemy import or_, select

from region.formats.text import code_text, match_key
from region.places.models import Alias, Place
from region.places.queries.tree import current, today
from region.spine.work import Work

SUGGESTIONS = 50
"""For so many unknown ones of a file the nearest is sought: each is held against thousands."""


@dataclass
class KeptSites:
    """Sites by id, and what each may be called in a file."""

    codes: dict[int, str]
    names: dict[str, set[int]]
    sought: dict[str, str | None] = field(default_factory=dict)

    def find(self, text: str) -> int | None:
        """The one site that is meant; None where there is none, or more than one."""
        for key in (code_text(text), match_key(text)):
            found = self.names.get(key, set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def nearest(self, text: str) -> str | None:
        """The code of the site whose code or name is most like this, for a person to look at."""
        key = match_key(text)
        if key not in self.sought and len(self.sought) < SUGGESTIONS:
            near = get_close_matches(key, self._keys, n=1, cutoff=0.7)
            self.sought[key] = self.codes[min(self.names[near[0]])] if near else None
        return self.sought.get(key)

    @cached_property
    def _keys(self) -> list[str]:
        return list(self.names)


def kept_sites(w: Work) -> KeptSites:
    """The sites in use for which the actor may keep stock; those of others are not known here."""
    paths = w.actor.paths_for(w.rules.roles_that("resources.keep"))
    day = today(w)
    wanted = select(Place.id, Place.code, Place.path, Place.name_zh, Place.name_en)
    rows = w.session.execute(wanted.where(Place.kind == "site", current(day)))
    sites = KeptSites({}, {})
    for id, code, path, zh, en in rows:
        if any(path.startswith(one) for one in paths):
            sites.codes[id] = code
            for key in {code_text(code), match_key(code), match_key(zh), match_key(en)}:
                sites.names.setdefault(key, set()).add(id)
    held = or_(Alias.valid_to.is_(None), Alias.valid_to > day)
    for id, code in w.session.execute(select(Alias.place_id, Alias.code).where(held)):
        if id in sites.codes:
            sites.names.setdefault(code_text(code), set()).add(id)
    own = {code_text(code): id for id, code in sites.codes.items()}
    sites.names.update(
        {code: {id} for code, id in own.items()}
    )  # a site's own code goes before others' words
    return sites
