"""What the doctor looks at on this machine: Python, packages, page assets, folders, keys, disk, fonts."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from region.cli.context import ROOT
from region.cli.findings import Finding, _
from region.settings import Settings
from region.spine import assets

PIN = r"^([A-Za-z0-9_.\-]+)==([^\s;\\]+)( ;)?"
LEAST_PYTHON = (3, 11)
LEAST_FREE = 2 * 2**30  # bytes; below it a database stops in the middle of a response


def look(found: Settings) -> Iterator[Finding]:
    """All findings about the machine, in the order in which they are shown."""
    yield _python()
    yield _packages()
    yield _assets()
    yield _data_folder(found.data_dir)
    yield _secrets(found.secrets_path)
    yield _disk(found.data_dir)
    yield _fonts()


def _python() -> Finding:
    here = sys.version_info[:2]
    return Finding(
        _("Python"),
        here >= LEAST_PYTHON,
        "{version}",
        _("needs {least} or newer: make setup PYTHON=python3.12"),
        {"version": ".".join(map(str, here)), "least": ".".join(map(str, LEAST_PYTHON))},
    )


def _packages() -> Finding:
    lock = ROOT / "requirements.lock"
    if not lock.exists():
        return Finding(_("packages"), True, _("no requirements.lock to compare with"))
    wanted: dict[str, set[str]] = {}  # a package may be locked in several versions, one for each Python
    always: set[str] = set()
    for name, version, marker in re.findall(PIN, lock.read_text(encoding="utf-8"), re.MULTILINE):
        wanted.setdefault(name, set()).add(version)
        always |= set() if marker else {name}
    wrong = sorted(
        name for name, versions in wanted.items() if not _as_locked(name, versions, name in always)
    )
    told = (
        _("{count} as locked")
        if not wrong
        else _("{wrong} of {count} differ from requirements.lock: {names}")
    )
    facts = {"count": len(wanted), "wrong": len(wrong), "names": ", ".join(wrong[:5])}
    return Finding(_("packages"), not wrong, told, _("make setup"), facts)


def _as_locked(name: str, versions: set[str], always: bool) -> bool:
    here = _installed(name)
    return here in versions or (here is None and not always)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _assets() -> Finding:
    lacking = assets.missing()
    told = _("all {count} present") if not lacking else _("missing: {names}")
    facts = {"count": len(assets.ASSETS), "names": ", ".join(lacking[:5])}
    return Finding(_("scripts, styles and fonts of the pages"), not lacking, told, _("make assets"), facts)


def _data_folder(folder: Path) -> Finding:
    well = folder.is_dir() and os.access(folder, os.W_OK)
    told = _("{folder} is writable") if well else _("{folder} is not there, or not writable")
    mend = _("region run makes it; or: install -d -m 0700 -o region {folder}")
    return Finding(_("data folder"), well, told, mend, {"folder": folder})


def _secrets(folder: Path) -> Finding:
    keys = list(folder.glob("*.key")) if folder.is_dir() else []
    facts: dict[str, object] = {"folder": folder, "count": len(keys)}
    if not keys:
        mend = _("region run makes them; elsewhere see docs/operators.md, Keys")
        return Finding(_("keys"), False, _("none in {folder}"), mend, facts)
    loose = [path.name for path in keys if stat.S_IMODE(path.stat().st_mode) & 0o077]
    told = _("{count} in {folder}, for their owner alone") if not loose else _("others may read {names}")
    return Finding(
        _("keys"), not loose, told, _("chmod 600 {folder}/*.key"), {**facts, "names": ", ".join(loose)}
    )


def _disk(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    facts = {"free": f"{free / 2**30:.1f}", "least": LEAST_FREE // 2**30}
    mend = _("free some, or move REGION_DATA_DIR: at least {least} GiB")
    return Finding(_("disk"), free >= LEAST_FREE, _("{free} GiB free"), mend, facts)


def _fonts() -> Finding:
    """Pages bring their own font; pictures and print-outs made on this machine need one of the system."""
    own = any(name.startswith("noto-sans-sc") and name not in assets.missing() for name in assets.ASSETS)
    listed = shutil.which("fc-list")
    run = [listed, ":lang=zh"] if listed else None
    system = bool(run and subprocess.run(run, capture_output=True, check=False).stdout.strip())
    told = _("pages have one, the system has one") if system else _("pages have one, the system has none")
    if not own:
        told = _("the pages' own is missing")
    return Finding(_("Chinese font"), own, told, _("make assets"))
