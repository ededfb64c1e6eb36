"""Everything that happens to files: kept, and shown."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from region.files import storage
from region.files.content import cleaned
from region.files.events import FileKept, FileShown
from region.files.models import File
from region.spine.work import Work


def keep(w: Work, place_id: int, data: bytes, name: str = "", incident_id: int | None = None) -> File:
    """Keep a picture (JPEG, PNG) or PDF of a place; the same bytes sent again give the file that there is.

    Invalid for any other type, for one that is too large, and for a picture that cannot be drawn.
    """
    w.need("files.add", place_id)
    sent = sha256(data).hexdigest()
    wanted = select(File).where(File.place_id == place_id, File.sent_digest == sent)
    known = w.session.scalars(wanted.order_by(File.id).limit(1)).first()
    if known is not None:
        return known
    content = cleaned(data, name)
    digest = sha256(content.data).hexdigest()
    storage.store(w.office.installation, digest, content.data)
    file = File(
        place_id=place_id, incident_id=incident_id, digest=digest, sent_digest=sent, type=content.type
    )
    file.size, file.kept_by, file.kept_at = len(content.data), w.actor.name, w.now
    w.add(file)
    told = FileKept(
        file=file.id, digest=digest, size=file.size, type=file.type, place=place_id, incident=incident_id
    )
    w.tell(told)
    return file


def open(w: Work, file_id: int) -> tuple[File, bytes]:
    """A file and its content; each opening is told. Missing when the actor may not know of it."""
    file = w.get(File, file_id)
    w.need("files.read", file.place_id)
    data = storage.fetch(w.office.installation, file.digest)
    w.tell(FileShown(file=file.id, place=file.place_id, incident=file.incident_id))
    return file, data
