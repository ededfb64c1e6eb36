"""Files kept by content, bared of what they hide, encrypted, shown and told, on both databases."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from region.files import actions, storage
from region.files.content import MOST_PIXELS, cleaned
from region.files.models import File
from region.spine.errors import Broken, Forbidden, Invalid, Missing
from tests.world import World

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def photograph(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: Any) -> bytes:
    """A picture with a telephone's position and words hidden in it."""
    picture = Image.new("RGB", size, "red")
    exif = Image.Exif()
    exif[0x010E] = "Zhang San, flat 12"
    exif[0x0112] = 6  # to be turned by a quarter
    exif.get_ifd(0x8825)[2] = (29.0, 43.0, 9.0)
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_keeps_nothing_but_the_picture(kind: str) -> None:
    sent = photograph(kind)
    assert b"flat 12" in sent
    kept = cleaned(sent)
    assert b"flat 12" not in kept.data
    with Image.open(io.BytesIO(kept.data)) as picture:
        assert picture.size == (20, 40)
        assert not picture.getexif() and "exif" not in picture.info


def test_what_it_is_is_decided_by_the_bytes() -> None:
    assert cleaned(PDF, "evidence.jpg").type == "application/pdf"
    for data, code in (
        (b"", "file-empty"),
        (b"<svg onload='alert(1)'/>", "file-type"),
        (b"MZ\x90", "file-type"),
        (b"GIF89a....", "file-type"),
        (photograph()[:200], "file-picture-broken"),
        (b"%PDF-1.4 cut off", "file-type"),
        (b"\xff\xd8\xff" + b"0" * (21 << 20), "file-too-large"),
    ):
        with pytest.raises(Invalid, match=code):
            cleaned(data, "a.jpg")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    side = int(MOST_PIXELS**0.5) + 2
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(Invalid, match="file-picture-too-large"):
        cleaned(out.getvalue(), "bomb.png")


def test_a_palette_and_a_transparency_survive() -> None:
    for mode in ("P", "RGBA", "LA", "1", "I;16"):
        out = io.BytesIO()
        Image.new(mode, (4, 4)).save(out, "PNG")
        with Image.open(io.BytesIO(cleaned(out.getvalue()).data)) as picture:
            assert picture.size == (4, 4)


def test_a_file_is_kept_once_encrypted_and_each_opening_is_told(world: World) -> None:
    clinic = world.clinic(world.area())
    sent = photograph()
    with world.as_("clinic", clinic) as w:
        first = actions.keep(w, clinic.id, sent, "a.jpg")
        assert actions.keep(w, clinic.id, sent, "b.jpg").id == first.id
        assert first.digest != first.sent_digest
    path = storage.path_of(world.office.installation, first.digest)
    raw = path.read_bytes()
    assert not raw.startswith(b"\xff\xd8\xff") and list(path.parent.iterdir()) == [path]
    with world.as_("clinic", clinic) as w:
        file, data = actions.open(w, first.id)
        assert (file.type, len(data)) == ("image/jpeg", file.size)
    assert [one.data["file"] for one in world.journal("files.FileKept")] == [first.id]
    assert [one.data["file"] for one in world.journal("files.FileShown")] == [first.id]


def test_a_content_that_was_changed_or_lost_does_not_open(world: World) -> None:
    clinic = world.clinic(world.area())
    with world.as_system() as w:
        file = actions.keep(w, clinic.id, PDF)
    path = storage.path_of(world.office.installation, file.digest)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with world.as_system() as w, pytest.raises(Broken, match="file-content-changed"):
        actions.open(w, file.id)
    path.unlink()
    with world.as_system() as w, pytest.raises(Broken, match="file-content-lost"):
        actions.open(w, file.id)


def test_a_stranger_neither_adds_nor_opens(world: World) -> None:
    area = world.area()
    clinic, other = world.clinic(area), world.clinic(area)
    with world.as_("clinic", clinic) as w:
        number = actions.keep(w, clinic.id, PDF).id
    with world.as_("clinic", other) as w:
        with pytest.raises(Missing):
            actions.open(w, number)
        with pytest.raises(Forbidden):
            actions.keep(w, clinic.id, PDF)


def test_the_page_sends_the_file_and_tells_who_saw_it(sqlite_world: World) -> None:
    area = sqlite_world.area()
    clinic = sqlite_world.clinic(area)
    with sqlite_world.as_system() as w:
        picture = actions.keep(w, clinic.id, photograph()).id
        paper = actions.keep(w, clinic.id, PDF).id
    browser = sqlite_world.browser_as("clinic", clinic, login="doctor")
    answer = browser.get(f"/files/{picture}")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert browser.get(f"/files/{paper}").headers["Content-Disposition"].startswith("attachment;")
    shown = sqlite_world.journal("files.FileShown")
    assert [(one.data["file"], one.role) for one in shown] == [(picture, "clinic"), (paper, "clinic")]
    assert all(one.actor.startswith("account:") for one in shown)
    stranger = sqlite_world.browser_as("clinic", sqlite_world.clinic(area), login="stranger")
    assert stranger.get(f"/files/{picture}").status_code == 404
    assert sqlite_world.browser().get(f"/files/{picture}").status_code in (302, 401)
    with sqlite_world.as_system() as w:
        assert w.get(File, picture).kept_by == "system"
