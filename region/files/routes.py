"""The screens and endpoints of files."""

from __future__ import annotations

from flask import Response

from region.files import actions
from region.files.content import SUFFIXES
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("files", __name__)


@routes.get("/files/<int:file_id>", needs="files.read")
def show_file(w: Work, file_id: int) -> Response:
    """The content itself; the showing is told in a work of its own, because a page to read changes nothing."""
    with w.office.work(w.actor) as telling:
        file, data = actions.open(telling, file_id)
        kind, number = file.type, file.id
    answer = Response(data, mimetype=kind)
    shown = "attachment" if kind == "application/pdf" else "inline"
    answer.headers["Content-Disposition"] = f'{shown}; filename="file-{number}.{SUFFIXES[kind]}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
