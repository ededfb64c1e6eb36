"""The audit's screen: the journal as those see it who must answer for it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from region.audit import queries
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("audit", __name__)


@routes.get("/audit", needs="audit.read")
def journal(w: Work) -> Any:
    """The journal, newest first; filters and the page live in the address."""
    asked = {name: request.args.get(name, "") for name in ("event", "subject", "actor")}
    before = request.args.get("before", type=int)
    entries = queries.page(w, before=before, **asked)
    return render_template(
        "audit/journal.html", entries=entries, asked=asked, more=len(entries) == queries.PAGE
    )
