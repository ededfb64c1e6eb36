"""A backup as a tar file: tables as compressed lines of JSON, files as they lie, and a manifest with digests."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import Engine

from region.people.vault import ended_in, list_path, note_ended
from region.spine import migrate, rows
from region.spine.errors import Invalid, Refused
from region.spine.rows import Sheet

FORMAT = 1
OF_PEOPLE = "people"  # the folder, in a tar of keys, of those that close what was collected about people
MANIFEST = "manifest.json"


@contextmanager
def new_tar(path: Path) -> Iterator[tarfile.TarFile]:
    """A tar file that only its owner reads and that appears under its name when it is complete."""
    if path.exists():
        raise Refused("file-exists", file=str(path))
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
        yield tar
    part.rename(path)


def save(engine: Engine, files_dir: Path, path: Path, made_at: str) -> dict[str, Any]:
    """Write the backup; returns its manifest. The database is read first: every file it names is there then."""
    with new_tar(path) as tar:
        manifest: dict[str, Any] = {"format": FORMAT, "made_at": made_at, "tables": [], "files": []}
        with rows.unmoving(engine) as connection:
            manifest["revision"] = migrate.revision_of(connection)
            for sheet in rows.sheets():
                manifest["tables"].append(_save_table(tar, sheet, rows.lines_of(connection, sheet)))
        for file in sorted(one for one in files_dir.rglob("*") if one.is_file()):
            manifest["files"].append(_add(tar, f"files/{file.relative_to(files_dir).as_posix()}", file))
        words = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        facts = tarfile.TarInfo(MANIFEST)
        facts.size, facts.mode = len(words), 0o600
        tar.addfile(facts, io.BytesIO(words))
    return manifest


def save_keys(secrets_dir: Path, keys_dir: Path, path: Path) -> int:
    """Write the keys, and those of what was collected about people, to a tar file of their own; returns how many.

    The list of destroyed keys goes with them: whoever brings an older backup back with these keys destroys again.
    """
    found = {one.name: one for one in sorted(secrets_dir.glob("*")) if one.is_file()}
    found |= {f"{OF_PEOPLE}/{one.name}": one for one in sorted(keys_dir.glob("*.key"))}
    list_ = list_path(keys_dir)
    with new_tar(path) as tar:
        for name, file in found.items():
            _add(tar, name, file)
        if list_.exists():
            _add(tar, f"{OF_PEOPLE}/{list_.name}", list_)
    return len(found)


def _save_table(tar: tarfile.TarFile, sheet: Sheet, lines: Iterator[str]) -> dict[str, Any]:
    counted = 0
    with tempfile.NamedTemporaryFile(suffix=".jsonl.gz") as kept:
        with gzip.open(kept, "wt", encoding="utf-8", newline="\n") as out:
            for line in lines:
                out.write(line + "\n")
                counted += 1
        kept.flush()
        facts = _add(tar, f"tables/{sheet.name}.jsonl.gz", Path(kept.name))
    return {"name": sheet.name, "columns": sheet.columns, "rows": counted, **facts}


def _add(tar: tarfile.TarFile, name: str, file: Path) -> dict[str, Any]:
    """Put a file in and say its name there, its size and its digest, all of the same bytes."""
    facts = tarfile.TarInfo(name)
    with file.open("rb") as content:
        facts.size, facts.mode = os.fstat(content.fileno()).st_size, 0o600
        facts.mtime = int(os.fstat(content.fileno()).st_mtime)
        watched = _Digesting(content)
        tar.addfile(facts, watched)
    return {"path": name, "size": facts.size, "sha256": watched.digest.hexdigest()}


class _Digesting(io.RawIOBase):
    """A file that is digested while it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__()
        self.content, self.digest = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self.content.read(size)
        self.digest.update(found)
        return found


def read_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    """The manifest of a backup; Invalid when this is none, or of a form that this version does not read."""
    try:
        manifest: dict[str, Any] = json.loads(_member(tar, MANIFEST).read())
    except (KeyError, ValueError) as error:
        raise Invalid("not-a-backup", file=str(tar.name)) from error
    if manifest.get("format") != FORMAT:
        raise Invalid("backup-format", found=manifest.get("format"), known=FORMAT)
    return manifest


def verify(tar: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Compare the digest of everything that the manifest names; Invalid names the first that differs."""
    for named in (*manifest["tables"], *manifest["files"]):
        digest = hashlib.sha256()
        try:
            content = _member(tar, named["path"])
        except KeyError as error:
            raise Invalid("backup-lacks", path=named["path"]) from error
        while some := content.read(1 << 20):
            digest.update(some)
        if digest.hexdigest() != named["sha256"]:
            raise Invalid("backup-digest", path=named["path"])


def bring_back(tar: tarfile.TarFile, manifest: dict[str, Any], engine: Engine) -> None:
    """Put every row into an empty database, compare the counts, and bring it to the newest revision."""
    rows.require_empty(engine)
    if not migrate.knows(manifest["revision"]):
        raise Refused("backup-newer-than-code", revision=manifest["revision"])
    migrate.upgrade(engine, manifest["revision"])
    names = [one["name"] for one in manifest["tables"]]
    try:
        with engine.begin() as connection:
            rows.empty_seeds(connection, names)
            for one in manifest["tables"]:
                sheet = Sheet(one["name"], one["columns"])
                with gzip.open(_member(tar, one["path"]), "rt", encoding="utf-8", newline="\n") as lines:
                    rows.write(connection, sheet, lines)
                if rows.count(connection, sheet.name) != one["rows"]:
                    raise Invalid("backup-count", table=sheet.name, rows=one["rows"])
            rows.set_counters(connection, names)
    except BaseException:
        migrate.downgrade(engine, "base")  # half a backup must not be taken for a region
        raise
    migrate.upgrade(engine)


def bring_back_files(tar: tarfile.TarFile, manifest: dict[str, Any], files_dir: Path) -> None:
    """Write the files under an empty folder."""
    if files_dir.exists() and any(files_dir.iterdir()):
        raise Refused("place-not-empty", place=str(files_dir), found="files")
    for one in manifest["files"]:
        _write(_member(tar, one["path"]), files_dir / _inside(one["path"]).relative_to("files"))


def bring_back_keys(path: Path, secrets_dir: Path, keys_dir: Path) -> int:
    """Write the keys under empty folders, readable by their owner alone; returns how many.

    A list of destroyed keys may lie there already: what the tar's own list names is put on it.
    """
    list_ = list_path(keys_dir)
    for folder in (secrets_dir, keys_dir):
        if folder.exists() and any(one != list_ for one in folder.iterdir()):
            raise Refused("place-not-empty", place=str(folder), found="keys")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = 0
    with open_tar(path) as tar:
        for name in tar.getnames():
            inside = _inside(name)
            if inside.name == list_.name:
                _join_list(tar, name, keys_dir)
                continue
            keys += 1
            folder = keys_dir if inside.parts[0] == OF_PEOPLE else secrets_dir
            _write(_member(tar, name), folder / inside.name)
    return keys


def _join_list(tar: tarfile.TarFile, name: str, keys_dir: Path) -> None:
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(_member(tar, name).read())
        kept.flush()
        note_ended(keys_dir, ended_in(Path(kept.name)))


@contextmanager
def open_tar(path: Path) -> Iterator[tarfile.TarFile]:
    """A tar file to read; Invalid when it is none."""
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115 - closed below
    except (tarfile.TarError, OSError) as error:
        raise Invalid("not-a-backup", file=str(path)) from error
    with tar:
        yield tar


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    content = tar.extractfile(name)
    if content is None:  # a folder or a link: we never write such
        raise KeyError(name)
    return content


def _inside(name: str) -> PurePosixPath:
    """The name of a file in a backup, refused when it points out of the folder it is written to."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise Invalid("backup-path", path=name)
    return path


def _write(content: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while some := content.read(1 << 20):
            file.write(some)
