"""Zip files from strangers: opened only when their names, sizes and ratios are those of an honest file."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from region.formats.findings import Unreadable

_MEMBERS = 2_000
_SMALL = 1_000_000  # below this a high ratio is only white space, not a bomb


def open_archive(data: bytes, unpacked_bytes: int, ratio: int) -> zipfile.ZipFile:
    """The archive, checked before anything is unpacked; raises `Unreadable` with the reason.

    Refused: not a zip, encrypted, names that leave the folder, too many members, and members that would
    unpack to more than `unpacked_bytes` in all or more than `ratio` times their packed size.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("broken_zip") from error
    members = archive.infolist()
    if len(members) > _MEMBERS:
        raise Unreadable("zip_too_large", members=len(members))
    total = 0
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in member.filename:
            raise Unreadable("zip_path_outside", name=member.filename[:200])
        if member.flag_bits & 1:
            raise Unreadable("encrypted")
        total += member.file_size
        if member.file_size > _SMALL and member.file_size > ratio * max(member.compress_size, 1):
            raise Unreadable("zip_bomb", name=member.filename[:200], bytes=member.file_size)
    if total > unpacked_bytes:
        raise Unreadable("zip_too_large", bytes=total, limit=unpacked_bytes)
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member's bytes; zipfile stops at the size the directory states, so the check above holds."""
    try:
        return archive.read(name)
    except KeyError as error:
        raise Unreadable("zip_member_missing", name=name) from error
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable("broken_zip", name=name) from error
